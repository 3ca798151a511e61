// Package notifytest has servers to send messages to, and the suite that every channel passes.
package notifytest

import (
	"context"
	"crypto/x509"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"spotcheck/server/notify"
)

// Mode is how a server behaves.
type Mode int

// The modes.
const (
	Takes Mode = iota
	Busy
	Refuses
	Silent // takes the connection and says nothing
)

// Got is a message as it arrived.
type Got struct {
	ID   string // empty where the channel carries none
	Text string
}

// Place is where messages of one channel arrive: a real server.
type Place interface {
	Channel(o *notify.OutboundClient) notify.Channel
	To() notify.Recipient
	Roots() *x509.CertPool
	Behaves(m Mode)
	Got() []Got
	Refusal() notify.FailureKind // what it is when the server refuses
	Faults() []string            // what was wrong with what came: signatures, encryption
}

// Loopback are the networks that tests allow.
var Loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// Suite is what every channel promises.
func Suite(t *testing.T, begin func(t testing.TB) Place) {
	m := &notify.Message{ID: "0190a1b2-0000-7000-8000-00000000000a", Title: "派遣 2026-000012 \"带泥上路\" <b>&", Text: "期限:2026-11-26 17:20\n地点:龙昆南路 88 号", Urgent: true,
		Link: "https://spotcheck.example/i/1", At: time.Now(), Payload: []byte(`{"type":"issue.assigned","data":{"number":"2026-000012"}}`)}
	place := func(t *testing.T) (Place, notify.Channel) {
		p := begin(t)
		o := notify.NewOutboundClient(Loopback, p.Roots())
		t.Cleanup(o.Close)
		t.Cleanup(func() {
			for _, f := range p.Faults() {
				t.Error(f)
			}
		})
		return p, p.Channel(o)
	}
	t.Run("arrives, and again under the same id", func(t *testing.T) {
		t.Parallel()
		p, c := place(t)
		for range 2 {
			if r, err := c.Send(t.Context(), p.To(), m); err != nil {
				t.Fatalf("%v (%+v)", err, r)
			}
		}
		got := p.Got()
		if len(got) != 2 || got[0] != got[1] {
			t.Fatalf("got %+v, want the same twice", got)
		}
		if got[0].ID != "" && !strings.HasPrefix(got[0].ID, strings.ReplaceAll(m.ID, "-", "")) && !strings.HasPrefix(got[0].ID, m.ID) {
			t.Errorf("it came under the id %q", got[0].ID)
		}
		if !strings.Contains(got[0].Text, "2026-000012") {
			t.Errorf("got %q", got[0].Text)
		}
	})
	t.Run("is tried again when the other side is busy", func(t *testing.T) {
		t.Parallel()
		p, c := place(t)
		p.Behaves(Busy)
		if r, err := c.Send(t.Context(), p.To(), m); err == nil || notify.KindOf(err) != notify.RetryLater {
			t.Errorf("busy: got %v (%+v), want one that may work later", err, r)
		}
		p.Behaves(Takes)
		if _, err := c.Send(t.Context(), p.To(), m); err != nil || len(p.Got()) != 1 {
			t.Errorf("then: got %v and %d messages", err, len(p.Got()))
		}
	})
	t.Run("is not tried again when it is refused", func(t *testing.T) {
		t.Parallel()
		p, c := place(t)
		p.Behaves(Refuses)
		if r, err := c.Send(t.Context(), p.To(), m); err == nil || notify.KindOf(err) != p.Refusal() {
			t.Errorf("got %v (%+v), kind %d, want kind %d", err, r, notify.KindOf(err), p.Refusal())
		}
		if len(p.Got()) != 0 {
			t.Errorf("it arrived: %v", p.Got())
		}
	})
	t.Run("waits no longer than it may", func(t *testing.T) {
		t.Parallel()
		p, c := place(t)
		p.Behaves(Silent)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		done := make(chan error, 1)
		go func() { _, err := c.Send(ctx, p.To(), m); done <- err }()
		select {
		case err := <-done:
			if err == nil || notify.KindOf(err) != notify.RetryLater {
				t.Errorf("got %v, want one that may work later", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it waits for ever")
		}
	})
	t.Run("reaches no private network", func(t *testing.T) {
		t.Parallel()
		p, _ := place(t)
		o := notify.NewOutboundClient(nil, p.Roots())
		t.Cleanup(o.Close)
		_, err := p.Channel(o).Send(t.Context(), p.To(), m)
		if err == nil || notify.KindOf(err) != notify.Refused || !strings.Contains(err.Error(), "private network") {
			t.Errorf("got %v, want a refusal", err)
		}
		if len(p.Got()) != 0 {
			t.Errorf("it arrived: %v", p.Got())
		}
	})
	t.Run("tells no secrets when it fails", func(t *testing.T) {
		t.Parallel()
		p, c := place(t)
		for _, mode := range []Mode{Busy, Refuses} {
			p.Behaves(mode)
			r, err := c.Send(t.Context(), p.To(), m)
			for _, s := range append(p.To().Secrets, p.To().Auth, "key-of-the-robot") {
				if s != "" && (strings.Contains(err.Error(), s) || strings.Contains(r.Answer, s)) {
					t.Errorf("%v (%+v) holds %q", err, r, s)
				}
			}
		}
	})
}

// base is what the servers have in common.
type base struct {
	mu     sync.Mutex
	mode   Mode
	got    []Got
	faults []string
	roots  *x509.CertPool
	quit   chan struct{}
}

func (b *base) Roots() *x509.CertPool { return b.roots }

func (b *base) Behaves(m Mode) { b.mu.Lock(); b.mode = m; b.mu.Unlock() }

func (b *base) now() Mode { b.mu.Lock(); defer b.mu.Unlock(); return b.mode }

func (b *base) Got() []Got { b.mu.Lock(); defer b.mu.Unlock(); return append([]Got(nil), b.got...) }

func (b *base) Faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.faults...)
}

func (b *base) took(g Got) { b.mu.Lock(); b.got = append(b.got, g); b.mu.Unlock() }

func (b *base) wrong(f string) { b.mu.Lock(); b.faults = append(b.faults, f); b.mu.Unlock() }

// trust makes the pool that knows a test server's certificate.
func trust(s *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}
