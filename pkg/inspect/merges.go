package inspect

import "slices"

// CounterpartEvent is what a merge, or its undoing, is to the issue that the first was merged into. The earlier deadline comes over when both
// belong to the same unit and it still lies ahead; what had passed stays with the issue that was merged. Undone, the deadline is what it would be without.
func (i *Issue) CounterpartEvent(m *Transition, e *Event) *Event {
	other := &Event{Type: "issue.merged_from", By: e.By, At: e.At, ActionID: e.ActionID, Into: i.ID}
	if e.Action == Unmerge {
		other.Type = "issue.unmerged_from"
		other.DueAt = m.Into.deadlineWithout(m.OtherMergedDueAt)
		return other
	}
	if i.Unit == m.Into.Unit && !i.Unit.IsZero() && i.DueAt > e.CreditedAt && i.DueAt < m.Into.DueAt {
		other.DueAt = i.DueAt
	}
	return other
}

// deadlineWithout is the deadline of an issue when what was merged into it is its own again, 0 for the one that it has. other is the earliest
// one that came over with the rest, as it was then: what paused the clock since has put it off as well, so it is not before the one that holds.
func (i *Issue) deadlineWithout(other Time) Time {
	switch {
	case i.DueAt == i.OwnDueAt:
		return 0
	case other == 0:
		return i.OwnDueAt
	}
	return max(i.DueAt, min(i.OwnDueAt, other))
}

// goOnAfterMerge completes the undoing of a merge: the clock stood still since, what was left then runs from now on. A deadline that had
// passed stays, and so does the one of an issue that is fixed; a hold or a suspension that lasts goes on.
func (i *Issue) goOnAfterMerge(m *Transition, e *Event) {
	if e.DueAt = i.DueAt; i.OwnDueAt != i.DueAt {
		e.OwnDueAt = i.OwnDueAt
	}
	if i.StatusBeforeMerge != Assigned {
		return
	}
	merged, from := i.ClosedAt, max(e.CreditedAt, i.Clock.From)
	if merged < e.CreditedAt {
		e.PauseFrom = merged
	}
	clock, own := i.Clock, i.OwnDueAt
	if own > merged {
		clock = *clock.running(from, i.left(m.Calendar, merged))
		own = clock.end(m.Calendar, from, clock.Remaining())
	}
	e.Clock = &clock
	switch {
	case i.DueAt <= merged:
	case i.DueAt == i.OwnDueAt:
		e.DueAt = own
	default:
		e.DueAt = min(own, clock.end(m.Calendar, from, i.leftOfDue(m.Calendar, merged)))
	}
	if e.OwnDueAt = own; own == e.DueAt {
		e.OwnDueAt = 0
	}
	if i.RemindAt > merged {
		e.RemindAt = i.endBeside(m.Calendar, i.Pauses, e.CreditedAt, i.ranBesidePauses(m.Calendar, merged, i.RemindAt))
	}
}

func merged(i *Issue, e *Event) {
	i.StatusBeforeMerge = i.Status
	i.move(Merged, e)
	i.MergedInto, i.ClosedAt = e.Into, e.CreditedAt
}

func unmerged(i *Issue, e *Event) {
	i.move(i.StatusBeforeMerge, e)
	i.MergedInto, i.StatusBeforeMerge, i.ClosedAt = ID{}, "", 0
	if e.DueAt != 0 { // older programs left the deadline as it was
		i.DueAt, i.OwnDueAt = e.DueAt, e.DueAt
		if e.OwnDueAt != 0 {
			i.OwnDueAt = e.OwnDueAt
		}
	}
	if e.Clock != nil {
		i.Clock = *e.Clock
	}
	if e.PauseFrom != 0 {
		i.Pauses = append(slices.Clone(i.Pauses), Pause{From: e.PauseFrom, To: e.CreditedAt, Merged: true})
	}
	if e.RemindAt != 0 {
		i.RemindAt = e.RemindAt
	}
}

// backFromMergeAt is when the clock went on after the last merge that was undone, 0 for never.
func (i *Issue) backFromMergeAt() (at Time) {
	for _, p := range i.Pauses {
		if p.Merged {
			at = max(at, p.To)
		}
	}
	return at
}
