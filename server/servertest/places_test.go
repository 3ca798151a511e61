package servertest_test

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

// spot is the body of a place of the register without fault, so many metres north of where mud is reported.
func spot(kind, name string, north float64, more M) M {
	body := M{"kind": kind, "name": name, "position": M{"lat": 20.0312 + north/111_195, "lon": 110.3286, "datum": "wgs84"}, "valid_from": "2020-01-01"}
	maps.Copy(body, more)
	return body
}

func putSpot(c *servertest.Client, name string, body M) *servertest.Answer {
	return c.Do(http.MethodPut, "/api/v1/places/"+servertest.ID(name).String(), body)
}

// place is a place of the register as a client reads it.
type place struct {
	ID, Kind, Name, Number, Contact, Contractor, Permit string
	Vehicles                                            []string
	Position                                            struct {
		Lat, Lon float64
		Datum    string
		Given    *struct{ Lat, Lon float64 }
	}
	Metres float64
}

// placesListed reads all pages of a list.
func placesListed(c *servertest.Client, query string) (names []string) {
	for cursor := ""; ; {
		var page struct {
			Places []place
			Next   string
		}
		c.Do(http.MethodGet, "/api/v1/places?limit=2"+query+cursor, nil).Want(200).Into(&page)
		for _, p := range page.Places {
			names = append(names, p.Name)
		}
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			return names
		}
	}
}

func wantNames(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestTheRegisterOfPlaces(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, lin := s.As("admin"), s.As("office"), s.As("lin")
		binhai, unit := servertest.ID("binhai"), servertest.ID("longhua-crew")
		site := spot("construction_site", "海甸一期", 400, M{"number": "S-1", "area": binhai, "unit": unit, "contact": "李经理 13700000000", "contractor": "某建工", "permit": "2026-77",
			"vehicles": []string{"琼A12345", "琼A54321"}})
		site["position"] = M{"lat": 20.0320, "lon": 110.3330, "datum": "gcj02"}
		putSpot(admin, "site", site).Want(201)
		putSpot(admin, "shop", spot("shopfront", "老王小吃 50%", 30, M{"number": "M-1", "area": binhai})).Want(201)
		putSpot(admin, "toilet", spot("public_toilet", "滨海公厕", 60, M{"area": servertest.ID("meilan-area")})).Want(201)
		putSpot(admin, "closed", spot("shopfront", "关了的店", 10, M{"enabled": false})).Want(201)
		putSpot(admin, "ended", spot("shopfront", "到期的店", 11, M{"valid_to": "2020-12-31"})).Want(201)

		var got place
		office.Do(http.MethodGet, "/api/v1/places/"+servertest.ID("site").String(), nil).Want(200).Into(&got)
		if got.Contractor != "某建工" || got.Permit != "2026-77" || got.Contact == "" || !slices.Equal(got.Vehicles, []string{"琼A12345", "琼A54321"}) {
			t.Errorf("the office reads %+v", got)
		}
		if p := got.Position; p.Datum != "gcj02" || p.Given == nil || p.Given.Lat != 20.0320 || math.Abs(p.Lat-p.Given.Lat) < 0.0005 {
			t.Errorf("got the position %+v, want WGS-84 with the given beside it", p)
		}
		a := lin.Do(http.MethodGet, "/api/v1/places/"+servertest.ID("site").String(), nil).Want(200)
		if strings.Contains(string(a.Body), "琼A") {
			t.Errorf("an inspector reads number plates: %s", a.Body)
		}
		if told := strings.Join(s.Texts("SELECT e.body FROM event e JOIN stream s ON s.id = e.stream WHERE s.kind = 'place'"),
			""); strings.Contains(told, "琼A") || strings.Contains(told, "李经理") {
			t.Error("the record names a plate or a person")
		}

		wantNames(t, "all", placesListed(lin, ""), "海甸一期", "老王小吃 50%", "滨海公厕", "关了的店", "到期的店")
		wantNames(t, "a kind", placesListed(lin, "&kind=shopfront"), "老王小吃 50%", "关了的店", "到期的店")
		wantNames(t, "an area with all below", placesListed(lin, "&area="+servertest.ID("longhua-area").String()), "海甸一期", "老王小吃 50%")
		wantNames(t, "a unit with all below", placesListed(lin, "&unit="+servertest.ID("longhua").String()), "海甸一期")
		wantNames(t, "a part of the name", placesListed(lin, "&text=%E5%B0%8F%E5%90%83"), "老王小吃 50%")
		wantNames(t, "a sign of the search", placesListed(lin, "&text=0%25"), "老王小吃 50%")
		wantNames(t, "any letter", placesListed(lin, "&text=_"))
		wantNames(t, "a number", placesListed(lin, "&text=m-1"), "老王小吃 50%")

		wantNames(t, "near", nearby(t, lin, "&radius_m=100", 30, 60), "老王小吃 50%", "滨海公厕")
		wantNames(t, "near, of a kind", nearby(t, lin, "&radius_m=100&kind=public_toilet", 60), "滨海公厕")
		wantNames(t, "nearer", nearby(t, lin, "&radius_m=59", 30), "老王小吃 50%")
		for _, bad := range []string{"lat=20", "lat=20&lon=110&radius_m=0", "lat=20&lon=110&radius_m=5001", "lat=91&lon=110", "lat=a&lon=110"} {
			loose := *lin
			loose.AllowInvalidRequests = true
			loose.Do(http.MethodGet, "/api/v1/places/near?"+bad, nil).WantProblem(422, "content.invalid", "never")
		}
		s.Audit()
	})
}

