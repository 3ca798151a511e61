package inspect_test

import (
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// justAfter is the first moment after another.
func justAfter(t inspect.Time) inspect.Time { return t + 1 }

// TestWhatComesAtADeadlineComesInTime stands at each kind of deadline, and just after it.
func TestWhatComesAtADeadlineComesInTime(t *testing.T) {
	due := minutes(60)
	fixedAt := func(at inspect.Time) *desk {
		d := newDesk(t, "a")
		d.assigns("longhua", 60)
		d.now = at
		d.fixes()
		return d
	}
	for name, inTime := range map[string]func(at inspect.Time) bool{
		"nothing is done": func(at inspect.Time) bool {
			d := newDesk(t, "a")
			d.assigns("longhua", 60)
			return !d.i.Overdue(at)
		},
		"fix":                       func(at inspect.Time) bool { return !fixedAt(at).i.Overdue(minutes(1000)) },
		"fix, seen before it comes": func(at inspect.Time) bool { return !fixedAt(at).i.Overdue(0) },
		"extension": func(at inspect.Time) bool {
			d := newDesk(t, "a")
			d.assigns("longhua", 60)
			d.now = at
			_, err := d.tries("crew", move{Action: inspect.AskExtension, Until: minutes(90)})
			return err == nil
		},
		"return of a limit that is shorter than the window": func(at inspect.Time) bool {
			d := newDesk(t, "a")
			d.assigns("longhua", 2)
			d.now = at.Add(-58 * time.Minute)
			_, err := d.tries("crew", move{Action: inspect.Return})
			return err == nil
		},
		"hold: it moves the deadline": func(at inspect.Time) bool {
			d := newDesk(t, "a")
			d.assigns("longhua", 60)
			d.now = at
			d.does("crew", move{Action: inspect.AskHold, Until: minutes(1000)})
			d.now = minutes(90)
			d.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted})
			return d.i.DueAt >= minutes(1000) && d.i.OwnDueAt == d.i.DueAt
		},
		"appeal, three working days after the day of the deadline": func(at inspect.Time) bool {
			d := newDesk(t, "a")
			d.assigns("longhua", 60)
			d.now = at.Add(86 * time.Hour) // Tuesday ten o'clock to midnight after Friday
			_, err := d.tries("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealOverdue})
			return err == nil
		},
		"part": func(at inspect.Time) bool {
			p := inspect.Part{DueAt: due, RepliedAt: at}
			return p.OnTime()
		},
		"return of a form":               func(at inspect.Time) bool { return inspect.StateOfReturn(at, due, minutes(90)) == inspect.ReturnOnTime },
		"return of a form that is asked": func(at inspect.Time) bool { return inspect.StateOfReturn(0, due, at) == inspect.ReturnAwaited },
		"reopening": func(at inspect.Time) bool {
			d := fixedAt(minutes(60))
			d.category.ReopenDays = 7
			d.verifies(inspect.Pass)
			d.now = at.Add(7 * 24 * time.Hour)
			_, err := d.tries("office", move{Action: inspect.Reopen})
			return err == nil
		},
		"late arrival of what was done offline": func(at inspect.Time) bool {
			d := newDesk(t, "a")
			d.assigns("longhua", 10)
			return d.i.OverdueProvisional(at, 50*time.Minute)
		},
	} {
		if !inTime(due - 1) {
			t.Errorf("%s just before the deadline is too late", name)
		}
		if name != "extension" && !inTime(due) { // it is asked for before the deadline
			t.Errorf("%s at the deadline is too late", name)
		}
		if name == "extension" && inTime(due) {
			t.Errorf("%s at the deadline is in time", name)
		}
		if inTime(justAfter(due)) {
			t.Errorf("%s after the deadline is in time", name)
		}
	}
}

