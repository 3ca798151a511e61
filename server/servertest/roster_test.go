package servertest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// TestNobodySleepsOverLitterOnAMainRoad is a limit of 15 minutes at 02:40 on a holiday, with nobody on call, with somebody, and with a
// rule that assigns by itself.
func TestNobodySleepsOverLitterOnAMainRoad(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-10-01 02:40")
		mainRoad(s)
		office, night, day := s.As("office"), s.As("longhua-desk"), s.As("office2")
		calls := func(c *servertest.Client) (n int) {
			for _, m := range inboxOf(c, "").Messages {
				if m.Type == "issue.on_call" && m.Urgency == "urgent" {
					n++
				}
			}
			return n
		}
		roster := func(want int, duties ...M) {
			t.Helper()
			s.As("admin").Do(http.MethodPut, "/api/v1/settings/duty_roster", M{"value": duties}).Want(want)
		}
		at := func(h int) string { return s.Now().Add(time.Duration(h) * time.Hour).UTC().Format(time.RFC3339Nano) }
		duty := func(who, area string, from, to int) M {
			return M{"person": servertest.ID(who), "area": servertest.ID(area), "from": at(from), "to": at(to)}
		}
		roster(422, duty("nobody-here", "longhua-area", -1, 5))
		roster(422, duty("office2", "nowhere", -1, 5))
		roster(422, duty("office2", "longhua-area", 5, -1))
		roster(200, duty("longhua-desk", "longhua-area", -1, 5), duty("office2", "longhua-area", 5, 13), duty("office2", "meilan-area", -1, 5))

		id := reportsOf(s, "06010")
		if got := []int{calls(night), calls(day), calls(office)}; !slices.Equal(got, []int{1, 0, 0}) {
			t.Errorf("on call at night: got %v, want the one whose hour and area it is", got)
		}
		office.WantStatus(id, "reported")
		reportsOf(s, "L001") // four working hours: nobody is woken
		if calls(night) != 1 {
			t.Error("somebody is woken for what can wait")
		}

		rules(s.As("admin"), "whole city", rule("meilan-sanitation", "city", M{"at_once": true}))
		number := rules(s.As("admin"), "at once", rule("longhua-sanitation", "binhai", M{"category": "06010", "at_once": true}))
		id = reportsOf(s, "06010")
		i := office.WantStatus(id, "assigned")
		if d := deadlineOf(office, id); i.Unit == nil || i.Unit.ID != servertest.ID("longhua-sanitation").String() || !near(d.DueAt, when(t, "2026-10-01 02:55")) {
			t.Errorf("assigned at once: got %+v until %s", i.Unit, d.DueAt)
		}
		var page struct {
			Events []struct {
				Type string
				By   *struct{ ID string }
				Body struct {
					ByRule       bool  `json:"by_rule"`
					ProposedRule int64 `json:"proposed_rule"`
				}
			}
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Want(200).Into(&page)
		if e := page.Events[len(page.Events)-1]; e.Type != "issue.assigned" || e.By != nil || !e.Body.ByRule || e.Body.ProposedRule != number {
			t.Errorf("on record: got %+v, want rule %d and nobody", e, number)
		}
		if calls(night) != 1 {
			t.Error("somebody is woken for what a rule assigned")
		}
		rules(s.As("admin"), "clash", rule("longhua", "binhai", M{"category": "06010", "at_once": true}))
		office.WantStatus(reportsOf(s, "06010"), "reported") // two answer for it: a person decides
		if calls(night) != 2 {
			t.Error("nobody is told that two rules contradict each other")
		}
		office.Acts(id, "return", M{"reason": "?"}).WantProblem(403, "forbidden", "never")
		s.As("crew").Acts(id, "return", M{"reason": "不归我们"}).Want(201)
		office.WantStatus(id, "reported") // not given to the same unit again by itself
		s.Drain()
		s.Audit()
	})
}
