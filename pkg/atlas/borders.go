package atlas

import (
	"cmp"
	"fmt"
	"slices"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// What is a sliver, as a share of the smaller of two areas. Neighbours that were drawn one by one seldom share every point
// of their border.
const (
	sliver      = 0.01
	speck       = 0.0005
	speckM2     = 100 // m²
	gapShare    = 0.001
	outsideMost = 0.5 // of an area outside its parent: then it cannot be its parent
)

// borders holds outlines against those beside, above and below.
func (p *plan) borders() {
	p.overlaps()
	p.insideParents()
	p.gaps()
}

// surface says whether the outline is a polygon; lines of one level cross at every junction.
func (n *node) surface() bool { return n.Enabled && n.outline != nil && len(n.outline.Polygons) > 0 }

func (n *node) changed() bool { return n.row != nil && n.row.Outline != nil }

// overlaps looks at every two areas of one level whose boxes meet.
func (p *plan) overlaps() {
	levels := map[inspect.AreaLevel][]*node{}
	for _, n := range p.nodes {
		if n.surface() {
			levels[n.Level] = append(levels[n.Level], n)
		}
	}
	for _, level := range inspect.AreaLevels {
		all := levels[level]
		slices.SortStableFunc(all, func(a, b *node) int { return cmp.Compare(a.box.West, b.box.West) })
		for i, a := range all {
			for _, b := range all[i+1:] {
				if b.box.West > a.box.East {
					break
				}
				if (a.changed() || b.changed()) && a.box.Intersects(b.box) {
					p.overlap(a, b)
				}
			}
		}
	}
}

func (p *plan) overlap(a, b *node) {
	shared, at := geo.Overlap(a.outline, b.outline)
	share := shared / min(a.outline.Area(), b.outline.Area())
	severity := Warning
	switch {
	case share > sliver:
		severity = Error
	case share < speck || shared < speckM2:
		return
	}
	if !b.changed() || a.changed() && a.row.N > b.row.N {
		a, b = b, a // told of the later row
	}
	p.tell(b.row, Overlaps, severity, &at, "shares %.0f m² with %s %s, %.2f %% of the smaller of the two", shared, a.Code, a.Name, 100*share)
}

func (p *plan) insideParents() {
	for _, n := range p.nodes {
		if !n.changed() || n.parent == nil || n.parent.outline == nil || n.outline.Centre != nil || n.parent.outline.Centre != nil {
			continue
		}
		outside, at := geo.Uncovered(n.outline, []*geo.Shape{n.parent.outline})
		share := outside / n.outline.Area()
		severity := Warning
		switch {
		case share > outsideMost:
			severity = Error
		case share < sliver:
			continue
		}
		p.tell(n.row, OutOfParent, severity, &at, "%.2f %% of it, %.0f m², lie outside %s %s", 100*share, outside, n.parent.Code, n.parent.Name)
	}
}

// gaps looks at parents all of whose areas of a level have outlines.
func (p *plan) gaps() {
	type family struct {
		parent *node
		level  inspect.AreaLevel
	}
	parts, rows, whole := map[family][]*geo.Shape{}, map[family]*Row{}, map[family]bool{}
	var order []family
	for _, n := range p.nodes {
		if n.parent == nil || !n.parent.surface() || !n.Enabled {
			continue
		}
		f := family{n.parent, n.Level}
		if _, seen := whole[f]; !seen {
			order, whole[f] = append(order, f), true
		}
		if !n.surface() {
			whole[f] = false
			continue
		}
		parts[f] = append(parts[f], n.outline)
		if n.changed() || n.parent.changed() {
			rows[f] = cmp.Or(n.parent.row, rows[f], n.row)
		}
	}
	for _, f := range order {
		if !whole[f] || rows[f] == nil {
			continue
		}
		gap, at := geo.Uncovered(f.parent.outline, parts[f])
		if share := gap / f.parent.outline.Area(); share >= gapShare {
			p.found = append(p.found, Finding{Row: rows[f].N, Code: f.parent.Code, Kind: Gap, Severity: Warning, At: &at,
				Detail: fmt.Sprintf("%.2f %% of %s, %.0f m², lie in no %s of it", 100*share, f.parent.Name, gap, f.level)})
		}
	}
}
