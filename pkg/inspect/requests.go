package inspect

import (
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
)

// Request is something that the unit asked for.
type Request struct {
	At       Time `json:"at"` // credited
	By       ID   `json:"by"`
	Action   ID   `json:"action"` // says why
	Until    Time `json:"until"`
	DecideBy Time `json:"decide_by"` // the office has to decide by then
}

func requestOf(e *Event) Request {
	return Request{At: e.CreditedAt, By: e.By, Action: e.ActionID, Until: e.Until, DecideBy: e.DecideBy}
}

// Answer is what the office says to a request.
type Answer string

// The answers.
const (
	Granted Answer = "grant"
	Refused Answer = "refuse"
)

// Answers are both.
var Answers = []Answer{Granted, Refused}

// UnmarshalText reads an answer and refuses all else.
func (a *Answer) UnmarshalText(text []byte) (err error) { *a, err = OneOf(*a, text, Answers); return }

// Limits of time in the life of an issue (rules.md, "Life of an issue").
const (
	shortReturn   = 5 * time.Minute // a unit has at least so long to give an issue back
	maxExtensions = 2
)

// askingExtension is possible before the deadline and while nothing else is asked; the office has half of the time left.
func askingExtension(i *Issue, m *Transition, e *Event) error {
	most := i.Clock.end(m.Calendar, i.DueAt, i.span(m))
	switch {
	case i.Extension.At != 0:
		return ErrAlreadyAsked
	case i.Extensions >= maxExtensions:
		return ErrNoExtension
	case e.CreditedAt >= i.DueAt:
		return ErrExtensionLate.With("More time is asked for before the deadline, which was %s.", i.DueAt)
	case m.Until <= i.DueAt:
		return wrongUntil("more time ends after the deadline")
	case m.Until > most:
		return wrongUntil("an extension is at most as long as the limit, here until " + most.String())
	}
	e.Until, e.DecideBy, e.Unit = m.Until, i.decideBy(m, e), i.Unit
	return nil
}

func wrongUntil(why string) error {
	return ErrContent.At(fault.Field{Pointer: "/until", Detail: why})
}

// decideBy is when half of the time left is over, at most one working day from now.
func (i *Issue) decideBy(m *Transition, e *Event) Time {
	half := m.between(e.CreditedAt, i.DueAt, i.Clock.Unit) / 2
	return min(m.add(e.CreditedAt, half, i.Clock.Unit), i.aWorkingDay(m, e.CreditedAt))
}

// decides is what both decisions have in common: somebody else asked, and nothing longer is granted than was asked for.
func decides(asked Request, m *Transition, e *Event, refused string) error {
	switch {
	case asked.At == 0:
		return ErrNothingAsked
	case asked.By == m.By:
		return ErrSecondPerson.With("Somebody else decides than who asked.")
	case m.Until > asked.Until:
		return wrongUntil("no more is granted than was asked for, " + asked.Until.String())
	}
	e.Answer, e.Until = m.Answer, m.Until
	if e.Until == 0 {
		e.Until = asked.Until
	}
	if m.Answer == Refused {
		e.Type, e.Until = refused, 0
	}
	return nil
}

// noteRefusal says when the unit heard that a deadline stands that was past: until then the mark was provisional.
func (i *Issue) noteRefusal(asked Request, e *Event) {
	if asked.At <= i.DueAt && i.DueAt < e.CreditedAt {
		e.ToldAt = e.At
	}
}

func (i *Issue) deadlineStands(e *Event) {
	if e.ToldAt != 0 {
		i.DeadlineStoodAt = e.ToldAt
	}
}

func decidingExtension(i *Issue, m *Transition, e *Event) error {
	if err := decides(i.Extension, m, e, "issue.extension_refused"); err != nil {
		return err
	}
	if m.Answer == Refused {
		i.noteRefusal(i.Extension, e)
		return nil
	}
	if e.Until <= i.DueAt {
		return wrongUntil("more time ends after the deadline")
	}
	e.DueAt, e.Clock = e.Until, i.decidedClock(m, e.Until)
	return nil
}

