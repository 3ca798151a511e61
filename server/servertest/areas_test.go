package servertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// parcel is a box as WKT, by its corners in degrees after 20° N and 110° E.
func parcel(south, west, north, east float64) string {
	s, w, n, e := 20+south, 110+west, 20+north, 110+east
	return fmt.Sprintf(`"POLYGON((%v %v,%v %v,%v %v,%v %v,%v %v))"`, w, s, e, s, e, n, w, n, w, s)
}

// plots is a small city with outlines: a district with two streets, a road through one of them.
func plots() string {
	return "code,name,level,class,parent,width_m,wkt\n" +
		"4601,City,city,,,,\n" +
		"460106,Longhua,district,,4601,," + parcel(0, .3, .1, .4) + "\n" +
		"460106003,Jinmao,street,,460106,," + parcel(0, .3, .1, .35) + "\n" +
		"460106004,Datong,street,,460106,," + parcel(0, .35, .1, .4) + "\n" +
		`R1,Longkun South Road,road,main road,460106004,40,"LINESTRING(110.36 20.01,110.36 20.09)"` + "\n"
}

// importWire is what tests read of an import.
type importWire struct {
	ID                                      inspect.ID
	State, SHA256                           string
	Areas, Fresh, Changed, Errors, Warnings int
	Findings                                []struct {
		Row                          int
		Code, Kind, Severity, Detail string
		Lat, Lon                     *float64
	}
}

// checksAreas sends a file of areas.
func checksAreas(c *servertest.Client, format, datum, body string) (a *servertest.Answer, in importWire, repeated bool) {
	kind := map[string]string{"csv": "text/csv", "geojson": "application/geo+json"}[format]
	a = c.Send(http.MethodPost, "/api/v1/area-imports?format="+format+"&datum="+datum, []byte(body), http.Header{"Content-Type": {kind}})
	if a.Status < 300 {
		var out struct {
			Repeated bool
			Import   importWire
		}
		a.Into(&out)
		in, repeated = out.Import, out.Repeated
	}
	return a, in, repeated
}

// appliesAreas makes an import visible.
func appliesAreas(c *servertest.Client, id inspect.ID) *servertest.Answer {
	return c.Do(http.MethodPost, "/api/v1/area-imports/"+id.String()+"/apply", nil)
}

// importsAreas checks a file and makes it visible.
func importsAreas(t *testing.T, c *servertest.Client, body string) importWire {
	t.Helper()
	a, in, _ := checksAreas(c, "csv", "wgs84", body)
	a.Want(http.StatusCreated)
	appliesAreas(c, in.ID).Want(http.StatusOK)
	return in
}

// codesAt are the codes of the areas at a place, smallest first.
func codesAt(c *servertest.Client, lat, lon float64) (codes []string) {
	var out struct{ Areas []struct{ Code string } }
	c.Do(http.MethodGet, fmt.Sprintf("/api/v1/areas/at?lat=%v&lon=%v", lat, lon), nil).Want(http.StatusOK).Into(&out)
	for _, v := range out.Areas {
		codes = append(codes, v.Code)
	}
	return codes
}

