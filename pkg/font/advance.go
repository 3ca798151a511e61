package font

import (
	"iter"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// absent marks a character that the everyday font does not have.
const absent = 0xffff

// advances are the widths of the characters of the basic plane in the everyday font, in thousandths of the size.
var advances = sync.OnceValue(func() *[1 << 16]uint16 {
	all := new([1 << 16]uint16)
	for r := range all {
		all[r] = absent
	}
	f, err := parsed()
	if err != nil {
		return all
	}
	var b sfnt.Buffer
	for r := range all {
		if width, ok := advance(f, &b, rune(r)); ok {
			all[r] = uint16(width)
		}
	}
	return all
})

// advance is the width of a character in one font, in thousandths of the size.
func advance(f *opentype.Font, b *sfnt.Buffer, r rune) (thousandths int, ok bool) {
	glyph, err := f.GlyphIndex(b, r)
	if err != nil || glyph == 0 {
		return 0, false
	}
	width, err := f.GlyphAdvance(b, glyph, fixed.I(1000), font.HintingNone)
	return width.Round(), err == nil
}

// IsRare says whether a character is not in the everyday font.
func IsRare(r rune) bool { return r < 0 || r > 0xffff || advances()[r] == absent }

// Advance is the width of a character in thousandths of the size of the font; ok is false when neither font has it.
func Advance(r rune) (thousandths int, ok bool) {
	if !IsRare(r) {
		return int(advances()[r]), true
	}
	f, err := parsedRare()
	if err != nil {
		return 0, false
	}
	var b sfnt.Buffer
	return advance(f, &b, r)
}

// Runs cuts a text into parts of one font each, and says which of them are of the rare one.
func Runs(text string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		begin, rare := 0, false
		for n, r := range text {
			if is := IsRare(r); is != rare {
				if n > begin && !yield(text[begin:n], rare) {
					return
				}
				begin, rare = n, is
			}
		}
		if begin < len(text) {
			yield(text[begin:], rare)
		}
	}
}
