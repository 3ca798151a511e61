package inspect

import (
	"cmp"
	"slices"
)

// CoverageGapKind is what is wrong with a register of responsibility somewhere.
type CoverageGapKind string

// The kinds of gap.
const (
	NobodyResponsible  CoverageGapKind = "gap"   // nobody answers
	SeveralResponsible CoverageGapKind = "clash" // several answer with equal exactness
)

// CoverageGapKinds are all of them.
var CoverageGapKinds = []CoverageGapKind{NobodyResponsible, SeveralResponsible}

// UnmarshalText reads a kind of gap and refuses all else.
func (k *CoverageGapKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, CoverageGapKinds)
	return
}

// CoverageGap is a lowest area and a group for some of whose items nobody answers, or several do.
type CoverageGap struct {
	Kind   CoverageGapKind
	Area   ID
	Group  string
	Items  []string         // codes, in the order of the catalogue
	Rules  []Responsibility // of a clash: those that are equally exact, oldest first
	AreaAt int              // where the area stands among all areas
	ItemAt int              // where the group's first item stands in the catalogue
}

// CoverageGaps finds what nobody answers for on a day, and what several answer for: in every area that is in use and has none in use
// below, for every item that is in use, area by area. A rule whose unit is switched off must not be among the rules.
func CoverageGaps(areas []Area, items []Category, rules []Responsibility, on Date) (all []CoverageGap) {
	w := answering{items: items, of: map[ID][]*Responsibility{}, area: map[ID]*Area{}, met: map[ID]*answers{}}
	for n := range rules {
		if rules[n].InForce(on) {
			w.of[rules[n].Area] = append(w.of[rules[n].Area], &rules[n])
		}
	}
	inner := map[ID]bool{}
	for n := range areas {
		if w.area[areas[n].ID] = &areas[n]; areas[n].Enabled {
			inner[areas[n].Parent] = true
		}
	}
	for n, a := range areas {
		if !a.Enabled || inner[a.ID] {
			continue
		}
		for _, h := range w.gaps(w.answers(a.ID)) {
			h.Area, h.AreaAt = a.ID, n
			all = append(all, h)
		}
	}
	return all
}

// answering goes down the tree of areas. Areas without rules of their own share what holds above them.
type answering struct {
	items []Category
	of    map[ID][]*Responsibility // rules in force, by area
	area  map[ID]*Area
	met   map[ID]*answers
}

// answers are the most exact rules for each item, and the gaps that they leave.
type answers struct {
	best  [][]*Responsibility
	gaps  []CoverageGap
	known bool
}

func (w *answering) answers(id ID) *answers {
	if a := w.met[id]; a != nil {
		return a
	}
	above := &answers{best: make([][]*Responsibility, len(w.items))}
	w.met[id] = above // a tree has no loops; if it had one, it would end here
	if a := w.area[id]; a != nil && !a.Parent.IsZero() {
		above = w.answers(a.Parent)
	}
	w.met[id] = above
	if own := w.of[id]; len(own) > 0 {
		here := &answers{best: slices.Clone(above.best)}
		for n := range w.items {
			if best := mostExact(own, &w.items[n]); len(best) > 0 {
				here.best[n] = best
			}
		}
		w.met[id] = here
	}
	return w.met[id]
}

// mostExact gives those of an area's rules that are the most exact for an item.
func mostExact(rules []*Responsibility, item *Category) (best []*Responsibility) {
	for _, r := range rules {
		switch {
		case !r.fits(item.Code, item.Group):
		case len(best) == 0 || r.subject() > best[0].subject():
			best = []*Responsibility{r}
		case r.subject() == best[0].subject():
			best = append(best, r)
		}
	}
	return best
}

// gaps are those that some answers leave in any area, by group and kind.
func (w *answering) gaps(a *answers) []CoverageGap {
	if a.known {
		return a.gaps
	}
	a.known = true
	type key struct {
		group string
		kind  CoverageGapKind
	}
	at, first := map[key]int{}, map[string]int{}
	for n, item := range w.items {
		if _, ok := first[item.Group]; !ok {
			first[item.Group] = n
		}
		if !item.Enabled {
			continue
		}
		best := a.best[n]
		k := key{item.Group, SeveralResponsible}
		if len(best) == 0 {
			k.kind = NobodyResponsible
		} else if !slices.ContainsFunc(best, func(r *Responsibility) bool { return r.Unit != best[0].Unit }) {
			continue
		}
		if _, ok := at[k]; !ok {
			at[k] = len(a.gaps)
			a.gaps = append(a.gaps, CoverageGap{Kind: k.kind, Group: k.group, ItemAt: first[k.group]})
		}
		a.gaps[at[k]].add(item.Code, best)
	}
	return a.gaps
}

func (h *CoverageGap) add(code string, rules []*Responsibility) {
	h.Items = append(h.Items, code)
	for _, r := range rules {
		if !slices.ContainsFunc(h.Rules, func(o Responsibility) bool { return o.ID == r.ID }) {
			h.Rules = append(h.Rules, *r)
		}
	}
	slices.SortFunc(h.Rules, func(a, b Responsibility) int { return cmp.Compare(a.Number, b.Number) })
}
