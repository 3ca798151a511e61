package servertest_test

import (
	"net/http"
	"slices"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// around is what a client reads of issues near by.
type around struct {
	WithinM float64 `json:"within_m"`
	Issues  []struct {
		Issue     servertest.Issue
		DistanceM float64 `json:"distance_m"`
	}
	Before []struct{ Issue servertest.Issue }
}

func (a *around) ids() (open, before []string) {
	for _, n := range a.Issues {
		open = append(open, n.Issue.ID)
	}
	for _, n := range a.Before {
		before = append(before, n.Issue.ID)
	}
	return open, before
}

func TestSimilarIssuesAreJoinedOrComeBack(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew, wang, outsider := s.As("lin"), s.As("office"), s.As("crew"), s.As("wang"), s.As("meilan-crew")
		reports := func(category string, lat, lon float64, more M) inspect.ID {
			id, p := inspect.NewID(), servertest.NewPicture("report")
			body := lin.Report(p)
			body["category"], body["place"] = category, M{"lat": lat, "lon": lon, "source": "gps"}
			for k, v := range more {
				body[k] = v
			}
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
			lin.Sends(id, p)
			return id
		}
		near := func(c *servertest.Client, query string) (a around) {
			c.Do(http.MethodGet, "/api/v1/issues/similar?"+query, nil).Want(http.StatusOK).Into(&a)
			return a
		}
		litter := reports("06010", 20.03, 110.33, nil)
		close := reports("06037", 20.0301, 110.33, nil) // 11 m, of the same group
		reports("06010", 20.0304, 110.33, nil)          // 44 m
		reports("09006", 20.03, 110.33, nil)            // of another group
		mud := reports("08012", 20.03, 110.34, M{"line": M{"start": M{"lat": 20.03, "lon": 110.34}, "end": M{"lat": 20.03, "lon": 110.35}}})

		here := near(lin, "category=06010&at=20.03,110.33")
		if open, before := here.ids(); !slices.Equal(open, []string{litter.String(), close.String()}) || before != nil || here.WithinM != 30 ||
			here.Issues[1].DistanceM < 11 || here.Issues[1].DistanceM > 11.3 {
			t.Errorf("near by: got %+v", here)
		}
		line := near(lin, "category=06014&at=20.0305,110.345&to=20.04,110.345") // a spill that begins 56 m from the mud
		if open, _ := line.ids(); !slices.Equal(open, []string{mud.String()}) {
			t.Errorf("line against line: got %+v", line)
		}
		if open, _ := func() (a, b []string) { v := near(outsider, "category=06010&at=20.03,110.33"); return v.ids() }(); open != nil {
			t.Errorf("who may not see an issue is told of %v", open)
		}
		var of around
		office.Do(http.MethodGet, "/api/v1/issues/"+close.String()+"/similar", nil).Want(http.StatusOK).Into(&of)
		if open, _ := of.ids(); len(open) != 1+1 || open[0] != litter.String() { // the third lies 33 m from it: not within 30
			if !slices.Equal(open, []string{litter.String()}) {
				t.Errorf("of an issue: got %v", open)
			}
		}

		same := reports("06010", 20.03, 110.33001, M{"joins": litter})
		if i := lin.WantStatus(same, "merged"); i.MergedInto == nil || i.MergedInto.ID != litter.String() {
			t.Errorf("joined: %+v", i)
		}
		office.WantEvents(same, "issue.reported", "issue.merged")
		office.WantEvents(litter, "issue.reported", "issue.merged_from")
		office.Acts(same, "unmerge", M{"reason": "两处"}).Want(http.StatusCreated)
		office.WantStatus(same, "reported")
		office.Acts(same, "merge", M{"into": litter}).Want(http.StatusCreated)

		office.Assigns(litter, "longhua-sanitation", 8*60*60*1e9)
		crew.Fixes(litter)
		wang.Verifies(litter, "pass")
		if alone := reports("06010", 20.03, 110.33, M{"joins": litter}); lin.Issue(alone).Status != "reported" {
			t.Error("a report that joins what is closed is no report of its own")
		}
		again := near(lin, "category=06010&at=20.03,110.33")
		if _, before := again.ids(); !slices.Contains(before, litter.String()) {
			t.Errorf("closed lately: got %+v", again)
		}
		back := reports("06010", 20.03, 110.33, M{"recurs": litter})
		var now, then struct {
			Recurs      *struct{ ID string }
			Recurrences []struct{ ID string }
		}
		lin.Do(http.MethodGet, "/api/v1/issues/"+back.String(), nil).Want(http.StatusOK).Into(&now)
		lin.Do(http.MethodGet, "/api/v1/issues/"+litter.String(), nil).Want(http.StatusOK).Into(&then)
		if now.Recurs == nil || now.Recurs.ID != litter.String() || len(then.Recurrences) != 1 || then.Recurrences[0].ID != back.String() {
			t.Errorf("a recurrence: got %+v and %+v", now, then)
		}
		never := reports("06010", 20.03, 110.33, M{"recurs": inspect.NewID(), "joins": inspect.NewID()})
		lin.WantStatus(never, "reported")

		for name, query := range map[string]string{"half a place": "category=06010&at=20.03",
			"off the earth": "category=06010&at=95,110", "unknown item": "category=99999&at=20.03,110.33", "another parameter": "category=06010&at=20,110&x=1"} {
			a := loosely(t, lin).Do(http.MethodGet, "/api/v1/issues/similar?"+query, nil)
			if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusBadRequest {
				t.Errorf("%s: got %d", name, a.Status)
			}
		}
		s.Drain()
		s.Audit()
	})
}

func TestAReportKnowsBeforehandWhereItLiesAndWhoWouldGetIt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin := s.As("admin"), s.As("lin")
		ask := func(at string) (got struct{ Area, Unit *struct{ ID, Name string } }) {
			lin.Do(http.MethodGet, "/api/v1/issues/similar?category=08012&at="+at, nil).Want(http.StatusOK).Into(&got)
			return got
		}
		if got := ask("20.05,110.32"); got.Area != nil || got.Unit != nil {
			t.Errorf("without outlines: got %+v", got)
		}
		importsAreas(t, admin, plots())
		if got := ask("20.05,110.32"); got.Area == nil || got.Area.Name != "Jinmao" || got.Unit != nil {
			t.Errorf("nobody answers there: got %+v", got)
		}
		var all struct{ Areas []struct{ ID, Code string } }
		admin.Do(http.MethodGet, "/api/v1/areas", nil).Want(http.StatusOK).Into(&all)
		district := all.Areas[slices.IndexFunc(all.Areas, func(a struct{ ID, Code string }) bool { return a.Code == "460106" })].ID
		rules(admin, "mud of the district", M{"unit": servertest.ID("longhua-sanitation"), "area": district, "group": "road_mud", "valid_from": "2020-01-01"})
		if got := ask("20.05,110.32"); got.Area == nil || got.Unit == nil || got.Unit.ID != servertest.ID("longhua-sanitation").String() {
			t.Errorf("the district has a rule: got %+v", got)
		}
		if got := ask("25,110"); got.Area != nil || got.Unit != nil {
			t.Errorf("outside of all outlines: got %+v", got)
		}
	})
}
