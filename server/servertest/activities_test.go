package servertest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// activity is an activity as a client reads it.
type activity struct {
	ID, Title, State string
	SignInPath       string                  `json:"sign_in_path"`
	Signed           int                     `json:"signed_in"`
	SignIns          []struct{ Name string } `json:"sign_ins"`
	Outcome          *struct {
		People, Places, Vehicles int
		Tonnes                   float64
		Counted                  bool
	}
	Photos []struct{ Stage, SHA256, Type string }
	May    []string
}

func activityPath(name string) string { return "/api/v1/activities/" + servertest.ID(name).String() }

// cleanUp is the plan of a clean-up that begins so many hours from now.
func cleanUp(s *servertest.Server, hours int, more M) M {
	at := s.Now().Add(time.Duration(hours) * time.Hour)
	return but(M{"kind": "clean_up", "title": "周五大扫除", "area": servertest.ID("binhai"), "unit": servertest.ID("longhua-sanitation"),
		"starts_at": at.UTC().Format(time.RFC3339), "ends_at": at.Add(2 * time.Hour).UTC().Format(time.RFC3339)}, more)
}

func readActivity(c *servertest.Client, name string) (a activity) {
	c.Do(http.MethodGet, activityPath(name), nil).Want(http.StatusOK).Into(&a)
	return a
}

// sendsWork sends a photo of an activity.
func sendsWork(c *servertest.Client, name, stage string, p servertest.Picture) *servertest.Answer {
	return c.Send(http.MethodPut, activityPath(name)+"/photos/"+p.SHA256()+"?stage="+stage, p.Bytes, http.Header{
		"Content-Type": {"application/octet-stream"}, "Content-Digest": {p.Digest()}})
}

// TestAFridayCleanUp is planned on a place, photographed before and after by the inspector, and told by the unit with its numbers.
func TestAFridayCleanUp(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, lin := s.As("office"), s.As("crew"), s.As("lin")
		putSpot(s.As("admin"), "market", spot("market", "海甸市场", 100, M{"area": servertest.ID("binhai")})).Want(http.StatusCreated)
		putSpot(s.As("admin"), "closed", spot("market", "旧市场", 200, M{"area": servertest.ID("binhai"), "enabled": false})).Want(http.StatusCreated)
		plan := cleanUp(s, 1, M{"places": []inspect.ID{servertest.ID("market")}, "note": "带扫把"})
		put := func(c *servertest.Client, body M) *servertest.Answer {
			return c.Do(http.MethodPut, activityPath("friday"), body)
		}
		put(office, but(plan, M{"places": []inspect.ID{servertest.ID("closed")}})).WantProblem(409, "activity.place-closed", "never")
		put(office, but(plan, M{"ends_at": plan["starts_at"]})).WantProblem(422, "content.invalid", "never")
		nowhere := but(plan, nil)
		delete(nowhere, "area")
		delete(nowhere, "unit")
		put(office, nowhere).WantProblem(422, "content.invalid", "never")
		put(office, but(plan, M{"places": []inspect.ID{servertest.ID("market"), servertest.ID("market")}})).WantProblem(422, "content.invalid", "never")
		put(lin, plan).WantProblem(403, "forbidden", "never")
		put(crew, plan).Want(http.StatusCreated)
		put(crew, plan).Want(http.StatusOK)
		tells := func(c *servertest.Client, body M) *servertest.Answer {
			return c.Do(http.MethodPut, activityPath("friday")+"/outcome", body)
		}
		numbers := M{"people": 38, "places": 12, "vehicles": 3, "tonnes": 4.5, "counted": true, "note": "清理卫生死角"}
		tells(crew, numbers).WantProblem(409, "activity.not-begun", "never")
		s.Pass(90 * time.Minute)
		before, after := servertest.NewPicture("report"), servertest.NewPicture("report")
		sendsWork(lin, "friday", "before", before).Want(http.StatusCreated)
		sendsWork(lin, "friday", "before", before).Want(http.StatusOK)
		sendsWork(crew, "friday", "after", after).Want(http.StatusCreated)
		lin.Send(http.MethodPut, activityPath("friday")+"/photos/"+before.SHA256(), []byte("<html>"), http.Header{"Content-Type": {"application/octet-stream"},
			"Content-Digest": {before.Digest()}}).Want(http.StatusUnprocessableEntity)
		if got := lin.Do(http.MethodGet, activityPath("friday")+"/photos/"+after.SHA256(), nil).Want(http.StatusOK); string(got.Body) != string(after.Bytes) {
			t.Error("the photo is not what was sent")
		}
		lin.Do(http.MethodGet, activityPath("friday")+"/photos/"+servertest.NewPicture("report").SHA256(), nil).WantProblem(404, "not-found", "never")
		tells(lin, but(numbers, M{"tonnes": 0.001})).WantProblem(422, "content.invalid", "never")
		tells(lin, numbers).Want(http.StatusOK)
		tells(lin, numbers).Want(http.StatusOK)
		tells(crew, but(numbers, M{"people": 40})).Want(http.StatusOK) // corrected, and both are on record
		got := readActivity(office, "friday")
		if got.State != "done" || got.Outcome.People != 40 || got.Outcome.Tonnes != 4.5 || !got.Outcome.Counted || len(got.Photos) != 2 || got.Photos[0].Stage != "before" ||
			got.SignInPath != "" {
			t.Errorf("got %+v", got)
		}
		put(crew, but(plan, M{"title": "改"})).WantProblem(409, "activity.wrong-state", "never")
		office.Do(http.MethodPut, activityPath("friday")+"/cancellation", M{"reason": "雨"}).WantProblem(409, "activity.wrong-state", "never")
		s.As("meilan-crew").Do(http.MethodGet, activityPath("friday"), nil).WantProblem(404, "activity.not-found", "never")
		var page struct{ Activities []activity }
		s.As("meilan-crew").Do(http.MethodGet, "/api/v1/activities", nil).Want(http.StatusOK).Into(&page)
		if len(page.Activities) != 0 {
			t.Errorf("another unit sees %+v", page.Activities)
		}

		office.Do(http.MethodPut, activityPath("rain"), cleanUp(s, 24, nil)).Want(http.StatusCreated)
		cancels := func(reason string) *servertest.Answer {
			return office.Do(http.MethodPut, activityPath("rain")+"/cancellation", M{"reason": reason})
		}
		cancels("台风").Want(http.StatusOK)
		cancels("台风").Want(http.StatusOK)
		cancels("雨").WantProblem(409, "activity.wrong-state", "never")
		sendsWork(lin, "rain", "before", before).WantProblem(409, "activity.wrong-state", "never")
		s.Audit()
	})
}

