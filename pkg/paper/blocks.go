package paper

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// block is a part of a paper: it can set itself in rows of a page, and write itself into a DOCX.
type block interface {
	rows(Pictures) []row
	write(*docx)
	texts() []string
}

// place of a text in the width of the page.
type align int

const (
	toLeft align = iota
	toMiddle
	toRight
)

// text is paragraphs of one size.
type text struct {
	body   string
	size   float64
	pitch  float64
	align  align
	indent int  // characters by which the first line begins further in
	inner  int  // characters that stay free at the right
	red    bool // as the name of the office over a paper of the state
	bold   bool // in the DOCX, whose readers have the fonts
	keep   bool // with what comes after it
}

func (t text) texts() []string { return []string{t.body} }

func (t text) rows(Pictures) (all []row) {
	room := textWidth - float64(t.inner)*t.size
	lines := setLines(t.body, t.size, float64(t.indent)*t.size, room)
	for n, l := range lines {
		m := mark{text: l.text, size: t.size, gap: l.gap, red: t.red, y: (t.pitch-t.size)/2 + ascent*t.size}
		switch {
		case t.align == toMiddle:
			m.gap, m.x = 0, centred(l.width, room)
		case t.align == toRight:
			m.gap, m.x = 0, max(0, room-l.width)
		case n == 0:
			m.x = float64(t.indent) * t.size
		}
		alone := n == 0 || n == len(lines)-2 // neither the first nor the last line stands alone
		all = append(all, row{height: t.pitch, marks: []mark{m}, keep: n < len(lines)-1 && alone || n == len(lines)-1 && t.keep})
	}
	return all
}

// space is room between blocks.
type space float64

func (s space) texts() []string     { return nil }
func (s space) rows(Pictures) []row { return []row{{height: float64(s), keep: true}} }

// rule is a line over the whole width.
type rule struct {
	red, dashed bool
	thick       float64
}

func (r rule) texts() []string { return nil }

func (r rule) rows(Pictures) []row {
	return []row{{height: 4 * mm, keep: true, marks: []mark{{rule: true, y: 2 * mm, w: textWidth, thick: r.thick, red: r.red, dashed: r.dashed}}}}
}

// table is rows of cells; its head is repeated on every page.
type table struct {
	widths []float64 // of the columns, in points; together textWidth
	head   []string
	body   [][]string
	keep   bool    // all of it on one page
	tall   float64 // points that a row of one line has at least
}

func (t table) texts() (all []string) {
	all = append(all, t.head...)
	for _, cells := range t.body {
		all = append(all, cells...)
	}
	return all
}

func (t table) grid() (all []float64) {
	x := 0.0
	for _, w := range t.widths {
		all = append(all, x)
		x += w
	}
	return append(all, x)
}

// unbroken is how many lines a row of a table has at most that is kept on one page.
const unbroken = 8

func (t table) rows(Pictures) (all []row) {
	var head *[]row
	if t.head != nil {
		set := t.line(t.head)
		for n := range set {
			set[n].keep = true
		}
		all, head = append(all, set...), &set
	}
	for n, cells := range t.body {
		set := t.line(cells)
		for k := range set {
			set[k].head = head
			set[k].keep = k < len(set)-1 && len(set) <= unbroken || t.keep && (n < len(t.body)-1 || k < len(set)-1)
		}
		all = append(all, set...)
	}
	return append(all, row{height: pitch / 4})
}

// line sets one row of cells, line by line.
func (t table) line(cells []string) []row {
	var set [][]line
	most := 1
	for n, cell := range cells {
		lines := setLines(cell, small4, 0, t.widths[n]-2*cellPad)
		set, most = append(set, lines), max(most, len(lines))
	}
	grid := t.grid()
	rows := make([]row, most)
	for k := range rows {
		rows[k] = row{height: tight, grid: grid, begins: k == 0}
		down := 0.0
		if k == 0 {
			down = cellPad
			rows[k].height += cellPad
		}
		if k == most-1 {
			rows[k].height += cellPad
			rows[k].height = max(rows[k].height, t.tall-float64(most-1)*tight)
		}
		for n, lines := range set {
			if k < len(lines) {
				l := lines[k]
				rows[k].marks = append(rows[k].marks, mark{text: l.text, size: small4, gap: l.gap, x: grid[n] + cellPad,
					y: down + (tight-small4)/2 + ascent*small4})
			}
		}
	}
	return rows
}

// figures are two pictures side by side, before and after, each with what stands below it.
type figures struct{ before, after figure }

// figure is a picture in its frame; without one the frame holds words.
type figure struct{ picture, empty, caption string }

// Measures of figures, in points.
const (
	figureGap    = 6 * mm
	figureWidth  = (textWidth - figureGap) / 2
	figureHeight = figureWidth * 3 / 4
)

func (f figures) texts() []string {
	return []string{f.before.empty, f.before.caption, f.after.empty, f.after.caption}
}

func (f figures) rows(p Pictures) []row {
	pictures := row{height: figureHeight + cellPad, keep: true}
	var captions [2][]line
	for n, g := range []figure{f.before, f.after} {
		x := float64(n) * (figureWidth + figureGap)
		pictures.marks = append(pictures.marks, g.marks(p, x)...)
		captions[n] = setLines(g.caption, small4, 0, figureWidth)
	}
	all := []row{pictures}
	for k := range max(len(captions[0]), len(captions[1])) {
		r := row{height: tight, keep: true}
		for n, lines := range captions {
			if k < len(lines) {
				x := float64(n)*(figureWidth+figureGap) + centred(lines[k].width, figureWidth)
				r.marks = append(r.marks, mark{text: lines[k].text, size: small4, x: x, y: (tight-small4)/2 + ascent*small4})
			}
		}
		all = append(all, r)
	}
	all[len(all)-1].keep = false
	return append(all, row{height: cellPad})
}

func (g figure) marks(p Pictures, x float64) []mark {
	if w, h, ok := fitted(p[g.picture], figureWidth, figureHeight); ok {
		return []mark{{picture: g.picture, x: x + centred(w, figureWidth), y: centred(h, figureHeight), w: w, h: h}}
	}
	box := []mark{{rule: true, x: x, w: figureWidth, thick: hairline}, {rule: true, x: x, y: figureHeight, w: figureWidth, thick: hairline},
		{rule: true, x: x, h: figureHeight, thick: hairline}, {rule: true, x: x + figureWidth, h: figureHeight, thick: hairline}}
	words := printed(clean(g.empty))
	return append(box, mark{text: words, size: small4, x: x + centred(width(words, small4), figureWidth), y: figureHeight / 2})
}
