package inspect

import (
	"slices"

	"spotcheck/pkg/fault"
)

// MaxParts is how many parts of an issue can be open at once: as many as a row of the register of responsibility names units that assist.
const MaxParts = 20

// Part is what a unit that assists does in an issue (协办), with a deadline and a reply of its own. Only the lead unit (主办) counts in closure.
type Part struct {
	ID        ID   `json:"id"` // of the action that gave it, which says what is wanted
	Unit      ID   `json:"unit"`
	At        Time `json:"at"`
	By        ID   `json:"by"`
	DueAt     Time `json:"due_at"`
	RepliedAt Time `json:"replied_at,omitzero"`
	RepliedBy ID   `json:"replied_by,omitzero"`
	Reply     ID   `json:"reply,omitzero"`    // the action that says it
	EndedAt   Time `json:"ended_at,omitzero"` // without a reply: it was taken back, or the issue left the hands of its lead unit
	Ended     ID   `json:"ended,omitzero"`    // the action that took it back and says why
}

// Open says whether a part waits for its reply.
func (p *Part) Open() bool { return p.RepliedAt == 0 && p.EndedAt == 0 }

// SeesIssue says whether the unit of a part sees the issue: until the part is taken back from it.
func (p *Part) SeesIssue() bool { return p.Ended.IsZero() }

// Due says whether a part counts as due: it was not ended by its deadline.
func (p *Part) Due() bool { return p.EndedAt == 0 || p.EndedAt > p.DueAt }

// OnTime says whether the reply came by the deadline.
func (p *Part) OnTime() bool { return p.RepliedAt != 0 && p.RepliedAt <= p.DueAt }

// Assisting are the units that have a part in the issue, each once.
func (i *Issue) Assisting() (all []ID) {
	for _, p := range i.Parts {
		if p.SeesIssue() && !slices.Contains(all, p.Unit) {
			all = append(all, p.Unit)
		}
	}
	return all
}

// Part gives a part of the issue, nil when it has none with this id.
func (i *Issue) Part(id ID) *Part {
	n := slices.IndexFunc(i.Parts, func(p Part) bool { return p.ID == id })
	if n < 0 {
		return nil
	}
	return &i.Parts[n]
}

func givingPart(i *Issue, m *Transition, e *Event) error {
	open := 0
	for _, p := range i.Parts {
		switch {
		case !p.Open():
		case p.Unit == m.Unit:
			return ErrHasPart
		default:
			open++
		}
	}
	switch {
	case m.Unit == i.Unit:
		return ErrUnknownRef.At(fault.Field{Pointer: "/unit", Detail: "the lead unit has the issue itself; another one assists"})
	case m.Until <= e.CreditedAt:
		return wrongUntil("a reply is wanted later than now")
	case open >= MaxParts:
		return ErrHasPart.With("An issue has at most %d open parts.", MaxParts)
	}
	e.Until = m.Until
	return nil
}

// openPart is the part that an action names, while it waits for its reply.
func (i *Issue) openPart(m *Transition) (*Part, error) {
	p := i.Part(m.Part)
	switch {
	case p == nil:
		return nil, ErrUnknownRef.At(fault.Field{Pointer: "/part", Detail: "the issue has no such part"})
	case !p.Open():
		return nil, ErrNothingAsked.With("The part has its reply, or was ended.")
	}
	return p, nil
}

// namingPart is for a reply and for taking a part back.
func namingPart(i *Issue, m *Transition, e *Event) error {
	p, err := i.openPart(m)
	if err == nil {
		e.Part, e.Unit = p.ID, p.Unit
	}
	return err
}

func partGiven(i *Issue, e *Event) {
	i.Parts = append(slices.Clone(i.Parts), Part{ID: e.ActionID, Unit: e.Unit, At: e.CreditedAt, By: e.By, DueAt: e.Until})
}

func partReplied(i *Issue, e *Event) {
	i.Parts = slices.Clone(i.Parts)
	if p := i.Part(e.Part); p != nil {
		p.RepliedAt, p.RepliedBy, p.Reply = e.CreditedAt, e.By, e.ActionID
	}
}

func partEnded(i *Issue, e *Event) {
	i.Parts = slices.Clone(i.Parts)
	if p := i.Part(e.Part); p != nil {
		p.EndedAt, p.Ended = e.CreditedAt, e.ActionID
	}
}

// lapse ends the parts that have no reply when no unit works on the issue any more.
func (i *Issue) lapse(e *Event) {
	if i.Status == Assigned || i.Status == Fixed || len(i.Parts) == 0 {
		return
	}
	i.Parts = slices.Clone(i.Parts)
	for n := range i.Parts {
		if p := &i.Parts[n]; p.Open() {
			p.EndedAt = e.CreditedAt
		}
	}
}
