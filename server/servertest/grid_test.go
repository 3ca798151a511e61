package servertest_test

import (
	"cmp"
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

// law is who may do what to an issue and from where, as pkg/inspect/rules.md says it. It is written apart from the server's
// own tables, so that a change of those shows here. by holds in one's scope, own over what one reported wherever it lies.
var law = map[inspect.Action]struct{ by, own, from string }{
	"file":            {"office", "", "reported"},
	"dismiss":         {"office", "inspector unit", "reported assigned fixed"},
	"merge":           {"office", "", "reported assigned fixed"},
	"unmerge":         {"office", "", "merged"},
	"assign":          {"office", "", "reported"},
	"return":          {"unit", "", "assigned"},
	"fix":             {"unit", "", "assigned"},
	"verify":          {"inspector office", "inspector", "fixed"},
	"reopen":          {"office", "", "verified"},
	"comment":         {"inspector office unit leader", "inspector office unit", "reported assigned fixed verified dismissed merged"},
	"withdraw_photo":  {"inspector office unit", "inspector office unit", "reported assigned fixed verified dismissed merged"},
	"on_the_spot_fix": {"inspector office", "inspector", "reported"},
	"erase":           {"office", "", "reported assigned fixed verified dismissed merged"},
	"decide_flag":     {"office", "", "reported assigned fixed verified dismissed merged"},

	"ask_extension":    {"unit", "", "assigned"},
	"decide_extension": {"office", "", "assigned fixed"},
	"ask_hold":         {"unit", "", "assigned"},
	"decide_hold":      {"office", "", "assigned"},
	"resume":           {"office", "", "assigned"},
	"supervise":        {"office leader", "", "assigned fixed"},
	"reply":            {"unit", "", "assigned fixed verified"},
	"appeal":           {"unit", "", "assigned fixed verified"},
	"decide_appeal":    {"office", "", "assigned fixed verified"},
	"pass":             {"unit", "", "assigned"},
	"ask_look":         {"office", "", "reported"},
	"look":             {"inspector", "", "reported"},
	"feedback":         {"office", "", "reported assigned fixed verified dismissed merged"},
	"give_part":        {"office", "", "assigned"},
	"reply_part":       {"unit", "", "assigned fixed"},
	"end_part":         {"office", "", "assigned fixed"},
	"hand_over":        {"office", "", "reported assigned fixed"},
	"correct":          {"office", "inspector office unit", "reported assigned fixed verified"},
}

// whileReported are the actions that who reported an issue may do only until it is assigned.
var whileReported = []inspect.Action{"correct", "dismiss"}

// seers are the roles that see issues at all: administrators keep registers.
const seers = "inspector office unit leader"

// cell is a person of the grid: one role over one scope.
type cell struct {
	role, scope string
	reporter    bool // reported the issues of their own rows
	*servertest.Client
}

// scopes are what a role may reach over, as seen from an issue in Binhai street that Longhua sanitation holds.
var scopes = map[string]M{
	"city": {"kind": "city"}, "area that covers": {"kind": "area", "id": "longhua-area"}, "area elsewhere": {"kind": "area", "id": "meilan-area"},
	"unit that covers": {"kind": "unit", "id": "longhua"}, "unit elsewhere": {"kind": "unit", "id": "meilan-sanitation"},
}

// cells makes one person for each role and scope, for nobody's role, and for who reported but does not cover.
func cells(s *servertest.Server) (all []*cell) {
	add := func(role, scope string, reporter bool) {
		c := &cell{role: role, scope: scope, reporter: reporter}
		name := fmt.Sprintf("cell-%d", len(all))
		if role == "nobody" {
			c.Client = s.Joins(name)
		} else {
			c.Client = s.Joins(name, M{"role": role, "scope": scopes[scope]})
		}
		all = append(all, c)
	}
	for _, role := range []string{"inspector", "office", "leader"} {
		for _, scope := range slices.Sorted(maps.Keys(scopes)) {
			add(role, scope, false)
		}
	}
	add("unit", "unit that covers", false)
	add("unit", "unit elsewhere", false)
	add("admin", "city", false)
	add("auditor", "city", false)
	add("nobody", "", false)
	add("inspector", "area elsewhere", true)
	add("office", "area elsewhere", true)
	add("unit", "unit elsewhere", true)
	return all
}

// covers says whether the scope reaches an issue in a status: a unit covers what it holds, and nothing is held before
// it is assigned.
func (c *cell) covers(status inspect.Status) bool {
	return c.scope == "city" || c.scope == "area that covers" || c.scope == "unit that covers" && status != inspect.Reported
}

func (c *cell) sees(status inspect.Status) bool {
	return has(seers, c.role) && (c.reporter || c.covers(status))
}

// want is the answer to an action in a status.
func (c *cell) want(action inspect.Action, status inspect.Status) (int, string) {
	l := law[action]
	own := c.reporter && has(l.own, c.role) && (status == inspect.Reported || !slices.Contains(whileReported, action))
	may := has(l.by, c.role) && c.covers(status) || own
	switch {
	case !c.sees(status):
		return 404, "issue.not-found"
	case !may:
		return 403, "forbidden"
	case !has(l.from, string(status)):
		return 409, "issue.wrong-status"
	case action == inspect.Verify && strings.HasPrefix(c.scope, "unit that"):
		return 403, "issue.own-fix"
	}
	return 201, ""
}

func has(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

// subject is an issue of the grid with photos of every kind.
type subject struct {
	id                   inspect.ID
	before, after, check inspect.ID
	flag                 string // that it has no place
	letter               string // that nobody replied to, once there is one
	part                 string // that nobody replied to, once there is one
	about                string // what is contested
}

// city is the people who bring an issue into each status, and an issue to merge into.
type city struct {
	lin, office, office2, crew, wang, leader *servertest.Client
	target                                   inspect.ID
}

func newCity(s *servertest.Server) *city {
	c := &city{lin: s.As("lin"), office: s.As("office"), office2: s.As("office2"), crew: s.As("crew"), wang: s.As("wang"), leader: s.As("leader")}
	c.target = c.brings(c.lin, inspect.Assigned).id
	return c
}

// brings makes an issue that a person reported and that has come to a status.
func (c *city) brings(reporter *servertest.Client, status inspect.Status) subject {
	before, after, check := servertest.NewPicture("before"), servertest.NewPicture("after"), servertest.NewPicture("check")
	i := subject{id: inspect.NewID(), before: before.ID, after: after.ID, check: check.ID}
	body := reporter.Report(before, after, check)
	body["category"], body["source"] = "06011", "own_unit" // can be reopened for days; who works for a unit reports only so
	delete(body, "place")
	var receipt struct {
		Issue struct{ Flags []struct{ ID string } }
	}
	reporter.Do(http.MethodPut, "/api/v1/issues/"+i.id.String(), body).Want(201).Into(&receipt)
	i.flag = receipt.Issue.Flags[0].ID
	for _, p := range []servertest.Picture{before, after, check} {
		reporter.Sends(i.id, p)
	}
	if status == inspect.Reported {
		return i
	}
	c.office.Assigns(i.id, "longhua-sanitation", 8*time.Hour)
	switch status {
	case inspect.Fixed, inspect.Verified:
		c.crew.Acts(i.id, "fix", M{"photos": []inspect.ID{i.after}}).Want(201)
	case inspect.Dismissed:
		c.office.Acts(i.id, "dismiss", M{"reason": "不属实"}).Want(201)
		c.office2.Acts(i.id, "dismiss", M{"reason": "属实"}).Want(201)
	case inspect.Merged:
		c.office.Acts(i.id, "merge", M{"into": c.target}).Want(201)
	}
	if status == inspect.Verified {
		c.wang.Verifies(i.id, "pass")
	}
	return i
}

// fields are what an action needs, so that nothing but the grid can refuse it.
func (c *city) fields(i subject, action inspect.Action) M {
	switch action {
	case "dismiss", "unmerge", "return", "reopen", "erase":
		return M{"reason": "理由"}
	case "merge":
		return M{"into": c.target}
	case "assign":
		return M{"unit": servertest.ID("longhua-sanitation"), "due_at": c.office.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339Nano)}
	case "ask_extension", "ask_hold":
		return M{"reason": "理由", "until": c.later(10)}
	case "decide_extension", "decide_hold":
		return M{"answer": "grant", "reason": "理由"}
	case "resume":
		return M{"reason": "理由"}
	case "supervise":
		return M{"letter_kind": "key", "reason": "限期", "until": c.later(10)}
	case "reply":
		return M{"letter": cmp.Or(i.letter, i.id.String()), "note": "已办"}
	case "give_part":
		return M{"unit": servertest.ID("longhua-crew"), "until": c.later(10), "note": "请协助"}
	case "reply_part":
		return M{"part": cmp.Or(i.part, i.id.String()), "note": "已协助"}
	case "end_part":
		return M{"part": cmp.Or(i.part, i.id.String()), "reason": "不需要了"}
	case "correct":
		return M{"reason": "看错了", "plate": "琼A·12345"}
	case "hand_over":
		return M{"to": servertest.ID("wang")}
	case "appeal":
		return M{"about": cmp.Or(i.about, "wrong_unit"), "reason": "理由"}
	case "decide_appeal":
		return M{"about": cmp.Or(i.about, "wrong_unit"), "answer": "refuse", "reason": "理由"}
	case "pass":
		return M{"unit": servertest.ID("longhua-crew")}
	case "look":
		return M{"found": "real", "photos": []inspect.ID{i.check}}
	case "decide_flag":
		return M{"flag": i.flag, "decision": "dismiss", "reason": "室内，无定位"}
	case "fix":
		return M{"photos": []inspect.ID{i.after}}
	case "verify":
		return M{"verdict": "pass", "how": "on_site"}
	case "feedback":
		return M{"note": "已告知来电人", "findings": "属实", "handling": "已清理"}
	case "comment":
		return M{"note": "已看"}
	case "on_the_spot_fix":
		return M{"photos": []inspect.ID{i.before, i.after}}
	}
	return M{}
}

// later is a moment so many hours from now.
func (c *city) later(hours time.Duration) string {
	return c.office.Now().Add(hours * time.Hour).UTC().Format(time.RFC3339Nano)
}

// ready is brings with what an action answers to.
func (c *city) ready(reporter *servertest.Client, action inspect.Action, status inspect.Status) subject {
	at := status
	if slices.Contains([]inspect.Action{"decide_extension", "decide_hold", "resume", "reply", "appeal", "decide_appeal", "reply_part", "end_part"}, action) {
		at = inspect.Assigned
	}
	i := c.brings(reporter, at)
	i.about = "wrong_unit"
	switch action {
	case "decide_extension":
		c.crew.Acts(i.id, "ask_extension", c.fields(i, "ask_extension")).Want(201)
	case "decide_hold", "resume":
		c.crew.Acts(i.id, "ask_hold", c.fields(i, "ask_hold")).Want(201)
	case "reply":
		c.leader.Acts(i.id, "supervise", c.fields(i, "supervise")).Want(201)
		var v struct{ Letters []struct{ ID string } }
		c.office.Do(http.MethodGet, "/api/v1/issues/"+i.id.String(), nil).Want(200).Into(&v)
		i.letter = v.Letters[0].ID
	case "reply_part", "end_part":
		c.office.Acts(i.id, "give_part", c.fields(i, "give_part")).Want(201)
		i.part = c.office.Issue(i.id).Parts[0].ID
	case "appeal":
		if status != inspect.Assigned {
			i.about = "rework"
			c.crew.Fixes(i.id)
			c.wang.Verifies(i.id, "fail")
		}
	case "decide_appeal":
		c.crew.Acts(i.id, "appeal", c.fields(i, "appeal")).Want(201)
	case "look":
		c.office.Acts(i.id, "ask_look", nil).Want(201)
	}
	if action == "resume" {
		c.office.Acts(i.id, "decide_hold", c.fields(i, "decide_hold")).Want(201)
	}
	if at != status {
		c.crew.Fixes(i.id)
	}
	if at != status && status == inspect.Verified {
		c.wang.Verifies(i.id, "pass")
	}
	return i
}

// usesUp says whether an action that is allowed leaves the issue of no use for the next cell.
func usesUp(action inspect.Action) bool {
	return action != inspect.Comment && action != inspect.WithdrawPhoto && action != inspect.File
}

func TestTheGridOfPermissions(t *testing.T) {
	if len(law) != len(inspect.Actions) {
		t.Fatalf("the law has %d actions, the server %d", len(law), len(inspect.Actions))
	}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		c, people := newCity(s), cells(s)
		walked := map[int]int{}
		for _, status := range inspect.Statuses {
			shared := c.brings(c.lin, status)
			before := c.office.Issue(shared.id)
			for _, p := range people {
				subject := shared
				if p.reporter {
					subject = c.brings(p.Client, status)
				}
				for _, action := range inspect.Actions {
					code, _ := p.want(action, status)
					walked[code]++
					p.tries(t, c, subject, action, status)
				}
				wantMay(t, p, subject, status)
			}
			if after := c.office.Issue(shared.id); after.Version != before.Version || after.Status != before.Status {
				t.Errorf("%s: refusals changed the issue: %+v before, %+v after", status, before, after)
			}
		}
		if walked[201] < 100 || walked[403] < 300 || walked[404] < 300 || walked[409] < 100 {
			t.Errorf("the walk met %v", walked)
		}
		s.Audit()
	})
}

