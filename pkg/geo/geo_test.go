package geo_test

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"spotcheck/pkg/geo"
)

func TestDistances(t *testing.T) {
	tests := map[string]struct {
		a, b geo.Point
		want float64 // metres
	}{
		"nowhere":               {geo.Point{Lat: 20, Lon: 110}, geo.Point{Lat: 20, Lon: 110}, 0},
		"a degree of latitude":  {geo.Point{Lat: 20, Lon: 110}, geo.Point{Lat: 21, Lon: 110}, math.Pi / 180 * geo.EarthRadius},
		"a degree of longitude": {geo.Point{Lat: 60, Lon: 110}, geo.Point{Lat: 60, Lon: 111}, 55_596},
		"across 180° E":         {geo.Point{Lat: 0, Lon: 179.5}, geo.Point{Lat: 0, Lon: -179.5}, math.Pi / 180 * geo.EarthRadius},
		"the other side":        {geo.Point{Lat: 0, Lon: 0}, geo.Point{Lat: 0, Lon: 180}, math.Pi * geo.EarthRadius},
	}
	for name, tt := range tests {
		if got := geo.Distance(tt.a, tt.b); math.Abs(got-tt.want) > 2 {
			t.Errorf("%s: got %.1f m, want %.1f m", name, got, tt.want)
		}
		if geo.Distance(tt.a, tt.b) != geo.Distance(tt.b, tt.a) {
			t.Errorf("%s: the way back is another one", name)
		}
	}
	end := geo.Point{Lat: 21, Lon: 110}
	if l := (geo.Line{Start: geo.Point{Lat: 20, Lon: 110}}); l.Length() != 0 {
		t.Errorf("a line without an end is %.1f m long", l.Length())
	} else if l.End = &end; math.Abs(l.Length()-111_195) > 2 {
		t.Errorf("got %.1f m", l.Length())
	}
}

func TestWhatIsOnTheEarth(t *testing.T) {
	for p, want := range map[geo.Point]bool{
		{Lat: 90, Lon: 180}: true, {Lat: -90, Lon: -180}: true, {Lat: 90.0001}: false, {Lon: 180.0001}: false, {Lon: -181}: false,
		{Lat: math.Inf(1)}: false, {Lon: math.Inf(-1)}: false,
	} {
		if p.Valid() != want {
			t.Errorf("%v: got %t", p, p.Valid())
		}
	}
	if (geo.Point{Lat: math.NaN(), Lon: 110}).Valid() {
		t.Error("no number is taken as a latitude")
	}
	if (geo.Box{South: 2, North: 1, West: 0, East: 1}).Valid() || !(geo.Box{South: 1, North: 1, West: 0, East: 0}).Valid() {
		t.Error("a box has its corners in order")
	}
}

// TestPublishedVectors are points that others converted.
func TestPublishedVectors(t *testing.T) {
	tests := map[string]struct {
		wgs   geo.Point
		to    geo.Datum
		want  geo.Point
		slack float64 // degrees
	}{
		"Beijing, Baidu": {geo.Point{Lat: 39.914266, Lon: 116.403988}, geo.BD09, geo.Point{Lat: 39.92196580126834, Lon: 116.41661560068297}, 1e-9},
		"Hunan, AMap":    {geo.Point{Lat: 27.223905373786593, Lon: 111.43877780268987}, geo.GCJ02, geo.Point{Lat: 27.220718937598154, Lon: 111.44439660708835}, 1e-9},
	}
	f, err := os.Open("testdata/coordinate_test_vectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal(len(rows), err)
	}
	for _, row := range rows[1:] {
		var n [4]float64
		for i := range n {
			if n[i], err = strconv.ParseFloat(row[i], 64); err != nil {
				t.Fatal(err)
			}
		}
		tests["row "+row[0]] = struct {
			wgs   geo.Point
			to    geo.Datum
			want  geo.Point
			slack float64
		}{geo.Point{Lat: n[1], Lon: n[0]}, geo.GCJ02, geo.Point{Lat: n[3], Lon: n[2]}, 6e-8}
	}
	for name, tt := range tests {
		got := geo.FromWGS84(tt.wgs, tt.to)
		if math.Abs(got.Lat-tt.want.Lat) > tt.slack || math.Abs(got.Lon-tt.want.Lon) > tt.slack {
			t.Errorf("%s: got %.9f, want %.9f", name, got, tt.want)
		}
		if back := geo.ToWGS84(tt.want, tt.to); geo.Distance(back, tt.wgs) > 0.01 {
			t.Errorf("%s: comes back %.4f m off", name, geo.Distance(back, tt.wgs))
		}
	}
}

