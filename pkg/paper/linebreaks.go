package paper

import (
	"strings"

	"spotcheck/pkg/font"
)

// line is one line of text as it stands on a page.
type line struct {
	text  string
	width float64 // points, before it is spread
	gap   float64 // points added between its characters so that it fills its width
}

// widest is how much of the size a line is spread at most; a line that lacks more stays ragged.
const widest = 2.5

// width is the width of a printed text in points.
func width(text string, size float64) float64 {
	sum := 0
	for _, r := range text {
		w, _ := font.Advance(r)
		sum += w
	}
	return float64(sum) * size / 1000
}

// setLines breaks a text into lines that are at most so wide, in points; the first line of each paragraph begins further in.
func setLines(text string, size, indent, wide float64) (lines []line) {
	for part := range strings.SplitSeq(printed(clean(text)), "\n") {
		lines = append(lines, paragraph([]rune(strings.Trim(part, " ")), size, indent, wide)...)
	}
	return lines
}

func paragraph(rest []rune, size, indent, wide float64) (lines []line) {
	room := wide - indent
	for len(rest) > 0 {
		n := font.LineBreak(rest, fitting(rest, size, room))
		l := line{text: strings.TrimRight(string(rest[:n]), " ")}
		l.width = width(l.text, size)
		rest = []rune(strings.TrimLeft(string(rest[n:]), " "))
		if runes := len([]rune(l.text)); len(rest) > 0 && runes > 1 && room-l.width < widest*size {
			l.gap = max(0, room-l.width) / float64(runes-1)
		}
		lines = append(lines, l)
		room = wide
	}
	if lines == nil {
		return []line{{}}
	}
	return lines
}

// fitting is how many characters of a text fit.
func fitting(text []rune, size, room float64) int {
	sum, most := 0, int(room*1000/size+0.5)
	for n, r := range text {
		w, _ := font.Advance(r)
		if sum += w; sum > most {
			return n
		}
	}
	return len(text)
}

// wordsIn are the words of letters that are not cut at the end of a line; a Chinese character is a word of its own.
func wordsIn(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r >= 0x2e80 || r == ' ' || r == '\n' })
}
