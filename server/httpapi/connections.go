package httpapi

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
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

	answering(busy bool) // a request of it is being answered

	lookOut(gone func()) // calls gone when the other end leaves, until lookAway; nobody reads meanwhile
	lookAway()
}

// plainConnection is one without TLS.
type plainConnection struct {
	net.Conn
	among         *connections
	ended, polite bool
	spoke         atomic.Bool  // somebody has said something
	busy          atomic.Bool  // a request of it is being answered
	moved         atomic.Int64 // when something came or went, in nanoseconds since 1970
	ahead         lookout
}

func (p *plainConnection) lookOut(gone func()) { p.ahead.begin(p.Conn, gone) }

func (p *plainConnection) lookAway() { p.ahead.end(p.Conn) }

func (p *plainConnection) Read(b []byte) (int, error) {
	if n := p.ahead.take(b); n > 0 {
		return n, nil
	}
	n, err := p.Conn.Read(b)
	if n > 0 {
		p.spoke.Store(true)
		p.moved.Store(time.Now().UnixNano())
	}
	p.ended = p.ended || err != nil
	return n, err
}

func (p *plainConnection) Write(b []byte) (int, error) {
	n, err := p.Conn.Write(b)
	p.moved.Store(time.Now().UnixNano())
	return n, err
}

func (p *plainConnection) over() bool { return p.ended }

func (p *plainConnection) linger() { p.polite = true }

func (p *plainConnection) answering(busy bool) { p.busy.Store(busy) }

// Close reads what a sender who was cut off still sends: closing over unread bytes would reset the connection, and a
// phone would never see why.
func (p *plainConnection) Close() error {
	defer p.among.leave(p)
	if c, ok := p.Conn.(interface{ CloseWrite() error }); ok && p.polite {
		if c.CloseWrite() == nil && p.Conn.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.Copy(io.Discard, p.Conn) // ends by the deadline at the latest
		}
	}
	return p.Conn.Close()
}

// connections are those that are open. There are at most so many: the system lets a program have so many files, and one that has no more can open
// no photo and no database. Who comes when there are as many takes the place of the one that has said nothing for longest, and waits while
// all are being answered.
type connections struct {
	most int
	mu   sync.Mutex
	open map[*plainConnection]bool
	gone chan struct{} // one has left
	over bool
}

func newConnections(most int) *connections {
	return &connections{most: most, open: map[*plainConnection]bool{}, gone: make(chan struct{}, 1)}
}

// Of the files that the system lets the program have, so many are for the database, the photo folder and the log. Of the others a connection may need
// two: itself, and what it sends or gets.
const (
	ownFiles           = 48
	filesForConnection = 2
	leastConnections   = 4
	leastFiles         = 256 // where the system does not say
)

// mostConnections is how many may be open at a time.
func mostConnections() int {
	limit := fileLimit()
	if limit <= ownFiles {
		return leastConnections
	}
	return int(max(min((limit-ownFiles)/filesForConnection, 1<<20), leastConnections))
}

const (
	lookAgain = 20 * time.Millisecond  // after which who waits for a place looks whether one has become quiet
	quiet     = 500 * time.Millisecond // without a byte, after which a connection may lose its place
	lastWord  = 2 * time.Second        // for what is under way when the server stops
)

// enter waits for a place; ok is false when none is taken any more.
func (s *connections) enter(c net.Conn) (p *plainConnection, ok bool) {
	p = &plainConnection{Conn: c, among: s}
	p.moved.Store(time.Now().UnixNano())
	for {
		if entered, over := s.tryEnter(p); entered || over {
			return p, entered
		}
		select {
		case <-s.gone:
		case <-time.After(lookAgain):
		}
	}
}

func (s *connections) tryEnter(p *plainConnection) (entered, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		_ = p.Conn.Close()
		return false, true
	}
	if len(s.open) >= s.most && !s.dropQuietest() {
		return false, false
	}
	s.open[p] = true
	return true, false
}

// dropQuietest ends the connection on which nothing has come or gone for longest, if one is quiet and waits for no answer. Those that never spoke
// go first.
func (s *connections) dropQuietest() bool {
	var quietest *plainConnection
	for p := range s.open {
		if !p.isQuiet() {
			continue
		}
		if quietest == nil || quietest.spoke.Load() && !p.spoke.Load() || quietest.spoke.Load() == p.spoke.Load() && p.moved.Load() < quietest.moved.Load() {
			quietest = p
		}
	}
	if quietest == nil {
		return false
	}
	delete(s.open, quietest)
	_ = quietest.Conn.Close() // whoever reads from it sees that
	return true
}

// isQuiet says whether a connection has nothing under way and nothing has come or gone for a while.
func (p *plainConnection) isQuiet() bool {
	return !p.busy.Load() && time.Now().UnixNano()-p.moved.Load() > quiet.Nanoseconds()
}

func (s *connections) leave(p *plainConnection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, p)
	select {
	case s.gone <- struct{}{}:
	default:
	}
}

// end closes those on which nothing was ever said, for which the server would wait, and whatever comes later; after a while also those that are
// in the middle of saying something.
func (s *connections) end() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	s.endSome(func(p *plainConnection) bool { return !p.spoke.Load() })
	time.AfterFunc(lastWord, func() { s.endSome((*plainConnection).isQuiet) })
}

func (s *connections) endSome(which func(*plainConnection) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.open {
		if which(p) {
			_ = p.Conn.Close()
		}
	}
}

// secureConnection is one with TLS.
type secureConnection struct {
	*tls.Conn
	below *plainConnection
	ended bool
	ahead lookout
}

func (s *secureConnection) lookOut(gone func()) { s.ahead.begin(s.Conn, gone) }

func (s *secureConnection) lookAway() { s.ahead.end(s.Conn) }

func (s *secureConnection) Read(b []byte) (int, error) {
	if n := s.ahead.take(b); n > 0 {
		return n, nil
	}
	n, err := s.Conn.Read(b)
	s.ended = s.ended || err != nil
	return n, err
}

func (s *secureConnection) over() bool { return s.ended }

func (s *secureConnection) linger() { s.below.linger() }

func (s *secureConnection) answering(busy bool) { s.below.answering(busy) }

// listener gives connections that know their end.
type listener struct {
	net.Listener
	tls  *tls.Config // nil for none
	open *connections
	log  *slog.Logger
}

// acceptPause is how long a listener waits at most after the system could not give it a connection.
const acceptPause = time.Second

// Accept waits for the next connection. What goes wrong with one (it is gone, the system is out of files or memory) ends nothing: the next
// is waited for.
func (l listener) Accept() (net.Conn, error) {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, acceptPause) {
		c, err := l.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil, err
		}
		if err != nil {
			l.log.Warn("a connection was not taken", "error", err)
			<-time.After(pause)
			continue
		}
		p, ok := l.open.enter(c)
		if !ok {
			return nil, net.ErrClosed
		}
		if l.tls == nil {
			return p, nil
		}
		return &secureConnection{Conn: tls.Server(p, l.tls), below: p}, nil
	}
}

// Close closes the listener; again is no error.
func (l listener) Close() error {
	if err := l.Listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