func TestRoundTripsAreExactToAMillimetre(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		p := geo.Point{Lat: 24 + 16*r.Float64(), Lon: 103 + 13*r.Float64()}
		for _, d := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
			shown := geo.FromWGS84(p, d)
			if off := geo.Distance(geo.ToWGS84(shown, d), p); off > 0.001 {
				t.Fatalf("%v in %s comes back %.5f m off", p, d, off)
			}
			if shift := geo.Distance(shown, p); d == geo.GCJ02 && (shift < 19 || shift > 800) {
				t.Fatalf("%v is shifted by %.1f m", p, shift)
			}
		}
	}
}

func TestNeighboursAreNotShifted(t *testing.T) {
	for name, p := range map[string]geo.Point{
		"Hong Kong": {Lat: 22.28, Lon: 114.16}, "Macau": {Lat: 22.195, Lon: 113.55}, "Taipei": {Lat: 25.03, Lon: 121.56},
		"Kinmen": {Lat: 24.43, Lon: 118.32}, "Hanoi": {Lat: 21.03, Lon: 105.85}, "Seoul": {Lat: 37.57, Lon: 126.98},
		"Ulaanbaatar": {Lat: 47.92, Lon: 106.92}, "Almaty": {Lat: 43.24, Lon: 76.89}, "Kathmandu": {Lat: 27.72, Lon: 85.32},
		"Vladivostok": {Lat: 43.12, Lon: 131.89}, "Paris": {Lat: 48.86, Lon: 2.35},
	} {
		if geo.InMainland(p) || geo.FromWGS84(p, geo.GCJ02) != p || geo.ToWGS84(p, geo.BD09) != p {
			t.Errorf("%s is shifted", name)
		}
	}
	for name, p := range map[string]geo.Point{
		"Haikou": {Lat: 20.03, Lon: 110.33}, "Sanya": {Lat: 18.25, Lon: 109.51}, "Kashgar": {Lat: 39.47, Lon: 75.99}, "Mohe": {Lat: 52.97, Lon: 122.54},
		"Xiamen": {Lat: 24.48, Lon: 118.09}, "Shenzhen": {Lat: 22.54, Lon: 114.06}, "Lhasa": {Lat: 29.65, Lon: 91.13},
	} {
		if !geo.InMainland(p) || geo.FromWGS84(p, geo.GCJ02) == p {
			t.Errorf("%s is not shifted", name)
		}
	}
}

func TestDatumRefusesEverythingElse(t *testing.T) {
	for _, text := range []string{"wgs84", "gcj02", "bd09"} {
		var d geo.Datum
		if err := d.UnmarshalText([]byte(text)); err != nil || string(d) != text {
			t.Errorf("%s: got %q, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "WGS84", "cgcs2000", "gcj-02"} {
		d := geo.WGS84
		if err := d.UnmarshalText([]byte(text)); err == nil || d != geo.WGS84 {
			t.Errorf("%q is taken as %q", text, d)
		}
	}
	p := geo.Point{Lat: 20, Lon: 110}
	if geo.FromWGS84(p, "x") != p || geo.ToWGS84(p, "x") != p {
		t.Error("a datum that is none moves a point")
	}
}

func TestABoxAroundACircleLosesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		p := geo.Point{Lat: 178*r.Float64() - 89, Lon: 360*r.Float64() - 180}
		radius := math.Pow(10, 6*r.Float64())
		b := geo.BoxAround(p, radius)
		q := geo.Point{Lat: p.Lat + (2*r.Float64()-1)*radius/100_000, Lon: p.Lon + (2*r.Float64()-1)*radius/50_000}
		if q.Valid() && geo.Distance(p, q) <= radius && !b.Contains(q) {
			t.Fatalf("%v is %.1f m from %v, but not in %v", q, geo.Distance(p, q), p, b)
		}
	}
}

