package servertest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/server/core/audit"
	"spotcheck/server/servertest"
)

// TestFiguresAreAudited changes what is kept and wants the audit to say so.
func TestFiguresAreAudited(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", 8*time.Hour)
		s.As("crew").Fixes(id)
		audit := func(want ...string) {
			t.Helper()
			var found []string
			sum, err := s.Core.Audit.AuditFigures(t.Context(), func(f audit.Finding) { found = append(found, f.Subject+": "+f.Detail) })
			if err != nil || sum.Issues != 1 || len(found) != len(want) {
				t.Fatalf("got %+v, %q, %v, want one issue and %q", sum, found, err, want)
			}
			for n, w := range want {
				if !strings.Contains(found[n], w) {
					t.Errorf("got %q, want %q in it", found[n], w)
				}
			}
		}
		audit()
		if err := s.Core.Figures.Fold(context.Background()); err != nil {
			t.Fatal(err)
		}
		audit()
		var kept []byte
		if err := s.Core.Store.Writer().QueryRowContext(t.Context(), "SELECT moments FROM figure_course").Scan(&kept); err != nil {
			t.Fatal(err)
		}
		moments, err := closure.ReadMoments(kept)
		if err != nil {
			t.Fatal(err)
		}
		moments[1].Kind = 'p' // passed on, not assigned
		for _, change := range []struct {
			sql, want string
			args      []any
		}{
			{"UPDATE figure_course SET moments = $1", "not what the record tells", []any{closure.AppendMoments(nil, moments)}},
			{"UPDATE figure_course SET moments = $1", "not what the record tells", []any{[]byte("no moments")}},
			{"UPDATE figure_course SET moments = $1", "", []any{kept}},
			{"UPDATE figure_course SET standing = standing + 1", "not what its moments tell", nil},
			{"UPDATE figure_course SET standing = standing - 1", "", nil},
			{"UPDATE figure_sum SET counts = '7' WHERE part = 'all' AND grain = 'year' AND kind = 'due'", "not what the record tells", nil},
			{"DELETE FROM figure_sum WHERE part = 'all' AND grain = 'year' AND kind = 'due'", "missing", nil},
		} {
			if _, err := s.Core.Store.Writer().ExecContext(t.Context(), change.sql, change.args...); err != nil {
				t.Fatal(err)
			}
			if change.want == "" {
				audit()
				continue
			}
			audit(change.want)
		}
	})
}

// TestFiguresOfOldIssuesAreCounted takes all figures away, as before there were any, and lets one issue go on before a job counts the rest.
func TestFiguresOfOldIssuesAreCounted(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		from := s.Now().In(s.Core.Zone).Format(time.DateOnly)
		old, busy := s.As("lin").ReportsMud(), s.As("lin").ReportsMud()
		s.As("office").Assigns(old, "longhua-sanitation", 8*time.Hour)
		s.As("office").Assigns(busy, "longhua-sanitation", 8*time.Hour)
		for _, q := range []string{"DELETE FROM figure_course", "DELETE FROM figure_delta", "DELETE FROM figure_sum", "DELETE FROM counter WHERE name = 'figures_counted'"} {
			if _, err := s.Core.Store.Writer().ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		s.As("office").Do("GET", "/api/v1/figures", nil).WantProblem(503, "figures.counting", "later")
		s.As("crew").Fixes(busy)
		for range 2 {
			if err := s.Core.Figures.CountFigures(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		due := s.As("office").Issue(busy).DueAt.In(s.Core.Zone).Format(time.DateOnly)
		s.Pass(9 * time.Hour)
		counted, _ := counts(s.As("office"), "period="+from+".."+due)
		wantCounts(t, "after counting", counted, map[string]int64{"received": 2, "assigned": 2, "due": 2, "disposed": 1})
		s.Audit()
	})
}

// TestLongOverdueFollowsTheCalendar changes the holidays under an overdue issue: the figures follow at once, and stay when a job has worked them
// out anew.
func TestLongOverdueFollowsTheCalendar(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-12-30 17:00")
		office, id := s.As("office"), reportsOf(s, "06037") // 4 working hours
		unit := servertest.ID("longhua-sanitation")
		office.Acts(id, "assign", servertest.M{"unit": unit}).Want(http.StatusCreated)
		want := func(what string, long int64) {
			t.Helper()
			for range 2 {
				all, units := counts(office, "period=2026-W53")
				part, _ := counts(office, "period=2026-W53&scope=unit:"+unit.String())
				for _, got := range []map[string]int64{all, units[unit.String()], part} {
					wantCounts(t, what, got, map[string]int64{"due": 1, "long_overdue": long})
				}
				if err := s.Core.Figures.Fold(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			s.Audit()
		}
		goTo(t, s, "2026-12-31 16:59") // due at 11:00, twice the limit is used at 17:00
		want("before", 0)
		goTo(t, s, "2026-12-31 18:00")
		want("after", 1)
		s.As("admin").Send(http.MethodPost, "/api/v1/holidays", []byte("date,kind,name\n2026-12-31,holiday,元旦\n"), http.Header{"Content-Type": {"text/csv"}}).Want(http.StatusOK)
		want("on a holiday", 0)
		goTo(t, s, "2027-01-04 16:59") // twice the limit is used at 17:00: one hour on the 30th, seven on this day: 1 January is free in a year that is not published too
		want("just before", 0)
		goTo(t, s, "2027-01-04 17:01")
		want("after that day", 1)
		s.As("crew").Fixes(id)
		want("fixed", 0)
	})
}
