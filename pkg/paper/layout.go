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
	size5    = 10.5 // 五号
	size6    = 7.5  // 六号
	pitch    = textHeight / 22
	tight    = 18.0 // pitch of the lines of tables
	cellPad  = 4.0  // points between the text of a cell and its frame
	ascent   = 0.88 // of the size that stand above the baseline
	hairline = 0.5
)

// sheet is a page with its text block, in points.
type sheet struct {
	width, height float64
	left, top     float64
	room, depth   float64 // width and height of the text block
	foot          float64 // size of the number of the page
	runner        string  // runs over the text block from the second page on
}

// statePage is the page of a notice.
var statePage = sheet{width: pageWidth, height: pageHeight, left: left, top: top, room: textWidth, depth: textHeight, foot: size4}

// ink is a colour.
type ink uint8

// The inks of all papers: few, and told apart in grey too.
const (
	black ink = iota
	red       // of the name of the office over a paper of the state, and the line under it
	grey
	silver // of the lines of tables
	pale   // behind heads of tables
	paler  // behind totals
	blue
	orange
	green
	white
)

var inks = [...][3]uint8{black: {}, red: {0xd0, 0, 0}, grey: {0x70, 0x70, 0x70}, silver: {0x90, 0x98, 0xa4}, pale: {0xdf, 0xe7, 0xf1},
	paler: {0xf1, 0xf4, 0xf8}, blue: {0x1f, 0x5f, 0xa8}, orange: {0xe0, 0x8a, 0x1e},
	green: {0x2f, 0x8f, 0x5b}, white: {0xff, 0xff, 0xff}}

// mark is one thing on a page, in points from its upper left corner.
type mark struct {
	x, y    float64 // of a text a place on its baseline, of other things the upper left corner
	w, h    float64 // of a picture or a fill; of a rule where it ends, seen from its beginning
	text    string
	align   align // of the text at its place
	size    float64
	gap     float64
	picture string // id of the photo
	rule    bool
	thick   float64
	fill    bool
	ink     ink
	dashed  bool
	chapter string // that begins with this text; readers list it beside the pages
}

// row is a strip of the page that is not divided. Its marks are placed from its upper left corner in the text block.
type row struct {
	height float64
	marks  []mark
	keep   bool      // it stands on one page with the row after it
	grid   []float64 // upright lines of a table, from the left of the text block
	begins bool      // a row of the table begins with it
	head   *[]row    // what is repeated above it on a new page
	ink    ink       // of the lines of the table
	ends   bool      // the page ends with it
}

// page is what stands on one side.
type page struct {
	*sheet
	marks []mark
}

// paginate puts rows on pages, as many as come after so many others.
func (s *sheet) paginate(rows []row, after int) (pages []page) {
	for len(rows) > 0 {
		if rows[0].marks == nil && rows[0].grid == nil && after+len(pages) > 0 { // no room is left free above
			rows = rows[1:]
			continue
		}
		n := s.unlonely(rows, s.filling(rows))
		pages = append(pages, page{s, s.place(rows[:n])})
		rows = rows[n:]
		if len(rows) > 0 && rows[0].head != nil && highOf(*rows[0].head)+rows[0].height <= s.depth/2 { // a head that leaves no room is not repeated
			rows = slices.Concat(*rows[0].head, rows)
		}
	}
	for n := range pages {
		p := &pages[n]
		p.marks = append(p.marks, s.pageNumber(after+n+1))
		if s.runner != "" && after+n > 0 {
			p.marks = append(p.marks, s.running()...)
		}
	}
	return pages
}

func highOf(rows []row) (high float64) {
	for _, r := range rows {
		high += r.height
	}
	return high
}

// filling is how many rows the next page takes, at least one more than the head that is repeated on it.
func (s *sheet) filling(rows []row) int {
	used, n := 0.0, 0
	for n < len(rows) && used+rows[n].height <= s.depth+0.01 {
		used += rows[n].height
		n++
		if rows[n-1].ends {
			return n
		}
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

// lonely is the least height in points of what stands on a last page, some rows of a table.
const lonely = 80.0

// unlonely is how many of the rows of a page stay on it, so that what comes after them, when it is the last page, is more than a row or two.
func (s *sheet) unlonely(rows []row, n int) int {
	rest, shows := 0.0, false
	for _, r := range rows[n:] {
		if rest += r.height; rest >= lonely {
			return n
		}
		shows = shows || r.marks != nil || r.grid != nil
	}
	if !shows || rows[n-1].ends {
		return n
	}
	for at := n - 1; at > n/2; at-- {
		if rest += rows[at].height; rest >= lonely && !rows[at-1].keep {
			return at
		}
	}
	return n
}

func (s *sheet) place(rows []row) (p []mark) {
	y := s.top
	for n, r := range rows {
		for _, m := range r.marks {
			m.x, m.y = m.x+s.left, m.y+y
			p = append(p, m)
		}
		if r.grid != nil {
			p = append(p, s.frame(r, y, n == 0, n == len(rows)-1 || rows[n+1].grid == nil)...)
		}
		y += r.height
	}
	return p
}

// frame is the lines of a row of a table.
func (s *sheet) frame(r row, y float64, first, last bool) (p []mark) {
	from, to := s.left+r.grid[0], s.left+r.grid[len(r.grid)-1]
	for _, x := range r.grid {
		p = append(p, mark{rule: true, x: s.left + x, y: y, h: r.height, thick: hairline, ink: r.ink})
	}
	if first || r.begins {
		p = append(p, mark{rule: true, x: from, y: y, w: to - from, thick: hairline, ink: r.ink})
	}
	if last {
		p = append(p, mark{rule: true, x: from, y: y + r.height, w: to - from, thick: hairline, ink: r.ink})
	}
	return p
}

// pageNumber stands 7 mm below the text block: to the right on odd pages, to the left on even ones, one character in.
func (s *sheet) pageNumber(n int) mark {
	text := "— " + itoa(n) + " —"
	m := mark{text: text, size: s.foot, x: s.left + s.foot, y: s.top + s.depth + 7*mm + 0.3*s.foot}
	if n%2 == 1 {
		m.x = s.left + s.room - s.foot - width(text, s.foot)
	}
	return m
}

// running says on every page but the first what it is a page of.
func (s *sheet) running() []mark {
	return []mark{{text: s.runner, size: size6, ink: grey, x: s.left, y: s.top - 5*mm},
		{rule: true, x: s.left, y: s.top - 3.5*mm, w: s.room, thick: hairline, ink: grey}}
}

// centred is where something so wide begins in the middle of some room.
func centred(w, room float64) float64 { return max(0, (room-w)/2) }
