package inspections

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// KindGrades is how the places of a kind stand by their latest visits.
type KindGrades struct {
	Kind      inspect.SpotKind
	Places    int            // in use today
	Visited   int            // ever
	Graded    int            // with any grade by the latest visit
	ByGrade   map[string]int // of those with a grade
	Ungraded  int            // visited, and below every grade or failed by a veto
	Unvisited int
}

// PlaceGrades counts the places that are in use today by kind and grade of their latest visit, within an area or in the whole city.
func (svc *Service) PlaceGrades(ctx context.Context, a *inspect.Actor, area inspect.ID) (all []KindGrades, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		line, err := tx.SelfAndAncestors(ctx, store.AreaTree, area)
		if err != nil {
			return err
		}
		if len(line) == 0 && !area.IsZero() {
			return inspect.ErrNotFound
		}
		if !a.MayThroughout(inspect.MaySeeVisits, inspect.Jurisdiction{Areas: line}) {
			return inspect.ErrForbidden
		}
		counts, err := tx.GradeCounts(ctx, area, svc.city.Today(tx))
		if err != nil {
			return err
		}
		for _, c := range counts {
			if len(all) == 0 || all[len(all)-1].Kind != c.Kind {
				all = append(all, KindGrades{Kind: c.Kind, ByGrade: map[string]int{}})
			}
			k := &all[len(all)-1]
			switch k.Places += c.Places; {
			case !c.Visited:
				k.Unvisited += c.Places
			case c.Grade == "":
				k.Visited, k.Ungraded = k.Visited+c.Places, k.Ungraded+c.Places
			default:
				k.Visited, k.Graded = k.Visited+c.Places, k.Graded+c.Places
				k.ByGrade[c.Grade] += c.Places
			}
		}
		return nil
	})
	return all, err
}
