package inspect

import (
	"slices"

	"spotcheck/pkg/fault"
)

// appealDays is how many working days a unit has for an appeal, after the day on which it was told of what it contests.
const appealDays = 3

// mark is something that is held against a unit.
type mark struct {
	at      Time // since when; it tells one mark of a kind from another
	told    Time // when the unit heard of it
	setters []ID // who decided it first
}

// marks are what is held against the unit of a kind, the latest first.
func (i *Issue) marks(about AppealSubject, now Time) (all []mark) {
	switch about {
	case AppealOverdue:
		if i.Overdue(now) {
			return []mark{{at: i.DueAt, told: max(i.DueAt, i.ClockAt, i.DeadlineStoodAt)}}
		}
	case AppealWrongUnit:
		if i.Status == Assigned {
			return []mark{{i.AssignedAt, i.AssignedAt, []ID{i.AssignedBy}}}
		}
	case AppealRework, AppealFalseFix:
		for _, f := range slices.Backward(i.failures()) {
			m, is := i.markOf(&f, about)
			if is {
				all = append(all, m)
			}
		}
	}
	return all
}

// failures are the verifications that the unit did not pass since it was given the issue, oldest first.
func (i *Issue) failures() (own []Failure) {
	all := i.Failures
	if len(all) == 0 && i.FailedAt != 0 {
		all = []Failure{{At: i.FailedAt, Told: i.FailedAt, By: i.FailedBy, Found: i.FailVerdict}}
	}
	for _, f := range all {
		if f.At >= i.AssignedAt {
			own = append(own, f)
		}
	}
	return own
}

// markOf is what a failed verification is to the unit: a rework, or a false fix. A false fix that an appeal found to be an insufficient one is
// a rework from that decision on.
func (i *Issue) markOf(f *Failure, about AppealSubject) (mark, bool) {
	if about == AppealFalseFix {
		return mark{f.At, f.Told, []ID{f.By}}, f.Found == FalseFix
	}
	if f.Found != FalseFix {
		return mark{f.At, f.Told, []ID{f.By}}, true
	}
	a := i.appealOf(AppealFalseFix, f.At)
	if a == nil || a.Answer != Granted || a.Finding != FixInsufficient {
		return mark{}, false
	}
	return mark{f.At, a.DecidedAt, []ID{f.By, a.DecidedBy}}, true
}

// appealOf is the appeal against a mark, nil when nobody made one. Older programs kept no mark, and had one of a kind.
func (i *Issue) appealOf(about AppealSubject, at Time) *Appeal {
	n := slices.IndexFunc(i.Appeals, func(a Appeal) bool { return a.Subject == about && (a.Mark == at || a.Mark == 0 && a.At >= at) })
	if n < 0 {
		return nil
	}
	return &i.Appeals[n]
}

// openAppeal is the appeal of a kind that waits longest for its decision, nil when none does.
func (i *Issue) openAppeal(about AppealSubject) *Appeal {
	n := slices.IndexFunc(i.Appeals, func(a Appeal) bool { return a.Subject == about && a.Answer == "" })
	if n < 0 {
		return nil
	}
	return &i.Appeals[n]
}

// AppealUpheld says whether a unit was right about something.
func (i *Issue) AppealUpheld(about AppealSubject) bool {
	return slices.ContainsFunc(i.Appeals, func(a Appeal) bool { return a.Subject == about && a.Answer == Granted })
}

// appealing is possible once for each mark, until the end of the third working day after the one on which the unit was told of it. Of several
// marks of a kind the latest is contested that was not yet.
func appealing(i *Issue, m *Transition, e *Event) error {
	marks := i.marks(m.AppealSubject, e.CreditedAt)
	if i.Unit.IsZero() || len(marks) == 0 {
		return ErrNothingToAppeal
	}
	n := slices.IndexFunc(marks, func(k mark) bool { return i.appealOf(m.AppealSubject, k.at) == nil })
	if n < 0 {
		return ErrAppealedBefore
	}
	if last := At(m.Calendar.EndOfWorkingDayAfter(marks[n].told.UTC(), appealDays)); e.CreditedAt > last {
		return ErrAppealTooLate.With("An appeal is made within three working days after the day on which the unit was told; here that was until %s.", last)
	}
	e.AppealSubject, e.Unit, e.MarkedAt = m.AppealSubject, i.Unit, marks[n].at
	return nil
}

