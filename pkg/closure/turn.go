package closure

import (
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// OwnStep is something that the office or an inspector should have done by a moment, and when it was done, 0 for not.
type OwnStep struct{ By, Done inspect.Time }

// Failure is a verification that a fix did not pass, with what appeals left of it.
type Failure struct {
	At     inspect.Time
	Staged bool // a false fix
	Rework bool
}

// Holder is a unit with the moment from which it had the issue.
type Holder struct {
	Unit inspect.ID
	From inspect.Time
}

// Pause is a time in which the unit's clock stood still: a hold, or a suspension by its id.
type Pause struct {
	Suspension inspect.ID
	From, To   inspect.Time
}

// Turn is the time in which one unit, or those below it to whom it passed the issue, answers for it.
type Turn struct {
	Since       inspect.Time
	AssignedAt  inspect.Time // 0 while the office has it
	ReturnedAt  inspect.Time // given back
	Holders     []Holder
	DueAt       inspect.Time
	Limit       calendar.Limit
	Grants      []Stretch // deadlines and the later ones that were granted in their place
	Runs        []Stretch // of the unit's clock
	Pauses      []Pause
	HeldUntil   inspect.Time
	Failures    []Failure
	Extended    bool
	Overturned  bool // an overdue mark was wrong: counts as on time
	WrongUnit   bool
	Shirked     bool // given back without ground
	Assigning   []OwnStep
	Verifying   []OwnStep
	assignBy    inspect.Time // steps that wait
	verifyBy    inspect.Time
	counted     inspect.Time // when the clock of the assignment began
	currentHold int          // the hold among Pauses, one more than its place
}

func (t *Turn) start(at inspect.Time) { t.Runs = append(t.Runs, Stretch{From: at}) }

func (t *Turn) stop(at inspect.Time) {
	if n := len(t.Runs) - 1; n >= 0 && t.Runs[n].To == 0 {
		t.Runs[n].To = at
	}
}

func (t *Turn) newDue(m *Moment) {
	if m.DueAt != 0 {
		t.DueAt = m.DueAt
	}
}

// grant is a later deadline that was granted: the time between is added to the limit.
func (t *Turn) grant(due inspect.Time) {
	if due != 0 {
		t.Grants = append(t.Grants, Stretch{t.DueAt, due})
		t.DueAt = due
	}
}

// endHold ends a hold before its time: by a fix, or because the office lets the clock go on.
func (t *Turn) endHold(at inspect.Time) {
	if t.currentHold > 0 {
		p := &t.Pauses[t.currentHold-1]
		p.To = min(p.To, at)
	}
	t.currentHold, t.HeldUntil = 0, 0
}

// checked is a verification, whatever came out.
func (t *Turn) checked(at inspect.Time) {
	if t.verifyBy != 0 {
		t.Verifying = append(t.Verifying, OwnStep{t.verifyBy, at})
	}
	t.verifyBy = 0
}

// Holder is the unit that has the issue at a moment, zero for none.
func (t *Turn) Holder(at inspect.Time) (unit inspect.ID) {
	for n, h := range t.Holders {
		if n == 0 || h.From <= at {
			unit = h.Unit
		}
	}
	return unit
}

// staged says whether a fix was staged by a moment.
func (t *Turn) staged(by inspect.Time) bool {
	return slices.ContainsFunc(t.Failures, func(f Failure) bool { return f.Staged && f.At <= by })
}

func (t *Turn) reworked(by inspect.Time) bool {
	return slices.ContainsFunc(t.Failures, func(f Failure) bool { return f.Rework && f.At <= by })
}

// inTime says whether a fix came by the deadline, that before any rework.
func (t *Turn) inTime(f *Fix) bool { return f.From <= t.DueAt || t.Overturned }

// running are the times in which the unit's clock ran until a moment: without holds and suspensions.
func (t *Turn) running(until inspect.Time) []Stretch {
	var all []Stretch
	for _, r := range t.Runs {
		if r.To == 0 || r.To > until {
			r.To = until
		}
		if r.From < r.To {
			all = append(all, r)
		}
	}
	for _, p := range t.Pauses {
		var parts []Stretch
		for _, s := range all {
			for _, part := range [...]Stretch{{s.From, min(s.To, p.From)}, {max(s.From, p.To), s.To}} {
				if part.From < part.To {
					parts = append(parts, part)
				}
			}
		}
		all = parts
	}
	return all
}

// Forever is later than everything that is told.
const Forever = inspect.Time(1) << 52

// LongOverdueAt is when the unit will have used more than twice its limit, if its clock runs on as it does now; 0 when it will not. Used is
// what its own clock ran, in the unit of the limit: not waiting for verification, not holds, suspensions and merges, nothing before a
// reopening. The limit is the one as it stands, with what was granted on top; more than twice is later than the moment.
func (t *Turn) LongOverdueAt(c *calendar.Calendar) inspect.Time {
	if t.Limit == (calendar.Limit{}) {
		return 0
	}
	used := func(from, to inspect.Time) time.Duration { return c.Between(from.UTC(), to.UTC(), t.Limit.Unit) }
	left := c.Duration(t.Limit)
	for _, g := range t.Grants {
		left += used(g.From, g.To)
	}
	left *= 2
	all := t.running(Forever)
	for n, s := range all {
		s.From = max(s.From, inspect.At(c.CountedFrom(t.Runs[0].From.UTC(), t.Limit)))
		if ran := used(s.From, s.To); s.To < Forever && ran <= left {
			left -= ran
			continue
		}
		return firstAfter(t.usedUp(c, s.From, left), all[n:])
	}
	return 0
}

// usedUp is the last moment at which no more than some time of the limit is used by a clock that runs from a moment on.
func (t *Turn) usedUp(c *calendar.Calendar, from inspect.Time, left time.Duration) inspect.Time {
	if t.Limit.Unit.Working() { // what is used up on Friday evening is not more than used up before Monday
		return inspect.At(c.Add(from.UTC(), left+time.Millisecond, t.Limit.Unit).Add(-time.Millisecond))
	}
	return inspect.At(c.End(from.UTC(), left, t.Limit))
}

// firstAfter is a moment, or the later one from which the clock ran on after it; 0 where it did not.
func firstAfter(at inspect.Time, runs []Stretch) inspect.Time {
	for _, s := range runs {
		if s.To > at {
			return max(at, s.From)
		}
	}
	return 0
}

// longOverdue says whether the unit had used more than twice its limit at a moment.
func (t *Turn) longOverdue(until inspect.Time, c *calendar.Calendar) bool {
	at := t.LongOverdueAt(c)
	return at != 0 && at < until
}
