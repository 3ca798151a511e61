package geo_test

import (
	"math"
	"testing"

	"spotcheck/pkg/geo"
)

func TestBetweenLines(t *testing.T) {
	at := func(north, east float64) geo.Point { // metres from a point of Haikou
		const m = 1 / 111195.08
		return geo.Point{Lat: 20.03 + north*m, Lon: 110.33 + east*m/math.Cos(20.03*math.Pi/180)}
	}
	line := func(n0, e0, n1, e1 float64) geo.Line {
		end := at(n1, e1)
		return geo.Line{Start: at(n0, e0), End: &end}
	}
	point := func(n, e float64) geo.Line { return geo.Line{Start: at(n, e)} }
	for name, tt := range map[string]struct {
		a, b geo.Line
		want float64
	}{
		"two points":                {point(0, 0), point(30, 40), 50},
		"the same point":            {point(0, 0), point(0, 0), 0},
		"a point beside a line":     {point(20, 50), line(0, 0, 0, 100), 20},
		"a point beyond its end":    {point(0, 130), line(0, 0, 0, 100), 30},
		"lines side by side":        {line(0, 0, 0, 100), line(12, -50, 12, 300), 12},
		"lines that cross":          {line(-50, 50, 50, 50), line(0, 0, 0, 100), 0},
		"one after the other":       {line(0, 0, 0, 100), line(0, 115, 0, 200), 15},
		"a line that ends at a one": {line(0, 0, 0, 100), line(40, 50, 9, 50), 9},
	} {
		for _, got := range []float64{geo.LineDistance(tt.a, tt.b), geo.LineDistance(tt.b, tt.a)} {
			if math.Abs(got-tt.want) > 0.05 {
				t.Errorf("%s: got %.3f m, want %.3f", name, got, tt.want)
			}
		}
	}
}

func TestAroundHoldsAllNearALine(t *testing.T) {
	end := geo.Point{Lat: 20.04, Lon: 110.35}
	l := geo.Line{Start: geo.Point{Lat: 20.03, Lon: 110.33}, End: &end}
	b := l.BoxAround(100)
	for _, p := range []geo.Point{l.Start, end, {Lat: 20.035, Lon: 110.34}, {Lat: 20.0292, Lon: 110.33}, {Lat: 20.04, Lon: 110.3509}} {
		if !b.Contains(p) {
			t.Errorf("%v is not in %v", p, b)
		}
	}
	if b.Contains(geo.Point{Lat: 20.02, Lon: 110.33}) {
		t.Errorf("%v is far too large", b)
	}
}
