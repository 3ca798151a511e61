package servertest_test

import (
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestTheLastSecondBeforeADeadline fixes issues around the moment at which they are due, which still is in time.
func TestTheLastSecondBeforeADeadline(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		began := s.Now().Truncate(time.Second)
		s.StandsAt(began)
		lin, office, crew, wang := s.As("lin"), s.As("office"), s.As("crew"), s.As("wang")
		cases := []struct {
			after time.Duration
			late  bool
		}{{-time.Second, false}, {-time.Millisecond, false}, {0, false}, {time.Millisecond, true}, {time.Second, true}}
		const limit = 2 * time.Hour
		ids := make([]inspect.ID, len(cases))
		for n := range cases {
			ids[n] = lin.ReportsMud()
			office.Assigns(ids[n], "longhua-sanitation", limit)
			if due := office.Issue(ids[n]).DueAt; !due.Equal(began.Add(limit)) {
				t.Fatalf("due %s, want %s", due, began.Add(limit))
			}
		}
		for n, c := range cases {
			s.StandsAt(began.Add(limit + c.after))
			for m, id := range ids[n:] {
				if i := office.Issue(id); i.Overdue != c.late {
					t.Errorf("%s after the deadline issue %d is overdue: %t, want %t", c.after, n+m, i.Overdue, c.late)
				}
			}
			crew.Fixes(ids[n])
			wang.Verifies(ids[n], "pass")
			s.Drain()
		}
		s.Pass(time.Hour)
		for n, c := range cases {
			if i := office.WantStatus(ids[n], "verified"); i.Overdue != c.late {
				t.Errorf("fixed %s after the deadline: overdue %t, want %t", c.after, i.Overdue, c.late)
			}
		}
		all, _ := counts(office, "period="+began.Add(limit).In(s.Core.Zone).Format(time.DateOnly))
		wantCounts(t, "the day's figures", all, map[string]int64{"due": 5, "disposed": 5, "on_time": 3})
		s.Audit()
	})
}
