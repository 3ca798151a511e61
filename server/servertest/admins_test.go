package servertest_test

import (
	"net/http"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// atTheSameMoment does two things so that neither has committed when the other looks. SQLite has one writer and needs no
// help; on PostgreSQL both are held at the last statement before their commit.
func atTheSameMoment(t *testing.T, s *servertest.Server, do ...func() *servertest.Answer) []*servertest.Answer {
	t.Helper()
	if s.Core.Store.Name() == "sqlite" {
		return together(do...)
	}
	gate, err := s.Core.Store.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Rollback()
	if _, err := gate.ExecContext(t.Context(), "SELECT pg_advisory_xact_lock(7061)"); err != nil { // of the event numbers
		t.Fatal(err)
	}
	done := make(chan []*servertest.Answer)
	go func() { done <- together(do...) }()
	for waiting := 0; waiting < len(do); {
		if err := s.Core.Store.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
			WHERE NOT l.granted AND a.datname = current_database()`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := gate.Rollback(); err != nil {
		t.Fatal(err)
	}
	return <-done
}

func TestSomebodyStaysAdministrator(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := M{"role": "admin", "scope": M{"kind": "city"}}
		a, b := s.Joins("a", admin), s.Joins("b", admin)
		put := func(by *servertest.Client, name string, grants ...M) func() *servertest.Answer {
			return func() *servertest.Answer {
				return by.Do(http.MethodPut, "/api/v1/people/"+servertest.ID(name).String(), M{"name": name, "display_name": "Person " + name, "grants": append([]M{}, grants...)})
			}
		}
		var first struct{ Person struct{ ID string } }
		s.As("admin").Do(http.MethodGet, "/api/v1/me", nil).Want(200).Into(&first)
		a.Do(http.MethodPut, "/api/v1/people/"+first.Person.ID, M{"name": "admin", "display_name": "Administrator", "disabled": true, "grants": []M{admin}}).Want(200)

		last := a
		answers := atTheSameMoment(t, s, put(a, "b"), put(b, "a")) // each takes the role from the other
		if answers[0].Status != 200 {
			last, answers[0], answers[1] = b, answers[1], answers[0]
		}
		answers[0].Want(200)
		answers[1].Want(403, 409)
		put(last, last.Name)().WantProblem(409, "person.last-admin", "never")
		last.Do(http.MethodGet, "/api/v1/security-log", nil).Want(200)
		s.Audit()
	})
}

func TestNothingComesToLieInsideItself(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		for kind, body := range map[string]M{"units": {"name": "x", "kind": "crew"}, "areas": {"name": "x", "level": "grid"}} {
			one, two := inspect.NewID(), inspect.NewID()
			put := func(id, parent inspect.ID) func() *servertest.Answer {
				full := M{"name": body["name"]}
				for k, v := range body {
					full[k] = v
				}
				if !parent.IsZero() {
					full["parent"] = parent
				}
				return func() *servertest.Answer { return admin.Do(http.MethodPut, "/api/v1/"+kind+"/"+id.String(), full) }
			}
			put(one, inspect.ID{})().Want(201)
			put(two, inspect.ID{})().Want(201)
			answers := atTheSameMoment(t, s, put(one, two), put(two, one))
			if first := answers[0].Status == 200; first == (answers[1].Status == 200) {
				t.Errorf("%s: got %d and %d, want one to be refused", kind, answers[0].Status, answers[1].Status)
			}
		}
	})
}
