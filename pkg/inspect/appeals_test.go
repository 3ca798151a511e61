package inspect_test

import (
	"testing"
	"time"

	"spotcheck/pkg/inspect"
)

// cityTime is a moment of November and December 2026 in the city's zone.
func cityTime(month time.Month, day, hour, minute int) inspect.Time {
	return inspect.At(time.Date(2026, month, day, hour, minute, 0, 0, work.Zone()))
}

// failsAt fixes the issue and lets the fix fail: it counts at a moment, and the unit hears of it at another.
func (d *desk) failsAt(counts, told inspect.Time, v inspect.Verdict) {
	d.t.Helper()
	d.now = counts.Add(-time.Minute)
	d.fixes()
	d.now = told
	d.does("wang", move{Action: inspect.Verify, Verdict: v, Method: inspect.OnSite, DoneAt: counts, LateWindow: 7 * 24 * time.Hour,
		Photos: []inspect.Photo{d.photo(inspect.NewID().String(), inspect.PhotoCheck)}})
}

// TestAnAppealCountsFromTheDayOfTelling: three working days after that day, to the last moment of the third.
func TestAnAppealCountsFromTheDayOfTelling(t *testing.T) {
	overdue := func(due inspect.Time) func(*desk) {
		return func(d *desk) { d.does("office", move{Action: inspect.Assign, Unit: id("longhua"), DueAt: due}) }
	}
	tests := map[string]struct {
		makes func(*desk)
		about inspect.AppealSubject
		last  inspect.Time
	}{
		"overdue on a Tuesday morning":           {overdue(cityTime(11, 24, 10, 0)), inspect.AppealOverdue, cityTime(11, 28, 0, 0)},
		"overdue on a Tuesday night":             {overdue(cityTime(11, 24, 23, 59)), inspect.AppealOverdue, cityTime(11, 28, 0, 0)},
		"overdue at midnight, which is the next": {overdue(cityTime(11, 25, 0, 0)), inspect.AppealOverdue, cityTime(12, 1, 0, 0)},
		"overdue on a Friday":                    {overdue(cityTime(11, 27, 12, 0)), inspect.AppealOverdue, cityTime(12, 3, 0, 0)},
		"overdue on a Saturday":                  {overdue(cityTime(11, 28, 12, 0)), inspect.AppealOverdue, cityTime(12, 3, 0, 0)},
		"given to the wrong unit":                {overdue(cityTime(12, 20, 12, 0)), inspect.AppealWrongUnit, cityTime(11, 28, 0, 0)},
		"failed, and told at once": {func(d *desk) {
			overdue(cityTime(12, 20, 12, 0))(d)
			d.failsAt(cityTime(11, 25, 10, 0), cityTime(11, 25, 10, 0), inspect.Fail)
		}, inspect.AppealRework, cityTime(12, 1, 0, 0)},
		"failed offline, and told a day later": {func(d *desk) {
			overdue(cityTime(12, 20, 12, 0))(d)
			d.failsAt(cityTime(11, 25, 10, 0), cityTime(11, 26, 9, 0), inspect.FalseFix)
		}, inspect.AppealFalseFix, cityTime(12, 2, 0, 0)},
		"overdue while more time was asked for, which was refused on Thursday": {func(d *desk) {
			overdue(cityTime(11, 24, 10, 0))(d)
			d.now = cityTime(11, 24, 9, 59)
			d.does("crew", move{Action: inspect.AskExtension, Until: cityTime(11, 24, 10, 30)})
			d.now = cityTime(11, 26, 17, 0)
			d.does("office", move{Action: inspect.DecideExtension, Answer: inspect.Refused})
		}, inspect.AppealOverdue, cityTime(12, 2, 0, 0)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			tt.makes(d)
			for at, want := range map[inspect.Time]bool{tt.last - 1: true, tt.last: true, tt.last + 1: false} {
				d.now = at
				_, err := d.tries("crew", move{Action: inspect.AskAppeal, AppealSubject: tt.about})
				if (err == nil) != want || !want && !inspect.ErrAppealTooLate.Is(err) {
					t.Errorf("at %s: %v", at, err)
				}
			}
		})
	}
}

// TestEachMarkIsAppealedOnce: a second rework is another mark than the first, a deadline that was given anew another one as well.
func TestEachMarkIsAppealedOnce(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 600)
	rework := move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealRework}
	d.refuses("crew", rework, inspect.ErrNothingToAppeal)
	d.failsAt(minutes(20), minutes(20), inspect.Fail)
	d.failsAt(minutes(40), minutes(40), inspect.Fail)
	if e := d.does("crew", rework); e.MarkedAt != minutes(40) {
		t.Errorf("the latest rework is meant, got that of %s", e.MarkedAt)
	}
	if e := d.does("crew", rework); e.MarkedAt != minutes(20) {
		t.Errorf("then the one before, got that of %s", e.MarkedAt)
	}
	d.refuses("crew", rework, inspect.ErrAppealedBefore)
	d.failsAt(minutes(60), minutes(60), inspect.Fail)
	d.does("crew", rework)
	if n := len(d.i.Appeals); n != 3 {
		t.Errorf("%d appeals, want one for each rework", n)
	}

	overdue := move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealOverdue}
	d.now = minutes(700)
	d.does("crew", overdue)
	d.does("office2", move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealOverdue, Answer: inspect.Granted, DueAt: minutes(800)})
	d.refuses("crew", overdue, inspect.ErrNothingToAppeal)
	d.now = minutes(801)
	d.does("crew", overdue)
	d.does("office2", move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealOverdue, Answer: inspect.Refused})
	d.refuses("crew", overdue, inspect.ErrAppealedBefore)
}

