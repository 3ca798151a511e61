// Package font embeds the fonts that pictures and papers use: Noto Sans SC cut down to the characters of GBK, which is read where it lies, and a packed one
// of what Chinese names and texts need beyond, which is unpacked when the first of its characters is met.
package font

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"image"
	"io"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// TTF is the everyday font; the licence of both (SIL OFL 1.1) lies beside it.
//
//go:embed NotoSansSC-GBK-Regular.ttf
var TTF []byte

// packed holds all 8,105 characters of 通用规范汉字表 and all of GB 18030-2022, level 2, that the everyday font lacks, what else Noto Sans SC has, and from
// HanaMin the characters of the sources that names of people and places come from. scripts/fonts/make.py makes it.
//
//go:embed rare.ttf.gz
var packed []byte

// parsed and parsedRare are the fonts, read once: their tables are shared by all faces.
var (
	parsed     = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(TTF) })
	parsedRare = sync.OnceValues(func() (*opentype.Font, error) {
		ttf, err := RareTTF()
		if err != nil {
			return nil, err
		}
		return opentype.Parse(ttf)
	})
)

// RareTTF is the font of the rare characters, unpacked once.
var RareTTF = sync.OnceValues(func() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	return io.ReadAll(r)
})

// has says whether a font has a character.
func has(f *opentype.Font, b *sfnt.Buffer, r rune) bool {
	glyph, err := f.GlyphIndex(b, r)
	return err == nil && glyph != 0
}

// face draws each character by the font that has it.
type face struct {
	font.Face // of the everyday font, which also draws what neither has
	options   opentype.FaceOptions
	everyday  *opentype.Font
	rare      font.Face // opened when it is needed
	buffer    sfnt.Buffer
}

// Face is the fonts at a size in pixels. It is not safe for use by several goroutines at once.
func Face(pixels float64) (font.Face, error) {
	f, err := parsed()
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	options := opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingNone}
	everyday, err := opentype.NewFace(f, &options)
	if err != nil {
		return nil, err
	}
	return &face{Face: everyday, options: options, everyday: f}, nil
}

func (f *face) of(r rune) font.Face {
	if has(f.everyday, &f.buffer, r) {
		return f.Face
	}
	rare, err := parsedRare()
	if err != nil || !has(rare, &f.buffer, r) {
		return f.Face
	}
	if f.rare == nil {
		if f.rare, err = opentype.NewFace(rare, &f.options); err != nil {
			return f.Face
		}
	}
	return f.rare
}

func (f *face) Close() error {
	if f.rare != nil {
		_ = f.rare.Close() // it holds nothing of the system
	}
	return f.Face.Close()
}

func (f *face) Glyph(dot fixed.Point26_6, r rune) (to image.Rectangle, mask image.Image, maskAt image.Point, advance fixed.Int26_6, ok bool) {
	return f.of(r).Glyph(dot, r)
}

func (f *face) GlyphBounds(r rune) (bounds fixed.Rectangle26_6, advance fixed.Int26_6, ok bool) {
	return f.of(r).GlyphBounds(r)
}

func (f *face) GlyphAdvance(r rune) (advance fixed.Int26_6, ok bool) { return f.of(r).GlyphAdvance(r) }
