package campaigns

import (
	"context"
	"slices"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/campaign"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// progress counts how far the groups of a campaign are today.
func (svc *Service) progress(ctx context.Context, tx *store.Tx, c *campaign.Campaign) (p campaign.Progress, err error) {
	formula, err := figures.ScoreFormula.In(ctx, tx)
	if err != nil {
		return p, err
	}
	reach, err := reachOf(ctx, tx, c)
	if err != nil {
		return p, err
	}
	today := svc.city.Today(tx)
	counter := campaign.NewCounter(c, reach, today, formula.WeekStart)
	for n, t := range c.Targets {
		if err := svc.facts(ctx, tx, c, t.Measure, func(f *campaign.Fact) { counter.Add(n, f) }); err != nil {
			return p, err
		}
	}
	return counter.Progress(today), nil
}

// facts calls f for whatever counts for a measure in the days of a campaign.
func (svc *Service) facts(ctx context.Context, tx *store.Tx, c *campaign.Campaign, m campaign.Measure, f func(*campaign.Fact)) error {
	first, err := calendar.ParseDay(string(c.Span.From))
	if err != nil {
		return err
	}
	last, err := calendar.ParseDay(string(c.Span.To))
	if err != nil {
		return err
	}
	from, until := closure.StartOfDay(first, svc.zone), closure.StartOfDay(last+1, svc.zone)
	return tx.CampaignFacts(ctx, m, c.Span, from, until, c.Categories, func(fact campaign.Fact, at inspect.Time) error {
		if at != 0 {
			fact.Day = inspect.DateOf(at, svc.zone)
		}
		f(&fact)
		return nil
	})
}

// reachOf finds all areas and units that lie below those of the groups.
func reachOf(ctx context.Context, tx *store.Tx, c *campaign.Campaign) (*campaign.Reach, error) {
	r := &campaign.Reach{Areas: map[inspect.ID][]int{}, Units: map[inspect.ID][]int{}}
	if !c.Area.IsZero() {
		inside, err := tx.SelfAndDescendants(ctx, store.AreaTree, c.Area)
		if err != nil {
			return nil, err
		}
		r.Inside = map[inspect.ID]bool{}
		for _, id := range inside {
			r.Inside[id] = true
		}
	}
	for n := range c.Groups {
		for _, part := range []struct {
			tree store.Tree
			tops []inspect.ID
			of   map[inspect.ID][]int
		}{{store.AreaTree, c.Groups[n].Areas, r.Areas}, {store.UnitTree, c.Groups[n].Units, r.Units}} {
			for _, top := range part.tops {
				below, err := tx.SelfAndDescendants(ctx, part.tree, top)
				if err != nil {
					return nil, err
				}
				for _, id := range below {
					if !slices.Contains(part.of[id], n) {
						part.of[id] = append(part.of[id], n)
					}
				}
			}
		}
	}
	return r, nil
}

// mostFacts is how many facts behind a figure are listed.
const mostFacts = 1_000

// Facts lists what is behind a figure of a campaign that is not closed: of one group, or of all for none. all is how many there are.
func (svc *Service) Facts(ctx context.Context, a *inspect.Actor, id, group inspect.ID, m campaign.Measure) (facts []campaign.Fact, names Names, all int,
	err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(c.Groups, func(g campaign.Group) bool { return g.ID == group })
		if n < 0 && !group.IsZero() {
			return inspect.UnknownField("/group", "the campaign has no such group")
		}
		reach, err := reachOf(ctx, tx, &c)
		if err != nil {
			return err
		}
		var areas, units []inspect.ID
		if err := svc.facts(ctx, tx, &c, m, func(f *campaign.Fact) {
			in := reach.GroupsOf(f)
			if len(in) == 0 || n >= 0 && !slices.Contains(in, n) {
				return
			}
			if all++; len(facts) < mostFacts {
				facts, areas, units = append(facts, *f), append(areas, f.Area), append(units, f.Unit)
			}
		}); err != nil {
			return err
		}
		if names.Areas, err = tx.NodeNames(ctx, store.AreaTree, areas); err != nil {
			return err
		}
		names.Units, err = tx.NodeNames(ctx, store.UnitTree, units)
		return err
	})
	return facts, names, all, err
}
