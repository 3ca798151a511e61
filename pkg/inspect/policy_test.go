package inspect_test

import (
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/draw"
	"spotcheck/pkg/inspect"
)

// holder is somebody with one role.
func holder(role inspect.Role, kind inspect.ScopeKind, at string) *inspect.Actor {
	g := inspect.Grant{Role: role, Scope: inspect.Scope{Kind: kind}}
	if at != "" {
		g.Scope.ID = id(at)
	}
	return &inspect.Actor{ID: id("me"), Grants: []inspect.Grant{g}}
}

func TestHowFarARoleReaches(t *testing.T) {
	here := inspect.Jurisdiction{Areas: []inspect.ID{id("street"), id("district")}, Units: []inspect.ID{id("crew"), id("bureau")}, Issue: id("issue")}
	for name, c := range map[string]struct {
		a                  *inspect.Actor
		here, all, nowhere bool
	}{
		"the city":         {holder(inspect.Office, inspect.City, ""), true, true, true},
		"its district":     {holder(inspect.Office, inspect.AreaSubtree, "district"), true, false, false},
		"another district": {holder(inspect.Office, inspect.AreaSubtree, "other"), false, false, false},
		"its bureau":       {holder(inspect.Office, inspect.UnitSubtree, "bureau"), true, false, false},
		"this issue":       {holder(inspect.Office, inspect.OneIssue, "issue"), true, false, false},
		"another issue":    {holder(inspect.Office, inspect.OneIssue, "other"), false, false, false},
		"no issue":         {holder(inspect.Office, inspect.OneIssue, ""), false, false, false},
		"another role":     {holder(inspect.Leader, inspect.City, ""), false, false, false},
		"no scope":         {holder(inspect.Office, "nowhere", ""), false, false, false},
	} {
		elsewhere := inspect.Jurisdiction{Areas: []inspect.ID{id("far")}}
		if c.a.MayThroughout(inspect.MayPlan, here) != c.here || c.a.MayThroughoutAll(inspect.MayPlan, here, elsewhere) != c.all ||
			c.a.MayThroughoutAll(inspect.MayPlan, here) != c.here || c.a.MayThroughout(inspect.MayPlan, inspect.Jurisdiction{}) != c.nowhere {
			t.Errorf("%s: here %t, there too %t", name, c.a.MayThroughout(inspect.MayPlan, here), c.a.MayThroughoutAll(inspect.MayPlan, here, elsewhere))
		}
		if c.a.MayThroughoutAll(inspect.MayPlan) {
			t.Errorf("%s: may everything that lies nowhere", name)
		}
	}
}

func TestWhichScopesARoleMayHave(t *testing.T) {
	for _, c := range []struct {
		role inspect.Role
		kind inspect.ScopeKind
		at   string
		good bool
	}{
		{inspect.Office, inspect.City, "", true}, {inspect.Office, inspect.City, "street", false}, {inspect.Office, inspect.AreaSubtree, "street", true},
		{inspect.Office, inspect.AreaSubtree, "", false}, {inspect.UnitRole, inspect.UnitSubtree, "crew", true}, {inspect.UnitRole, inspect.City, "", false},
		{inspect.UnitRole, inspect.AreaSubtree, "street", false}, {inspect.Admin, inspect.City, "", true}, {inspect.Admin, inspect.AreaSubtree, "street", false},
	} {
		if g := holder(c.role, c.kind, c.at).Grants[0]; g.Valid() != c.good {
			t.Errorf("%s over %s %q: valid is %t", c.role, c.kind, c.at, g.Valid())
		}
	}
}

func TestWhatSomebodyHoldsAnywhere(t *testing.T) {
	leader, unit := holder(inspect.Leader, inspect.City, ""), holder(inspect.UnitRole, inspect.UnitSubtree, "crew")
	may := leader.Permissions()
	if !slices.IsSorted(may) || !slices.Contains(may, "issue_reports") || slices.Contains(may, "plan") || !leader.MayAnywhere(inspect.MaySeePlans) ||
		leader.MayAnywhere(inspect.MayPlan) {
		t.Errorf("a leader may %v", may)
	}
	both := &inspect.Actor{Grants: append(leader.Grants, holder(inspect.Admin, inspect.City, "").Grants...)}
	if got := both.SeeingGrants(); len(got) != 1 || got[0].Role != inspect.Leader {
		t.Errorf("issues are seen by %v", got)
	}
	inspector := &inspect.Actor{Grants: append(holder(inspect.Inspector, inspect.City, "").Grants, unit.Grants...)}
	if got := inspector.PaperGrants(); len(got) != 1 || got[0].Role != inspect.UnitRole {
		t.Errorf("papers are seen by %v", got)
	}
	if leader.SeesOwnReports() || !unit.SeesOwnReports() {
		t.Error("own reports are seen by those who report")
	}
	i := &inspect.Issue{Status: inspect.Assigned}
	if got := leader.AllowedActions(i, inspect.Jurisdiction{}); !slices.Equal(got, []inspect.Action{inspect.Comment, inspect.Supervise}) {
		t.Errorf("a leader may %v", got)
	}
}

