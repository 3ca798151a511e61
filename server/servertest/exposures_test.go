package servertest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

type exposureAnswer struct {
	Repeated bool
	Exposure struct {
		State, SHA256, Objection string
	}
}

// objects sends the form under a public photo.
func objects(c *servertest.Client, path, why string) *servertest.Answer {
	return c.Send(http.MethodPost, path, []byte(url.Values{"why": {why}}.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// TestAPhotoGoesPublic draws masks, has a second person release the photo, lets the public see and object to it, and takes it down.
func TestAPhotoGoesPublic(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, office2, lin, admin, crew := s.As("office"), s.As("office2"), s.As("lin"), s.As("admin"), s.As("crew")
		public := s.Phone("", "")
		issue, taken := inspect.NewID(), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(taken)).Want(201)
		lin.Sends(issue, taken)
		report := taken.ID
		s.Drain() // makes the pictures
		path := "/api/v1/issues/" + issue.String() + "/photos/" + report.String()
		masks := []M{{"x": 1000, "y": 1000, "w": 3000, "h": 2000}}

		for _, door := range []string{"/public/", "/public/issue?number=2026-000001", "/public/photos/" + report.String()} {
			public.Do(http.MethodGet, door, nil).WantProblem(404, "public.off", "never")
		}
		crew.Do(http.MethodPut, path+"/exposure", M{"masks": masks}).WantProblem(404, "issue.not-found", "later")
		lin.Do(http.MethodPut, path+"/exposure", M{"masks": masks}).WantProblem(403, "forbidden", "never")
		office.Do(http.MethodPut, path+"/exposure", M{}).WantProblem(422, "content.invalid", "never")
		loosely(t, office).Do(http.MethodPut, path+"/exposure", `{"masks":[{"x":9000,"y":0,"w":2000,"h":10}]}`).WantProblem(422, "content.invalid", "never")
		office.Do(http.MethodGet, path+"/exposure/picture", nil).WantProblem(404, "not-found", "never")

		var first, second exposureAnswer
		office.Do(http.MethodPut, path+"/exposure", M{"nothing_to_mask": true}).Want(201).Into(&first)
		office.Do(http.MethodPut, path+"/exposure", M{"masks": masks, "caption": "路口垃圾<script>"}).Want(201).Into(&second)
		if again := (exposureAnswer{}); first.Exposure.SHA256 == second.Exposure.SHA256 {
			t.Error("masks change nothing")
		} else if office.Do(http.MethodPut, path+"/exposure", M{"masks": masks, "caption": "路口垃圾<script>"}).Want(200).Into(&again); !again.Repeated {
			t.Error("the same again is no repetition")
		}
		picture := office2.Do(http.MethodGet, path+"/exposure/picture", nil).Want(200).Body
		if sum := sha256.Sum256(picture); hex.EncodeToString(sum[:]) != second.Exposure.SHA256 {
			t.Error("the picture is another one")
		}

		decide := func(c *servertest.Client, answer, sum string) *servertest.Answer {
			return c.Do(http.MethodPut, path+"/exposure/decision", M{"answer": answer, "sha256": sum, "reason": "看过"})
		}
		decide(office, "release", second.Exposure.SHA256).WantProblem(403, "issue.second-person", "never")
		decide(office2, "release", first.Exposure.SHA256).WantProblem(409, "exposure.wrong-state", "never")
		decide(office2, "keep", second.Exposure.SHA256).WantProblem(409, "exposure.wrong-state", "never")
		for n := range 2 {
			var done exposureAnswer
			if decide(office2, "release", second.Exposure.SHA256).Want(200).Into(&done); done.Repeated != (n == 1) {
				t.Errorf("release %d is a repetition: %t", n, done.Repeated)
			}
		}
		decide(s.As("leader"), "release", second.Exposure.SHA256).WantProblem(409, "exposure.wrong-state", "never") // somebody else's is none
		office.Do(http.MethodPut, path+"/exposure", M{"nothing_to_mask": true}).WantProblem(409, "exposure.wrong-state", "never")
		public.Do(http.MethodGet, "/public/", nil).WantProblem(404, "public.off", "never")

		for _, key := range []string{"exposure_board", "public_lookup"} {
			loosely(t, admin).Do(http.MethodPut, "/api/v1/settings/"+key, `{"value":"yes"}`).WantProblem(422, "content.invalid", "never")
			admin.Do(http.MethodPut, "/api/v1/settings/"+key, M{"value": true}).Want(200)
		}
		row := office.Issue(issue)
		board := string(public.Do(http.MethodGet, "/public/?lang=zh", nil).Want(200).Body)
		for text, want := range map[string]bool{"/public/photos/" + report.String(): true, row.Number: true, "路口垃圾&lt;script&gt;": true,
			"<script": false, "王师傅": false, "随手拍": false} {
			if strings.Contains(board, text) != want {
				t.Errorf("the board says %q: %t, want %t\n%s", text, !want, want, board)
			}
		}
		if got := public.Do(http.MethodGet, "/public/photos/"+report.String(), nil).Want(200).Body; string(got) != string(picture) {
			t.Error("the public sees another picture")
		}
		if found := string(public.Do(http.MethodGet, "/public/issue?lang=en&number="+row.Number, nil).Want(200).Body); !strings.Contains(found,
			"received") || !strings.Contains(found, "/public/photos/") {
			t.Errorf("the look-up says %s", found)
		}
		public.Do(http.MethodGet, "/public/issue?number=2026-999999", nil).Want(404)
		loosely(t, public).Do(http.MethodGet, "/public/issue?number="+strings.Repeat("9", 21), nil).WantProblem(422, "content.invalid", "never")
		public.Do(http.MethodGet, "/public/photos/"+inspect.NewID().String(), nil).WantProblem(404, "public.off", "never")

		objection := "/public/photos/" + report.String() + "/objection"
		objects(loosely(t, public), objection, " ").WantProblem(422, "content.invalid", "never")
		for range 2 {
			objects(public, objection, "照片里有我\r\n请撤下").Want(200)
		}
		wantTold(t, office2, "issue.reported", "exposure.objected")
		var list struct {
			Exposures []struct{ Number, Objection string }
		}
		office2.Do(http.MethodGet, "/api/v1/exposures?state=released", nil).Want(200).Into(&list)
		if len(list.Exposures) != 1 || list.Exposures[0].Objection != "照片里有我\n请撤下" || list.Exposures[0].Number != row.Number {
			t.Errorf("released are %+v", list.Exposures)
		}
		lin.Do(http.MethodGet, "/api/v1/exposures?state=released", nil).WantProblem(403, "forbidden", "never")
		decide(office, "keep", second.Exposure.SHA256).Want(200)
		s.Audit()
		decide(office, "take_down", second.Exposure.SHA256).Want(200)
		public.Do(http.MethodGet, "/public/photos/"+report.String(), nil).WantProblem(404, "public.off", "never")
		objects(public, objection, "?").WantProblem(404, "public.off", "never")

		office.Do(http.MethodPut, path+"/exposure", M{"masks": masks, "caption": "小区门口"}).Want(201).Into(&first)
		decide(office2, "release", first.Exposure.SHA256).Want(200)
		public.Do(http.MethodGet, "/public/photos/"+report.String(), nil).Want(200)
		office.Acts(issue, "erase", M{"photo": report, "reason": "本人要求"}).Want(201)
		office2.Acts(issue, "erase", M{"photo": report, "reason": "本人要求"}).Want(201)
		public.Do(http.MethodGet, "/public/photos/"+report.String(), nil).WantProblem(404, "public.off", "never")
		if left := strings.Join(s.Texts("SELECT caption || reason || objection FROM exposure"), ""); left != "" {
			t.Errorf("after the photo was erased it says %q", left)
		}
		s.RemovesErased()
		s.Audit()
		for n := range 40 {
			if a := public.Do(http.MethodGet, "/public/issue?number="+row.Number, nil); a.Status == 429 {
				if n < 10 {
					t.Errorf("nobody may ask any more after %d", n)
				}
				return
			}
		}
		t.Error("issues can be asked for one after the other without end")
	})
}
