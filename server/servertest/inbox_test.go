package servertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
)

// told is a message in an inbox.
type told struct {
	ID, Type, Urgency, Title, Text string
	Issue                          struct{ ID, Number string }
	ReadAt                         string `json:"read_at"`
}

// inbox is a page of what somebody was told.
type inbox struct {
	Messages []told
	Unread   int
	Next     string
}

func inboxOf(c *servertest.Client, query string) (box inbox) {
	c.Do(http.MethodGet, "/api/v1/inbox"+query, nil).Want(http.StatusOK).Into(&box)
	return box
}

// wantTold fails unless somebody was told exactly this, oldest first.
func wantTold(t *testing.T, c *servertest.Client, want ...string) inbox {
	t.Helper()
	box := inboxOf(c, "")
	var got []string
	for _, m := range slices.Backward(box.Messages) {
		got = append(got, m.Type)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s was told %v, want %v", c.Name, got, want)
	}
	return box
}

// TestEachStepIsToldToWhomItConcerns follows an issue through all that people are told of, and nobody hears of their own acts.
func TestEachStepIsToldToWhomItConcerns(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew, boss := s.As("lin"), s.As("office"), s.As("crew"), s.As("crew-boss")
		desk, elsewhere, other := s.As("longhua-desk"), s.As("meilan-desk"), s.As("meilan-crew")
		id := lin.ReportsMud()
		office.Assigns(id, "longhua-sanitation", 24*time.Hour)
		crew.Acts(id, "return", servertest.M{"reason": "不归我们"}).Want(http.StatusCreated)
		office.Assigns(id, "longhua-sanitation", 24*time.Hour)
		crew.Fixes(id)
		lin.Verifies(id, "fail")
		crew.Fixes(id)
		lin.Verifies(id, "false_fix")
		crew.Fixes(id)
		s.As("wang").Verifies(id, "pass")

		wantTold(t, crew, "issue.assigned", "issue.assigned", "issue.verification_failed", "issue.false_fix", "issue.verified")
		wantTold(t, lin, "issue.fixed", "issue.fixed", "issue.fixed", "issue.verified")
		wantTold(t, office, "issue.reported", "issue.returned", "issue.fixed", "issue.fixed", "issue.fixed")
		wantTold(t, desk, "issue.reported", "issue.returned", "issue.fixed", "issue.fixed", "issue.fixed")
		for _, nobody := range []*servertest.Client{boss, elsewhere, other, s.As("wang"), s.As("leader"), s.As("keeper")} {
			wantTold(t, nobody)
		}
		s.Audit()
	})
}

// TestWhoIsToldWhereAUnitHasNobody tells the next unit above where the holding one has nobody.
func TestWhoIsToldWhereAUnitHasNobody(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		crew, boss := s.As("crew"), s.As("crew-boss")
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-crew", 24*time.Hour)
		wantTold(t, crew, "issue.assigned")
		wantTold(t, boss)
	})
}

func TestAnInboxIsReadOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id := lin.ReportsMud()
		office.Assigns(id, "longhua-sanitation", 24*time.Hour)
		box := inboxOf(crew, "?unread=true")
		if len(box.Messages) != 1 || box.Unread != 1 {
			t.Fatalf("got %+v, want one message", box)
		}
		m := box.Messages[0]
		number := crew.Issue(id).Number
		for _, want := range []string{number, "派遣", "施工工地车轮夹带"} {
			if !strings.Contains(m.Title, want) {
				t.Errorf("the title is %q, want %q in it", m.Title, want)
			}
		}
		for _, want := range []string{"地点：龙昆南路 88 号门前", "责任单位：龙华环卫", "期限："} {
			if !strings.Contains(m.Text, want) {
				t.Errorf("the text is %q, want %q in it", m.Text, want)
			}
		}
		if m.Issue.ID != id.String() || m.Urgency != "normal" || m.ReadAt != "" {
			t.Errorf("got %+v", m)
		}
		mine := "/api/v1/inbox/" + m.ID
		crew.Do(http.MethodGet, mine, nil).Want(http.StatusOK)
		lin.Do(http.MethodGet, mine, nil).WantProblem(http.StatusNotFound, "not-found", "never")
		read := func(c *servertest.Client) (left int) {
			var out struct{ Unread int }
			c.Do(http.MethodPost, "/api/v1/inbox/read", servertest.M{"ids": []string{m.ID}}).Want(http.StatusOK).Into(&out)
			return out.Unread
		}
		read(lin)
		if got := inboxOf(crew, "").Unread; got != 1 {
			t.Errorf("somebody else read it: %d unread", got)
		}
		first := read(crew)
		at := inboxOf(crew, "").Messages[0].ReadAt
		s.Pass(time.Hour)
		if again := read(crew); first != 0 || again != 0 || at == "" || inboxOf(crew, "").Messages[0].ReadAt != at {
			t.Errorf("read once leaves %d, twice %d, at %q", first, again, at)
		}
		if box := inboxOf(crew, "?unread=true"); len(box.Messages) != 0 {
			t.Errorf("%d messages are unread", len(box.Messages))
		}
		crew.Acts(id, "return", servertest.M{"reason": "不归我们"}).Want(http.StatusCreated)
		if m := inboxOf(crew, "").Messages[0]; strings.Contains(m.Text, "龙昆南路") {
			t.Errorf("the place is told to who no longer sees the issue: %q", m.Text)
		}
	})
}

// TestTheSameActionTellsNobodyTwice sends a report and an action again.
func TestTheSameActionTellsNobodyTwice(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id, act, p := inspect.NewID(), inspect.NewID(), servertest.NewPicture("report")
		report := lin.Report(p)
		for range 2 {
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), report).Want(http.StatusCreated, http.StatusOK)
		}
		due := s.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339Nano)
		for range 2 {
			office.ActsAs(id, act, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation"), "due_at": due, "done_at": due,
				"sent_at": due}).Want(http.StatusCreated, http.StatusOK)
		}
		wantTold(t, office, "issue.reported")
		wantTold(t, crew, "issue.assigned")
	})
}

// TestAnInboxHasPages goes through a long inbox.
func TestAnInboxHasPages(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		for range 5 {
			lin.ReportsMud()
		}
		seen := map[string]bool{}
		pages := 0
		for next := ""; pages == 0 || next != ""; pages++ {
			box := inboxOf(office, "?limit=2&cursor="+next)
			for _, m := range box.Messages {
				seen[m.Issue.ID] = true
			}
			next = box.Next
		}
		if len(seen) != 5 || pages != 3 {
			t.Errorf("got %d issues on %d pages, want 5 on 3", len(seen), pages)
		}
		if got := office.Do(http.MethodGet, "/api/v1/deliveries", nil); got.Status != http.StatusForbidden {
			t.Errorf("the office sees all deliveries: %d", got.Status)
		}
		var out struct {
			Deliveries []struct{ State, Channel string }
		}
		s.As("keeper").Do(http.MethodGet, "/api/v1/deliveries?channel=inbox&state=sent", nil).Want(http.StatusOK).Into(&out)
		if len(out.Deliveries) != 10 { // the first account is of the office as well
			t.Errorf("the administrator sees %d deliveries, want 10", len(out.Deliveries))
		}
	})
}

// TestWhoIsMentionedIsTold names people in a comment; who does not see the issue cannot be named.
func TestWhoIsMentionedIsTold(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, wang, stranger := s.As("lin"), s.As("wang"), s.As("meilan-crew")
		id := lin.ReportsMud()
		lin.Acts(id, "comment", servertest.M{"note": "请看一下", "mentions": []inspect.ID{servertest.ID("wang"), servertest.ID("lin")}}).Want(http.StatusCreated)
		a := lin.Acts(id, "comment", servertest.M{"note": "请看一下", "mentions": []inspect.ID{servertest.ID("wang"), servertest.ID("meilan-crew")}})
		a.WantProblem(http.StatusUnprocessableEntity, "content.unknown-reference", "never")
		if !strings.Contains(string(a.Body), "/mentions/1") || strings.Contains(string(a.Body), "/mentions/0") {
			t.Errorf("got %s", a.Body)
		}
		lin.Acts(id, "withdraw_photo", servertest.M{"reason": "x", "photo": inspect.NewID(), "mentions": []inspect.ID{servertest.ID("wang")}}).Want(http.StatusUnprocessableEntity)
		wantTold(t, wang, "issue.commented")
		wantTold(t, lin)
		wantTold(t, stranger)
		s.Audit()
	})
}