func TestHowFarADrawIs(t *testing.T) {
	d := inspect.Draw{List: draw.List{Count: 1, Each: 1, Pool: []string{id("lin").String()}, Targets: []draw.Target{
		{ID: id("a").String(), Stratum: "all"}, {ID: id("b").String(), Stratum: "all"}}}}
	if picks, err := d.Picks(); d.State() != inspect.DrawFrozen || len(picks) != 0 || err != nil {
		t.Errorf("%s, %v, %v", d.State(), picks, err)
	}
	d.Seed = "5eed"
	picks, err := d.Picks()
	if d.State() != inspect.DrawDrawn || len(picks) != 1 || err != nil {
		t.Fatalf("%s, %v, %v", d.State(), picks, err)
	}
	first, err := inspect.ParseID(picks[0].Target)
	if err != nil {
		t.Fatal(err)
	}
	d.Replaced = []inspect.DrawReplacement{{Target: first}}
	if picks, err := d.Picks(); len(picks) != 2 || err != nil || !slices.Equal(d.ReplacedTargets(), []string{first.String()}) {
		t.Errorf("replaced: %v, %v, %v", picks, err, d.ReplacedTargets())
	}
	if d.EndedAt = 1; d.State() != inspect.DrawCarriedOut {
		t.Errorf("it is %s", d.State())
	}
}

func TestDays(t *testing.T) {
	for text, good := range map[string]bool{"2000-01-01": true, "2099-12-31": true, "1999-12-31": false, "2100-01-01": false, "2026-2-1": false, "2026-02-29": false, "": false} {
		d := inspect.Date("2026-01-01")
		if err := d.UnmarshalText([]byte(text)); (err == nil) != good || (string(d) == text) != good {
			t.Errorf("%q: %s, %v", text, d, err)
		}
	}
	if got := inspect.Date("2026-12-31").Add(2); got != "2027-01-02" {
		t.Errorf("two days later it is %s", got)
	}
	if got := inspect.Date("never").Add(2); got != "never" {
		t.Errorf("no day becomes %s", got)
	}
	for day, in := range map[inspect.Date]bool{"2026-03-01": true, "2030-01-01": true, "2026-02-28": false} {
		if (inspect.Span{From: "2026-03-01"}).Holds(day) != in {
			t.Errorf("%s lies in a span without an end: %t", day, !in)
		}
	}
	if _, err := inspect.ParseID("00000000-0000-0000-0000-000000000000"); err == nil {
		t.Error("the nil UUID is an id")
	}
}

// TestWhoDecidesAnAppeal: not who appealed, nor who set the mark.
func TestWhoDecidesAnAppeal(t *testing.T) {
	d := newDesk(t, "appeal")
	d.assigns("longhua", 100)
	d.now = minutes(40)
	d.fixes()
	d.now = minutes(80)
	d.verifies(inspect.Fail)
	contest := inspect.Transition{Calendar: work, ReceivedAt: minutes(90), By: id("crew"), Category: &d.category}
	if got := d.i.Contestable(&contest); !slices.Equal(got, []inspect.AppealSubject{inspect.AppealRework, inspect.AppealWrongUnit}) {
		t.Fatalf("%v can be contested", got)
	}
	ask := contest
	if ask.Action = inspect.AskAppeal; !d.i.Offers(&ask) {
		t.Error("an appeal is not offered")
	}
	d.now = minutes(90)
	d.does("crew", inspect.Transition{Action: inspect.AskAppeal, AppealSubject: inspect.AppealRework})
	for name, may := range map[string]bool{"office": true, "crew": false, "wang": false} {
		m := inspect.Transition{Action: inspect.DecideAppeal, By: id(name), ReceivedAt: minutes(95), Calendar: work}
		if d.i.Offers(&m) != may {
			t.Errorf("%s is offered to decide: %t", name, !may)
		}
	}
	if ask.ReceivedAt = d.now.Add(30 * 24 * time.Hour); d.i.Offers(&ask) {
		t.Error("an appeal is offered a month later")
	}
}