// TestWhatLiesAhead refuses times that are no later than what they follow, and times that are too far.
func TestWhatLiesAhead(t *testing.T) {
	asked := func(at int, ask move) (*desk, error) {
		d := newDesk(t, "a")
		d.assigns("longhua", 60)
		d.now = minutes(at)
		_, err := d.tries("crew", ask)
		return d, err
	}
	for name, c := range map[string]struct {
		least, most inspect.Time // 0 for no bound
		allows      func(until inspect.Time) bool
	}{
		"extension: after the deadline, at most the limit more": {justAfter(minutes(60)), minutes(120), func(until inspect.Time) bool {
			_, err := asked(10, move{Action: inspect.AskExtension, Until: until})
			return err == nil
		}},
		"hold: later than now, at most a year": {justAfter(minutes(10)), inspect.At(minutes(10).UTC().AddDate(1, 0, 0)), func(until inspect.Time) bool {
			_, err := asked(10, move{Action: inspect.AskHold, Until: until})
			return err == nil
		}},
		"letter: a reply later than now": {justAfter(minutes(10)), 0, func(until inspect.Time) bool {
			_, err := asked(10, move{Action: inspect.Supervise, LetterKind: "key", Until: until})
			return err == nil
		}},
		"part: a reply later than now": {justAfter(minutes(10)), 0, func(until inspect.Time) bool {
			_, err := asked(10, move{Action: inspect.GivePart, Unit: id("meilan"), Until: until})
			return err == nil
		}},
		"deadline: after the assignment": {justAfter(minutes(10)), 0, func(until inspect.Time) bool {
			d := newDesk(t, "a")
			d.now = minutes(10)
			_, err := d.tries("office", move{Action: inspect.Assign, Unit: id("longhua"), DueAt: until})
			return err == nil
		}},
		"extension granted: after the deadline, no more than was asked for": {justAfter(minutes(60)), minutes(90), func(until inspect.Time) bool {
			d, _ := asked(10, move{Action: inspect.Comment})
			d.does("crew", move{Action: inspect.AskExtension, Until: minutes(90)})
			_, err := d.tries("office", move{Action: inspect.DecideExtension, Answer: inspect.Granted, Until: until})
			return err == nil
		}},
		"hold granted: later than now, no longer than was asked for": {justAfter(minutes(20)), minutes(90), func(until inspect.Time) bool {
			d, _ := asked(10, move{Action: inspect.Comment})
			d.does("crew", move{Action: inspect.AskHold, Until: minutes(90)})
			d.now = minutes(20)
			_, err := d.tries("office", move{Action: inspect.DecideHold, Answer: inspect.Granted, Until: until})
			return err == nil
		}},
	} {
		if c.allows(c.least - 1) {
			t.Errorf("%s: %s is allowed", name, c.least-1)
		}
		if !c.allows(c.least) {
			t.Errorf("%s: %s is refused", name, c.least)
		}
		if c.most != 0 && !c.allows(c.most) {
			t.Errorf("%s: %s is refused", name, c.most)
		}
		if c.most != 0 && c.allows(justAfter(c.most)) {
			t.Errorf("%s: %s is allowed", name, justAfter(c.most))
		}
	}
}

