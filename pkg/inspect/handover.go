package inspect

import "spotcheck/pkg/fault"

// Own says whether somebody looks after an issue as who reported it: that person, or who took over their work when they left (移交).
func (i *Issue) Own(person ID) bool {
	return i.Reporter == person || i.Keeper == person && !person.IsZero()
}

// LooksAfter is who is asked and told in the place of who reported it.
func (i *Issue) LooksAfter() ID {
	if i.Keeper.IsZero() {
		return i.Reporter
	}
	return i.Keeper
}

func handingOver(i *Issue, m *Move, e *Event) error {
	if m.To == i.LooksAfter() {
		return ErrUnknownRef.At(fault.Field{Pointer: "/to", Detail: "already looks after the issue"})
	}
	e.To = m.To
	return nil
}
