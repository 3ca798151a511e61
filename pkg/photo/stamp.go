package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/gen2brain/jpegn"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"spotcheck/pkg/font"
)

// Stamp draws lines of text on a dark band at the bottom of a JPEG file and gives a new one. Long lines are wrapped.
func Stamp(jpeg []byte, lines []string) ([]byte, error) {
	img, err := jpegn.Decode(bytes.NewReader(jpeg), &jpegn.Options{ToRGBA: true})
	if err != nil {
		return nil, fmt.Errorf("photo: stamp: %w", err)
	}
	b := img.Bounds()
	canvas := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(canvas, canvas.Bounds(), img, b.Min, draw.Src)
	size := max(12, float64(b.Dx())/45)
	face, err := font.Face(size)
	if err != nil {
		return nil, err
	}
	defer face.Close()
	margin, step := int(size*0.7), int(size*1.4)
	var wrapped []string
	for _, line := range lines {
		wrapped = append(wrapped, wrap(face, line, fixed.I(b.Dx()-2*margin))...)
	}
	if most := max(1, (b.Dy()-margin)/step); len(wrapped) > most {
		wrapped = wrapped[:most]
	}
	top := max(0, b.Dy()-len(wrapped)*step-margin)
	draw.Draw(canvas, image.Rect(0, top, b.Dx(), b.Dy()), image.NewUniform(color.RGBA{0, 0, 0, 150}), image.Point{}, draw.Over)
	d := xfont.Drawer{Dst: canvas, Src: image.White, Face: face}
	for n, line := range wrapped {
		d.Dot = fixed.P(margin, top+margin/2+n*step+int(size))
		d.DrawString(line)
	}
	return encode(canvas, displayQuality)
}

// wrap cuts a line where it would leave the picture; Chinese may be cut anywhere.
func wrap(face xfont.Face, line string, width fixed.Int26_6) (lines []string) {
	var now []rune
	for _, r := range line {
		if len(now) > 0 && xfont.MeasureString(face, string(now)+string(r)) > width {
			lines, now = append(lines, string(now)), nil
		}
		now = append(now, r)
	}
	return append(lines, string(now))
}
