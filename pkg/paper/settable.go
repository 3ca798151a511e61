package paper

import "slices"

// Sizes of type in tables, in points: the largest at which the columns have the room that they like, or from legible
// downwards the room that they need.
var tableSizes = []float64{9, 8.5, 8, 7.5, 7, 6.5, 6}

const legible = 8.0

// fit says how columns lie in the width of a page.
type fit uint8

const (
	broken  fit = iota // figures would have to be broken
	tightly            // texts have their least room
	roomy              // texts have their lines of up to likes characters
)

// likes is how many characters a text in a table likes to have in a line.
const likes = 14

// table makes the blocks of a table.
func (d *Document) table(t *Table, s *sheet) (all []block) {
	if t.Caption != "" {
		all = append(all, space(4), text{body: t.Caption, size: size5, pitch: 18, keep: true, level: 3})
	}
	all = append(all, d.grid(t, s.room))
	for n, note := range t.Notes {
		all = append(all, text{body: note, size: 8.5, pitch: 12, ink: grey, keep: n < len(t.Notes)-1})
	}
	return append(all, space(4))
}

// together is how many rows a table has at most that stands on one page.
const together = 8

// grid is the table itself.
func (d *Document) grid(t *Table, room float64) table {
	set := table{whole: true, keep: len(t.Rows) <= together, noted: len(t.Notes) > 0, head: make([]string, len(t.Columns)), aligns: make([]align, len(t.Columns))}
	for n, c := range t.Columns {
		set.head[n], set.aligns[n] = c.Head, c.Kind.align()
	}
	if slices.ContainsFunc(t.Columns, func(c Column) bool { return c.GroupHead != "" }) {
		for _, c := range t.Columns {
			set.over = append(set.over, c.GroupHead)
		}
	}
	for _, r := range t.Rows {
		form, cells := r.set(len(t.Columns))
		set.body, set.forms = append(set.body, cells), append(set.forms, form)
	}
	if len(t.Rows) == 0 {
		set.body, set.forms = [][]string{{d.empty(t)}}, []rowForm{noteRow}
	}
	for _, set.size = range tableSizes {
		var fit fit
		if set.widths, fit = t.widths(set.size, room); fit == roomy || fit == tightly && set.size <= legible {
			break
		}
	}
	return set
}

// empty is what a table without rows says.
func (d *Document) empty(t *Table) string {
	if t.Empty != "" {
		return t.Empty
	}
	return d.say("无", "none")
}

// set gives the texts of a row, one for each column.
func (r *Row) set(columns int) (rowForm, []string) {
	if r.Group != "" {
		return groupRow, []string{r.Group}
	}
	cells := make([]string, columns)
	for n := range min(columns, len(r.Cells)) {
		cells[n] = r.Cells[n].Text
	}
	if r.Total {
		return totalRow, cells
	}
	return plainRow, cells
}

// align is where values of a kind stand in their column.
func (k ValueKind) align() align {
	switch k {
	case Text, "":
		return toLeft
	case DateTime, Day, None:
		return toMiddle
	}
	return toRight
}

// widths are those of the columns at a size of type, together room.
func (t *Table) widths(size, room float64) ([]float64, fit) {
	pad := 2*size/3 + 1
	all := make([]float64, len(t.Columns))
	weights := make([]float64, len(t.Columns))
	used, weight, liked := 0.0, 0.0, 0.0
	for n, c := range t.Columns {
		natural := t.natural(n, size) + pad
		if c.Kind == Text || c.Kind == "" {
			natural = max(natural, min(width(c.Head, size), 6*size)+pad)
			all[n] = min(natural, max(4*size, width(c.Head, size)/3, min(t.word(n, size), 14*size))+pad) // the least
			weights[n] = max(0, min(natural, 30*size)-all[n])
			liked += max(0, min(natural, likes*size)-all[n])
			if c.Width > 0 {
				weights[n] = c.Width * room
			}
		} else {
			all[n] = max(natural, headRoom(c.Head, size)+pad)
		}
		used, weight = used+all[n], weight+weights[n]
	}
	how := broken
	if used+liked <= room {
		how = roomy
	} else if used <= room {
		how = tightly
	}
	switch rest := room - used; {
	case rest < 0 || weight == 0:
		for n := range all {
			all[n] *= room / used
		}
	case rest < weight:
		for n := range all {
			all[n] += rest * weights[n] / weight
		}
	default: // there is more room than anybody needs
		for n := range all {
			all[n] += weights[n]
			all[n] *= room / (used + weight)
		}
	}
	return all, how
}

// natural is the width of the widest text of a column.
func (t *Table) natural(n int, size float64) (wide float64) {
	for _, r := range t.Rows {
		if r.Group != "" || n >= len(r.Cells) {
			continue
		}
		for _, l := range setLines(r.Cells[n].Text, size, 0, pageHeight) {
			wide = max(wide, l.width)
		}
	}
	return wide
}

// word is the width of the widest word of a column that a line does not break.
func (t *Table) word(n int, size float64) (wide float64) {
	for _, r := range t.Rows {
		if r.Group == "" && n < len(r.Cells) {
			wide = max(wide, longestWord(r.Cells[n].Text, size))
		}
	}
	return wide
}

// headRoom is what a head needs that may be set in up to four lines of at least two characters.
func headRoom(head string, size float64) float64 {
	return max(min(2*size, width(head, size)), width(head, size)/4+size/2, longestWord(head, size))
}

// longestWord is the width of the widest word that a line does not break.
func longestWord(text string, size float64) (wide float64) {
	for _, w := range wordsIn(printed(clean(text))) {
		wide = max(wide, width(w, size))
	}
	return wide
}
