package inspect

import (
	"cmp"
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
)

// Rule is how long a category may take in a class of area, and when it counts as done: item × condition to file × area class →
// condition to close, limit, unit (rules.md, "Catalogue and rules of limits"). Each change is a new version; an open issue keeps the one it was assigned under.
type Rule struct {
	ID        ID
	Version   int64
	Number    int64 // to speak of it
	Category  string
	AreaClass string // empty for all
	FileZH    string // condition to file
	FileEN    string
	CloseZH   string // condition to close
	CloseEN   string
	Limit     float64
	LimitUnit LimitUnit
	Enabled   bool
	CreatedAt Time              // the version
	Counting  calendar.Counting // of its days; empty where the city's way holds
}

// CalendarLimit is the limit of a rule, in a city that counts days in some way.
func (r *Rule) CalendarLimit(city calendar.Counting) calendar.Limit {
	l := calendar.Limit{N: r.Limit, Unit: r.LimitUnit, Counting: calendar.Elapsed}
	if l.InDays() {
		l.Counting = cmp.Or(r.Counting, city, calendar.Elapsed)
	}
	return l
}

// Clock is how the time of an issue runs while a unit has it. Its own deadline is Remaining, counted from From in Unit: a new calendar
// moves the deadline by that. By the civil code From is the end of the first day, which is not counted.
type Clock struct {
	Rule          ID        `json:"rule,omitzero"` // zero when the catalogue's limit was taken, or the office set the deadline
	Version       int64     `json:"version,omitempty"`
	SetManually   bool      `json:"by_hand,omitempty"` // the office set the deadline
	FromExtension bool      `json:"decided,omitempty"` // the deadline is the end of an extension, whatever a new calendar says
	Limit         float64   `json:"limit"`             // whole or with a half
	Unit          LimitUnit `json:"unit"`
	From          Time      `json:"from"`
	RemainingMS   int64     `json:"left_ms"` // on the clock of Unit

	Counting calendar.Counting `json:"counting,omitempty"` // of days; empty where older programs counted to the minute, and by hand
}

// CalendarLimit is the limit under which the clock runs.
func (c *Clock) CalendarLimit() calendar.Limit {
	return calendar.Limit{N: c.Limit, Unit: c.Unit, Counting: c.Counting}
}

// Remaining is what the clock had to run from From on.
func (c *Clock) Remaining() time.Duration { return time.Duration(c.RemainingMS) * time.Millisecond }

// running goes on for some time from a moment, under the same rule.
func (c Clock) running(from Time, left time.Duration) *Clock {
	c.From, c.RemainingMS, c.FromExtension = from, left.Milliseconds(), false
	return &c
}

// ManualClock is the clock of a deadline that the office set: it runs day and night.
func ManualClock(from, due Time) Clock {
	left := due.Sub(from)
	return Clock{SetManually: true, Limit: float64((left + time.Minute - 1) / time.Minute), Unit: calendar.Minute, From: from, RemainingMS: left.Milliseconds()}
}

// Timing is everything about the time that a unit has.
type Timing struct {
	Clock      Clock   `json:"clock,omitzero"`
	ClockAt    Time    `json:"-"`                    // when its own deadline was last set: what was merged into it earlier does not bring it forward any more
	Pauses     []Pause `json:"pauses,omitempty"`     // since it was assigned
	Extension  Request `json:"extension,omitzero"`   // that nobody has decided on
	Extensions int     `json:"extensions,omitempty"` // that were granted
	Hold       Request `json:"hold,omitzero"`        // that nobody has decided on
	Holds      int     `json:"holds,omitempty"`      // that were granted
	HeldUntil  Time    `json:"-"`                    // 挂账 with this end, 0 for not on hold
	RemindAt   Time    `json:"remind_at,omitzero"`   // of the reminder clock that a failed verification started; on time is judged by DueAt
}

// Pause is a time in which the clock stood still.
type Pause struct {
	From       Time `json:"from"`
	To         Time `json:"to"`
	Suspension ID   `json:"suspension,omitzero"` // of the office; zero for a hold and a merge
	Merged     bool `json:"merged,omitempty"`    // into another issue, until that was undone
}

// LeastLeft is what a unit has of a limit that it used up before it gave the issue back.
const LeastLeft = time.Minute

// add, between and span are the calendar's, in the clock of the issue.
func (m *Transition) add(from Time, d time.Duration, u LimitUnit) Time {
	return At(m.Calendar.Add(from.UTC(), d, u))
}

func (m *Transition) between(from, to Time, u LimitUnit) time.Duration {
	return m.Calendar.Between(from.UTC(), to.UTC(), u)
}

func (i *Issue) span(m *Transition) time.Duration {
	return m.Calendar.Duration(i.Clock.CalendarLimit())
}

