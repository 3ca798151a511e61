package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"unicode"

	"github.com/gen2brain/jpegn"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"spotcheck/pkg/font"
)

// Bounds of a stamp.
const (
	stampSmallest = 12 // pixels of a character
	stampLines    = 3  // of one text; the rest is left out
)

// Stamp draws texts on a dark band at the bottom of a JPEG file that Render made, and gives a new one. Long texts are
// wrapped; for characters that the fonts do not have stands a 〓, and emoji are left out.
func Stamp(jpeg []byte, texts []string) ([]byte, error) {
	canvas, err := canvasOf(jpeg)
	if err != nil {
		return nil, fmt.Errorf("photo: stamp: %w", err)
	}
	b := canvas.Bounds()
	size := max(stampSmallest, min(float64(b.Dx())/45, float64(b.Dy())/14))
	face, err := font.Face(size)
	if err != nil {
		return nil, err
	}
	defer func() { _ = face.Close() }() // it holds nothing of the system
	margin, step := int(size*0.7), int(size*1.4)
	var lines []string
	for _, text := range texts {
		lines = append(lines, wrap(face, text, fixed.I(b.Dx()-2*margin))...)
	}
	if most := max(1, (b.Dy()-margin)/step); len(lines) > most {
		lines = lines[:most]
	}
	top := max(0, b.Dy()-len(lines)*step-margin)
	draw.Draw(canvas, image.Rect(0, top, b.Dx(), b.Dy()), image.NewUniform(color.RGBA{0, 0, 0, 150}), image.Point{}, draw.Over)
	d := xfont.Drawer{Dst: canvas, Src: image.White, Face: face}
	for n, line := range lines {
		d.Dot = fixed.P(margin, top+margin/2+n*step+int(size))
		d.DrawString(line)
	}
	return encode(canvas, DisplayQuality)
}

// canvasOf is a JPEG file to be drawn on.
func canvasOf(jpeg []byte) (*image.RGBA, error) {
	img, err := jpegn.Decode(bytes.NewReader(jpeg), &jpegn.Options{ToRGBA: true})
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	canvas := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(canvas, canvas.Bounds(), img, b.Min, draw.Src)
	return canvas, nil
}

// printable is a text on one line, as the fonts can print it.
func printable(text string) []rune {
	var all []rune
	for _, r := range font.Printable(text) {
		switch {
		case unicode.IsSpace(r):
			all = append(all, ' ')
		case unicode.In(r, unicode.Cc) || font.IsModifier(r):
		default:
			all = append(all, r)
		}
	}
	return all
}

// wrap cuts a text where it would leave the picture: Chinese anywhere but before what closes, other scripts at a space.
func wrap(face xfont.Face, text string, width fixed.Int26_6) (lines []string) {
	rest := printable(text)
	for len(rest) > 0 {
		n, used := 0, fixed.Int26_6(0)
		for n < len(rest) {
			advance, _ := face.GlyphAdvance(rest[n])
			if used += advance; used > width && n > 0 {
				break
			}
			n++
		}
		if len(lines) == stampLines-1 && n < len(rest) {
			return append(lines, string(rest[:n-1])+"…")
		}
		n = font.LineBreak(rest, n)
		lines = append(lines, strings.TrimSpace(string(rest[:n])))
		rest = []rune(strings.TrimLeft(string(rest[n:]), " "))
	}
	return lines
}
