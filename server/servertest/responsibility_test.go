package servertest_test

import (
	"encoding/json"
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

// rule is the body of a rule without fault, in force for ever.
func rule(unit, area string, more M) M {
	body := M{"unit": servertest.ID(unit), "area": servertest.ID(area), "valid_from": "2020-01-01"}
	maps.Copy(body, more)
	return body
}

// rules puts a rule under a name and gives its number.
func rules(c *servertest.Client, name string, body M) int64 {
	var saved struct{ Responsibility struct{ Number int64 } }
	c.Do(http.MethodPut, "/api/v1/responsibilities/"+servertest.ID(name).String(), body).Want(201, 200).Into(&saved)
	return saved.Responsibility.Number
}

// responsible is a unit that answers for an issue.
type responsible struct {
	Unit      struct{ ID, Name string }
	Rule      int64
	ReasonZH  string `json:"reason_zh"`
	ReasonEN  string `json:"reason_en"`
	Leader    string
	Contact   string
	Assisting []struct{ Name string }
	Others    []responsible
}

// proposedUnit is what the view of an issue proposes; nil for nobody.
func proposedUnit(c *servertest.Client, id inspect.ID) *responsible {
	var i struct {
		Proposed *struct{ Responsible *responsible }
	}
	c.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&i)
	if i.Proposed == nil {
		return nil
	}
	return i.Proposed.Responsible
}

func TestTheRegisterProposesAUnit(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, lin := s.As("admin"), s.As("office"), s.As("lin")
		id := lin.ReportsMud()
		if p := proposedUnit(office, id); p != nil {
			t.Errorf("nobody answers, and the proposal is %+v", p)
		}
		city := rules(admin, "city", rule("meilan-sanitation", "city", nil))
		rules(admin, "elsewhere", rule("meilan-sanitation", "meilan-area", M{"category": "08012"}))
		street := rules(admin, "street", rule("longhua-crew", "binhai", M{"group": "road_mud", "leader": "陈区长", "contact": "王师傅 13900000000", "note": "每日两巡",
			"assisting": []inspect.ID{servertest.ID("longhua"), servertest.ID("meilan-sanitation")}}))
		rules(admin, "off", rule("longhua", "binhai", M{"category": "08012", "enabled": false}))
		p := proposedUnit(office, id)
		if p == nil || p.Unit.Name != "龙华环卫一班" || p.Rule != street || p.Leader != "陈区长" || p.Contact != "王师傅 13900000000" || len(p.Assisting) != 2 ||
			p.Assisting[1].Name != "美兰环卫" {
			t.Fatalf("got %+v, want the crew of the street", p)
		}
		if p.ReasonZH != fmt.Sprintf("街道 滨海街道，类别 道路遗撒 → 龙华环卫一班，规则 %d", street) || p.ReasonEN != fmt.Sprintf("street 滨海街道, group mud and spills → 龙华环卫一班, rule %d", street) {
			t.Errorf("got the reasons %q and %q", p.ReasonZH, p.ReasonEN)
		}
		if len(p.Others) != 1 || p.Others[0].Rule != city || p.Others[0].Unit.Name != "美兰环卫" {
			t.Errorf("got the others %+v, want the rule of the city", p.Others)
		}
		admin.Do(http.MethodPut, "/api/v1/units/"+servertest.ID("longhua-crew").String(), M{"name": "龙华环卫一班", "kind": "crew", "enabled": false}).Want(200)
		if p := proposedUnit(office, id); p == nil || p.Rule != city {
			t.Errorf("the crew is switched off: got %+v, want the rule of the city", p)
		}
		office.Assigns(id, "longhua-sanitation", 8*time.Hour) // another unit than proposed
		if p := proposedUnit(office, id); p != nil {
			t.Errorf("it is assigned, and %+v is proposed", p)
		}
		wantProposed(t, office, id, city, "meilan-sanitation")

		nowhere, body := inspect.NewID(), lin.Report()
		delete(body, "area")
		lin.Do(http.MethodPut, "/api/v1/issues/"+nowhere.String(), body).Want(201)
		if p := proposedUnit(office, nowhere); p != nil {
			t.Errorf("an issue without an area: got %+v, want nobody", p)
		}
		due := s.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano) // the office says where it lies, and to whom it goes, at once
		office.Acts(nowhere, "assign", M{"unit": servertest.ID("meilan-sanitation"), "due_at": due, "area": servertest.ID("meilan-area")}).Want(201)
		wantProposed(t, office, nowhere, city+1, "meilan-sanitation")
		s.Audit()
	})
}

