package duties

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// Bounds of the search for gaps in the register of responsibility.
const (
	gapAreas  = 50_000 // areas looked at
	gapRules  = 50_000 // rules in force looked at
	gapIssues = 50_000 // newest issues counted

)

// CoverageGap is a gap in the register of responsibility with its weight: the issues about it among the newest.
type CoverageGap struct {
	inspect.CoverageGap
	AreaName string
	Units    map[inspect.ID]string // names of those that clash
	store.IssueTally
}

// CoverageGaps is a page of them, heaviest first.
type CoverageGaps struct {
	Gaps   []CoverageGap
	Total  int
	Looked int       // issues that were counted
	Whole  bool      // every area and rule was looked at
	Next   *GapPlace // nil at the end
}

// GapPlace is where a page of gaps ended.
type GapPlace struct{ Issues, Area, Item, Kind int64 }

func placeOf(h *CoverageGap) GapPlace {
	kind := int64(slices.Index(inspect.CoverageGapKinds, h.Kind))
	return GapPlace{int64(h.All), int64(h.AreaAt), int64(h.ItemAt), kind}
}

// compare orders gaps: the most issues first, then as areas and items came.
func (p GapPlace) compare(o GapPlace) int {
	return cmp.Or(cmp.Compare(o.Issues, p.Issues), cmp.Compare(p.Area, o.Area), cmp.Compare(p.Item, o.Item), cmp.Compare(p.Kind, o.Kind))
}

// GapFilter says which gaps a list has. What is empty does not filter.
type GapFilter struct {
	Kind inspect.CoverageGapKind
	Text string // part of the name of the area, of the group, or of an item's code or name
}

func (f *GapFilter) takes(h *CoverageGap, items []inspect.Category) bool {
	if f.Kind != "" && h.Kind != f.Kind {
		return false
	}
	wanted := strings.ToLower(f.Text)
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) }
	return has(h.AreaName) || has(h.Group) || slices.ContainsFunc(items, func(v inspect.Category) bool {
		return (has(v.Code) || has(v.NameZH) || has(v.NameEN)) && slices.Contains(h.Items, v.Code)
	})
}

// Gaps gives a page of the areas and groups in the actor's scope that nobody answers for, or that several do.
func (svc *Service) Gaps(ctx context.Context, a *inspect.Actor, f GapFilter, after *GapPlace, limit int) (page CoverageGaps, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return page, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		page, err = svc.gaps(ctx, tx, a, f, after, limit)
		return err
	})
	return page, err
}

func (svc *Service) gaps(ctx context.Context, tx *store.Tx, a *inspect.Actor, f GapFilter, after *GapPlace, limit int) (page CoverageGaps, err error) {
	areas, err := tx.FirstAreas(ctx, gapAreas+1)
	if err != nil {
		return page, err
	}
	items, err := tx.Categories(ctx)
	if err != nil {
		return page, err
	}
	rules, err := tx.ResponsibilitiesInForce(ctx, svc.city.Today(tx), gapRules+1)
	if err != nil {
		return page, err
	}
	tallies, looked, err := tx.RecentTallies(ctx, gapIssues)
	if err != nil {
		return page, err
	}
	page.Whole, page.Looked = len(areas) <= gapAreas && len(rules) <= gapRules, looked
	within := sightOf(a, areas)
	for _, found := range inspect.CoverageGaps(areas, items, rules, svc.city.Today(tx)) {
		h := CoverageGap{CoverageGap: found, AreaName: areas[found.AreaAt].Name}
		if !f.takes(&h, items) || !within(h.Area) {
			continue
		}
		for _, code := range h.Items {
			t := tallies[store.TallyKey{Area: h.Area, Category: code}]
			h.All, h.Open = h.All+t.All, h.Open+t.Open
		}
		page.Total++
		if after == nil || after.compare(placeOf(&h)) < 0 {
			page.Gaps = append(page.Gaps, h)
		}
	}
	slices.SortFunc(page.Gaps, func(a, b CoverageGap) int { return placeOf(&a).compare(placeOf(&b)) })
	if len(page.Gaps) > limit {
		page.Gaps = page.Gaps[:limit]
		last := placeOf(&page.Gaps[limit-1])
		page.Next = &last
	}
	return page, nameClashes(ctx, tx, page.Gaps)
}

// sightOf says which areas lie in the scopes by which somebody sees who is responsible.
func sightOf(a *inspect.Actor, areas []inspect.Area) func(inspect.ID) bool {
	parents := make(map[inspect.ID]inspect.ID, len(areas))
	for _, v := range areas {
		parents[v.ID] = v.Parent
	}
	return func(id inspect.ID) bool {
		var w inspect.Jurisdiction
		for n := 0; !id.IsZero() && n < len(areas); n++ {
			w.Areas = append(w.Areas, id)
			id = parents[id]
		}
		return a.May(inspect.MaySeeDuties, &inspect.Issue{}, w)
	}
}

func nameClashes(ctx context.Context, tx *store.Tx, gaps []CoverageGap) error {
	var units []inspect.ID
	for _, h := range gaps {
		for _, r := range h.Rules {
			units = issues.AppendID(units, r.Unit)
		}
	}
	names, err := tx.NodeNames(ctx, store.UnitTree, units)
	for n := range gaps {
		gaps[n].Units = names
	}
	return err
}
