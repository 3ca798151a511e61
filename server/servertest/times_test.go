package servertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

func TestOnlyReceiptCounts(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, id := s.As("office"), s.As("crew"), s.As("lin").ReportsMud()
		s.As("keeper").Do(http.MethodPut, "/api/v1/settings/late_window_minutes", M{"value": 0}).Want(http.StatusOK, http.StatusCreated)
		office.Assigns(id, "longhua-sanitation", time.Hour)
		photo, done := crew.Shows(id, "after"), s.Now().Add(time.Minute)
		s.Pass(2 * time.Hour)
		var a struct {
			LateArrival bool      `json:"late_arrival"`
			CreditedAt  time.Time `json:"credited_at"`
			ReceivedAt  time.Time `json:"received_at"`
		}
		crew.Acts(id, "fix", M{"photos": []inspect.ID{photo}, "done_at": done.UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated).Into(&a)
		if a.LateArrival || a.CreditedAt != a.ReceivedAt {
			t.Errorf("credited at %s, received at %s", a.CreditedAt, a.ReceivedAt)
		}
		i := office.WantStatus(id, "fixed")
		if !i.Overdue || !slices.ContainsFunc(i.Flags, func(f struct{ Kind, Detail string }) bool { return f.Kind == "action.uncredited" }) {
			t.Errorf("overdue %t, flags %v", i.Overdue, i.Flags)
		}
		s.Audit()
	})
}

func TestAPhoneWhoseClockIsOffIsFlagged(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		crew, id := s.As("crew"), s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", time.Hour)
		photo := crew.Shows(id, "after")
		wrong := s.Now().Add(-90 * 24 * time.Hour).UTC().Format(time.RFC3339Nano)
		crew.Acts(id, "fix", M{"photos": []inspect.ID{photo}, "done_at": wrong, "sent_at": wrong}).Want(http.StatusCreated)
		i := s.As("office").WantStatus(id, "fixed")
		if i.Overdue || i.LateArrival || !slices.ContainsFunc(i.Flags, func(f struct{ Kind, Detail string }) bool { return f.Kind == "clock.skew" }) {
			t.Errorf("overdue %t, late %t, flags %v", i.Overdue, i.LateArrival, i.Flags)
		}
		s.Audit()
	})
}

func TestWhatIsLeftOfTheLimitIsProposed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), s.As("lin").ReportsMud()
		type proposal struct {
			Proposed struct {
				DueAt time.Time `json:"due_at"`
				Again *struct {
					Unit   string
					UsedMS int64     `json:"used_ms"`
					DueAt  time.Time `json:"due_at"`
				}
			}
		}
		proposed := func() (p proposal) {
			office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&p)
			return p
		}
		if p := proposed(); p.Proposed.Again != nil {
			t.Errorf("nobody gave it back: %+v", p)
		}
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		s.Pass(20 * time.Minute)
		s.As("crew").Acts(id, "return", M{"reason": "不是我们"}).Want(http.StatusCreated)
		p := proposed().Proposed
		if p.Again == nil || p.Again.Unit != servertest.ID("longhua-sanitation").String() {
			t.Fatalf("got %+v", p)
		}
		used := time.Duration(p.Again.UsedMS) * time.Millisecond
		if used < 20*time.Minute || used > 21*time.Minute || !p.Again.DueAt.Before(p.DueAt) {
			t.Errorf("used %s, proposed %s and %s", used, p.DueAt, p.Again.DueAt)
		}
	})
}

func TestMergingNeedsTheOfficeOfBoth(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		desk := s.As("longhua-desk")
		s.AddPerson("longhua-desk", M{"role": "office", "scope": M{"kind": "area", "id": "longhua-area"}}, M{"role": "inspector", "scope": M{"kind": "city"}})
		mine, p, theirs := s.As("lin").ReportsMud(), servertest.NewPicture("report"), inspect.NewID()
		body := s.As("lin").Report(p)
		body["area"] = servertest.ID("meilan-area")
		s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+theirs.String(), body).Want(http.StatusCreated)
		desk.Acts(mine, "merge", M{"into": theirs}).WantProblem(403, "forbidden", "never")
		s.As("office").Acts(mine, "merge", M{"into": theirs}).Want(http.StatusCreated)
	})
}

func TestTheEarlierDeadlineStaysThroughTwoMerges(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		var ids []inspect.ID
		for _, hours := range []time.Duration{12, 10, 9} {
			id := s.As("lin").ReportsMud()
			office.Assigns(id, "longhua-sanitation", hours*time.Hour)
			ids = append(ids, id)
		}
		into, a, b := ids[0], ids[1], ids[2]
		due := func(id inspect.ID) time.Time { return office.Issue(id).DueAt }
		own, dueA, dueB := due(into), due(a), due(b)
		office.Acts(a, "merge", M{"into": into}).Want(http.StatusCreated)
		office.Acts(b, "merge", M{"into": into}).Want(http.StatusCreated)
		if due(into) != dueB {
			t.Errorf("after both: due %s, want %s", due(into), dueB)
		}
		office.Acts(a, "unmerge", M{"reason": "不是同一处"}).Want(http.StatusCreated)
		office.Acts(b, "unmerge", M{"reason": "不是同一处"}).Want(http.StatusCreated)
		if due(into) != own || !near(due(a), dueA) {
			t.Errorf("after undoing both: due %s and %s, want %s and %s", due(into), due(a), own, dueA)
		}
		office.Acts(a, "merge", M{"into": s.As("lin").ReportsMud()}).WantProblem(409, "issue.merge-target", "never")
		office.WantEvents(into, "issue.reported", "issue.assigned", "issue.merged_from", "issue.merged_from", "issue.unmerged_from", "issue.unmerged_from")
		s.Audit()
	})
}

func TestHistoryComesInPages(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		id := lin.ReportsMud()
		for n := range 7 {
			lin.Acts(id, "comment", M{"note": fmt.Sprint("第", n, "次")}).Want(http.StatusCreated)
		}
		var all []int64
		prev := strings.Repeat("0", 64)
		for path, pages := "/api/v1/issues/"+id.String()+"/events?limit=4", 0; ; pages++ {
			var page struct {
				Events []struct {
					N          int64
					Prev, Hash string
					By         *struct {
						DisplayName string `json:"display_name"`
					}
				}
				Next string
			}
			lin.Do(http.MethodGet, path, nil).Want(http.StatusOK).Into(&page)
			for _, e := range page.Events {
				if e.Prev != prev || e.By == nil || e.By.DisplayName != "Person lin" {
					t.Errorf("event %d: %+v does not continue %s", e.N, e, prev)
				}
				prev, all = e.Hash, append(all, e.N)
			}
			if page.Next == "" {
				if pages != 2 {
					t.Errorf("%d pages", pages+1)
				}
				break
			}
			path = "/api/v1/issues/" + id.String() + "/events?limit=4&cursor=" + page.Next
		}
		if !slices.Equal(all, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}) {
			t.Errorf("got events %v", all)
		}
		lin.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events?cursor=bm90aGluZw", nil).WantProblem(422, "content.invalid", "never")
		s.As("meilan-crew").Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).WantProblem(404, "issue.not-found", "later")
	})
}
