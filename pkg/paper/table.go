package paper

// table is rows of cells; its head is repeated on every page.
type table struct {
	widths []float64 // of the columns, in points; together the width of the text block
	aligns []align   // of the columns; nil is to the left
	over   []string  // heads over the heads; neighbours that are equal are one
	head   []string
	body   [][]string // a row of fewer cells than columns ends with one over the rest
	forms  []rowForm  // of the rows of the body; nil is all plain
	size   float64    // of the type; 0 is that of a notice, with its lines and its ink
	keep   bool       // all of it on one page
	whole  bool       // no row is cut
	noted  bool       // its last row stands on one page with the note below it
	tall   float64    // points that a row of one line has at least
}

// rowForm is how a row of a table looks.
type rowForm uint8

const (
	plainRow rowForm = iota
	groupRow         // the head of the rows below it, repeated with the head of the table
	totalRow
	noteRow // over all columns, in the middle: that there is nothing
)

func (t table) texts() (all []string) {
	all = append(append(all, t.over...), t.head...)
	for _, cells := range t.body {
		all = append(all, cells...)
	}
	return all
}

// type and pitch of lines, and the room around a text, in points.
func (t table) measure() (size, lead, pad float64) {
	if t.size == 0 {
		return small4, tight, cellPad
	}
	return t.size, t.size * 1.35, t.size / 3
}

// lines is the ink of the frame.
func (t table) lines() ink {
	if t.size == 0 {
		return black
	}
	return silver
}

func (t table) form(n int) rowForm {
	if t.forms == nil {
		return plainRow
	}
	return t.forms[n]
}

// grid is the upright lines of a row of so many cells.
func (t table) grid(cells int) (all []float64) {
	x := 0.0
	for n, w := range t.widths {
		if n < cells {
			all = append(all, x)
		}
		x += w
	}
	return append(all, x)
}

// unbroken is how many lines a row of a table has at most that is kept on one page.
const unbroken = 8

// underHead is how many rows stand under the first head of a table at least, if it has as many, so that neither the head nor the heading over it is left
// behind with one.
const underHead = 3

func (t table) rows(*sheet, Pictures) (all []row) {
	var head *[]row
	if t.head != nil {
		set := t.heads()
		for n := range set {
			set[n].keep = true
		}
		all, head = append(all, set...), &set
	}
	under := head
	for n, cells := range t.body {
		form := t.form(n)
		set := t.line(cells, form)
		if form == groupRow || form == totalRow {
			under = head
		}
		keep := t.keep && n < len(t.body)-1 || form == groupRow || n+1 < len(t.body) && t.form(n+1) == totalRow || // a total does not stand alone
			t.whole && n < underHead-1 && n+1 < len(t.body) || t.noted && n == len(t.body)-1
		for k := range set {
			set[k].head = under
			set[k].keep = k < len(set)-1 && (t.keep || t.whole || len(set) <= unbroken) || keep
		}
		all = append(all, set...)
		if form == groupRow && head != nil {
			both := append(append([]row(nil), *head...), set...)
			for k := range both {
				both[k].head = nil
			}
			under = &both
		}
	}
	_, lead, _ := t.measure()
	return append(all, row{height: lead * pitch / 4 / tight, keep: t.noted})
}

// heads sets the head of the table.
func (t table) heads() []row {
	if t.size == 0 {
		return t.line(t.head, plainRow)
	}
	return []row{t.fullHead()}
}

func (t table) alignOf(n, cells int, form rowForm) align {
	switch {
	case form == noteRow:
		return toMiddle
	case t.aligns == nil || cells < len(t.widths):
		return toLeft
	}
	return t.aligns[n]
}

// line sets one row of cells, line by line.
func (t table) line(cells []string, form rowForm) []row {
	size, lead, pad := t.measure()
	grid := t.grid(len(cells))
	var set [][]line
	most := 1
	for n, cell := range cells {
		lines := setLines(cell, size, 0, grid[n+1]-grid[n]-2*pad)
		set, most = append(set, lines), max(most, len(lines))
	}
	rows := make([]row, most)
	for k := range rows {
		rows[k] = row{height: lead, grid: grid, begins: k == 0, ink: t.lines()}
		down := 0.0
		if k == 0 {
			down = pad
			rows[k].height += pad
		}
		if k == most-1 {
			rows[k].height += pad
			rows[k].height = max(rows[k].height, t.tall-float64(most-1)*lead)
		}
		rows[k].marks = t.ground(form, rows[k].height)
		for n, lines := range set {
			if k >= len(lines) {
				continue
			}
			m := mark{text: lines[k].text, size: size, align: t.alignOf(n, len(cells), form), y: down + (lead-size)/2 + ascent*size}
			m.x = grid[n] + pad + before(m.align, grid[n+1]-grid[n]-2*pad)
			if t.size == 0 {
				m.gap = lines[k].gap
			}
			if t.whole && most <= unbroken { // in the middle of the height of its row
				m.y += float64(most-len(lines)) * lead / 2
			}
			rows[k].marks = append(rows[k].marks, m)
		}
	}
	return rows
}

// ground is what lies behind a row.
func (t table) ground(form rowForm, height float64) []mark {
	last := t.grid(len(t.widths))
	switch form {
	case groupRow:
		return []mark{{fill: true, w: last[len(last)-1], h: height, ink: paler}}
	case totalRow:
		return []mark{{fill: true, w: last[len(last)-1], h: height, ink: paler}}
	}
	return nil
}
