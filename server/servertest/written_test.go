package servertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// courseLine is a line of an issue's record as the API gives it.
type courseLine struct {
	Type string
	By   struct {
		Name string `json:"display_name"`
	}
	Unit   struct{ Name string }
	DoneAt string `json:"done_at"`
	Texts  map[string]string
	Erased []string
	Photos []string
}

// history reads the whole course of an issue.
func history(c *servertest.Client, id inspect.ID) (all []courseLine) {
	for next := ""; ; {
		var page struct {
			Events []courseLine
			Next   string
		}
		c.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events?limit=7"+next, nil).Want(http.StatusOK).Into(&page)
		all = append(all, page.Events...)
		if page.Next == "" {
			return all
		}
		next = "&cursor=" + page.Next
	}
}

// textFields are the fields of an action that people write in, as far as it takes them.
func textFields(action inspect.Action) (all []string) {
	must, may := action.Needs(inspect.Fail)
	for _, n := range append(must, may...) {
		if f := string(n); slices.Contains([]string{"reason", "note", "findings", "handling"}, f) && !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

// writers is who takes an action in the tests of what is written, where it is not the office.
var writers = map[inspect.Action]string{"return": "crew", "fix": "crew", "verify": "wang", "ask_extension": "crew", "ask_hold": "crew", "supervise": "leader",
	"reply": "crew", "appeal": "crew", "decide_appeal": "office2", "pass": "crew", "look": "wang", "reply_part": "crew-boss", "on_the_spot_fix": "lin", "comment": "lin"}

// TestWhateverWasWrittenIsShown writes a text of its own into every text field of every action and looks for it where who sees the issue reads it.
func TestWhateverWasWrittenIsShown(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		c, looked := newCity(s), 0
		for _, action := range inspect.Actions {
			status := action.From()[0]
			i := c.ready(c.lin, action, status)
			fields := c.fields(i, action)
			switch action {
			case inspect.Verify:
				fields = M{"verdict": "fail", "how": "on_site", "photos": []inspect.ID{i.check}}
			case inspect.WithdrawPhoto:
				fields = M{"photo": c.lost(i.id)}
			case inspect.Erase:
				fields = M{"photo": i.before}
			}
			written := textFields(action)
			for _, f := range written {
				fields[f] = fmt.Sprintf("写明%s之%s", action, f)
			}
			who := c.office
			if name := writers[action]; name != "" {
				who = s.As(name)
			}
			who.WithT(t).Acts(i.id, string(action), fields).Want(http.StatusCreated)
			for _, f := range written {
				if !slices.ContainsFunc(history(c.office, i.id), func(e courseLine) bool { return e.Texts[f] == fields[f] && e.By.Name != "" }) {
					t.Errorf("%s: the %s %q is in no line of the course of the issue", action, f, fields[f])
				}
			}
			looked += len(written)
		}
		if looked < len(inspect.Actions) {
			t.Errorf("looked for %d texts of %d actions", looked, len(inspect.Actions))
		}
		s.Audit()
	})
}

// TestTheCourseOfAnIssueSaysWhoWroteWhat follows one issue: who, for which unit, when, with which photos; what a unit and a link may
// not know; and what became of a text that was erased.
func TestTheCourseOfAnIssueSaysWhoWroteWhat(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew, wang := s.As("lin"), s.As("office"), s.As("crew"), s.As("wang")
		id := inspect.NewID()
		body := lin.Report()
		body["site"], body["plate"], body["caller"] = "金海岸工地", "琼A12345", M{"name": "王小明", "phone": "13800000000"}
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		crew.Fixes(id)
		shown := wang.Shows(id, "check")
		wang.Acts(id, "verify", M{"verdict": "fail", "how": "on_site", "reason": "墙角仍有积泥", "photos": []inspect.ID{shown}}).Want(http.StatusCreated)

		var link struct{ Token string }
		crew.Do(http.MethodPost, "/api/v1/issues/"+id.String()+"/links", M{}).Want(http.StatusCreated).Into(&link)
		for _, reader := range []*servertest.Client{lin, office, crew, s.Phone("driver", link.Token)} {
			all := history(reader, id)
			at := slices.IndexFunc(all, func(e courseLine) bool { return e.Type == "issue.verification_failed" })
			if e := all[at]; e.Texts["reason"] != "墙角仍有积泥" || e.Unit.Name != "龙华环卫" || !slices.Contains(e.Photos, shown.String()) || e.DoneAt == "" {
				t.Errorf("%s reads %+v", reader.Name, e)
			}
			if e := all[0]; e.Texts["note"] == "" || e.Texts["site"] != "金海岸工地" || e.Texts["plate"] != "琼A12345" {
				t.Errorf("%s reads of the report %+v", reader.Name, e)
			}
			raw := string(reader.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Body) + string(reader.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Body)
			if strings.Contains(raw, "王小明") || strings.Contains(raw, "13800000000") {
				t.Errorf("%s reads who called", reader.Name)
			}
			hidden := reader == crew || reader.Name == "driver"
			if strings.Contains(raw, "Person lin") == hidden || !strings.Contains(raw, "S-lin") {
				t.Errorf("%s: the name of who reported is hidden: %t, want %t", reader.Name, !strings.Contains(raw, "Person lin"), hidden)
			}
		}
		if list := string(crew.Do(http.MethodGet, "/api/v1/issues", nil).Body); strings.Contains(list, "Person lin") || !strings.Contains(list, "S-lin") {
			t.Error("the list of a unit tells the name of who reported")
		}
		if list := string(office.Do(http.MethodGet, "/api/v1/issues", nil).Body); !strings.Contains(list, "Person lin") {
			t.Error("the list of the office does not tell the name of who reported")
		}

		for _, who := range []string{"office", "office2"} {
			s.As(who).Acts(id, "erase", M{"reason": "本人要求"}).Want(http.StatusCreated)
		}
		all := history(crew, id)
		at := slices.IndexFunc(all, func(e courseLine) bool { return e.Type == "issue.verification_failed" })
		if e := all[at]; e.Texts["reason"] != "" || !slices.Equal(e.Erased, []string{"reason"}) {
			t.Errorf("after the erasure: %+v", e)
		}
		if e := all[len(all)-1]; e.Type != "issue.erased" || e.Texts["reason"] != "本人要求" {
			t.Errorf("the reason of the erasure: %+v", e)
		}
		s.Audit()
	})
}

func TestAMessageCarriesTheReason(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew := s.As("office"), s.As("crew")
		id := s.As("lin").ReportsMud()
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		crew.Fixes(id)
		s.As("wang").Acts(id, "verify", M{"verdict": "fail", "how": "on_site", "reason": "墙角仍有积泥", "note": "请彻底冲洗",
			"photos": []inspect.ID{s.As("wang").Shows(id, "check")}}).Want(http.StatusCreated)
		inbox := func(c *servertest.Client) string {
			return string(c.Do(http.MethodGet, "/api/v1/inbox", nil).Want(http.StatusOK).Body)
		}
		if got := inbox(crew); !strings.Contains(got, "理由：墙角仍有积泥") || !strings.Contains(got, "说明：请彻底冲洗") {
			t.Errorf("the unit reads %s", got)
		}
		crew.Acts(id, "return", M{"reason": "不是我们的路段"}).Want(http.StatusCreated)
		if got := inbox(office); !strings.Contains(got, "理由：不是我们的路段") {
			t.Errorf("the office reads %s", got)
		}
		if got := inbox(crew); strings.Contains(got, "墙角仍有积泥") { // the issue is out of their sight
			t.Errorf("the unit that gave it back still reads %s", got)
		}
	})
}
