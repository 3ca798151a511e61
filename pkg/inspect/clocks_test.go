package inspect_test

import (
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// TestTimeUsedStaysUsedByARule: by the rule the unit gets what it had left, at least a minute; another unit gets all of it.
func TestTimeUsedStaysUsedByARule(t *testing.T) {
	for name, c := range map[string]struct {
		limit, returned int
		again           string
		want            int
	}{
		"the same unit":                {60, 10, "longhua", 60},
		"another":                      {60, 10, "meilan", 70},
		"the same, with nothing left":  {5, 5, "longhua", 6},
		"another, though nothing left": {5, 5, "meilan", 10},
	} {
		d := newDesk(t, name)
		by := inspect.Rule{ID: id("rule"), Version: 2, Limit: float64(c.limit), LimitUnit: calendar.Minute}
		d.does("office", move{Action: inspect.Assign, Unit: id("longhua"), Rule: by})
		d.now = minutes(c.returned)
		if e := d.does("crew", move{Action: inspect.Return}); e.Unit != id("longhua") {
			t.Errorf("%s: returned by %s", name, e.Unit)
		}
		e := d.does("office", move{Action: inspect.Assign, Unit: id(c.again), Rule: by})
		if d.i.DueAt != minutes(c.want) || e.Rejected != (c.again == "longhua") {
			t.Errorf("%s: due %s, want minute %d; rejected %t", name, d.i.DueAt, c.want, e.Rejected)
		}
	}
}

// TestAMergeThatIsUndoneKeepsBothDeadlines: an issue has one that came over from another, and one of its own behind it; both stand still.
func TestAMergeThatIsUndoneKeepsBothDeadlines(t *testing.T) {
	for name, c := range map[string]struct {
		fixed, merged, undone int // minutes; the other's deadline is at 60, its own at 100
		due, own              int
	}{
		"both lie ahead":                  {0, 30, 50, 80, 120},
		"one is over":                     {0, 70, 90, 60, 120},
		"one ends as it is merged":        {0, 60, 90, 60, 130},
		"both are over":                   {0, 110, 130, 60, 100},
		"it was fixed":                    {20, 30, 50, 60, 100},
		"undone at once":                  {0, 30, 30, 60, 100},
		"the last moment before the own":  {0, 99, 100, 60, 101},
		"its own ends as it is merged":    {0, 100, 120, 60, 100},
		"the last moment before the due ": {0, 59, 69, 70, 110},
	} {
		a, other, into := newDesk(t, "a"), newDesk(t, "other"), newDesk(t, "into")
		a.assigns("longhua", 100)
		other.assigns("longhua", 60)
		into.assigns("longhua", 1000)
		other.merges(a)
		if c.fixed > 0 {
			a.now = minutes(c.fixed)
			a.fixes()
		}
		a.now, into.now = minutes(c.merged), minutes(c.merged)
		a.merges(into)
		a.now, into.now = minutes(c.undone), minutes(c.undone)
		a.unmerges(into)
		if a.i.DueAt != minutes(c.due) || a.i.OwnDueAt != minutes(c.own) {
			t.Errorf("%s: due %s of its own %s, want minutes %d and %d", name, a.i.DueAt, a.i.OwnDueAt, c.due, c.own)
		}
		if still := slices.ContainsFunc(a.i.Pauses, func(p inspect.Pause) bool { return p.Merged }); still == (c.fixed > 0 || c.merged == c.undone) {
			t.Errorf("%s: it stood still in %+v", name, a.i.Pauses)
		}
	}
}

// TestAHoldEndsAlone: a suspension and a merge that end at the same moment go on as they were.
func TestAHoldEndsAlone(t *testing.T) {
	i := inspect.Issue{Status: inspect.Assigned, Unit: id("longhua")}
	i.HeldUntil = 90
	i.Pauses = []inspect.Pause{{From: 10, To: 90, Suspension: id("storm")}, {From: 15, To: 90, Merged: true}, {From: 5, To: 50}, {From: 20, To: 90}}
	was, want := slices.Clone(i.Pauses), slices.Clone(i.Pauses)
	before := i
	if err := i.Apply(&inspect.Event{Type: "issue.resumed", CreditedAt: 60}); err != nil {
		t.Fatal(err)
	}
	want[3].To = 60
	if !slices.Equal(i.Pauses, want) || !slices.Equal(before.Pauses, was) || i.HeldUntil != 0 {
		t.Errorf("got %+v", i.Pauses)
	}
}

// TestWhatAnActionAnswers: it counts after what it answers, whatever the phone says.
func TestWhatAnActionAnswers(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 600)
	d.now = minutes(20)
	part := d.does("office", move{Action: inspect.GivePart, Unit: id("meilan"), Until: minutes(300)}).ActionID
	d.now = minutes(30)
	replies := move{Action: inspect.ReplyPart, Part: part, LateWindow: time.Hour}
	for done, want := range map[inspect.Time]inspect.Time{minutes(10): minutes(30), minutes(20) - 1: minutes(30), minutes(20): minutes(20), minutes(25): minutes(25)} {
		replies.DoneAt = done
		if e, err := d.tries("meilan", replies); err != nil || e.CreditedAt != want || e.Uncredited != (want == minutes(30)) || e.Late == e.Uncredited {
			t.Errorf("done at %s: %+v, %v", done, e, err)
		}
	}
	for late, marked := range map[time.Duration]bool{0: false, 2 * time.Minute: false, 2*time.Minute + time.Millisecond: true} {
		fix := move{Action: inspect.Fix, LateWindow: time.Hour, DoneAt: d.now.Add(-late), SentAt: d.now, Photos: []inspect.Photo{d.photo(late.String(), inspect.PhotoAfter)}}
		if e, err := d.tries("crew", fix); err != nil || e.Late != marked || e.CreditedAt != d.now.Add(-late) {
			t.Errorf("%s late: %+v, %v", late, e, err)
		}
	}
	// What undoes a merge answers its own issue: that the other one moved meanwhile is of no matter.
	into := newDesk(t, "into")
	into.assigns("longhua", 600)
	d.merges(into)
	into.i.ChangedAt = minutes(500)
	into.i.ClockAt = minutes(500)
	d.now = minutes(40)
	if e, err := d.tries("office", move{Action: inspect.Unmerge, Into: &into.i}); err != nil || e.CreditedAt != minutes(40) {
		t.Errorf("undone: %+v, %v", e, err)
	}
	third := newDesk(t, "third")
	third.now = minutes(60)
	if e, err := third.tries("office", move{Action: inspect.Merge, Into: &into.i}); err != nil || e.CreditedAt != minutes(500) {
		t.Errorf("merged: %+v, %v", e, err)
	}
}