// TestAHoldIsOverAtItsEnd: the clock goes on in that moment.
func TestAHoldIsOverAtItsEnd(t *testing.T) {
	held := func() *desk {
		d := newDesk(t, "a")
		d.assigns("longhua", 60)
		d.now = minutes(10)
		d.does("crew", move{Action: inspect.AskHold, Until: minutes(100)})
		d.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted})
		return d
	}
	d := held()
	if d.i.DueAt != minutes(150) || d.i.HeldUntil != minutes(100) {
		t.Fatalf("due at %s, held until %s, want minute 150 and 100", d.i.DueAt, d.i.HeldUntil)
	}
	for at, want := range map[inspect.Time]bool{minutes(100) - 1: true, minutes(100): false} {
		if got := d.i.OnHold(at); got != want {
			t.Errorf("at %s: held %t", at, got)
		}
		_, err := (&desk{t: t, i: d.i, now: at}).tries("office", move{Action: inspect.Resume})
		if got := err == nil; got != want || !want && !inspect.ErrNotHeld.Is(err) {
			t.Errorf("at %s: resuming gives %v", at, err)
		}
	}
	d.now = minutes(40)
	d.does("office", move{Action: inspect.Resume})
	if d.i.DueAt != minutes(90) || d.i.HeldUntil != 0 || len(d.i.Pauses) != 1 || d.i.Pauses[0] != (inspect.Pause{From: minutes(10), To: minutes(40)}) {
		t.Errorf("after 30 minutes of hold: due at %s, held until %s, pauses %v", d.i.DueAt, d.i.HeldUntil, d.i.Pauses)
	}
	fixed := held()
	fixed.now = minutes(100) - 1
	fixed.fixes()
	if want := minutes(150) - 1; fixed.i.DueAt != want {
		t.Errorf("fixed in the last moment of a hold: due at %s, want %s", fixed.i.DueAt, want)
	}
	after := held()
	after.now = minutes(100)
	if after.fixes(); after.i.DueAt != minutes(150) {
		t.Errorf("fixed when the hold is over: due at %s", after.i.DueAt)
	}
}

// TestWhoAskedDoesNotDecide, whatever else they are: neither grants nor refuses what they asked for themselves.
func TestWhoAskedDoesNotDecide(t *testing.T) {
	for _, c := range []struct {
		ask, decide inspect.Action
		done        string
	}{
		{inspect.AskExtension, inspect.DecideExtension, "issue.extension_granted"},
		{inspect.AskHold, inspect.DecideHold, "issue.hold_granted"},
		{inspect.AskAppeal, inspect.DecideAppeal, "issue.appeal_decided"},
	} {
		t.Run(string(c.ask), func(t *testing.T) {
			d := newDesk(t, "a")
			d.assigns("longhua", 60)
			about := inspect.AppealWrongUnit
			d.does("crew", move{Action: c.ask, Until: minutes(90), AppealSubject: about})
			for _, answer := range inspect.Answers {
				d.refuses("crew", move{Action: c.decide, Answer: answer, AppealSubject: about}, inspect.ErrSecondPerson)
			}
			decider := "office2"
			if c.ask == inspect.AskAppeal {
				d.refuses("office", move{Action: c.decide, Answer: inspect.Granted, AppealSubject: about}, inspect.ErrSecondPerson) // who gave it to the unit
				about = inspect.AppealWrongUnit
			}
			e := d.does(decider, move{Action: c.decide, Answer: inspect.Refused, AppealSubject: about})
			if e.By != id(decider) {
				t.Errorf("decided by %s", e.By)
			}
			d.refuses("office2", move{Action: c.decide, Answer: inspect.Granted, AppealSubject: about}, inspect.ErrNothingAsked)
			if c.ask == inspect.AskAppeal {
				return
			}
			d.does("crew", move{Action: c.ask, Until: minutes(90)})
			wantTypes(t, []*inspect.Event{d.does(decider, move{Action: c.decide, Answer: inspect.Granted})}, c.done)
		})
	}
}

// TestWhenTheOfficeHasToDecide: within half of the time left, and at most one working day.
func TestWhenTheOfficeHasToDecide(t *testing.T) {
	for name, c := range map[string]struct {
		limit, asked int // minutes after nine
		ask          inspect.Action
		want         inspect.Time
	}{
		"half of what is left":             {60, 20, inspect.AskExtension, minutes(40)},
		"half of what is left of a hold":   {60, 20, inspect.AskHold, minutes(40)},
		"a minute is left":                 {60, 58, inspect.AskExtension, minutes(59)},
		"at most a working day":            {100 * 60, 0, inspect.AskExtension, minutes(24 * 60)},
		"just a working day":               {48 * 60, 0, inspect.AskExtension, minutes(24 * 60)},
		"a hold after the deadline, a day": {60, 90, inspect.AskHold, minutes(24*60 + 90)},
		"a hold at the deadline, at once":  {60, 60, inspect.AskHold, minutes(60)},
	} {
		d := newDesk(t, "a")
		d.assigns("longhua", c.limit)
		d.now = minutes(c.asked)
		e := d.does("crew", move{Action: c.ask, Until: max(minutes(c.limit), d.now).Add(30 * time.Minute)})
		if e.DecideBy != c.want {
			t.Errorf("%s: the office decides by %s, want %s", name, e.DecideBy, c.want)
		}
		asked := d.i.Extension
		if c.ask == inspect.AskHold {
			asked = d.i.Hold
		}
		if asked != (inspect.Request{At: d.now, By: id("crew"), Action: e.ActionID, Until: e.Until, DecideBy: c.want}) {
			t.Errorf("%s: what is asked for is %+v", name, asked)
		}
	}
}

