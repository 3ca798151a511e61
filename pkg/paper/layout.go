package paper

import "slices"

// Measures of a page in points, as pages of the state look: A4 with the text block of GB/T 9704.
const (
	mm         = 72 / 25.4
	pageWidth  = 210 * mm
	pageHeight = 297 * mm
	left       = 28 * mm
	top        = 37 * mm
	textWidth  = 156 * mm
	textHeight = 225 * mm
)

// Sizes of type in points, by their Chinese names, and the pitch of lines of the body: 22 to a page.
const (
	size1    = 26.0 // 一号
	size2    = 22.0 // 二号
	size3    = 16.0 // 三号
	size4    = 14.0 // 四号
	small4   = 12.0 // 小四
	pitch    = textHeight / 22
	tight    = 18.0 // pitch of the lines of tables
	cellPad  = 4.0  // points between the text of a cell and its frame
	ascent   = 0.88 // of the size that stand above the baseline
	hairline = 0.5
)

// mark is one thing on a page, in points from its upper left corner.
type mark struct {
	x, y    float64 // of a text the beginning of its baseline, of other things the upper left corner
	w, h    float64 // of a picture; of a rule where it ends, seen from its beginning
	text    string
	size    float64
	gap     float64
	picture string // id of the photo
	rule    bool
	thick   float64
	red     bool
	dashed  bool
}

// row is a strip of the page that is not divided. Its marks are placed from its upper left corner in the text block.
type row struct {
	height float64
	marks  []mark
	keep   bool      // it stands on one page with the row after it
	grid   []float64 // upright lines of a table, from the left of the text block
	begins bool      // a row of the table begins with it
	head   *[]row    // what is repeated above it on a new page
}

// page is what stands on one side.
type page []mark

// paginate puts rows on pages.
func paginate(rows []row) (pages []page) {
	for len(rows) > 0 {
		if rows[0].marks == nil && rows[0].grid == nil && len(pages) > 0 { // no room is left free above
			rows = rows[1:]
			continue
		}
		n := filling(rows)
		pages = append(pages, place(rows[:n]))
		rows = rows[n:]
		if len(rows) > 0 && rows[0].head != nil {
			rows = slices.Concat(*rows[0].head, rows)
		}
	}
	for n := range pages {
		pages[n] = append(pages[n], pageNumber(n+1))
	}
	return pages
}

// filling is how many rows the next page takes, at least one more than the head that is repeated on it.
func filling(rows []row) int {
	used, n := 0.0, 0
	for n < len(rows) && used+rows[n].height <= textHeight+0.01 {
		used += rows[n].height
		n++
	}
	if n == len(rows) {
		return n
	}
	least := 1
	for least < len(rows) && rows[least-1].keep && rows[least-1].head == nil && rows[least].head != nil { // the repeated head
		least++
	}
	for at := n; at > least; at-- {
		if !rows[at-1].keep {
			return at
		}
	}
	return max(n, 1)
}

func place(rows []row) (p page) {
	y := top
	for n, r := range rows {
		for _, m := range r.marks {
			m.x, m.y = m.x+left, m.y+y
			p = append(p, m)
		}
		if r.grid != nil {
			p = append(p, frame(r, y, n == 0, n == len(rows)-1 || rows[n+1].grid == nil)...)
		}
		y += r.height
	}
	return p
}

// frame is the lines of a row of a table.
func frame(r row, y float64, first, last bool) (p page) {
	from, to := left+r.grid[0], left+r.grid[len(r.grid)-1]
	for _, x := range r.grid {
		p = append(p, mark{rule: true, x: left + x, y: y, h: r.height, thick: hairline})
	}
	if first || r.begins {
		p = append(p, mark{rule: true, x: from, y: y, w: to - from, thick: hairline})
	}
	if last {
		p = append(p, mark{rule: true, x: from, y: y + r.height, w: to - from, thick: hairline})
	}
	return p
}

// pageNumber stands 7 mm below the text block: to the right on odd pages, to the left on even ones, one character in.
func pageNumber(n int) mark {
	text := "— " + itoa(n) + " —"
	m := mark{text: text, size: size4, x: left + size4, y: top + textHeight + 7*mm + 0.3*size4}
	if n%2 == 1 {
		m.x = left + textWidth - size4 - width(text, size4)
	}
	return m
}

// centred is where something so wide begins in the middle of some room.
func centred(w, room float64) float64 { return max(0, (room-w)/2) }
