package servertest_test

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestFiveHundredClientsThatSayNothing opens connections that stop at every stage of a request. Honest people are
// answered meanwhile, and the silent are let go.
func TestFiveHundredClientsThatSayNothing(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		p := promise(t, lin, servertest.NewPicture("report"))
		s.Stop()
		s.ReadTimeout = 2 * time.Second
		s.Start()

		report, photo := "PUT /api/v1/issues/"+inspect.NewID().String()+" HTTP/1.1\r\nHost: h\r\n", "PUT "+p.path+" HTTP/1.1\r\nHost: h\r\n"
		stages := []string{"", "P", report, report + lin.Auth() + "Content-Length: 400\r\n\r\n{",
			photo + lin.Auth() + "Content-Digest: " + p.p.Digest() + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(p.p.Bytes), p.p.Bytes[:100])}
		silent := make([]*servertest.Wire, 500)
		for n := range silent {
			silent[n] = lin.Dial().Says(stages[n%len(stages)])
		}
		for range 20 {
			id := inspect.NewID()
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report()).Want(http.StatusCreated)
			lin.Do(http.MethodGet, "/api/v1/issues", nil).Want(http.StatusOK)
		}
		p.comes(t)

		var all sync.WaitGroup
		for _, w := range silent {
			all.Go(w.WantLetGo)
		}
		all.Wait()
		if left, err := os.ReadDir(s.Core.Blobs.SpoolDir()); err != nil || len(left) > 0 {
			t.Errorf("the spool holds %v, %v", left, err)
		}
		p.comesAgain(t)
		s.Audit()
	})
}

func TestWhoSaysNothingDoesNotHoldTheServerBack(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	lin := s.As("lin")
	silent := []*servertest.Wire{lin.Dial(), lin.Dial(), lin.Dial()}
	lin.Do(http.MethodGet, "/api/v1/me", nil).Want(http.StatusOK) // by now they are accepted
	began := time.Now()
	s.Stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	for _, w := range silent {
		w.WantLetGo()
	}
	s.Start()
}
