package issueapi

import (
	"cmp"
	"fmt"
	"strconv"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/httpapi/registerapi"
)

type positionClaim struct {
	registerapi.Point
	AccuracyM  *float64            `json:"accuracy_m"`
	Datum      geo.Datum           `json:"datum"`
	Source     inspect.PlaceSource `json:"source"`
	CapturedAt inspect.Claim       `json:"captured_at"`
}

type stretchIn struct {
	Start registerapi.Point  `json:"start" need:"true"`
	End   *registerapi.Point `json:"end"`
}

// place is the position as far as it makes sense; what of it does not is left out.
func (p *positionClaim) place() (*inspect.Place, []inspect.DroppedClaim) {
	if p == nil {
		return nil, nil
	}
	if wrong := registerapi.CheckPoint("/place", p.Point); len(wrong) > 0 {
		return nil, []inspect.DroppedClaim{dropped(wrong[0], pair(p.Point))}
	}
	place := &inspect.Place{Point: geo.Point(p.Point), AccuracyM: p.AccuracyM, Datum: cmp.Or(p.Datum, geo.WGS84), Source: p.Source, CapturedAt: p.CapturedAt.Time}
	lost := p.CapturedAt.Drop(nil, "/place/captured_at")
	if m := p.AccuracyM; m != nil && (*m < 0 || *m > farthest) {
		place.AccuracyM = nil
		lost = append(lost, inspect.DroppedClaim{Field: "/place/accuracy_m", Said: strconv.FormatFloat(*m, 'g', -1, 64)})
	}
	return place, lost
}

// farthest is a radius in metres that holds half of the earth.
const farthest = 20_000_000

// longestLine is the length in metres over which a line is a mistake.
const longestLine = 100_000

// line is the stretch as far as it makes sense: it shares the datum of a place, and an end too far from the start is none.
func (l *stretchIn) line(place *inspect.Place) (*geo.Line, []inspect.DroppedClaim) {
	if l == nil {
		return nil, nil
	}
	if place == nil {
		return nil, []inspect.DroppedClaim{{Field: "/line", Said: pair(l.Start)}}
	}
	if wrong := registerapi.CheckPoint("/line/start", l.Start); len(wrong) > 0 {
		return nil, []inspect.DroppedClaim{dropped(wrong[0], pair(l.Start))}
	}
	line := &geo.Line{Start: geo.Point(l.Start)}
	if l.End == nil {
		return line, nil
	}
	end := geo.Point(*l.End)
	line.End = &end
	if len(registerapi.CheckPoint("/line/end", *l.End)) > 0 || line.Length() > longestLine {
		line.End = nil
		return line, []inspect.DroppedClaim{{Field: "/line/end", Said: pair(*l.End)}}
	}
	return line, nil
}

func dropped(f fault.Field, said string) inspect.DroppedClaim {
	return inspect.DroppedClaim{Field: f.Pointer, Said: said}
}

func pair(p registerapi.Point) string { return fmt.Sprintf("%g, %g", p.Lat, p.Lon) }
