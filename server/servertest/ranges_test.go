package servertest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/servertest"
)

func TestOriginalsComeInPartsAndOnlyWhenTheyAreNew(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, b := s.As("lin"), phototest.JPEG(phototest.Scene(900, 700, 5), 95, nil)
		id, p := inspect.NewID(), servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: b}
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(p)).Want(http.StatusCreated)
		lin.Sends(id, p)
		path, size, etag := "/api/v1/issues/"+id.String()+"/photos/"+p.ID.String()+"/original", len(b), `"`+p.SHA256()+`"`
		for name, c := range map[string]struct {
			header   http.Header
			status   int
			from, to int // of the body, when there is one
		}{
			"the whole":                  {nil, 200, 0, size},
			"the first byte":             {http.Header{"Range": {"bytes=0-0"}}, 206, 0, 1},
			"a part":                     {http.Header{"Range": {"bytes=1000-1999"}}, 206, 1000, 2000},
			"from somewhere":             {http.Header{"Range": {"bytes=1000-"}}, 206, 1000, size},
			"beyond the end":             {http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", size-10, size+10)}}, 206, size - 10, size},
			"the last bytes":             {http.Header{"Range": {"bytes=-7"}}, 206, size - 7, size},
			"more than there are":        {http.Header{"Range": {fmt.Sprintf("bytes=-%d", 2*size)}}, 206, 0, size},
			"nothing from behind":        {http.Header{"Range": {"bytes=-0"}}, 416, 0, 0},
			"behind the end":             {http.Header{"Range": {fmt.Sprintf("bytes=%d-", size)}}, 416, 0, 0},
			"backwards":                  {http.Header{"Range": {"bytes=9-3"}}, 200, 0, size},
			"two parts":                  {http.Header{"Range": {"bytes=0-1,5-6"}}, 200, 0, size},
			"another unit":               {http.Header{"Range": {"lines=0-1"}}, 200, 0, size},
			"nonsense":                   {http.Header{"Range": {"bytes=a-b"}}, 200, 0, size},
			"a number too large":         {http.Header{"Range": {"bytes=99999999999999999999-"}}, 200, 0, size},
			"known":                      {http.Header{"If-None-Match": {etag}}, 304, 0, 0},
			"known, weakly":              {http.Header{"If-None-Match": {"W/" + etag}}, 304, 0, 0},
			"known among others":         {http.Header{"If-None-Match": {`"other", ` + etag}}, 304, 0, 0},
			"anything is known":          {http.Header{"If-None-Match": {"*"}}, 304, 0, 0},
			"another is known":           {http.Header{"If-None-Match": {`"other"`}}, 200, 0, size},
			"known, a part":              {http.Header{"If-None-Match": {etag}, "Range": {"bytes=0-9"}}, 304, 0, 0},
			"the rest of the same":       {http.Header{"Range": {"bytes=1000-"}, "If-Range": {etag}}, 206, 1000, size},
			"the rest of another":        {http.Header{"Range": {"bytes=1000-"}, "If-Range": {`"other"`}}, 200, 0, size},
			"the rest, by weak tag":      {http.Header{"Range": {"bytes=1000-"}, "If-Range": {"W/" + etag}}, 200, 0, size},
			"the rest, by date":          {http.Header{"Range": {"bytes=1000-"}, "If-Range": {"Wed, 21 Oct 2015 07:28:00 GMT"}}, 200, 0, size},
			"behind the end, of another": {http.Header{"Range": {fmt.Sprintf("bytes=%d-", size)}, "If-Range": {`"other"`}}, 200, 0, size},
		} {
			a := lin.Send(http.MethodGet, path, nil, c.header).Want(c.status)
			if a.Status == http.StatusRequestedRangeNotSatisfiable {
				a.WantProblem(416, "photo.range", "never")
				wantHeader(t, a, "Content-Range", fmt.Sprintf("bytes */%d", size))
				continue
			}
			wantHeader(t, a, "ETag", etag)
			if !bytes.Equal(a.Body, b[c.from:c.to]) {
				t.Errorf("%s: got %d other bytes, want %d to %d", name, len(a.Body), c.from, c.to)
			}
			if a.Status == http.StatusPartialContent {
				wantHeader(t, a, "Content-Range", fmt.Sprintf("bytes %d-%d/%d", c.from, c.to-1, size))
			}
		}
		loose := *lin
		loose.AllowInvalidRequests = true // every GET of the contract has its HEAD, which it does not list
		a := loose.Send(http.MethodHead, path, nil, nil).Want(http.StatusOK)
		for k, v := range map[string]string{"Content-Length": fmt.Sprint(size), "Content-Type": "image/jpeg", "ETag": etag, "Accept-Ranges": "bytes",
			"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"} {
			wantHeader(t, a, k, v)
		}
		if len(a.Body) != 0 {
			t.Errorf("HEAD: got %d bytes", len(a.Body))
		}
		// Answers without a body leave the connection ready for the next request.
		if again := lin.Do(http.MethodGet, path, nil).Want(http.StatusOK); !bytes.Equal(again.Body, b) {
			t.Errorf("after all that: got %d other bytes", len(again.Body))
		}
	})
}

func TestAPictureThatIsNotMadeYetComesLater(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, p := s.As("lin"), servertest.NewPicture("report")
		id := inspect.NewID()
		path := "/api/v1/issues/" + id.String() + "/photos/" + p.ID.String()
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(p)).Want(http.StatusCreated)
		for _, size := range []string{"/original", "/display", "/thumb", "/stamped"} {
			lin.Do(http.MethodGet, path+size, nil).WantProblem(http.StatusConflict, "photo.not-safe", "later")
		}
		lin.Sends(id, p)
		for _, size := range []string{"/display", "/thumb", "/stamped"} {
			lin.Do(http.MethodGet, path+size, nil).WantProblem(http.StatusNotFound, "photo.rendition-pending", "later")
		}
		s.Drain()
		for _, size := range []string{"/original", "/display", "/thumb", "/stamped"} {
			lin.Do(http.MethodGet, path+size, nil).Want(http.StatusOK)
		}
	})
}
