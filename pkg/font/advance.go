package font

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// absent marks a character that the font does not have.
const absent = 0xffff

// advances are the widths of the characters of the basic plane, in thousandths of the size.
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
		glyph, err := f.GlyphIndex(&b, rune(r))
		if err != nil || glyph == 0 {
			continue
		}
		if width, err := f.GlyphAdvance(&b, glyph, fixed.I(1000), font.HintingNone); err == nil {
			all[r] = uint16(width.Round())
		}
	}
	return all
})

// Advance is the width of a character in thousandths of the size of the font; ok is false when the font does not have it.
func Advance(r rune) (thousandths int, ok bool) {
	if r < 0 || r > 0xffff {
		return 0, false
	}
	w := advances()[r]
	return int(w), w != absent
}
