package paper

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// block is a part of a paper: it can set itself in rows of a page, and write itself into a DOCX.
type block interface {
	rows(*sheet, Pictures) []row
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
	indent int // characters by which the first line begins further in
	inner  int // characters that stay free at the right
	ink    ink
	bold   bool    // in the DOCX, whose readers have the fonts
	keep   bool    // with what comes after it
	level  int     // of a heading
	hang   float64 // points by which all lines begin further in, behind what leads them
	lead   string  // stands before the first line: the number of a sentence
}

func (t text) texts() []string { return []string{t.lead, t.body} }

func (t text) rows(s *sheet, _ Pictures) (all []row) {
	room := s.room - float64(t.inner)*t.size - t.hang
	lines := setLines(t.body, t.size, float64(t.indent)*t.size, room)
	for n, l := range lines {
		m := mark{text: l.text, size: t.size, gap: l.gap, ink: t.ink, y: (t.pitch-t.size)/2 + ascent*t.size}
		switch {
		case t.align == toMiddle:
			m.gap, m.x = 0, centred(l.width, room)
		case t.align == toRight:
			m.gap, m.x = 0, max(0, room-l.width)
		case n == 0:
			m.x = float64(t.indent) * t.size
		}
		m.x += t.hang
		if n == 0 && t.level == 1 {
			m.chapter = printed(oneLine(t.body))
		}
		marks := []mark{m}
		if n == 0 && t.lead != "" {
			marks = append(marks, mark{text: t.lead, size: t.size, ink: t.ink, y: m.y})
		}
		alone := n == 0 || n == len(lines)-2 // neither the first nor the last line stands alone
		all = append(all, row{height: t.pitch, marks: marks, keep: n < len(lines)-1 && alone || n == len(lines)-1 && t.keep})
	}
	return all
}

// space is room between blocks.
type space float64

func (s space) texts() []string             { return nil }
func (s space) rows(*sheet, Pictures) []row { return []row{{height: float64(s), keep: true}} }

// turn ends a page.
type turn struct{}

func (turn) texts() []string             { return nil }
func (turn) rows(*sheet, Pictures) []row { return []row{{ends: true}} }

// rule is a line over the whole width.
type rule struct {
	ink    ink
	dashed bool
	thick  float64
}

func (r rule) texts() []string { return nil }

func (r rule) rows(s *sheet, _ Pictures) []row {
	return []row{{height: 4 * mm, keep: true, marks: []mark{{rule: true, y: 2 * mm, w: s.room, thick: r.thick, ink: r.ink, dashed: r.dashed}}}}
}

// figures are two pictures side by side, before and after, each with what stands below it.
type figures struct {
	before, after figure
	room          float64 // points that both take together; 0 is the width of a notice
	size          float64 // of the type below; 0 is that of a notice
}

// figure is a picture in its frame; without one the frame holds words.
type figure struct{ picture, empty, caption string }

// figureGap is the room between two pictures, in points.
const figureGap = 6 * mm

// measure is the width and height of the frame of a picture.
func (f figures) measure() (w, h float64) {
	room := f.room
	if room == 0 {
		room = textWidth
	}
	w = (room - figureGap) / 2
	return w, w * 3 / 4
}

// words is the size of the captions and the pitch of their lines.
func (f figures) words() (size, lead float64) {
	if f.size == 0 {
		return small4, tight
	}
	return f.size, f.size * 1.5
}

func (f figures) texts() []string {
	return []string{f.before.empty, f.before.caption, f.after.empty, f.after.caption}
}

func (f figures) rows(_ *sheet, p Pictures) []row {
	wide, high := f.measure()
	size, lead := f.words()
	pictures := row{height: high + cellPad, keep: true}
	var captions [2][]line
	for n, g := range []figure{f.before, f.after} {
		x := float64(n) * (wide + figureGap)
		pictures.marks = append(pictures.marks, g.marks(p, x, wide, high)...)
		captions[n] = setLines(g.caption, size, 0, wide)
	}
	all := []row{pictures}
	for k := range max(len(captions[0]), len(captions[1])) {
		r := row{height: lead, keep: true}
		for n, lines := range captions {
			if k < len(lines) {
				x := float64(n)*(wide+figureGap) + centred(lines[k].width, wide)
				r.marks = append(r.marks, mark{text: lines[k].text, size: size, x: x, y: (lead-size)/2 + ascent*size})
			}
		}
		all = append(all, r)
	}
	all[len(all)-1].keep = false
	return append(all, row{height: cellPad})
}

func (g figure) marks(p Pictures, x, wide, high float64) []mark {
	if w, h, ok := fitted(p[g.picture], wide, high); ok {
		return []mark{{picture: g.picture, x: x + centred(w, wide), y: centred(h, high), w: w, h: h}}
	}
	box := []mark{{rule: true, x: x, w: wide, thick: hairline}, {rule: true, x: x, y: high, w: wide, thick: hairline},
		{rule: true, x: x, h: high, thick: hairline}, {rule: true, x: x + wide, h: high, thick: hairline}}
	words := printed(clean(g.empty))
	return append(box, mark{text: words, size: small4, x: x + centred(width(words, small4), wide), y: high / 2})
}
