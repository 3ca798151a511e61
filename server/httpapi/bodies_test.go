package httpapi_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// jsonDoors are doors that read a whole body.
func jsonDoors() []string {
	return []string{"PUT /api/v1/issues/" + inspect.NewID().String(), "POST /api/v1/sessions", "PUT /api/v1/units/" + inspect.NewID().String()}
}

func TestABodyOfHundredMegabytesIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	for _, door := range jsonDoors() {
		method, path, _ := strings.Cut(door, " ")
		head := door + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth()
		t.Run("declared "+path, func(t *testing.T) {
			t.Parallel()
			w := lin.WithT(t).Dial().Says(head + "Content-Length: 104857600\r\n\r\n{\"note\":\"")
			w.Hears(method, path).WantProblem(413, "request.too-large", "never")
			w.WantClosed()
		})
		t.Run("in chunks "+path, func(t *testing.T) {
			t.Parallel()
			w := lin.WithT(t).Dial().Says(head + "Transfer-Encoding: chunked\r\n\r\n")
			chunk := fmt.Sprintf("%x\r\n%s\r\n", 64<<10, strings.Repeat(" ", 64<<10))
			for range 20 { // 1.25 MiB, and no end
				w.Says(chunk)
			}
			w.Hears(method, path).WantProblem(413, "request.too-large", "never")
			w.WantClosed()
		})
		t.Run("just too large "+path, func(t *testing.T) {
			t.Parallel()
			lin.WithT(t).Dial().Says(sized(door, lin.Auth(), strings.Repeat(" ", takes(path)+1))).WantOneAnswer(method, path).
				WantProblem(413, "request.too-large", "never")
		})
		t.Run("just not too large "+path, func(t *testing.T) {
			t.Parallel()
			lin.WithT(t).Dial().Says(sized(door, lin.Auth(), strings.Repeat(" ", takes(path)))).WantOneAnswer(method, path).WantProblem(422, "content.invalid", "never")
		})
	}
}

// takes is how many bytes a door takes: of who has no session few.
func takes(path string) int {
	if path == "/api/v1/sessions" {
		return 16 << 10
	}
	return 1 << 20
}

func TestACutConnectionIsNoEndOfABody(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	for _, door := range jsonDoors() {
		method, path, _ := strings.Cut(door, " ")
		head := door + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth()
		for name, sent := range map[string]string{
			"before its first byte":   head + "Content-Length: 2\r\n\r\n",
			"inside a short body":     head + "Content-Length: 400\r\n\r\n{}",
			"inside a long body":      head + fmt.Sprintf("Content-Length: %d\r\n\r\n{}", takes(path)*2/5) + strings.Repeat(" ", takes(path)*3/10),
			"before the first chunk":  head + "Transfer-Encoding: chunked\r\n\r\n",
			"inside a chunk":          head + "Transfer-Encoding: chunked\r\n\r\n40\r\n{}",
			"between two chunks":      head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
			"before the end of chunk": head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}",
		} {
			t.Run(path[:12]+" "+name, func(t *testing.T) {
				t.Parallel()
				w := lin.WithT(t).Dial().Says(sent).Cuts()
				w.Hears(method, path).WantProblem(400, "request.incomplete", "later")
				w.WantClosed()
			})
		}
	}
	t.Run("inside the headers", func(t *testing.T) {
		t.Parallel()
		w := lin.WithT(t).Dial().Says("PUT /api/v1/issues/x HTTP/1.1\r\nHost: h\r\nContent-Le").Cuts()
		w.Hears(http.MethodPut, "/api/v1/issues/x").WantProblem(400, "request.incomplete", "later")
		w.WantClosed()
	})
}

