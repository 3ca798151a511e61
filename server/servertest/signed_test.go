package servertest_test

import (
	"maps"
	"net/http"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// reportsAt reports something and changes the report a little.
func reportsAt(c *servertest.Client, more M) (inspect.ID, *servertest.Answer) {
	id, body := inspect.NewID(), c.Report()
	maps.Copy(body, more)
	maps.DeleteFunc(body, func(_ string, v any) bool { return v == nil })
	return id, c.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body)
}

func TestAnIssueAtASignedFront(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, lin := s.As("admin"), s.As("office"), s.As("lin")
		putSpot(admin, "signed", spot("shopfront", "老王小吃", 0, nil)).Want(201)
		putSpot(admin, "unsigned", spot("shopfront", "隔壁", 5, nil)).Want(201)
		signs(admin, "front", "signed", nil).Want(201)
		at, a := reportsAt(lin, M{"place_id": servertest.ID("signed"), "category": "06010"})
		a.Want(201)
		other, a := reportsAt(lin, M{"place_id": servertest.ID("unsigned"), "category": "06010"})
		a.Want(201)
		nowhere, a := reportsAt(lin, nil)
		a.Want(201)
		_, a = reportsAt(lin, M{"place_id": servertest.ID("nobody")})
		a.WantProblem(422, "content.unknown-reference", "never")

		signs(admin, "front", "signed", M{"enabled": false}).Want(200) // later: what was signed at the report counts
		for id, want := range map[inspect.ID]struct {
			signed bool
			name   string
		}{at: {true, "老王小吃"}, other: {false, "隔壁"}, nowhere: {false, ""}} {
			var i struct {
				SignedFront bool                  `json:"signed_front"`
				AtPlace     struct{ Name string } `json:"at_place"`
			}
			office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&i)
			if i.SignedFront != want.signed || i.AtPlace.Name != want.name {
				t.Errorf("got %+v, want %+v", i, want)
			}
		}
		var page struct {
			Issues []struct{ ID string }
			Total  int
		}
		for _, query := range []string{"", "&sort=due", "&sort=received", "&status=reported"} {
			office.Do(http.MethodGet, "/api/v1/issues?signed_front=true"+query, nil).Want(200).Into(&page)
			if page.Total != 1 || len(page.Issues) != 1 || page.Issues[0].ID != at.String() {
				t.Errorf("%s: got %+v, want the one at a signed front", query, page)
			}
		}
		s.Audit()
	})
}

func TestNearPlacesAreProposed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin := s.As("admin"), s.As("lin")
		putSpot(admin, "at 101", spot("shopfront", "一百零一米", 101, nil)).Want(201)
		putSpot(admin, "at 130", spot("shopfront", "太远", 130, nil)).Want(201)
		putSpot(admin, "at 50", spot("construction_site", "五十米", 50, nil)).Want(201)
		putSpot(admin, "at 490", spot("construction_site", "四百九十米", -490, nil)).Want(201)
		putSpot(admin, "at 510", spot("construction_site", "五百一十米", -510, nil)).Want(201)
		near := func(more M) (names []string) {
			id, a := reportsAt(lin, more)
			a.Want(201)
			var i struct {
				NearPlaces []place `json:"near_places"`
			}
			lin.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&i)
			for _, p := range i.NearPlaces {
				names = append(names, p.Name)
			}
			return names
		}
		// the report is good to 4.5 m
		wantNames(t, "litter", near(M{"category": "06010"}), "五十米", "一百零一米")
		wantNames(t, "mud", near(nil), "五十米", "一百零一米", "四百九十米")
		far := 200.0 / 111_195
		wantNames(t, "mud that begins 200 m further north", near(M{"line": M{"start": M{"lat": 20.0312 + far, "lon": 110.3286}}}), "五十米", "一百零一米")
		wantNames(t, "without a place", near(M{"place": nil, "line": nil}))
		wantNames(t, "with a place of its own", near(M{"place_id": servertest.ID("at 50")}))
		for n := range 6 {
			putSpot(admin, string(rune('a'+n)), spot("bin", "桶", float64(n), nil)).Want(201)
		}
		wantNames(t, "the nearest five", near(M{"category": "06010"}), "桶", "桶", "桶", "桶", "桶")
	})
}
