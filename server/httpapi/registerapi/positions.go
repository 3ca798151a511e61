package registerapi

import (
	"cmp"
	"fmt"
	"strconv"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// Point is a place as a request gives it.
type Point struct {
	Lat float64 `json:"lat" need:"true"`
	Lon float64 `json:"lon" need:"true"`
}

// CheckPoint refuses what cannot be; 0, 0 is what a phone says that has no position.
func CheckPoint(at string, p Point) []fault.Field {
	switch {
	case !geo.Point(p).Valid():
		return []fault.Field{{Pointer: at, Detail: "latitude is -90 to 90, longitude -180 to 180"}}
	case p.Lat == 0 && p.Lon == 0:
		return []fault.Field{{Pointer: at, Detail: "0, 0 is no position: leave the place out"}}
	}
	return nil
}

// Position is where something is, in WGS-84, and as it was given where that was in another datum.
type Position struct {
	Lat        float64             `json:"lat"`
	Lon        float64             `json:"lon"`
	AccuracyM  *float64            `json:"accuracy_m,omitempty"`
	Datum      geo.Datum           `json:"datum"`
	Source     inspect.PlaceSource `json:"source,omitempty"`
	CapturedAt inspect.Time        `json:"captured_at,omitzero"`
	Given      *geo.Point          `json:"given,omitempty"`
}

// PositionOf is nil for no position.
func PositionOf(p *inspect.Place) *Position {
	if p == nil {
		return nil
	}
	w := &Position{Lat: p.Lat, Lon: p.Lon, AccuracyM: p.AccuracyM, Datum: p.Datum, Source: p.Source, CapturedAt: p.CapturedAt}
	if p.Datum != geo.WGS84 {
		w.Given = &p.OriginalPoint
	}
	return w
}

// PositionClaim is a position as a phone gives it.
type PositionClaim struct {
	Point
	AccuracyM  *float64            `json:"accuracy_m"`
	Datum      geo.Datum           `json:"datum"`
	Source     inspect.PlaceSource `json:"source"`
	CapturedAt inspect.Claim       `json:"captured_at"`
}

// farthest is a radius in metres that holds half of the earth.
const farthest = 20_000_000

// Place is the position as far as it makes sense; what of it does not is left out.
func (p *PositionClaim) Place() (*inspect.Place, []inspect.DroppedClaim) {
	if p == nil {
		return nil, nil
	}
	if wrong := CheckPoint("/place", p.Point); len(wrong) > 0 {
		return nil, []inspect.DroppedClaim{{Field: wrong[0].Pointer, Said: Pair(p.Point)}}
	}
	place := &inspect.Place{Point: geo.Point(p.Point), AccuracyM: p.AccuracyM, Datum: cmp.Or(p.Datum, geo.WGS84), Source: p.Source, CapturedAt: p.CapturedAt.Time}
	lost := p.CapturedAt.Drop(nil, "/place/captured_at")
	if m := p.AccuracyM; m != nil && (*m < 0 || *m > farthest) {
		place.AccuracyM = nil
		lost = append(lost, inspect.DroppedClaim{Field: "/place/accuracy_m", Said: strconv.FormatFloat(*m, 'g', -1, 64)})
	}
	return place, lost
}

// Pair is a point as somebody said it.
func Pair(p Point) string { return fmt.Sprintf("%g, %g", p.Lat, p.Lon) }
