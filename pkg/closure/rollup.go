package closure

import (
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// DateBasis is the way in which what an issue counts for stands under a day, so that sums of days tell what counts in a period.
type DateBasis string

// The kinds of cell. Due in a period is what has its deadline in it, and of what had it before, what was not gone at its start.
const (
	ByDay     DateBasis = "day"   // what happened that day
	ByDue     DateBasis = "due"   // deadlines of that day, with how the issues stand now
	ByFix     DateBasis = "fixed" // what left the unit's carry-over that day, less what came back to it
	ByClosing DateBasis = "gone"  // what left the office's carry-over that day, less what came back to it
)

// Cell is one day's share of an issue in daily sums: it counts once for each of Counts.
type Cell struct {
	Basis    DateBasis
	Day      calendar.Day
	Unit     inspect.ID
	Category string
	Area     inspect.ID
	Counts   []Count
}

// Delta is a cell that counts so many times, or so many times more than before.
type Delta struct {
	Cell
	Times int64
}

// Summable says whether daily sums can tell what the issue counts for. They cannot where a period that ended before another one sees
// the issue otherwise than that one does: it was reopened, or merged after its deadline. There are few of those; they are counted one by one.
func (c *Course) Summable() bool {
	return len(c.Reopenings) == 0 && !(c.Status == inspect.Merged && c.Turn().DueAt != 0 && c.Turn().DueAt < c.MergedAt)
}

// Cells are all that an issue counts for in daily sums, whatever the time is: what time alone brings (a hold, an overdue mark) and what stands
// at the cut-off is not among them. The course has to be that of now.
func (c *Course) Cells(zone *time.Location) (all []Delta) {
	if !c.Summable() {
		return nil
	}
	s := shares{course: c, view: &View{CutOff: Forever, end: Forever}}
	s.happened()
	for _, share := range s.all {
		all = append(all, Delta{Cell{ByDay, DayOf(share.Moment, zone), share.Unit, share.Category, share.Area, share.Counts}, 1})
	}
	if !c.CanBeDue() {
		return all
	}
	t := c.Turn()
	day, unit := DayOf(t.DueAt, zone), t.Holder(t.DueAt)
	add := func(basis DateBasis, at inspect.Time, times int64, of []Count) {
		all = append(all, Delta{Cell{basis, max(day, DayOf(at, zone)), unit, c.Category, c.Area, of}, times})
	}
	var fixes []Stretch
	for _, f := range c.Fixes {
		fixes = append(fixes, f.Stretch)
	}
	add(ByDue, t.DueAt, 1, c.Standing())
	if c.Own {
		leaves(fixes, zone, day, func(at inspect.Time, times int64) { add(ByFix, at, times, c.Standing()) })
		return all
	}
	disposing, closing := c.disposing(t, Forever), c.closing(t, Forever)
	leaves(fixes, zone, day, func(at inspect.Time, times int64) { add(ByFix, at, times, disposing) })
	leaves(c.Closings, zone, day, func(at inspect.Time, times int64) { add(ByClosing, at, times, closing) })
	return all
}

// Standing is what the issue counts for once it is due, as it stands now: nothing where it cannot be due.
func (c *Course) Standing() []Count {
	switch {
	case !c.CanBeDue():
		return nil
	case c.Own:
		return []Count{OwnDue}
	}
	return slices.Concat(c.closing(c.Turn(), Forever), c.disposing(c.Turn(), Forever))
}

// FutureSteps are the limits of the office and the inspectors that are later than a moment, done or not.
func (c *Course) FutureSteps(after inspect.Time) (all []Share) {
	s := shares{course: c, view: &View{CutOff: Forever, begin: after + 1, end: Forever}}
	s.steps()
	return s.all
}

// StepsUntil is the last limit of a step, 0 for none.
func (c *Course) StepsUntil() (last inspect.Time) {
	for n := range c.Turns {
		t := &c.Turns[n]
		last = max(last, t.assignBy, t.verifyBy)
		for _, s := range slices.Concat(t.Assigning, t.Verifying) {
			last = max(last, s.By)
		}
	}
	return last
}

// Lasts is the last moment at which something of the issue counts: Forever while it is open.
func (c *Course) Lasts() inspect.Time {
	switch c.Status {
	case inspect.Reported, inspect.Assigned, inspect.Fixed:
		return Forever
	}
	last := max(c.ReceivedAt, c.MergedAt, c.DismissedAt, c.StepsUntil(), c.Turn().DueAt, c.Turn().Since)
	for _, s := range c.Closings {
		last = max(last, s.From, s.To)
	}
	for _, f := range c.Fixes {
		last = max(last, f.From, f.To)
	}
	return last
}

// StandingFix is the fix that stands now, nil for none.
func (c *Course) StandingFix() *Fix { return c.fixAt(Forever) }

// FailedAt is when the last fix that does not stand ended, 0 for none.
func (c *Course) FailedAt() (at inspect.Time) {
	for _, f := range c.Fixes {
		at = max(at, f.To)
	}
	return at
}

// ClosedAt is when the issue was closed, 0 while it is not.
func (c *Course) ClosedAt() inspect.Time {
	if n := len(c.Closings) - 1; n >= 0 && c.Closings[n].To == 0 && c.Status == inspect.Verified {
		return c.Closings[n].From
	}
	return 0
}

// leaves calls f for each stretch that takes the issue out of what is carried over, and for each end of one that brings it back, but for those
// that come and go before a period could begin between.
func leaves(all []Stretch, zone *time.Location, due calendar.Day, f func(at inspect.Time, times int64)) {
	for _, s := range all {
		if s.To == 0 {
			f(s.From, 1)
		} else if max(due, DayOf(s.From, zone)) != max(due, DayOf(s.To, zone)) {
			f(s.From, 1)
			f(s.To, -1)
		}
	}
}

// CanBeDue says whether the issue can be due at all: a unit answers for it.
func (c *Course) CanBeDue() bool {
	t := c.Turn()
	return t.DueAt != 0 && !t.WrongUnit && c.Status != inspect.Dismissed && (c.Status != inspect.Merged || t.DueAt < c.MergedAt)
}

// Unfixed says whether time alone changes what the issue counts for: a unit has it to fix.
func (c *Course) Unfixed() bool { return c.Status == inspect.Assigned && c.CanBeDue() && !c.Own }

// Changes are what turns the cells of one state of an issue into those of another.
func Changes(before, after []Delta) (all []Delta) {
	old := slices.Clone(before)
	for _, d := range after {
		if n := slices.IndexFunc(old, d.same); n >= 0 {
			old = slices.Delete(old, n, n+1)
			continue
		}
		all = append(all, d)
	}
	for _, d := range old {
		d.Times = -d.Times
		all = append(all, d)
	}
	return all
}

func (d *Delta) same(o Delta) bool {
	return d.Times == o.Times && d.Basis == o.Basis && d.Day == o.Day && d.Unit == o.Unit && d.Category == o.Category && d.Area == o.Area &&
		slices.Equal(d.Counts, o.Counts)
}
