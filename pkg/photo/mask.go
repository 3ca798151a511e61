package photo

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
)

// Mask is a part of a picture that nobody may recognise, in ten-thousandths of its width and height from the upper left corner. It lies in the picture.
type Mask struct{ X, Y, W, H int }

// maskScale is the whole of a side in the units of a Mask.
const maskScale = 10_000

// maskCells is how many squares a mask has along its shorter side. Each is one colour, the mean of all that it covers: with so few,
// neither letters nor a face can be computed back.
const maskCells = 4

// maskLeast is the side of such a square at least, in pixels: small letters are covered one by one.
const maskLeast = 12

// ApplyMasks covers parts of a JPEG file that Render made with squares of one colour each, and gives a new file.
func ApplyMasks(jpeg []byte, masks []Mask) ([]byte, error) {
	canvas, err := canvasOf(jpeg)
	if err != nil {
		return nil, fmt.Errorf("photo: mask: %w", err)
	}
	b := canvas.Bounds()
	for _, m := range masks {
		area := image.Rect(b.Dx()*m.X/maskScale, b.Dy()*m.Y/maskScale, roundUp(b.Dx()*(m.X+m.W), maskScale), roundUp(b.Dy()*(m.Y+m.H), maskScale)).Intersect(canvas.Bounds())
		side := max(roundUp(min(area.Dx(), area.Dy()), maskCells), maskLeast)
		for y := area.Min.Y; y < area.Max.Y; y += side {
			for x := area.Min.X; x < area.Max.X; x += side {
				cell := image.Rect(x, y, x+side, y+side).Intersect(area)
				draw.Draw(canvas, cell, image.NewUniform(mean(canvas, cell)), image.Point{}, draw.Src)
			}
		}
	}
	return encode(canvas, DisplayQuality)
}

func roundUp(a, b int) int { return (a + b - 1) / b }

// mean is the mean colour of a part of a picture.
func mean(img *image.RGBA, area image.Rectangle) color.RGBA {
	var r, g, b, n int
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			c := img.RGBAAt(x, y)
			r, g, b, n = r+int(c.R), g+int(c.G), b+int(c.B), n+1
		}
	}
	n = max(n, 1)
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}
