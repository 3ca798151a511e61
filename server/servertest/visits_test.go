package servertest_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// siteVisit is a visit as a client reads it.
type siteVisit struct {
	ID, State, Grade string
	Target           struct{ Name string }
	Unit             *struct{ Name string }
	By               struct {
		DisplayName string `json:"display_name"`
		StaffNumber string `json:"staff_number"`
	}
	Version        int
	Score          *float64
	FirstScore     *float64 `json:"first_score"`
	Passed, Vetoed bool
	Failed         []struct{ Item, Text, Note string }
	Answers        []struct {
		Item, Result, Note string
		Score              float64
		Findings           []struct {
			Note  string
			Issue *struct{ ID, Number, Status string }
		}
		Carried, Struck bool
	}
	Contest *struct {
		Items, Struck    []string
		Reason, Decision string
	}
	Earlier  []struct{ ID string }
	Rechecks string
	Again    string `json:"rechecked_by"`
	May      []string
}

// visits are the doors of one visit.
type visits struct {
	*servertest.Client
	t    *testing.T
	path string
}

func visitOf(t *testing.T, c *servertest.Client, name string) visits {
	return visits{c, t, "/api/v1/visits/" + servertest.ID(name).String()}
}

func (v visits) put(door string, body any) *servertest.Answer {
	return v.Do(http.MethodPut, v.path+door, body)
}

func (v visits) kept(door string, body any, status int) siteVisit {
	v.t.Helper()
	var kept struct {
		Repeated bool
		Visit    siteVisit
	}
	v.put(door, body).Want(status).Into(&kept)
	if kept.Repeated != (status == http.StatusOK) {
		v.t.Errorf("%s: repeated %t with status %d", door, kept.Repeated, status)
	}
	return kept.Visit
}

func (v visits) read() (now siteVisit) {
	v.t.Helper()
	v.Do(http.MethodGet, v.path, nil).Want(http.StatusOK).Into(&now)
	return now
}

// answers are those to all items of schoolStandard, with what is given in their place.
func answers(other ...M) []M {
	var all []M
	for n := range 5 {
		a := M{"item": fmt.Sprint(n + 1), "result": "yes"}
		for _, o := range other {
			if o["item"] == a["item"] {
				a = o
			}
		}
		all = append(all, a)
	}
	return all
}

// checklist is a visit to a school as the phone sends it.
func checklist(c *servertest.Client, school string, answers []M, more M) M {
	now := c.Now().UTC()
	body := M{"standard": servertest.ID("schools"), "version": 1, "subject": "place", "target": servertest.ID(school), "started_at": now.Add(-20 * time.Minute).Format(time.RFC3339Nano),
		"done_at": now.Add(-time.Minute).Format(time.RFC3339Nano), "sent_at": now.Format(time.RFC3339Nano), "answers": answers,
		"signature": M{"kind": "signed", "name": "王校长"}}
	maps.Copy(body, more)
	return body
}

// schoolCity has a school that Longhua sanitation answers for, and a standard in force.
func schoolCity(s *servertest.Server) {
	putSpot(s.As("admin"), "school", spot("school_surroundings", "第一小学", 100, M{"area": servertest.ID("binhai"), "unit": servertest.ID("longhua-sanitation")})).Want(http.StatusCreated)
	putStandard(s.As("office"), "schools", schoolStandard(nil)).Want(http.StatusCreated)
	enact(s.As("office"), "schools", 1).Want(http.StatusOK)
	s.As("crew")
	s.As("lin")
}

// foundWith is something that becomes an issue with one photo.
func foundWith(name string, p servertest.Picture) M {
	return M{"issue": servertest.ID(name), "note": name, "photos": []M{p.Declared()}}
}

