package servertest_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/servertest"
)

// stormTimes is how often a phone that comes back into the network sends everything at once.
const stormTimes = 5

// sender is a phone with a report, its photo and a comment to send, and how often the server called each of them new.
type sender struct {
	*servertest.Client
	issue, action           inspect.ID
	photo                   servertest.Picture
	report, comment         M
	reported, safe, written atomic.Int64
}

func newSender(c *servertest.Client) *sender {
	p := &sender{Client: c, issue: inspect.NewID(), action: inspect.NewID(), photo: servertest.NewPicture("report")}
	p.report = c.Report(p.photo)
	p.comment = M{"note": "已拍照", "done_at": c.Now().UTC().Format(time.RFC3339Nano)}
	return p
}

// sendsAll is what an outbox does after one interruption: everything again, each thing until the server has it.
func (p *sender) sendsAll(t *testing.T) {
	for _, s := range []struct {
		fresh *atomic.Int64
		send  func() *servertest.Answer
	}{
		{&p.reported, func() *servertest.Answer { return p.Do(http.MethodPut, "/api/v1/issues/"+p.issue.String(), p.report) }},
		{&p.safe, func() *servertest.Answer { return p.Upload(p.issue, p.photo) }},
		{&p.written, func() *servertest.Answer { return p.ActsAs(p.issue, p.action, "comment", p.comment) }},
	} {
		a := s.send()
		for by := time.Now().Add(2 * time.Minute); a.Status == http.StatusServiceUnavailable && time.Now().Before(by); a = s.send() {
			wantAway(t, a) // a request of a thousand may wait too long
		}
		if a.Status == http.StatusCreated {
			s.fresh.Add(1)
		} else if a.Status != http.StatusOK {
			t.Errorf("got %d %s", a.Status, a.Body)
		}
	}
}

// wantOnce fails unless everything of a phone is there once, and was called new once at most: the answer that said so may
// have come too late.
func (p *sender) wantOnce(t *testing.T, office *servertest.Client) {
	t.Helper()
	if r, s, w := p.reported.Load(), p.safe.Load(), p.written.Load(); r > 1 || s > 1 || w > 1 {
		t.Errorf("new were %d reports, %d photos, %d comments, want one each", r, s, w)
	}
	var page struct {
		Events []struct{ Type string }
	}
	office.Do(http.MethodGet, "/api/v1/issues/"+p.issue.String()+"/events", nil).Want(http.StatusOK).Into(&page)
	count := map[string]int{}
	for _, e := range page.Events {
		count[e.Type]++
	}
	if len(page.Events) != 3 || count["issue.reported"] != 1 || count["photo.received"] != 1 || count["issue.commented"] != 1 {
		t.Errorf("the record of one phone: %v", count)
	}
}

func TestPhonesThatSendEverythingFiveTimesAtOnce(t *testing.T) {
	servertest.EachAlone(t, func(t *testing.T, s *servertest.Server) {
		phones := 200
		if phototest.Racing || testing.Short() {
			phones = 40
		}
		people := []*servertest.Client{s.As("lin"), s.As("wang"), s.As("crew-boss")}
		var all []*sender
		for n := range phones {
			all = append(all, newSender(people[n%len(people)]))
		}
		var work sync.WaitGroup
		network := make(chan struct{})
		for _, p := range all {
			for range stormTimes {
				work.Go(func() {
					<-network
					p.sendsAll(t)
				})
			}
		}
		close(network)
		work.Wait()
		for _, p := range all {
			p.wantOnce(t, s.As("office"))
		}
		s.Drain()
		if sum := s.Audit(); sum.Issues != int64(phones) || sum.Photos != sum.Issues || sum.Blobs != sum.Issues {
			t.Errorf("the audit saw %+v", sum)
		}
	})
}
