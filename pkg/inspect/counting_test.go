package inspect_test

import (
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// civil assigns the issue for some days by the civil code, on Tuesday 24 November 2026 at nine.
func civil(t *testing.T, n float64, unit calendar.Unit) *desk {
	t.Helper()
	d := newDesk(t, "a")
	e := d.does("office", move{Action: inspect.Assign, Unit: id("longhua"), Rule: inspect.Rule{Limit: n, LimitUnit: unit}, DayCounting: calendar.CivilCode})
	if e.Clock.Counting != calendar.CivilCode || e.Clock.From != cityTime(11, 25, 0, 0) {
		t.Errorf("on record: %+v", e.Clock)
	}
	return d
}

func (d *desk) wantDue(want inspect.Time, when string) {
	d.t.Helper()
	if d.i.DueAt != want || d.i.OwnDueAt != want {
		d.t.Errorf("%s: due %s, own %s, want %s", when, d.i.DueAt, d.i.OwnDueAt, want)
	}
}

// TestTheFirstDayIsNotUsed: no pause in it moves the deadline, what is returned in it used nothing, and a quarter is one of counted time.
func TestTheFirstDayIsNotUsed(t *testing.T) {
	d := civil(t, 4, calendar.WorkingDay)
	d.wantDue(cityTime(11, 30, 18, 0), "assigned")
	d.now = cityTime(11, 24, 10, 0)
	d.does("crew", move{Action: inspect.AskHold, Until: cityTime(11, 24, 17, 0)})
	d.does("office2", move{Action: inspect.DecideHold, Answer: inspect.Granted})
	d.wantDue(cityTime(11, 30, 18, 0), "on hold on the first day")
	d.now = cityTime(11, 24, 11, 0)
	d.does("office2", move{Action: inspect.Resume})
	d.wantDue(cityTime(11, 30, 18, 0), "resumed on the first day")
	for at, want := range map[inspect.Time]bool{cityTime(11, 25, 18, 0): true, cityTime(11, 25, 18, 0) + 1: false} { // a quarter is one day
		d.now = at
		if _, err := d.tries("crew", move{Action: inspect.Return}); (err == nil) != want {
			t.Errorf("returned at %s: %v", at, err)
		}
	}
	d.now = cityTime(11, 24, 12, 0)
	if e := d.does("crew", move{Action: inspect.Return}); e.TimeUsedMS != 0 {
		t.Errorf("%d ms are used", e.TimeUsedMS)
	}
}

// TestAPauseInCountedTime: what was left runs on to the minute, calendar days still end with a working day.
func TestAPauseInCountedTime(t *testing.T) {
	d := civil(t, 3, calendar.WorkingDay)
	d.now = cityTime(11, 26, 10, 0) // a day and two hours are used
	d.does("crew", move{Action: inspect.AskHold, Until: cityTime(12, 1, 8, 0)})
	d.does("office2", move{Action: inspect.DecideHold, Answer: inspect.Granted})
	d.wantDue(cityTime(12, 2, 16, 0), "after the hold")

	d = civil(t, 3, calendar.CalendarDay)
	d.wantDue(cityTime(11, 28, 0, 0), "to the end of Friday")
	into := newDesk(t, "b")
	into.assigns("meilan", 60)
	d.now = cityTime(11, 26, 12, 0) // a day and a half are left
	d.merges(into)
	d.now = cityTime(11, 27, 0, 0)
	d.unmerges(into)
	d.wantDue(cityTime(12, 1, 0, 0), "it would end on Saturday at noon") // so with Monday

	d = civil(t, 5, calendar.CalendarDay) // ends on a Sunday, so with Monday
	d.wantDue(cityTime(12, 1, 0, 0), "five days")
	d.now = cityTime(11, 26, 12, 0) // three and a half are left, not four and a half
	storm := &inspect.Suspension{ID: id("storm"), From: cityTime(11, 26, 12, 0), To: cityTime(11, 28, 12, 0), By: id("office")}
	d.apply(d.i.Suspended(work, storm, d.now))
	d.wantDue(cityTime(12, 2, 0, 0), "from Saturday noon to Tuesday midnight")
}

// TestNewHolidaysMoveCalendarDays that end with a working day by the civil code.
func TestNewHolidaysMoveCalendarDays(t *testing.T) {
	d := civil(t, 3, calendar.CalendarDay)
	with, err := calendar.New(work.Zone(), calendar.Shifts, append(calendar.China(), calendar.Exception{Day: calendar.DayOf(2026, time.November, 27), Name: "停工"}))
	if err != nil {
		t.Fatal(err)
	}
	d.now = cityTime(11, 25, 9, 0)
	d.apply(d.i.Rescheduled(with, d.now, id("admin")))
	d.wantDue(cityTime(12, 1, 0, 0), "Friday became free")
	elapsed := newDesk(t, "b")
	elapsed.does("office", move{Action: inspect.Assign, Unit: id("longhua"), Rule: inspect.Rule{Limit: 3, LimitUnit: calendar.CalendarDay}})
	if e := elapsed.i.Rescheduled(with, elapsed.now, id("admin")); e != nil {
		t.Errorf("72 hours moved: %+v", e)
	}
}

// TestARuleChoosesForItself how its days are counted; hours and minutes have one way only.
func TestARuleChoosesForItself(t *testing.T) {
	for name, c := range map[string]struct {
		unit       calendar.Unit
		rule, city calendar.Counting
		want       calendar.Counting
	}{
		"nobody chose":       {calendar.WorkingDay, "", "", calendar.Elapsed},
		"the city":           {calendar.CalendarDay, "", calendar.CivilCode, calendar.CivilCode},
		"the rule":           {calendar.WorkingDay, calendar.CivilCode, calendar.Elapsed, calendar.CivilCode},
		"the rule otherwise": {calendar.WorkingDay, calendar.Elapsed, calendar.CivilCode, calendar.Elapsed},
		"hours":              {calendar.WorkingHour, calendar.CivilCode, calendar.CivilCode, calendar.Elapsed},
		"minutes":            {calendar.Minute, calendar.CivilCode, calendar.CivilCode, calendar.Elapsed},
	} {
		r := inspect.Rule{Limit: 1, LimitUnit: c.unit, Counting: c.rule}
		if got := r.CalendarLimit(c.city); got.Counting != c.want || got.N != 1 || got.Unit != c.unit {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
