package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	xfont "golang.org/x/image/font"
	units "golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"spotcheck/pkg/font"
)

// fineness is how many pixels of a drawn chart stand on a point: 180 to an inch.
const fineness = 2.5

// canvas is a picture on which marks are drawn.
type canvas struct {
	*image.RGBA
	faces map[float64]xfont.Face
}

// drawn are rows as a PNG file.
func drawn(rows []row, wide, high float64) []byte {
	c := canvas{image.NewRGBA(image.Rect(0, 0, int(math.Ceil(wide*fineness)), int(math.Ceil(high*fineness)))), map[float64]xfont.Face{}}
	draw.Draw(c.RGBA, c.Bounds(), image.White, image.Point{}, draw.Src)
	y := 0.0
	for _, r := range rows {
		for _, m := range r.marks {
			m.y += y
			c.mark(&m)
		}
		y += r.height
	}
	var file bytes.Buffer
	_ = png.Encode(&file, c.RGBA) // a buffer takes everything
	return file.Bytes()
}

func (m *mark) colour() color.RGBA {
	c := inks[m.ink]
	return color.RGBA{c[0], c[1], c[2], 255}
}

func (c canvas) mark(m *mark) {
	switch {
	case m.fill:
		c.shape(m.colour(), [2]float64{m.x, m.y}, [2]float64{m.x + m.w, m.y}, [2]float64{m.x + m.w, m.y + m.h}, [2]float64{m.x, m.y + m.h})
	case m.rule:
		length := math.Hypot(m.w, m.h)
		if length == 0 {
			return
		}
		half := max(m.thick, 1/fineness) / 2
		dx, dy := -m.h/length*half, m.w/length*half
		c.shape(m.colour(), [2]float64{m.x + dx, m.y + dy}, [2]float64{m.x + m.w + dx, m.y + m.h + dy}, [2]float64{m.x + m.w - dx, m.y + m.h - dy}, [2]float64{m.x - dx, m.y - dy})
	case m.text != "":
		c.text(m)
	}
}

// shape fills a polygon.
func (c canvas) shape(colour color.RGBA, corners ...[2]float64) {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{}
	for _, p := range corners {
		for n := range p {
			low[n], high[n] = min(low[n], math.Floor(p[n]*fineness)), max(high[n], math.Ceil(p[n]*fineness))
		}
	}
	area := image.Rect(int(low[0]), int(low[1]), int(high[0]), int(high[1]))
	z := vector.NewRasterizer(area.Dx(), area.Dy())
	for n, p := range corners {
		x, y := float32(p[0]*fineness-low[0]), float32(p[1]*fineness-low[1])
		if n == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	z.Draw(c.RGBA, area, image.NewUniform(colour), image.Point{})
}

func (c canvas) text(m *mark) {
	face, ok := c.faces[m.size]
	if !ok {
		var err error
		if face, err = font.Face(m.size * fineness); err != nil {
			return
		}
		c.faces[m.size] = face
	}
	x := m.x - before(m.align, width(m.text, m.size))
	pen := xfont.Drawer{Dst: c.RGBA, Src: image.NewUniform(m.colour()), Face: face,
		Dot: units.Point26_6{X: units.Int26_6(x * fineness * 64), Y: units.Int26_6(m.y * fineness * 64)}}
	pen.DrawString(m.text)
}
