package paper

// ends is a line with one text at its beginning and one at its end.
type ends struct {
	left, right string
	size        float64
}

func (e ends) texts() []string { return []string{e.left, e.right} }

func (e ends) rows(s *sheet, _ Pictures) (all []row) {
	right := setLines(e.right, e.size, 0, s.room)
	beside := len(right) == 1 && right[0].width < s.room/2
	room := s.room
	if beside {
		room -= right[0].width + e.size
	}
	for _, l := range setLines(e.left, e.size, 0, room) {
		all = append(all, row{height: e.size * 1.5, keep: true, marks: []mark{{text: l.text, size: e.size, y: e.size * 1.1}}})
	}
	for _, l := range right {
		if !beside {
			all = append(all, row{height: e.size * 1.5, keep: true})
		}
		last := &all[len(all)-1]
		last.marks = append(last.marks, mark{text: l.text, size: e.size, align: toRight, x: s.room, y: e.size * 1.1})
	}
	return all
}

// keys are the figures that a leader reads, large and side by side.
type keys struct {
	all  []KeyFigure
	room float64
}

// keysAbreast is how many stand side by side at most.
const keysAbreast = 5

func (k keys) texts() (all []string) {
	for _, f := range k.all {
		all = append(append(all, f.Name, f.Value.TextWithUnit()), f.below()...)
	}
	return all
}

// below are the small lines under a figure.
func (f *KeyFigure) below() (all []string) {
	if f.Detail != "" {
		all = append(all, f.Detail)
	}
	for _, c := range f.Change {
		all = append(all, c.TextWithUnit())
	}
	return all
}

// lines are the figures in rows of at most keysAbreast, of equal length as far as that goes.
func (k keys) lines() (all [][]KeyFigure) {
	rest := k.all
	for count := (len(rest) + keysAbreast - 1) / keysAbreast; count > 0; count-- {
		n := (len(rest) + count - 1) / count
		all, rest = append(all, rest[:n]), rest[n:]
	}
	return all
}

func (k keys) rows(*sheet, Pictures) (all []row) {
	for _, line := range k.lines() {
		wide := k.room / float64(len(line))
		high := 0.0
		var marks []mark
		for n := range line {
			set, h := line[n].set(float64(n)*wide, wide)
			marks, high = append(marks, set...), max(high, h)
		}
		var boxes []mark
		for n := range line {
			boxes = append(boxes, mark{fill: true, x: float64(n)*wide + 2, w: wide - 4, h: high, ink: paler},
				mark{fill: true, x: float64(n)*wide + 2, w: wide - 4, h: 2, ink: blue})
		}
		all = append(all, row{height: high + 6, keep: true, marks: append(boxes, marks...)})
	}
	return all
}

// set places a figure in its box.
func (f *KeyFigure) set(x, wide float64) (marks []mark, high float64) {
	y := 8.0
	put := func(text string, size, pitch float64, colour ink) {
		for _, l := range setLines(text, size, 0, wide-12) {
			marks = append(marks, mark{text: l.text, size: size, align: toMiddle, x: x + wide/2, y: y + (pitch-size)/2 + ascent*size, ink: colour})
			y += pitch
		}
	}
	put(f.Name, 9.5, 13, black)
	size := 19.0
	for size > 10 && width(f.Value.TextWithUnit(), size) > wide-12 {
		size--
	}
	put(f.Value.TextWithUnit(), size, 26, blue)
	for _, text := range f.below() {
		put(text, 8, 11, grey)
	}
	return marks, y + 6
}
