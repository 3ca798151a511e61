package servertest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// numbers are the issues of a list.
func numbers(c *servertest.Client, query string) (all []string) {
	var page struct{ Issues []struct{ ID string } }
	c.Do(http.MethodGet, "/api/v1/issues"+query, nil).Want(200).Into(&page)
	for _, i := range page.Issues {
		all = append(all, i.ID)
	}
	return all
}

// TestAUnitAssists gives a part of an issue to a second unit, which sees it, replies, and is late with another; closure is the lead unit's alone.
func TestAUnitAssists(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		lin, office, crew, other := s.As("lin"), s.As("office"), s.As("crew"), s.As("meilan-crew")
		id := lin.ReportsMud()
		office.Acts(id, "give_part", M{"unit": servertest.ID("meilan-sanitation"), "until": later(s, 2), "note": "请清洗车辆"}).WantProblem(409, "issue.wrong-status", "never")
		office.Assigns(id, "longhua-sanitation", 24*time.Hour)
		other.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(404, "issue.not-found", "later")
		part := M{"unit": servertest.ID("meilan-sanitation"), "until": later(s, 2), "note": "请清洗车辆"}
		wantField(t, office.Acts(id, "give_part", M{"unit": servertest.ID("longhua-sanitation"), "until": later(s, 2), "note": "x"}),
			"content.unknown-reference", "/unit", "the lead unit")
		wantField(t, office.Acts(id, "give_part", M{"unit": servertest.ID("meilan-sanitation"), "until": later(s, -2), "note": "x"}), "content.invalid", "/until", "later than now")
		wantField(t, office.Acts(id, "give_part", M{"unit": servertest.ID("meilan-sanitation"), "until": later(s, 2)}), "content.invalid", "/note", "is needed")
		office.Acts(id, "give_part", part).Want(201)
		office.Acts(id, "give_part", part).WantProblem(409, "issue.has-part", "never")

		box := inboxOf(other, "")
		if len(box.Messages) != 1 || box.Messages[0].Type != "issue.part_given" {
			t.Errorf("the assisting unit was told %+v", box.Messages)
		}
		seen := other.Issue(id)
		if len(seen.Parts) != 1 || !seen.Parts[0].Mine || !seen.Parts[0].Open || seen.Parts[0].Wanted != "请清洗车辆" {
			t.Errorf("the assisting unit sees %+v", seen.Parts)
		}
		if want := []string{"comment", "reply_part"}; !slices.Equal(seen.May, want) {
			t.Errorf("the assisting unit may %v, want %v", seen.May, want)
		}
		if got := crew.Issue(id); got.Parts[0].Mine || slices.Contains(got.May, "reply_part") {
			t.Errorf("the lead unit replies for another: %+v %v", got.Parts, got.May)
		}
		crew.Acts(id, "reply_part", M{"part": seen.Parts[0].ID, "note": "替他们"}).WantProblem(403, "forbidden", "never")
		for query, want := range map[string]int{"": 1, "?sort=due": 1, "?status=assigned": 1,
			"?assisting=" + servertest.ID("meilan-sanitation").String(): 1, "?unit=" + servertest.ID("meilan-sanitation").String(): 0} {
			if got := numbers(other, query); len(got) != want {
				t.Errorf("the list %q of the assisting unit has %v, want %d", query, got, want)
			}
		}
		p := servertest.NewPicture("after")
		other.Declares(id, p).Want(201)
		other.Sends(id, p)
		reply := M{"part": seen.Parts[0].ID, "note": "已清洗", "photos": []inspect.ID{p.ID}}
		other.Acts(id, "fix", M{"photos": []inspect.ID{p.ID}}).WantProblem(403, "forbidden", "never")
		other.Acts(id, "reply_part", reply).Want(201)
		other.Acts(id, "reply_part", M{"part": seen.Parts[0].ID, "note": "又一次"}).WantProblem(409, "issue.nothing-asked", "never")
		if got := numbers(other, "?assisting="+servertest.ID("meilan-sanitation").String()); len(got) != 0 {
			t.Errorf("a part that has its reply is still asked for: %v", got)
		}

		office.Acts(id, "give_part", part).Want(201)
		s.Pass(3 * time.Hour)
		s.Drain()
		if box := inboxOf(other, ""); box.Messages[0].Type != "issue.part_due" {
			t.Errorf("nobody reminds the assisting unit: %+v", box.Messages[0])
		}
		second := office.Issue(id).Parts[1]
		if !second.Open || !second.Overdue {
			t.Errorf("a part without a reply is %+v", second)
		}
		office.Acts(id, "end_part", M{"part": second.ID, "reason": "不需要了"}).Want(201)
		other.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200) // by the first part
		crew.Fixes(id)
		s.As("wang").Verifies(id, "pass")
		if got := office.Issue(id); got.Parts[0].Reply != "已清洗" || got.Parts[0].Overdue || !got.Parts[1].Overdue {
			t.Errorf("in the end the parts are %+v", got.Parts)
		}
		wantAssisting(t, s)
		s.Audit()
	})
}

