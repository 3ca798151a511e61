package servertest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

func TestAnOriginalIsReadInParts(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		p := promise(t, s.As("lin"), big(300_000))
		p.comes(t)
		size, whole := len(p.p.Bytes), string(p.p.Bytes)
		for asked, want := range map[string]struct{ from, to int }{
			"bytes=0-0": {0, 1}, "bytes=0-99": {0, 100}, "bytes=299999-": {size - 1, size}, "bytes=-1": {size - 1, size}, "bytes=-999999": {0, size},
			"bytes=100000-299999": {100_000, size}, "bytes=100000-9999999": {100_000, size}, "bytes=1-": {1, size},
		} {
			a := p.Send(http.MethodGet, p.path+"/original", nil, http.Header{"Range": {asked}}).Want(206)
			if string(a.Body) != whole[want.from:want.to] {
				t.Errorf("%s: got %d bytes that are not those", asked, len(a.Body))
			}
			wantHeader(t, a, "Content-Range", fmt.Sprintf("bytes %d-%d/%d", want.from, want.to-1, size))
		}
		for _, asked := range []string{"", "bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6", "bytes=-"} { // what is no range is ignored
			if a := p.Send(http.MethodGet, p.path+"/original", nil, http.Header{"Range": {asked}}).Want(200); string(a.Body) != whole {
				t.Errorf("%q: got %d bytes, want all", asked, len(a.Body))
			}
		}
		for _, asked := range []string{"bytes=300000-", "bytes=300000-300001", "bytes=9223372036854775807-", "bytes=-0"} {
			a := p.Send(http.MethodGet, p.path+"/original", nil, http.Header{"Range": {asked}}).WantProblem(416, "photo.range", "never")
			wantHeader(t, a, "Content-Range", fmt.Sprintf("bytes */%d", size))
		}
	})
}

func TestBytesThatOneHasAreNotSentAgain(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		p := promise(t, s.As("lin"), servertest.NewPicture("report"))
		p.comes(t)
		s.Drain()
		for _, part := range []string{"/original", "/thumb", "/display"} {
			first := p.Do(http.MethodGet, p.path+part, nil).Want(200)
			etag := first.Header.Get("Etag")
			if cache := first.Header.Get("Cache-Control"); !strings.Contains(cache, "private") || !strings.Contains(cache, "immutable") {
				t.Errorf("%s: Cache-Control is %q", part, cache)
			}
			if part == "/original" && etag != `"`+p.p.SHA256()+`"` {
				t.Errorf("the ETag of the original is %s, want its digest", etag)
			}
			if a := p.Send(http.MethodGet, p.path+part, nil, http.Header{"If-None-Match": {etag}}).Want(304); len(a.Body) != 0 {
				t.Errorf("%s: a 304 with %d bytes", part, len(a.Body))
			}
			p.Send(http.MethodGet, p.path+part, nil, http.Header{"If-None-Match": {`"other"`}}).Want(200)
		}
	})
}
