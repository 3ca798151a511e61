package paper

// headCell is a cell of a head: over some columns, in one of its two rows or in both.
type headCell struct {
	text         string
	from, to     int // columns
	upper, lower bool
}

// headCells are the cells of a head, by columns.
func (t table) headCells() (all []headCell) {
	for n := 0; n < len(t.head); {
		if t.over == nil || t.over[n] == "" {
			all = append(all, headCell{t.head[n], n, n + 1, true, true})
			n++
			continue
		}
		to := n
		for to < len(t.head) && t.over[to] == t.over[n] {
			all = append(all, headCell{t.head[to], to, to + 1, false, true})
			to++
		}
		all = append(all, headCell{t.over[n], n, to, true, false})
		n = to
	}
	return all
}

// fullHead sets the head as one row that is not divided, its texts in the middle of their cells.
func (t table) fullHead() row {
	size, lead, pad := t.measure()
	grid := t.grid(len(t.widths))
	cells := t.headCells()
	set := make([][]line, len(cells))
	var upper, lower, both float64
	for n, c := range cells {
		set[n] = setLines(c.text, size, 0, grid[c.to]-grid[c.from]-pad)
		high := float64(len(set[n]))*lead + 2*pad
		switch {
		case c.upper && c.lower:
			both = max(both, high)
		case c.upper:
			upper = max(upper, high)
		default:
			lower = max(lower, high)
		}
	}
	lower = max(lower, both-upper)
	r := row{height: upper + lower, begins: true, marks: []mark{{fill: true, w: grid[len(grid)-1], h: upper + lower, ink: pale}}}
	for n, c := range cells {
		y, high := 0.0, upper+lower
		if !c.upper {
			y, high = upper, lower
		} else if !c.lower {
			high = upper
		}
		r.marks = append(r.marks, box(grid[c.from], y, grid[c.to]-grid[c.from], high)...)
		y += (high - float64(len(set[n]))*lead) / 2
		for k, l := range set[n] {
			r.marks = append(r.marks, mark{text: l.text, size: size, align: toMiddle, x: (grid[c.from] + grid[c.to]) / 2,
				y: y + float64(k)*lead + (lead-size)/2 + ascent*size})
		}
	}
	return r
}

// box is the frame of a cell.
func box(x, y, w, h float64) []mark {
	return []mark{{rule: true, x: x, y: y, w: w, thick: hairline, ink: silver}, {rule: true, x: x, y: y + h, w: w, thick: hairline, ink: silver},
		{rule: true, x: x, y: y, h: h, thick: hairline, ink: silver}, {rule: true, x: x + w, y: y, h: h, thick: hairline, ink: silver}}
}
