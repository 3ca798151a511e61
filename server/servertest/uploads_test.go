package servertest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"path"
	"strconv"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// tus are the headers of a tus request.
func tus(more ...string) http.Header {
	h := http.Header{"Tus-Resumable": {"1.0.0"}, "Content-Type": {"application/offset+octet-stream"}}
	for n := 0; n < len(more); n += 2 {
		h.Set(more[n], more[n+1])
	}
	return h
}

// begins creates an upload and gives its address.
func begins(c *servertest.Client, issue inspect.ID, p servertest.Picture) (string, *servertest.Answer) {
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	meta := "issue " + b64(issue.String()) + ",photo " + b64(p.ID.String()) + ",sent_at " + b64(c.Now().UTC().Format(time.RFC3339Nano)) + ",filename " + b64("../x.jpg")
	a := c.Send(http.MethodPost, "/api/v1/uploads", nil, tus("Upload-Length", strconv.Itoa(len(p.Bytes)), "Upload-Metadata", meta))
	return a.Header.Get("Location"), a
}

func sends(c *servertest.Client, at string, offset int, part []byte, more ...string) *servertest.Answer {
	return c.Send(http.MethodPatch, at, part, tus(append([]string{"Upload-Offset", strconv.Itoa(offset)}, more...)...))
}

func wantOffset(t *testing.T, a *servertest.Answer, want int) {
	t.Helper()
	if got := a.Header.Get("Upload-Offset"); got != strconv.Itoa(want) {
		t.Errorf("got offset %s, want %d", got, want)
	}
}

func TestAnUploadInPartsEndsAsTheSamePhoto(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		issue, p := inspect.NewID(), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(p)).Want(http.StatusCreated)
		receipt := "/api/v1/issues/" + issue.String() + "/photos/" + p.ID.String() + "/receipt"
		lin.Do(http.MethodGet, receipt, nil).WantProblem(409, "photo.not-safe", "later")

		at, a := begins(lin, issue, p)
		wantOffset(t, a.Want(http.StatusCreated), 0)
		if again, _ := begins(lin, issue, p); again != at {
			t.Errorf("the same upload was begun as %s and as %s", at, again)
		}
		third := len(p.Bytes) / 3
		wantOffset(t, sends(lin, at, 0, p.Bytes[:third]).Want(http.StatusNoContent), third)
		sends(lin, at, 0, p.Bytes[:third]).WantProblem(409, "upload.offset", "later")
		sum := sha256.Sum256(p.Bytes[third : 2*third])
		right, wrong := "sha256 "+base64.StdEncoding.EncodeToString(sum[:]), "sha256 "+base64.StdEncoding.EncodeToString(make([]byte, 32))
		sends(lin, at, third, p.Bytes[third:2*third], "Upload-Checksum", wrong).WantProblem(460, "upload.checksum", "later")
		wantOffset(t, sends(lin, at, third, p.Bytes[third:2*third], "Upload-Checksum", right).Want(http.StatusNoContent), 2*third)

		s.Stop() // a restart loses none
		s.Start()
		wantOffset(t, lin.Send(http.MethodHead, at, nil, tus()).Want(http.StatusOK), 2*third)
		s.As("wang").Send(http.MethodHead, at, nil, tus()).Want(http.StatusNotFound)
		wantOffset(t, sends(lin, at, 2*third, p.Bytes[2*third:]).Want(http.StatusNoContent), len(p.Bytes))
		var got struct{ SHA256 string }
		if lin.Do(http.MethodGet, receipt, nil).Want(http.StatusOK).Into(&got); got.SHA256 != p.SHA256() {
			t.Errorf("the receipt names %s, want %s", got.SHA256, p.SHA256())
		}
		if original := lin.Do(http.MethodGet, "/api/v1/issues/"+issue.String()+"/photos/"+p.ID.String()+"/original",
			nil).Want(http.StatusOK); string(original.Body) != string(p.Bytes) {
			t.Error("the original is not what was sent")
		}
		wantOffset(t, lin.Send(http.MethodHead, at, nil, tus()).Want(http.StatusOK), len(p.Bytes))
		lin.WantStatus(issue, "reported")
		s.Drain()
		s.Audit()
	})
}

// TestAnUploadWhosePartsAreLostBeginsAgain takes a part away that was called durable, as a broken disk does.
func TestAnUploadWhosePartsAreLostBeginsAgain(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		issue, p := inspect.NewID(), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(p)).Want(http.StatusCreated)
		at, _ := begins(lin, issue, p)
		half := len(p.Bytes) / 2
		sends(lin, at, 0, p.Bytes[:half]).Want(http.StatusNoContent)
		if err := s.Core.Blobs.Delete(t.Context(), "upload/"+path.Base(at)+"/1-0"); err != nil {
			t.Fatal(err)
		}
		sends(lin, at, half, p.Bytes[half:]).WantProblem(404, "upload.not-found", "")

		again, _ := begins(lin, issue, p)
		wantOffset(t, sends(lin, again, 0, p.Bytes).Want(http.StatusNoContent), len(p.Bytes))
		s.Audit()
	})
}

// TestAnUploadLivesSevenDaysAfterItsLastPart and not longer; then its parts are swept away and the photo begins anew.
func TestAnUploadLivesSevenDaysAfterItsLastPart(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		const life, moment = 7 * 24 * time.Hour, time.Minute
		lin := s.As("lin")
		issue, p := inspect.NewID(), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(p)).Want(http.StatusCreated)
		at, a := begins(lin, issue, p)
		wantExpiry := func(a *servertest.Answer) {
			t.Helper()
			got, err := http.ParseTime(a.Header.Get("Upload-Expires"))
			if want := s.Now().Add(life); err != nil || got.Sub(want).Abs() > moment {
				t.Errorf("it expires %s, %v, want %s", got, err, want)
			}
		}
		wantExpiry(a.Want(http.StatusCreated))
		third := len(p.Bytes) / 3
		s.Pass(life - moment)
		wantExpiry(sends(lin, at, 0, p.Bytes[:third]).Want(http.StatusNoContent)) // the life begins anew
		s.Pass(life - moment)
		wantOffset(t, lin.Send(http.MethodHead, at, nil, tus()).Want(http.StatusOK), third) // asking does not
		key := "upload/" + path.Base(at) + "/1-0"
		sweep := func() {
			t.Helper()
			if err := s.Core.Photos.SweepUploads(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sweep()
		if _, err := s.Core.Blobs.Stat(t.Context(), key); err != nil {
			t.Errorf("the part of an upload that lives: %v", err)
		}
		s.Pass(2 * moment)
		lin.Send(http.MethodHead, at, nil, tus()).Want(http.StatusNotFound)
		sends(lin, at, third, p.Bytes[third:]).WantProblem(404, "upload.not-found", "")
		sweep()
		if _, err := s.Core.Blobs.Stat(t.Context(), key); err == nil {
			t.Error("the part of an upload whose time is over is still there")
		}
		again, a := begins(lin, issue, p)
		if wantOffset(t, a.Want(http.StatusCreated), 0); again == at {
			t.Error("what was swept away goes on")
		}
		sends(lin, again, 0, p.Bytes).Want(http.StatusNoContent)
		lin.Do(http.MethodGet, "/api/v1/issues/"+issue.String()+"/photos/"+p.ID.String()+"/receipt", nil).Want(http.StatusOK)
		s.Drain()
		s.Audit()
	})
}
