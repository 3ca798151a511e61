package servertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestRegistersAreSearchedOnTheServer looks for agreements, gaps and issues by what people know of them.
func TestRegistersAreSearchedOnTheServer(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, lin := s.As("admin"), s.As("office"), s.As("lin")
		putSpot(admin, "shop", spot("shopfront", "老王小吃", 0, M{"number": "M-1"})).Want(201)
		putSpot(admin, "site", spot("construction_site", "海甸一期", 10, M{"number": "S-1"})).Want(201)
		for n, a := range []M{{"place": servertest.ID("shop"), "signed_by": "王某"}, {"place": servertest.ID("site"), "signed_by": "赵某"}, {"place": servertest.ID("site")}} {
			a["kind"], a["signed_on"] = "three_fronts", "2026-01-01"
			admin.Do(http.MethodPut, "/api/v1/agreements/"+servertest.ID(fmt.Sprint("agreement", n)).String(), a).Want(201)
		}
		for text, want := range map[string]int{"": 3, "老王": 1, "s-1": 2, "赵": 1, "%": 0} {
			var page struct {
				Agreements []struct {
					PlaceName string `json:"place_name"`
				}
			}
			admin.Do(http.MethodGet, "/api/v1/agreements?text="+url.QueryEscape(text), nil).Want(200).Into(&page)
			if len(page.Agreements) != want {
				t.Errorf("agreements with %q: got %d, want %d", text, len(page.Agreements), want)
			}
			for _, a := range page.Agreements {
				if a.PlaceName == "" {
					t.Errorf("an agreement does not say of which place: %+v", page.Agreements)
				}
			}
		}
		gaps := func(text string) (n int) {
			var page struct {
				Gaps []struct {
					Area  struct{ Name string }
					Group string
				}
				Total int
			}
			office.Do(http.MethodGet, "/api/v1/responsibilities/gaps?limit=200&text="+url.QueryEscape(text), nil).Want(200).Into(&page)
			return page.Total
		}
		if all, street, group, item, none := gaps(""), gaps("滨海"), gaps("litter"), gaps("06010"), gaps("没有这个"); street == 0 || street >= all || group == 0 || group >= all ||
			item == 0 || item > group || none != 0 {
			t.Errorf("gaps: %d in all, %d in a street, %d of a group, %d of an item, %d of nothing", all, street, group, item, none)
		}

		reports := func(place string) inspect.ID {
			id := inspect.NewID()
			body := lin.Report()
			if place != "" {
				body["place_id"] = servertest.ID(place)
			}
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)
			return id
		}
		at, at2 := reports("site"), reports("site")
		reports("shop")
		reports("")
		for query, want := range map[string]string{"": at2.String() + at.String(), "&sort=received": at.String() + at2.String(), "&sort=due": at.String() + at2.String(),
			"&status=fixed": ""} {
			var page struct{ Issues []struct{ ID inspect.ID } }
			office.Do(http.MethodGet, "/api/v1/issues?place="+servertest.ID("site").String()+query, nil).Want(200).Into(&page)
			got := ""
			for _, i := range page.Issues {
				got += i.ID.String()
			}
			if got != want {
				t.Errorf("issues of a place%s: got %v, want %s", query, page.Issues, want)
			}
		}
		var none struct{ Issues []json.RawMessage }
		if office.Do(http.MethodGet, "/api/v1/issues?place="+inspect.NewID().String(), nil).Want(200).Into(&none); len(none.Issues) != 0 {
			t.Errorf("a place that is not there has issues: %s", none.Issues)
		}
	})
}

// TestAnAreaWithoutACodeIsDrawn gives an area its outline by its id.
func TestAnAreaWithoutACodeIsDrawn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("office")
		admin := s.As("admin")
		file := func(properties string) string {
			return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":` + properties +
				`,"geometry":{"type":"Polygon","coordinates":[[[110.3,20],[110.34,20],[110.34,20.05],[110.3,20.05],[110.3,20]]]}}]}`
		}
		id := servertest.ID("binhai").String()
		_, in, _ := checksAreas(admin, "geojson", "wgs84", file(`{"area_id":"`+id+`","name":"滨海街道","level":"street"}`))
		if in.Errors != 0 || in.Changed != 1 || in.Fresh != 0 {
			t.Fatalf("got %+v, want one area that changes", in)
		}
		appliesAreas(admin, in.ID).Want(200)
		admin.Do(http.MethodGet, "/api/v1/areas/"+id+"/outline", nil).Want(200)
		var all struct {
			Areas []struct{ ID, Name, Code, Parent, Outline string }
		}
		admin.Do(http.MethodGet, "/api/v1/areas", nil).Want(200).Into(&all)
		for _, a := range all.Areas {
			if a.ID == id && (a.Outline == "" || a.Code != "" || a.Name != "滨海街道" || a.Parent == "") {
				t.Errorf("the area is %+v", a)
			}
		}
		for properties, want := range map[string]string{`{"area_id":"` + inspect.NewID().String() + `","name":"A","level":"street"}`: "area.unknown",
			`{"area_id":7,"name":"A","level":"street"}`: "row.unreadable"} {
			if _, in, _ := checksAreas(admin, "geojson", "wgs84", file(properties)); len(in.Findings) != 1 || in.Findings[0].Kind != want {
				t.Errorf("%s: got %+v, want %s", properties, in.Findings, want)
			}
		}
		s.Audit()
	})
}