// tries does one action in one cell and compares the answer with the law.
func (c *cell) tries(t *testing.T, city *city, i subject, action inspect.Action, status inspect.Status) {
	want, code := c.want(action, status)
	fields := city.fields(i, action)
	switch {
	case action == inspect.WithdrawPhoto && want == 201:
		fields = M{"reason": "手机丢失", "photo": c.declaresOne(i.id)}
	case action == inspect.WithdrawPhoto:
		fields = M{"reason": "手机丢失", "photo": city.lost(i.id)}
	case want == 201 && usesUp(action):
		reporter := city.lin
		if c.reporter {
			reporter = c.Client
		}
		i = city.ready(reporter, action, status)
		fields = city.fields(i, action)
	}
	a := c.WithT(t).Acts(i.id, string(action), fields)
	got := ""
	if a.Status != 201 {
		var p struct{ Code string }
		a.Into(&p)
		got = p.Code
	}
	if a.Status != want || got != code {
		t.Errorf("%s over %s (reporter %t) does %s to an issue that is %s: got %d %s, want %d %s", c.role, c.scope, c.reporter, action, status,
			a.Status, got, want, code)
	}
}

// declaresOne announces a photo that never comes.
func (c *cell) declaresOne(issue inspect.ID) inspect.ID {
	p := servertest.NewPicture("report")
	c.Declares(issue, p).Want(201)
	return p.ID
}

