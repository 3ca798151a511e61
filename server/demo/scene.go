package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/gen2brain/jpegn"
	"golang.org/x/image/vector"
)

// Size of what a level camera sees of a street, in the units in which it is drawn, and of the photo of it in pixels: most of the time that a city
// takes goes into the points of its photos.
const (
	sceneWidth  = 1024
	sceneHeight = 768
	photoWidth  = 640
	photoHeight = photoWidth * sceneHeight / sceneWidth
	pixels      = float64(photoWidth) / sceneWidth // of a unit
)

// phase is what a scene shows of its trouble.
type phase int

const (
	dirty   phase = iota
	cleaned       // nothing is left of it
	partly        // some of it is left: what a failed verification sees
)

// brush draws on a picture.
type brush struct {
	on     *image.RGBA
	pen    *vector.Rasterizer
	rng    *rand.Rand
	camera camera
}

// camera is from where a place is seen: no two inspectors stand alike.
type camera struct{ zoom, tilt, x, y float64 }

// moved is the camera of another shot of the same place: nobody stands twice on the same spot.
func (c camera) moved(shot uint64) camera {
	rng := rand.New(rand.NewPCG(shot, 3))
	by := func(low, high float64) float64 {
		return (low + (high-low)*rng.Float64()) * float64(1-2*rng.IntN(2))
	}
	return camera{zoom: c.zoom * (1.02 + .08*rng.Float64()), tilt: c.tilt + by(0, .02), x: c.x + by(40, 80), y: c.y + by(20, 60)}
}

// beyond is how far the street goes on at each side of what a level camera sees, in pixels.
const beyond = 320

// sees is where a spot of the street lies in the picture.
func (c camera) sees(p spot) spot {
	x, y := (p.x-sceneWidth/2)*c.zoom, (p.y-sceneHeight/2)*c.zoom
	sin, cos := math.Sincos(c.tilt)
	return spot{(x*cos - y*sin + sceneWidth/2 + c.x) * pixels, (x*sin + y*cos + sceneHeight/2 + c.y) * pixels}
}

type spot struct{ x, y float64 }

// polygon fills a shape; only the box around it is worked on.
func (b *brush) polygon(c color.RGBA, corners ...spot) {
	for n, p := range corners {
		corners[n] = b.camera.sees(p)
	}
	low, high := corners[0], corners[0]
	for _, p := range corners {
		low, high = spot{min(low.x, p.x), min(low.y, p.y)}, spot{max(high.x, p.x), max(high.y, p.y)}
	}
	around := image.Rect(int(math.Floor(low.x)), int(math.Floor(low.y)), int(math.Ceil(high.x)), int(math.Ceil(high.y))).Intersect(b.on.Bounds())
	if around.Empty() {
		return
	}
	b.pen.Reset(around.Dx(), around.Dy())
	for n, p := range corners {
		x, y := float32(p.x)-float32(around.Min.X), float32(p.y)-float32(around.Min.Y)
		if n == 0 {
			b.pen.MoveTo(x, y)
			continue
		}
		b.pen.LineTo(x, y)
	}
	b.pen.ClosePath()
	b.pen.Draw(b.on, around, image.NewUniform(c), image.Point{})
}

// quad fills a convex shape of four corners. Most of a picture is such: row by row, in a quarter of the time that a shape of any kind takes.
func (b *brush) quad(c color.RGBA, corners ...spot) {
	for n, p := range corners {
		corners[n] = b.camera.sees(p)
	}
	low, high := corners[0].y, corners[0].y
	for _, p := range corners {
		low, high = min(low, p.y), max(high, p.y)
	}
	bounds := b.on.Bounds()
	for y := max(bounds.Min.Y, int(math.Floor(low))); y < min(bounds.Max.Y, int(math.Ceil(high))); y++ {
		b.row(c, y, corners)
	}
}

// lines is into how many each row of pixels is cut, so that an edge is smooth.
const lines = 4

// row fills what a convex shape covers of a row of pixels.
func (b *brush) row(c color.RGBA, y int, corners []spot) {
	var spans [lines][2]float64
	whole, touched := [2]float64{0, photoWidth}, [2]float64{photoWidth, 0}
	for n := range spans {
		left, right := acrossAt(float64(y)+(float64(n)+.5)/lines, corners)
		left, right = max(left, 0), min(right, photoWidth)
		spans[n] = [2]float64{left, right}
		whole = [2]float64{max(whole[0], left), min(whole[1], right)}
		if left < right {
			touched = [2]float64{min(touched[0], left), max(touched[1], right)}
		}
	}
	inside := [2]int{int(math.Ceil(whole[0])), int(math.Floor(whole[1]))}
	pixels := b.on.Pix[y*b.on.Stride:]
	for x := int(math.Floor(touched[0])); x < int(math.Ceil(touched[1])); x++ {
		if x == inside[0] && inside[0] < inside[1] {
			for ; x < inside[1]; x++ {
				copy(pixels[4*x:4*x+4], []uint8{c.R, c.G, c.B, 255})
			}
			x--
			continue
		}
		share := 0.0
		for _, span := range spans {
			share += max(0, min(span[1], float64(x+1))-max(span[0], float64(x))) / lines
		}
		for n, v := range [3]uint8{c.R, c.G, c.B} {
			pixels[4*x+n] += uint8(int(math.Round((float64(v) - float64(pixels[4*x+n])) * share)))
		}
	}
}

