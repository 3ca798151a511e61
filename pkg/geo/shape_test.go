package geo_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"spotcheck/pkg/geo"
)

func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.Abs(got-want) > share*math.Abs(want)+1e-9 {
		t.Errorf("%s: got %.6f, want %.6f", what, got, want)
	}
}

// polygon is a shape of one polygon.
func polygon(rings ...geo.Ring) *geo.Shape { return &geo.Shape{Polygons: []geo.Polygon{rings}} }

func TestAreasAndLengths(t *testing.T) {
	t.Parallel()
	// The published area of the ellipsoid, and sums of small fields by its radii of curvature.
	whole := polygon(geo.Ring{{Lat: -90, Lon: -180}, {Lat: -90, Lon: 180}, {Lat: 90, Lon: 180}, {Lat: 90, Lon: -180}, {Lat: -90, Lon: -180}})
	near(t, "the earth", whole.Area(), 510_065_621_724_088, 1e-9)
	for _, south := range []float64{0, 20, 59} {
		want := 0.0
		for n := range 10_000 {
			lat := (south + (float64(n)+.5)/10_000) * math.Pi / 180
			w := 1 - 6.69437999014e-3*math.Sin(lat)*math.Sin(lat)
			want += 6378137. * 6378137 * (1 - 6.69437999014e-3) / (w * w) * math.Cos(lat) * math.Pi / 180 * math.Pi / 180 / 10_000
		}
		near(t, "a degree by a degree", polygon(square(south, 110, 1)).Area(), want, 1e-8)
	}
	near(t, "with a hole of a quarter", polygon(square(20, 110, 1), square(20.25, 110.25, .5)).Area(),
		polygon(square(20, 110, 1)).Area()-polygon(square(20.25, 110.25, .5)).Area(), 1e-12)
	two := &geo.Shape{Polygons: []geo.Polygon{{square(20, 110, .01)}, {square(20, 111, .01)}}}
	near(t, "two of the same", two.Area(), 2*polygon(square(20, 110, .01)).Area(), 1e-9)
	road := &geo.Shape{Lines: [][]geo.Point{{{Lat: 20, Lon: 110}, {Lat: 20.01, Lon: 110}, {Lat: 20.02, Lon: 110}}}, WidthM: 30}
	near(t, "length of a road", road.Length(), 2223.9, 1e-4)
	near(t, "area of a road", road.Area(), 30*2223.9, 1e-4)
	if l := two.Length(); l != 0 {
		t.Errorf("polygons are %.1f m long, want 0", l)
	}
}

func TestRoadsHoldWhatLiesWithinHalfTheirWidth(t *testing.T) {
	t.Parallel()
	road := &geo.Shape{Lines: [][]geo.Point{{{Lat: 20.03, Lon: 110.33}, {Lat: 20.03, Lon: 110.34}, {Lat: 20.04, Lon: 110.34}}}, WidthM: 40}
	const metre = 180 / math.Pi / geo.EarthRadius
	for p, want := range map[geo.Point]bool{
		{Lat: 20.03, Lon: 110.335}: true, {Lat: 20.03 + 19.9*metre, Lon: 110.335}: true, {Lat: 20.03 + 20.1*metre, Lon: 110.335}: false,
		{Lat: 20.03, Lon: 110.33 - 19/math.Cos(20.03*math.Pi/180)*metre}: true, {Lat: 20.03, Lon: 110.33 - 21/math.Cos(20.03*math.Pi/180)*metre}: false,
		{Lat: 20.035, Lon: 110.34}: true, {Lat: 20.035, Lon: 110.339}: false,
	} {
		if got := road.Contains(p); got != want {
			t.Errorf("%v: got %t, want %t", p, got, want)
		}
		if got := len(geo.NewIndex([]*geo.Shape{road}).Containing(p, nil)) == 1; got != want {
			t.Errorf("%v by the index: got %t, want %t", p, got, want)
		}
	}
	box := road.Box()
	if !box.Contains(geo.Point{Lat: 20.03 - 19*metre, Lon: 110.335}) || box.Contains(geo.Point{Lat: 20.03 - 21*metre, Lon: 110.335}) {
		t.Errorf("the box %v is not the road with its width", box)
	}
}

