package photo

import (
	"image"
	"math"
	"slices"

	"github.com/disintegration/imaging"
)

// spectrum holds the lowest frequencies, horizontal first.
type spectrum [printWaves][printWaves]float64

// cosines are the rows of the transform.
var cosines = func() (c [printWaves][printGrid]float64) {
	for u := range c {
		for x := range c[u] {
			c[u][x] = math.Cos(math.Pi * float64(u) * (2*float64(x) + 1) / (2 * printGrid))
		}
	}
	return c
}()

// grey is the brightness of a picture at 32 pixels a side, by rows.
type grey [printGrid][printGrid]float64

// greyOf shrinks a part of a picture; nil when it is even, or too small.
func greyOf(img image.Image, b image.Rectangle) *grey {
	if b.Dx() < printGrid || b.Dy() < printGrid {
		return nil
	}
	small := imaging.Resize(imaging.Crop(img, b), printGrid, printGrid, imaging.Box)
	g := &grey{}
	sum, squares := 0.0, 0.0
	for y := range g {
		for x := range g[y] {
			at := small.Pix[small.PixOffset(x, y):]
			v := .299*float64(at[0]) + .587*float64(at[1]) + .114*float64(at[2]) // luma of ITU-R BT.601
			g[y][x] = v
			sum, squares = sum+v, squares+v*v
		}
	}
	const n = printGrid * printGrid
	if math.Sqrt(max(0, squares/n-sum/n*sum/n)) < printFlat {
		return nil
	}
	return g
}

// detail holds each pixel against the mean around it, in steps of an eighth of the usual difference.
func (g *grey) detail() (d Detail) {
	var all [printGrid * printGrid]float64
	squares := 0.0
	for n := range all {
		y, x := n/printGrid, n%printGrid
		sum, count := 0.0, 0.0
		for _, row := range g[max(0, y-printBlur):min(printGrid, y+printBlur+1)] {
			for _, v := range row[max(0, x-printBlur):min(printGrid, x+printBlur+1)] {
				sum, count = sum+v, count+1
			}
		}
		all[n] = g[y][x] - sum/count
		squares += all[n] * all[n]
	}
	usual := math.Sqrt(squares / float64(len(all)))
	if usual == 0 {
		return d
	}
	for n, v := range all {
		d[n] = int8(max(-127, min(127, math.Round(8*v/usual))))
	}
	return d
}

// waves transforms the brightness.
func (g *grey) waves() *spectrum {
	var rows [printGrid][printWaves]float64
	for y := range g {
		for u := range printWaves {
			for x, v := range g[y] {
				rows[y][u] += v * cosines[u][x]
			}
		}
	}
	s := &spectrum{}
	for u := range s {
		for w := range s[u] {
			for y := range rows {
				s[u][w] += rows[y][u] * cosines[w][y]
			}
		}
	}
	return s
}

// mirrored is the spectrum with left and right exchanged, which changes the sign of frequencies that are odd across.
func (s *spectrum) mirrored() *spectrum {
	m := *s
	for u := 1; u < printWaves; u += 2 {
		for w := range m[u] {
			m[u][w] = -m[u][w]
		}
	}
	return &m
}

// print compares every frequency with the median, as if the picture had been turned by so many quarters: turning swaps
// the axes and changes the sign of odd frequencies.
func (s *spectrum) print(turns int) (p PerceptualHash) {
	var all [printBits]float64
	n := 0
	for u := range s {
		for w := range s[u] {
			if u+w > 0 {
				all[n] = s.turned(u, w, turns%quarters)
				n++
			}
		}
	}
	sorted := slices.Sorted(slices.Values(all[:]))
	median := sorted[printBits/2]
	for n, v := range all {
		if v > median {
			p[n/64] |= 1 << (n % 64)
		}
	}
	return p
}

func (s *spectrum) turned(u, w, turns int) float64 {
	odd := func(n int) float64 { return float64(1 - 2*(n&1)) }
	switch turns {
	case 1:
		return odd(u) * s[w][u]
	case 2:
		return odd(u+w) * s[u][w]
	case 3:
		return odd(w) * s[w][u]
	}
	return s[u][w]
}
