package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/httpapi"
	"spotcheck/server/servertest"
)

func TestWhoExpectsToContinueMay(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	id, p := lin.ReportsMud(), servertest.NewPicture("after")
	lin.Declares(id, p).Want(201)
	photo := "/api/v1/issues/" + id.String() + "/photos/" + p.ID.String()
	head := "PUT " + photo + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Expect: 100-continue\r\n"
	t.Run("and is told so before the body", func(t *testing.T) {
		w := lin.WithT(t).Dial().Says(head + fmt.Sprintf("Content-Digest: %s\r\nContent-Length: %d\r\n\r\n", p.Digest(), len(p.Bytes)))
		w.WantContinue()
		w.Says(string(p.Bytes)).Hears(http.MethodPut, photo).Want(201)
		w.WantInStep()
	})
	t.Run("and a refused body is no request", func(t *testing.T) {
		body := smuggled(2000)
		w := lin.WithT(t).Dial().Says(head + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body)
		w.WantOneAnswer(http.MethodPut, photo).WantProblem(400, "photo.header", "never")
	})
	t.Run("but not with two lengths", func(t *testing.T) {
		w := lin.WithT(t).Dial().Says(head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde" + hidden)
		w.Hears(http.MethodPut, photo).WantProblem(400, "request.malformed", "never")
		w.WantClosed()
	})
	t.Run("but not for hundred megabytes", func(t *testing.T) {
		path := "/api/v1/issues/" + inspect.NewID().String()
		w := lin.WithT(t).Dial().Says("PUT " + path + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Expect: 100-continue\r\nContent-Length: 104857600\r\n\r\n")
		w.Hears(http.MethodPut, path).WantProblem(413, "request.too-large", "never")
		w.WantClosed()
	})
}

func TestRequestsInARowAreAnsweredInOrder(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	unit := "/api/v1/units/" + inspect.NewID().String()
	w := lin.WithT(t).Dial()
	for range 3 {
		w.Says("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n" + sized("PUT "+unit, lin.Auth(), "{}") + chunked("PUT "+unit, lin.Auth(), "{}") +
			sized("PUT "+unit, "", strings.Repeat("x", 9000)) + "HEAD /livez HTTP/1.1\r\nHost: h\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n")
	}
	for range 3 {
		w.Hears("GET", "/livez").Want(200)
		w.Hears("PUT", unit).WantProblem(422, "content.invalid", "never")
		w.Hears("PUT", unit).WantProblem(422, "content.invalid", "never")
		w.Hears("PUT", unit).WantProblem(401, "session.required", "after-login")
		w.Hears("HEAD", "/livez").Want(200)
		w.Hears("GET", "/nowhere").WantProblem(404, "not-found", "never")
	}
	w.WantInStep()
}

func TestHEADIsGETWithoutItsBody(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	office := s.As("office")
	id := s.As("lin").ReportsMud()
	photo := "/api/v1/issues/" + id.String() + "/photos/" + photoOf(office, id)
	s.Drain()
	for _, path := range []string{"/livez", "/readyz", "/api/docs", "/api/openapi.yaml", "/api/openapi.json", "/api/v1/me", "/api/v1/issues", "/api/v1/issues/" + id.String(),
		"/api/v1/issues.csv", "/api/v1/issues.geojson", photo, photo + "/original", photo + "/thumb", photo + "/stamped", "/nowhere"} {
		t.Run(path, func(t *testing.T) {
			w := office.WithT(t).Dial()
			get := w.Asks("GET "+path, strings.TrimSpace(office.Auth())).Hears("GET", path)
			head := w.Asks("HEAD "+path, strings.TrimSpace(office.Auth())).Hears("HEAD", path)
			if head.Status != get.Status || len(head.Body) != 0 {
				t.Errorf("HEAD got %d with %d bytes, GET %d", head.Status, len(head.Body), get.Status)
			}
			for _, h := range []string{"Content-Type", "Etag", "Cache-Control", "Content-Disposition", "Accept-Ranges"} {
				if g, w := head.Header.Get(h), get.Header.Get(h); g != w {
					t.Errorf("%s: HEAD got %q, GET %q", h, g, w)
				}
			}
			if n := head.Header.Get("Content-Length"); n != "" && n != fmt.Sprint(len(get.Body)) && !bytes.Contains(get.Body, []byte("server_time")) && get.Status == 200 {
				t.Errorf("HEAD says %s bytes, GET sent %d", n, len(get.Body))
			}
			w.WantInStep()
		})
	}
}

// photoOf is the id of the first photo of an issue.
func photoOf(c *servertest.Client, issue inspect.ID) string {
	var i struct{ Photos []struct{ ID string } }
	c.Do(http.MethodGet, "/api/v1/issues/"+issue.String(), nil).Want(200).Into(&i)
	return i.Photos[0].ID
}

func TestAMethodThatADoorDoesNotTake(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	lin := s.As("lin")
	tests := []struct {
		ask    string
		status int
		code   string
		allow  string
	}{
		{"POST /livez", 405, "request.method", "GET, HEAD"},
		{"PATCH /api/v1/issues", 405, "request.method", "GET, HEAD"},
		{"DELETE /api/v1/issues/" + inspect.NewID().String(), 405, "request.method", "GET, HEAD, PUT"},
		{"OPTIONS /api/v1/sessions", 405, "request.method", "GET, HEAD, POST"},
		{"TRACE /livez", 405, "request.method", "GET, HEAD"},
		{"CONNECT /livez", 405, "request.method", "GET, HEAD"},
		{"BREW /livez", 405, "request.method", "GET, HEAD"},
		{"get /livez", 405, "request.method", "GET, HEAD"},
		{"BREW /nowhere", 404, "not-found", ""},
		{"DELETE /nowhere", 404, "not-found", ""},
		{"GET /api/v1/issues/", 404, "not-found", ""},
		{"GET /API/v1/me", 404, "not-found", ""},
		{"GET /api/v1//me", 404, "not-found", ""},
		{"GET /api/v1/../v1/me", 404, "not-found", ""},
		{"GET /api/v1/issues/%2e%2e/people", 404, "not-found", ""},
		{"GET /%00", 404, "not-found", ""},
	}
	for _, tt := range tests {
		t.Run(tt.ask, func(t *testing.T) {
			t.Parallel()
			method, path, _ := strings.Cut(tt.ask, " ")
			a := lin.WithT(t).Dial().Asks(tt.ask, strings.TrimSpace(lin.Auth())).WantOneAnswer(method, path).WantProblem(tt.status, tt.code, "never")
			if got := a.Header.Get("Allow"); got != tt.allow {
				t.Errorf("Allow: got %q, want %q", got, tt.allow)
			}
		})
	}
}

func TestEveryAnswerNamesItsRequest(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	for name, sent := range map[string]string{
		"a door":               "GET /api/v1/me HTTP/1.1\r\nHost: h\r\n\r\n",
		"no door":              "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n",
		"no method":            "BREW /livez HTTP/1.1\r\nHost: h\r\n\r\n",
		"no request":           "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"a length that is not": "PUT /livez HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
		"headers of 20 KiB":    "GET /livez HTTP/1.1\r\nHost: h\r\nX-Long: " + strings.Repeat("x", 20<<10) + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := lin.WithT(t).Dial().Says(sent).Hears("GET", "/nowhere")
			var p struct {
				RequestID string `json:"request_id"`
			}
			if a.Into(&p); len(p.RequestID) != 16 || p.RequestID != a.Header.Get("X-Request-Id") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("got request %q in the body, %q in the headers", p.RequestID, a.Header.Get("X-Request-Id"))
			}
		})
	}
}