// end is when some time of a clock is over that runs from a moment.
func (k *Clock) end(c *calendar.Calendar, from Time, left time.Duration) Time {
	return At(c.End(from.UTC(), left, k.CalendarLimit()))
}

// countedFrom is the moment from which the time of the unit counts.
func (i *Issue) countedFrom(c *calendar.Calendar) Time {
	return At(c.CountedFrom(i.AssignedAt.UTC(), i.Clock.CalendarLimit()))
}

// aWorkingDay is one working day after a moment, as the days of the issue are counted.
func (i *Issue) aWorkingDay(m *Transition, from Time) Time {
	return At(m.Calendar.Deadline(from.UTC(), calendar.Limit{N: 1, Unit: calendar.WorkingDay, Counting: i.Clock.Counting}))
}

// ran is the time of the limit that ran between two moments, without pauses, which may overlap.
func (i *Issue) ran(c *calendar.Calendar, from, to Time) time.Duration {
	return i.ranBesidePauses(c, max(from, i.countedFrom(c)), to)
}

// ranBesidePauses is the same for a clock that counts from its first moment on, as the reminder clock does.
func (i *Issue) ranBesidePauses(c *calendar.Calendar, from, to Time) (ran time.Duration) {
	between := func(from, to Time) time.Duration { return c.Between(from.UTC(), to.UTC(), i.Clock.Unit) }
	for _, p := range inOrder(i.Pauses) {
		ran += between(from, min(p.From, to))
		from = max(from, p.To)
	}
	return ran + between(from, to)
}

// inOrder are pauses, the first to begin first.
func inOrder(all []Pause) []Pause {
	return slices.SortedFunc(slices.Values(all), func(a, b Pause) int { return cmp.Compare(a.From, b.From) })
}

// left is what the clock has still to run at a moment until its own deadline. The one that a decision set is the end whatever the calendar says.
func (i *Issue) left(c *calendar.Calendar, at Time) time.Duration {
	if i.Clock.FromExtension {
		return c.Between(max(at, i.Clock.From).UTC(), i.OwnDueAt.UTC(), i.Clock.Unit)
	}
	return max(i.Clock.Remaining()-c.Between(i.Clock.From.UTC(), at.UTC(), i.Clock.Unit), 0)
}

// leftOfDue is the same until the deadline that holds, which may have come over with an issue that was merged into this one.
func (i *Issue) leftOfDue(c *calendar.Calendar, at Time) time.Duration {
	if i.DueAt == i.OwnDueAt {
		return i.left(c, at)
	}
	return c.Between(max(at, i.Clock.From).UTC(), i.DueAt.UTC(), i.Clock.Unit)
}

// assignment starts the clock by the rule, or by the deadline that the office set. Time that the same unit used before stays used.
func assignment(i *Issue, m *Transition, e *Event) error {
	e.Rejected = i.Returns > 0 && i.ReturnedBy == m.Unit
	if m.DueAt != 0 {
		if m.DueAt <= e.CreditedAt {
			return ErrContent.At(fault.Field{Pointer: "/due_at", Detail: "the deadline is not after the assignment"})
		}
		clock := ManualClock(e.CreditedAt, m.DueAt)
		e.DueAt, e.Clock = m.DueAt, &clock
		return nil
	}
	limit := m.Rule.CalendarLimit(m.DayCounting)
	left := m.Calendar.Duration(limit)
	if e.Rejected {
		left = max(left-i.TimeUsed, LeastLeft)
	}
	from := At(m.Calendar.CountedFrom(e.CreditedAt.UTC(), limit))
	e.Clock = &Clock{Rule: m.Rule.ID, Version: m.Rule.Version, Limit: limit.N, Unit: limit.Unit, From: from, RemainingMS: left.Milliseconds(), Counting: limit.Counting}
	e.DueAt = e.Clock.end(m.Calendar, from, left)
	return nil
}

// lastReturn is the last moment at which the unit may give the issue back: the first quarter of the limit, at least 5 minutes,
// at most one working day, never after the deadline.
func (i *Issue) lastReturn(m *Transition) Time {
	quarter := min(m.add(i.countedFrom(m.Calendar), i.span(m)/4, i.Clock.Unit), i.aWorkingDay(m, i.AssignedAt))
	return min(max(quarter, i.AssignedAt.Add(shortReturn)), i.DueAt)
}

func returning(i *Issue, m *Transition, e *Event) error {
	if i.Final() {
		return ErrFinalUnit
	}
	if last := i.lastReturn(m); e.CreditedAt > last {
		return ErrReturnTooLate.With("An issue can be returned only in the first quarter of its limit and before the deadline; here that was until %s.", last)
	}
	e.TimeUsedMS = i.ran(m.Calendar, i.AssignedAt, e.CreditedAt).Milliseconds()
	e.Unit = i.Unit
	return nil
}