func TestASchoolIsVisitedContestedDecidedAndLookedAtAgain(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		schoolCity(s)
		first, second, third := servertest.NewPicture("report"), servertest.NewPicture("report"), servertest.NewPicture("report")
		lin := visitOf(t, s.As("lin"), "visit")
		sent := checklist(s.As("lin"), "school", answers(
			M{"item": "1", "result": "no", "findings": []M{foundWith("纸屑", first), foundWith("烟头", second)}},
			M{"item": "2", "result": "no", "note": "后墙", "findings": []M{foundWith("死角", third)}},
			M{"item": "4", "result": "na"},
			M{"item": "5", "result": "no", "findings": []M{{"note": "去年的海报"}, {"note": "破损"}}}), nil)
		came := lin.kept("", sent, http.StatusCreated)
		// 10 + 10 + 20 + 15 of 80
		if came.Score == nil || *came.Score != 68.75 || !came.Passed || came.Grade != "C" || came.State != "done" || len(came.Failed) != 3 {
			t.Errorf("got %+v", came)
		}
		if again := lin.kept("", but(sent, M{"sent_at": s.Now().UTC().Format(time.RFC3339Nano)}), http.StatusOK); again.ID != came.ID {
			t.Error("the same visit again is another one")
		}
		lin.put("", but(sent, M{"note": "别的"})).WantProblem(409, "visit.differs", "never")
		visitOf(t, s.As("wang"), "visit").put("", sent).WantProblem(409, "visit.differs", "never")
		for name, p := range map[string]servertest.Picture{"纸屑": first, "烟头": second, "死角": third} {
			s.As("lin").Sends(servertest.ID(name), p)
			if i := s.As("office").Issue(servertest.ID(name)); i.Status == "" || !i.Complete || i.Address != "第一小学" {
				t.Errorf("%s: got %+v", name, i)
			}
		}
		var found struct{ Visits []siteVisit }
		s.As("office").Do(http.MethodGet, "/api/v1/visits?issue="+servertest.ID("死角").String(), nil).Want(http.StatusOK).Into(&found)
		if len(found.Visits) != 1 || found.Visits[0].ID != came.ID {
			t.Errorf("the visit of an issue: got %+v", found)
		}

		crew := visitOf(t, s.As("crew"), "visit")
		if seen := crew.read(); seen.By.DisplayName != seen.By.StaffNumber || !slices.Equal(seen.May, []string{"contest"}) || seen.Answers[0].Findings[0].Issue == nil {
			t.Errorf("the unit sees %+v", seen)
		}
		if box := inboxOf(s.As("crew"), ""); !slices.ContainsFunc(box.Messages, func(m told) bool { return strings.Contains(m.Title, "第一小学 68.75") }) {
			t.Errorf("the unit was told %+v", box)
		}
		s.As("crew").AllowInvalidRequests = true
		crew.put("/contest", M{"items": []string{"3"}, "reason": "没有"}).WantProblem(422, "content.invalid", "never")
		crew.put("/contest", M{"items": []string{"5"}, "reason": "  "}).WantProblem(422, "content.invalid", "never")
		contest := M{"items": []string{"5", "2"}, "reason": "宣传栏当天已更新"}
		if got := crew.kept("/contest", contest, http.StatusCreated); got.State != "contested" {
			t.Errorf("contested: %+v", got)
		}
		crew.kept("/contest", contest, http.StatusOK)
		crew.put("/contest", M{"items": []string{"1"}, "reason": "还有"}).WantProblem(409, "visit.wrong-state", "never")
		crew.put("/contest/decision", M{"struck": []string{"5"}, "reason": "属实"}).WantProblem(403, "forbidden", "never")

		office := visitOf(t, s.As("office"), "visit")
		s.As("office").AllowInvalidRequests = true
		office.put("/contest/decision", M{"struck": []string{"1"}, "reason": "属实"}).WantProblem(422, "content.invalid", "never")
		decided := office.kept("/contest/decision", M{"struck": []string{"5"}, "reason": "照片属实"}, http.StatusCreated)
		// 10 + 10 + 20 + 20 of 80
		if decided.State != "final" || *decided.Score != 75 || decided.Grade != "B" || *decided.FirstScore != 68.75 || !decided.Answers[4].Struck {
			t.Errorf("decided: %+v", decided)
		}
		office.kept("/contest/decision", M{"struck": []string{"5"}, "reason": "照片属实"}, http.StatusOK)
		office.put("/contest/decision", M{"struck": []string{}, "reason": "再看"}).WantProblem(409, "visit.wrong-state", "never")

		again := visitOf(t, s.As("wang"), "again")
		ask := func(list ...M) M {
			return checklist(s.As("wang"), "school", list, M{"rechecks": servertest.ID("visit"), "signature": M{"kind": "refused", "reason": "不同意"}})
		}
		again.put("", ask(M{"item": "1", "result": "yes"}, M{"item": "2", "result": "yes"}, M{"item": "5", "result": "yes"})).WantProblem(422, "visit.wrong-answers", "never")
		looked := again.kept("", ask(M{"item": "1", "result": "yes"}, M{"item": "2", "result": "no"}), http.StatusCreated)
		// 20 + 10 + 20 + 20 of 80 is under 92
		if *looked.Score != 87.5 || looked.Passed || !looked.Answers[2].Carried || looked.Answers[0].Carried || len(looked.Earlier) != 1 {
			t.Errorf("looked at again: %+v", looked)
		}
		late := visitOf(t, s.As("lin"), "late")
		late.put("", ask(M{"item": "1", "result": "yes"}, M{"item": "2", "result": "yes"})).WantProblem(409, "visit.answered", "never")
		if was := office.read(); was.Again != looked.ID || *was.Score != 75 {
			t.Errorf("the first visit is now %+v", was)
		}
		last := visitOf(t, s.As("lin"), "last").kept("", checklist(s.As("lin"), "school", []M{{"item": "2", "result": "yes"}}, M{"rechecks": servertest.ID("again")}), http.StatusCreated)
		if *last.Score != 100 || !last.Passed || last.Grade != "A" {
			t.Errorf("looked at for the third time: %+v", last)
		}
		var grades struct {
			Kinds []struct {
				Kind           string
				Places, Graded int
				ByGrade        map[string]int `json:"by_grade"`
			}
		}
		s.As("leader").Do(http.MethodGet, "/api/v1/place-grades", nil).Want(http.StatusOK).Into(&grades)
		if len(grades.Kinds) != 1 || grades.Kinds[0].Graded != 1 || grades.Kinds[0].ByGrade["A"] != 1 {
			t.Errorf("the grades are %+v", grades)
		}
		pdf := office.Do(http.MethodGet, office.path+"/record", nil).Want(http.StatusOK)
		if !bytes.HasPrefix(pdf.Body, []byte("%PDF-")) {
			t.Errorf("the record is %.20q", pdf.Body)
		}
		s.Audit()
	})
}