func TestOverlaps(t *testing.T) {
	t.Parallel()
	one := polygon(square(20, 110, .02))
	part := func(south, west, north, east float64) float64 {
		return polygon(geo.Ring{{Lat: south, Lon: west}, {Lat: south, Lon: east}, {Lat: north, Lon: east}, {Lat: north, Lon: west}, {Lat: south, Lon: west}}).Area()
	}
	road := &geo.Shape{Lines: [][]geo.Point{{{Lat: 20.01, Lon: 109.99}, {Lat: 20.01, Lon: 110.03}}}, WidthM: 20}
	diamond := polygon(geo.Ring{{Lat: 20.01, Lon: 109.99}, {Lat: 20.03, Lon: 110.01}, {Lat: 20.01, Lon: 110.03}, {Lat: 19.99, Lon: 110.01}, {Lat: 20.01, Lon: 109.99}})
	tests := map[string]struct {
		a, b *geo.Shape
		want float64
	}{
		"the same":            {one, one, one.Area()},
		"a quarter":           {one, polygon(square(20.01, 110.01, .02)), part(20.01, 110.01, 20.02, 110.02)},
		"side by side":        {one, polygon(square(20, 110.02, .02)), 0},
		"far away":            {one, polygon(square(21, 110, .02)), 0},
		"one in the other":    {one, polygon(square(20.005, 110.005, .01)), polygon(square(20.005, 110.005, .01)).Area()},
		"in its hole":         {polygon(square(20, 110, .02), square(20.005, 110.005, .01)), polygon(square(20.006, 110.006, .005)), 0},
		"a diamond around it": {one, diamond, one.Area()},
		"a road through it": {one, road, part(20, 110, 20.02, 110.02) / part(20, 110, 20.02,
			110.02) * 20 * geo.Distance(geo.Point{Lat: 20.01, Lon: 110}, geo.Point{Lat: 20.01, Lon: 110.02})},
		"of two parts, one with one": {&geo.Shape{Polygons: []geo.Polygon{{square(20, 110, .01)}, {square(22, 110, .01)}}}, one, part(20, 110, 20.01, 110.01)},
	}
	for name, tt := range tests {
		got, at := geo.Overlap(tt.a, tt.b)
		near(t, name, got, tt.want, 5e-3)
		back, _ := geo.Overlap(tt.b, tt.a)
		near(t, name+", the other way", back, got, 1e-9)
		if got > 0 && (!tt.a.Contains(at) || !tt.b.Contains(at)) {
			t.Errorf("%s: %v does not lie in both", name, at)
		}
	}
	gap, at := geo.Uncovered(one, []*geo.Shape{polygon(square(20, 110, .01)), polygon(square(20, 110.01, .01)), polygon(square(20.01, 110, .01))})
	near(t, "a gap", gap, part(20.01, 110.01, 20.02, 110.02), 1e-6)
	if !one.Contains(at) || at.Lat < 20.01 || at.Lon < 110.01 {
		t.Errorf("the gap is said to be at %v", at)
	}
	if gap, _ := geo.Uncovered(one, []*geo.Shape{polygon(square(19, 109, 2))}); gap > 1e-6 {
		t.Errorf("%.3f m² are left of what is covered whole", gap)
	}
}

