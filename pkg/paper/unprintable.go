package paper

import (
	"strings"
	"unicode"

	"spotcheck/pkg/font"
)

// clean makes text from outside inert: nothing of control, nothing that turns the direction of reading or cannot be seen,
// nothing that XML does not take, no selector of variants, which many readers show as a box. Lines end in a newline.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.TrimRight(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case unicode.IsSpace(r) && r != '\u3000':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Variation_Selector) || r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, text), " \n")
}

// printed is a clean text as the fonts can print it.
func printed(text string) string { return font.Printable(text) }

// UnprintableRunes gives the characters of a text that pages cannot show, each once.
func UnprintableRunes(text string) string { return font.Unprintable(clean(text)) }

// UnprintableRunes gives the characters of a paper that its pages cannot show, each once: most stand there as 〓, emoji are left out.
func (c *Content) UnprintableRunes() string { return unprinted(c.document()) }

// UnprintableRunes gives the characters of a report that its pages cannot show, each once.
func (d *Document) UnprintableRunes() string {
	var all []block
	for _, s := range d.sections() {
		all = append(all, s.blocks...)
	}
	return unprinted(all)
}

func unprinted(blocks []block) string {
	var missing strings.Builder
	for _, b := range blocks {
		for _, text := range b.texts() {
			missing.WriteString(font.Unprintable(clean(text)))
		}
	}
	return font.Unprintable(missing.String())
}
