// Package font embeds the one font that pictures and papers use: Noto Sans SC, cut down to the characters of GBK.
package font

import (
	_ "embed"
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// TTF is the font file; its licence (SIL OFL 1.1) lies beside it.
//
//go:embed NotoSansSC-GBK-Regular.ttf
var TTF []byte

// parsed is the font, read once: its tables are shared by all faces.
var parsed = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(TTF) })

// Face is the font at a size in pixels. It is not safe for use by several goroutines at once.
func Face(pixels float64) (font.Face, error) {
	f, err := parsed()
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingNone})
}
