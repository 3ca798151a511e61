package inspect

import "spotcheck/pkg/fault"

// ReportedOrTakenOverBy says whether somebody looks after an issue as who reported it: that person, or who took over their work when they left (移交).
func (i *Issue) ReportedOrTakenOverBy(person ID) bool {
	return i.Reporter == person || i.TakenOverBy == person && !person.IsZero()
}

// ReporterOrSuccessor is who is asked and told in the place of who reported it.
func (i *Issue) ReporterOrSuccessor() ID {
	if i.TakenOverBy.IsZero() {
		return i.Reporter
	}
	return i.TakenOverBy
}

func handingOver(i *Issue, m *Transition, e *Event) error {
	if m.To == i.ReporterOrSuccessor() {
		return ErrUnknownRef.At(fault.Field{Pointer: "/to", Detail: "already looks after the issue"})
	}
	e.To = m.To
	return nil
}
