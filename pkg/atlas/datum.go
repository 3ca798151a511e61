package atlas

import (
	"spotcheck/pkg/geo"
)

// When a datum looks wrong: the offset between two is 19 to 700 m, which moves a border visibly and a city hardly.
const (
	mostOutside = 0.5  // of the points outside the city's box
	leastSpill  = 0.02 // of the areas outside their parents, below which nothing is suspected
	clearSpill  = 0.1  // from which on it is an error
	better      = 0.25 // how much less of it another datum has to leave
)

// datum holds the outlines against the city's box and against parents that the file does not bring itself.
func (p *plan) datum(rows []Row, box *geo.Box, declared geo.Datum) {
	if box != nil {
		p.cityBox(rows, *box)
	}
	now := p.spill(declared)
	if now < leastSpill {
		return
	}
	for _, other := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
		if other == declared || p.spill(other) > now*better {
			continue
		}
		severity := Warning
		if now >= clearSpill {
			severity = Error
		}
		p.tell(&Row{}, DatumSuspect, severity, nil, "as %s %.1f %% of the areas lie outside their parents, as %s only %.1f %%", declared, 100*now, other, 100*p.spill(other))
		return
	}
}

func (p *plan) cityBox(rows []Row, box geo.Box) {
	all, outside := 0, 0
	var first *Row
	for i := range rows {
		r := &rows[i]
		if r.Outline == nil {
			continue
		}
		n := r.Outline.Points()
		all += n
		if !box.Contains(*place(r.Outline)) {
			outside += n
			if first == nil {
				first = r
			}
		}
	}
	if all > 0 && float64(outside) > mostOutside*float64(all) {
		p.tell(first, DatumSuspect, Error, place(first.Outline),
			"%d of %d points belong to areas outside the city's box: wrong datum, swapped coordinates, or another city", outside, all)
	}
}

// spill is the share of the outlines, by area, that would lie outside parents of the register if the file were in a datum;
// 0 when there is nothing to compare.
func (p *plan) spill(datum geo.Datum) float64 {
	all, outside := 0.0, 0.0
	for _, n := range p.nodes {
		if !n.changed() || n.outline.Centre != nil || n.parent == nil || n.parent.changed() || !n.parent.surface() {
			continue
		}
		s := n.row.given.ToWGS84(datum)
		out, _ := geo.Uncovered(s, []*geo.Shape{n.parent.outline})
		all, outside = all+s.Area(), outside+out
	}
	if all == 0 {
		return 0
	}
	return outside / all
}