func TestCandidatesOfTheDistrictComeFirst(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, lin := s.As("admin"), s.As("office"), s.As("lin")
		id := lin.ReportsMud()
		rules(admin, "city", rule("meilan-sanitation", "city", M{"category": "06010"}))
		rules(admin, "street", rule("longhua-crew", "binhai", M{"category": "06010"})) // about something else, in the same street
		rules(admin, "twice", rule("longhua-crew", "city", nil))
		rules(admin, "elsewhere", rule("longhua", "meilan-area", nil))
		rules(admin, "off", rule("longhua-sanitation", "binhai", M{"enabled": false}))
		var i struct {
			Proposed struct{ Candidates []struct{ Name string } }
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&i)
		var names []string
		for _, c := range i.Proposed.Candidates {
			names = append(names, c.Name)
		}
		if !slices.Equal(names, []string{"龙华环卫一班", "美兰环卫"}) {
			t.Errorf("got %v, want who answers for something in the street, then who does in the city", names)
		}
	})
}

// wantProposed fails unless the last event says that a rule proposed a unit.
func wantProposed(t *testing.T, c *servertest.Client, id inspect.ID, rule int64, unit string) {
	t.Helper()
	var page struct {
		Events []struct {
			Type string
			Body struct {
				Rule int64  `json:"proposed_rule"`
				Unit string `json:"proposed_unit"`
			}
		}
	}
	c.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Want(200).Into(&page)
	last := page.Events[len(page.Events)-1]
	if last.Type != "issue.assigned" || last.Body.Rule != rule || last.Body.Unit != servertest.ID(unit).String() {
		t.Errorf("got %+v, want that rule %d proposed %s", last, rule, unit)
	}
}

func TestARuleHoldsOnDaysOfTheCity(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		zone := s.Core.Zone
		now := s.Now().In(zone)
		s.Pass(time.Date(now.Year(), now.Month(), now.Day()+1, 23, 0, 0, 0, zone).Sub(s.Now())) // 15:00 UTC
		today, tomorrow := s.Now().In(zone).Format(time.DateOnly), s.Now().In(zone).AddDate(0, 0, 1).Format(time.DateOnly)
		admin, office := s.As("admin"), s.As("office")
		old := rules(admin, "old", rule("longhua", "city", M{"valid_to": today}))
		next := rules(admin, "next", rule("longhua-sanitation", "city", M{"valid_from": tomorrow}))
		id := s.As("lin").ReportsMud()
		if p := proposedUnit(office, id); p == nil || p.Rule != old || len(p.Others) != 0 {
			t.Errorf("before midnight: got %+v, want rule %d alone", p, old)
		}
		s.Pass(time.Hour)
		if p := proposedUnit(office, id); p == nil || p.Rule != next || len(p.Others) != 0 {
			t.Errorf("after midnight: got %+v, want rule %d alone", p, next)
		}
	})
}

