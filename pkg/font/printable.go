package font

import (
	"strings"
	"unicode"
)

// Geta stands for a character that no font has, as printers do it.
const Geta = '〓'

// Printable is a text as the fonts can print it. Where they lack a character, a geta stands for it; what only changes how another character looks, and
// emoji, are left out.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u2212' { // the minus of formulas
			return '-'
		}
		_, ok := Advance(r)
		switch {
		case ok || r == '\n':
			return r
		case IsModifier(r) || isEmoji(r):
			return -1
		}
		return Geta
	}, text)
}

// Unprintable are the characters of a text that Printable does not show, each once.
func Unprintable(text string) string {
	var all []rune
	for _, r := range text {
		if _, ok := Advance(r); !ok && r != '\n' && r != '\u2212' && !IsModifier(r) && !strings.ContainsRune(string(all), r) {
			all = append(all, r)
		}
	}
	return string(all)
}

// IsModifier says whether a character only changes how another one looks: selectors of variants, joiners, combining marks, tones of skin.
func IsModifier(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || 0x1f3fb <= r && r <= 0x1f3ff
}

// isEmoji says whether a character is a picture, where the fonts have none.
func isEmoji(r rune) bool {
	return 0x1f000 <= r && r <= 0x1faff || 0x2300 <= r && r <= 0x2bff && unicode.Is(unicode.So, r)
}
