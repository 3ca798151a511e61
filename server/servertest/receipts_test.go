package servertest_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// papers leaves a paper that was signed for, and another one of a batch.
func (v *evidence) papers(s *servertest.Server) {
	office, crew, batch := s.As("office"), s.As("crew"), inspect.NewID()
	issue := s.As("lin").ReportsMud()
	office.Assigns(issue, "longhua-crew", 8*time.Hour)
	v.paper = inspect.NewID()
	issues(office, v.paper, "rectify", nil, issue)
	office.Do(http.MethodPut, batchAt(batch)+"?unit="+servertest.ID("longhua-crew").String(), M{"kind": "task", "each": "issue"}).Want(http.StatusCreated)
	s.MakesPapers()
	signsPaper(crew, v.paper, M{"photo": crew.Shows(issue, "check")}).Want(http.StatusCreated)
	void := inspect.NewID()
	issues(office, void, "task", nil, issue)
	office.Do(http.MethodPut, paperAt(void)+"/cancellation", M{"reason": "发错"}).Want(http.StatusCreated)
}

// scrawled is a PNG file as base64, as a finger draws a name.
func scrawled(w, h int) string {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		img.Set(x, (x*x/7)%h, color.Black)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// signs gives a receipt in.
func signsPaper(c *servertest.Client, paper inspect.ID, more M) *servertest.Answer {
	body := M{"name": "李四", "signed_at": c.Now().UTC().Format(time.RFC3339Nano)}
	for k, v := range more {
		body[k] = v
	}
	return c.Do(http.MethodPut, paperAt(paper)+"/receipt", body)
}

func TestAPaperIsSignedForOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, id := s.As("office"), s.As("crew"), inspect.NewID()
		issue := assigned(s, "longhua-sanitation")[0]
		issues(office, id, "rectify", nil, issue)
		now := s.Now().UTC().Format(time.RFC3339Nano)
		body := M{"signed_at": now, "signature": scrawled(300, 100)}
		signsPaper(s.As("meilan-crew"), id, body).WantProblem(404, "paper.not-found", "never")
		signsPaper(s.As("lin"), id, body).WantProblem(404, "paper.not-found", "never")
		signsPaper(s.As("leader"), id, body).WantProblem(403, "forbidden", "never")
		signsPaper(crew, id, body).Want(http.StatusCreated)
		signsPaper(crew, id, body).Want(http.StatusOK)
		signsPaper(crew, id, M{"signed_at": now, "name": "王五"}).WantProblem(409, "paper.signed", "never")
		signsPaper(office, id, body).WantProblem(409, "paper.signed", "never")
		s.MakesPapers() // the files come after the receipt

		var p paperWire
		crew.Do(http.MethodGet, paperAt(id), nil).Want(http.StatusOK).Into(&p)
		if !p.Signed || !p.Made || p.Receipt == nil || p.Receipt.Name != "李四" || p.Receipt.Signature == nil {
			t.Errorf("the paper says %+v", p)
		}
		if a := office.Do(http.MethodGet, paperAt(id)+"/signature", nil).Want(http.StatusOK); base64.StdEncoding.EncodeToString(a.Body) != scrawled(300, 100) {
			t.Error("the signature is not the one that was drawn")
		}
		s.As("meilan-crew").Do(http.MethodGet, paperAt(id)+"/signature", nil).WantProblem(404, "paper.not-found", "never")
		s.Audit()
	})
}

func TestASignedPaperIsPhotographed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), inspect.NewID()
		all := assigned(s, "longhua-sanitation", "longhua-sanitation")
		issues(office, id, "task", nil, all[0])
		elsewhere := office.Shows(all[1], "check")
		signsPaper(office, id, M{"photo": elsewhere}).WantProblem(422, "content.unknown-reference", "never")
		missing := servertest.NewPicture("check")
		office.Declares(all[0], missing).Want(http.StatusCreated)
		signsPaper(office, id, M{"photo": missing.ID}).WantProblem(409, "photo.not-safe", "later")
		office.Sends(all[0], missing)
		signsPaper(office, id, M{"photo": missing.ID, "signature": scrawled(10, 10)}).WantProblem(422, "content.invalid", "never")
		signsPaper(office, id, M{"photo": missing.ID}).Want(http.StatusCreated)
		office.Do(http.MethodGet, paperAt(id)+"/signature", nil).WantProblem(404, "not-found", "never")
		s.MakesPapers()
		s.Audit()
	})
}

func TestWhatIsNoSignature(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	crew, id := s.As("crew"), inspect.NewID()
	issues(s.As("office"), id, "task", nil, assigned(s, "longhua-sanitation")[0])
	whole, err := base64.StdEncoding.DecodeString(scrawled(100, 100))
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Clone(whole)
	broken[len(broken)/2] ^= 0xff
	for name, bytes := range map[string][]byte{"a JPEG file": servertest.NewPicture("check").Bytes, "half a PNG file": whole[:len(whole)/2],
		"no picture": []byte("<svg/>"), "a broken PNG file": broken} {
		if a := signsPaper(crew, id, M{"signature": base64.StdEncoding.EncodeToString(bytes)}); a.Status != 422 {
			t.Errorf("%s: got %d %s", name, a.Status, a.Body)
		}
	}
	signsPaper(crew, id, M{"signature": scrawled(2000, 1500)}).WantProblem(422, "content.invalid", "never") // 3 megapixels
	signsPaper(crew, id, M{"signed_at": s.Now().Add(time.Hour).UTC().Format(time.RFC3339)}).WantProblem(422, "content.invalid", "never")
	signsPaper(crew, id, M{"signed_at": s.Now().Add(-time.Hour).UTC().Format(time.RFC3339)}).WantProblem(422, "content.invalid", "never")
	loose := crew.WithT(t)
	loose.AllowInvalidRequests = true
	signsPaper(loose, id, M{"signature": "%%%"}).WantProblem(422, "content.invalid", "never")
	signsPaper(crew, id, nil).Want(http.StatusCreated)
	s.Audit()
}