func TestRulesAreKeptOnRecord(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office := s.As("admin"), s.As("office")
		path := "/api/v1/responsibilities/" + servertest.ID("a").String()
		var feed struct{ Cursor string }
		office.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(200).Into(&feed)
		body := rule("longhua", "binhai", M{"leader": "陈区长", "assisting": []inspect.ID{servertest.ID("longhua-crew")}})
		first := rules(admin, "a", body)
		if second := rules(admin, "b", rule("longhua", "city", nil)); second != first+1 {
			t.Errorf("got the numbers %d and %d", first, second)
		}
		var again struct{ Repeated bool }
		if admin.Do(http.MethodPut, path, body).Want(200).Into(&again); !again.Repeated {
			t.Error("the same again is no repetition")
		}
		fresh := func() *servertest.Answer {
			return admin.Do(http.MethodPut, "/api/v1/responsibilities/"+servertest.ID("c").String(), rule("longhua", "meilan-area", nil))
		}
		wantFirst(t, together(fresh, fresh, fresh, fresh))
		rules(admin, "c", rule("longhua", "meilan-area", M{"enabled": false}))
		body["valid_to"], body["leader"] = "2030-12-31", ""
		var changed struct {
			Repeated       bool
			Responsibility struct {
				Number  int64
				ValidTo string `json:"valid_to"`
				Leader  string
			}
		}
		admin.Do(http.MethodPut, path, body).Want(200).Into(&changed)
		if r := changed.Responsibility; changed.Repeated || r.Number != first || r.ValidTo != "2030-12-31" || r.Leader != "" {
			t.Errorf("got %+v, want the change under number %d", changed, first)
		}
		office.Do(http.MethodPut, path, body).WantProblem(403, "forbidden", "never")
		s.As("lin").Do(http.MethodGet, "/api/v1/responsibilities", nil).WantProblem(403, "forbidden", "never")
		s.As("crew").Do(http.MethodGet, "/api/v1/responsibilities/gaps", nil).WantProblem(403, "forbidden", "never")
		wantNumbers(t, office, "", first, first+1, first+2)
		wantNumbers(t, office, "?limit=1", first)
		wantNumbers(t, office, "?area="+servertest.ID("city").String(), first+1)
		wantNumbers(t, office, "?unit="+servertest.ID("longhua-crew").String())

		var told struct{ Changes []struct{ Kind string } }
		office.Do(http.MethodGet, "/api/v1/changes?since="+feed.Cursor, nil).Want(200).Into(&told)
		for _, c := range told.Changes {
			if c.Kind != "people" { // who joined meanwhile
				t.Errorf("a phone is told of a change of %s", c.Kind)
			}
		}
		if events := s.Texts("SELECT count(*) FROM event e JOIN stream s ON s.id = e.stream WHERE s.kind = 'responsibility'"); events[0] != "5" {
			t.Errorf("got %s events, want 5", events[0])
		}
		if bodies := strings.Join(s.Texts("SELECT e.body FROM event e JOIN stream s ON s.id = e.stream WHERE s.kind = 'responsibility'"), ""); strings.Contains(bodies, "陈区长") {
			t.Error("the record names a person")
		}
		s.Audit()
	})
}

// wantFirst fails unless one answer is 201 and all others are 200.
func wantFirst(t *testing.T, answers []*servertest.Answer) {
	t.Helper()
	first := 0
	for _, a := range answers {
		if a.Want(200, 201).Status == 201 {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d of %d were the first", first, len(answers))
	}
}

func wantNumbers(t *testing.T, c *servertest.Client, query string, want ...int64) {
	t.Helper()
	var page struct {
		Responsibilities []struct{ Number int64 }
	}
	c.Do(http.MethodGet, "/api/v1/responsibilities"+query, nil).Want(200).Into(&page)
	var got []int64
	for _, r := range page.Responsibilities {
		got = append(got, r.Number)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: got rules %v, want %v", query, got, want)
	}
}

func TestBadRulesAreRefused(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	admin := s.As("admin")
	admin.AllowInvalidRequests = true
	for name, tt := range map[string]struct {
		more     M
		code, at string
	}{
		"no such unit":           {M{"unit": servertest.ID("nobody")}, "content.unknown-reference", "/unit"},
		"no such area":           {M{"area": servertest.ID("nobody")}, "content.unknown-reference", "/area"},
		"no such item":           {M{"category": "99999"}, "content.unknown-reference", "/category"},
		"no such group":          {M{"group": "nobody"}, "content.unknown-reference", "/group"},
		"no such assisting unit": {M{"assisting": []inspect.ID{servertest.ID("longhua-crew"), servertest.ID("nobody")}}, "content.unknown-reference", "/assisting/1"},
		"item and group":         {M{"category": "08012", "group": "road_mud"}, "content.invalid", "/group"},
		"ends before it begins":  {M{"valid_to": "2019-12-31"}, "content.invalid", "/valid_to"},
		"assists itself":         {M{"assisting": []inspect.ID{servertest.ID("longhua")}}, "content.invalid", "/assisting/0"},
		"assists twice":          {M{"assisting": []inspect.ID{servertest.ID("longhua-crew"), servertest.ID("longhua-crew")}}, "content.invalid", "/assisting/1"},
		"no day":                 {M{"valid_from": "2026-02-29"}, "content.invalid", "/valid_from"},
		"a moment is no day":     {M{"valid_from": "2026-02-28T00:00:00Z"}, "content.invalid", "/valid_from"},
		"a field too many":       {M{"number": 7}, "content.invalid", "/number"},
		"no unit":                {M{"unit": nil}, "content.invalid", "/unit"},
	} {
		t.Run(name, func(t *testing.T) {
			a := admin.WithT(t).Do(http.MethodPut, "/api/v1/responsibilities/"+inspect.NewID().String(), rule("longhua", "binhai", tt.more))
			a.WantProblem(422, tt.code, "never")
			var p struct{ Errors []struct{ Pointer string } }
			if a.Into(&p); len(p.Errors) != 1 || p.Errors[0].Pointer != tt.at {
				t.Errorf("got %+v, want one fault at %s", p.Errors, tt.at)
			}
		})
	}
	for n := range 100 {
		rules(admin, fmt.Sprint("alike ", n), rule("longhua", "binhai", nil))
	}
	one := func(more M) *servertest.Answer {
		return admin.Do(http.MethodPut, "/api/v1/responsibilities/"+servertest.ID("one more").String(), rule("longhua", "binhai", more))
	}
	one(nil).WantProblem(422, "content.invalid", "never")
	one(M{"category": "08012"}).Want(201)
	rules(admin, "alike 0", rule("longhua", "binhai", M{"valid_to": "2020-12-31"}))
	one(nil).Want(200)
}

// gap is a line of the page of gaps and clashes.
type gap struct {
	Kind         string
	Area         struct{ Name string }
	Group        string
	Items        []string
	Rules        []struct{ Number int64 }
	Issues, Open int
}

// gaps reads the whole page, so many at a time.
func gaps(c *servertest.Client, query string) (all []gap) {
	for cursor := ""; ; {
		var page struct {
			Gaps    []gap
			Total   int
			Counted int `json:"issues_counted"`
			Next    string
		}
		c.Do(http.MethodGet, "/api/v1/responsibilities/gaps?limit=3"+query+cursor, nil).Want(200).Into(&page)
		all = append(all, page.Gaps...)
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			return all
		}
	}
}

