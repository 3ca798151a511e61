package httpapi

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// lookout looks whether the other end of a connection is there while a request of it is answered. It reads one byte ahead: the end shows by that, and
// a byte of the next request is given to whoever reads next.
type lookout struct {
	mu    sync.Mutex
	early []byte        // read ahead and not given yet
	done  chan struct{} // closed when the reading ahead has ended; nil while there is none
}

// long ago, so that a read under way ends at once.
var longAgo = time.Unix(1, 0)

// begin calls gone when the other end is gone, until end. It may not be called twice without end between.
func (l *lookout) begin(c net.Conn, gone func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done != nil || len(l.early) > 0 {
		return // somebody who sends on is there
	}
	done := make(chan struct{})
	l.done = done
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		gone()
	}
	go func() {
		defer close(done)
		one := make([]byte, 1)
		n, err := c.Read(one)
		if n > 0 {
			l.mu.Lock()
			l.early = one
			l.mu.Unlock()
		} else if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			gone()
		}
	}()
}

// end ends the reading ahead and waits for that.
func (l *lookout) end(c net.Conn) {
	l.mu.Lock()
	done := l.done
	l.done = nil
	l.mu.Unlock()
	if done == nil {
		return
	}
	_ = c.SetReadDeadline(longAgo) // a connection that is gone has none, and its read has ended
	<-done
	_ = c.SetReadDeadline(time.Time{})
}

// take gives the byte that was read ahead.
func (l *lookout) take(b []byte) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = copy(b, l.early)
	l.early = l.early[n:]
	return n
}
