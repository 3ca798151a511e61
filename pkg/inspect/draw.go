package inspect

import "spotcheck/pkg/draw"

// Draw is a draw by lot (抽查) of places that are looked at and of those who go there. Its list is frozen first; the seed comes from the record after
// that, so that nobody can choose it.
type Draw struct {
	ID        ID
	Purpose   string
	Kind      SpotKind // of the places
	Area      ID       // where they lie, with all below; zero for the whole city
	ByArea    bool     // each part below the area is drawn from by its share
	List      draw.List
	Salt      string // that the server drew when the list was frozen, so that nobody could work out the seed before
	Seed      string // the hash of the event by which the list was frozen, in hexadecimal digits; empty until it is drawn
	Replaced  []DrawReplacement
	EndedAt   Time // when all that was drawn had been looked at
	MadeBy    ID
	CreatedAt Time // when the list was frozen
	UpdatedAt Time
}

// DrawReplacement is a place that was drawn and cannot be looked at: the next one of its part takes its place.
type DrawReplacement struct {
	Target ID     `json:"target"`
	Reason string `json:"reason"`
	By     ID     `json:"by"`
	At     Time   `json:"at"`
}

// DrawState is how far a draw is.
type DrawState string

// The states of a draw.
const (
	DrawFrozen     DrawState = "frozen"      // the list stands, nothing is drawn
	DrawDrawn      DrawState = "drawn"       // places and inspectors are known
	DrawCarriedOut DrawState = "carried_out" // all were looked at
)

// DrawStates are all of them.
var DrawStates = []DrawState{DrawFrozen, DrawDrawn, DrawCarriedOut}

// UnmarshalText reads a state and refuses all else.
func (s *DrawState) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, DrawStates)
	return
}

// State is how far the draw is.
func (d *Draw) State() DrawState {
	switch {
	case d.Seed == "":
		return DrawFrozen
	case d.EndedAt == 0:
		return DrawDrawn
	}
	return DrawCarriedOut
}

// Picks are the places that were drawn, with those that were replaced; none before it is drawn.
func (d *Draw) Picks() ([]draw.Pick, error) {
	if d.Seed == "" {
		return nil, nil
	}
	return d.List.Picks(d.Seed, d.ReplacedTargets()...)
}

// ReplacedTargets are the places that were replaced, in that order.
func (d *Draw) ReplacedTargets() []string {
	targets := make([]string, len(d.Replaced))
	for n, r := range d.Replaced {
		targets[n] = r.Target.String()
	}
	return targets
}