// fixing ends a hold: the clock stood still until now.
func fixing(i *Issue, m *Transition, e *Event) error {
	e.Unit = i.Unit
	i.goOn(m, e)
	if m.Category.ByPhoto {
		e.Draw = DrawVisit(m.Seed, m.VisitShare, i.ID, m.ID)
	}
	return prove(m, PhotoAfter)
}

// goOn lets the clock run from the moment of the event on, if it was on hold, and the reminder clock as well if the hold had stopped it.
func (i *Issue) goOn(m *Transition, e *Event) {
	if i.HeldUntil > e.CreditedAt && i.RemindAt > i.HeldUntil {
		e.RemindAt = i.reminderWith(m.Calendar, i.pausesHeldUntil(e.CreditedAt))
	}
	if i.HeldUntil > e.CreditedAt && i.Clock.From == i.HeldUntil {
		from := max(e.CreditedAt, i.countedFrom(m.Calendar))
		e.Clock = i.Clock.running(from, i.Clock.Remaining())
		e.DueAt = e.Clock.end(m.Calendar, from, e.Clock.Remaining())
	}
}

// reminder is the deadline after a failed verification: what was left, at least half of the limit after the first failure; no
// floor after a false fix or a second one.
func (i *Issue) reminder(m *Transition, e *Event) Time {
	if i.Unit.IsZero() { // fixed on the spot
		return 0
	}
	due := i.DueAt
	if i.RemindAt != 0 {
		due = i.RemindAt
	}
	left := i.ran(m.Calendar, i.FixedAt, due)
	if i.Rework == 0 && m.Verdict != FalseFix {
		left = max(left, i.span(m)/2)
	}
	return i.endBeside(m.Calendar, i.Pauses, e.CreditedAt, left)
}

// Rescheduled is the event of a new calendar, nil when the deadline does not move: it is past, runs day and night, or stays where it
// is. The earlier deadline of what was merged into the issue stays.
func (i *Issue) Rescheduled(c *calendar.Calendar, now Time, by ID) *Event {
	if i.Status != Assigned || i.OwnDueAt <= now || !i.Clock.CalendarLimit().DependsOnDays() || i.Clock.FromExtension {
		return nil
	}
	own := i.Clock.end(c, i.Clock.From, i.Clock.Remaining())
	if own == i.OwnDueAt || own <= now {
		return nil
	}
	due := own
	if i.DueAt != i.OwnDueAt {
		due = min(own, i.DueAt)
	}
	return &Event{Type: "issue.rescheduled", By: by, At: now, DueAt: due, OwnDueAt: own}
}

func rescheduled(i *Issue, e *Event) {
	i.OwnDueAt = e.OwnDueAt
	i.setDue(e.DueAt)
}

// noClock forgets everything about the time that a unit had.
func (i *Issue) noClock() {
	i.Clock, i.ClockAt, i.Pauses, i.RemindAt, i.HeldUntil = Clock{}, 0, nil, 0, 0
	i.Extension, i.Hold = Request{}, Request{}
}

// newDue is a deadline of its own that a decision set; the version is the caller's business.
func (i *Issue) newDue(e *Event) {
	if e.Clock != nil {
		i.Clock, i.ClockAt = *e.Clock, e.CreditedAt
		i.DueAt, i.OwnDueAt = e.DueAt, e.DueAt
	}
}

// OverdueProvisional says whether an overdue mark may still go: more time was asked for before the deadline and nobody has
// decided, or what was done before it may still arrive.
func (i *Issue) OverdueProvisional(now Time, lateWindow time.Duration) bool {
	asked := func(r Request) bool { return r.At != 0 && r.At <= i.DueAt }
	return i.Overdue(now) && (asked(i.Extension) || asked(i.Hold) || i.FixedAt == 0 && now <= i.DueAt.Add(lateWindow))
}

// RulesForClass are the rules that may be taken in a class of area: those for the class first, then those for all.
func RulesForClass(all []Rule, class string) (fit []Rule) {
	for _, wanted := range slices.Compact([]string{class, ""}) {
		for _, r := range all {
			if r.Enabled && r.AreaClass == wanted {
				fit = append(fit, r)
			}
		}
	}
	return fit
}

// StepLimits are the limits of the office's own work (rules.md, "Clock").
type StepLimits struct{ Assign, Verify time.Duration }

// StepDue is when the office or an inspector should have assigned or verified the issue, 0 when it is not their turn. What has a limit
// in minutes or urgent hours waits for no morning.
func (i *Issue) StepDue(c *calendar.Calendar, s StepLimits, limit LimitUnit) Time {
	unit := calendar.WorkingHour
	if limit.RoundTheClock() {
		unit = calendar.Minute
	}
	switch i.Status {
	case Reported:
		return At(c.Add(max(i.ReceivedAt, i.ChangedAt).UTC(), s.Assign, unit))
	case Fixed:
		return At(c.Add(i.FixedAt.UTC(), s.Verify, unit))
	}
	return 0
}
