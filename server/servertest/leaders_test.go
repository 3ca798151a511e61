package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestTheLeaderWhomARuleNamesIsTold has an issue run late under a rule whose leader is an account, and its fix staged.
func TestTheLeaderWhomARuleNamesIsTold(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, crew, lin := s.As("admin"), s.As("office"), s.As("crew"), s.As("lin")
		named := s.Joins("named", M{"role": "leader", "scope": M{"kind": "area", "id": "longhua-area"}})
		other := s.Joins("other", M{"role": "leader", "scope": M{"kind": "area", "id": "longhua-area"}})
		away := s.Joins("away", M{"role": "leader", "scope": M{"kind": "area", "id": "meilan-area"}})
		put := func(leader inspect.ID) *servertest.Answer {
			return admin.Do(http.MethodPut, "/api/v1/responsibilities/"+servertest.ID("led").String(), rule("longhua-sanitation", "longhua-area", M{"leader_person": leader}))
		}
		put(inspect.NewID()).WantProblem(422, "content.unknown-reference", "never")
		put(servertest.ID("away")).WantProblem(422, "content.invalid", "never")
		put(servertest.ID("named")).Want(http.StatusCreated)
		put(servertest.ID("named")).Want(http.StatusOK)

		id := lin.ReportsMud()
		if p := proposedUnit(office, id); p == nil || p.Leader != "Person named" {
			t.Errorf("the proposal is %+v, want its leader", p)
		}
		office.Assigns(id, "longhua-sanitation", 4*time.Hour)
		s.Pass(7 * time.Hour)
		s.Drain()
		wantTold(t, named, "issue.overdue_more")
		crew.Fixes(id)
		lin.Verifies(id, "false_fix")
		wantTold(t, named, "issue.overdue_more", "issue.false_fix")
		for _, nobody := range []*servertest.Client{other, away} {
			wantTold(t, nobody)
		}

		elsewhere := lin.ReportsMud() // the unit of another rule, or of none
		office.Assigns(elsewhere, "meilan-sanitation", 4*time.Hour)
		s.Pass(7 * time.Hour)
		s.Drain()
		for _, m := range inboxOf(named, "").Messages {
			if m.Issue.ID == elsewhere.String() {
				t.Errorf("the leader is told of what another unit does: %s", m.Type)
			}
		}
		s.Audit()
	})
}