// acrossAt is from where to where a line at a height lies in a convex shape; the first is beyond the second where it lies outside.
func acrossAt(y float64, corners []spot) (left, right float64) {
	left, right = math.Inf(1), math.Inf(-1)
	for n, p := range corners {
		q := corners[(n+1)%len(corners)]
		if (p.y <= y) == (q.y <= y) {
			continue
		}
		x := p.x + (y-p.y)/(q.y-p.y)*(q.x-p.x)
		left, right = min(left, x), max(right, x)
	}
	return left, right
}

func (b *brush) box(c color.RGBA, x, y, width, height float64) {
	b.quad(c, spot{x, y}, spot{x + width, y}, spot{x + width, y + height}, spot{x, y + height})
}

// blob fills a round shape with an uneven edge.
func (b *brush) blob(c color.RGBA, x, y, rx, ry float64) {
	const corners = 18
	around := make([]spot, corners)
	for n := range around {
		angle := 2 * math.Pi * float64(n) / corners
		r := 0.8 + 0.4*b.rng.Float64()
		around[n] = spot{x + rx*r*math.Cos(angle), y + ry*r*math.Sin(angle)}
	}
	b.polygon(c, around...)
}

func (b *brush) between(low, high float64) float64 { return low + (high-low)*b.rng.Float64() }

// shade is a colour made lighter or darker.
func shade(c color.RGBA, by float64) color.RGBA {
	f := func(v uint8) uint8 { return uint8(min(255, max(0, float64(v)*by))) }
	return color.RGBA{f(c.R), f(c.G), f(c.B), c.A}
}

func (b *brush) tint(low, high uint8) color.RGBA {
	v := func() uint8 { return low + uint8(b.rng.IntN(int(high-low))) }
	return color.RGBA{v(), v(), v(), 255}
}

// muted is a colour made more like grey, as plaster and weather make it.
func muted(c color.RGBA) color.RGBA {
	grey := (int(c.R) + int(c.G) + int(c.B)) / 3
	f := func(v uint8) uint8 { return uint8((int(v) + 2*grey) / 3) }
	return color.RGBA{f(c.R), f(c.G), f(c.B), c.A}
}

// troubles draw what is wrong, by the group of the category. much is 1 for all of it.
var troubles = map[string]func(b *brush, much float64){
	"litter": func(b *brush, much float64) {
		for range int(26 * much) {
			x, y := b.between(150, 900), b.between(520, 740)
			b.blob(b.tint(60, 250), x, y, b.between(6, 26)*y/620, b.between(4, 14)*y/620)
		}
	},
	"dirty_spot": func(b *brush, much float64) {
		for range int(9 * much) {
			x, y := b.between(250, 800), b.between(500, 700)
			b.blob(color.RGBA{90, 78, 62, 255}, x, y, b.between(30, 90), b.between(18, 46))
			b.blob(b.tint(80, 190), x+b.between(-40, 40), y-b.between(0, 30), b.between(8, 30), b.between(6, 22))
		}
	},
	"road_mud": func(b *brush, much float64) {
		for n := range int(40 * much) {
			y := 420 + 330*float64(n)/40
			wide := 10 + (y-420)/7
			for _, side := range []float64{-1, 1} {
				b.blob(color.RGBA{120, 84, 48, 255}, 560+side*(30+(y-420)*.42)+b.between(-14, 14), y, wide*b.between(.5, 1.1), b.between(4, 12))
			}
		}
	},
	"construction": func(b *brush, much float64) {
		for range int(7 * much) {
			x, y := b.between(120, 860), b.between(470, 640)
			b.polygon(muted(b.tint(110, 170)), spot{x - 70, y + 40}, spot{x, y - b.between(40, 90)}, spot{x + 80, y + 40})
		}
	},
	"street_order": func(b *brush, much float64) {
		for range int(math.Ceil(3 * much)) {
			x := b.between(120, 800)
			c := b.tint(90, 250)
			b.polygon(c, spot{x - 80, 430}, spot{x, 350}, spot{x + 80, 430})
			b.box(shade(c, .6), x-3, 430, 6, 110)
			b.box(color.RGBA{150, 120, 90, 255}, x-70, 520, 140, 46)
			for range 8 {
				b.blob(b.tint(120, 250), x+b.between(-60, 60), 512+b.between(-6, 6), 11, 9)
			}
		}
	},
	"posters": func(b *brush, much float64) {
		for range int(16 * much) {
			x, y := b.between(60, 930), b.between(280, 370)
			b.box(b.tint(170, 255), x, y, b.between(24, 60), b.between(30, 70))
			b.box(color.RGBA{200, 40, 40, 255}, x+6, y+8, 16, 3)
		}
	},
	"facility": func(b *brush, much float64) {
		b.box(color.RGBA{40, 110, 60, 255}, 430, 430, 130, 170)
		b.box(color.RGBA{30, 80, 45, 255}, 420, 415, 150, 24)
		for range int(18 * much) {
			b.blob(b.tint(60, 240), b.between(390, 600), b.between(400, 640), b.between(8, 24), b.between(6, 16))
		}
	},
}

