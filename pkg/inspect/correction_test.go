package inspect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// TestACorrectionChangesWhatDiffersAndNoMore corrects one field after the other: what stood there is in the event, all else stays.
func TestACorrectionChangesWhatDiffersAndNoMore(t *testing.T) {
	place := func(lat float64) *inspect.Place { return &inspect.Place{Point: geo.Point{Lat: lat, Lon: 110}} }
	spot := func(d *desk) { d.i.Spot, d.i.SignedFront = id("old shop"), true }
	for name, tt := range map[string]struct {
		before func(*desk)
		c      inspect.Correction
		want   func(*inspect.Issue)
		was    inspect.Before
	}{
		"category": {nil, inspect.Correction{Category: "06010"}, func(i *inspect.Issue) { i.Category = "06010" }, inspect.Before{Category: "08012"}},
		"severity": {nil, inspect.Correction{Severity: "serious"}, func(i *inspect.Issue) { i.Severity = "serious" }, inspect.Before{Severity: "normal"}},
		"area":     {nil, inspect.Correction{Area: id("meilan")}, func(i *inspect.Issue) { i.Area = id("meilan") }, inspect.Before{Area: id("binhai")}},
		"position": {func(d *desk) { d.i.Place = place(20) }, inspect.Correction{Place: place(21)}, func(i *inspect.Issue) { i.Place = place(21) },
			inspect.Before{Place: place(20)}},
		"a position where there was none": {nil, inspect.Correction{Place: place(21)}, func(i *inspect.Issue) { i.Place = place(21) }, inspect.Before{}},
		"place of the register": {spot, inspect.Correction{Spot: id("new shop")}, func(i *inspect.Issue) { i.Spot, i.SignedFront = id("new shop"), false },
			inspect.Before{Spot: id("old shop")}},
		"a place that signed": {nil, inspect.Correction{Spot: id("new shop"), SignedFront: true}, func(i *inspect.Issue) { i.Spot, i.SignedFront = id("new shop"), true },
			inspect.Before{}},
		"no place": {spot, inspect.Correction{NoSpot: true}, func(i *inspect.Issue) { i.Spot, i.SignedFront = inspect.ID{}, false },
			inspect.Before{Spot: id("old shop")}},
		"texts": {nil, inspect.Correction{Texts: []string{"address"}, TextsBefore: []string{"address"}}, func(*inspect.Issue) {},
			inspect.Before{Texts: []string{"address"}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, name)
			if tt.before != nil {
				tt.before(d)
			}
			want := d.i
			e := d.does("office", inspect.Transition{Action: inspect.Correct, Correction: &tt.c})
			if diff := cmp.Diff(tt.was, *e.Was); diff != "" {
				t.Errorf("what stood there (-want +got):\n%s", diff)
			}
			if !slices.Equal(e.Corrected, tt.c.Texts) || e.Deadline != "" || e.Clock != nil || e.DueAt != 0 {
				t.Errorf("corrected %v, deadline %q, %v until %s", e.Corrected, e.Deadline, e.Clock, e.DueAt)
			}
			tt.want(&want)
			want.Version, want.UpdatedAt = d.i.Version, d.i.UpdatedAt
			if diff := cmp.Diff(want, d.i); diff != "" {
				t.Errorf("the issue (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCorrectionsThatSayTooLittleOrTooMuch(t *testing.T) {
	free, running, decided := newDesk(t, "free"), newDesk(t, "running"), newDesk(t, "decided")
	running.assigns("longhua", 100)
	decided.assigns("longhua", 100)
	decided.i.Clock.FromExtension = true
	correct := func(c *inspect.Correction) inspect.Transition {
		return inspect.Transition{Action: inspect.Correct, Correction: c}
	}
	free.refuses("office", correct(nil), inspect.ErrNothingToCorrect)
	free.refuses("office", correct(&inspect.Correction{}), inspect.ErrNothingToCorrect)
	free.refuses("office", correct(&inspect.Correction{Deadline: inspect.KeepDeadline}), inspect.ErrNothingToCorrect)
	free.refuses("office", correct(&inspect.Correction{Category: "06010", Deadline: inspect.DeadlineByRule}), inspect.ErrContent)
	running.refuses("office", correct(&inspect.Correction{Category: "06010"}), inspect.ErrContent)
	running.refuses("office", correct(&inspect.Correction{Area: id("meilan"), OtherClass: true}), inspect.ErrContent)
	running.refuses("office", correct(&inspect.Correction{Severity: "serious", Deadline: inspect.DeadlineByRule}), inspect.ErrContent)
	decided.refuses("office", correct(&inspect.Correction{Category: "06010", Deadline: inspect.DeadlineByRule}), inspect.ErrContent)
	for name, d := range map[string]*desk{"free": free, "decided": decided} {
		if _, err := d.tries("office", correct(&inspect.Correction{Category: "06010"})); err != nil {
			t.Errorf("%s: nobody has to say what becomes of a deadline: %v", name, err)
		}
	}
	if e := running.does("office", correct(&inspect.Correction{Category: "06010", Deadline: inspect.KeepDeadline})); e.Deadline != inspect.KeepDeadline || e.DueAt != 0 {
		t.Errorf("kept: %q, %s", e.Deadline, e.DueAt)
	}
	if running.i.DueAt != minutes(100) {
		t.Errorf("the deadline moved to %s", running.i.DueAt)
	}
}

// TestTheDeadlineOfAnotherRule counts four hours from an assignment at minute 0.
func TestTheDeadlineOfAnotherRule(t *testing.T) {
	rule := &inspect.Rule{ID: id("rule"), Version: 3, Limit: 4, LimitUnit: "urgent_hour"}
	for name, tt := range map[string]struct {
		pauses []inspect.Pause
		used   time.Duration
		due    int
		left   time.Duration // when the clock goes on last
		from   int
	}{
		"nothing between":                {nil, 0, 240, 4 * time.Hour, 0},
		"half an hour used":              {nil, 30 * time.Minute, 210, 210 * time.Minute, 0},
		"all of it used":                 {nil, 5 * time.Hour, 1, inspect.LeastLeft, 0},
		"it stood for an hour":           {[]inspect.Pause{{From: minutes(60), To: minutes(120)}}, 0, 300, 3 * time.Hour, 120},
		"it stood from the first":        {[]inspect.Pause{{From: minutes(-10), To: minutes(30)}}, 0, 270, 4 * time.Hour, 30},
		"it stood twice, told backwards": {[]inspect.Pause{{From: minutes(180), To: minutes(190)}, {From: minutes(60), To: minutes(120)}}, 0, 310, 2 * time.Hour, 190},
		"it stood when all was over":     {[]inspect.Pause{{From: minutes(240), To: minutes(600)}}, 0, 240, 4 * time.Hour, 0},
		"it stood in the last minute":    {[]inspect.Pause{{From: minutes(239), To: minutes(600)}}, 0, 601, time.Minute, 600},
		"one pause inside another":       {[]inspect.Pause{{From: minutes(60), To: minutes(120)}, {From: minutes(70), To: minutes(80)}}, 0, 300, 3 * time.Hour, 120},
	} {
		i := inspect.Issue{Status: inspect.Assigned, Unit: id("longhua"), AssignedAt: minutes(0)}
		i.Pauses, i.TimeUsed = tt.pauses, tt.used
		clock, due := i.DeadlineUnder(&inspect.Transition{Rule: *rule, Calendar: work})
		if due != minutes(tt.due) || clock.RemainingMS != tt.left.Milliseconds() || clock.From != minutes(tt.from) || clock.Rule != rule.ID || clock.Version != 3 ||
			clock.Limit != 4 {
			t.Errorf("%s: due %s (want minute %d), %+v", name, due, tt.due, clock)
		}
	}
	d := newDesk(t, "by rule")
	d.assigns("longhua", 100)
	e := d.does("office", inspect.Transition{Action: inspect.Correct, Rule: *rule, Correction: &inspect.Correction{Category: "06010", Deadline: inspect.DeadlineByRule}})
	if d.i.DueAt != minutes(240) || e.Was.DueAt != minutes(100) || d.i.Clock.Rule != rule.ID || e.Deadline != inspect.DeadlineByRule {
		t.Errorf("due %s, was %s, %+v", d.i.DueAt, e.Was.DueAt, d.i.Clock)
	}
}