func TestChunksThatCannotBeReadAreNoRequest(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	for _, body := range []string{"zz\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n0\r\n\r\n", "fffffffffffffffff\r\n{}", "2\r\n{}XX0\r\n\r\n" + hidden} {
		w := lin.WithT(t).Dial().Says("PUT /api/v1/units/" + inspect.NewID().String() + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Transfer-Encoding: chunked\r\n\r\n" + body)
		w.Hears(http.MethodPut, "/api/v1/units/x").WantProblem(400, "request.malformed", "never")
		w.WantClosed()
	}
}

func TestABodyInChunksIsReadAsAnyOther(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	admin := s.As("admin")
	body := `{"name":"甲","kind":"crew"}`
	w := admin.WithT(t).Dial().Says(chunked("PUT /api/v1/units/"+inspect.NewID().String(), admin.Auth(), body))
	if a := w.WantOneAnswer(http.MethodPut, "/api/v1/units/"+inspect.NewID().String()); a.Status != 201 {
		t.Errorf("got %d %s, want 201", a.Status, a.Body)
	}
}

func TestWhoSendsNothingIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	lin := s.As("lin")
	id, p := lin.ReportsMud(), servertest.NewPicture("after")
	lin.Declares(id, p).Want(201)
	s.Stop()
	s.ReadTimeout = 150 * time.Millisecond
	s.Start()
	photo := "/api/v1/issues/" + id.String() + "/photos/" + p.ID.String()
	report := "/api/v1/issues/" + inspect.NewID().String()
	for name, tt := range map[string]struct{ path, sent, code string }{
		"in the headers": {report, "PUT " + report + " HTTP/1.1\r\nHost: h\r\nX-Slow: ", "request.incomplete"},
		"in a body":      {report, "PUT " + report + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Content-Length: 400\r\n\r\n{", "request.incomplete"},
		"in chunks":      {report, "PUT " + report + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Transfer-Encoding: chunked\r\n\r\n40\r\n{", "request.incomplete"},
		"in a photo": {photo, "PUT " + photo + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Content-Digest: " + p.Digest() +
			"\r\nContent-Length: " + strconv.Itoa(len(p.Bytes)) + "\r\n\r\n\xff", "photo.incomplete"},
		"in a photo in vain":   {photo, "PUT " + photo + " HTTP/1.1\r\nHost: h\r\nContent-Length: 30000\r\n\r\n\xff", "session.required"},
		"before any request":   {report, "", "request.incomplete"},
		"after a whole answer": {report, "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n", "live"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := lin.WithT(t).Dial().Says(tt.sent)
			switch tt.code {
			case "live":
				w.Hears(http.MethodGet, "/livez").Want(200)
				return // an idle connection may stay: idleTime is another bound
			default:
				w.Hears(http.MethodPut, tt.path).WantProblem(map[bool]int{true: 401, false: 400}[tt.code == "session.required"], tt.code, "")
			}
			w.WantClosed()
		})
	}
	t.Run("a byte at a time", func(t *testing.T) {
		t.Parallel()
		w := lin.WithT(t).Dial().Says("PUT " + report + " HTTP/1.1\r\nHost: h\r\n")
		for range 40 { // each is in time, all together are not
			w.Says("X-Slow: x\r\n")
			w.Waits(10 * time.Millisecond)
		}
		w.Hears(http.MethodPut, report).WantProblem(400, "request.incomplete", "later")
		w.WantClosed()
	})
	t.Run("a photo a byte at a time", func(t *testing.T) {
		t.Parallel()
		w := lin.WithT(t).Dial().Says("PUT " + photo + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Content-Digest: " + p.Digest() +
			"\r\nContent-Length: " + strconv.Itoa(len(p.Bytes)) + "\r\n\r\n")
		for n := 0; n < len(p.Bytes); n += len(p.Bytes)/30 + 1 { // longer than the patience, but never a gap of it
			w.Says(string(p.Bytes[n:min(len(p.Bytes), n+len(p.Bytes)/30+1)]))
			w.Waits(10 * time.Millisecond)
		}
		w.Hears(http.MethodPut, photo).Want(201)
	})
}
