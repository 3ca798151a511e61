package servertest_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"spotcheck/server/servertest"
)

// onTheWire is an answer as it comes: nothing is undone on the way.
type onTheWire struct {
	*http.Response
	bytes []byte
}

// asks sends a request that takes such codings.
func asks(t *testing.T, c *servertest.Client, method, path string, header http.Header) onTheWire {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	a, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return onTheWire{a, b}
}

func takes(codings string) http.Header { return http.Header{"Accept-Encoding": {codings}} }

// plain is what the answer says.
func (a onTheWire) plain(t *testing.T) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(a.bytes)
	var err error
	switch coding := a.Header.Get("Content-Encoding"); coding {
	case "br":
		r = brotli.NewReader(r)
	case "gzip":
		r, err = gzip.NewReader(r)
	case "":
	default:
		t.Fatalf("a coding that nobody asked for: %s", coding)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// firstLoad are the page of an app and all that it names, as they come to a browser.
func firstLoad(t *testing.T, c *servertest.Client, page, codings string) (bytes int) {
	t.Helper()
	a := asks(t, c, http.MethodGet, page, takes(codings))
	bytes = len(a.bytes)
	for _, m := range loads.FindAllStringSubmatch(string(a.plain(t)), -1) {
		if strings.HasPrefix(m[1], "/assets/") {
			bytes += len(asks(t, c, http.MethodGet, m[1], takes(codings)).bytes)
		}
	}
	return bytes
}

func TestTheFirstLoadOfAnAppIsSmallOnTheWire(t *testing.T) {
	t.Parallel()
	nobody := (&servertest.Client{Server: servertest.New(t, servertest.SQLite)}).WithT(t)
	for _, codings := range []string{"gzip, deflate, br, zstd", "gzip"} {
		for page, most := range map[string]int{"/app/": 170 << 10, "/desk/": 350 << 10} {
			if n := firstLoad(t, nobody, page, codings); n > most {
				t.Errorf("%s with %s: got %d bytes, want at most %d", page, codings, n, most)
			}
		}
	}
}

func TestABuiltFileComesInTheSmallestFormThatItsReaderTakes(t *testing.T) {
	t.Parallel()
	nobody := (&servertest.Client{Server: servertest.New(t, servertest.SQLite)}).WithT(t)
	page := asks(t, nobody, http.MethodGet, "/app/", takes("identity"))
	script := loads.FindStringSubmatch(string(page.bytes[bytes.Index(page.bytes, []byte("<script")):]))[1]
	for _, path := range []string{"/app/", "/desk/", "/app/sw.js", "/app/manifest.webmanifest", script} {
		whole := asks(t, nobody, http.MethodGet, path, takes("identity"))
		tags := map[string]bool{}
		for _, test := range [][2]string{{"identity", ""}, {"br;q=0, gzip;q=0", ""}, {"deflate", ""}, {"gzip", "gzip"}, {"gzip, br", "br"}, {"GZIP;q=0.5", "gzip"},
			{"br;q=0,gzip", "gzip"}, {"*", "br"}, {"br; q=0.1", "br"}} {
			a := asks(t, nobody, http.MethodGet, path, takes(test[0]))
			if got := a.Header.Get("Content-Encoding"); a.StatusCode != 200 || got != test[1] {
				t.Fatalf("%s with %q: got %d in %q, want %q", path, test[0], a.StatusCode, got, test[1])
			}
			if !bytes.Equal(a.plain(t), whole.bytes) {
				t.Errorf("%s with %q is another file", path, test[0])
			}
			if a.Header.Get("Vary") != "Accept-Encoding" || a.Header.Get("Content-Type") != whole.Header.Get("Content-Type") {
				t.Errorf("%s with %q: got Vary %q and type %q", path, test[0], a.Header.Get("Vary"), a.Header.Get("Content-Type"))
			}
			tag := a.Header.Get("Etag")
			tags[test[1]+tag] = true
			same := asks(t, nobody, http.MethodGet, path, http.Header{"Accept-Encoding": {test[0]}, "If-None-Match": {tag}})
			if same.StatusCode != 304 || len(same.bytes) > 0 || same.Header.Get("Etag") != tag || same.Header.Get("Cache-Control") != a.Header.Get("Cache-Control") {
				t.Errorf("%s, had already: got %s with %d bytes, %v", path, same.Status, len(same.bytes), same.Header)
			}
			head := asks(t, nobody, http.MethodHead, path, takes(test[0]))
			if head.ContentLength != int64(len(a.bytes)) || head.Header.Get("Content-Encoding") != test[1] || head.Header.Get("Etag") != tag || len(head.bytes) > 0 {
				t.Errorf("HEAD %s with %q: got %d bytes, %v", path, test[0], head.ContentLength, head.Header)
			}
			part := asks(t, nobody, http.MethodGet, path, http.Header{"Accept-Encoding": {test[0]}, "Range": {"bytes=0-9"}})
			if part.StatusCode != 200 || !bytes.Equal(part.plain(t), whole.bytes) { // a range of what is compressed is no use to anybody
				t.Errorf("%s, a part of it with %q: got %s", path, test[0], part.Status)
			}
		}
		if len(tags) != 3 {
			t.Errorf("%s has the tags %v, want one for each form", path, tags)
		}
	}
	if icon := asks(t, nobody, http.MethodGet, "/app/icon-192.png", takes("br, gzip")); icon.Header.Get("Content-Encoding") != "" {
		t.Error("a picture is compressed twice")
	}
}

func TestALongAnswerComesCompressedToWhoTakesIt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	lin, office := s.As("lin"), s.As("office")
	id := lin.ReportsMud()
	for range 49 {
		lin.ReportsMud()
	}
	photo := "/api/v1/issues/" + id.String() + "/photos/" + lin.Shows(id, "report").String()
	s.Drain()
	list := asks(t, office, http.MethodGet, "/api/v1/issues?limit=50", takes("gzip, br"))
	whole := asks(t, office, http.MethodGet, "/api/v1/issues?limit=50", takes("identity"))
	if got := list.Header.Get("Content-Encoding"); got != "gzip" || len(list.bytes) > 12<<10 || len(whole.bytes) < 12<<10 {
		t.Errorf("a list of fifty: got %d bytes in %q, plain %d", len(list.bytes), got, len(whole.bytes))
	}
	if !bytes.Equal(list.plain(t), whole.bytes) || list.ContentLength != int64(len(list.bytes)) {
		t.Errorf("a list of fifty that is compressed says something else: %d bytes, said to be %d", len(list.bytes), list.ContentLength)
	}
	for path, want := range map[string]string{
		"/api/v1/bootstrap": "gzip", "/api/openapi.json": "gzip", "/api/openapi.yaml": "gzip", "/api/docs": "gzip",
		"/api/v1/issues?limit=1&status=verified": "", // short
		"/api/v1/issues/" + id.String():          "", // its tag is its version
		"/api/v1/issues.csv":                     "", // streamed
		"/api/v1/issues.geojson":                 "",
		photo + "/original":                      "", // small already
		photo + "/thumb":                         "",
		"/api/v1/nothing":                        "",
	} {
		a := asks(t, office, http.MethodGet, path, takes("gzip"))
		if got := a.Header.Get("Content-Encoding"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
		if want != "" && a.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: got Vary %q", path, a.Header.Get("Vary"))
		}
	}
	// What is given out once, a token, never stands in an answer whose length says something of it.
	session := office.Send(http.MethodPost, "/api/v1/sessions", []byte(`{"name":"office","password":"`+strings.Repeat("x", 20)+`"}`), takes("gzip"))
	if got := session.Header.Get("Content-Encoding"); got != "" {
		t.Errorf("an answer to a log-in is in %q", got)
	}
}