// wantAssisting fails unless the week's report counts one part on time of two that were due, for the unit that had them.
func wantAssisting(t *testing.T, s *servertest.Server) {
	for count, want := range map[string]int{"parts": 2, "parts_on_time": 1} {
		var behind struct{ Issues []struct{ Unit inspect.ID } }
		s.As("office").Do(http.MethodGet, "/api/v1/figures/issues?count="+count+"&unit="+servertest.ID("meilan-sanitation").String()+"&period="+weekOf(t, s.Now().Add(-time.Hour)),
			nil).Want(200).Into(&behind)
		if len(behind.Issues) != want {
			t.Errorf("%d issues are behind %s, want %d", len(behind.Issues), count, want)
		}
	}
	text := unzipped(t, s.As("office").Do(http.MethodGet, "/api/v1/reports/compute?form=csv&period="+weekOf(t, s.Now().Add(-time.Hour)), nil).Want(200).Body)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "sanitation,美兰环卫,") && strings.HasSuffix(strings.TrimSpace(line), ",2,50.00 %") {
			return
		}
	}
	t.Errorf("no line of the assisting unit with one part on time of two:\n%s", text)
}

// TestAPartLapsesWithTheIssue takes a part back from a unit that then sees the issue no more, and lets another one end by a return.
func TestAPartLapsesWithTheIssue(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, other := s.As("office"), s.As("crew"), s.As("meilan-crew")
		id := s.As("lin").ReportsMud()
		part := M{"unit": servertest.ID("meilan-sanitation"), "until": later(s, 20), "note": "请协助"}
		office.Assigns(id, "longhua-sanitation", 24*time.Hour)
		office.Acts(id, "give_part", part).Want(201)
		office.Acts(id, "end_part", M{"part": office.Issue(id).Parts[0].ID, "reason": "给错了"}).Want(201)
		other.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(404, "issue.not-found", "later")
		if got := numbers(other, ""); len(got) != 0 {
			t.Errorf("a unit whose part was taken back sees %v", got)
		}
		office.Acts(id, "give_part", part).Want(201)
		crew.Acts(id, "return", M{"reason": "不归我们"}).Want(201)
		got := office.Issue(id)
		if p := got.Parts[1]; p.Open || p.Overdue {
			t.Errorf("a part of an issue that nobody works on is %+v", p)
		}
		other.Acts(id, "reply_part", M{"part": got.Parts[1].ID, "note": "晚了"}).WantProblem(409, "issue.wrong-status", "never")
		s.Audit()
	})
}

