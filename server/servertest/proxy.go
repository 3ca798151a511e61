package servertest

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spotcheck/server/config"
)

// Proxy stands before a server or a part of one, so that a test can take it away. Of several targets each connection gets
// the next one that answers.
type Proxy struct {
	listener net.Listener
	targets  []string
	next     int
	mu       sync.Mutex
	cut      bool
	slow     atomic.Int64  // nanoseconds that a piece takes
	frozen   chan struct{} // closed when bytes pass again; nil while they do
	open     map[net.Conn]bool
	all      sync.WaitGroup
}

// errNobody is that no target answers.
var errNobody = errors.New("servertest: nobody is there")

// NewProxy begins to pass on what comes to the targets.
func NewProxy(t testing.TB, targets ...string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, targets: targets, open: map[net.Conn]bool{}}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		p.Cut()
		p.all.Wait()
	})
	return p
}

// Addr is where the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cut breaks every connection, and every new one, until Mend.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = true
	p.thaw()
	for c := range p.open {
		_ = c.Close() // it may be gone already
	}
}

// Slow makes every piece of 16 KiB that passes, and every smaller one that comes alone, take so long.
func (p *Proxy) Slow(d time.Duration) { p.slow.Store(int64(d)) }

// Freeze takes what comes and passes nothing on, as a program that was stopped does, until Mend.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frozen == nil {
		p.frozen = make(chan struct{})
	}
}

func (p *Proxy) thaw() {
	if p.frozen != nil {
		close(p.frozen)
		p.frozen = nil
	}
}

// Mend lets everything through again.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = false
	p.thaw()
}

// waits until bytes may pass.
func (p *Proxy) waits() {
	p.mu.Lock()
	frozen := p.frozen
	p.mu.Unlock()
	if frozen != nil {
		<-frozen
	}
}

func (p *Proxy) accept() {
	for {
		from, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		to, err := p.reach()
		if err != nil || !p.keep(from, to) {
			_ = from.Close()
			if to != nil {
				_ = to.Close()
			}
			continue
		}
		p.all.Go(func() { p.join(from, to) })
	}
}

// Leads sends new connections to other targets.
func (p *Proxy) Leads(targets ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.targets = targets
}

// reach opens a connection to the next target that answers.
func (p *Proxy) reach() (c net.Conn, err error) {
	p.mu.Lock()
	targets, at := p.targets, p.next
	p.next++
	p.mu.Unlock()
	for n := range targets {
		if c, err = net.Dial("tcp", targets[(at+n)%len(targets)]); err == nil {
			return c, nil
		}
	}
	return nil, errors.Join(err, errNobody)
}

// keep notes two connections, unless the proxy is cut.
func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut {
		return false
	}
	for _, c := range conns {
		p.open[c] = true
	}
	return true
}

// join copies both ways until both have ended, or one has broken.
func (p *Proxy) join(a, b net.Conn) {
	var there sync.WaitGroup
	there.Go(func() { p.pass(b, a) })
	p.pass(a, b)
	there.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range []net.Conn{a, b} {
		_ = c.Close()
		delete(p.open, c)
	}
}

// pass copies one way; whoever has only stopped sending may still be answered.
func (p *Proxy) pass(to, from net.Conn) {
	var err error
	for piece := make([]byte, 16<<10); err == nil; {
		var n int
		n, err = from.Read(piece)
		p.waits()
		if d := time.Duration(p.slow.Load()); d > 0 {
			<-time.After(d)
		}
		if _, lost := to.Write(piece[:n]); lost != nil {
			err = lost
		}
	}
	if err == io.EOF {
		err = to.(*net.TCPConn).CloseWrite()
	}
	if err != nil { // broken connections are what it is for
		_, _ = from.Close(), to.Close()
	}
}

// Between starts the server again with a proxy before its database and one before its photos. It is for Postgres.
func (s *Server) Between(t testing.TB) (database, photos *Proxy) {
	t.Helper()
	s.Stop()
	db, err := url.Parse(string(s.Config.DatabaseURL))
	if err != nil {
		t.Fatal(err)
	}
	s3, err := url.Parse(s.Config.S3Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	database, photos = NewProxy(t, db.Host), NewProxy(t, s3.Host)
	db.Host, s3.Host = database.Addr(), photos.Addr()
	s.Config.DatabaseURL, s.Config.S3Endpoint = config.Secret(db.String()), s3.String()
	s.Start()
	return database, photos
}
