package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestReportsShowEachWhatIsTheirs: units read how all of them are ranked, the issues behind a figure only of their own, and nothing of single people.
func TestReportsShowEachWhatIsTheirs(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, office2, leader, crew, bureau := s.As("lin"), s.As("office"), s.As("office2"), s.As("leader"), s.As("crew"), s.As("meilan-crew")
		theirs, others := lin.ReportsMud(), lin.ReportsMud()
		office.Assigns(theirs, "longhua-sanitation", time.Hour)
		office.Assigns(others, "meilan-sanitation", time.Hour)
		s.Pass(3 * time.Hour)
		day := s.Now().In(s.Core.Zone).Format(time.DateOnly)
		period := day + ".." + day
		issued := func(genre string) string {
			path := "/api/v1/reports/" + inspect.NewID().String()
			office.Do(http.MethodPut, path, M{"period": period, "genre": genre}).Want(201)
			office2.Do(http.MethodPut, path+"/check", M{"revision": 1}).Want(200)
			leader.Do(http.MethodPut, path+"/issue", M{"revision": 1}).Want(200)
			return path
		}
		closure, inspectors := issued("closure"), issued("inspectors")
		behind := func(c *servertest.Client) (all []string) {
			var in struct{ Issues []struct{ Issue string } }
			c.Do(http.MethodGet, closure+"/issues", nil).Want(200).Into(&in)
			for _, i := range in.Issues {
				all = append(all, i.Issue)
			}
			return all
		}
		for who, want := range map[*servertest.Client][]string{crew: {theirs.String()}, bureau: {others.String()}, office: {theirs.String(), others.String()}} {
			got := map[string]bool{}
			for _, id := range behind(who) {
				got[id] = true
			}
			if len(got) != len(want) || !got[want[0]] {
				t.Errorf("%s finds %v behind the figure, want %v", who.Name, got, want)
			}
		}
		for _, unit := range []*servertest.Client{crew, bureau} {
			unit.Do(http.MethodGet, closure, nil).Want(200)
			for _, door := range []string{inspectors, inspectors + "/issues", inspectors + "/files/pdf"} {
				if a := unit.Do(http.MethodGet, door, nil); a.Status != 404 {
					t.Errorf("%s: %s answered %d", unit.Name, door, a.Status)
				}
			}
			unit.Do(http.MethodGet, "/api/v1/reports/compute?genre=inspectors&period="+period+"&scope=unit:"+servertest.ID("meilan-sanitation").String(), nil).
				WantProblem(403, "forbidden", "never")
			var list struct{ Reports []struct{ Genre string } }
			unit.Do(http.MethodGet, "/api/v1/reports", nil).Want(200).Into(&list)
			if len(list.Reports) != 1 || list.Reports[0].Genre == "inspectors" {
				t.Errorf("%s sees the reports %+v", unit.Name, list.Reports)
			}
		}
		leader.Do(http.MethodGet, inspectors, nil).Want(200)
	})
}