// TestTheStepsOfTheOfficeHaveDeadlines: assign and verify, in working time, or day and night where the limit is in minutes or urgent hours.
func TestTheStepsOfTheOfficeHaveDeadlines(t *testing.T) {
	steps := inspect.StepLimits{Assign: 30 * time.Minute, Verify: 4 * time.Hour}
	evening := func(h, m int) inspect.Time { return inspect.At(time.Date(2026, 11, 24, h-8, m, 0, 0, time.UTC)) } // in the city's zone
	for name, c := range map[string]struct {
		issue inspect.Issue
		unit  inspect.LimitUnit
		want  inspect.Time
	}{
		"assign, in the evening":       {inspect.Issue{Status: inspect.Reported, ReceivedAt: evening(17, 50)}, calendar.WorkingHour, evening(24+8, 20)},
		"assign, day and night":        {inspect.Issue{Status: inspect.Reported, ReceivedAt: evening(17, 50)}, calendar.Minute, evening(18, 20)},
		"assign, urgent":               {inspect.Issue{Status: inspect.Reported, ReceivedAt: evening(17, 50)}, calendar.UrgentHour, evening(18, 20)},
		"assign what was given back":   {inspect.Issue{Status: inspect.Reported, ReceivedAt: evening(9, 0), ChangedAt: evening(10, 0)}, calendar.WorkingDay, evening(10, 30)},
		"assign what came long before": {inspect.Issue{Status: inspect.Reported, ReceivedAt: evening(10, 0), ChangedAt: evening(9, 0)}, calendar.CalendarDay, evening(10, 30)},
		"verify":                       {inspect.Issue{Status: inspect.Fixed, FixedAt: evening(9, 0), ReceivedAt: evening(8, 0)}, calendar.WorkingDay, evening(15, 0)},
		"verify, day and night":        {inspect.Issue{Status: inspect.Fixed, FixedAt: evening(9, 0)}, calendar.Minute, evening(13, 0)},
		"it is the unit's turn":        {inspect.Issue{Status: inspect.Assigned, ReceivedAt: evening(9, 0)}, calendar.WorkingHour, 0},
		"it is over":                   {inspect.Issue{Status: inspect.Verified, FixedAt: evening(9, 0)}, calendar.WorkingHour, 0},
	} {
		if got := c.issue.StepDue(work, steps, c.unit); got != c.want {
			t.Errorf("%s: by %s, want %s", name, got, c.want)
		}
	}
}

// TestAPartIsDueUnlessItWasEndedByItsDeadline: in the moment of the deadline its reply would have been in time still.
func TestAPartIsDueUnlessItWasEndedByItsDeadline(t *testing.T) {
	for ended, want := range map[inspect.Time]bool{0: true, minutes(60) - 1: false, minutes(60): false, justAfter(minutes(60)): true} {
		p := inspect.Part{DueAt: minutes(60), EndedAt: ended}
		if got := p.Due(); got != want {
			t.Errorf("ended at %s: due %t", ended, got)
		}
		if p.OnTime() {
			t.Errorf("ended at %s without a reply: on time", ended)
		}
	}
}

