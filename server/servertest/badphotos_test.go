package servertest_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// promised is an issue with one photo that was declared and has not come.
type promised struct {
	*servertest.Client
	id   inspect.ID
	p    servertest.Picture
	path string
}

func promise(t *testing.T, c *servertest.Client, p servertest.Picture) *promised {
	t.Helper()
	id := inspect.NewID()
	c.WithT(t).Do(http.MethodPut, "/api/v1/issues/"+id.String(), c.Report(p)).Want(201)
	return &promised{c.WithT(t), id, p, "/api/v1/issues/" + id.String() + "/photos/" + p.ID.String()}
}

// sends sends bytes with headers of its own.
func (p *promised) sends(b []byte, header http.Header) *servertest.Answer {
	loose := *p.Client
	loose.AllowInvalidRequests = true
	h := http.Header{"Content-Type": {"image/jpeg"}, "Content-Digest": {p.p.Digest()}}
	for k, v := range header {
		if h[k] = v; v == nil {
			delete(h, k)
		}
	}
	return loose.Send(http.MethodPut, p.path, b, h)
}

// wantMissing fails unless the photo is still awaited and nothing of it is left lying around.
func (p *promised) wantMissing(t *testing.T) {
	t.Helper()
	var photo struct{ State string }
	if p.Do(http.MethodGet, p.path, nil).Want(200).Into(&photo); photo.State != "declared" {
		t.Errorf("the photo is %s, want declared", photo.State)
	}
	if left, err := os.ReadDir(p.Core.Blobs.SpoolDir()); err != nil || len(left) > 0 {
		t.Errorf("the spool holds %v, %v", left, err)
	}
	p.Do(http.MethodGet, p.path+"/original", nil).WantProblem(409, "photo.not-safe", "later")
}

// comes fails unless the photo is taken now, whatever was sent before.
func (p *promised) comes(t *testing.T) {
	t.Helper()
	var receipt struct {
		SHA256 string
		Photo  struct{ ID, State string }
	}
	p.Sends(p.id, p.p).Want(201).Into(&receipt)
	if receipt.SHA256 != p.p.SHA256() || receipt.Photo.ID != p.p.ID.String() || receipt.Photo.State != "safe" {
		t.Errorf("the receipt is %+v", receipt)
	}
	if a := p.Do(http.MethodGet, p.path+"/original", nil).Want(200); !bytes.Equal(a.Body, p.p.Bytes) {
		t.Error("the original is not what was sent")
	}
}

// big is a picture with so many bytes after its end.
func big(n int) servertest.Picture {
	p := servertest.NewPicture("report")
	p.Bytes = append(p.Bytes, make([]byte, n-len(p.Bytes))...)
	return p
}

func TestACutUploadIsSentAgain(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for _, size := range []int{4000, 100_000} {
			for _, part := range []float64{0, 0.001, 0.5, 0.999} {
				p := promise(t, lin, big(size))
				sent := int(float64(size) * part)
				w := p.Dial().Says(fmt.Sprintf("PUT %s HTTP/1.1\r\nHost: h\r\n%sContent-Digest: %s\r\nContent-Length: %d\r\n\r\n%s",
					p.path, p.Auth(), p.p.Digest(), size, p.p.Bytes[:sent])).Cuts()
				a := w.Hears(http.MethodPut, p.path).WantProblem(400, "photo.incomplete", "later")
				if !strings.Contains(string(a.Body), fmt.Sprintf("after %d of %d bytes", sent, size)) {
					t.Errorf("%d of %d bytes: got %s", sent, size, a.Body)
				}
				w.WantClosed()
				p.wantMissing(t)
				p.comes(t)
			}
		}
		s.Audit()
	})
}

func TestBytesThatAreNotThePromisedOnesAreSentAgain(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		p := promise(t, s.As("lin"), servertest.NewPicture("report"))
		flipped := slices.Clone(p.p.Bytes)
		flipped[len(flipped)/2] ^= 1
		p.sends(flipped, nil).WantProblem(422, "photo.digest", "later")
		p.wantMissing(t)
		p.sends(bytes.Repeat([]byte{0}, len(flipped)), nil).WantProblem(422, "photo.digest", "later")
		p.comes(t)
	})
}

func TestAnUploadThatIsNotAsDeclaredNeverWorks(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		p, other := promise(t, lin, servertest.NewPicture("report")), servertest.NewPicture("report")
		named := func(a *servertest.Answer, pointer string) {
			t.Helper()
			var r refusal
			if a.Into(&r); len(r.Errors) != 1 || r.Errors[0].Pointer != pointer {
				t.Errorf("got %s, want %s named", a.Body, pointer)
			}
		}
		named(p.sends(other.Bytes, http.Header{"Content-Digest": {other.Digest()}}).WantProblem(422, "photo.manifest-differs", "never"), "Content-Digest")
		named(p.sends(append(slices.Clone(p.p.Bytes), 0), nil).WantProblem(422, "photo.manifest-differs", "never"), "Content-Length")
		named(p.sends(p.p.Bytes[1:], nil).WantProblem(422, "photo.manifest-differs", "never"), "Content-Length")
		p.wantMissing(t)
		p.comes(t)
		p.sends(other.Bytes, http.Header{"Content-Digest": {other.Digest()}}).WantProblem(409, "photo.differs", "never")
		p.sends(p.p.Bytes, nil).Want(200)

		again := other
		again.ID = p.p.ID
		named(p.Declares(p.id, again).WantProblem(409, "photo.differs", "never"), "/photos/0/id")
		named(p.Declares(lin.ReportsMud(), p.p).WantProblem(409, "photo.differs", "never"), "/photos/0/id")
		p.Do(http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), p.Report(p.p)).WantProblem(409, "photo.differs", "never")
		changed := p.p
		changed.Kind = "after"
		p.Declares(p.id, changed).WantProblem(409, "photo.differs", "never")
		s.Audit()
	})
}

