package servertest_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"spotcheck/server/servertest"
)

func TestAPlanFromItsFirstDayToItsEnd(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office, office2, crew, other := s.As("office"), s.As("office2"), s.As("crew"), s.As("meilan-crew")
		path := "/api/v1/plan-tasks/" + servertest.ID("toilets").String()
		plan := M{"year": 2026, "unit": servertest.ID("longhua-sanitation"), "title": "新建公厕 12 座", "planned_from": "2026-03-01", "planned_to": "2026-03-20",
			"budget_fen": 480_000_000, "milestones": []M{{"title": "选址", "due": "2026-03-05"}}}
		with := func(more M) M {
			body := maps.Clone(plan)
			maps.Copy(body, more)
			return body
		}
		type task struct {
			State string
			DueOn string `json:"due_on"`
			Hold  *struct{ Answer string }
		}
		put := func(c *servertest.Client, more M, want ...int) (got struct {
			Repeated bool
			Task     task
		}) {
			t.Helper()
			c.Do(http.MethodPut, path, with(more)).Want(want...).Into(&got)
			return got
		}
		crew.Do(http.MethodPut, path, plan).WantProblem(403, "forbidden", "never")
		if got := put(office, nil, 201); got.Task.State != "late" { // the first day is over and nobody has begun
			t.Errorf("got %+v", got)
		}
		if !put(office, nil, 200).Repeated {
			t.Error("the same again is no repetition")
		}
		begun := M{"real_from": "2026-03-02"}
		if got := put(crew, begun, 200); got.Task.State != "on_time" {
			t.Errorf("begun: got %+v", got)
		}
		crew.Do(http.MethodPut, path, with(M{"real_from": "2026-03-02", "planned_to": "2026-12-31"})).WantProblem(403, "forbidden", "never")
		other.Do(http.MethodPut, path, with(begun)).WantProblem(403, "forbidden", "never")

		goTo(t, s, "2026-03-06 09:00")
		begun["milestones"] = []M{{"title": "选址", "due": "2026-03-05", "done": "2026-03-06"}}
		if got := put(crew, begun, 200); got.Task.State != "on_time" {
			t.Errorf("a milestone: got %+v", got)
		}
		begun["hold"] = M{"reason": "规划调整", "from": "2026-03-08", "to": "2026-03-10"}
		put(crew, begun, 200)
		decide := func(c *servertest.Client, answer string) *servertest.Answer {
			return c.Do(http.MethodPut, path+"/hold", M{"answer": answer, "reason": "同意"})
		}
		decide(crew, "grant").WantProblem(403, "forbidden", "never")
		decide(office2, "grant").Want(200)
		decide(office, "refuse").WantProblem(409, "issue.nothing-asked", "never")
		goTo(t, s, "2026-03-09 09:00")
		if got := put(crew, begun, 200); !got.Repeated || got.Task.State != "suspended" || got.Task.DueOn != "2026-03-23" {
			t.Errorf("on hold: got %+v", got)
		}
		goTo(t, s, "2026-03-22 09:00")
		begun["real_to"] = "2026-03-22"
		if got := put(crew, begun, 200); got.Task.State != "early" {
			t.Errorf("done a day before its end with the days of the hold: got %+v", got)
		}

		states := func(c *servertest.Client, query string) (all []string) {
			var page struct{ Tasks []task }
			c.Do(http.MethodGet, "/api/v1/plan-tasks?year=2026"+query, nil).Want(200).Into(&page)
			for _, v := range page.Tasks {
				all = append(all, v.State)
			}
			return all
		}
		unit := "&unit=" + servertest.ID("longhua").String()
		for _, tt := range []struct {
			who   *servertest.Client
			query string
			want  []string
		}{{office, "", []string{"early"}}, {crew, "", []string{"early"}}, {other, "", nil}, {office, unit, []string{"early"}}, {office, "&state=late", nil}} {
			if got := states(tt.who, tt.query); !slices.Equal(got, tt.want) {
				t.Errorf("%s with %q: got %v, want %v", tt.who.Name, tt.query, got, tt.want)
			}
		}
		s.As("lin").Do(http.MethodGet, "/api/v1/plan-tasks?year=2026", nil).WantProblem(403, "forbidden", "never")
		for _, wrong := range []M{{"planned_to": "2026-02-01"}, {"real_to": "2026-03-21"}, {"milestones": []M{{"title": "x", "due": "2027-01-01"}}},
			{"hold": M{"reason": "x", "from": "2026-05-02", "to": "2026-05-01"}}} {
			office.Do(http.MethodPut, path, with(wrong)).WantProblem(422, "content.invalid", "never")
		}
		s.Audit()
	})
}