// nearby reads what lies near the mud and checks the distances, in metres.
func nearby(t *testing.T, c *servertest.Client, query string, metres ...float64) (names []string) {
	t.Helper()
	var page struct {
		Places  []place
		Partial bool
	}
	c.Do(http.MethodGet, "/api/v1/places/near?lat=20.0312&lon=110.3286"+query, nil).Want(200).Into(&page)
	for n, p := range page.Places {
		if names = append(names, p.Name); n < len(metres) && math.Abs(p.Metres-metres[n]) > 0.5 {
			t.Errorf("%s: got %.1f m, want %.0f", p.Name, p.Metres, metres[n])
		}
	}
	if page.Partial {
		t.Error("a few places are not the whole")
	}
	return names
}

func TestPlacesAreRepeatedAndRefused(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		shop := spot("shopfront", "老王小吃", 30, M{"number": "M-1"})
		putSpot(admin, "shop", shop).Want(201)
		var again struct{ Repeated bool }
		if putSpot(admin, "shop", shop).Want(200).Into(&again); !again.Repeated {
			t.Error("the same again is no repetition")
		}
		shop["name"] = "老王面馆"
		if putSpot(admin, "shop", shop).Want(200).Into(&again); again.Repeated {
			t.Error("a change is a repetition")
		}
		putSpot(s.As("office"), "shop", shop).WantProblem(403, "forbidden", "never")
		admin.AllowInvalidRequests = true
		for name, tt := range map[string]struct {
			more     M
			code, at string
		}{
			"the number of another":   {M{"number": "M-1"}, "content.invalid", "/number"},
			"a kind of nobody":        {M{"kind": "bus_stop"}, "content.unknown-reference", "/kind"},
			"no kind":                 {M{"kind": "Bus stop"}, "content.invalid", "/kind"},
			"no such area":            {M{"area": servertest.ID("nobody")}, "content.unknown-reference", "/area"},
			"no such unit":            {M{"unit": servertest.ID("nobody")}, "content.unknown-reference", "/unit"},
			"no datum":                {M{"position": M{"lat": 20, "lon": 110}}, "content.invalid", "/position/datum"},
			"no position":             {M{"position": M{"lat": 0, "lon": 0, "datum": "wgs84"}}, "content.invalid", "/position"},
			"ends before it begins":   {M{"valid_to": "2019-01-01"}, "content.invalid", "/valid_to"},
			"a shop with a permit":    {M{"permit": "77"}, "content.invalid", "/permit"},
			"a shop with vehicles":    {M{"vehicles": []string{"琼A1"}}, "content.invalid", "/vehicles"},
			"two plates in one":       {M{"kind": "construction_site", "vehicles": []string{"琼A1\n琼A2"}}, "content.invalid", "/vehicles/0"},
			"a name of nothing":       {M{"name": " "}, "content.invalid", "/name"},
			"a longitude off the map": {M{"position": M{"lat": 20, "lon": 181, "datum": "wgs84"}}, "content.invalid", "/position"},
		} {
			t.Run(name, func(t *testing.T) {
				a := putSpot(admin.WithT(t), "another", spot("shopfront", "店", 0, tt.more)).WantProblem(422, tt.code, "never")
				var p struct{ Errors []struct{ Pointer string } }
				if a.Into(&p); len(p.Errors) != 1 || p.Errors[0].Pointer != tt.at {
					t.Errorf("got %+v, want one fault at %s", p.Errors, tt.at)
				}
			})
		}
		kinds := func(v any) *servertest.Answer {
			return admin.Do(http.MethodPut, "/api/v1/settings/place_kinds", M{"value": v})
		}
		kinds([]M{{"code": "shopfront", "name_zh": "门店", "name_en": "shop"}}).WantProblem(422, "content.invalid", "never")
		kinds([]M{{"code": "bus stop", "name_zh": "公交站", "name_en": "bus stop"}}).WantProblem(422, "content.invalid", "never")
		kinds([]M{{"code": "bus_stop", "name_zh": "公交站", "name_en": "bus stop"}}).Want(200)
		putSpot(admin, "stop", spot("bus_stop", "龙昆南站", 0, nil)).Want(201)
		s.Audit()
	})
}