func TestFlaws(t *testing.T) {
	t.Parallel()
	good := square(20, 110, .02)
	bow := geo.Ring{{Lat: 0, Lon: 0}, {Lat: 1, Lon: 1}, {Lat: 1, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 0, Lon: 0}}
	tests := map[string]struct {
		shape *geo.Shape
		want  []geo.FlawKind
	}{
		"a square":                 {polygon(good), nil},
		"a square with a hole":     {polygon(good, square(20.005, 110.005, .005)), nil},
		"against the clock or not": {polygon(reversed(good), square(20.005, 110.005, .005)), nil},
		"a bow tie":                {polygon(bow), []geo.FlawKind{geo.FlawCrossing}},
		"a corner on another edge": {polygon(geo.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 4}, {Lat: 4, Lon: 4}, {Lat: 0, Lon: 2}, {Lat: 4, Lon: 0},
			{Lat: 0, Lon: 0}}), []geo.FlawKind{geo.FlawCrossing}},
		"a spike": {polygon(geo.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 4}, {Lat: 4, Lon: 4}, {Lat: 8, Lon: 4}, {Lat: 4, Lon: 4},
			{Lat: 4, Lon: 0}, {Lat: 0, Lon: 0}}), []geo.FlawKind{geo.FlawCrossing, geo.FlawTouching}},
		"two squares at one corner": {polygon(geo.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 1, Lon: 1}, {Lat: 2, Lon: 1}, {Lat: 2, Lon: 2},
			{Lat: 1, Lon: 2}, {Lat: 1, Lon: 1}, {Lat: 1, Lon: 0}, {Lat: 0, Lon: 0}}), []geo.FlawKind{geo.FlawTouching}},
		"not closed":               {polygon(good[:4]), []geo.FlawKind{geo.FlawOpen}},
		"two corners":              {polygon(geo.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 0, Lon: 0}}), []geo.FlawKind{geo.FlawFew}},
		"no area":                  {polygon(square(20, 110, 1e-7)), []geo.FlawKind{geo.FlawNoArea}},
		"there and back":           {polygon(geo.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 0, Lon: 2}, {Lat: 0, Lon: 0}}), []geo.FlawKind{geo.FlawCrossing}},
		"off the earth":            {polygon(square(89.5, 0, 1)), []geo.FlawKind{geo.FlawOffEarth, geo.FlawOffEarth}},
		"a hole outside":           {polygon(good, square(21, 110, .01)), []geo.FlawKind{geo.FlawHole}},
		"a hole across the border": {polygon(good, square(20.01, 110.01, .03)), []geo.FlawKind{geo.FlawCrossing}},
		"a corner written twice":   {polygon(slices.Insert(slices.Clone(good), 1, good[1])), nil},
		"a road":                   {&geo.Shape{Lines: [][]geo.Point{{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}}}, WidthM: 20}, nil},
		"a road without a width":   {&geo.Shape{Lines: [][]geo.Point{{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}}}}, []geo.FlawKind{geo.FlawNoWidth}},
		"a road of one place":      {&geo.Shape{Lines: [][]geo.Point{{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 0}}}, WidthM: 20}, []geo.FlawKind{geo.FlawFew}},
		"a place":                  {&geo.Shape{Centre: &geo.Point{Lat: 20, Lon: 110}}, nil},
	}
	for name, tt := range tests {
		var got []geo.FlawKind
		for _, f := range tt.shape.Flaws() {
			if got = append(got, f.Kind); f.Kind != geo.FlawOffEarth && !tt.shape.Box().Contains(f.At) {
				t.Errorf("%s: %s at %v, which is elsewhere", name, f.Kind, f.At)
			}
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(slices.Compact(got), slices.Compact(tt.want)) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
	shifted := polygon(bow).Flaws()[0]
	if shifted.At != (geo.Point{Lat: .5, Lon: .5}) {
		t.Errorf("the bow tie crosses itself at %v", shifted.At)
	}
}

func reversed(r geo.Ring) geo.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

func TestShapesAreReadAndWritten(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ wkt, json string }{
		"polygon":     {"POLYGON((110 20, 110.5 20, 110.5 20.5, 110 20))", `{"type":"Polygon","coordinates":[[[110,20],[110.5,20],[110.5,20.5],[110,20]]]}`},
		"with a hole": {"polygon ((0 0,9 0,9 9,0 0),(4 2,5 2,5 3,4 2))", `{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[4,2],[5,2],[5,3],[4,2]]]}`},
		"many": {"MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2)))",
			`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[2,2],[3,2],[3,3],[2,2]]]]}`},
		"line":             {"LINESTRING(110.1 20.1, 110.2 -20.25)", `{"type":"LineString","coordinates":[[110.1,20.1],[110.2,-20.25]]}`},
		"lines":            {"MULTILINESTRING((0 0,1 1),(2 2,3 3))", `{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}`},
		"point":            {"POINT(110.1 20.1)", `{"type":"Point","coordinates":[110.1,20.1]}`},
		"heights go":       {"LINESTRING(1 2 3, 4 5 6)", `{"type":"LineString","coordinates":[[1,2],[4,5]]}`},
		"a small exponent": {"POINT(1e-3 2E1)", `{"type":"Point","coordinates":[0.001,20]}`},
	} {
		s, err := geo.ParseWKT(tt.wkt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(s.GeoJSON()); got != tt.json {
			t.Errorf("%s: got %s, want %s", name, got, tt.json)
		}
		again, err := geo.ParseGeoJSON([]byte(tt.json))
		if err != nil || string(again.GeoJSON()) != tt.json {
			t.Errorf("%s: GeoJSON is not read back: %v", name, err)
		}
	}
}

func TestWhatIsNoShapeIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `{}`, `[]`, `null`, `{"type":"Point"}`, `{"type":"Point","coordinates":null}`, `{"type":"Point","coordinates":[]}`, `{"type":"Point","coordinates":[1]}`,
		`{"type":"Point","coordinates":[1,2,3,4]}`, `{"type":"Point","coordinates":["1","2"]}`, `{"type":"Point","coordinates":[[1,2]]}`,
		`{"type":"Point","coordinates":[1,1e999]}`,
		`{"type":"Polygon","coordinates":[]}`, `{"type":"Polygon","coordinates":[[]]}`, `{"type":"Polygon","coordinates":[1,2]}`, `{"type":"Polygon","coordinates":{}}`,
		`{"type":"GeometryCollection","geometries":[]}`, `{"type":"Point","coordinates":[1,2],"crs":{}}`, `{"type":"Point","coordinates":[1,2]} {}`,
		`{"type":"Circle","coordinates":[1,2]}`,
	} {
		if s, err := geo.ParseGeoJSON([]byte(text)); err == nil {
			t.Errorf("%s is read as %+v", text, s)
		}
	}
	for _, text := range []string{"", "POINT", "POINT()", "POINT(1)", "POINT(1 2", "POINT(1 2))", "POINT(1 2, 3 4)", "POINT(NaN 1)", "POINT(Inf 1)",
		"POINT(0x1p2 1)", "POINT(1_0 2)",
		"POLYGON(1 2, 3 4)", "POLYGON((1 2, 3 4)", "POLYGON EMPTY", "CIRCLE(1 2)", "POINT(1 2) x"} {
		if s, err := geo.ParseWKT(text); err == nil {
			t.Errorf("%s is read as %+v", text, s)
		}
	}
	many, err := json.Marshal(map[string]any{"type": "LineString", "coordinates": make([][2]float64, geo.MostPoints+1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := geo.ParseGeoJSON(many); err == nil {
		t.Error("a line of too many points is read")
	}
}

func TestShapesGoToWGS84AndLeaveTheOriginalAlone(t *testing.T) {
	t.Parallel()
	p := geo.Point{Lat: 20.03, Lon: 110.33}
	given := &geo.Shape{Polygons: []geo.Polygon{{square(20, 110, .1)}}, Lines: [][]geo.Point{{p, p}}, Centre: &geo.Point{Lat: 20, Lon: 110}, WidthM: 20}
	before := string(given.GeoJSON())
	got := given.ToWGS84(geo.GCJ02)
	if string(given.GeoJSON()) != before || *given.Centre != (geo.Point{Lat: 20, Lon: 110}) {
		t.Error("the original was changed")
	}
	for name, pair := range map[string][2]geo.Point{
		"polygon": {got.Polygons[0][0][0], geo.Point{Lat: 20, Lon: 110}}, "line": {got.Lines[0][0], p}, "centre": {*got.Centre, geo.Point{Lat: 20, Lon: 110}},
	} {
		if d := geo.Distance(pair[0], geo.ToWGS84(pair[1], geo.GCJ02)); d > .001 {
			t.Errorf("%s: %.4f m off", name, d)
		}
		if d := geo.Distance(pair[0], pair[1]); d < 19 {
			t.Errorf("%s: was moved by %.1f m only", name, d)
		}
	}
	if got.WidthM != 20 || got.Points() != given.Points() {
		t.Errorf("got %+v", got)
	}
}

func FuzzGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"Polygon","coordinates":[[[110,20],[110.5,20],[110.5,20.5],[110,20]]]}`))
	f.Add([]byte(`{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}`))
	f.Add([]byte(`{"type":"Point","coordinates":[1e308,-1e308]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := geo.ParseGeoJSON(b); err == nil {
			endures(t, s)
		}
	})
}

