package servertest_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// repeated is a line of what several issues name.
type repeated struct {
	Name                            string
	Received, Open, Overdue, Closed int
}

// TestVehiclesAndSitesAreFollowed finds the issues of a plate, a construction site and a contractor however they are written, counts those that come
// again.
func TestVehiclesAndSitesAreFollowed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, lin := s.As("admin"), s.As("office"), s.As("lin")
		site := func(name, title, contractor string) inspect.ID {
			putSpot(admin, name, spot("construction_site", title, 0, M{"contractor": contractor})).Want(201)
			return servertest.ID(name)
		}
		tower := site("tower", "滨江一号（二期）", "某建工集团")
		site("other", "滨江二号", "某建工集团")
		report := func(more M) inspect.ID {
			id, body := inspect.NewID(), lin.Report()
			body["photos"] = []M{}
			delete(body, "site")
			delete(body, "plate")
			for k, v := range more {
				body[k] = v
			}
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)
			return id
		}
		first := report(M{"plate": "琼A·12345", "place_id": tower})
		second := report(M{"plate": "琼a12345", "site": "滨江一号 二期"})
		third := report(M{"plate": "琼A12346", "place_id": servertest.ID("other")})
		plain := report(nil)
		found := func(c *servertest.Client, query string, want ...inspect.ID) {
			t.Helper()
			for _, sort := range []string{"-received", "received", "due"} {
				var page struct {
					Issues []struct{ ID string }
					Total  int
				}
				c.Do(http.MethodGet, "/api/v1/issues?"+query+"&sort="+sort, nil).Want(200).Into(&page)
				got := []string{}
				for _, i := range page.Issues {
					got = append(got, i.ID)
				}
				wanted := []string{}
				for _, id := range want {
					wanted = append(wanted, id.String())
				}
				slices.Sort(got)
				slices.Sort(wanted)
				if !slices.Equal(got, wanted) || page.Total != len(want) {
					t.Errorf("%s by %s: got %d of %d, want %d", query, sort, len(got), page.Total, len(want))
				}
			}
		}
		by := func(key, value string) string { return key + "=" + url.QueryEscape(value) }
		found(office, by("plate", "琼Ａ 12345"), first, second)
		found(office, by("plate", "琼A1234"))
		found(office, by("plate", "·"))
		found(office, by("site", "滨江一号(二期)"), first, second)
		found(office, by("contractor", "某建工 集团"), first, third)
		found(office, by("contractor", "某建工集团")+"&"+by("plate", "琼A-12346"), third)
		found(s.As("meilan-desk"), by("plate", "琼A12345"))
		office.Acts(plain, "correct", M{"plate": "琼A 12346", "reason": "看清了"}).Want(201)
		found(office, by("plate", "琼A12346"), third, plain)
		office.Assigns(first, "longhua-sanitation", time.Hour)
		s.Pass(2 * time.Hour)

		repeats := func(c *servertest.Client, query string) []repeated {
			t.Helper()
			var out struct {
				Repeats []repeated
				Partial bool
			}
			if c.Do(http.MethodGet, "/api/v1/issues/repeats?"+query, nil).Want(200).Into(&out); out.Partial {
				t.Errorf("%s: not all of it", query)
			}
			return out.Repeats
		}
		if got, want := repeats(office, "by=plate"), []repeated{{"琼A 12346", 2, 2, 0, 0}, {"琼a12345", 2, 2, 1, 0}}; !slices.Equal(got, want) {
			t.Errorf("by plate: %+v, want %+v", got, want)
		}
		if got, want := repeats(office, "by=site&"+by("plate", "琼A12345")), []repeated{{"滨江一号 二期", 2, 2, 1, 0}}; !slices.Equal(got, want) {
			t.Errorf("by site: %+v, want %+v", got, want)
		}
		if got, want := repeats(office, "by=contractor"), []repeated{{"某建工集团", 2, 2, 1, 0}}; !slices.Equal(got, want) {
			t.Errorf("by contractor: %+v, want %+v", got, want)
		}
		if got := repeats(office, "reported_from="+url.QueryEscape(s.Now().Add(time.Hour).UTC().Format(time.RFC3339))); len(got) != 0 {
			t.Errorf("of tomorrow: %+v", got)
		}
		if got := repeats(s.As("meilan-desk"), "by=plate"); len(got) != 0 {
			t.Errorf("another district sees %+v", got)
		}
		loosely(t, office).Do(http.MethodGet, "/api/v1/issues/repeats?by=colour", nil).WantProblem(422, "content.invalid", "never")
		s.Audit()
	})
}
