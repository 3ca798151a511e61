package servertest_test

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// TestAPersonHasOneKeyForTheirDevices logs in by password, by a code and with a new password: the key is the same each time, and nobody else's.
func TestAPersonHasOneKeyForTheirDevices(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, wang, admin := s.As("lin"), s.As("wang"), s.As("admin")
		key := func(c *servertest.Client) string {
			t.Helper()
			var in struct{ Key string }
			a := c.Do(http.MethodGet, "/api/v1/me/seal-key", nil).Want(http.StatusOK)
			if a.Into(&in); a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("the key may be stored: %s", a.Header.Get("Cache-Control"))
			}
			if raw, err := base64.StdEncoding.DecodeString(in.Key); err != nil || len(raw) != 32 {
				t.Errorf("the key is %d bytes, %v", len(raw), err)
			}
			return in.Key
		}
		first := key(lin)
		if key(lin) != first || key(wang) == first {
			t.Error("the key of a person changes, or is somebody else's")
		}
		logIn := func(path string, body M) string {
			t.Helper()
			var in struct {
				SealKey string `json:"seal_key"`
			}
			lin.Do(http.MethodPost, path, body).Want(http.StatusCreated).Into(&in)
			return in.SealKey
		}
		lin.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": password, "password": "another horse battery"}).Want(http.StatusNoContent)
		var code struct{ Code string }
		admin.Do(http.MethodPost, "/api/v1/people/"+servertest.ID("lin").String()+"/enrolment", nil).Want(http.StatusCreated).Into(&code)
		for what, got := range map[string]string{"a code": logIn("/api/v1/enrolments", M{"code": code.Code}),
			"a new password": logIn("/api/v1/sessions", M{"name": "lin", "password": "another horse battery"})} {
			if got != first {
				t.Errorf("by %s the key is another one", what)
			}
		}
		s.Stop()
		s.Start()
		if key(lin) != first {
			t.Error("after a start the key is another one")
		}
		id := lin.ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", 8*time.Hour)
		var made struct {
			Token string
			URL   string
		}
		s.As("crew").Do(http.MethodPost, "/api/v1/issues/"+id.String()+"/links", M{}).Want(http.StatusCreated).Into(&made)
		s.Phone("link", made.Token).Do(http.MethodGet, "/api/v1/me/seal-key", nil).WantProblem(403, "link.only", "never")
		s.Audit()
	})
}
