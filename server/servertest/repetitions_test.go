package servertest_test

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// wantBareReceipt fails unless an answer is the receipt of a repetition that says nothing of the issue as it is now.
func wantBareReceipt(t *testing.T, a *servertest.Answer) {
	t.Helper()
	var r struct {
		Repeated    bool
		Issue       *struct{ ID string }
		PhotosTotal *int `json:"photos_total"`
	}
	a.Want(http.StatusOK).Into(&r)
	if !r.Repeated || r.Issue != nil || r.PhotosTotal != nil || a.Header.Get("ETag") != "" || strings.Contains(string(a.Body), "美兰") {
		t.Errorf("want a bare receipt, got ETag %q and %s", a.Header.Get("ETag"), a.Body)
	}
}

func TestARepetitionOfAnActionShowsNothingToWhoLostTheIssue(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, id, action := s.As("office"), s.As("crew"), s.As("lin").ReportsMud(), inspect.NewID()
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		now := s.Now().UTC().Format(time.RFC3339Nano)
		body := M{"action": "return", "reason": "不是我们的路段", "done_at": now, "sent_at": now}
		one := func() *servertest.Answer {
			return crew.Do(http.MethodPut, "/api/v1/issues/"+id.String()+"/actions/"+action.String(), body)
		}
		var first struct{ Issue *struct{ Status string } }
		if one().Want(http.StatusCreated).Into(&first); first.Issue == nil || first.Issue.Status != "reported" {
			t.Errorf("who gives an issue back sees that it was: %+v", first)
		}
		office.Assigns(id, "meilan-sanitation", 8*time.Hour)
		wantBareReceipt(t, one())
		crew.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(404, "issue.not-found", "later")

		var many struct {
			Outcomes []struct {
				Status  int
				Receipt M
			}
		}
		crew.Do(http.MethodPost, "/api/v1/actions", M{"actions": []M{{"issue": id, "action_id": action, "body": body}}}).Want(http.StatusOK).Into(&many)
		if o := many.Outcomes[0]; o.Status != 200 || o.Receipt["repeated"] != true || o.Receipt["issue"] != nil {
			t.Errorf("of many: %+v", o)
		}
		body["reason"] = "别的"
		one().WantProblem(409, "action.differs", "never")

		again := inspect.NewID() // who still sees the issue sees it in the repetition as well
		office.ActsAs(id, again, "comment", M{"note": "已看", "done_at": now}).Want(http.StatusCreated)
		var kept struct {
			Issue *struct{ Unit struct{ ID string } }
		}
		office.ActsAs(id, again, "comment", M{"note": "已看", "done_at": now}).Want(http.StatusOK).Into(&kept)
		if kept.Issue == nil || kept.Issue.Unit.ID != servertest.ID("meilan-sanitation").String() {
			t.Errorf("the office repeats and sees %+v", kept)
		}
		s.Audit()
	})
}

func TestAReportAndItsPhotosAreAcknowledgedToWhoLostTheirRole(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, id, p, later, waits := s.As("lin"), inspect.NewID(), servertest.NewPicture("report"), servertest.NewPicture("check"), servertest.NewPicture("check")
		path, body := "/api/v1/issues/"+id.String(), lin.Report(p)
		lin.Do(http.MethodPut, path, body).Want(http.StatusCreated)
		lin.Sends(id, p)
		lin.Declares(id, later, waits).Want(http.StatusCreated)
		lin.Sends(id, later)
		s.AddPerson("lin", M{"role": "leader", "scope": M{"kind": "area", "id": "meilan-area"}})
		lin.Do(http.MethodGet, path, nil).WantProblem(404, "issue.not-found", "later")

		wantBareReceipt(t, lin.Do(http.MethodPut, path, body))
		wantBareReceipt(t, lin.Upload(id, p))
		wantBareReceipt(t, lin.Do(http.MethodGet, path+"/photos/"+p.ID.String()+"/receipt", nil))
		wantBareReceipt(t, lin.Declares(id, later, waits))
		tus := http.Header{"Tus-Resumable": {"1.0.0"}, "Upload-Length": {strconv.Itoa(len(p.Bytes))}, "Upload-Metadata": {"issue " + b64(id) + ",photo " + b64(p.ID)}}
		if a := lin.Send(http.MethodPost, "/api/v1/uploads", nil, tus).Want(http.StatusCreated); a.Header.Get("Upload-Offset") != "" && a.Header.Get("Upload-Offset") != strconv.Itoa(len(p.Bytes)) {
			t.Errorf("the upload of a photo that is safe stands at %s", a.Header.Get("Upload-Offset"))
		}
		// What was not taken before is refused as ever, and nobody else gets a receipt.
		lin.Upload(id, waits).WantProblem(404, "issue.not-found", "later")
		lin.Declares(id, servertest.NewPicture("check")).WantProblem(404, "issue.not-found", "later")
		lin.Do(http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), lin.Report()).WantProblem(403, "forbidden", "never")
		s.As("meilan-crew").Upload(id, p).WantProblem(404, "issue.not-found", "later")
		s.As("meilan-crew").Declares(id, later).WantProblem(404, "issue.not-found", "later")
		s.As("office").WantEvents(id, "issue.reported")
		s.Audit()
	})
}

func b64(id inspect.ID) string { return base64.StdEncoding.EncodeToString([]byte(id.String())) }
