package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// hidden is a request that no server may take out of the body of another one: whoever does answers twice.
const hidden = "GET /livez HTTP/1.1\r\nHost: hidden\r\n\r\n"

// smuggled is a body of at least n bytes that is made of requests.
func smuggled(n int) string { return strings.Repeat(hidden, n/len(hidden)+1) }

// sized is a request whose body is declared with its true length.
func sized(line, headers, body string) string {
	return fmt.Sprintf("%s HTTP/1.1\r\nHost: h\r\n%sContent-Length: %d\r\n\r\n%s", line, headers, len(body), body)
}

// chunked is a request whose body comes in one chunk.
func chunked(line, headers, body string) string {
	return fmt.Sprintf("%s HTTP/1.1\r\nHost: h\r\n%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", line, headers, len(body), body)
}

func TestNoBodyRunsAsARequest(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	id, p := lin.ReportsMud(), servertest.NewPicture("after")
	photo := fmt.Sprintf("/api/v1/issues/%s/photos/%s", id, p.ID)
	digest := "Content-Digest: " + p.Digest() + "\r\n"
	doors := []struct {
		line, headers string
		status        int
	}{
		{"PUT " + photo, lin.Auth() + digest, 404},
		{"PUT " + photo, lin.Auth(), 400},
		{"PUT " + photo, digest, 401},
		{"PUT /api/v1/issues/nonsense/photos/" + p.ID.String(), lin.Auth() + digest, 422},
		{"PUT /api/v1/issues/" + id.String(), lin.Auth(), 422},
		{"PUT /api/v1/issues/" + id.String(), "", 401},
		{"POST /api/v1/issues/" + id.String() + "/photos", lin.Auth(), 422},
		{"POST /api/v1/sessions", "", 422},
		{"POST /nowhere", "", 404},
		{"POST /livez", "", 405},
		{"BREW /livez", "", 405},
		{"DELETE /api/v1/sessions/" + id.String(), "", 401},
		{"GET /api/v1/me", "", 401},
		{"GET /api/v1/me", lin.Auth(), 200},
		{"GET /nowhere", "", 404},
		{"GET /metrics", "", 200},
		{"GET /api/docs", "", 200},
	}
	for _, size := range []int{100, 60_000, 400_000} {
		for _, form := range []func(string, string, string) string{sized, chunked} {
			for _, d := range doors {
				request := form(d.line, d.headers, smuggled(size))
				t.Run(fmt.Sprintf("%s %d bytes", request[:strings.Index(request, " HTTP")], size), func(t *testing.T) {
					method, path, _ := strings.Cut(d.line, " ")
					if a := lin.WithT(t).Dial().Says(request).WantOneAnswer(method, path); a.Status != d.status && a.Status != 400 &&
						(a.Status != 413 || size < 16<<10 || d.line != "POST /api/v1/sessions") { // strangers send little
						t.Errorf("got %d, want %d\n%s", a.Status, d.status, a.Body)
					}
				})
			}
		}
	}
}

