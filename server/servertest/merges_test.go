package servertest_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// lastBody is the body of the last event of a type in the record of an issue.
func lastBody(c *servertest.Client, id inspect.ID, eventType string) (body map[string]any) {
	var page struct {
		Events []struct {
			Type string
			Body json.RawMessage
		}
	}
	c.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Want(http.StatusOK).Into(&page)
	for _, e := range page.Events {
		if e.Type == eventType {
			body = nil
			if err := json.Unmarshal(e.Body, &body); err != nil {
				panic(err)
			}
		}
	}
	return body
}

// bodyTime is a moment in the body of an event, zero for none.
func bodyTime(t *testing.T, body map[string]any, key string) (at time.Time) {
	t.Helper()
	text, has := body[key].(string)
	if !has {
		return at
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestAMergedIssueDoesNotRun: merged on the 2nd, due on the 5th, undone on the 9th; what was left runs from then on, and a storm that was declared
// meanwhile counts where it still lasts.
func TestAMergedIssueDoesNotRun(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00") // a Monday
		office := s.As("office")
		assigned := func(unit, due string) inspect.ID {
			id := reportsOf(s, "06011")
			office.Acts(id, "assign", M{"unit": servertest.ID(unit), "due_at": when(t, due).UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
			return id
		}
		fresh := assigned("meilan-sanitation", "2026-03-20 09:00")
		late := assigned("longhua-sanitation", "2026-03-02 10:00")
		open, fixed := assigned("longhua-sanitation", "2026-03-05 09:00"), assigned("longhua-sanitation", "2026-03-04 09:00")
		reported := reportsOf(s, "06011")
		goTo(t, s, "2026-03-02 12:00")
		s.As("crew").Fixes(fixed)
		for _, id := range []inspect.ID{late, open, fixed, reported} {
			office.Acts(id, "merge", M{"into": fresh}).Want(http.StatusCreated)
			if d := deadlineOf(office, fresh); d.Overdue || !near(d.DueAt, when(t, "2026-03-20 09:00")) {
				t.Errorf("what another unit is due for came over: due %s, overdue %t", d.DueAt, d.Overdue)
			}
			if body := lastBody(office, fresh, "issue.merged_from"); body["due_at"] != nil {
				t.Errorf("on record: %v", body["due_at"])
			}
		}
		goTo(t, s, "2026-03-09 08:00")
		s.As("office").Do(http.MethodPut, "/api/v1/suspensions/"+inspect.NewID().String(), M{"from": when(t, "2026-03-09 08:00").UTC().Format(time.RFC3339Nano),
			"to": when(t, "2026-03-10 08:00").UTC().Format(time.RFC3339Nano), "reason": "台风"}).Want(http.StatusCreated)
		s.Drain()
		goTo(t, s, "2026-03-09 12:00")
		for id, want := range map[inspect.ID]string{late: "2026-03-02 10:00", open: "2026-03-13 05:00", fixed: "2026-03-04 09:00"} {
			office.Acts(id, "unmerge", M{"reason": "不是同一处"}).Want(http.StatusCreated)
			if d := deadlineOf(office, id); !near(d.DueAt, when(t, want)) {
				t.Errorf("undone: due %s, want %s; pauses %v", d.DueAt, want, d.Clock.Pauses)
			}
		}
		undone := lastBody(office, open, "issue.unmerged")
		if at := bodyTime(t, undone, "due_at"); !near(at, when(t, "2026-03-12 09:00")) || undone["clock"] == nil {
			t.Errorf("69 hours from the undoing on, on record %s", at)
		}
		if at := bodyTime(t, lastBody(office, open, "issue.suspended"), "due_at"); !near(at, when(t, "2026-03-13 05:00")) {
			t.Errorf("the storm that lasts is on record by itself: %s", at)
		}
		office.Acts(reported, "unmerge", M{"reason": "不是同一处"}).Want(http.StatusCreated)
		if at := bodyTime(t, lastBody(office, reported, "issue.unmerged"), "step_by"); !near(at, when(t, "2026-03-09 14:30")) {
			t.Errorf("the office has half an hour of working time to assign it, on record until %s", at)
		}
		if d := deadlineOf(office, fresh); !near(d.DueAt, when(t, "2026-03-21 09:00")) {
			t.Errorf("the other one, which the storm stopped for a day, is due %s", d.DueAt)
		}
		s.Audit()
	})
}

// TestAnEarlierDeadlineComesOverWithinAUnit, and goes when the merge is undone.
func TestAnEarlierDeadlineComesOverWithinAUnit(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office := s.As("office")
		into, same := s.As("lin").ReportsMud(), s.As("lin").ReportsMud()
		office.Assigns(into, "longhua-sanitation", 48*time.Hour)
		office.Assigns(same, "longhua-sanitation", 24*time.Hour)
		office.Acts(same, "merge", M{"into": into}).Want(http.StatusCreated)
		if at := bodyTime(t, lastBody(office, into, "issue.merged_from"), "due_at"); !near(at, when(t, "2026-03-03 09:00")) || !near(deadlineOf(office, into).DueAt, at) {
			t.Errorf("on record %s, due %s", at, deadlineOf(office, into).DueAt)
		}
		s.Pass(10 * time.Hour)
		office.Acts(same, "unmerge", M{"reason": "不是同一处"}).Want(http.StatusCreated)
		if a, b := deadlineOf(office, into).DueAt, deadlineOf(office, same).DueAt; !near(a, when(t, "2026-03-04 09:00")) || !near(b, when(t, "2026-03-03 19:00")) {
			t.Errorf("each has its own again: %s and %s", a, b)
		}
		s.Audit()
	})
}

// TestAtTheDeadlineNoMoreTimeIsAskedFor: before it, also where the wish arrives later.
func TestAtTheDeadlineNoMoreTimeIsAskedFor(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", time.Hour)
		due := s.As("office").Issue(id).DueAt
		asks := func(done time.Time) *servertest.Answer {
			now := s.Now()
			return s.As("crew").Acts(id, "ask_extension", M{"reason": "下雨", "until": due.Add(time.Hour).UTC().Format(time.RFC3339Nano),
				"done_at": done.UTC().Format(time.RFC3339Nano), "sent_at": now.UTC().Format(time.RFC3339Nano)})
		}
		s.Pass(2 * time.Hour)
		asks(due).WantProblem(409, "issue.extension-too-late", "never")
		asks(due.Add(-10 * time.Second)).Want(http.StatusCreated)
		s.Audit()
	})
}
