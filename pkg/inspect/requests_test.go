package inspect_test

import (
	"testing"

	"spotcheck/pkg/inspect"
)

func TestExtensionsAreCounted(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	for n := range 2 {
		ask := move{Action: inspect.AskExtension, Until: minutes(90 + 30*n)}
		d.does("crew", ask)
		d.refuses("crew", ask, inspect.ErrAlreadyAsked)
		version := d.i.Version
		e := d.does("office", move{Action: inspect.DecideExtension, Answer: inspect.Granted})
		if d.i.Extensions != n+1 || d.i.Extension.At != 0 || d.i.Version != version+1 || d.i.DueAt != ask.Until || !d.i.Clock.FromExtension || !e.Clock.FromExtension {
			t.Errorf("after extension %d: %+v, version %d, due %s", n+1, d.i.Timing, d.i.Version, d.i.DueAt)
		}
	}
	d.refuses("crew", move{Action: inspect.AskExtension, Until: minutes(130)}, inspect.ErrNoExtension)
}

func TestHoldsAreCounted(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	ask := move{Action: inspect.AskHold, Until: minutes(100)}
	d.does("crew", ask)
	d.refuses("crew", ask, inspect.ErrAlreadyAsked)
	version := d.i.Version
	if d.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted}); d.i.Holds != 1 || d.i.Hold.At != 0 || d.i.Version != version+1 {
		t.Errorf("granted: %+v, version %d", d.i.Timing, d.i.Version)
	}
	if d.does("office", move{Action: inspect.Resume}); d.i.HeldUntil != 0 || d.i.Version != version+2 || d.i.Clock.FromExtension {
		t.Errorf("resumed: %+v, version %d", d.i.Timing, d.i.Version)
	}
	d.refuses("crew", ask, inspect.ErrHeldBefore)
}

// TestWhatAHoldThatIsOverLeaves: nothing to go on with; and one that lasts leaves alone what a suspension has set since.
func TestWhatAHoldThatIsOverLeaves(t *testing.T) {
	held := func() *desk {
		d := newDesk(t, "held")
		d.assigns("longhua", 60)
		d.does("crew", move{Action: inspect.AskHold, Until: minutes(100)})
		d.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted})
		return d
	}
	for at, due := range map[int]int{40: 100, 100: 160, 120: 160} {
		d := held()
		d.now = minutes(at)
		if d.fixes(); d.i.DueAt != minutes(due) || d.i.RemindAt != 0 {
			t.Errorf("fixed at %d: due %s, reminder %s", at, d.i.DueAt, d.i.RemindAt)
		}
	}
	d := held()
	d.suspend(storm(50, 150))
	d.now = minutes(60)
	if d.does("office", move{Action: inspect.Resume}); d.i.DueAt != minutes(210) || d.i.RemindAt != 0 {
		t.Errorf("resumed beside a suspension: due %s, reminder %s", d.i.DueAt, d.i.RemindAt)
	}
	// What a decision set ends then, whatever an older calendar made of it.
	decided := inspect.Issue{Status: inspect.Assigned, Unit: id("longhua"), AssignedAt: minutes(0), DueAt: minutes(150), OwnDueAt: minutes(150)}
	decided.Clock = inspect.ManualClock(minutes(0), minutes(0))
	decided.Clock.FromExtension = true
	if e := decided.Suspended(work, storm(20, 50), minutes(5)); e == nil || e.DueAt != minutes(180) || e.OwnDueAt != minutes(180) {
		t.Errorf("suspended: %+v", e)
	}
}

// TestWhenAUnitHearsThatADeadlineStands: by a refusal that comes when the deadline is over, of what was asked for in time.
func TestWhenAUnitHearsThatADeadlineStands(t *testing.T) {
	for name, c := range map[string]struct {
		asks           inspect.Action
		asked, refused int
		told           bool
	}{
		"refused before it":           {inspect.AskExtension, 10, 20, false},
		"refused at it":               {inspect.AskExtension, 10, 60, false},
		"refused after it":            {inspect.AskExtension, 10, 61, true},
		"a hold, refused before it":   {inspect.AskHold, 10, 20, false},
		"a hold, asked for at it":     {inspect.AskHold, 60, 61, true},
		"a hold, asked for after it":  {inspect.AskHold, 61, 62, false},
		"a hold, refused long after":  {inspect.AskHold, 10, 600, true},
		"a hold, refused right at it": {inspect.AskHold, 60, 60, false},
	} {
		d := newDesk(t, name)
		d.assigns("longhua", 60)
		d.now = minutes(c.asked)
		d.does("crew", move{Action: c.asks, Until: minutes(90)})
		d.now = minutes(c.refused)
		decides := map[inspect.Action]inspect.Action{inspect.AskExtension: inspect.DecideExtension, inspect.AskHold: inspect.DecideHold}[c.asks]
		d.does("office", move{Action: decides, Answer: inspect.Refused})
		want := inspect.Time(0)
		if c.told {
			want = minutes(c.refused)
		}
		if d.i.DeadlineStoodAt != want {
			t.Errorf("%s: told at %s, want %s", name, d.i.DeadlineStoodAt, want)
		}
	}
}