func askingHold(i *Issue, m *Transition, e *Event) error {
	switch {
	case i.Hold.At != 0:
		return ErrAlreadyAsked
	case i.Holds > 0:
		return ErrHeldBefore
	case m.Until <= e.CreditedAt:
		return wrongUntil("a hold ends later than now")
	case m.Until.UTC().After(e.CreditedAt.UTC().AddDate(1, 0, 0)):
		return wrongUntil("a hold ends within a year")
	}
	e.Until, e.Unit = m.Until, i.Unit
	e.DecideBy = i.aWorkingDay(m, e.CreditedAt)
	if e.CreditedAt <= i.DueAt {
		e.DecideBy = i.decideBy(m, e)
	}
	return nil
}

// decidingHold lets the clock stand still from the moment asked on, and go on at the end of the hold. One asked for after the
// deadline stops nothing that still runs: the overdue mark stays.
func decidingHold(i *Issue, m *Transition, e *Event) error {
	if err := decides(i.Hold, m, e, "issue.hold_refused"); err != nil {
		return err
	}
	if m.Answer == Refused {
		i.noteRefusal(i.Hold, e)
		return nil
	}
	if e.Until <= e.CreditedAt {
		return wrongUntil("a hold ends later than now")
	}
	e.PauseFrom = i.Hold.At
	if i.RemindAt > i.Hold.At {
		e.RemindAt = i.reminderOnHold(m.Calendar, Pause{From: i.Hold.At, To: e.Until})
	}
	if i.Hold.At <= i.DueAt {
		left := i.leftOfDue(m.Calendar, i.Hold.At)
		if i.Hold.At < i.Clock.From { // a pause set the clock since; what ran before it stood still as well
			left += i.ran(m.Calendar, i.Hold.At, i.Clock.From)
		}
		e.Clock = i.Clock.running(max(e.Until, i.Clock.From), left)
		e.DueAt = e.Clock.end(m.Calendar, e.Clock.From, left)
	}
	return nil
}

// reminderOnHold is when the reminder clock ends with a hold. What it ran between the wish and a merge that was undone since stood still as well.
func (i *Issue) reminderOnHold(c *calendar.Calendar, hold Pause) Time {
	left := i.ranBesidePauses(c, i.ChangedAt, i.RemindAt)
	if slices.ContainsFunc(i.Pauses, func(p Pause) bool { return p.Merged && p.To == i.ChangedAt && hold.From < p.From }) {
		left += i.ranBesidePauses(c, max(hold.From, i.FailedAt), i.ChangedAt)
	}
	return i.endBeside(c, append(slices.Clone(i.Pauses), hold), i.ChangedAt, left)
}

func resuming(i *Issue, m *Transition, e *Event) error {
	if i.HeldUntil <= e.CreditedAt {
		return ErrNotHeld
	}
	i.goOn(m, e)
	return nil
}

func extended(i *Issue, e *Event) {
	i.Extension = Request{}
	i.Extensions++
	i.newDue(e)
	i.Version++
}

func held(i *Issue, e *Event) {
	i.Hold = Request{}
	i.Holds++
	i.HeldUntil = e.Until
	i.Pauses = append(slices.Clone(i.Pauses), Pause{From: e.PauseFrom, To: e.Until})
	i.newReminder(e)
	i.newDue(e)
	i.Version++
}

func resumed(i *Issue, e *Event) {
	i.endHold(e)
	i.Version++
}

// endHold ends a hold that is not over yet.
func (i *Issue) endHold(e *Event) {
	if i.HeldUntil > e.CreditedAt {
		i.Pauses = i.pausesHeldUntil(e.CreditedAt)
	}
	i.HeldUntil = 0
	i.newReminder(e)
	i.newDue(e)
}

// pausesHeldUntil are the pauses with another end of the hold that lasts.
func (i *Issue) pausesHeldUntil(at Time) []Pause {
	all := slices.Clone(i.Pauses)
	all[slices.IndexFunc(all, func(p Pause) bool { return p.Suspension.IsZero() && !p.Merged && p.To == i.HeldUntil })].To = at
	return all
}

// newReminder moves the reminder clock where an event does; those of older programs leave it where a hold stopped it.
func (i *Issue) newReminder(e *Event) {
	if e.RemindAt != 0 {
		i.RemindAt = e.RemindAt
	}
}

// OnHold says whether the issue is on hold.
func (i *Issue) OnHold(now Time) bool { return i.HeldUntil > now }
