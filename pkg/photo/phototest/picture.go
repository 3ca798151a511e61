// Package phototest makes picture files for tests, every format that is accepted, whole and broken, all by code: nothing
// here comes from a camera or from other people. It also knows what is true of each.
package phototest

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/disintegration/imaging"
)

// corners of a chart, clockwise from the top left.
var corners = [4]color.RGBA{{200, 40, 40, 255}, {40, 170, 60, 255}, {230, 220, 60, 255}, {50, 70, 200, 255}}

// Chart has a colour in each quarter, so that every turn and mirroring of it shows.
func Chart(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := corners[0]
			switch right, low := 2*x >= w, 2*y >= h; {
			case right && low:
				c = corners[2]
			case right:
				c = corners[1]
			case low:
				c = corners[3]
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// CheckChart says what is wrong with a picture that should be an upright chart. within is how far off a colour may be.
func CheckChart(img image.Image, within float64) error {
	b := img.Bounds()
	at := func(x, y int) color.RGBA {
		return color.RGBAModel.Convert(img.At(b.Min.X+x*b.Dx()/4, b.Min.Y+y*b.Dy()/4)).(color.RGBA)
	}
	for n, got := range [4]color.RGBA{at(1, 1), at(3, 1), at(3, 3), at(1, 3)} {
		want := corners[n]
		d := math.Abs(float64(got.R)-float64(want.R)) + math.Abs(float64(got.G)-float64(want.G)) + math.Abs(float64(got.B)-float64(want.B))
		if d/3 > within {
			return fmt.Errorf("corner %d of the chart: got %v, want %v", n, got, want)
		}
	}
	return nil
}

// Grey is a picture without its colours.
func Grey(img image.Image) *image.Gray {
	g := image.NewGray(img.Bounds())
	for y := g.Rect.Min.Y; y < g.Rect.Max.Y; y++ {
		for x := g.Rect.Min.X; x < g.Rect.Max.X; x++ {
			g.Set(x, y, img.At(x, y))
		}
	}
	return g
}

// Stored is how a camera stores an upright picture that it marks with an orientation.
func Stored(img image.Image, orientation int) image.Image {
	switch orientation {
	case 2:
		return imaging.FlipH(img)
	case 3:
		return imaging.Rotate180(img)
	case 4:
		return imaging.FlipV(img)
	case 5:
		return imaging.Transpose(img)
	case 6:
		return imaging.Rotate90(img)
	case 7:
		return imaging.Transverse(img)
	case 8:
		return imaging.Rotate270(img)
	}
	return img
}

// Scene is a picture with what photos have: soft light, texture at every scale, grain and hard edges. The same seed
// gives the same picture.
func Scene(w, h int, seed uint64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	texture := newNoise(seed)
	edges := newEdges(rand.New(rand.NewPCG(seed, 1)), float64(w), float64(h))
	grain := rand.New(rand.NewPCG(seed, 2))
	unit := float64(max(w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/unit, float64(y)/unit
			rough := texture.at(u, v)
			c := edges.at(float64(x), float64(y))
			light := 0.75 + 0.35*(1-v) + 0.5*(rough-0.5)
			n := 6 * (grain.Float64() - 0.5)
			img.SetRGBA(x, y, color.RGBA{clamp(c[0]*light + n), clamp(c[1]*light + n), clamp(c[2]*(light+0.1*(rough-0.5)) + n), 255})
		}
	}
	return img
}

func clamp(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

// noise is value noise in octaves.
type noise struct{ grid [256 * 256]float32 }

func newNoise(seed uint64) *noise {
	n, r := &noise{}, rand.New(rand.NewPCG(seed, 0))
	for k := range n.grid {
		n.grid[k] = r.Float32()
	}
	return n
}

// at is 0 to 1, rough at every scale.
func (n *noise) at(u, v float64) float64 {
	sum, weight := 0.0, 0.5
	for scale := 6.0; scale < 2000; scale *= 3 {
		x, y := u*scale, v*scale
		i, j := int(x), int(y)
		fx, fy := x-float64(i), y-float64(j)
		fx, fy = fx*fx*(3-2*fx), fy*fy*(3-2*fy)
		cell := func(i, j int) float64 { return float64(n.grid[(j&255)<<8|i&255]) }
		top := cell(i, j)*(1-fx) + cell(i+1, j)*fx
		low := cell(i, j+1)*(1-fx) + cell(i+1, j+1)*fx
		sum, weight = sum+weight*(top*(1-fy)+low*fy), weight*0.6
	}
	return sum / 1.2
}

// edges are slabs of colour with straight borders, some of them ruled like tiles or railings.
type edges []edge

type edge struct {
	cos, sin, at float64 // the border: x·cos + y·sin = at
	colour       [3]float64
	ruled        float64 // pixels between lines; 0 is none
}

func newEdges(r *rand.Rand, w, h float64) (all edges) {
	for range 9 {
		angle := r.Float64() * 2 * math.Pi
		e := edge{cos: math.Cos(angle), sin: math.Sin(angle), colour: [3]float64{60 + 150*r.Float64(), 60 + 150*r.Float64(), 50 + 140*r.Float64()}}
		e.at = w*r.Float64()*e.cos + h*r.Float64()*e.sin
		if r.IntN(2) == 0 {
			e.ruled = 6 + 60*r.Float64()
		}
		all = append(all, e)
	}
	return all
}

func (all edges) at(x, y float64) [3]float64 {
	c := [3]float64{150, 145, 138}
	for _, e := range all {
		d := x*e.cos + y*e.sin - e.at
		if d < 0 {
			continue
		}
		c = e.colour
		if along := y*e.cos - x*e.sin; e.ruled > 0 && (math.Mod(d, e.ruled) < 2 || math.Mod(math.Abs(along), 2*e.ruled) < 2) {
			c = [3]float64{c[0] * 0.5, c[1] * 0.5, c[2] * 0.5}
		}
	}
	return c
}
