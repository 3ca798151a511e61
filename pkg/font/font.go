// Package font embeds the one font that pictures and papers use: Noto Sans SC, cut down to the characters of GBK.
package font

import (
	_ "embed"
	"fmt"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// TTF is the font file; its licence (SIL OFL 1.1) lies beside it.
//
//go:embed NotoSansSC-GBK-Regular.ttf
var TTF []byte

// Face is the font at a size in pixels. It is not safe for use by several goroutines at once.
func Face(pixels float64) (font.Face, error) {
	parsed, err := opentype.Parse(TTF)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingNone})
}