func TestThePageOfGapsAndClashes(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, lin := s.As("admin"), s.As("office"), s.As("lin")
		var groups struct {
			Categories []struct{ Code, Group string }
		}
		office.Do(http.MethodGet, "/api/v1/categories", nil).Want(200).Into(&groups)
		met := map[string]bool{}
		for _, c := range groups.Categories {
			met[c.Group] = true
		}
		for range 2 {
			lin.ReportsMud()
		}
		dismissed := lin.ReportsMud()
		office.Acts(dismissed, "dismiss", M{"reason": "不属实"}).Want(201)
		fixed := lin.ReportsMud()
		office.Assigns(fixed, "longhua-sanitation", 8*time.Hour)
		s.As("crew").Fixes(fixed)
		s.As("wang").Verifies(fixed, "pass")

		all := gaps(office, "")
		if len(all) != 2*len(met) { // two lowest areas, and nobody answers for anything
			t.Errorf("got %d gaps, want %d", len(all), 2*len(met))
		}
		if g := all[0]; g.Kind != "gap" || g.Area.Name != "滨海街道" || g.Group != "road_mud" || g.Issues != 3 || g.Open != 2 {
			t.Errorf("the heaviest is %+v, want mud in Binhai with 3 issues, 2 of them open", g)
		}
		seen := map[string]bool{}
		for _, g := range all {
			if key := fmt.Sprint(g.Kind, g.Area, g.Group); seen[key] {
				t.Errorf("%s stands twice", key)
			} else {
				seen[key] = true
			}
		}
		rules(admin, "everything", rule("longhua-sanitation", "city", nil))
		if all := gaps(office, ""); len(all) != 0 {
			t.Errorf("somebody answers for everything: got %+v", all)
		}
		mud := []int64{rules(admin, "one", rule("longhua", "binhai", M{"category": "08012"})), rules(admin, "two", rule("longhua-crew", "binhai", M{"category": "08012"}))}
		all = gaps(office, "&kind=clash")
		if len(all) != 1 || all[0].Kind != "clash" || !slices.Equal(all[0].Items, []string{"08012"}) || all[0].Issues != 3 || len(all[0].Rules) != 2 ||
			all[0].Rules[0].Number != mud[0] || all[0].Rules[1].Number != mud[1] {
			b, _ := json.Marshal(all)
			t.Errorf("got %s, want the clash of rules %v", b, mud)
		}
		if all := gaps(office, "&kind=gap"); len(all) != 0 {
			t.Errorf("got %+v, want no gap", all)
		}
		if all := gaps(s.As("meilan-desk"), ""); len(all) != 0 {
			t.Errorf("a desk of another district sees %+v", all)
		}
		if all := gaps(s.As("longhua-desk"), ""); len(all) != 1 {
			t.Errorf("the desk of the district sees %+v, want the clash", all)
		}
		office.Do(http.MethodGet, "/api/v1/responsibilities/gaps?cursor=MQ", nil).WantProblem(422, "content.invalid", "never")
	})
}
