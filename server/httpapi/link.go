package httpapi

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// lingerTime is how long a sender who is cut off may go on sending, so that the answer is seen before the connection
// breaks.
const lingerTime = 5 * time.Second

// link is a connection that knows whether its other end has stopped sending, and that can close politely.
type link interface {
	net.Conn
	over() bool // no more can be read
	linger()    // its Close reads on for a while
}

// plain is a link without TLS.
type plain struct {
	net.Conn
	silent               *silence // nobody has said anything yet
	spoke, ended, polite bool
}

func (p *plain) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if n > 0 && !p.spoke {
		p.spoke = true
		p.silent.leave(p)
	}
	p.ended = p.ended || err != nil
	return n, err
}

func (p *plain) over() bool { return p.ended }
func (p *plain) linger()    { p.polite = true }

// Close reads what a sender who was cut off still sends: closing over unread bytes would reset the connection, and a
// phone would never see why.
func (p *plain) Close() error {
	p.silent.leave(p)
	if c, ok := p.Conn.(interface{ CloseWrite() error }); ok && p.polite {
		if c.CloseWrite() == nil && p.Conn.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.Copy(io.Discard, p.Conn) // ends by the deadline at the latest
		}
	}
	return p.Conn.Close()
}

// silence is the connections on which nothing was ever said. The server would wait for them when it stops.
type silence struct {
	mu   sync.Mutex
	all  map[*plain]bool
	over bool
}

func (s *silence) enter(p *plain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		_ = p.Conn.Close()
		return
	}
	s.all[p] = true
}

func (s *silence) leave(p *plain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, p)
}

// end closes them, and whatever comes later.
func (s *silence) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	for p := range s.all {
		_ = p.Conn.Close()
	}
}

// secure is a link with TLS.
type secure struct {
	*tls.Conn
	below *plain
	ended bool
}

func (s *secure) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.ended = s.ended || err != nil
	return n, err
}

func (s *secure) over() bool { return s.ended }
func (s *secure) linger()    { s.below.linger() }

// door is a listener whose connections are links.
type door struct {
	net.Listener
	tls    *tls.Config // nil for none
	silent *silence
}

// Accept waits for the next connection.
func (d door) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	p := &plain{Conn: c, silent: d.silent}
	d.silent.enter(p)
	if d.tls == nil {
		return p, nil
	}
	return &secure{Conn: tls.Server(p, d.tls), below: p}, nil
}

// Close closes the listener; again is no error.
func (d door) Close() error {
	if err := d.Listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