// TestManyRemindersAreToldOnce writes reminders as a round does, and again as one that was interrupted.
func TestManyRemindersAreToldOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew := s.As("office"), s.As("crew")
		var all []messages.Notification
		for n := range 60 {
			all = append(all, messages.Notification{NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("reminder/%d", n), Type: "issue.assigned", At: inspect.At(s.Now()),
				Facts: store.IssueSummary{Number: fmt.Sprintf("2026-%06d", n)}},
				To: []messages.Recipient{{Person: servertest.ID("crew"), Urgency: inspect.Normal},
					{Person: servertest.ID("office"), Urgency: inspect.Urgent}, {Person: servertest.ID("nobody"), Urgency: inspect.Urgent}}})
		}
		for _, some := range [][]messages.Notification{all[:30], all, all} {
			if err := s.Core.Messages.TellAll(t.Context(), some); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []*servertest.Client{office, crew} {
			if box := inboxOf(c, "?limit=200"); len(box.Messages) != 60 || box.Unread != 60 {
				t.Errorf("%s has %d messages, %d unread, want 60", c.Name, len(box.Messages), box.Unread)
			}
		}
	})
}

func TestTheLadderOfADeadline(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office, crew, boss, leader := s.As("office"), s.As("crew"), s.As("crew-boss"), s.As("leader")
		told := func(c *servertest.Client) (types []string) {
			s.Drain()
			var page struct{ Messages []struct{ Type string } }
			c.Do(http.MethodGet, "/api/v1/inbox?unread=true", nil).Want(http.StatusOK).Into(&page)
			for _, m := range page.Messages {
				types = append(types, m.Type)
			}
			slices.Reverse(types)
			return types
		}
		wants := func(who string, c *servertest.Client, want ...string) {
			t.Helper()
			if got := told(c); !slices.Equal(got, want) {
				t.Errorf("%s was told %v, want %v", who, got, want)
			}
		}
		id := reportsOf(s, "06010") // 4 working hours
		goTo(t, s, "2026-03-02 09:31")
		wants("the office", office, "issue.reported", "issue.assign_due")
		goTo(t, s, "2026-03-02 10:00")
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated) // until 16:00
		wants("the crew", crew, "issue.assigned")
		goTo(t, s, "2026-03-02 14:59")
		wants("the crew", crew, "issue.assigned")
		goTo(t, s, "2026-03-02 15:01")
		wants("the crew, an hour before", crew, "issue.assigned", "issue.due_soon")
		wants("the crew, once", crew, "issue.assigned", "issue.due_soon")
		goTo(t, s, "2026-03-02 16:01")
		office.Acts(id, "comment", servertest.M{"note": "还没有完成"}).Want(http.StatusCreated) // before the sweep comes by
		wants("the crew, at the deadline", crew, "issue.assigned", "issue.due_soon", "issue.overdue")
		wants("the one above", boss)
		goTo(t, s, "2026-03-03 08:01")
		wants("the one above, half of the limit later", boss, "issue.overdue_more")
		wants("the leader", leader)
		goTo(t, s, "2026-03-03 12:01")
		wants("the leader, after twice the limit", leader, "issue.long_overdue")
		crew.Fixes(id)
		goTo(t, s, "2026-03-03 18:01")
		if all := told(office); !slices.Contains(all, "issue.verify_due") {
			t.Errorf("the office was told %v, want it to verify", all)
		}
		s.As("lin").Verifies(id, "pass")
		before := len(told(crew))
		goTo(t, s, "2026-03-20 18:01")
		if after := len(told(crew)); after != before {
			t.Errorf("what is closed alerts nobody: %d more", after-before)
		}
		s.Audit()
	})
}