func FuzzWKT(f *testing.F) {
	f.Add("POLYGON((110 20, 110.5 20, 110.5 20.5, 110 20))")
	f.Add("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2)))")
	f.Add("LINESTRING(1 2 3, 4 5 6)")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := geo.ParseWKT(text); err == nil {
			endures(t, s)
		}
	})
}

// endures asks everything of a shape that was read, whatever is wrong with it.
func endures(t *testing.T, s *geo.Shape) {
	t.Helper()
	again, err := geo.ParseGeoJSON(s.GeoJSON())
	if err != nil || string(again.GeoJSON()) != string(s.GeoJSON()) {
		t.Fatalf("%s is not read back: %v", s.GeoJSON(), err)
	}
	s.WidthM = 20
	if len(s.Flaws()) > 0 {
		return
	}
	w := s.ToWGS84(geo.GCJ02)
	if len(w.Flaws()) > 0 {
		return
	}
	area := w.Area()
	same, _ := geo.Overlap(w, w)
	if math.IsNaN(area) || area < 0 || math.IsNaN(same) || w.Lines == nil && same > area*1.001+1 {
		t.Fatalf("%s: area %v, shares %v with itself", w.GeoJSON(), area, same)
	}
	index := geo.NewIndex([]*geo.Shape{w})
	for _, g := range w.Polygons {
		if got := index.Containing(g[0][0], nil); !w.Contains(g[0][0]) || !slices.Equal(got, []int{0}) {
			t.Fatalf("%s does not hold its own corner", w.GeoJSON())
		}
	}
}

// TestTheOutlinesOfTheDemoAreGood reads real outlines.
func TestTheOutlinesOfTheDemoAreGood(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../server/demo/outlines.geojson")
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Features []struct{ Geometry json.RawMessage }
	}
	if err := json.Unmarshal(b, &in); err != nil || len(in.Features) < 4 {
		t.Fatalf("%d features, %v", len(in.Features), err)
	}
	for n, f := range in.Features {
		s, err := geo.ParseGeoJSON(f.Geometry)
		if err != nil {
			t.Fatalf("feature %d: %v", n+1, err)
		}
		if flaws := s.Flaws(); len(flaws) > 0 {
			t.Errorf("feature %d: %v", n+1, flaws)
		}
	}
}