func TestWhatIsNoPictureIsNotTaken(t *testing.T) {
	files := map[string]string{
		"svg":         `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"tiff":        "II*\x00\x08\x00\x00\x00\x00\x00",
		"big-endian":  "MM\x00*\x00\x00\x00\x08\x00\x00",
		"zip":         "PK\x03\x04\x14\x00\x00\x00\x08\x00",
		"gif":         "GIF89a\x01\x00\x01\x00\x80\x00\x00",
		"bmp":         "BM\x3a\x00\x00\x00\x00\x00\x00\x00",
		"html":        "<!doctype html><script>alert(1)</script>",
		"pdf":         "%PDF-1.7\n",
		"program":     "\x7fELF\x02\x01\x01\x00",
		"video":       "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
		"a wave":      "RIFF\x24\x00\x00\x00WAVEfmt ",
		"one byte":    "\xff",
		"almost jpeg": "\xff\xd8\xfe",
		"jpeg inside": "x\xff\xd8\xff\xe0\x00\x10JFIF",
		"text":        "this is no picture",
	}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for name, content := range files {
			t.Run(name, func(t *testing.T) {
				p := promise(t, lin, servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: []byte(content)})
				p.sends([]byte(content), http.Header{"Content-Disposition": {`attachment; filename="photo.jpg"`}}).WantProblem(415, "photo.type", "never")
				p.wantMissing(t)
				p.Acts(p.id, "withdraw_photo", M{"photo": p.p.ID, "reason": "不是照片"}).Want(201)
				p.sends([]byte(content), nil).WantProblem(410, "photo.gone", "never")
			})
		}
		s.Audit()
	})
}

func TestTheHeadersOfAnUploadAreCheckedAllAtOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		p := promise(t, s.As("lin"), servertest.NewPicture("report"))
		sum := strings.TrimSuffix(strings.TrimPrefix(p.p.Digest(), "sha-256=:"), ":")
		for name, tt := range map[string]struct {
			header http.Header
			named  []string
		}{
			"no digest":          {http.Header{"Content-Digest": nil}, []string{"Content-Digest"}},
			"another algorithm":  {http.Header{"Content-Digest": {"sha-512=:" + sum + ":"}}, []string{"Content-Digest"}},
			"no colons":          {http.Header{"Content-Digest": {"sha-256=" + sum}}, []string{"Content-Digest"}},
			"hexadecimal":        {http.Header{"Content-Digest": {"sha-256=:" + p.p.SHA256() + ":"}}, []string{"Content-Digest"}},
			"two digests":        {http.Header{"Content-Digest": {"sha-256=:" + sum + ":, sha-256=:" + sum + ":"}}, []string{"Content-Digest"}},
			"a digest too short": {http.Header{"Content-Digest": {"sha-256=:" + base64.StdEncoding.EncodeToString(make([]byte, 31)) + ":"}}, []string{"Content-Digest"}},
			"compressed":         {http.Header{"Content-Encoding": {"gzip"}}, []string{"Content-Encoding"}},
			"everything": {http.Header{"Content-Digest": nil, "Content-Encoding": {"br"}, "Spotcheck-Sent-At": {"noon"}},
				[]string{"Content-Digest", "Spotcheck-Sent-At", "Content-Encoding"}},
		} {
			t.Run(name, func(t *testing.T) {
				var r refusal
				p.sends(p.p.Bytes, tt.header).WantProblem(400, "photo.header", "never").Into(&r)
				var got []string
				for _, e := range r.Errors {
					got = append(got, e.Pointer)
				}
				if !slices.Equal(got, tt.named) {
					t.Errorf("got %v, want %v", got, tt.named)
				}
			})
		}
		head := "PUT " + p.path + " HTTP/1.1\r\nHost: h\r\n" + p.Auth() + "Content-Digest: " + p.p.Digest() + "\r\n"
		p.Dial().Says(head+"\r\n").WantOneAnswer(http.MethodPut, p.path).WantProblem(400, "photo.header", "never")
		p.Dial().Says(head+"Content-Length: 0\r\n\r\n").WantOneAnswer(http.MethodPut, p.path).WantProblem(400, "photo.header", "never")
		p.Dial().Says(head+"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n").WantOneAnswer(http.MethodPut, p.path).WantProblem(400, "photo.header", "never")
		p.wantMissing(t)
		p.comes(t)
	})
}

func TestADamagedPhotoIsEvidenceAllTheSame(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		whole := servertest.NewPicture("report").Bytes
		for name, b := range map[string][]byte{
			"cut in its pixels":   whole[:len(whole)*2/3],
			"cut in its headers":  whole[:30],
			"only its first mark": whole[:3],
			"full of noise":       append(slices.Clone(whole[:len(whole)/2]), bytes.Repeat([]byte{0xff, 0x41}, 200)...),
		} {
			t.Run(name, func(t *testing.T) {
				p := promise(t, lin, servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: b})
				p.comes(t)
				var photo struct{ State, Damaged string }
				p.Do(http.MethodGet, p.path, nil).Want(200).Into(&photo)
				i := p.Issue(p.id)
				flagged := slices.ContainsFunc(i.Flags, func(f struct{ Kind, Detail string }) bool {
					return f.Kind == "photo.damaged" && f.Detail == photo.Damaged
				})
				if photo.State != "safe" || photo.Damaged == "" || !flagged || !i.Complete {
					t.Errorf("got %+v, flags %+v", photo, i.Flags)
				}
			})
		}
		s.Drain()
		s.Audit()
	})
}
