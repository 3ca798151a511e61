package servertest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

func TestTwoPeopleEraseAPhoto(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, id, p := s.As("lin"), s.As("office"), inspect.NewID(), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(p)).Want(http.StatusCreated)
		lin.Sends(id, p)
		s.Drain()
		thumb := photos.RenditionKey(s.Texts("SELECT sha256 FROM rendition WHERE size = 'thumb'")[0])
		key := photos.OriginalKey(p.SHA256())
		ask := M{"photo": p.ID, "reason": "拍到未成年人"}
		lin.Acts(id, "erase", ask).WantProblem(403, "forbidden", "never")
		office.Acts(id, "erase", ask).Want(http.StatusCreated)
		office.Acts(id, "erase", ask).WantProblem(403, "issue.second-person", "never")
		if s.RemovesErased(); s.Blob(key) == nil {
			t.Fatal("one person erased a photo")
		}
		s.As("office2").Acts(id, "erase", ask).Want(http.StatusCreated)
		photo := "/api/v1/issues/" + id.String() + "/photos/" + p.ID.String()
		for _, size := range []string{"/original", "/thumb", "/display", "/stamped"} {
			lin.Do(http.MethodGet, photo+size, nil).WantProblem(410, "photo.gone", "never")
		}
		if wrong, noted := s.Findings(nil); len(wrong) > 0 || !slices.ContainsFunc(noted, func(f audit.Finding) bool {
			return f.Subject == key && strings.Contains(f.Detail, "the job for it has not run yet")
		}) {
			t.Errorf("before the job: wrong %v, noted %v", wrong, noted)
		}
		if s.RemovesErased(); s.Blob(key) != nil || s.Blob(thumb) != nil {
			t.Error("the bytes are still here")
		}
		var kept struct{ State, SHA256, Reason string }
		if lin.Do(http.MethodGet, photo, nil).Want(http.StatusOK).Into(&kept); kept.State != "erased" || kept.SHA256 != p.SHA256() {
			t.Errorf("the record keeps %+v", kept)
		}
		wrong, noted := s.Findings(nil)
		if len(wrong) > 0 || len(noted) != 1 || noted[0].Subject != "photo/"+p.ID.String() || !strings.Contains(noted[0].Detail, "erased by decision") {
			t.Errorf("wrong %v, noted %v", wrong, noted)
		}
		office.WantEvents(id, "issue.reported", "issue.erasure_asked", "issue.erased")
		lin.Upload(id, p).WantProblem(410, "photo.gone", "never")
	})
}

func TestErasedBytesStayWhereAnotherPhotoNamesThem(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, p := s.As("lin"), servertest.NewPicture("report")
		same := p
		same.ID = inspect.NewID()
		ids := []inspect.ID{inspect.NewID(), inspect.NewID()}
		for n, pic := range []servertest.Picture{p, same} {
			lin.Do(http.MethodPut, "/api/v1/issues/"+ids[n].String(), lin.Report(pic)).Want(http.StatusCreated)
			lin.Sends(ids[n], pic)
		}
		s.Drain()
		for _, who := range []string{"office", "office2"} {
			s.As(who).Acts(ids[0], "erase", M{"photo": p.ID, "reason": "重复"}).Want(http.StatusCreated)
		}
		s.RemovesErased()
		if got := lin.Do(http.MethodGet, "/api/v1/issues/"+ids[1].String()+"/photos/"+same.ID.String()+"/original", nil).Want(http.StatusOK); !slices.Equal(got.Body, p.Bytes) {
			t.Error("the other photo lost its bytes")
		}
		lin.Do(http.MethodGet, "/api/v1/issues/"+ids[1].String()+"/photos/"+same.ID.String()+"/thumb", nil).Want(http.StatusOK)
		s.Audit()
	})
}

func TestTwoPeopleEraseTexts(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, office2, id := s.As("lin"), s.As("office"), s.As("office2"), inspect.NewID()
		body := lin.Report()
		body["plate"], body["caller"] = "琼A12345", M{"name": "王小明", "phone": "13800000000"}
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
		comment, now := inspect.NewID(), s.Now().UTC().Format(time.RFC3339Nano)
		said := M{"action": "comment", "note": "联系李师傅 13911111111", "done_at": now, "sent_at": now}
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String()+"/actions/"+comment.String(), said).Want(http.StatusCreated)
		office.Acts(id, "erase", M{"reason": "本人要求"}).Want(http.StatusCreated)
		decision := inspect.NewID()
		confirm := M{"action": "erase", "reason": "同意清除", "done_at": now, "sent_at": now}
		office2.Do(http.MethodPut, "/api/v1/issues/"+id.String()+"/actions/"+decision.String(), confirm).Want(http.StatusCreated)

		if i := office.Issue(id); i.Note != "" || i.Address != "" {
			t.Errorf("texts are still shown: %+v", i)
		}
		for _, gone := range []string{"琼A12345", "王小明", "13800000000", "李师傅", "龙昆南路"} {
			if n := s.Texts("SELECT count(*) FROM personal_text WHERE body LIKE '%" + gone + "%'")[0]; n != "0" {
				t.Errorf("%s is still in the database", gone)
			}
		}
		if n := s.Texts("SELECT count(*) FROM personal_text WHERE body IN ('本人要求', '同意清除')")[0]; n != "2" {
			t.Errorf("of the two reasons %s are left", n)
		}
		var found struct{ Total int }
		if office.Do(http.MethodGet, "/api/v1/issues?text=12345", nil).Want(http.StatusOK).Into(&found); found.Total != 0 {
			t.Error("the search still finds it")
		}
		var again struct{ Repeated bool }
		office2.Do(http.MethodPut, "/api/v1/issues/"+id.String()+"/actions/"+decision.String(), confirm).Want(http.StatusOK).Into(&again)
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String()+"/actions/"+comment.String(), said).Want(http.StatusOK)
		if lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusOK).Into(&again); !again.Repeated {
			t.Error("a report that comes again after the erasure is no repetition")
		}
		wrong, noted := s.Findings(nil)
		if len(wrong) > 0 || len(noted) != 6 {
			t.Errorf("wrong %v, noted %v", wrong, noted)
		}
		for _, n := range noted {
			if !strings.Contains(n.Detail, "was erased by decision") {
				t.Errorf("noted: %v", n)
			}
		}
		lin.Acts(id, "comment", M{"note": "之后的话"}).Want(http.StatusCreated)
		s.Audit()
	})
}
