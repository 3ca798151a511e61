package servertest_test

import (
	"strings"
	"sync"
	"testing"

	"spotcheck/server/servertest"
)

// statementsOf gives what the database is asked while something is done, but for what copies of the server ask by themselves.
func statementsOf(s *servertest.Server, do func()) (all []string) {
	var mu sync.Mutex
	s.Core.Store.OnStatement(func(query string) {
		mu.Lock()
		defer mu.Unlock()
		if q := strings.Join(strings.Fields(query), " "); !strings.HasPrefix(q, "-- ping") {
			all = append(all, q)
		}
	})
	do()
	s.Core.Store.OnStatement(nil)
	return all
}

// TestAReportHoldsItsNumberBriefly counts what PostgreSQL is asked between the number of a report, for which everybody waits who reports meanwhile, and the commit.
// More is a decision: change the bound with the reason.
func TestAReportHoldsItsNumberBriefly(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.Postgres)
	lin := s.As("lin")
	lin.ReportsMud() // what is asked once, is known
	var held []string
	holding := false
	for _, q := range statementsOf(s, func() { lin.ReportsMud() }) {
		switch {
		case !holding:
			holding = strings.HasPrefix(q, "INSERT INTO counter")
		case q == "commit":
			holding = false
			if len(held) > 26 {
				t.Errorf("%d statements:\n%s", len(held), strings.Join(held, "\n"))
			}
			return
		case strings.Contains(q, "FROM schema_version"), strings.HasPrefix(q, "begin"), q == "rollback", strings.HasPrefix(q, "SELECT value FROM counter"):
			// what the server and its streams of events ask by themselves meanwhile
		default:
			held = append(held, q)
		}
	}
	t.Errorf("no number was drawn, or none committed: %q", held)
}