// decidingAppeal is for somebody else than who appealed and who decided first.
func decidingAppeal(i *Issue, m *Transition, e *Event) error {
	a := i.openAppeal(m.AppealSubject)
	if a == nil {
		return ErrNothingAsked
	}
	if i.decidedFirst(a, m.AppealSubject, m.By, e.CreditedAt) {
		return errDecidedFirst
	}
	e.AppealSubject, e.Answer, e.MarkedAt = m.AppealSubject, m.Answer, a.Mark
	if err := i.upheld(m, e); err != nil {
		return err
	}
	if m.Answer == Granted && m.AppealSubject == AppealWrongUnit && i.Status == Assigned {
		e.Type = "issue.unit_appealed_away"
	}
	return nil
}

var errDecidedFirst = ErrSecondPerson.With("An appeal is decided by somebody else than who appealed and who decided first.")

// upheld completes a decision with what follows from it: what the fix was, where a false fix was none; the new deadline, where the unit still
// works on what is overdue no more. Neither has a meaning elsewhere.
func (i *Issue) upheld(m *Transition, e *Event) error {
	granted := func(about AppealSubject) bool { return m.Answer == Granted && m.AppealSubject == about }
	wantsFinding, wantsDue := granted(AppealFalseFix), granted(AppealOverdue) && i.Status == Assigned
	switch {
	case wantsFinding && m.Finding == "":
		return ErrContent.At(fault.Field{Pointer: "/finding", Detail: "say what the fix was, insufficient or good, when it was no false one"})
	case !wantsFinding && m.Finding != "":
		return ErrContent.At(fault.Field{Pointer: "/finding", Detail: "has a meaning only when an appeal about a false fix is granted"})
	case wantsDue && m.DueAt == 0:
		return ErrContent.At(fault.Field{Pointer: "/due_at", Detail: "give the new deadline: the unit still works on the issue"})
	case !wantsDue && m.DueAt != 0:
		return ErrContent.At(fault.Field{Pointer: "/due_at", Detail: "has a meaning only when an appeal about an overdue mark is granted and the unit still works on the issue"})
	case wantsDue && m.DueAt <= e.CreditedAt:
		return ErrContent.At(fault.Field{Pointer: "/due_at", Detail: "the new deadline is later than now"})
	}
	e.Finding = m.Finding
	if wantsDue {
		e.DueAt, e.Clock = m.DueAt, i.decidedClock(m, m.DueAt)
	}
	return nil
}

// decidedClock is the clock of a deadline that a decision set.
func (i *Issue) decidedClock(m *Transition, due Time) *Clock {
	clock := i.Clock.running(i.Clock.From, m.between(i.Clock.From, due, i.Clock.Unit))
	clock.FromExtension = true
	return clock
}

func appealed(i *Issue, e *Event) {
	i.Appeals = append(slices.Clone(i.Appeals), Appeal{Subject: e.AppealSubject, At: e.CreditedAt, By: e.By, Unit: e.Unit, Action: e.ActionID, Mark: e.MarkedAt})
}

func appealDecided(i *Issue, e *Event) {
	i.Appeals = slices.Clone(i.Appeals)
	a := i.openAppeal(e.AppealSubject)
	a.Answer, a.DecidedAt, a.DecidedBy, a.Decision, a.Finding = e.Answer, e.CreditedAt, e.By, e.ActionID, e.Finding
	if e.DueAt != 0 { // it runs by this from now on, also after a failed verification
		i.newDue(e)
		i.RemindAt = 0
		i.Version++
	}
}

// appealedAway takes the issue from a unit that was not the right one; it counts as no return.
func appealedAway(i *Issue, e *Event) {
	appealDecided(i, e)
	i.move(Reported, e)
	i.Unit, i.DueAt, i.OwnDueAt = ID{}, 0, 0
	i.ReturnedBy, i.TimeUsed = ID{}, 0
	i.noClock()
}