// TestAFalseFixThatWasNone says what it was: insufficient, and the rework stays until it is contested by itself, or good.
func TestAFalseFixThatWasNone(t *testing.T) {
	made := func() *desk {
		d := newDesk(t, "a")
		d.assigns("longhua", 6000)
		d.failsAt(minutes(20), minutes(20), inspect.FalseFix)
		d.refuses("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealRework}, inspect.ErrNothingToAppeal)
		d.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealFalseFix})
		return d
	}
	decides := func(answer inspect.Answer, finding inspect.Finding) move {
		return move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealFalseFix, Answer: answer, Finding: finding}
	}
	d := made()
	d.refuses("wang", decides(inspect.Granted, inspect.FixGood), inspect.ErrSecondPerson)
	d.refuses("office", decides(inspect.Granted, ""), inspect.ErrContent)
	d.refuses("office", decides(inspect.Refused, inspect.FixGood), inspect.ErrContent)
	if e := d.does("office", decides(inspect.Granted, inspect.FixGood)); e.Finding != inspect.FixGood || d.i.Appeals[0].Finding != inspect.FixGood {
		t.Errorf("the finding is %q on record, %q in the appeal", e.Finding, d.i.Appeals[0].Finding)
	}
	d.refuses("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealRework}, inspect.ErrNothingToAppeal)

	d = made()
	d.now = cityTime(11, 27, 11, 0) // told of the rework on Friday
	d.does("office", decides(inspect.Granted, inspect.FixInsufficient))
	d.now = cityTime(12, 3, 0, 0)
	d.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealRework})
	for _, who := range []string{"wang", "office", "crew"} {
		d.refuses(who, move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealRework, Answer: inspect.Granted}, inspect.ErrSecondPerson)
	}
	d.does("office2", move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealRework, Answer: inspect.Granted})
	if !d.i.AppealUpheld(inspect.AppealFalseFix) || !d.i.AppealUpheld(inspect.AppealRework) || d.i.Rework != 1 || d.i.FalseFixes != 1 {
		t.Errorf("upheld, and what happened stays visible: %+v", d.i.Appeals)
	}
}

// TestAnOverdueMarkThatIsLiftedGivesANewDeadline where the unit still works; otherwise it counts as on time.
func TestAnOverdueMarkThatIsLiftedGivesANewDeadline(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	d.now = minutes(90)
	d.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealOverdue})
	grants := func(due inspect.Time) move {
		return move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealOverdue, Answer: inspect.Granted, DueAt: due}
	}
	d.refuses("office2", grants(0), inspect.ErrContent)
	d.refuses("office2", grants(minutes(90)), inspect.ErrContent)
	refuses := grants(minutes(100))
	refuses.Answer = inspect.Refused
	d.refuses("office2", refuses, inspect.ErrContent)
	e := d.does("office2", grants(minutes(150)))
	if e.DueAt != minutes(150) || e.Clock == nil || d.i.DueAt != minutes(150) || d.i.OwnDueAt != minutes(150) || d.i.Overdue(minutes(150)) || !d.i.Overdue(minutes(150)+1) {
		t.Errorf("due at %s, on record %s", d.i.DueAt, e.DueAt)
	}

	fixed := newDesk(t, "b")
	fixed.assigns("longhua", 60)
	fixed.now = minutes(90)
	fixed.fixes()
	fixed.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealOverdue})
	fixed.refuses("office2", grants(minutes(150)), inspect.ErrContent)
	fixed.does("office2", grants(0))
	if fixed.i.DueAt != minutes(60) || !fixed.i.AppealUpheld(inspect.AppealOverdue) {
		t.Errorf("due at %s", fixed.i.DueAt)
	}

	back := newDesk(t, "c") // at work again after a late fix: the new deadline takes the place of the reminder
	back.assigns("longhua", 60)
	back.now = minutes(90)
	back.fixes()
	back.verifies(inspect.Fail)
	if back.i.RemindAt == 0 {
		t.Fatal("no reminder runs")
	}
	back.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealOverdue})
	back.does("office2", grants(minutes(500)))
	if back.i.DueAt != minutes(500) || back.i.RemindAt != 0 {
		t.Errorf("due at %s, reminder at %s", back.i.DueAt, back.i.RemindAt)
	}
}