func TestTwoLengthsAreNoRequest(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	door := "PUT /api/v1/issues/" + inspect.NewID().String()
	tests := map[string]string{
		"two lengths":               "Content-Length: 4\r\nContent-Length: 80\r\n",
		"the same length twice":     "Content-Length: 4\r\nContent-Length: 4\r\n",
		"length and chunks":         "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
		"chunks and length":         "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
		"chunks twice":              "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"in any case of letters":    "content-length: 4\r\nTRANSFER-ENCODING: chunked\r\n",
		"a list of lengths":         "Content-Length: 4, 80\r\n",
		"a length with a sign":      "Content-Length: +4\r\n",
		"a length below nothing":    "Content-Length: -4\r\n",
		"a length in hexadecimal":   "Content-Length: 0x4\r\n",
		"a length without end":      "Content-Length: 99999999999999999999999\r\n",
		"an empty length":           "Content-Length:\r\n",
		"a length before its colon": "Content-Length : 4\r\n",
		"an unknown coding":         "Transfer-Encoding: gzip\r\n",
		"two codings":               "Transfer-Encoding: gzip, chunked\r\n",
		"no coding":                 "Transfer-Encoding: identity\r\n",
		"a coding behind a tab":     "Transfer-Encoding: \x0bchunked\r\n",
		"a coding before a feed":    "Transfer-Encoding: chunked\x0c\r\n",
		"a line without its return": "X-A: b\nContent-Length: 4\r\n",
		"a return within a line":    "X-A: b\rContent-Length: 4\r\n",
		"two hosts":                 "Host: other\r\nContent-Length: 4\r\n",
		"the same host twice":       "Host: h\r\nContent-Length: 4\r\n",
		"a byte 0":                  "X-A: b\x00c\r\nContent-Length: 4\r\n",
		"a coding spelt oddly":      "Transfer-Encoding: xchunked\r\n",
		"a folded header":           "X-A: b\r\n Content-Length: 4\r\nContent-Length: 80\r\n",
		"a fold into a second one":  "Content-Length: 4\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n",
	}
	for _, method := range []string{door, "POST /nowhere", "BREW /livez", "GET /livez"} {
		for name, headers := range tests {
			t.Run(method[:4]+name, func(t *testing.T) {
				t.Parallel()
				verb, path, _ := strings.Cut(method, " ")
				w := lin.WithT(t).Dial().Says(method + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + headers + "\r\n0\r\n\r\n" + smuggled(2000))
				w.Hears(verb, path).WantProblem(http.StatusBadRequest, "request.malformed", "never")
				w.WantClosed()
			})
		}
	}
}

func TestRequestsAreOfHTTP11AndForOneHost(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	for name, head := range map[string]string{
		"no host":         "GET /livez HTTP/1.1\r\n",
		"HTTP/2.0":        "GET /livez HTTP/2.0\r\nHost: h\r\n",
		"HTTP/0.9":        "GET /livez HTTP/0.9\r\nHost: h\r\n",
		"HTTP/1.2":        "GET /livez HTTP/1.2\r\nHost: h\r\n",
		"another one":     "GET /livez HTCPCP/1.0\r\nHost: h\r\n",
		"a line feed":     "GET /livez HTTP/1.1\nHost: h\n",
		"one of two only": "GET /livez HTTP/1.1\r\nHost: h\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := lin.WithT(t).Dial().Says(head + "\r\n" + hidden)
			w.Hears("GET", "/livez").WantProblem(http.StatusBadRequest, "request.malformed", "never")
			w.WantClosed()
		})
	}
}

func TestChunksOfHTTP10AreNoRequest(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	w := lin.WithT(t).Dial().Says("PUT /api/v1/issues/" + inspect.NewID().String() +
		" HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + hidden)
	w.Hears("PUT", "/api/v1/issues/x").WantProblem(http.StatusBadRequest, "request.malformed", "never")
	w.WantClosed()
}

func TestACraftedFormGetsOneAnswer(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	id := lin.ReportsMud()
	form := "multipart/form-data; boundary=b"
	bodies := map[string]string{
		"ends early":     "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\n" + smuggled(3000),
		"never ends":     "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + smuggled(3000),
		"has no parts":   smuggled(3000),
		"large and ends": "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n" + smuggled(200_000) + "\r\n--b--\r\n",
	}
	for _, door := range []string{"POST /api/v1/issues/" + id.String() + "/photos", "POST /api/v1/sessions",
		"PUT /api/v1/issues/" + id.String() + "/photos/" + id.String(), "POST /nowhere"} {
		for name, body := range bodies {
			t.Run(door[:5]+name, func(t *testing.T) {
				t.Parallel()
				method, path, _ := strings.Cut(door, " ")
				a := lin.WithT(t).Dial().Says(sized(door, lin.Auth()+"Content-Type: "+form+"\r\n", body)).WantOneAnswer(method, path)
				if a.Status < 400 || a.Status > 499 {
					t.Errorf("got %d, want a refusal", a.Status)
				}
			})
		}
	}
}
