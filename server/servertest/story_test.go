package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

type M = servertest.M

func TestFourPeopleTakeMudFromPhotoToVerified(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew, wang := s.As("lin"), s.As("office"), s.As("crew"), s.As("wang")
		id := lin.ReportsMud()
		office.Assigns(id, "meilan-sanitation", 8*time.Hour)
		crew.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(404, "issue.not-found", "later")

		s.As("meilan-crew").Acts(id, "return", M{"reason": "不在我单位责任区"}).Want(http.StatusCreated)
		if i := office.WantStatus(id, "reported"); i.Returns != 1 || i.Unit != nil {
			t.Errorf("after a return: %+v", i)
		}
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		crew.Fixes(id)
		wang.Verifies(id, "fail")
		office.WantStatus(id, "assigned")
		crew.Fixes(id)
		wang.Verifies(id, "false_fix")

		after := servertest.NewPicture("after")
		crew.Declares(id, after).Want(http.StatusCreated)
		crew.Sends(id, after)
		done := s.Now()
		s.Pass(3 * time.Hour) // no network in the tunnel
		a := crew.Acts(id, "fix", M{"photos": []inspect.ID{after.ID}, "done_at": done.Add(time.Minute).UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
		var receipt struct {
			LateArrival bool      `json:"late_arrival"`
			CreditedAt  time.Time `json:"credited_at"`
		}
		if a.Into(&receipt); !receipt.LateArrival || receipt.CreditedAt.Sub(done) > 2*time.Minute {
			t.Errorf("the offline fix was credited at %s, done at %s: %+v", receipt.CreditedAt, done, receipt)
		}
		wang.Verifies(id, "pass")
		if i := office.WantStatus(id, "verified"); i.Rework != 2 || i.FalseFixes != 1 || !i.LateArrival || i.Overdue {
			t.Errorf("at the end: %+v", i)
		}
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.returned", "issue.assigned", "issue.fixed", "issue.verification_failed",
			"issue.fixed", "issue.false_fix", "issue.fixed", "issue.verified")

		other := lin.ReportsMud()
		office.Acts(other, "merge", M{"into": id}).Want(http.StatusCreated)
		if i := office.WantStatus(other, "merged"); i.MergedInto == nil || i.MergedInto.ID != id.String() {
			t.Errorf("merged into %+v", i.MergedInto)
		}
		if i := office.Issue(id); len(i.MergedFrom) != 1 {
			t.Errorf("merged from %+v", i.MergedFrom)
		}
		office.Acts(other, "unmerge", M{"reason": "不是同一处"}).Want(http.StatusCreated)
		office.WantStatus(other, "reported")
		office.WantEvents(other, "issue.reported", "issue.merged", "issue.unmerged")

		s.Drain()
		if sum := s.Audit(); sum.Issues != 2 || sum.Events < 20 {
			t.Errorf("audit saw %+v", sum)
		}
	})
}
