package paper

import "slices"

func (t table) write(d *docx) {
	d.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(d.room) + `" w:type="dxa"/>` + borders + `<w:tblLayout w:type="fixed"/>` + t.margins() + `</w:tblPr><w:tblGrid>`)
	for _, w := range t.widths {
		d.WriteString(`<w:gridCol w:w="` + twips(w) + `"/>`)
	}
	d.WriteString(`</w:tblGrid>`)
	t.writeHeads(d)
	for n, cells := range t.body {
		t.writeRow(d, cells, t.form(n))
	}
	d.WriteString(`</w:tbl>`)
	space(pitch / 4).write(d) // also keeps two tables apart
}

func (t table) margins() string {
	if t.size == 0 {
		return cellMargins
	}
	_, _, pad := t.measure()
	sides := ""
	for _, side := range []string{"top", "left", "bottom", "right"} {
		sides += `<w:` + side + ` w:w="` + twips(pad) + `" w:type="dxa"/>`
	}
	return `<w:tblCellMar>` + sides + `</w:tblCellMar>`
}

// writeHeads writes the rows that are repeated on every page.
func (t table) writeHeads(d *docx) {
	switch {
	case t.head == nil:
		return
	case t.size == 0:
		t.beginRow(d, `<w:tblHeader/>`)
		for n, text := range t.head {
			t.cell(d, text, docxCell{from: n, to: n + 1})
		}
		d.WriteString(`</w:tr>`)
		return
	}
	cells := t.headCells()
	if t.over != nil {
		t.beginRow(d, `<w:tblHeader/>`)
		for n := 0; n < len(t.head); {
			c := upperCell(cells, n)
			merge := ""
			if c.lower {
				merge = `<w:vMerge w:val="restart"/>`
			}
			t.cell(d, c.text, docxCell{from: c.from, to: c.to, align: toMiddle, ground: pale, merge: merge})
			n = c.to
		}
		d.WriteString(`</w:tr>`)
	}
	t.beginRow(d, `<w:tblHeader/>`)
	for n := range t.head {
		c := lowerCell(cells, n)
		text, merge := c.text, ""
		if c.upper && t.over != nil {
			text, merge = "", `<w:vMerge/>`
		}
		t.cell(d, text, docxCell{from: n, to: n + 1, align: toMiddle, ground: pale, merge: merge})
	}
	d.WriteString(`</w:tr>`)
}

// upperCell is the cell over a column in the upper row of a head, lowerCell that in its lower row.
func upperCell(cells []headCell, n int) headCell {
	return cellOver(n, cells, func(c headCell) bool { return c.upper })
}

func lowerCell(cells []headCell, n int) headCell {
	return cellOver(n, cells, func(c headCell) bool { return c.lower })
}

func cellOver(n int, cells []headCell, in func(headCell) bool) headCell {
	at := slices.IndexFunc(cells, func(c headCell) bool { return c.from <= n && n < c.to && in(c) })
	if at < 0 {
		return headCell{}
	}
	return cells[at]
}

func (t table) beginRow(d *docx, more string) {
	d.WriteString(`<w:tr><w:trPr>`)
	if t.keep || t.whole || more != "" {
		d.WriteString(`<w:cantSplit/>`)
	}
	_, lead, pad := t.measure()
	high := max(t.tall, lead+2*pad)
	if more != "" && t.over != nil { // a cell over both rows of the head makes neither of them higher
		high = max(high, t.fullHead().height/2+lead/2)
	}
	d.WriteString(`<w:trHeight w:val="` + twips(high) + `"/>` + more + `</w:trPr>`)
}

func (t table) writeRow(d *docx, cells []string, form rowForm) {
	t.beginRow(d, "")
	ground := white
	if form == groupRow || form == totalRow {
		ground = paler
	}
	for n, text := range cells {
		to := n + 1
		if n == len(cells)-1 {
			to = len(t.widths)
		}
		t.cell(d, text, docxCell{from: n, to: to, align: t.alignOf(n, len(cells), form), ground: ground, keep: t.keep || form == groupRow})
	}
	d.WriteString(`</w:tr>`)
}

// docxCell is how a cell lies in its row.
type docxCell struct {
	from, to int // columns
	align    align
	ground   ink
	merge    string // with the cell above or below
	keep     bool   // on one page with the row after it
}

func (t table) cell(d *docx, text string, c docxCell) {
	wide := 0.0
	for n := c.from; n < c.to; n++ {
		wide += t.widths[n]
	}
	d.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + twips(wide) + `" w:type="dxa"/>`)
	if c.to-c.from > 1 {
		d.WriteString(`<w:gridSpan w:val="` + itoa(c.to-c.from) + `"/>`)
	}
	d.WriteString(c.merge)
	if c.ground == pale || c.ground == paler {
		d.WriteString(`<w:shd w:val="clear" w:color="auto" w:fill="` + hexOf(c.ground) + `"/>`)
	}
	if t.whole {
		d.WriteString(`<w:vAlign w:val="center"/>`)
	}
	d.WriteString(`</w:tcPr><w:p><w:pPr>`)
	if c.keep {
		d.WriteString(`<w:keepNext/>`)
	}
	size, lead, _ := t.measure()
	d.WriteString(`<w:spacing w:line="` + twips(lead) + `" w:lineRule="exact"/>`)
	if c.align != toLeft {
		d.WriteString(`<w:jc w:val="` + alignments[c.align] + `"/>`)
	}
	d.WriteString(`</w:pPr>`)
	d.run(text, letters{size: size})
	d.WriteString(`</w:p></w:tc>`)
}
