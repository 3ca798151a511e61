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

// connection is one that knows whether its other end has stopped sending, and that can close politely.
type connection interface {
	net.Conn
	over() bool // no more can be read
	linger()    // its Close reads on for a while
}

// plainConnection is one without TLS.
type plainConnection struct {
	net.Conn
	silent               *silence // nobody has said anything yet
	spoke, ended, polite bool
}

func (p *plainConnection) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if n > 0 && !p.spoke {
		p.spoke = true
		p.silent.leave(p)
	}
	p.ended = p.ended || err != nil
	return n, err
}

func (p *plainConnection) over() bool { return p.ended }

func (p *plainConnection) linger() { p.polite = true }

// Close reads what a sender who was cut off still sends: closing over unread bytes would reset the connection, and a
// phone would never see why.
func (p *plainConnection) Close() error {
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
	all  map[*plainConnection]bool
	over bool
}

func (s *silence) enter(p *plainConnection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		_ = p.Conn.Close()
		return
	}
	s.all[p] = true
}

func (s *silence) leave(p *plainConnection) {
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

// secureConnection is one with TLS.
type secureConnection struct {
	*tls.Conn
	below *plainConnection
	ended bool
}

func (s *secureConnection) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.ended = s.ended || err != nil
	return n, err
}

func (s *secureConnection) over() bool { return s.ended }

func (s *secureConnection) linger() { s.below.linger() }

// listener gives connections that know their end.
type listener struct {
	net.Listener
	tls    *tls.Config // nil for none
	silent *silence
}

// Accept waits for the next connection.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	p := &plainConnection{Conn: c, silent: l.silent}
	l.silent.enter(p)
	if l.tls == nil {
		return p, nil
	}
	return &secureConnection{Conn: tls.Server(p, l.tls), below: p}, nil
}

// Close closes the listener; again is no error.
func (l listener) Close() error {
	if err := l.Listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
