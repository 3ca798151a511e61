package rest

import (
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Ref names something that has a name.
type Ref struct {
	ID   inspect.ID `json:"id"`
	Name string     `json:"name"`
}

// RefOf is nil for nothing.
func RefOf(id inspect.ID, names map[inspect.ID]string) *Ref {
	if id.IsZero() {
		return nil
	}
	return &Ref{id, names[id]}
}

// PersonRef names a person.
type PersonRef struct {
	ID          inspect.ID `json:"id"`
	DisplayName string     `json:"display_name"`
	StaffNumber string     `json:"staff_number,omitempty"`
}

// PersonOf names a person, by the id alone where the names lack it.
func PersonOf(id inspect.ID, people map[inspect.ID]store.PersonRef) PersonRef {
	p := people[id]
	return PersonRef{id, p.DisplayName, p.StaffNumber}
}

// PersonIfAny is nil for nobody.
func PersonIfAny(id inspect.ID, people map[inspect.ID]store.PersonRef) *PersonRef {
	if id.IsZero() {
		return nil
	}
	p := PersonOf(id, people)
	return &p
}

// NumberRef names something that the office numbers.
type NumberRef struct {
	ID     inspect.ID `json:"id"`
	Number string     `json:"number"`
}
