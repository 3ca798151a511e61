package atlas_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
)

// box is the corners of a box as WKT, in degrees after 20° N and 110° E.
func box(south, west, north, east float64) string {
	s, w, n, e := 20+south, 110+west, 20+north, 110+east
	return fmt.Sprintf("POLYGON((%v %v,%v %v,%v %v,%v %v,%v %v))", w, s, e, s, e, n, w, n, w, s)
}

// table is a CSV file of areas.
func csvOf(rows ...string) string {
	return "code,name,level,class,parent,width_m,wkt\n" + strings.Join(rows, "\n") + "\n"
}

func row(code, level, parent, wkt string) string {
	return fmt.Sprintf(`%s,Area %s,%s,,%s,,"%s"`, code, code, level, parent, wkt)
}

// read fails the test when a file cannot be read.
func read(t *testing.T, f atlas.Format, datum geo.Datum, body string) ([]atlas.Row, []atlas.Finding) {
	t.Helper()
	rows, found, err := atlas.Read(t.Context(), atlas.File{Format: f, Datum: datum, Body: []byte(body), Tables: table.Read})
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return rows, found
}

// register is what a first import of these rows leaves.
func register(t *testing.T, body string) atlas.Register {
	t.Helper()
	rows, found := read(t, atlas.CSV, geo.WGS84, body)
	changes, more := atlas.Check(rows, atlas.Register{}, geo.WGS84, inspect.NewID)
	if len(changes) != len(rows) {
		t.Fatalf("got %d changes of %d rows: %v %v", len(changes), len(rows), found, more)
	}
	var r atlas.Register
	for _, c := range changes {
		k := atlas.KnownArea{Area: c.Area}
		if c.Text != nil {
			var err error
			if k.Outline, err = geo.ParseGeoJSON(c.Text); err != nil {
				t.Fatal(err)
			}
			k.Outline.WidthM = c.Area.WidthM
		}
		r.Areas = append(r.Areas, k)
	}
	return r
}