// TestPeopleSignInByACode lets whoever scanned the code take part without a name, and only where somebody wanted that.
func TestPeopleSignInByACode(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, anybody := s.As("office"), s.Phone("", "")
		plan := cleanUp(s, 1, M{"kind": "volunteering", "title": "志愿清洁"})
		office.Do(http.MethodPut, activityPath("volunteers"), plan).Want(http.StatusCreated)
		if got := readActivity(office, "volunteers"); got.SignInPath != "" {
			t.Errorf("there is a sign-in that nobody wanted: %s", got.SignInPath)
		}
		office.Do(http.MethodPut, activityPath("volunteers"), but(plan, M{"sign_in": true})).Want(http.StatusOK)
		page := readActivity(office, "volunteers").SignInPath
		signs := func(id inspect.ID, name string) *servertest.Answer {
			return anybody.Send(http.MethodPost, page, []byte(url.Values{"id": {id.String()}, "name": {name}}.Encode()),
				http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
		}
		if got := anybody.Do(http.MethodGet, page+"?lang=zh", nil).Want(http.StatusOK); !strings.Contains(string(got.Body), "志愿清洁") || !strings.Contains(string(got.Body), "可不填") ||
			strings.Contains(string(got.Body), "<script") {
			t.Errorf("the page says %s", got.Body)
		}
		first := inspect.NewID()
		signs(first, "").Want(http.StatusOK)
		signs(first, "").Want(http.StatusOK) // the same again
		signs(inspect.NewID(), "李志愿").Want(http.StatusOK)
		signs(inspect.NewID(), strings.Repeat("长", 101)).WantProblem(422, "content.invalid", "never")
		got := readActivity(office, "volunteers")
		if got.Signed != 2 || len(got.SignIns) != 2 || got.SignIns[0].Name != "" || got.SignIns[1].Name != "李志愿" {
			t.Errorf("got %+v", got.SignIns)
		}
		if seen := readActivity(s.As("leader"), "volunteers"); seen.Signed != 2 || len(seen.SignIns) != 0 {
			t.Errorf("a leader reads names: %+v", seen)
		}
		s.Pass(48 * time.Hour)
		signs(inspect.NewID(), "").WantProblem(409, "activity.sign-in-over", "never")
		if got := anybody.Do(http.MethodGet, page+"?lang=en", nil).Want(http.StatusOK); strings.Contains(string(got.Body), "<form") {
			t.Error("the page asks for what it refuses")
		}
		office.Do(http.MethodPut, activityPath("volunteers"), but(plan, M{"sign_in": false})).Want(http.StatusOK)
		anybody.Do(http.MethodGet, page, nil).WantProblem(404, "activity.no-sign-in", "never")
		s.Audit()
	})
}