// TestOpenWorkIsHandedOver gives what an inspector looks after to another one when they leave.
func TestOpenWorkIsHandedOver(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew, admin := s.As("lin"), s.As("office"), s.As("crew"), s.As("admin")
		grant := M{"role": "inspector", "scope": M{"kind": "area", "id": "meilan-area"}}
		zhao := s.Joins("zhao", grant)
		open, closed := lin.ReportsMud(), lin.ReportsMud()
		for _, id := range []inspect.ID{open, closed} {
			office.Assigns(id, "longhua-sanitation", 24*time.Hour)
			crew.Fixes(id)
		}
		lin.Verifies(closed, "pass")
		zhao.Do(http.MethodGet, "/api/v1/issues/"+open.String(), nil).WantProblem(404, "issue.not-found", "later")
		admin.Do(http.MethodPut, "/api/v1/settings/duty_roster",
			M{"value": []M{{"person": servertest.ID("lin"), "from": later(s, -20), "to": later(s, -10)},
				{"person": servertest.ID("lin"), "from": later(s, 1), "to": later(s, 9)}}}).Want(200)

		path := "/api/v1/people/" + servertest.ID("lin").String() + "/hand-over"
		crew.Do(http.MethodPost, path, M{"id": inspect.NewID(), "to": servertest.ID("zhao")}).WantProblem(403, "forbidden", "never")
		wantField(t, office.Do(http.MethodPost, path, M{"id": inspect.NewID(), "to": servertest.ID("crew")}), "content.unknown-reference", "/to", "who inspects")
		wantField(t, office.Do(http.MethodPost, path, M{"id": inspect.NewID(), "to": servertest.ID("lin")}), "content.unknown-reference", "/to", "same person")
		office.Do(http.MethodPost, "/api/v1/people/"+inspect.NewID().String()+"/hand-over",
			M{"id": inspect.NewID(), "to": servertest.ID("zhao")}).WantProblem(404, "not-found", "never")
		var done struct{ Issues, Left, Duties int }
		office.Do(http.MethodPost, path, M{"id": inspect.NewID(), "to": servertest.ID("zhao")}).Want(200).Into(&done)
		if done.Issues != 1 || done.Left != 0 || done.Duties != 0 {
			t.Errorf("handed over %+v, want the one open issue", done)
		}
		office.Do(http.MethodPost, path, M{"id": inspect.NewID(), "to": servertest.ID("zhao")}).Want(200).Into(&done)
		if done.Issues != 0 {
			t.Errorf("handed over twice: %+v", done)
		}
		admin.Do(http.MethodPost, path, M{"id": inspect.NewID(), "to": servertest.ID("zhao")}).Want(200).Into(&done)
		if done.Issues != 0 || done.Duties != 1 {
			t.Errorf("the administrator handed over %+v, want the time on call that is still to come", done)
		}
		if got := numbers(zhao, ""); len(got) != 1 || got[0] != open.String() {
			t.Errorf("who took over sees %v", got)
		}
		back, again := inspect.NewID(), "/api/v1/people/"+servertest.ID("zhao").String()+"/hand-over"
		for n, want := range []int{1, 0} { // there and back, and the first request once more: it does nothing twice
			office.Do(http.MethodPost, again, M{"id": back, "to": servertest.ID("lin")}).Want(200).Into(&done)
			if done.Issues != want || done.Left != n {
				t.Errorf("request %d handed over %+v, want %d", n, done, want)
			}
			office.Do(http.MethodPost, path, M{"id": inspect.NewID(), "to": servertest.ID("zhao")}).Want(200)
		}
		zhao.Verifies(open, "pass")
		wantTold(t, zhao, "issue.handed_over", "issue.handed_over") // and not of their own act
		s.Audit()
	})
}

// wantField fails unless an answer refuses one field, and says why.
func wantField(t *testing.T, a *servertest.Answer, code, pointer, why string) {
	var p struct {
		Errors []struct{ Pointer, Detail string }
	}
	a.WantProblem(422, code, "never").Into(&p)
	if len(p.Errors) != 1 || p.Errors[0].Pointer != pointer || !strings.Contains(p.Errors[0].Detail, why) {
		t.Errorf("got the faults %v, want %q at %s", p.Errors, why, pointer)
	}
}

// later is a moment so many hours from now.
func later(s *servertest.Server, hours time.Duration) string {
	return s.Now().Add(hours * time.Hour).UTC().Format(time.RFC3339Nano)
}
