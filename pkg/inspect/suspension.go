package inspect

import (
	"slices"
	"time"

	"spotcheck/pkg/calendar"
)

// Suspension is a time in which clocks stand still because of a typhoon, an outage or an emergency (中止, rules.md, "Clock").
type Suspension struct {
	ID         ID
	Area       ID       // with all below; zero for the whole city
	Categories []string // none for all
	From, To   Time
	Reason     string
	By         ID
	CreatedAt  Time
	UpdatedAt  Time
}

// AppliesTo says whether the suspension is about an issue in these areas.
func (s *Suspension) AppliesTo(i *Issue, areas []ID) bool {
	return (s.Area.IsZero() || slices.Contains(areas, s.Area)) && (len(s.Categories) == 0 || slices.Contains(s.Categories, i.Category))
}

// Suspended is the event by which a suspension stops the clock of an issue, or by which another end of it lets the clock go on sooner
// or later; nil when it changes nothing: no unit is at work, or it is as it should be. A deadline that is past stays, but the time is not
// used by the unit (rules.md, "Figures").
func (i *Issue) Suspended(c *calendar.Calendar, s *Suspension, now Time) *Event {
	if i.Status != Assigned {
		return nil
	}
	e := i.deadlineSuspended(c, s, now)
	if i.RemindAt == 0 {
		return e
	}
	pause := i.pauseOf(s)
	if e != nil {
		pause = Pause{From: e.PauseFrom, To: e.Until, Suspension: s.ID}
	}
	remind := i.reminderWith(c, i.pausesWith(pause))
	if remind == i.RemindAt {
		return e
	}
	if e == nil { // the deadline stays
		clock := i.Clock
		e = &Event{Type: "issue.suspended", By: s.By, At: now, Suspension: s.ID, PauseFrom: pause.From, Until: pause.To, Clock: &clock, OwnDueAt: i.OwnDueAt, DueAt: i.DueAt}
	}
	e.RemindAt = remind
	return e
}

// pauseOf is the pause that a suspension makes, or as it becomes with another end.
func (i *Issue) pauseOf(s *Suspension) Pause {
	from := i.stoppedFrom(s)
	if at := slices.IndexFunc(i.Pauses, func(p Pause) bool { return p.Suspension == s.ID }); at >= 0 {
		from = i.Pauses[at].From
	}
	return Pause{From: from, To: max(s.To, from), Suspension: s.ID}
}

// stoppedFrom is when a suspension begins to stop the clock: while an issue waits for its verification none runs.
func (i *Issue) stoppedFrom(s *Suspension) Time {
	if i.RemindAt != 0 {
		return max(s.From, i.AssignedAt, i.ChangedAt)
	}
	return max(s.From, i.AssignedAt)
}

// pausesWith are the pauses of the issue with one more, or with another end of one that is there.
func (i *Issue) pausesWith(p Pause) []Pause {
	all := slices.Clone(i.Pauses)
	if at := slices.IndexFunc(all, func(o Pause) bool { return o.Suspension == p.Suspension }); at >= 0 {
		all[at] = p
		return all
	}
	return append(all, p)
}

// reminderWith is when the reminder clock, which runs since the issue came back to its unit, would end with other pauses.
func (i *Issue) reminderWith(c *calendar.Calendar, pauses []Pause) Time {
	return i.endBeside(c, pauses, i.ChangedAt, i.ranBesidePauses(c, i.ChangedAt, i.RemindAt))
}

// endBeside is when some time of the clock is over that runs from a moment and stands still in some pauses.
func (i *Issue) endBeside(c *calendar.Calendar, pauses []Pause, from Time, left time.Duration) Time {
	for _, p := range inOrder(pauses) {
		ran := c.Between(from.UTC(), p.From.UTC(), i.Clock.Unit)
		if ran >= left {
			break
		}
		if p.To > from {
			from, left = p.To, left-ran
		}
	}
	return i.Clock.end(c, from, left)
}

// deadlineSuspended is the event without the reminder clock.
func (i *Issue) deadlineSuspended(c *calendar.Calendar, s *Suspension, now Time) *Event {
	between := func(from, to Time) time.Duration { return c.Between(from.UTC(), to.UTC(), i.Clock.Unit) }
	from, due := i.stoppedFrom(s), i.DueAt
	clock := i.Clock
	clock.FromExtension = false
	at := slices.IndexFunc(i.Pauses, func(p Pause) bool { return p.Suspension == s.ID })
	back := i.backFromMergeAt()
	switch {
	case at < 0 && i.OwnDueAt <= from, at >= 0 && i.OwnDueAt <= i.Pauses[at].From:
		return i.suspendedOverdue(s, max(from, back), at, now)
	case at >= 0 && (i.Pauses[at].To == s.To || clock.From != max(i.Pauses[at].To, back)):
		return nil // done, or something else has set the clock since
	case at >= 0:
		from = i.Pauses[at].From
		if clock.From = max(s.To, from, back); clock.From == i.Clock.From {
			return nil // it changed while the issue was merged, and is over
		}
		if due > from { // what was over when the clock stopped is over
			due = clock.end(c, clock.From, i.leftOfDue(c, i.Clock.From))
		}
	case s.To <= from || clock.From >= s.To:
		return nil
	default:
		if clock.From < from {
			clock.RemainingMS = i.left(c, from).Milliseconds()
		}
		clock.From = s.To
		if due > from {
			due = clock.end(c, s.To, between(max(from, i.Clock.From), due))
		}
	}
	own := clock.end(c, clock.From, clock.Remaining())
	return &Event{Type: "issue.suspended", By: s.By, At: now, Suspension: s.ID, PauseFrom: from, Until: max(s.To, from), Clock: &clock, OwnDueAt: own, DueAt: min(due, own)}
}

// suspendedOverdue is the pause alone, of which the issue may have one at some place.
func (i *Issue) suspendedOverdue(s *Suspension, from Time, at int, now Time) *Event {
	if at >= 0 {
		from = i.Pauses[at].From
	}
	to := max(s.To, from)
	if at >= 0 && i.Pauses[at].To == to || at < 0 && to == from {
		return nil // as it should be, or over before it began
	}
	clock := i.Clock
	return &Event{Type: "issue.suspended", By: s.By, At: now, Suspension: s.ID, PauseFrom: from, Until: to, Clock: &clock, OwnDueAt: i.OwnDueAt, DueAt: i.DueAt}
}

func suspended(i *Issue, e *Event) {
	i.Pauses = i.pausesWith(Pause{From: e.PauseFrom, To: e.Until, Suspension: e.Suspension})
	if e.RemindAt != 0 {
		i.RemindAt = e.RemindAt
	}
	i.Clock, i.OwnDueAt = *e.Clock, e.OwnDueAt
	i.setDue(e.DueAt)
}