func TestWhoIsCutOffSeesWhy(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	id, p := lin.ReportsMud(), servertest.NewPicture("after")
	photo := "/api/v1/issues/" + id.String() + "/photos/" + p.ID.String()
	body := make([]byte, 8<<20) // more than any buffer on the way holds
	w := lin.Dial()
	if err := w.Writes(sized("PUT "+photo, "Content-Digest: "+p.Digest()+"\r\n", string(body))); err != nil {
		t.Errorf("the connection broke while the phone was still sending: %v", err)
	}
	w.Hears(http.MethodPut, photo).WantProblem(401, "session.required", "after-login")
	w.WantClosed()
}

func TestAPanicEndsNothingButItsRequest(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	said := &logged{}
	a, err := httpapi.Listen(httpapi.Options{Core: &core.Core{}, Log: slog.New(slog.NewJSONHandler(said, nil)), Addr: "127.0.0.1:0"}) // without rooms every use case panics
	if err != nil {
		t.Fatal(err)
	}
	serves(t, a)
	lost := &servertest.Client{Server: &servertest.Server{API: a, URL: "http://" + a.Addr()}}
	w := lost.WithT(t).Dial()
	for _, door := range []string{"/readyz", "/api/v1/me"} {
		answer := w.Asks("GET "+door, strings.TrimSpace(s.As("lin").Auth())).Hears(http.MethodGet, door).WantProblem(500, "internal", "later")
		wantStack(t, said, answer, "server/httpapi.(*API)")
	}
	w.WantInStep()
}

