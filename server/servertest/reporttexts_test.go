package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	corereports "spotcheck/server/core/reports"
	"spotcheck/server/servertest"
)

// computed is the report of a period as it stands now.
func computed(t *testing.T, s *servertest.Server, ask corereports.Request) *corereports.Report {
	t.Helper()
	ask.Scope.Kind = inspect.City
	f, err := s.Core.Reports.Report(t.Context(), places.OperatorDesk, ask, corereports.FiguresOnly)
	if err != nil {
		t.Fatal(err)
	}
	return f.Week
}

// TestOverdueIsOpenAndPastTheDeadline lists three issues whose deadline is over: one that nobody fixed, one fixed late that waits for its look, and one
// that was closed late, which is history.
func TestOverdueIsOpenAndPastTheDeadline(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		open, waiting, closed, timely := lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud()
		for _, id := range []inspect.ID{open, waiting, closed, timely} {
			office.Assigns(id, "longhua-sanitation", time.Hour)
		}
		crew.Fixes(timely)
		s.Pass(2 * time.Hour)
		crew.Fixes(waiting)
		crew.Fixes(closed)
		s.As("wang").Verifies(closed, "pass")
		var page struct{ Issues []servertest.Issue }
		office.Do(http.MethodGet, "/api/v1/issues?overdue=true", nil).Want(http.StatusOK).Into(&page)
		got := map[string]string{}
		for _, i := range page.Issues {
			got[i.ID] = i.Status
		}
		if len(got) != 2 || got[open.String()] != "assigned" || got[waiting.String()] != "fixed" {
			t.Errorf("got %v, want the one that nobody fixed and the one that was fixed late", got)
		}
	})
}

// TestASuspensionCountsTheIssuesThatItStopped declares one the evening before, moves its end twice, and takes another one back before it began.
func TestASuspensionCountsTheIssuesThatItStopped(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-07-20 17:00") // a Monday
		office := s.As("office")
		assigned := func() {
			office.Acts(reportsOf(s, "08012"), "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated) // 1 working day
		}
		declare := func(storm inspect.ID, from, to string) {
			office.Do(http.MethodPut, "/api/v1/suspensions/"+storm.String(), servertest.M{"area": servertest.ID("longhua-area"),
				"from": when(t, from).UTC().Format(time.RFC3339), "to": when(t, to).UTC().Format(time.RFC3339), "reason": "台风红色预警"}).Want(http.StatusCreated, http.StatusOK)
			s.Drain()
		}
		for range 5 {
			assigned()
		}
		storm := inspect.NewID()
		declare(storm, "2026-07-21 08:00", "2026-07-21 18:00")
		want := func(what string, n int64) {
			t.Helper()
			all := computed(t, s, corereports.Request{Period: "2026-W30"}).Suspensions
			if len(all) != 1 || all[0].Issues != n {
				t.Errorf("%s: got %+v, want %d issues", what, all, n)
			}
		}
		want("declared the evening before", 5)
		goTo(t, s, "2026-07-21 09:00")
		declare(storm, "2026-07-21 08:00", "2026-07-22 18:00")
		declare(storm, "2026-07-21 08:00", "2026-07-21 20:00")
		want("its end moved twice", 5)
		assigned()
		want("one more that came in the storm", 6)
		s.Audit()
	})
}
