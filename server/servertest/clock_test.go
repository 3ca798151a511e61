package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

const day = 24 * time.Hour

// TestTheClockIsMovedBackAndForth lets people work while the clock of the server jumps. Nothing is lost, the feed keeps its
// order, checkpoints and the record stay whole, and everybody stays logged in.
func TestTheClockIsMovedBackAndForth(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew, wang := s.As("lin"), s.As("office"), s.As("crew"), s.As("wang")
		reader := &phone{Client: s.As("leader")}
		reader.start(t)
		cut, p := inspect.NewID(), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+cut.String(), lin.Report(p)).Want(http.StatusCreated)
		at, _ := begins(lin, cut, p)
		half := len(p.Bytes) / 2
		sends(lin, at, 0, p.Bytes[:half]).Want(http.StatusNoContent)

		issues := []inspect.ID{cut}
		for _, jump := range []time.Duration{0, 3 * day, -3*day - time.Hour, 20 * day, -40 * day, 20 * time.Minute, -time.Hour, 20 * day} {
			early := lin.ReportsMud()
			office.Assigns(early, "longhua-sanitation", 8*time.Hour)
			s.Pass(jump)
			crew.Fixes(early)
			wang.Verifies(early, "fail")
			s.Pass(-jump / 2)
			crew.Fixes(early)
			wang.Verifies(early, "pass")
			s.Pass(jump / 2)
			office.WantStatus(early, "verified")
			if err := s.Core.Daily(t.Context()); err != nil {
				t.Error(err)
			}
			s.Drain()
			reader.follows(t)
			s.Audit()
			issues = append(issues, early)
		}
		lin.Send(http.MethodHead, at, nil, tus()).Want(http.StatusNotFound) // its week was over, once
		at, _ = begins(lin, cut, p)
		wantOffset(t, sends(lin, at, 0, p.Bytes).Want(http.StatusNoContent), len(p.Bytes))
		s.Drain()

		reader.follows(t)
		fresh := &phone{Client: reader.Client}
		if fresh.start(t); len(fresh.known) != len(reader.known) {
			t.Errorf("who followed the feed knows %d things, who starts anew %d", len(reader.known), len(fresh.known))
		}
		for _, id := range issues {
			if i := office.Issue(id); !i.Complete {
				t.Errorf("issue %s has not all of its photos", i.Number)
			}
		}
		if sum := s.Audit(); sum.Issues != int64(len(issues)) || sum.Checkpoints < 3 {
			t.Errorf("the audit saw %+v", sum)
		}
	})
}

// TestALogInThatFailedInTheFutureKeepsNobodyOut: a clock that was ahead and is put right must not lock people out until
// the wrong time has come.
func TestALogInThatFailedInTheFutureKeepsNobodyOut(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		s.Pass(10 * day)
		logsIn(t, s, "", "lin", "wrong").WantProblem(401, "session.refused", "")
		s.Pass(-10 * day)
		logsIn(t, s, "", "lin", password).Want(http.StatusCreated)
	})
}
