package servertest_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// listening is an open event stream.
type listening struct {
	answer *http.Response
	lines  *bufio.Scanner
	t      *testing.T
}

// listens opens a stream; nothing that a test waits for takes longer than its request may.
func listens(t *testing.T, c *servertest.Client, url string, want int) *listening {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	a, err := (&http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Body.Close() })
	if a.StatusCode != want {
		t.Fatalf("got %s, want %d", a.Status, want)
	}
	return &listening{a, bufio.NewScanner(a.Body), t}
}

// hears gives the name and number of the next event; the empty name is the end of the stream.
func (l *listening) hears() (name string, seq int64) {
	l.t.Helper()
	for l.lines.Scan() {
		switch line := l.lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "id: "):
			if _, err := fmt.Sscanf(line, "id: %d", &seq); err != nil {
				l.t.Fatal(err)
			}
		case line == "" && name != "":
			return name, seq
		}
	}
	return "", 0
}

// waits reads on until an event with this name and at least this number.
func (l *listening) waits(name string, seq int64) int64 {
	l.t.Helper()
	for {
		switch got, at := l.hears(); {
		case got == name && at >= seq:
			return at
		case got != "change":
			l.t.Fatalf("got the event %q %d, want %s from %d", got, at, name, seq)
			return 0
		}
	}
}

func TestAStreamSaysThatThereIsSomething(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		l := listens(t, office, s.URL, http.StatusOK)
		if got := l.answer.Header.Get("Content-Type"); got != "text/event-stream" {
			t.Errorf("got %s", got)
		}
		at := l.waits("change", 0)
		for range 3 {
			lin.ReportsMud()
			at = l.waits("change", at+1)
		}
		var feed struct {
			Next    string
			Changes []struct{ Seq int64 }
		}
		office.Do(http.MethodGet, "/api/v1/changes", nil).Want(http.StatusOK).Into(&feed)
		var now int64
		if _, err := fmt.Sscanf(feed.Next[strings.LastIndexByte(feed.Next, '.')+1:], "%d", &now); err != nil || now < at {
			t.Errorf("the feed stands at %s, the stream said %d, %v", feed.Next, at, err)
		}
		if s.Postgres() {
			other := listens(t, office, s.Copy().URL, http.StatusOK)
			at = other.waits("change", 0)
			lin.ReportsMud() // at the first copy
			other.waits("change", at+1)
		}
	})
}

func TestAPersonHasFiveStreamsAtMost(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	office := s.As("office")
	var first *listening
	for range 5 {
		first = listens(t, office, s.URL, http.StatusOK)
	}
	listens(t, office, s.URL, http.StatusTooManyRequests)
	listens(t, s.As("lin"), s.URL, http.StatusOK)
	s.Stop()
	first.waits("closing", 0)
	s.Start()
	listens(t, office, s.URL, http.StatusOK)
}

func TestAStreamEndsWithWhatItMayTell(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	s.Stop()
	s.Heartbeat = 50 * time.Millisecond
	s.Start()
	admin := s.As("admin")
	out := listens(t, s.As("lin"), s.URL, http.StatusOK)
	s.As("lin").Do(http.MethodDelete, "/api/v1/sessions/current", nil).Want(http.StatusNoContent)
	out.waits("logged-out", 0)
	moved := listens(t, s.As("wang"), s.URL, http.StatusOK)
	admin.Do(http.MethodPut, "/api/v1/people/"+servertest.ID("wang").String(),
		M{"name": "wang", "display_name": "Person wang", "grants": []M{{"role": "leader", "scope": M{"kind": "city"}}}}).Want(http.StatusOK)
	moved.waits("resync", 0)
	if name, _ := moved.hears(); name != "" {
		t.Errorf("after its end the stream says %s", name)
	}
}
