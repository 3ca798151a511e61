package inspections

import (
	"context"
	"fmt"
	"slices"

	"spotcheck/pkg/draw"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Bounds of a list.
const (
	mostTargets = 2_000
	spotsAtOnce = 500 // read from the register
)

// wholeList is the only part of a list that is not cut by area, and the part of places outside all areas.
const (
	wholeList = "all"
	noArea    = "none"
)

// listOf makes the list of a request: the places of the kind in the area that are in use today, with the inspectors who are recused from each because they
// belong to the unit that answers for it, or to one above it.
func (svc *Service) listOf(ctx context.Context, tx *store.Tx, ask *DrawRequest) (list draw.List, err error) {
	pool, err := poolOf(ctx, tx, ask.Pool)
	if err != nil {
		return list, err
	}
	list = draw.List{Count: ask.Count, Each: ask.Each, Pool: textsOf(ask.Pool)}
	var where [][]inspect.ID // the areas of each place, lowest first
	today := svc.city.Today(tx)
	for after := int64(0); ; {
		spots, next, err := tx.Spots(ctx, store.SpotFilter{Kind: ask.Kind, Area: ask.Area, After: after, Limit: spotsAtOnce})
		if err != nil {
			return list, err
		}
		for n := range spots {
			if !spots[n].InUse(today) {
				continue
			}
			areas, err := tx.SelfAndAncestors(ctx, store.AreaTree, spots[n].Area)
			if err != nil {
				return list, err
			}
			recused, err := recusedFrom(ctx, tx, pool, ask.Pool, spots[n].Unit)
			if err != nil {
				return list, err
			}
			where = append(where, areas)
			list.Targets = append(list.Targets, draw.Target{ID: spots[n].ID.String(), Stratum: wholeList, Recused: recused})
			if len(list.Targets) > mostTargets {
				return list, inspect.InvalidField("/kind", fmt.Sprintf("more than %d places: narrow the area", mostTargets))
			}
		}
		if after = next; after == 0 {
			break
		}
	}
	if ask.ByArea {
		above := ask.Area
		if above.IsZero() {
			above = commonTop(where)
		}
		for n := range list.Targets {
			list.Targets[n].Stratum = partOf(where[n], above)
		}
	}
	if err := checkList(&list); err != nil {
		return list, err
	}
	return draw.Parse(list.Text()) // in the order in which it is frozen
}

// checkList says in fields of the request what is wrong with its list.
func checkList(list *draw.List) error {
	switch {
	case len(list.Targets) == 0:
		return inspect.InvalidField("/kind", "the register has no such place in use there")
	case list.Count > len(list.Targets):
		return inspect.InvalidField("/count", fmt.Sprintf("there are %d places", len(list.Targets)))
	case list.Each > len(list.Pool):
		return inspect.InvalidField("/inspectors_each", fmt.Sprintf("the pool has %d people", len(list.Pool)))
	}
	for _, t := range list.Targets {
		if free := len(list.Pool) - len(t.Recused); free < list.Each {
			return inspect.InvalidField("/pool", fmt.Sprintf("for one place only %d of the pool are not recused, want %d", free, list.Each))
		}
	}
	return list.Check()
}

// poolOf gives the units to which each of the pool belongs; each has to be an inspector who may log in.
func poolOf(ctx context.Context, tx *store.Tx, pool []inspect.ID) (units map[inspect.ID][]inspect.ID, err error) {
	grants, err := tx.GrantsOf(ctx, pool)
	if err != nil {
		return nil, err
	}
	units = map[inspect.ID][]inspect.ID{}
	var wrong []fault.Field
	for n, id := range pool {
		p, ok, err := tx.Person(ctx, id)
		if err != nil {
			return nil, err
		}
		at := fmt.Sprintf("/pool/%d", n)
		if _, twice := units[id]; twice {
			wrong = append(wrong, fault.Field{Pointer: at, Detail: "is named twice"})
		}
		units[id] = []inspect.ID{}
		inspects := false
		for _, g := range grants[id] {
			if inspects = inspects || g.Role == inspect.Inspector; g.Scope.Kind == inspect.UnitSubtree {
				units[id] = append(units[id], g.Scope.ID)
			}
		}
		if !ok || p.Disabled || !inspects {
			wrong = append(wrong, fault.Field{Pointer: at, Detail: "is no inspector"})
		}
	}
	if len(wrong) > 0 {
		return nil, inspect.ErrContent.At(wrong...)
	}
	return units, nil
}

// recusedFrom are the people of the pool who belong to a unit or to one above it.
func recusedFrom(ctx context.Context, tx *store.Tx, units map[inspect.ID][]inspect.ID, pool []inspect.ID, unit inspect.ID) (recused []string, err error) {
	line, err := tx.SelfAndAncestors(ctx, store.UnitTree, unit)
	if err != nil {
		return nil, err
	}
	for _, person := range pool {
		if slices.ContainsFunc(units[person], func(own inspect.ID) bool { return slices.Contains(line, own) }) {
			recused = append(recused, person.String())
		}
	}
	return recused, nil
}

// commonTop is the area above all places, none where there is no such.
func commonTop(where [][]inspect.ID) (top inspect.ID) {
	for n, line := range where {
		if len(line) == 0 || n > 0 && line[len(line)-1] != top {
			return inspect.ID{}
		}
		top = line[len(line)-1]
	}
	return top
}

// partOf is the part right below an area in which a place lies; line leads from the area of the place upwards.
func partOf(line []inspect.ID, area inspect.ID) string {
	part := noArea
	for _, id := range line {
		if id == area {
			break
		}
		part = id.String()
	}
	if part == noArea && len(line) > 0 { // it lies in the area itself
		part = area.String()
	}
	return part
}