const spotHeader = "kind,number,name,lat,lon,datum,area,unit,contact,contractor,permit,vehicles,valid_from,valid_to\n"

func importSpots(c *servertest.Client, table string) *servertest.Answer {
	return c.Send(http.MethodPost, "/api/v1/place-imports", []byte(table), http.Header{"Content-Type": {"text/csv"}})
}

func TestPlacesAreImportedWholeOrNotAtAll(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office := s.As("admin"), s.As("office")
		admin.Do(http.MethodPut, "/api/v1/areas/"+servertest.ID("binhai").String(),
			M{"name": "滨海街道", "code": "460106003", "level": "street", "parent": servertest.ID("longhua-area")}).Want(200)
		good := "shopfront,M-%d,%s,20.03,110.33,gcj02,460106003,龙华环卫一班,%s,,,,2026-01-01,\n"
		var table strings.Builder
		table.WriteString("\ufeff" + spotHeader)
		for n := range 250 { // several transactions
			fmt.Fprintf(&table, good, n, fmt.Sprint("店 ", n), "老板")
		}
		table.WriteString("construction_site,S-1,\"=cmd|'/c calc'!A1\",20.03,110.33,wgs84,,,,某建工,77,琼A1；琼A2,2026-01-01,2026-12-31\n")
		wantImported(t, importSpots(admin, table.String()), 251, 0, 0)
		wantImported(t, importSpots(admin, table.String()), 0, 0, 251)
		wantImported(t, importSpots(admin, spotHeader+fmt.Sprintf(good, 0, "店 0", "老板")+fmt.Sprintf(good, 1, "新店", "老板")), 0, 1, 1)
		wantNames(t, "text stays text", placesListed(office, "&kind=construction_site"), "=cmd|'/c calc'!A1")

		bad := spotHeader + fmt.Sprintf(good, 900, "好店", "") +
			"bus_stop,,,91,x,utm,0,无此单位,,某建工,77,琼A1,2026-02-30,2020-01-01\n" + fmt.Sprintf(good, 900, "又一个", "") + "shopfront,M-901\n"
		a := importSpots(admin, bad).WantProblem(422, "content.invalid", "never")
		var p struct{ Errors []struct{ Pointer string } }
		a.Into(&p)
		var got []string
		for _, e := range p.Errors {
			got = append(got, e.Pointer)
		}
		wantNames(t, "faults", got, "/3/kind", "/3/number", "/3/name", "/3/lat", "/3/lon", "/3/datum", "/3/area", "/3/unit", "/3/contractor",
			"/3/permit", "/3/vehicles", "/3/valid_from", "/4/number", "/5/name", "/5/lat", "/5/lon", "/5/datum", "/5/valid_from")
		wantNames(t, "nothing of it is there", placesListed(office, "&text=%E5%A5%BD%E5%BA%97"))
		for _, table := range []string{"", "kind,number\n", spotHeader + "\"", spotHeader + "shopfront,\xb5\xea\n", spotHeader + strings.Repeat("x\n", 10_001)} {
			importSpots(admin, table).WantProblem(422, "content.invalid", "never")
		}
		importSpots(office, spotHeader).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}

func wantImported(t *testing.T, a *servertest.Answer, added, changed, same int) {
	t.Helper()
	var n struct{ Rows, Added, Changed, Same int }
	if a.Want(200).Into(&n); n.Added != added || n.Changed != changed || n.Same != same || n.Rows != added+changed+same {
		t.Errorf("got %+v, want %d added, %d changed, %d the same", n, added, changed, same)
	}
}