// TestAlertsComeAtTheirMoment and not for what is done already.
func TestAlertsComeAtTheirMoment(t *testing.T) {
	steps := inspect.StepLimits{Assign: 30 * time.Minute, Verify: 4 * time.Hour}
	alerts := func(i inspect.Issue) map[string]inspect.Time {
		all := map[string]inspect.Time{}
		for _, a := range i.Alerts(work, steps, calendar.Minute) {
			all[a.Kind] = a.At
		}
		return all
	}
	d := newDesk(t, "a")
	d.i.ReplyBy = minutes(500)
	want := func(what string, want map[string]inspect.Time) {
		t.Helper()
		got := alerts(d.i)
		for k, at := range want {
			if got[k] != at {
				t.Errorf("%s: %s at %s, want %s", what, k, got[k], at)
			}
		}
		for k := range got {
			if _, ok := want[k]; !ok {
				t.Errorf("%s: %s at %s, want none", what, k, got[k])
			}
		}
	}
	want("reported", map[string]inspect.Time{inspect.AlertAssign: minutes(30), inspect.AlertFeedback: minutes(500)})
	d.assigns("longhua", 80)
	ladder := map[string]inspect.Time{inspect.AlertSoon: minutes(60), inspect.AlertDue: minutes(80), inspect.AlertLate: minutes(120),
		inspect.AlertLong: minutes(160), inspect.AlertFeedback: minutes(500)}
	want("assigned", ladder)
	d.does("office", move{Action: inspect.GiveFeedback})
	delete(ladder, inspect.AlertFeedback)
	want("fed back", ladder)
	d.now = minutes(10)
	d.does("leader", move{Action: inspect.Supervise, LetterKind: "key", Until: minutes(70)})
	d.does("office", move{Action: inspect.GivePart, Unit: id("meilan"), Until: minutes(50)})
	d.does("crew", move{Action: inspect.AskExtension, Until: minutes(100)})
	ladder[inspect.AlertReply], ladder[inspect.AlertPart], ladder[inspect.AlertDecision] = minutes(70), minutes(50), minutes(45)
	want("asked for much", ladder)
	if all := d.i.Alerts(work, steps, calendar.Minute); !slices.IsSortedFunc(all, func(a, b inspect.Alert) int { return int(a.At - b.At) }) {
		t.Errorf("not in order: %v", all)
	} else if inspect.NextAlert(all, minutes(45)) != minutes(50) || inspect.NextAlert(all, minutes(45)-1) != minutes(45) || inspect.NextAlert(all,
		minutes(160)) != 0 || inspect.StepDueAt(all) != 0 {
		t.Errorf("next after 45: %s, just before: %s, after all: %s; step %s", inspect.NextAlert(all, minutes(45)),
			inspect.NextAlert(all, minutes(45)-1), inspect.NextAlert(all, minutes(160)), inspect.StepDueAt(all))
	}
	d.does("office", move{Action: inspect.DecideExtension, Answer: inspect.Refused})
	d.does("crew", move{Action: inspect.Reply, Letter: d.i.Letters[0].ID})
	d.does("crew", move{Action: inspect.ReplyPart, Part: d.i.Parts[0].ID})
	for _, k := range []string{inspect.AlertReply, inspect.AlertPart, inspect.AlertDecision} {
		delete(ladder, k)
	}
	want("all answered", ladder)
	d.does("crew", move{Action: inspect.AskHold, Until: minutes(100)})
	d.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted})
	want("on hold", map[string]inspect.Time{inspect.AlertSoon: minutes(150), inspect.AlertDue: minutes(170), inspect.AlertLate: minutes(210),
		inspect.AlertLong: minutes(250), inspect.AlertHold: minutes(100)})
	d.now = minutes(20)
	d.fixes()
	want("fixed", map[string]inspect.Time{inspect.AlertVerify: minutes(260)})
	if got := inspect.StepDueAt(d.i.Alerts(work, steps, calendar.Minute)); got != minutes(260) {
		t.Errorf("verified by %s, want minute 260", got)
	}
	d.verifies(inspect.Pass)
	want("closed", map[string]inspect.Time{})
}