func TestRangesOfCellsHoldTheirBox(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		size := math.Pow(10, -5+6*r.Float64())
		b := geo.Box{South: 150*r.Float64() - 80, West: 300*r.Float64() - 160}
		b.North, b.East = math.Min(90, b.South+size), math.Min(180, b.West+size*r.Float64())
		ranges := geo.CellRanges(b, geo.DefaultRanges)
		if len(ranges) == 0 || len(ranges) > geo.DefaultRanges {
			t.Fatalf("%v has %d ranges", b, len(ranges))
		}
		for n := range ranges {
			if ranges[n].Lo > ranges[n].Hi || n > 0 && ranges[n].Lo <= ranges[n-1].Hi {
				t.Fatalf("%v: ranges %v are not in order", b, ranges)
			}
		}
		for _, p := range []geo.Point{{Lat: b.South, Lon: b.West}, {Lat: b.North, Lon: b.East},
			{Lat: b.South + (b.North-b.South)*r.Float64(), Lon: b.West + (b.East-b.West)*r.Float64()}} {
			cell, held := geo.Cell(p), false
			for _, c := range ranges {
				held = held || c.Lo <= cell && cell <= c.Hi
			}
			if !held || cell < 0 || cell >= 1<<52 {
				t.Fatalf("%v of %v has cell %d, which is in none of %v", p, b, cell, ranges)
			}
		}
	}
	if got := geo.CellRanges(geo.Box{South: 1, North: 0}, 4); got != nil {
		t.Errorf("a box upside down: got %v", got)
	}
}

func TestFieldsHoldTheCellsThatTouchTheirBox(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		b := geo.Box{South: 150*r.Float64() - 80, West: 300*r.Float64() - 160}
		b.North, b.East = b.South+5*r.Float64()*r.Float64(), b.West+5*r.Float64()*r.Float64()
		f := geo.CellGridOf(b, r.IntN(20))
		around := f.Box()
		inside := geo.Point{Lat: b.South + (b.North-b.South)*r.Float64(), Lon: b.West + (b.East-b.West)*r.Float64()}
		elsewhere := geo.Point{Lat: 180*r.Float64() - 90, Lon: 360*r.Float64() - 180}
		for _, p := range []geo.Point{inside, {Lat: b.South, Lon: b.West}, {Lat: b.North, Lon: b.East}, elsewhere} {
			held, want := f.Contains(geo.CellAt(geo.Cell(p), f.Level)), around.Contains(p)
			if held != want {
				t.Fatalf("%v at level %d: %v is held %v, want %v", b, f.Level, p, held, want)
			}
		}
		if !f.Contains(geo.CellAt(geo.Cell(inside), f.Level)) || f.Size() < 1 {
			t.Fatalf("%v at level %d does not hold %v", b, f.Level, inside)
		}
	}
	if got := geo.CellGridOf(geo.Box{South: -90, West: -180, North: 90, East: 180}, 3).Size(); got != 64 {
		t.Errorf("the earth has %d cells at level 3, want 64", got)
	}
}

func TestDatumsAreKnownByTheirNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]geo.Datum{"": geo.WGS84, "WGS-84": geo.WGS84, "WGS 84 ": geo.WGS84, "CGCS2000": geo.WGS84, "GCJ-02": geo.GCJ02, "gcj02": geo.GCJ02,
		"BD-09": geo.BD09, "TOKYO": "", "Beijing 54": ""} {
		if got, ok := geo.DatumNamed(name); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, want %q", name, got, ok, want)
		}
	}
}
