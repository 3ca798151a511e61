package issues

import (
	"spotcheck/pkg/inspect"
)

// Responsible is a unit that answers for an issue by a rule, and why.
type Responsible struct {
	Unit               inspect.ID
	UnitName           string
	Rule               int64
	ReasonZH, ReasonEN string
	Leader, Contact    string
	Assisting          []NamedUnit
}

// NamedUnit is a unit with its name.
type NamedUnit struct {
	ID   inspect.ID
	Name string
}
