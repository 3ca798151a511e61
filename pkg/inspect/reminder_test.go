package inspect_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// suspend lets a suspension reach the issue, as the office does it whenever one is declared, moved, or the issue comes back to its unit.
func (d *desk) suspend(s *inspect.Suspension) {
	d.t.Helper()
	if e := d.i.Suspended(work, s, d.now); e != nil {
		d.apply(e)
	}
}

// TestASuspensionPausesTheReminderClock: fixed at minute 40 of 100, failed at minute 80. 60 were left, so the reminder ends at minute 140.
func TestASuspensionPausesTheReminderClock(t *testing.T) {
	storm := func(from, to int) *inspect.Suspension {
		return &inspect.Suspension{ID: id("storm"), From: minutes(from), To: minutes(to), By: id("office")}
	}
	for name, tt := range map[string]struct {
		assigned, waiting, back *inspect.Suspension // as it is declared, moved or ended at minute 20, 60 and 90
		remind, due             int
	}{
		"none":                                   {nil, nil, nil, 140, 100},
		"while waiting, over before it failed":   {nil, storm(50, 70), nil, 140, 100},
		"while waiting, lasts":                   {nil, storm(50, 200), nil, 260, 220},
		"while waiting, begins after it failed":  {nil, storm(90, 200), nil, 250, 210},
		"while waiting, begins after the end":    {nil, storm(150, 200), nil, 140, 100},
		"before the fix, lasts":                  {storm(50, 200), nil, nil, 260, 250},
		"before the fix, over before it failed":  {storm(20, 30), nil, nil, 150, 110},
		"before the fix, begins after it failed": {storm(90, 200), nil, nil, 250, 210},
		"before the fix, made longer meanwhile":  {storm(50, 200), storm(50, 300), nil, 360, 350},
		"before the fix, ended meanwhile":        {storm(50, 200), storm(50, 60), nil, 140, 110},
		"when it is back":                        {nil, nil, storm(90, 200), 250, 210},
		"while waiting, made longer when back":   {nil, storm(50, 200), storm(50, 300), 360, 320},
		"while waiting, ended when back":         {nil, storm(50, 200), storm(50, 90), 150, 110},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, name)
			d.assigns("longhua", 100)
			now := (*inspect.Suspension)(nil)
			say := func(at int, s *inspect.Suspension) {
				if d.now = minutes(at); s != nil {
					now = s
				}
				if now != nil {
					d.suspend(now)
					d.suspend(now) // again changes nothing
				}
			}
			say(20, tt.assigned)
			d.now = minutes(40)
			d.fixes()
			say(60, tt.waiting)
			d.now = minutes(80)
			d.verifies(inspect.Fail)
			say(80, nil)
			say(90, tt.back)
			if d.i.RemindAt != minutes(tt.remind) || d.i.DueAt != minutes(tt.due) {
				t.Errorf("the reminder ends at %s, due %s; want minutes %d and %d; pauses %v", d.i.RemindAt, d.i.DueAt, tt.remind, tt.due, d.i.Pauses)
			}
		})
	}
}

// TestTheReminderClockCountsAsOnPaper: whatever is suspended and whenever that is declared, the time in which the reminder clock runs is what it had to
// run. The times are counted by the minute.
func TestTheReminderClockCountsAsOnPaper(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 18))
		d := newDesk(t, "paper")
		limit := 60 + r.IntN(600)
		d.does("office", inspect.Transition{Action: inspect.Assign, Unit: id("longhua"), Rule: inspect.Rule{Limit: float64(limit), LimitUnit: calendar.Minute}})
		var declared []*inspect.Suspension
		declare := func(at int) {
			d.now = minutes(at)
			from := at + r.IntN(200)
			declared = append(declared, &inspect.Suspension{ID: d.photo(inspect.NewID().String(), inspect.PhotoCheck).ID, From: minutes(from), To: minutes(from + 1 + r.IntN(300)),
				By: id("office")})
			d.suspend(declared[len(declared)-1])
		}
		fixed := 10 + r.IntN(limit/2)
		if r.IntN(2) == 0 {
			declare(r.IntN(fixed))
		}
		d.now = minutes(fixed)
		d.fixes()
		failed := fixed + 20 + r.IntN(100)
		if r.IntN(2) == 0 {
			declare(fixed + r.IntN(failed-fixed))
		}
		still := func(m int) bool {
			for _, s := range declared {
				if s.From <= minutes(m) && minutes(m) < s.To {
					return true
				}
			}
			return false
		}
		left := limit
		for m := range fixed {
			if !still(m) {
				left--
			}
		}
		d.now = minutes(failed)
		d.verifies(inspect.FalseFix)
		for _, s := range declared {
			d.suspend(s)
		}
		if r.IntN(2) == 0 {
			declare(failed + 1 + r.IntN(30))
		}
		want := failed
		for ; left > 0; want++ {
			if !still(want) {
				left--
			}
		}
		if got := d.i.RemindAt; got != minutes(want) {
			t.Fatalf("seed %d: the reminder ends at %s, counted by hand at %s (%s); fixed %d, failed %d of %d, pauses %v", seed, got, minutes(want),
				time.Duration(got-minutes(want))*time.Millisecond, fixed, failed, limit, d.i.Pauses)
		}
	}
}