// shares of a trouble that each phase shows.
var shares = map[phase]float64{dirty: 1, partly: .35, cleaned: 0}

// scene draws the photo of a place: the same place for the same seed, never the same picture for another shot.
func scene(place, shot uint64, group string, p phase) ([]byte, error) {
	b := &brush{on: image.NewRGBA(image.Rect(0, 0, photoWidth, photoHeight)), pen: vector.NewRasterizer(photoWidth, photoHeight),
		rng: rand.New(rand.NewPCG(place, 1))}
	b.camera = camera{zoom: b.between(.9, 1.5), tilt: b.between(-.07, .07), x: b.between(-70, 70), y: b.between(-90, 90)}.moved(shot)
	b.street()
	draw, ok := troubles[group]
	if !ok {
		return nil, fmt.Errorf("demo: no scene for the group %q", group)
	}
	draw(b, shares[p])
	b.film(shot)
	var out bytes.Buffer
	if err := jpegn.Encode(&out, b.on, &jpegn.EncodeOptions{Quality: 82, Subsampling: jpegn.Subsample420}); err != nil {
		return nil, fmt.Errorf("demo: scene: %w", err)
	}
	return out.Bytes(), nil
}

// street draws sky, houses, pavement and road.
func (b *brush) street() {
	light := b.between(.75, 1.1)
	b.box(shade(color.RGBA{150, 190, 225, 255}, light), -beyond, -beyond, sceneWidth+2*beyond, 400+beyond)
	for x := -beyond - 40.0*b.rng.Float64(); x < sceneWidth+beyond; {
		wide, high := b.between(90, 220), b.between(120, 330)
		wall := shade(muted(b.tint(130, 220)), light)
		b.box(wall, x, 400-high, wide, high)
		for row := 400 - high + 18; row < 350; row += 38 {
			for at := x + 12; at < x+wide-24; at += 34 {
				b.box(shade(wall, b.between(.45, .75)), at, row, 20, 22)
			}
		}
		b.box(shade(muted(b.tint(60, 230)), light), x+6, 352, wide-12, 26)
		x += wide + b.between(0, 14)
	}
	b.box(shade(color.RGBA{172, 166, 158, 255}, light), -beyond, 400, sceneWidth+2*beyond, 110)
	slab := b.between(45, 110)
	for x := -2.0 * beyond; x < sceneWidth+2*beyond; x += slab {
		b.quad(shade(color.RGBA{150, 144, 138, 255}, light), spot{512 + (x-512)*.8, 400}, spot{512 + (x-512)*.8 + 2, 400}, spot{x + 4, 510}, spot{x, 510})
	}
	b.box(shade(color.RGBA{120, 118, 116, 255}, light), -beyond, 506, sceneWidth+2*beyond, 12)
	b.box(shade(color.RGBA{88, 90, 94, 255}, light), -beyond, 518, sceneWidth+2*beyond, sceneHeight-518+beyond)
	for x := b.between(-beyond, 240-beyond); x < sceneWidth+beyond; x += 240 {
		b.quad(color.RGBA{225, 225, 220, 255}, spot{x, 640}, spot{x + 110, 640}, spot{x + 120, 654}, spot{x - 4, 654})
	}
	for range b.rng.IntN(4) {
		x := b.between(40, 980)
		b.box(color.RGBA{92, 70, 48, 255}, x-5, 300, 10, 130)
		b.blob(shade(color.RGBA{58, 120, 62, 255}, light), x, 270, 56, 62)
	}
}

// film gives a shot its own light and grain.
func (b *brush) film(shot uint64) {
	rng := rand.New(rand.NewPCG(shot, 2))
	gain := 0.92 + 0.16*rng.Float64()
	var developed [8][256]uint8 // by grain and light
	for grain := range developed {
		for v := range developed[grain] {
			developed[grain][v] = uint8(min(255, max(0, float64(v)*gain+float64(grain)-3.5)))
		}
	}
	bits, left := uint64(0), 0
	for n := 0; n < len(b.on.Pix); n += 4 {
		if left == 0 {
			bits, left = rng.Uint64(), 21
		}
		tone, pixel := &developed[bits&7], b.on.Pix[n:n+4:n+4]
		bits, left = bits>>3, left-1
		pixel[0], pixel[1], pixel[2] = tone[pixel[0]], tone[pixel[1]], tone[pixel[2]]
	}
}