// said is findings in short: kind, severity, row.
func said(found []atlas.Finding) (all []string) {
	for _, f := range found {
		all = append(all, fmt.Sprintf("%s %s %d", f.Kind, f.Severity, f.Row))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

const city = "1,City,city,,,,"

func TestFindings(t *testing.T) {
	t.Parallel()
	whole := row("2", "district", "1", box(0, 0, .2, .2))
	halves := []string{row("21", "street", "2", box(0, 0, .2, .1)), row("22", "street", "2", box(0, .1, .2, .2))}
	tests := map[string]struct {
		rows []string
		want []string
	}{
		"a tidy tree":             {append([]string{city, whole}, halves...), nil},
		"a code twice":            {[]string{city, city}, []string{"code.twice error 3"}},
		"no code":                 {[]string{",City,city,,,,"}, []string{"row.unreadable error 2"}},
		"no name":                 {[]string{"1,,city,,,,"}, []string{"row.unreadable error 2"}},
		"a level of its own":      {[]string{"1,City,town,,,,"}, []string{"row.unreadable error 2"}},
		"a width of a polygon":    {[]string{`1,City,city,,,20,"` + box(0, 0, 1, 1) + `"`}, []string{"row.unreadable error 2"}},
		"a width that is none":    {[]string{`1,Road,road,,,wide,"LINESTRING(110 20,110.1 20)"`}, []string{"row.unreadable error 2"}},
		"an outline that is none": {[]string{`1,City,city,,,,POLYGON(1`}, []string{"outline.unreadable error 2"}},
		"an unknown parent":       {[]string{"1,City,city,,9,,"}, []string{"parent.unknown error 2"}},
		"inside itself": {[]string{"1,A,district,,2,,", "2,B,street,,3,,", "3,C,street,,1,,"},
			[]string{"parent.loop error 2", "parent.loop error 3", "parent.loop error 4"}},
		"its own parent":               {[]string{"1,A,district,,1,,"}, []string{"parent.loop error 2"}},
		"a border that crosses itself": {[]string{`1,A,district,,,,"POLYGON((110 20,110.1 20.1,110.1 20,110 20.1,110 20))"`}, []string{"outline.self_intersection error 2"}},
		"a ring that is open":          {[]string{`1,A,district,,,,"POLYGON((110 20,110.1 20.1,110.1 20,110 20.1))"`}, []string{"outline.not_closed error 2"}},
		"swapped coordinates":          {[]string{`1,A,district,,,,"POLYGON((20 110,20.1 110,20.1 110.1,20 110))"`}, []string{"outline.off_earth error 2"}},
		"a touching border": {[]string{`1,A,district,,,,"POLYGON((110 20,111 20,111 21,112 21,112 22,111 22,111 21,110 21,110 20))"`},
			[]string{"outline.self_touch warning 2"}},
		"an overlap":      {[]string{city, whole, halves[0], row("22", "street", "2", box(0, .09, .2, .2))}, []string{"outline.overlap error 5"}},
		"a small overlap": {[]string{city, whole, halves[0], row("22", "street", "2", box(0, .0998, .2, .2))}, []string{"outline.overlap warning 5"}},
		"a sliver":        {[]string{city, whole, halves[0], row("22", "street", "2", box(0, .09999, .2, .2))}, nil},
		"two of one place": {[]string{city, row("2", "district", "1", box(0, 0, 1, 1)), row("3", "district", "1", box(0, 0, 1, 1))},
			[]string{"outline.overlap error 4"}},
		"a gap":                  {[]string{city, whole, halves[0], row("22", "street", "2", box(.05, .1, .2, .2))}, []string{"outline.gap warning 3"}},
		"no gap while one lacks": {[]string{city, whole, halves[0], "22,X,street,,2,,"}, nil},
		"outside its parent":     {[]string{city, whole, row("21", "street", "2", box(1, 0, 1.2, .2))}, []string{"outline.gap warning 3", "outline.outside_parent error 4"}},
		"partly outside":         {[]string{city, whole, row("21", "street", "2", box(0, 0, .2, .21))}, []string{"outline.outside_parent warning 4"}},
		"roads cross": {[]string{city, whole, `8,R,road,main road,2,30,"LINESTRING(110.05 20.01,110.05 20.15)"`,
			`9,S,road,main road,2,30,"LINESTRING(110.01 20.05,110.15 20.05)"`}, nil},
		"only places": {[]string{city, `21,X,street,,1,,POINT(110 20)`}, nil},
	}
	for name, tt := range tests {
		rows, found := read(t, atlas.CSV, geo.WGS84, csvOf(tt.rows...))
		changes, more := atlas.Check(rows, atlas.Register{}, geo.WGS84, inspect.NewID)
		if got := said(append(found, more...)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
		stops := slices.ContainsFunc(tt.want, func(s string) bool { return strings.Contains(s, "error") })
		if !stops && len(changes) != len(tt.rows) {
			t.Errorf("%s: got %d changes, want %d", name, len(changes), len(tt.rows))
		}
		for _, f := range append(found, more...) {
			if f.Detail == "" || strings.HasPrefix(string(f.Kind), "outline.") && f.At == nil && f.Kind != atlas.Unreadable && f.Kind != "outline.off_earth" {
				t.Errorf("%s: %+v says too little", name, f)
			}
		}
	}
}

func TestTheDatumIsHeldAgainstParentsAndTheCity(t *testing.T) {
	t.Parallel()
	// a district, and streets that fill it, as a map in GCJ-02 shows them
	district := register(t, csvOf(city, row("2", "district", "1", box(0, .3, .05, .35))))
	shifted := csvOf(row("21", "street", "2", asGCJ(t, box(0, .3, .05, .325))), row("22", "street", "2", asGCJ(t, box(0, .325, .05, .35))))
	for datum, want := range map[geo.Datum][]string{
		geo.GCJ02: nil,
		geo.WGS84: {"datum.suspect error 0"},
		geo.BD09:  {"datum.suspect error 0"},
	} {
		rows, _ := read(t, atlas.CSV, datum, shifted)
		_, found := atlas.Check(rows, district, datum, inspect.NewID)
		got := said(slices.DeleteFunc(found, func(f atlas.Finding) bool { return f.Kind != atlas.DatumSuspect }))
		if !slices.Equal(got, want) {
			t.Errorf("as %s: got %v, want %v", datum, got, want)
		}
	}
	rows, _ := read(t, atlas.CSV, geo.WGS84, csvOf(city, row("2", "district", "1", box(0, 0, .2, .2))))
	for box, want := range map[geo.Box][]string{
		{South: 19, West: 109, North: 21, East: 112}: nil,
		{South: 30, West: 109, North: 31, East: 112}: {"datum.suspect error 3"},
	} {
		if _, found := atlas.Check(rows, atlas.Register{Box: &box}, geo.WGS84, inspect.NewID); !slices.Equal(said(found), want) {
			t.Errorf("in %v: got %v, want %v", box, said(found), want)
		}
	}
}

// asGCJ is a shape as a map in GCJ-02 shows it.
func asGCJ(t *testing.T, wkt string) string {
	t.Helper()
	s, err := geo.ParseWKT(wkt)
	if err != nil {
		t.Fatal(err)
	}
	var corners []string
	for _, p := range s.Polygons[0][0] {
		q := geo.FromWGS84(p, geo.GCJ02)
		corners = append(corners, fmt.Sprintf("%.9f %.9f", q.Lon, q.Lat))
	}
	return "POLYGON((" + strings.Join(corners, ",") + "))"
}

func TestTheSameAgainChangesNothingAndWhatIsNotSaidStays(t *testing.T) {
	t.Parallel()
	file := csvOf(city, `2,Longhua,district,inner city,1,,"`+box(0, 0, .2, .2)+`"`, `8,Road,road,main road,2,30,"LINESTRING(110.05 20.01,110.05 20.15)"`)
	is := register(t, file)
	change := func(body string) []atlas.Change {
		t.Helper()
		rows, found := read(t, atlas.CSV, geo.WGS84, body)
		changes, more := atlas.Check(rows, is, geo.WGS84, inspect.NewID)
		if len(found)+len(more) > 0 {
			t.Fatalf("%s\n%v %v", body, found, more)
		}
		return changes
	}
	if got := change(file); len(got) != 0 {
		t.Errorf("the same file again changes %v", got)
	}
	got := change("code,name,level\n2,龙华区,district\n")
	want := is.Areas[1].Area
	want.Name = "龙华区"
	if len(got) != 1 || got[0].Area != want || got[0].Text != nil || got[0].New || got[0].Row != 2 {
		t.Errorf("a new name: got %+v, want %+v", got, want)
	}
	got = change(csvOf(`8,Road,road,main road,2,40,"LINESTRING(110.05 20.01,110.05 20.15)"`))
	if len(got) != 1 || got[0].Area.WidthM != 40 || got[0].Area.Outline != is.Areas[2].Area.Outline {
		t.Errorf("a wider road: got %+v", got)
	}
	got = change(csvOf(`8,Road,road,main road,2,30,"LINESTRING(110.05 20.01,110.06 20.15)"`))
	if len(got) != 1 || got[0].Text == nil || got[0].Area.Outline == is.Areas[2].Area.Outline {
		t.Errorf("another line: got %+v", got)
	}
	is.Areas = append(is.Areas, is.Areas[1])
	is.Areas[3].ID = inspect.NewID()
	rows, _ := read(t, atlas.CSV, geo.WGS84, "code,name,level\n2,龙华区,district\n")
	if _, found := atlas.Check(rows, is, geo.WGS84, inspect.NewID); !slices.Equal(said(found), []string{"code.ambiguous error 2"}) {
		t.Errorf("a code of two areas: got %v", found)
	}
}

func TestGeoJSONSaysTheSameAsCSV(t *testing.T) {
	t.Parallel()
	body := `{"type":"FeatureCollection","name":"areas","features":[
		{"type":"Feature","properties":{"code":460100,"name":" City ","level":"city","colour":"red"},"geometry":null},
		{"type":"Feature","properties":{"code":"2","name":"Longhua","level":"district","class":"inner","parent":"460100"},"geometry":{"type":"Polygon","coordinates":[[[110,20],[110.2,20],[110.2,20.2],[110,20.2],[110,20]]]}},
		{"type":"Feature","properties":{"code":"8","name":"Road","level":"road","parent":2,"width_m":30},"geometry":{"type":"LineString","coordinates":[[110.05,20.01],[110.05,20.15]]}}]}`
	same := "\ufeff" + csvOf("460100,City,city,,,,", `2,Longhua,district,inner,460100,,"`+box(0, 0, .2, .2)+`"`, `8,Road,road,,2,30,"LINESTRING(110.05 20.01,110.05 20.15)"`)
	json1, found1 := read(t, atlas.GeoJSON, geo.GCJ02, body)
	csv1, found2 := read(t, atlas.CSV, geo.GCJ02, same)
	if len(found1)+len(found2) > 0 || len(json1) != 3 || len(csv1) != 3 {
		t.Fatalf("got %v, %v, %d and %d rows", found1, found2, len(json1), len(csv1))
	}
	for n := range json1 {
		a, b := json1[n], csv1[n]
		if a.N != n+1 || b.N != n+2 {
			t.Errorf("rows are numbered %d and %d", a.N, b.N)
		}
		if a.Code != b.Code || a.Name != b.Name || a.Level != b.Level || a.Class != b.Class || a.Parent != b.Parent {
			t.Errorf("got %+v and %+v", a, b)
		}
		if (a.Outline == nil) != (b.Outline == nil) || a.Outline != nil && (string(a.Outline.GeoJSON()) != string(b.Outline.GeoJSON()) || a.Outline.WidthM != b.Outline.WidthM) {
			t.Errorf("row %d: the outlines differ", n+1)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for format, bodies := range map[atlas.Format][]string{
		atlas.GeoJSON: {``, `{`, `[]`, `{"type":"Feature"}`, `{"type":"FeatureCollection","features":[]}`,
			`{"type":"FeatureCollection","features":[{"properties":{"code":{}}}]}`, `{"type":"FeatureCollection","features":{}}`},
		atlas.CSV: {``, "code,name\n1,A\n", "code,name,level,colour\n1,A,city,red\n", "code,name,level,code\n1,A,city,1\n", "code,name,level\n",
			"code,name,level\n\"1,A,city\n"},
	} {
		for _, b := range bodies {
			if rows, found, err := atlas.Read(t.Context(), atlas.File{Format: format, Datum: geo.WGS84, Body: []byte(b), Tables: table.Read}); err == nil {
				t.Errorf("%s %q is read: %v %v", format, b, rows, found)
			}
		}
	}
	if _, _, err := atlas.Read(t.Context(), atlas.File{Format: atlas.CSV, Datum: geo.WGS84, Tables: table.Read,
		Body: []byte("code,name,level\n" + strings.Repeat("1,A,city\n", atlas.MostRows+1))}); err == nil {
		t.Error("a file of too many areas is read")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(true, csvOf(city, row("2", "district", "1", box(0, 0, .2, .2))))
	f.Add(false, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":1,"name":"A","level":"city"},"geometry":{"type":"Point","coordinates":[110,20]}}]}`)
	f.Fuzz(func(t *testing.T, csv bool, body string) {
		format := atlas.GeoJSON
		if csv {
			format = atlas.CSV
		}
		rows, _, err := atlas.Read(t.Context(), atlas.File{Format: format, Datum: geo.BD09, Body: []byte(body), Tables: table.Read})
		if err != nil {
			return
		}
		changes, found := atlas.Check(rows, atlas.Register{}, geo.BD09, inspect.NewID)
		if _, err := json.Marshal(found); err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			if c.Area.Code == "" || c.Area.Name == "" || !c.New {
				t.Fatalf("%q makes %+v", body, c)
			}
		}
	})
}