// TestAHoldPausesTheReminderClock: fixed at minute 40 of 100, failed at minute 80. 60 were left, so the reminder ends at minute 140 unless a hold, granted
// ten minutes after it was asked for, stops it.
func TestAHoldPausesTheReminderClock(t *testing.T) {
	for name, tt := range map[string]struct {
		asked, until, resumed, fixed int
		storm                        *inspect.Suspension
		held, after                  int // the reminder while it is on hold, and after that
	}{
		"to its end":             {asked: 90, until: 200, held: 250, after: 250},
		"resumed":                {asked: 90, until: 200, resumed: 150, held: 250, after: 200},
		"fixed":                  {asked: 90, until: 200, fixed: 150, held: 250, after: 200},
		"asked when it was over": {asked: 141, until: 200, held: 140, after: 140},
		"beside a suspension":    {asked: 90, until: 200, storm: &inspect.Suspension{ID: id("storm"), From: minutes(100), To: minutes(230)}, held: 280, after: 280},
		"beside a suspension, and resumed": {asked: 90, until: 200, resumed: 150, storm: &inspect.Suspension{ID: id("storm"), From: minutes(100), To: minutes(120)},
			held: 250, after: 200},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, name)
			d.assigns("longhua", 100)
			d.now = minutes(40)
			d.fixes()
			d.now = minutes(80)
			d.verifies(inspect.Fail)
			d.now = minutes(tt.asked)
			d.does("crew", inspect.Transition{Action: inspect.AskHold, Until: minutes(tt.until)})
			if d.now = minutes(tt.asked + 10); tt.storm != nil {
				d.suspend(tt.storm)
			}
			d.does("office", inspect.Transition{Action: inspect.DecideHold, Answer: inspect.Granted})
			if tt.storm != nil {
				d.suspend(tt.storm) // again changes nothing
			}
			if d.i.RemindAt != minutes(tt.held) {
				t.Errorf("on hold the reminder ends at %s, want minute %d; pauses %v", d.i.RemindAt, tt.held, d.i.Pauses)
			}
			if tt.resumed > 0 {
				d.now = minutes(tt.resumed)
				d.does("office", inspect.Transition{Action: inspect.Resume})
			}
			if tt.fixed > 0 {
				d.now = minutes(tt.fixed)
				d.fixes()
			}
			if d.i.RemindAt != minutes(tt.after) {
				t.Errorf("then the reminder ends at %s, want minute %d; pauses %v", d.i.RemindAt, tt.after, d.i.Pauses)
			}
		})
	}
}

// TestAMergeLeavesTheReminderClockBesideAPause: 60 are left when the storm stops the clock at minute 80, so they are left when the merge is undone.
func TestAMergeLeavesTheReminderClockBesideAPause(t *testing.T) {
	d := newDesk(t, "merge")
	storm := &inspect.Suspension{ID: id("storm"), From: minutes(80), To: minutes(200)}
	d.assigns("longhua", 100)
	d.now = minutes(40)
	d.fixes()
	d.now = minutes(80)
	d.verifies(inspect.Fail)
	d.suspend(storm)
	other := newDesk(t, "other")
	other.assigns("longhua", 100)
	d.now = minutes(100)
	d.does("office", inspect.Transition{Action: inspect.Merge, Into: &other.i})
	d.now = minutes(150)
	d.does("office", inspect.Transition{Action: inspect.Unmerge, Into: &other.i})
	d.suspend(storm)
	if d.i.RemindAt != minutes(260) {
		t.Errorf("the reminder ends at %s, want minute 260; pauses %v", d.i.RemindAt, d.i.Pauses)
	}
}