func TestAVisitComesWholeOrNotAtAll(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		schoolCity(s)
		putSpot(s.As("admin"), "closed", spot("school_surroundings", "撤并小学", 300, M{"valid_to": "2020-12-31"})).Want(http.StatusCreated)
		putSpot(s.As("admin"), "market", spot("market", "市场", 400, nil)).Want(http.StatusCreated)
		lin := s.As("lin")
		lin.AllowInvalidRequests = true
		p := servertest.NewPicture("report")
		bad := func(more M) M { f := foundWith("bad", p); maps.Copy(f, more); return f }
		good := M{"item": "1", "result": "no", "findings": []M{foundWith("good", servertest.NewPicture("report"))}}
		for name, c := range map[string]struct {
			answers []M
			more    M
			status  int
			code    string
			pointer string
		}{
			"no such item":        {append(answers(good), M{"item": "9", "result": "yes"}), nil, 422, "visit.wrong-answers", "/answers/5/item"},
			"one is missing":      {answers(good)[:4], nil, 422, "visit.wrong-answers", "/answers"},
			"answered twice":      {append(answers(good), M{"item": "2", "result": "yes"}), nil, 422, "visit.wrong-answers", "/answers/5/item"},
			"always applies":      {answers(good, M{"item": "2", "result": "na"}), nil, 422, "visit.wrong-answers", "/answers/1/result"},
			"found at a yes":      {answers(good, M{"item": "2", "result": "yes", "findings": []M{{"note": "死角"}}}), nil, 422, "visit.wrong-answers", "/answers/1/findings"},
			"no photo":            {answers(good, M{"item": "1", "result": "no"}), nil, 422, "visit.wrong-answers", "/answers/0/findings"},
			"no such category":    {answers(good, M{"item": "2", "result": "no", "findings": []M{bad(M{"category": "99999"})}}), nil, 422, "visit.finding-refused", "/answers/1/findings/0/category"},
			"no category":         {answers(good, M{"item": "5", "result": "no", "findings": []M{bad(nil)}}), nil, 422, "visit.finding-refused", "/answers/4/findings/0/category"},
			"closed":              {answers(good), M{"target": servertest.ID("closed")}, 409, "visit.place-closed", ""},
			"of another kind":     {answers(good), M{"target": servertest.ID("market")}, 422, "content.invalid", "/standard"},
			"nowhere":             {answers(good), M{"target": servertest.ID("nowhere")}, 422, "content.unknown-reference", "/target"},
			"no such version":     {answers(good), M{"version": 7}, 422, "content.unknown-reference", "/standard"},
			"signed by nobody":    {answers(good), M{"signature": M{"kind": "signed"}}, 422, "content.invalid", "/signature/name"},
			"refused for nothing": {answers(good), M{"signature": M{"kind": "refused"}}, 422, "content.invalid", "/signature/reason"},
			"with oneself":        {answers(good), M{"with": []inspect.ID{servertest.ID("lin")}}, 422, "content.unknown-reference", "/with/0"},
			"not drawn":           {answers(good), M{"draw": servertest.ID("no draw")}, 422, "content.unknown-reference", "/draw"},
			"of nothing":          {answers(good), M{"rechecks": servertest.ID("no visit")}, 422, "content.unknown-reference", "/rechecks"},
		} {
			a := visitOf(t, lin, "v "+name).put("", checklist(lin, "school", c.answers, c.more))
			if a.Status != c.status || !strings.Contains(string(a.Body), `"`+c.code+`"`) || !strings.Contains(string(a.Body), `"`+c.pointer+`"`) && c.pointer != "" {
				t.Errorf("%s: got %d %s, want %d %s at %s", name, a.Status, a.Body, c.status, c.code, c.pointer)
			}
		}
		for _, name := range []string{"good", "bad"} {
			s.As("office").Do(http.MethodGet, "/api/v1/issues/"+servertest.ID(name).String(), nil).WantProblem(404, "issue.not-found", "later")
		}
		var none struct{ Visits []siteVisit }
		s.As("office").Do(http.MethodGet, "/api/v1/visits", nil).Want(http.StatusOK).Into(&none)
		if len(none.Visits) != 0 {
			t.Errorf("of what was refused stays %+v", none)
		}
		s.Audit()
	})
}

