package servertest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// May is what people do next: what was asked for is offered to who decides, and to nobody else; what would be refused is not offered.
func TestNothingIsOfferedThatWouldBeRefused(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, office2, crew, leader := s.As("office"), s.As("office2"), s.As("crew"), s.As("leader")
		id := s.As("lin").ReportsMud()
		offers := func(c *servertest.Client, action string, want bool) {
			t.Helper()
			if got := slices.Contains(c.Issue(id).May, action); got != want {
				t.Errorf("%s is offered: %t, want %t", action, got, want)
			}
		}
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		offers(crew, "ask_extension", true)
		offers(office, "decide_extension", false)
		offers(crew, "reply", false)
		offers(office, "resume", false)
		crew.Acts(id, "ask_extension", M{"reason": "下雨", "until": s.Now().Add(10 * time.Hour).UTC().Format(time.RFC3339Nano)}).Want(201)
		offers(crew, "ask_extension", false)
		offers(office, "decide_extension", true)
		leader.Acts(id, "supervise", M{"letter_kind": "key", "reason": "限期", "until": s.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano)}).Want(201)
		offers(crew, "reply", true)
		office.Acts(id, "dismiss", M{"reason": "不属实"}).Want(201)
		offers(office, "dismiss", false)
		offers(office2, "dismiss", true)
		s.Pass(9 * time.Hour)
		offers(crew, "return", false)
	})
}

// A preview says what an action leads to and leaves nothing behind.
func TestAnActionIsPreviewed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), s.As("lin").ReportsMud()
		before := office.Issue(id)
		var v struct {
			Issue struct {
				Status string
				DueAt  time.Time `json:"due_at"`
			}
		}
		now := s.Now().UTC().Format(time.RFC3339Nano)
		ask := func(c *servertest.Client, body M) *servertest.Answer {
			body["done_at"], body["sent_at"] = now, now
			return c.Do(http.MethodPost, "/api/v1/issues/"+id.String()+"/preview", body)
		}
		ask(office, M{"action": "assign", "unit": servertest.ID("longhua-sanitation")}).Want(200).Into(&v)
		if v.Issue.Status != "assigned" || v.Issue.DueAt.IsZero() {
			t.Errorf("the preview says %+v", v)
		}
		ask(office, M{"action": "dismiss"}).Want(200).Into(&v) // the reason comes last
		if v.Issue.Status != "dismissed" {
			t.Errorf("the preview says %+v", v)
		}
		ask(office, M{"action": "reopen"}).WantProblem(409, "issue.wrong-status", "never")
		ask(s.As("crew"), M{"action": "assign", "unit": servertest.ID("longhua-sanitation")}).WantProblem(404, "issue.not-found", "never")
		if after := office.Issue(id); after.Status != before.Status || after.Version != before.Version {
			t.Errorf("a preview changed the issue: %+v", after)
		}
		office.WantEvents(id, "issue.reported")
		s.Audit()
	})
}

// A paper is looked at before its number is taken, and one that was issued by mistake is void on record.
func TestAPaperIsPreviewedAndCancelled(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, office2, crew, id := s.As("office"), s.As("office2"), s.As("crew"), inspect.NewID()
		issue := assigned(s, "longhua-sanitation")[0]
		var seen struct {
			Paper struct {
				Number  string
				Content struct{ Demand, To string }
			}
		}
		body := M{"kind": "rectify", "issues": []inspect.ID{issue}, "demand": "清理干净"}
		crew.Do(http.MethodPost, "/api/v1/papers/preview", body).WantProblem(403, "forbidden", "never")
		office.Do(http.MethodPost, "/api/v1/papers/preview", body).Want(200).Into(&seen)
		if seen.Paper.Number == "" || seen.Paper.Content.Demand != "清理干净" || seen.Paper.Content.To == "" {
			t.Errorf("the preview says %+v", seen)
		}
		issues(office, id, "rectify", nil, issue)
		var p struct {
			Number       string
			CancelledAt  string `json:"cancelled_at"`
			Cancellation *struct{ Reason string }
		}
		office.Do(http.MethodGet, paperAt(id), nil).Want(200).Into(&p)
		if p.Number != seen.Paper.Number {
			t.Errorf("the preview said %s, the paper has %s", seen.Paper.Number, p.Number)
		}
		at := paperAt(id) + "/cancellation"
		crew.Do(http.MethodPut, at, M{"reason": "发错"}).WantProblem(403, "forbidden", "never")
		office.Do(http.MethodPut, at, M{}).WantProblem(422, "content.invalid", "never")
		office.Do(http.MethodPut, at, M{"reason": "发错单位"}).Want(201)
		office.Do(http.MethodPut, at, M{"reason": "发错单位"}).Want(200)
		office2.Do(http.MethodPut, at, M{"reason": "又一次"}).WantProblem(409, "paper.cancelled", "never")
		signsPaper(crew, id, nil).WantProblem(409, "paper.cancelled", "never")
		s.MakesPapers() // the files come after it
		crew.Do(http.MethodGet, paperAt(id), nil).Want(200).Into(&p)
		if p.CancelledAt == "" || p.Cancellation == nil || p.Cancellation.Reason != "发错单位" {
			t.Errorf("the paper says %+v", p)
		}
		next := inspect.NewID()
		issues(office, next, "rectify", nil, issue)
		signsPaper(crew, next, nil).Want(201)
		office.Do(http.MethodPut, paperAt(next)+"/cancellation", M{"reason": "发错"}).WantProblem(409, "paper.signed", "never")
		office.WantEvents(issue, "issue.reported", "issue.assigned", "issue.paper_issued", "issue.paper_cancelled", "issue.paper_issued")
		s.Audit()
	})
}
