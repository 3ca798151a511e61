package figures

import (
	"errors"
	"strings"

	"spotcheck/pkg/inspect"
)

// Scope is whose figures are wanted: of the whole city, or of what lies under a unit or an area.
type Scope struct {
	Kind inspect.ScopeKind
	ID   inspect.ID
}

// UnmarshalText reads city, unit:ID or area:ID.
func (s *Scope) UnmarshalText(text []byte) error {
	kind, id, _ := strings.Cut(string(text), ":")
	switch kind {
	case "city":
		*s = Scope{Kind: inspect.City}
		if id == "" {
			return nil
		}
	case "unit":
		s.Kind = inspect.UnitSubtree
		if s.ID.UnmarshalText([]byte(id)) == nil {
			return nil
		}
	case "area":
		s.Kind = inspect.AreaSubtree
		if s.ID.UnmarshalText([]byte(id)) == nil {
			return nil
		}
	}
	return errors.New("want city, unit:ID or area:ID")
}

// String is the scope as UnmarshalText reads it.
func (s Scope) String() string {
	switch s.Kind {
	case inspect.UnitSubtree:
		return "unit:" + s.ID.String()
	case inspect.AreaSubtree:
		return "area:" + s.ID.String()
	}
	return "city"
}