func TestWhoSeesAVisit(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		schoolCity(s)
		sent := checklist(s.As("lin"), "school", answers(M{"item": "5", "result": "no"}), nil)
		visitOf(t, s.As("crew"), "visit").put("", sent).WantProblem(403, "forbidden", "never")
		visitOf(t, s.As("leader"), "visit").put("", sent).WantProblem(403, "forbidden", "never")
		visitOf(t, s.As("meilan-desk"), "visit").put("", sent).WantProblem(403, "forbidden", "never")
		visitOf(t, s.As("lin"), "visit").kept("", sent, http.StatusCreated)
		for name, sees := range map[string]bool{"lin": true, "wang": true, "office": true, "leader": true, "longhua-desk": true, "crew": true, "crew-boss": true,
			"meilan-desk": false, "meilan-crew": false, "keeper": false} {
			v, c := visitOf(t, s.As(name), "visit"), s.As(name)
			if !sees {
				v.Do(http.MethodGet, v.path, nil).WantProblem(404, "visit.not-found", "never")
				v.put("/contest", M{"items": []string{"5"}, "reason": "不是"}).WantProblem(404, "visit.not-found", "never")
				continue
			}
			v.Do(http.MethodGet, v.path, nil).Want(http.StatusOK)
			var all struct{ Visits []siteVisit }
			if c.Do(http.MethodGet, "/api/v1/visits", nil).Want(http.StatusOK).Into(&all); len(all.Visits) != 1 {
				t.Errorf("%s lists %d visits", name, len(all.Visits))
			}
		}
		visitOf(t, s.As("crew-boss"), "visit").kept("/contest", M{"items": []string{"5"}, "reason": "不是"}, http.StatusCreated)
		decision := M{"struck": []string{"5"}, "reason": "属实"}
		s.Joins("both", M{"role": "office", "scope": M{"kind": "city"}}, M{"role": "unit", "scope": M{"kind": "unit", "id": "longhua"}})
		both := s.LogIn("both", "correct horse battery")
		visitOf(t, both, "visit").put("/contest/decision", decision).WantProblem(403, "visit.second-person", "never")
		visitOf(t, s.As("longhua-desk"), "visit").kept("/contest/decision", decision, http.StatusCreated)
		s.Audit()
	})
}