func TestAPanicInATransactionKeepsItsStack(t *testing.T) {
	t.Parallel()
	said, clock := &logged{}, &clockThatBreaks{}
	settings := servertest.Settings(t, servertest.SQLite)
	opened, err := app.Open(t.Context(), settings, slog.New(slog.NewJSONHandler(said, nil)), clock.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	a, err := httpapi.Listen(httpapi.Options{Core: opened.Core, Log: slog.New(slog.NewJSONHandler(said, nil)), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	serves(t, a)
	lin := &servertest.Client{Server: &servertest.Server{API: a, URL: "http://" + a.Addr()}}
	clock.broken.Store(true)
	defer clock.broken.Store(false)
	answer := lin.WithT(t).Dial().Asks("GET /api/v1/me", "Authorization: Bearer "+strings.Repeat("a", 43)).Hears(http.MethodGet, "/api/v1/me").WantProblem(500, "internal", "later")
	wantStack(t, said, answer, "(*clockThatBreaks).now")
}

// wantStack checks that the log holds the stack of a request that broke down, and its answer nothing but a fixed sentence
// and the id by which the log is searched.
func wantStack(t *testing.T, said *logged, answer *servertest.Answer, frame string) {
	t.Helper()
	var p struct {
		Detail    string
		RequestID string `json:"request_id"`
	}
	answer.Into(&p)
	if want := "Something went wrong on the server; the request id helps to find it."; p.Detail != want {
		t.Errorf("got the answer %q, want %q", p.Detail, want)
	}
	if body := string(answer.Body); strings.Contains(body, "goroutine") || strings.Contains(body, ".go:") {
		t.Errorf("the answer tells where it broke: %s", body)
	}
	for line := range strings.Lines(said.String()) {
		var l struct {
			Msg       string
			RequestID string `json:"request_id"`
			Error     string
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Msg == "request failed" && l.RequestID == p.RequestID {
			if !strings.Contains(l.Error, "panic") || !strings.Contains(l.Error, "goroutine ") || !strings.Contains(l.Error, frame) {
				t.Errorf("the log keeps no stack with %s: %s", frame, l.Error)
			}
			return
		}
	}
	t.Errorf("the log has no line of the request %s: %s", p.RequestID, said.String())
}

// clockThatBreaks is a clock that panics once it is broken.
type clockThatBreaks struct{ broken atomic.Bool }

func (c *clockThatBreaks) now() time.Time {
	if c.broken.Load() {
		panic("the clock is broken")
	}
	return time.Now()
}

// logged is what was logged so far.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a line.
func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serves answers until the test ends.
func serves(t *testing.T, a *httpapi.API) {
	done := make(chan error, 1)
	go func() { done <- a.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(a.Close(context.Background()), <-done); err != nil {
			t.Error(err)
		}
	})
}
