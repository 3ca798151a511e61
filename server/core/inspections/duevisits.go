package inspections

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// DueVisit is a visit that nobody made yet: a place that was drawn for the actor, or one that failed and is to be looked at again.
type DueVisit struct {
	Draw     inspect.ID // by which it was drawn; zero for a re-check
	Purpose  string     // of the draw
	Rechecks inspect.ID // the visit that failed; zero for a place that was drawn
	Subject  inspect.VisitSubject
	Target   inspect.ID
	Name     string
	Kind     inspect.SpotKind
	Spot     inspect.Spot // none for an area
	With     []inspect.ID // who goes there as well
	Since    inspect.Time
	Last     *inspect.Visit // the latest visit there; nil for none
}

// mostDue is how many failed visits are looked at for one person.
const mostDue = 200

// DueVisits gives what the actor is to look at: whom a visit goes to and who goes is shown to those who were drawn, and to nobody else.
func (svc *Service) DueVisits(ctx context.Context, a *inspect.Actor) (all []DueVisit, names VisitNames, err error) {
	if !a.MayAnywhere(inspect.MayVisit) {
		return nil, names, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, err = drawnFor(ctx, tx, a); err != nil {
			return err
		}
		again, err := toRecheck(ctx, tx, a)
		if err != nil {
			return err
		}
		all = append(all, again...)
		var last []inspect.Visit
		var people []inspect.ID
		for n := range all {
			people = append(people, all[n].With...)
			if err := lookUp(ctx, tx, &all[n]); err != nil {
				return err
			}
			if all[n].Last != nil {
				last = append(last, *all[n].Last)
			}
		}
		if names, err = namesOf(ctx, tx, a, last); err != nil {
			return err
		}
		company, err := tx.PeopleRefs(ctx, people)
		for id, p := range company {
			names.People[id] = p
		}
		return err
	})
	return all, names, err
}

// drawnFor are the places that were drawn for the actor and that nobody visited by that draw.
func drawnFor(ctx context.Context, tx *store.Tx, a *inspect.Actor) (all []DueVisit, err error) {
	draws, err := tx.DrawsToVisit(ctx)
	if err != nil {
		return nil, err
	}
	me := a.ID.String()
	for n := range draws {
		d := &draws[n]
		if !slices.Contains(d.List.Pool, me) {
			continue
		}
		visited, err := tx.VisitedByDraw(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		picks, err := d.Picks()
		if err != nil {
			return nil, err
		}
		for _, p := range picks {
			target, err := inspect.ParseID(p.Target)
			if err != nil {
				return nil, err
			}
			if _, done := visited[target]; done || !slices.Contains(p.Inspectors, me) || slices.Contains(d.ReplacedTargets(), p.Target) {
				continue
			}
			due := DueVisit{Draw: d.ID, Purpose: d.Purpose, Subject: inspect.VisitPlace, Target: target, Since: d.UpdatedAt}
			for _, text := range p.Inspectors {
				if id, err := inspect.ParseID(text); err == nil && id != a.ID {
					due.With = append(due.With, id)
				}
			}
			all = append(all, due)
		}
	}
	return all, nil
}

// toRecheck are the visits in the actor's sight that did not pass and that nobody looked at again.
func toRecheck(ctx context.Context, tx *store.Tx, a *inspect.Actor) (all []DueVisit, err error) {
	failed, _, err := tx.Visits(ctx, store.VisitFilter{Failed: true, For: a, Limit: mostDue})
	if err != nil {
		return nil, err
	}
	for n := range failed {
		v := &failed[n].Visit
		w, err := jurisdictionOf(ctx, tx, v)
		if err != nil {
			return nil, err
		}
		if a.MayThroughout(inspect.MayVisit, w) && len(v.Failed()) > 0 {
			all = append(all, DueVisit{Rechecks: v.ID, Subject: v.Subject, Target: v.Target, Since: v.ReceivedAt, Last: v})
		}
	}
	return all, nil
}

// lookUp finds what a place or an area is, and its latest visit.
func lookUp(ctx context.Context, tx *store.Tx, due *DueVisit) (err error) {
	if due.Subject == inspect.VisitPlace {
		if due.Spot, _, err = tx.Spot(ctx, due.Target); err != nil {
			return err
		}
		due.Name, due.Kind = due.Spot.Name, due.Spot.Kind
	} else {
		area, _, err := tx.Area(ctx, due.Target)
		if err != nil {
			return err
		}
		due.Name = area.Name
	}
	if due.Last != nil {
		return nil
	}
	last, _, err := tx.Visits(ctx, store.VisitFilter{Target: due.Target, Limit: 1})
	if len(last) > 0 {
		due.Last = &last[0].Visit
	}
	return err
}