func TestAContestComesInTime(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		schoolCity(s)
		visitOf(t, s.As("lin"), "visit").kept("", checklist(s.As("lin"), "school", answers(M{"item": "5", "result": "no"}), nil), http.StatusCreated)
		crew := visitOf(t, s.As("crew"), "visit")
		s.Pass(14 * 24 * time.Hour)
		if now := crew.read(); now.State != "final" || len(now.May) != 0 {
			t.Errorf("after two weeks: %+v", now)
		}
		crew.put("/contest", M{"items": []string{"5"}, "reason": "不是"}).WantProblem(409, "visit.contest-too-late", "never")
		s.Audit()
	})
}

func TestWhatIsDue(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		schoolCity(s)
		s.As("wang")
		office := drawOf(s.As("office"), "draw")
		office.kept(t, "", M{"purpose": "学校抽查", "kind": "school_surroundings", "count": 1, "inspectors_each": 2,
			"pool": []inspect.ID{servertest.ID("lin"), servertest.ID("wang")}}, http.StatusCreated)
		due := func(name string) (all struct {
			Due []struct {
				State    string
				Draw     *struct{ ID string }
				Rechecks string
				Target   struct{ Name string }
				With     []struct{ ID string }
				Last     *siteVisit
			}
		}) {
			s.As(name).Do(http.MethodGet, "/api/v1/visits/due", nil).Want(http.StatusOK).Into(&all)
			return all
		}
		if before := due("lin"); len(before.Due) != 0 {
			t.Errorf("before the draw is due %+v", before)
		}
		office.kept(t, "/picks", nil, http.StatusCreated)
		if drawn := due("lin"); len(drawn.Due) != 1 || drawn.Due[0].Draw == nil || len(drawn.Due[0].With) != 1 || drawn.Due[0].Target.Name != "第一小学" {
			t.Errorf("due: %+v", drawn)
		}
		if others := due("office"); len(others.Due) != 0 {
			t.Errorf("somebody who was not drawn is shown %+v", others)
		}
		s.As("crew").Do(http.MethodGet, "/api/v1/visits/due", nil).WantProblem(403, "forbidden", "never")
		sent := checklist(s.As("lin"), "school", answers(M{"item": "4", "result": "no"}), M{"draw": servertest.ID("draw"), "with": []inspect.ID{servertest.ID("wang")}})
		if failed := visitOf(t, s.As("lin"), "first").kept("", sent, http.StatusCreated); failed.Passed || !failed.Vetoed || failed.Grade != "" || *failed.Score != 80 {
			t.Errorf("a veto item: %+v", failed)
		}
		visitOf(t, s.As("wang"), "second").put("", checklist(s.As("wang"), "school", answers(), M{"draw": servertest.ID("draw")})).WantProblem(409, "visit.answered", "never")
		far := s.Joins("far", M{"role": "inspector", "scope": M{"kind": "area", "id": "meilan-area"}})
		lot := drawOf(s.As("office"), "far draw")
		lot.kept(t, "", M{"purpose": "异地抽查", "kind": "school_surroundings", "count": 1, "inspectors_each": 1, "pool": []inspect.ID{servertest.ID("far")}}, http.StatusCreated)
		lot.kept(t, "/picks", nil, http.StatusCreated)
		visitOf(t, far, "own choice").put("", checklist(far, "school", answers(), nil)).WantProblem(403, "forbidden", "never")
		visitOf(t, far, "by lot").kept("", checklist(far, "school", answers(), M{"draw": servertest.ID("far draw")}), http.StatusCreated)
		if again := due("wang"); len(again.Due) != 1 || again.Due[0].Rechecks == "" || again.Due[0].Last == nil || len(again.Due[0].Last.Failed) != 1 {
			t.Errorf("after a visit that failed is due %+v", again)
		}
		s.Audit()
	})
}
