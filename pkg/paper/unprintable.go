package paper

import (
	"strings"
	"unicode"

	"spotcheck/pkg/font"
)

// Geta stands on the pages for a character that the font does not have, as printers do it.
const geta = '〓'

// clean makes text from outside inert: nothing of control, nothing that turns the direction of reading or cannot be seen,
// nothing that XML does not take. Lines end in a newline.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.TrimRight(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case unicode.IsSpace(r) && r != '\u3000':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs) || r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, text), " \n")
}

// printed is a clean text as the font can print it.
func printed(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u2212' { // the minus of formulas, which the font does not have
			return '-'
		}
		if _, ok := font.Advance(r); !ok && r != '\n' {
			return geta
		}
		return r
	}, text)
}

// UnprintableRunes gives the characters of a paper that its pages show as 〓, each once: an editor puts them in by hand.
func (c *Content) UnprintableRunes() string { return unprinted(c.document()) }

// UnprintableRunes gives the characters of a report that its pages show as 〓, each once.
func (d *Document) UnprintableRunes() string {
	var all []block
	for _, s := range d.sections() {
		all = append(all, s.blocks...)
	}
	return unprinted(all)
}

func unprinted(blocks []block) string {
	var missing []rune
	for _, b := range blocks {
		for _, text := range b.texts() {
			for _, r := range strings.ReplaceAll(clean(text), "\u2212", "-") {
				if _, ok := font.Advance(r); !ok && r != '\n' && !strings.ContainsRune(string(missing), r) {
					missing = append(missing, r)
				}
			}
		}
	}
	return string(missing)
}
