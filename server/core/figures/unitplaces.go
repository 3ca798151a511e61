package figures

import (
	"context"
	"encoding/json"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// UnitPlaces are the places that units had in the tree, and the peers among whom they ranked, by the record. It holds the units that ever
// changed; the others stand where they stand now.
type UnitPlaces map[inspect.ID][]unitPlace

// unitPlace is where a unit stood from a moment on.
type unitPlace struct {
	at        inspect.Time
	Parent    inspect.ID
	PeerGroup string
}

// unitPlaces reads the places of the units.
func unitPlaces(ctx context.Context, tx *store.Tx) (UnitPlaces, error) {
	all := UnitPlaces{}
	return all, tx.EachUnitChange(ctx, func(unit inspect.ID, at inspect.Time, body []byte) error {
		var said struct {
			Parent    string // empty for a unit that stands below no other one
			PeerGroup string `json:"peer_group"`
		}
		if err := json.Unmarshal(body, &said); err != nil {
			return err
		}
		place := unitPlace{at: at, PeerGroup: said.PeerGroup}
		if said.Parent != "" {
			if err := place.Parent.UnmarshalText([]byte(said.Parent)); err != nil {
				return err
			}
		}
		all[unit] = append(all[unit], place)
		return nil
	})
}

// PeerGroup is that of a unit at a moment, otherwise the one it has now.
func (p UnitPlaces) PeerGroup(unit inspect.ID, at inspect.Time, now string) string {
	if place := p.at(unit, at); place != nil {
		return place.PeerGroup
	}
	return now
}

// at is the place of a unit at a moment, its first one before it had any; nil for a unit that never changed.
func (p UnitPlaces) at(unit inspect.ID, at inspect.Time) *unitPlace {
	all := p[unit]
	for n := len(all) - 1; n >= 0; n-- {
		if n == 0 || all[n].at <= at {
			return &all[n]
		}
	}
	return nil
}

// moves are the moments at which a unit went below another one.
func (p UnitPlaces) moves() (all []inspect.Time) {
	for _, places := range p {
		for n := range places[1:] {
			if places[n].Parent != places[n+1].Parent {
				all = append(all, places[n+1].at)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// membership is which units belonged to the scope from a moment on.
type membership struct {
	from  inspect.Time
	units map[inspect.ID]bool
}

// readMembership works out which units belonged to the scope when, if any unit ever moved.
func (a *Reader) readMembership(ctx context.Context) error {
	moves := a.places.moves()
	if len(moves) == 0 {
		return nil
	}
	units, err := a.Tx.Units(ctx)
	if err != nil {
		return err
	}
	above := map[inspect.ID]inspect.ID{}
	for n := range units {
		above[units[n].ID] = units[n].Parent
	}
	for _, from := range append([]inspect.Time{0}, moves...) {
		m := membership{from, map[inspect.ID]bool{}}
		for id := range above {
			if a.places.below(id, a.Scope.ID, from, above) {
				m.units[id] = true
			}
		}
		a.belongs = append(a.belongs, m)
	}
	return nil
}

// below says whether a unit stood below another one, or was it, at a moment. Above is the tree as it is now.
func (p UnitPlaces) below(unit, top inspect.ID, at inspect.Time, above map[inspect.ID]inspect.ID) bool {
	for steps := 0; !unit.IsZero() && steps <= len(above); steps++ {
		if unit == top {
			return true
		}
		if place := p.at(unit, at); place != nil {
			unit = place.Parent
		} else {
			unit = above[unit]
		}
	}
	return false
}
