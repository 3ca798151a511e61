package servertest

import (
	"errors"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spotcheck/server/config"
)

// Proxy stands between a server and a part of it, so that a test can take that part away.
type Proxy struct {
	listener net.Listener
	target   string
	mu       sync.Mutex
	cut      bool
	slow     atomic.Int64 // nanoseconds that a piece takes
	open     map[net.Conn]bool
	all      sync.WaitGroup
}

// NewProxy begins to pass on what comes to the target.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, target: target, open: map[net.Conn]bool{}}
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
	for c := range p.open {
		_ = c.Close() // it may be gone already
	}
}

// Slow makes every piece of 16 KiB that passes, and every smaller one that comes alone, take so long.
func (p *Proxy) Slow(d time.Duration) { p.slow.Store(int64(d)) }

// Mend lets new connections through again.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = false
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
		to, err := net.Dial("tcp", p.target)
		if err != nil || !p.keep(from, to) {
			_ = from.Close()
			if to != nil {
				_ = to.Close()
			}
			continue
		}
		p.all.Go(func() { p.pass(to, from) })
		p.all.Go(func() { p.pass(from, to) })
	}
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

// pass copies one way, and ends both when it ends.
func (p *Proxy) pass(to, from net.Conn) {
	for piece, err := make([]byte, 16<<10), error(nil); err == nil; { // broken connections are what it is for
		var n int
		n, err = from.Read(piece)
		if d := time.Duration(p.slow.Load()); d > 0 {
			<-time.After(d)
		}
		if _, lost := to.Write(piece[:n]); err == nil {
			err = lost
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range []net.Conn{to, from} {
		_ = c.Close()
		delete(p.open, c)
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
