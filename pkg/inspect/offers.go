package inspect

import (
	"slices"
	"time"
)

// offers say of actions that ask for more than a state whether they would be refused now, whatever a person wrote: it is known before that
// nothing was asked for, that the time is over, or that somebody else has to decide. What is not here is offered wherever the state allows it.
var offers = map[Action]func(*Issue, *Transition) bool{
	Dismiss: func(i *Issue, m *Transition) bool { return i.DismissalAskedAt == 0 || i.DismissalAskedBy != m.By },
	Return: func(i *Issue, m *Transition) bool {
		return !i.Final() && (m.Calendar == nil || m.ReceivedAt <= i.lastReturn(m))
	},
	Verify: func(i *Issue, m *Transition) bool {
		return (i.Fixer.IsZero() || i.Fixer != m.By) && !slices.ContainsFunc(m.ActorUnits, func(u ID) bool { return slices.Contains(m.FixerUnitLine, u) })
	},
	Reopen: func(i *Issue, m *Transition) bool {
		return m.ReceivedAt <= i.ClosedAt.Add(time.Duration(m.Category.ReopenDays)*24*time.Hour)
	},
	WithdrawPhoto: func(i *Issue, m *Transition) bool {
		return slices.ContainsFunc(m.Photos, func(p Photo) bool { return p.State == PhotoDeclared })
	},
	DecideFlag: func(_ *Issue, m *Transition) bool { return m.Flag != nil },

	AskExtension: func(i *Issue, m *Transition) bool {
		return i.Extension.At == 0 && i.Extensions < maxExtensions && m.ReceivedAt < i.DueAt
	},
	DecideExtension: func(i *Issue, m *Transition) bool { return i.Extension.At != 0 && i.Extension.By != m.By },
	AskHold:         func(i *Issue, _ *Transition) bool { return i.Hold.At == 0 && i.Holds == 0 },
	DecideHold:      func(i *Issue, m *Transition) bool { return i.Hold.At != 0 && i.Hold.By != m.By },
	Resume:          func(i *Issue, m *Transition) bool { return i.OnHold(m.ReceivedAt) },
	Reply: func(i *Issue, _ *Transition) bool {
		return slices.ContainsFunc(i.Letters, func(l Letter) bool { return l.RepliedAt == 0 })
	},
	AskAppeal:    func(i *Issue, m *Transition) bool { return len(i.Contestable(m)) > 0 },
	DecideAppeal: func(i *Issue, m *Transition) bool { return len(i.decidable(m)) > 0 },
	PassDown: func(i *Issue, m *Transition) bool {
		return slices.ContainsFunc(m.SubordinateUnits, func(u ID) bool { return u != i.Unit })
	},
	FieldCheck: func(i *Issue, _ *Transition) bool { return i.FieldCheckAskedAt != 0 },
	GivePart: func(i *Issue, _ *Transition) bool {
		open := 0
		for _, p := range i.Parts {
			if p.Open() {
				open++
			}
		}
		return open < MaxParts
	},
	EndPart: func(i *Issue, _ *Transition) bool {
		return slices.ContainsFunc(i.Parts, func(p Part) bool { return p.Open() })
	},
}

// Offers says whether an action is worth offering to who would take it (m.By) at a moment (m.ReceivedAt): its state allows it, and
// nothing that is known already refuses it.
func (i *Issue) Offers(m *Transition) bool {
	if !i.Status.Allows(m.Action) {
		return false
	}
	offered := offers[m.Action]
	return offered == nil || offered(i, m)
}

// Contestable are the subjects of which the unit may still contest a mark.
func (i *Issue) Contestable(m *Transition) (all []AppealSubject) {
	for _, about := range AppealSubjects {
		ask := *m
		ask.Action, ask.AppealSubject = AskAppeal, about
		if appealing(i, &ask, &Event{CreditedAt: m.ReceivedAt}) == nil {
			all = append(all, about)
		}
	}
	return all
}

// decidable are the subjects of appeals that wait for a decision by somebody like this person.
func (i *Issue) decidable(m *Transition) (all []AppealSubject) {
	for _, about := range AppealSubjects {
		if a := i.openAppeal(about); a != nil && !i.decidedFirst(a, about, m.By, m.ReceivedAt) {
			all = append(all, about)
		}
	}
	return all
}

// decidedFirst says whether somebody appealed, or set the mark that is contested.
func (i *Issue) decidedFirst(a *Appeal, about AppealSubject, by ID, now Time) bool {
	if a.By == by {
		return true
	}
	return slices.ContainsFunc(i.marks(about, now), func(k mark) bool {
		return (k.at == a.Mark || a.Mark == 0) && slices.Contains(k.setters, by) && !by.IsZero()
	})
}
