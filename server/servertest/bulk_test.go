package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

func TestManyActionsInOneRequestEachOnItsOwn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		now := s.Now().UTC().Format(time.RFC3339Nano)
		item := func(issue inspect.ID, version int, fields M) M {
			body := M{"done_at": now, "sent_at": now}
			for k, v := range fields {
				body[k] = v
			}
			m := M{"issue": issue, "action_id": inspect.NewID(), "body": body}
			if version > 0 {
				m["version"] = version
			}
			return m
		}
		assign := M{"action": "assign", "unit": servertest.ID("longhua-sanitation")}
		a, b, c := lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud()
		office.Assigns(c, "longhua-sanitation", time.Hour)
		body := M{"actions": []M{item(a, 1, assign), item(b, 7, assign), item(c, 0, assign), item(inspect.NewID(), 0, assign),
			item(b, 0, M{"action": "assign"}), item(b, 1, assign)}}
		type outcome struct {
			Issue   string
			Status  int
			Receipt *struct{ Issue servertest.Issue }
			Problem *struct{ Code string }
		}
		send := func(who *servertest.Client) (all []outcome) {
			t.Helper()
			var out struct{ Outcomes []outcome }
			who.Do(http.MethodPost, "/api/v1/actions", body).Want(http.StatusOK).Into(&out)
			return out.Outcomes
		}
		check := func(got []outcome, want ...string) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("got %d outcomes, want %d", len(got), len(want))
			}
			for n, o := range got {
				said := http.StatusText(o.Status)
				if o.Problem != nil {
					said = o.Problem.Code
				}
				if said != want[n] || (o.Receipt != nil) != (o.Problem == nil) {
					t.Errorf("outcome %d: got %+v, want %s", n, o, want[n])
				}
			}
		}
		check(send(office), "Created", "issue.changed", "issue.wrong-status", "issue.not-found", "content.invalid", "Created")
		check(send(office), "OK", "issue.changed", "issue.wrong-status", "issue.not-found", "content.invalid", "OK")
		check(send(crew), "action.differs", "forbidden", "forbidden", "issue.not-found", "content.invalid", "action.differs")
		for _, id := range []inspect.ID{a, b} {
			office.WantStatus(id, "assigned")
			office.WantEvents(id, "issue.reported", "issue.assigned")
		}
		office.Do(http.MethodPost, "/api/v1/actions", M{"actions": []M{}}).Want(http.StatusOK)
		s.Drain()
		s.Audit()
	})
}