// lost is a photo that the office announced and that never comes.
func (c *city) lost(issue inspect.ID) inspect.ID {
	p := servertest.NewPicture("report")
	c.office.Declares(issue, p).Want(201)
	return p.ID
}

// idle says whether an action has nothing to work on in an issue of the grid: nobody asked for anything, no part was given, and only the office
// announced photos that never came.
func (c *cell) idle(action inspect.Action, status inspect.Status) bool {
	switch action {
	case inspect.DecideExtension, inspect.DecideHold, inspect.Resume, inspect.Reply, inspect.DecideAppeal, inspect.ReplyPart, inspect.EndPart, inspect.FieldCheck:
		return true
	case inspect.AskAppeal:
		return status != inspect.Assigned // nothing but the choice of the unit is held against it
	case inspect.WithdrawPhoto:
		return c.role != "office" || c.reporter
	}
	return false
}

// wantMay fails unless the issue tells a person exactly what the law lets them do next.
func wantMay(t *testing.T, c *cell, i subject, status inspect.Status) {
	t.Helper()
	if !c.sees(status) {
		return
	}
	var want []string
	for _, action := range inspect.Actions {
		if code, _ := c.want(action, status); code == 201 && !c.idle(action, status) {
			want = append(want, string(action))
		}
	}
	if got := c.Issue(i.id).May; !slices.Equal(got, want) {
		t.Errorf("%s over %s (reporter %t): an issue that is %s says may %v, want %v", c.role, c.scope, c.reporter, status, got, want)
	}
}
