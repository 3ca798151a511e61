package issueapi

import (
	"math"

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
	CapturedAt inspect.Time        `json:"captured_at"`
}

type stretchIn struct {
	Start registerapi.Point  `json:"start" need:"true"`
	End   *registerapi.Point `json:"end"`
}

func (p *positionClaim) place() *inspect.Place {
	if p == nil {
		return nil
	}
	datum := p.Datum
	if datum == "" {
		datum = geo.WGS84
	}
	return &inspect.Place{Point: geo.Point(p.Point), AccuracyM: p.AccuracyM, Datum: datum, Source: p.Source, CapturedAt: p.CapturedAt}
}

func (l *stretchIn) line() *geo.Line {
	if l == nil {
		return nil
	}
	line := &geo.Line{Start: geo.Point(l.Start)}
	if l.End != nil {
		end := geo.Point(*l.End)
		line.End = &end
	}
	return line
}

func checkPosition(at string, p *positionClaim) []fault.Field {
	if p == nil {
		return nil
	}
	wrong := registerapi.CheckPoint(at, p.Point)
	if m := p.AccuracyM; m != nil && (*m < 0 || math.IsNaN(*m) || *m > 20_000_000) {
		wrong = append(wrong, fault.Field{Pointer: at + "/accuracy_m", Detail: "a radius in metres, not negative"})
	}
	return wrong
}

// longestLine is the length in metres over which a line is a mistake.
const longestLine = 100_000

func checkStretch(l *stretchIn, place *positionClaim) []fault.Field {
	if l == nil {
		return nil
	}
	if place == nil {
		return []fault.Field{{Pointer: "/line", Detail: "a line needs a place as well, whose datum it shares"}}
	}
	wrong := registerapi.CheckPoint("/line/start", l.Start)
	if l.End != nil {
		wrong = append(wrong, registerapi.CheckPoint("/line/end", *l.End)...)
	}
	if len(wrong) == 0 && l.line().Length() > longestLine {
		wrong = append(wrong, fault.Field{Pointer: "/line/end", Detail: "over 100 km from the start"})
	}
	return wrong
}
