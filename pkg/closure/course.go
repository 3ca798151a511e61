package closure

import (
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
)

// Stretch is a time from a moment up to another one, which is 0 while it lasts.
type Stretch struct{ From, To inspect.Time }

// covers says whether the stretch had begun by one moment and did not end before another.
func (s Stretch) covers(begun, notBefore inspect.Time) bool {
	return s.From <= begun && (s.To == 0 || s.To >= notBefore)
}

// Fix is a stretch in which a fix stands: until it fails or the issue is reopened.
type Fix struct {
	Stretch
	OnTheSpot bool
}

// Course is what figures know of an issue at a moment: whose turn it was when, which fixes stood and when it was closed.
type Course struct {
	Category   string
	Area       inspect.ID
	Own        bool // the unit reported it itself
	FoundAt    inspect.Time
	ReceivedAt inspect.Time
	LastAt     inspect.Time // the last moment of which it knows

	Status      inspect.Status
	Filed       bool
	Assigned    bool // at any time
	Fixes       []Fix
	Closings    []Stretch // closed is an interval: from a verification to the reopening that follows it
	Reopenings  []inspect.Time
	MergedAt    inspect.Time
	DismissedAt inspect.Time
	Turns       []Turn
	before      inspect.Status // the merge
}

// CourseOf is the course that some moments make, as far as they were by a cut-off; ok is false before the report. Moments are told in
// the order of the record, and those that count later are left out.
func CourseOf(all []Moment, cutOff inspect.Time) (c Course, ok bool) {
	for n := range all {
		m := &all[n]
		if m.At > cutOff || len(c.Turns) == 0 && m.Kind != 'r' {
			continue
		}
		if !m.Area.IsZero() {
			c.Area = m.Area
		}
		last := max(c.LastAt, m.At)
		if happen := happenings[m.Kind]; happen != nil {
			happen(&c, m)
		}
		c.LastAt = last
	}
	return c, len(c.Turns) > 0
}

// decisions are what people decide afterwards about what was: an appeal, more time that was asked for, a hold or a suspension, a dismissal, what
// was wrong and is put right.
const decisions = "cwehskj"

// Corrected are the moments as a report with a cut-off has to be corrected by: what was decided later about what was before it stands as if it had
// been decided at the cut-off. What was done later, also a failed verification or a reopening, is progress and no correction.
func Corrected(all []Moment, cutOff inspect.Time) []Moment {
	corrected := slices.Clone(all)
	for n := range corrected {
		if m := &corrected[n]; m.At > cutOff && m.PauseFrom <= cutOff && strings.IndexByte(decisions, byte(m.Kind)) >= 0 {
			m.At = cutOff
		}
	}
	return corrected
}

// Turn is the last one.
func (c *Course) Turn() *Turn { return &c.Turns[len(c.Turns)-1] }

// happenings are what each kind of moment does to a course.
var happenings = map[MomentKind]func(*Course, *Moment){
	'r': func(c *Course, m *Moment) {
		*c = Course{Category: m.Category, Area: m.Area, Own: m.Own, FoundAt: m.FoundAt, ReceivedAt: m.At, Status: inspect.Reported,
			Turns: []Turn{{Since: m.At, assignBy: m.StepBy}}}
	},
	'l': func(c *Course, _ *Moment) { c.Filed = true },
	'a': assigned,
	'p': func(c *Course, m *Moment) { t := c.Turn(); t.Holders = append(t.Holders, Holder{m.Unit, m.At}) },
	'b': func(c *Course, m *Moment) { c.Turn().ReturnedAt = m.At; c.leaveUnit(m) },
	'w': func(c *Course, m *Moment) { c.Turn().WrongUnit = true; c.leaveUnit(m) },
	'e': func(c *Course, m *Moment) { c.Turn().Extended = true; c.Turn().grant(m.DueAt) },
	'h': func(c *Course, m *Moment) {
		t := c.Turn()
		t.Pauses = append(t.Pauses, Pause{From: m.PauseFrom, To: m.PauseTo})
		t.currentHold, t.HeldUntil = len(t.Pauses), m.PauseTo
		t.newDue(m)
	},
	'g': func(c *Course, m *Moment) { c.Turn().endHold(m.At); c.Turn().newDue(m) },
	's': func(c *Course, m *Moment) {
		t := c.Turn()
		t.Pauses = slices.DeleteFunc(t.Pauses, func(p Pause) bool { return p.Suspension == m.Suspension })
		t.Pauses = append(t.Pauses, Pause{m.Suspension, m.PauseFrom, m.PauseTo})
		if t.currentHold = 1 + slices.IndexFunc(t.Pauses, func(p Pause) bool { return p.Suspension.IsZero() && p.To == t.HeldUntil }); t.HeldUntil == 0 {
			t.currentHold = 0
		}
		t.newDue(m)
	},
	'd': func(c *Course, m *Moment) { c.Turn().newDue(m) },
	'f': fixed,
	'o': func(c *Course, m *Moment) { c.Filed = true; fixed(c, m); c.Fixes[len(c.Fixes)-1].OnTheSpot = true },
	'v': func(c *Course, m *Moment) {
		c.Turn().checked(m.At)
		c.Status = inspect.Verified
		c.Closings = append(c.Closings, Stretch{From: m.At})
	},
	'x': func(c *Course, m *Moment) { c.failed(m, inspect.Fail) },
	'z': func(c *Course, m *Moment) { c.failed(m, inspect.FalseFix) },
	'n': func(c *Course, m *Moment) {
		c.Reopenings = append(c.Reopenings, m.At)
		c.Turn().Runs = nil // time before a reopening is not used
		c.back(m)
	},
	'k': func(c *Course, m *Moment) {
		c.Turn().stop(m.At)
		c.Status, c.DismissedAt = inspect.Dismissed, m.At
	},
	'm': func(c *Course, m *Moment) {
		c.Turn().stop(m.At)
		c.before, c.Status, c.MergedAt = c.Status, inspect.Merged, m.At
	},
	'u': func(c *Course, m *Moment) {
		t := c.Turn()
		c.Status, c.MergedAt = c.before, 0
		if m.StepBy != 0 {
			t.assignBy = m.StepBy
		}
		if c.Status == inspect.Assigned {
			t.start(m.At)
		}
		t.newDue(m)
	},
	'c': upheld,
	'j': righted,
}

