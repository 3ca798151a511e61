package servertest

import (
	"sync/atomic"
	"time"
)

// clock is that of all copies of a server and of all phones.
type clock struct {
	ahead  atomic.Int64 // of the clock of this machine, nanoseconds
	stands atomic.Pointer[time.Time]
}

// Now is the clock of the server.
func (s *Server) Now() time.Time {
	if at := s.clock.stands.Load(); at != nil {
		return *at
	}
	return time.Now().Add(time.Duration(s.clock.ahead.Load()))
}

// Pass lets time pass for the server and for all phones; a clock that stands still then stands later.
func (s *Server) Pass(d time.Duration) {
	if s.clock.stands.Load() != nil {
		s.StandsAt(s.Now().Add(d))
		return
	}
	s.clock.ahead.Add(int64(d))
}

// StandsAt stops the clock at a moment, for what seconds decide.
func (s *Server) StandsAt(at time.Time) { s.clock.stands.Store(&at) }