func TestAreasWithOutlinesAreCheckedThenApplied(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin := s.As("admin"), s.As("lin")
		before := len(areasOf(lin))
		a, in, repeated := checksAreas(admin, "csv", "wgs84", plots())
		a.Want(http.StatusCreated)
		if repeated || in.State != "checked" || in.Areas != 5 || in.Fresh != 5 || in.Changed+in.Errors+in.Warnings != 0 {
			t.Fatalf("got %+v", in)
		}
		if got := len(areasOf(lin)); got != before {
			t.Errorf("%d areas are visible before anybody applied them", got-before)
		}
		if got := codesAt(lin, 20.05, 110.32); got != nil {
			t.Errorf("a place lies in %v before anybody applied them", got)
		}
		again, same, repeated := checksAreas(admin, "csv", "wgs84", plots())
		if again.Want(http.StatusOK); !repeated || same.ID != in.ID {
			t.Errorf("the same file again is another import: %+v", same)
		}
		appliesAreas(admin, in.ID).Want(http.StatusOK)
		for place, want := range map[[2]float64][]string{
			{20.05, 110.32}: {"460106003", "460106", "4601"}, {20.05, 110.37}: {"460106004", "460106", "4601"},
			{20.05, 110.36}: {"R1", "460106004", "460106", "4601"}, {20.5, 110.36}: nil,
		} {
			if got := codesAt(lin, place[0], place[1]); !slices.Equal(got, want) {
				t.Errorf("%v lies in %v, want %v", place, got, want)
			}
		}
		var applied struct {
			Repeated bool
			Import   importWire
		}
		appliesAreas(admin, in.ID).Want(http.StatusOK).Into(&applied)
		if !applied.Repeated || applied.Import.State != "applied" {
			t.Errorf("applied again: got %+v", applied)
		}
		events := s.Audit().Events
		_, same, repeated = checksAreas(admin, "csv", "wgs84", plots())
		if !repeated || same.ID != in.ID || same.State != "applied" {
			t.Errorf("the same file after it was applied: got %+v", same)
		}
		if got := s.Audit(); got.Events != events {
			t.Errorf("the same file again left %d events", got.Events-events)
		}
		if got := s.Texts("SELECT count(*) FROM area_import_row"); got[0] != "0" {
			t.Errorf("%s rows are still staged", got[0])
		}
	})
}

// areasOf are all areas as a person sees them.
func areasOf(c *servertest.Client) (all []servertest.M) {
	var out struct{ Areas []servertest.M }
	c.Do(http.MethodGet, "/api/v1/areas", nil).Want(http.StatusOK).Into(&out)
	return out.Areas
}

func TestOutlinesAreShownAndKeptByAChangeOfTheArea(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin := s.As("admin"), s.As("lin")
		importsAreas(t, admin, plots())
		var road servertest.M
		for _, v := range areasOf(lin) {
			if v["code"] == "R1" {
				road = v
			}
		}
		outline := func() (f struct {
			Properties struct {
				Name                    string
				WidthM, AreaM2, LengthM float64
				Outline                 string
			}
			Geometry struct{ Type string }
		}) {
			lin.Do(http.MethodGet, "/api/v1/areas/"+road["id"].(string)+"/outline", nil).Want(http.StatusOK).Into(&f)
			return f
		}
		if f := outline(); f.Geometry.Type != "LineString" || f.Properties.Outline != road["outline"] || road["width_m"] != 40.0 {
			t.Errorf("got %+v of %v", f, road)
		}
		admin.Do(http.MethodPut, "/api/v1/areas/"+road["id"].(string),
			servertest.M{"name": "龙昆南路", "code": "R1", "level": "road", "class": "main road", "parent": road["parent"]}).Want(http.StatusOK)
		if f := outline(); f.Properties.Name != "龙昆南路" || f.Properties.Outline != road["outline"] {
			t.Errorf("after a new name: got %+v", f)
		}
		lin.Do(http.MethodGet, "/api/v1/areas/"+servertest.ID("city").String()+"/outline", nil).WantProblem(404, "not-found", "never")
		lin.Do(http.MethodGet, "/api/v1/areas/"+servertest.ID("nowhere").String()+"/outline", nil).WantProblem(404, "not-found", "never")
		if got := codesAt(lin, 20.05, 110.36); got[0] != "R1" {
			t.Errorf("the road is at %v", got)
		}
		admin.Do(http.MethodPut, "/api/v1/areas/"+road["id"].(string), servertest.M{"name": "龙昆南路", "code": "R1", "level": "road", "enabled": false}).Want(http.StatusOK)
		if got := codesAt(lin, 20.05, 110.36); got[0] != "460106004" {
			t.Errorf("a road that is switched off is at %v", got)
		}
		s.Audit()
	})
}

