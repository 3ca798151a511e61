package servertest_test

import (
	"bytes"
	"net/http"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestAStoreThatStandsStillIsToldOfInTime stops the store of photos under those who send one and those who look at one.
func TestAStoreThatStandsStillIsToldOfInTime(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.Postgres)
	lin, office := s.As("lin"), s.As("office")
	_, store := s.Between(t)
	seen, id, before, p := inspect.NewID(), inspect.NewID(), big(300_000), big(3_000_000)
	lin.Do(http.MethodPut, "/api/v1/issues/"+seen.String(), lin.Report(before)).Want(http.StatusCreated)
	lin.Sends(seen, before)
	lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(p)).Want(http.StatusCreated)
	store.Freeze()
	var waiting sync.WaitGroup
	for what, ask := range map[string]func() *servertest.Answer{
		"sending": func() *servertest.Answer { return lin.Upload(id, p) },
		"looking": func() *servertest.Answer {
			return office.Do(http.MethodGet, "/api/v1/issues/"+seen.String()+"/photos/"+before.ID.String()+"/original", nil)
		},
	} {
		waiting.Go(func() {
			began := time.Now()
			ask().WantProblem(http.StatusServiceUnavailable, "unavailable", "later")
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("who was %s a photo waited %s", what, took)
			}
		})
	}
	waiting.Wait()
	store.Mend()
	lin.Sends(id, p)
	office.Do(http.MethodGet, "/api/v1/issues/"+seen.String()+"/photos/"+before.ID.String()+"/original", nil).Want(http.StatusOK)
}

// TestSlowPartsAreWaitedFor puts a slow line before the database, then before the photos, then before both: who reports and
// sends is made to wait or told to come again, and has everything in the end.
func TestSlowPartsAreWaitedFor(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.Postgres)
	office := s.As("office")
	people := []*servertest.Client{s.As("lin"), s.As("wang"), s.As("crew-boss")}
	database, photos := s.Between(t)
	issues := map[inspect.ID]servertest.Picture{}
	var mu sync.Mutex
	for _, slow := range [][2]time.Duration{{10 * time.Millisecond, 0}, {0, 40 * time.Millisecond}, {10 * time.Millisecond, 40 * time.Millisecond}} {
		database.Slow(slow[0])
		photos.Slow(slow[1])
		var work sync.WaitGroup
		for n := range 6 {
			who, p := people[n%len(people)], big(300_000)
			work.Go(func() {
				id, body := inspect.NewID(), who.Report(p)
				comesBack(t, func() *servertest.Answer { return who.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body) }).Want(200, 201)
				comesBack(t, func() *servertest.Answer { return who.Upload(id, p) }).Want(200, 201)
				mu.Lock()
				issues[id] = p
				mu.Unlock()
			})
		}
		work.Wait()
		wantReady(t, office, "ok", "ok") // slow is not away
	}
	database.Slow(0)
	photos.Slow(0)
	for id, p := range issues {
		got := office.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/photos/"+p.ID.String()+"/original", nil).Want(http.StatusOK)
		if !bytes.Equal(got.Body, p.Bytes) {
			t.Error("a photo came out as other bytes")
		}
	}
	s.Drain()
	if sum := s.Audit(); sum.Issues != int64(len(issues)) || len(issues) != 18 {
		t.Errorf("the audit saw %+v", sum)
	}
}