// righted is a category that was wrong, and the deadline of the rule of the right one: it is counted from the assignment, as if it had been so then.
func righted(c *Course, m *Moment) {
	if m.Category != "" {
		c.Category = m.Category
	}
	t := c.Turn()
	if m.Since == 0 || t.AssignedAt != m.Since {
		return
	}
	for n := range t.Runs {
		if t.Runs[n].From == t.counted {
			t.Runs[n].From = m.Since
		}
	}
	t.DueAt, t.Limit, t.Grants, t.counted = m.DueAt, m.Limit, nil, m.Since
}

func assigned(c *Course, m *Moment) {
	t := c.Turn()
	c.Filed, c.Assigned, c.Status = true, true, inspect.Assigned
	t.AssignedAt, t.DueAt, t.Limit, t.Holders = m.At, m.DueAt, m.Limit, []Holder{{m.Unit, m.At}}
	// Given again to the unit that returned it, the time it used stays used; another unit has a full limit.
	for n := len(c.Turns) - 2; n >= 0; n-- {
		if earlier := &c.Turns[n]; earlier.ReturnedAt != 0 && earlier.Holders[0].Unit == m.Unit {
			t.Runs, t.Pauses = slices.Clone(earlier.Runs), slices.Clone(earlier.Pauses)
			break
		}
	}
	t.counted = max(m.At, m.ClockAt)
	t.start(t.counted)
	if t.assignBy != 0 {
		t.Assigning, t.assignBy = append(t.Assigning, OwnStep{t.assignBy, m.At}), 0
	}
	if !m.Rejected {
		return
	}
	for n := len(c.Turns) - 2; n >= 0; n-- {
		if c.Turns[n].ReturnedAt != 0 {
			c.Turns[n].Shirked = true
			return
		}
	}
}

func fixed(c *Course, m *Moment) {
	t := c.Turn()
	c.Status = inspect.Fixed
	t.stop(m.At)
	t.endHold(m.At)
	t.newDue(m)
	t.verifyBy = m.StepBy
	c.Fixes = append(c.Fixes, Fix{Stretch: Stretch{From: m.At}})
}

// failed is a fix that does not stand. One on the spot is nobody's rework, least of all that of the unit that gets it then.
func (c *Course) failed(m *Moment, found inspect.Verdict) {
	t := c.Turn()
	t.checked(m.At)
	if t.AssignedAt != 0 {
		t.Failures = append(t.Failures, Failure{m.At, found == inspect.FalseFix, true})
	}
	c.back(m)
}

// back is back to the unit, or to the office where no unit had it.
func (c *Course) back(m *Moment) {
	c.endFix(m.At)
	if t := c.Turn(); t.AssignedAt != 0 {
		c.Status = inspect.Assigned
		t.start(m.At)
	} else {
		c.Status = inspect.Reported
		t.assignBy = m.StepBy
	}
}

// leaveUnit ends a turn and begins that of the next unit.
func (c *Course) leaveUnit(m *Moment) {
	c.Turn().stop(m.At)
	c.Turn().endHold(m.At)
	c.endFix(m.At)
	c.Status = inspect.Reported
	c.Turns = append(c.Turns, Turn{Since: m.At, assignBy: m.StepBy})
}

// endFix ends the fix that stands, and with it that the issue is closed.
func (c *Course) endFix(at inspect.Time) {
	if n := len(c.Fixes) - 1; n >= 0 && c.Fixes[n].To == 0 {
		c.Fixes[n].To = at
	}
	if n := len(c.Closings) - 1; n >= 0 && c.Closings[n].To == 0 {
		c.Closings[n].To = at
	}
	c.Turn().verifyBy = 0
}

// upheld takes back what was held against the unit without reason; each mark is decided by itself.
func upheld(c *Course, m *Moment) {
	t := c.Turn()
	switch m.About {
	case inspect.AppealWrongUnit:
		t.WrongUnit = true
	case inspect.AppealOverdue:
		if m.DueAt != 0 {
			t.grant(m.DueAt)
		} else {
			t.Overturned = true
		}
	case inspect.AppealFalseFix: // where the decision does not say more, the fix was not enough
		for n := len(t.Failures) - 1; n >= 0; n-- {
			if f := &t.Failures[n]; f.Staged {
				f.Staged, f.Rework = false, m.Finding != inspect.FixGood
				return
			}
		}
	case inspect.AppealRework: // the last one; that of a false fix only where there is no other
		at := -1
		for n, f := range t.Failures {
			if f.Rework && (at < 0 || !f.Staged || t.Failures[at].Staged) {
				at = n
			}
		}
		if at >= 0 {
			t.Failures[at].Rework = false
		}
	}
}