func TestReportsGetTheSmallestAreaThatHoldsThem(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		importsAreas(t, s.As("admin"), plots())
		area := func(change func(servertest.M)) string {
			t.Helper()
			id, r := inspect.NewID(), lin.Report()
			delete(r, "line")
			delete(r, "area")
			change(r)
			var out struct {
				Issue struct{ Area *struct{ Name string } }
			}
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), r).Want(http.StatusCreated).Into(&out)
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), r).Want(http.StatusOK)
			if out.Issue.Area == nil {
				return ""
			}
			return out.Issue.Area.Name
		}
		at := func(lat, lon float64) func(servertest.M) {
			return func(r servertest.M) { r["place"] = servertest.M{"lat": lat, "lon": lon} }
		}
		for name, tt := range map[string]struct {
			change func(servertest.M)
			want   string
		}{
			"in a street":     {at(20.05, 110.32), "Jinmao"},
			"on the road":     {at(20.05, 110.36), "Longkun South Road"},
			"out of town":     {at(21, 110.36), ""},
			"without a place": {func(r servertest.M) { delete(r, "place") }, ""},
			"by its own word": {func(r servertest.M) { at(20.05, 110.32)(r); r["area"] = servertest.ID("binhai") }, "滨海街道"},
			"a line": {func(r servertest.M) {
				at(20.05, 110.32)(r)
				r["line"] = servertest.M{"start": servertest.M{"lat": 20.05, "lon": 110.38}}
			}, "Datong"},
			"of another datum": {func(r servertest.M) {
				r["place"] = servertest.M{"lat": 20.05, "lon": 110.3535, "datum": "gcj02"} // 110.349 as the satellites say
			}, "Jinmao"},
		} {
			if got := area(tt.change); got != tt.want {
				t.Errorf("%s: got %q, want %q", name, got, tt.want)
			}
		}
		s.Audit()
	})
}

func TestErrorsStopAnImportAndChangesMakeItStale(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		a, bad, _ := checksAreas(admin, "csv", "wgs84", strings.Replace(plots(), parcel(0, .35, .1, .4), parcel(0, .34, .1, .4), 1))
		a.Want(http.StatusCreated)
		if bad.Errors != 1 || len(bad.Findings) != 1 || bad.Findings[0].Kind != "outline.overlap" || bad.Findings[0].Row != 5 ||
			bad.Findings[0].Code != "460106004" || bad.Findings[0].Lat == nil {
			t.Errorf("got %+v", bad)
		}
		appliesAreas(admin, bad.ID).WantProblem(409, "area-import.has-errors", "never")
		a, first, _ := checksAreas(admin, "csv", "wgs84", plots())
		a.Want(http.StatusCreated)
		a, second, _ := checksAreas(admin, "geojson", "gcj02",
			`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"X","name":"X","level":"grid"},"geometry":{"type":"Point","coordinates":[110.3,20]}}]}`)
		a.Want(http.StatusCreated)
		appliesAreas(admin, second.ID).Want(http.StatusOK)
		appliesAreas(admin, first.ID).WantProblem(409, "area-import.stale", "never")
		if len(codesAt(admin, 20.05, 110.32)) != 0 {
			t.Error("a stale import is visible")
		}
		a, third, repeated := checksAreas(admin, "csv", "wgs84", plots())
		if a.Want(http.StatusCreated); repeated {
			t.Error("a file that was checked against other areas is taken for the same")
		}
		appliesAreas(admin, third.ID).Want(http.StatusOK)
		var got struct{ Import importWire }
		admin.Do(http.MethodGet, "/api/v1/area-imports/"+bad.ID.String(), nil).Want(http.StatusOK).Into(&got)
		if got.Import.Errors != 1 || len(got.Import.Findings) != 1 {
			t.Errorf("an import asked for again: got %+v", got)
		}
		s.Pass(8 * 24 * 3600e9)
		_, _, _ = checksAreas(s.LogIn("admin", s.Admin.Password), "csv", "wgs84", plots())
		s.LogIn("admin", s.Admin.Password).Do(http.MethodGet, "/api/v1/area-imports/"+bad.ID.String(), nil).WantProblem(404, "not-found", "never")
		s.Audit()
	})
}

func TestWhoMayImportAreasAndWhatIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	admin, lin, nobody := s.As("admin"), s.As("lin"), s.As("lin").WithT(t)
	nobody.Token = ""
	a, in, _ := checksAreas(admin, "csv", "wgs84", plots())
	a.Want(http.StatusCreated)
	for name, c := range map[string]*servertest.Client{"inspector": lin, "office": s.As("office"), "leader": s.As("leader"), "unit": s.As("crew")} {
		refused, _, _ := checksAreas(c, "csv", "wgs84", plots())
		refused.WantProblem(403, "forbidden", "never")
		appliesAreas(c, in.ID).WantProblem(403, "forbidden", "never")
		c.Do(http.MethodGet, "/api/v1/area-imports/"+in.ID.String(), nil).WantProblem(403, "forbidden", "never")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	nobody.Do(http.MethodGet, "/api/v1/areas/at?lat=20&lon=110", nil).WantProblem(401, "session.required", "after-login")
	admin.AllowInvalidRequests = true
	for _, tt := range []struct{ format, datum, body, code string }{
		{"csv", "wgs84", "code\n1\n", "area-import.unreadable"}, {"geojson", "wgs84", plots(), "area-import.unreadable"}, {"csv", "wgs84", "", "area-import.unreadable"},
		{"csv", "tokyo", plots(), "content.invalid"}, {"shp", "wgs84", plots(), "content.invalid"}, {"csv", "", plots(), "content.invalid"},
	} {
		refused, _, _ := checksAreas(admin, tt.format, tt.datum, tt.body)
		refused.WantProblem(422, tt.code, "never")
	}
	refused, _, _ := checksAreas(admin, "csv", "wgs84", strings.Repeat("x", 16<<20+1))
	refused.WantProblem(413, "request.too-large", "never")
	for _, q := range []string{"", "?lat=20", "?lat=91&lon=1", "?lat=1&lon=181", "?lat=NaN&lon=1", "?lat=x&lon=1", "?lat=1&lon=1&zoom=2"} {
		admin.Do(http.MethodGet, "/api/v1/areas/at"+q, nil).WantProblem(422, "content.invalid", "never")
	}
	appliesAreas(admin, servertest.ID("none")).WantProblem(404, "not-found", "never")
	admin.Do(http.MethodPost, "/api/v1/area-imports/"+in.ID.String()+"/apply", `{"now":true}`).WantProblem(422, "content.invalid", "never")
}

// TestPhonesFetchEverythingAfterAnImport follows the feed over one.
func TestPhonesFetchEverythingAfterAnImport(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, admin := s.As("lin"), s.As("admin")
		var b struct{ Cursor string }
		lin.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(http.StatusOK).Into(&b)
		a, in, _ := checksAreas(admin, "csv", "wgs84", plots())
		a.Want(http.StatusCreated)
		var feed struct {
			Changes []servertest.M
			Cursor  string
		}
		lin.Do(http.MethodGet, "/api/v1/changes?since="+b.Cursor, nil).Want(http.StatusOK).Into(&feed)
		if len(feed.Changes) != 0 {
			t.Errorf("a file that was only checked is told of: %v", feed.Changes)
		}
		appliesAreas(admin, in.ID).Want(http.StatusOK)
		lin.Do(http.MethodGet, "/api/v1/changes?since="+b.Cursor, nil).WantProblem(410, "changes.resync", "")
		lin.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(http.StatusOK).Into(&b)
		lin.Do(http.MethodGet, "/api/v1/changes?since="+b.Cursor, nil).Want(http.StatusOK)
	})
}
