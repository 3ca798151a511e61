package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

type M = servertest.M

// stubborn sends until the server acknowledges, whatever happens to connections in between. A refusal is an error.
func stubborn(t *testing.T, c *servertest.Client, path string, body []byte, header http.Header) {
	for by := time.Now().Add(30 * time.Second); time.Now().Before(by); {
		a, err := c.Try(http.MethodPut, path, body, header)
		switch {
		case err != nil || a.Status == http.StatusServiceUnavailable:
			continue // a copy is gone, the other one is there
		case a.Status != http.StatusOK && a.Status != http.StatusCreated:
			t.Errorf("PUT %s: got %d %s", path, a.Status, a.Body)
		}
		return
	}
	t.Errorf("PUT %s: nobody answers", path)
}

// lives is an issue from its report to a comment.
func lives(t *testing.T, c *servertest.Client) (inspect.ID, servertest.Picture) {
	id, pic, now := inspect.NewID(), servertest.NewPicture("report"), time.Now().UTC().Format(time.RFC3339Nano)
	in := func(v M) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		return b
	}
	path := "/api/v1/issues/" + id.String()
	stubborn(t, c, path, in(c.Report(pic)), nil)
	stubborn(t, c, path+"/photos/"+pic.ID.String(), pic.Bytes, http.Header{"Content-Type": {"application/octet-stream"}, "Content-Digest": {pic.Digest()}})
	stubborn(t, c, path+"/actions/"+inspect.NewID().String(), in(M{"action": "comment", "note": "已拍照", "done_at": now, "sent_at": now}), nil)
	return id, pic
}

// TestCopiesComeAndGo puts two copies of the program behind one address. While people work one is killed, comes back, then
// the other one is stopped as for an upgrade. Nobody notices more than a broken connection.
func TestCopiesComeAndGo(t *testing.T) {
	t.Parallel()
	settings, other := servertest.Settings(t, servertest.Postgres), t.TempDir()
	one := startOn(t, settings)
	second := settings
	second.Data = other
	two := startOn(t, second)
	host := func(p *process) string { return strings.TrimPrefix(p.address, "http://") }
	line := servertest.NewProxy(t, host(one), host(two))
	s := servertest.Behind(t, line, firstAccount(t, one.out.String()))
	lin, wang := s.As("lin"), s.As("wang")

	const workers, each = 4, 12
	var done atomic.Int64
	var mu sync.Mutex
	all := map[inspect.ID]servertest.Picture{}
	var work sync.WaitGroup
	reached := make([]chan struct{}, workers*each+1)
	for n := range reached {
		reached[n] = make(chan struct{})
	}
	for n := range workers {
		who := []*servertest.Client{lin, wang}[n%2]
		work.Go(func() {
			for range each {
				id, pic := lives(t, who)
				mu.Lock()
				all[id] = pic
				mu.Unlock()
				close(reached[done.Add(1)])
			}
		})
	}
	<-reached[8]
	one.dies(t)
	<-reached[20]
	one = startOn(t, settings)
	line.Leads(host(one), host(two))
	<-reached[32]
	line.Leads(host(one))
	two.terminate(t)
	work.Wait()

	for id, pic := range all {
		lin.WantEvents(id, "issue.reported", "issue.commented")
		if got := lin.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/photos/"+pic.ID.String()+"/original", nil).Want(http.StatusOK); string(got.Body) != string(pic.Bytes) {
			t.Error("a photo came out as other bytes")
		}
	}
	one.terminate(t)
	found, err := program(settings, nil, "audit").CombinedOutput()
	if want := fmt.Sprintf(" %d issues, %d photos, %d originals", workers*each, workers*each, workers*each); err != nil ||
		!strings.Contains(string(found), want) || !strings.Contains(string(found), ": 0 wrong") {
		t.Errorf("got %v\n%s\nwant%s, 0 wrong", err, found, want)
	}
}
