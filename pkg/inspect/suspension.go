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
	between := func(from, to Time) time.Duration { return c.Between(from.UTC(), to.UTC(), i.Clock.Unit) }
	from, due := max(s.From, i.AssignedAt), i.DueAt
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
		due = clock.end(c, clock.From, i.leftOfDue(c, i.Clock.From))
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
	pause := Pause{From: e.PauseFrom, To: e.Until, Suspension: e.Suspension}
	at := slices.IndexFunc(i.Pauses, func(p Pause) bool { return p.Suspension == e.Suspension })
	if i.Pauses = slices.Clone(i.Pauses); at >= 0 {
		i.Pauses[at] = pause
	} else {
		i.Pauses = append(i.Pauses, pause)
	}
	i.Clock, i.OwnDueAt = *e.Clock, e.OwnDueAt
	i.setDue(e.DueAt)
}