func TestACorrectionSaysItsField(t *testing.T) {
	running := newDesk(t, "running")
	running.assigns("longhua", 100)
	for _, c := range []inspect.Correction{{Category: "06010"}, {Severity: "serious", Deadline: inspect.DeadlineByRule}} {
		_, err := running.tries("office", move{Action: inspect.Correct, Correction: &c})
		wantPointer(t, err, "/deadline")
	}
	version := running.i.Version
	rule := inspect.Rule{ID: id("rule"), Limit: 100, LimitUnit: calendar.Minute}
	by := move{Action: inspect.Correct, Correction: &inspect.Correction{Category: "06010", Deadline: inspect.DeadlineByRule}, Rule: rule}
	if running.does("office", by); running.i.DueAt != minutes(100) || running.i.Version != version {
		t.Errorf("the same deadline: %s, version %d", running.i.DueAt, running.i.Version)
	}
	by.Correction, by.Rule.Limit = &inspect.Correction{Category: "08012", Deadline: inspect.DeadlineByRule}, 50
	if running.does("office", by); running.i.DueAt != minutes(50) || running.i.Version != version+1 {
		t.Errorf("another deadline: %s, version %d", running.i.DueAt, running.i.Version)
	}
}

// TestAReminderIsTimeThatWasLeft: at least half of the limit after the first failure, what was left after a second one or a false fix.
func TestAReminderIsTimeThatWasLeft(t *testing.T) {
	for name, c := range map[string]struct {
		fixed int
		first inspect.Verdict
		want  int // minutes after the failure at 200; the limit is 100
	}{
		"much was left":           {20, inspect.Fail, 80},
		"little was left":         {90, inspect.Fail, 50},
		"nothing was left":        {150, inspect.Fail, 50},
		"little, and a false fix": {90, inspect.FalseFix, 10},
	} {
		d := newDesk(t, name)
		d.assigns("longhua", 100)
		d.now = minutes(c.fixed)
		d.fixes()
		d.now = minutes(200)
		d.verifies(c.first)
		if d.i.RemindAt != minutes(200+c.want) {
			t.Errorf("%s: until %s, want %d minutes more", name, d.i.RemindAt, c.want)
		}
		d.now = minutes(205)
		d.fixes()
		d.now = minutes(300)
		d.verifies(inspect.Fail)
		if want := 300 + c.want - 5; d.i.RemindAt != minutes(want) {
			t.Errorf("%s, again: until %s, want minute %d", name, d.i.RemindAt, want)
		}
	}
	spot := newDesk(t, "on the spot")
	spot.does("lin", move{Action: inspect.OnTheSpotFix, Photos: []inspect.Photo{spot.photo("before", inspect.PhotoBefore), spot.photo("after", inspect.PhotoAfter)}})
	if e := spot.verifies(inspect.Fail); e.RemindAt != 0 || e.ToldAt != 0 || spot.i.RemindAt != 0 {
		t.Errorf("nobody is reminded of what was fixed on the spot: %+v", e)
	}
}
