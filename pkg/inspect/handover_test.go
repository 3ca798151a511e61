package inspect_test

import (
	"testing"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// wantPointer fails unless an error is about one field.
func wantPointer(t *testing.T, err error, want string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || len(f.Fields) != 1 || f.Fields[0].Pointer != want || f.Fields[0].Detail == "" {
		t.Errorf("got %v about %+v, want it about %s", err, f, want)
	}
}

func TestWhoLooksAfterAnIssue(t *testing.T) {
	d := newDesk(t, "a")
	looks := func(who string, want bool) {
		t.Helper()
		if d.i.ReportedOrTakenOverBy(id(who)) != want {
			t.Errorf("%s looks after it: %t", who, !want)
		}
	}
	looks("lin", true)
	looks("wang", false)
	if d.i.ReportedOrTakenOverBy(inspect.ID{}) || d.i.ReporterOrSuccessor() != id("lin") {
		t.Errorf("nobody took it over, and %s is asked", d.i.ReporterOrSuccessor())
	}
	over := func(to string) move { return move{Action: inspect.HandOver, To: id(to)} }
	_, err := d.tries("office", over("lin"))
	wantPointer(t, err, "/to")
	if e := d.does("office", over("wang")); e.To != id("wang") || d.i.ReporterOrSuccessor() != id("wang") {
		t.Errorf("handed over to %s, %s is asked", e.To, d.i.ReporterOrSuccessor())
	}
	looks("lin", true)
	looks("wang", true)
	looks("zhao", false)
	d.refuses("office", over("wang"), inspect.ErrUnknownRef)
	d.does("office", over("lin"))
}

// TestWhatOneReported stays in sight wherever it lies, for who may report, and is put right while nobody else has begun.
func TestWhatOneReported(t *testing.T) {
	far := inspect.Jurisdiction{Areas: []inspect.ID{id("far")}, Units: []inspect.ID{id("others")}, Issue: id("issue")}
	mine := inspect.Issue{ID: id("issue"), Status: inspect.Reported, Reporter: id("me")}
	assigned, theirs := mine, mine
	assigned.Status, theirs.Reporter = inspect.Assigned, id("somebody")
	assists := far
	assists.Assisting = []inspect.ID{id("crew"), id("bureau")}
	for name, c := range map[string]struct {
		a    *inspect.Actor
		p    inspect.Permission
		i    inspect.Issue
		at   inspect.Jurisdiction
		want *fault.Error
	}{
		"the inspector sees it":            {holder(inspect.Inspector, inspect.AreaSubtree, "near"), inspect.MaySee, mine, far, nil},
		"and not that of another":          {holder(inspect.Inspector, inspect.AreaSubtree, "near"), inspect.MaySee, theirs, far, inspect.ErrIssueNotFound},
		"a leader reports nothing":         {holder(inspect.Leader, inspect.AreaSubtree, "near"), inspect.MaySee, mine, far, inspect.ErrIssueNotFound},
		"it is corrected at once":          {holder(inspect.Inspector, inspect.AreaSubtree, "near"), inspect.Permission(inspect.Correct), mine, far, nil},
		"and not once it is assigned":      {holder(inspect.Inspector, inspect.AreaSubtree, "near"), inspect.Permission(inspect.Correct), assigned, far, inspect.ErrForbidden},
		"a comment, whatever became of it": {holder(inspect.Inspector, inspect.AreaSubtree, "near"), inspect.Permission(inspect.Comment), assigned, far, nil},
		"who reported takes it back":       {holder(inspect.Inspector, inspect.AreaSubtree, "near"), inspect.Permission(inspect.Dismiss), mine, far, nil},
		"and not once others work on it":   {holder(inspect.Inspector, inspect.AreaSubtree, "near"), inspect.Permission(inspect.Dismiss), assigned, far, inspect.ErrForbidden},
		"a unit that assists sees it":      {holder(inspect.UnitRole, inspect.UnitSubtree, "bureau"), inspect.MaySee, theirs, assists, nil},
		"and replies":                      {holder(inspect.UnitRole, inspect.UnitSubtree, "bureau"), inspect.Permission(inspect.ReplyPart), theirs, assists, nil},
		"and does not fix it":              {holder(inspect.UnitRole, inspect.UnitSubtree, "bureau"), inspect.Permission(inspect.Fix), theirs, assists, inspect.ErrForbidden},
		"a unit that does not, does neither": {holder(inspect.UnitRole, inspect.UnitSubtree, "bureau"), inspect.Permission(inspect.ReplyPart), theirs, far,
			inspect.ErrIssueNotFound},
		"the office corrects what is assigned": {holder(inspect.Office, inspect.AreaSubtree, "far"), inspect.Permission(inspect.Correct), assigned, far, nil},
	} {
		err := c.a.Authorise(c.p, &c.i, c.at)
		if f, _ := fault.As(err); (err == nil) != (c.want == nil) || err != nil && f.Code != c.want.Code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, a := range holder(inspect.Office, inspect.City, "").AllowedActions(&assigned, far) {
		if !assigned.Status.Allows(a) {
			t.Errorf("%s is allowed while it is assigned", a)
		}
	}
}
