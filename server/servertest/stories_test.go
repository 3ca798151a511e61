package servertest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestATyphoonOver300Issues stops 300 clocks by one declaration, one event each, and lets them go on sooner when it is over.
func TestATyphoonOver300Issues(t *testing.T) {
	const many, atOnce = 300, 50
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.StandsAt(when(t, "2026-07-20 09:00")) // a Monday; on a slow machine 300 reports take longer than deadlines may differ
		office, storm := s.As("office"), inspect.NewID()
		now := s.Now().UTC().Format(time.RFC3339Nano)
		var actions []M
		for range many {
			actions = append(actions, M{"issue": reportsOf(s, "08012"), "action_id": inspect.NewID(), // 1 working day
				"body": M{"action": "assign", "unit": servertest.ID("longhua-sanitation"), "done_at": now, "sent_at": now}})
		}
		for some := range slices.Chunk(actions, atOnce) {
			office.Do(http.MethodPost, "/api/v1/actions", M{"actions": some}).Want(http.StatusOK)
		}
		goTo(t, s, "2026-07-20 14:30")
		declare := func(to, due string, told int) {
			t.Helper()
			office.Do(http.MethodPut, "/api/v1/suspensions/"+storm.String(),
				M{"area": servertest.ID("longhua-area"), "from": when(t, "2026-07-20 14:00").UTC().Format(time.RFC3339Nano),
					"to": when(t, to).UTC().Format(time.RFC3339Nano), "reason": "台风红色预警"}).Want(http.StatusCreated, http.StatusOK)
			s.Drain()
			s.Drain()
			if got := len(s.Texts("SELECT e.n FROM event e WHERE e.type = 'issue.suspended'")); got != told {
				t.Errorf("the record tells %d times of a suspension, want %d", got, told)
			}
			for _, id := range []any{actions[0]["issue"], actions[many-1]["issue"]} {
				if d := deadlineOf(office, id.(inspect.ID)); !near(d.DueAt, when(t, due)) || len(d.Clock.Pauses) != 1 {
					t.Errorf("due %s, want %s; pauses %v", d.DueAt, due, d.Clock.Pauses)
				}
			}
		}
		declare("2026-07-22 00:00", "2026-07-22 15:00", many) // 4 of 8 hours are left
		goTo(t, s, "2026-07-21 08:00")
		declare("2026-07-21 08:30", "2026-07-21 15:30", 2*many)
		s.Audit()
	})
}

// wantCount fails unless somebody was told of something so many times.
func wantCount(t *testing.T, c *servertest.Client, kind string, want int) {
	t.Helper()
	got := 0
	for _, m := range inboxOf(c, "").Messages {
		if m.Type == kind {
			got++
		}
	}
	if got != want {
		t.Errorf("%s was told %d times of %s, want %d", c.Name, got, kind, want)
	}
}

// TestALetterIsAnsweredLate follows a supervision letter past the time at which a reply was wanted.
func TestALetterIsAnsweredLate(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office, crew, boss, leader, id := s.As("office"), s.As("crew"), s.As("crew-boss"), s.As("leader"), reportsOf(s, "06011") // 5 working days
		office.Acts(id, "assign", M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		leader.Acts(id, "supervise", M{"letter_kind": "key", "reason": "限期回复", "until": when(t, "2026-03-02 16:00").UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
		type letter struct {
			ID        string
			ReplyBy   time.Time `json:"reply_by"`
			RepliedAt time.Time `json:"replied_at"`
			Reply     string
		}
		read := func() letter {
			var v struct{ Letters []letter }
			leader.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&v)
			return v.Letters[0]
		}
		goTo(t, s, "2026-03-02 15:50")
		s.Drain()
		wantCount(t, crew, "issue.reply_due", 0)
		goTo(t, s, "2026-03-02 16:01")
		s.Drain()
		s.Drain()
		wantCount(t, crew, "issue.reply_due", 1)
		wantCount(t, boss, "issue.reply_due", 1)
		goTo(t, s, "2026-03-02 18:30")
		crew.Acts(id, "reply", M{"letter": read().ID, "note": "已增派人手"}).Want(http.StatusCreated)
		if l := read(); l.Reply != "已增派人手" || !near(l.ReplyBy, when(t, "2026-03-02 16:00")) || !near(l.RepliedAt, when(t, "2026-03-02 18:30")) {
			t.Errorf("got %+v, want a reply two and a half hours late", l)
		}
		wantCount(t, leader, "issue.replied", 1)
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.supervised", "issue.replied")
		s.Audit()
	})
}

// TestABatchOfPapersAndTheirReceipts issues one paper for each unit, and both sign: nothing is left to remind of.
func TestABatchOfPapersAndTheirReceipts(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office, batch := s.As("office"), inspect.NewID()
		assigned(s, "longhua-sanitation", "meilan-sanitation", "longhua-sanitation", "meilan-sanitation", "longhua-sanitation")
		office.Do(http.MethodPut, batchAt(batch)+"?status=assigned", M{"kind": "rectify", "each": "unit", "demand": "立即整改"}).Want(http.StatusCreated)
		s.MakesPapers()
		if b := progress(office, batch); b.Papers != 2 || b.Issued != 2 || b.Made != 2 || !b.Finished {
			t.Fatalf("got %+v, want a paper for each unit", b)
		}
		unsigned := func() (all []paperWire) {
			var page struct{ Papers []paperWire }
			office.Do(http.MethodGet, "/api/v1/papers?signed=false&batch="+batch.String(), nil).Want(http.StatusOK).Into(&page)
			return page.Papers
		}
		signers := map[string]*servertest.Client{"龙华环卫": s.As("crew"), "美兰环卫": s.As("meilan-crew")}
		goTo(t, s, "2026-03-02 15:00")
		for n, p := range unsigned() {
			signers[p.Unit.Name].Do(http.MethodPut, "/api/v1/papers/"+p.ID+"/receipt",
				M{"name": "王师傅", "signed_at": s.Now().UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
			if left := len(unsigned()); left != 1-n {
				t.Errorf("%d papers are unsigned, want %d", left, 1-n)
			}
		}
		goTo(t, s, "2026-03-06 09:00")
		if err := s.Core.Remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		if told := s.Texts("SELECT count(*) FROM happening WHERE type LIKE 'paper.unsigned%'")[0]; told != "0" {
			t.Errorf("people were told %s times of unsigned papers, want never", told)
		}
		s.Audit()
	})
}
