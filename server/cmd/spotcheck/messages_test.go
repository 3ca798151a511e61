package main

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/config"
	"spotcheck/server/notify"
	"spotcheck/server/servertest"
)

// listener is a program outside that takes some messages and then says nothing until it is let go.
type listener struct {
	*httptest.Server
	mu    sync.Mutex
	ids   map[string]map[string]bool // ids by the issue's number
	came  chan bool
	quick int // that are answered before it falls silent; none is after that
	let   chan struct{}
}

func newListener(t *testing.T, quick int) *listener {
	l := &listener{ids: map[string]map[string]bool{}, came: make(chan bool, 1000), quick: quick, let: make(chan struct{})}
	l.Server = httptest.NewTLSServer(l)
	t.Cleanup(l.Close)
	return l
}

// ServeHTTP notes what came, answered or not.
func (l *listener) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, number, _ := strings.Cut(string(body), `"number":"`)
	number, _, _ = strings.Cut(number, `"`)
	l.mu.Lock()
	if l.ids[number] == nil {
		l.ids[number] = map[string]bool{}
	}
	l.ids[number][r.Header.Get("webhook-id")] = true
	l.quick--
	silent := l.quick < 0
	l.mu.Unlock()
	l.came <- true
	if silent {
		select {
		case <-l.let:
		case <-r.Context().Done():
		}
	}
}

// TestAKillInTheMiddleOfDeliveriesLosesNothing kills the server while some messages are sent, some on their way and some
// waiting: in the end each has arrived under one id, and the inbox has each once.
func TestAKillInTheMiddleOfDeliveriesLosesNothing(t *testing.T) {
	const reports, quick = 20, 4
	l := newListener(t, quick)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", roots)
	t.Setenv("SPOTCHECK_PRIVATE_TARGETS", "127.0.0.0/8")
	p := start(t, t.TempDir())
	s := servertest.At(t, p.address, firstAccount(t, p.out.String()))
	lin, office := s.As("lin"), s.As("office")
	s.As("admin").Do(http.MethodPut, "/api/v1/webhooks/"+inspect.NewID().String(),
		servertest.M{"name": "调度平台", "url": l.URL, "types": []string{"issue.reported"}}).Want(http.StatusCreated)
	numbers := map[string]bool{}
	for range reports {
		id := inspect.NewID()
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report()).Want(http.StatusCreated)
		numbers[lin.Issue(id).Number] = true
	}
	for range quick + 2 {
		<-l.came
	}
	p.dies(t)
	close(l.let)

	pool := x509.NewCertPool()
	pool.AddCert(l.Certificate())
	again := servertest.On(t, config.Config{Addr: "127.0.0.1:0", Data: p.dir, Timezone: "Asia/Shanghai", Log: "text"})
	outbound := notify.NewOutboundClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, pool)
	again.Core.Messages.SendBy(outbound)
	t.Cleanup(outbound.Close)
	for range 10 {
		again.Pass(5 * time.Minute)
		if err := again.Core.Messages.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for number := range numbers {
		if len(l.ids[number]) != 1 {
			t.Errorf("%s came under the ids %v, want one", number, l.ids[number])
		}
	}
	if left := again.Texts("SELECT state FROM message WHERE channel = 'webhook' AND state <> 'sent'"); len(left) > 0 || len(l.ids) != reports {
		t.Errorf("%d issues were told of, want %d; left are %v", len(l.ids), reports, left)
	}
	back := (&servertest.Client{Server: again, Name: "office", Token: office.Token}).WithT(t)
	var box struct {
		Messages []struct{ Issue *struct{ Number string } }
	}
	back.Do(http.MethodGet, "/api/v1/inbox?limit=200", nil).Want(http.StatusOK).Into(&box)
	for _, m := range box.Messages {
		if m.Issue == nil { // what the calendar asks for has no issue
			continue
		}
		if !numbers[m.Issue.Number] {
			t.Errorf("the inbox has %s twice, or what never was", m.Issue.Number)
		}
		delete(numbers, m.Issue.Number)
	}
	if len(numbers) > 0 {
		t.Errorf("the inbox lacks %v", numbers)
	}
	again.Audit()
}
