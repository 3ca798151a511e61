package servertest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

func TestACrewFixesByALink(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew := s.As("office"), s.As("crew")
		id, other := s.As("lin").ReportsMud(), s.As("lin").ReportsMud()
		for _, i := range []inspect.ID{id, other} {
			office.Acts(i, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		}
		path := "/api/v1/issues/" + id.String() + "/links"
		type made struct {
			Token string
			Link  struct {
				ID   string
				Uses int
			}
		}
		var link, second made
		s.As("lin").Do(http.MethodPost, path, servertest.M{}).WantProblem(403, "forbidden", "never")
		crew.Do(http.MethodPost, path, servertest.M{"hours": 24}).Want(http.StatusCreated).Into(&link)
		crew.Do(http.MethodPost, path, servertest.M{}).Want(http.StatusCreated).Into(&second)
		driver := s.Phone("driver", link.Token)
		driver.WantStatus(id, "assigned")
		var clock struct {
			Timezone   string
			ServerTime time.Time `json:"server_time"`
		}
		driver.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&clock)
		if clock.Timezone != s.Core.Zone.String() || clock.ServerTime.Sub(s.Now()).Abs() > time.Minute {
			t.Errorf("a link learns the zone %q and the time %s", clock.Timezone, clock.ServerTime)
		}
		if body := string(crew.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Body); strings.Contains(body, `"timezone"`) {
			t.Error("who is logged in has it from elsewhere")
		}
		driver.Do(http.MethodGet, "/api/v1/issues/"+other.String(), nil).WantProblem(404, "issue.not-found", "later")
		for _, door := range []string{"/api/v1/issues", "/api/v1/me", "/api/v1/units", "/api/v1/bootstrap", "/api/v1/sessions", path} {
			driver.Do(http.MethodGet, door, nil).WantProblem(403, "link.only", "never")
		}
		driver.Acts(id, "comment", servertest.M{"note": "到了"}).WantProblem(403, "forbidden", "never")
		driver.Acts(id, "return", servertest.M{"reason": "不是我们"}).WantProblem(403, "forbidden", "never")
		driver.Fixes(id)
		office.WantStatus(id, "fixed")
		wantLink(t, office, id, link.Link.ID, "issue.fixed", "photo.declared", "photo.received")
		crew.Acts(id, "verify", servertest.M{"verdict": "pass", "how": "on_site"}).WantProblem(403, "forbidden", "never")

		crew.Do(http.MethodDelete, path+"/"+link.Link.ID, nil).Want(http.StatusNoContent)
		crew.Do(http.MethodDelete, path+"/"+link.Link.ID, nil).Want(http.StatusNoContent)
		driver.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(401, "session.required", "after-login")
		two := s.Phone("driver", second.Token)
		two.WantStatus(id, "fixed")
		s.Pass(8 * 24 * time.Hour)
		two.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(401, "session.required", "after-login")
		var left struct{ Links []struct{ ID string } }
		crew.Do(http.MethodGet, path, nil).Want(http.StatusOK).Into(&left)
		if len(left.Links) != 0 {
			t.Errorf("links that are over: %+v", left)
		}
		s.Audit()
	})
}

// wantLink fails unless the newest events of these types, and no others, say that they were done through a link, on the word of its maker.
func wantLink(t *testing.T, c *servertest.Client, issue inspect.ID, link string, types ...string) {
	t.Helper()
	var page struct {
		Events []struct {
			Type, Link string
			By         *struct {
				DisplayName string `json:"display_name"`
			}
		}
	}
	c.Do(http.MethodGet, "/api/v1/issues/"+issue.String()+"/events", nil).Want(http.StatusOK).Into(&page)
	through := []string{}
	for _, e := range page.Events {
		if e.Link == link && e.By != nil {
			through = append(through, e.Type)
		} else if e.Link != "" {
			t.Errorf("%s through %s", e.Type, e.Link)
		}
	}
	slices.Sort(through)
	if !slices.Equal(through, types) {
		t.Errorf("through the link: got %v, want %v", through, types)
	}
}

// TestWhatOneDidIsNotSentAsAnother sends what somebody queued while somebody else is logged in.
func TestWhatOneDidIsNotSentAsAnother(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		id := inspect.NewID()
		body, err := json.Marshal(lin.Report())
		if err != nil {
			t.Fatal(err)
		}
		as := func(person string) http.Header {
			return http.Header{"Content-Type": {"application/json"}, "Spotcheck-Person": {servertest.ID(person).String()}}
		}
		path := "/api/v1/issues/" + id.String()
		office.Send(http.MethodPut, path, body, as("lin")).WantProblem(401, "session.required", "after-login")
		lin.Send(http.MethodPut, path, body, as("lin")).Want(http.StatusCreated)
		office.Send(http.MethodPut, path, body, as("lin")).WantProblem(401, "session.required", "after-login")
		lin.Send(http.MethodPut, path, body, as("lin")).Want(http.StatusOK)
		s.Audit()
	})
}

func TestALinkEndsWithWhoMadeIt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		id, crew := s.As("lin").ReportsMud(), s.As("crew")
		s.As("office").Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		var link struct{ Token string }
		crew.Do(http.MethodPost, "/api/v1/issues/"+id.String()+"/links", servertest.M{}).Want(http.StatusCreated).Into(&link)
		driver := s.Phone("driver", link.Token)
		driver.WantStatus(id, "assigned")
		crew.Acts(id, "return", servertest.M{"reason": "不是我们"}).Want(http.StatusCreated)
		driver.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(401, "session.required", "after-login")
	})
}
