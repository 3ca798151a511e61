package inspect_test

import (
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
)

// TestWhatMovesAVersion: a deadline that becomes another one, and nothing that leaves it as it is.
func TestWhatMovesAVersion(t *testing.T) {
	i := inspect.Issue{Status: inspect.Assigned, Unit: id("longhua"), Version: 4, DueAt: minutes(60), OwnDueAt: minutes(60)}
	i.RemindAt = minutes(90)
	i.Appeals = []inspect.Appeal{{Subject: inspect.AppealOverdue}}
	clock := inspect.ManualClock(minutes(0), minutes(200))
	for name, c := range map[string]struct {
		e               inspect.Event
		version         int64
		due, own, until int // minutes
	}{
		"the same from another issue": {inspect.Event{Type: "issue.merged_from", DueAt: minutes(60)}, 4, 60, 60, 90},
		"an earlier one":              {inspect.Event{Type: "issue.merged_from", DueAt: minutes(50)}, 5, 50, 60, 90},
		"none":                        {inspect.Event{Type: "issue.merged_from"}, 4, 60, 60, 90},
		"an appeal that is refused":   {inspect.Event{Type: "issue.appeal_decided", AppealSubject: inspect.AppealOverdue, Answer: inspect.Refused}, 4, 60, 60, 90},
		"one that is upheld": {inspect.Event{Type: "issue.appeal_decided", AppealSubject: inspect.AppealOverdue, Answer: inspect.Granted, DueAt: minutes(200), Clock: &clock},
			5, 200, 200, 0},
	} {
		after := i
		if err := after.Apply(&c.e); err != nil {
			t.Fatal(err)
		}
		until := inspect.Time(0)
		if c.until > 0 {
			until = minutes(c.until)
		}
		if int64(after.Version) != c.version || after.DueAt != minutes(c.due) || after.OwnDueAt != minutes(c.own) || after.RemindAt != until {
			t.Errorf("%s: version %d, due %s, own %s, reminder %s", name, after.Version, after.DueAt, after.OwnDueAt, after.RemindAt)
		}
	}
	told := i
	for _, e := range []inspect.Event{{Type: "issue.extension_refused", ToldAt: minutes(70)}, {Type: "issue.hold_refused"}} {
		if err := told.Apply(&e); err != nil || told.DeadlineStoodAt != minutes(70) {
			t.Errorf("%s: the deadline stood at %s, %v", e.Type, told.DeadlineStoodAt, err)
		}
	}
}

func TestAManualClockCountsWholeMinutes(t *testing.T) {
	for left, want := range map[time.Duration]float64{time.Minute: 1, time.Minute + time.Millisecond: 2, 90 * time.Second: 2, 2 * time.Minute: 2} {
		if k := inspect.ManualClock(minutes(0), minutes(0).Add(left)); k.Limit != want || !k.SetManually || k.Remaining() != left || k.From != minutes(0) {
			t.Errorf("%s: %+v", left, k)
		}
	}
}

// TestEventsSayWhatWasDecided and nothing that has no meaning there.
func TestEventsSayWhatWasDecided(t *testing.T) {
	d, into := newDesk(t, "a"), newDesk(t, "into")
	if e := d.does("office", move{Action: inspect.Correct, Correction: &inspect.Correction{Category: "06010", Deadline: inspect.KeepDeadline}}); e.Deadline != "" {
		t.Errorf("nobody has a deadline, and it is %q", e.Deadline)
	}
	d.assigns("longhua", 600)
	into.assigns("longhua", 600)
	for _, ask := range []inspect.Action{inspect.AskExtension, inspect.AskHold} {
		d.does("crew", move{Action: ask, Until: minutes(700)})
		decide := inspect.DecideExtension
		if ask == inspect.AskHold {
			decide = inspect.DecideHold
		}
		if e := d.does("office", move{Action: decide, Answer: inspect.Refused, Until: minutes(650)}); e.Until != 0 || e.Answer != inspect.Refused {
			t.Errorf("%s was refused until %s", ask, e.Until)
		}
	}
	m := move{Action: inspect.Merge, Into: &into.i, By: id("office"), ID: id("merge"), ReceivedAt: minutes(5), Calendar: work}
	before := d.i
	e := d.does("office", m)
	if other := before.CounterpartEvent(&m, e); other.Type != "issue.merged_from" || other.Into != d.i.ID || other.DueAt != 0 {
		t.Errorf("the other issue learns %+v", other)
	}
	m.Action = inspect.Unmerge
	before = d.i
	e = d.does("office", m)
	if other := before.CounterpartEvent(&m, e); other.Type != "issue.unmerged_from" || other.Into != d.i.ID {
		t.Errorf("the other issue learns %+v", other)
	}
	staged := newDesk(t, "staged")
	staged.assigns("longhua", 6000)
	staged.failsAt(minutes(20), minutes(20), inspect.FalseFix)
	staged.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealFalseFix})
	_, err := staged.tries("office2", move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealFalseFix, Answer: inspect.Granted})
	wantPointer(t, err, "/finding")
	plan := &inspect.PlanTask{Enabled: true, Planned: inspect.Span{From: "2026-03-01", To: "2026-06-30"}, Actual: inspect.Span{From: "2026-03-01"},
		Hold:       inspect.PlanHoldRequest{From: "2026-05-01", To: "2026-05-10", Answer: inspect.Granted},
		Milestones: []inspect.Milestone{{Title: "before", Due: "2026-04-30"}, {Title: "at", Due: "2026-05-01"}}}
	if got, want := plan.Open("2026-05-11"), []inspect.PlanStep{{Title: "before", Due: "2026-04-30"}, {Title: "at", Due: "2026-05-11"}}; !slices.Equal(got, want) {
		t.Errorf("open are %v, want %v", got, want)
	}
}
