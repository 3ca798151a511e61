package registerapi

import (
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
