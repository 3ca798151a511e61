package photo

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// Fit gives a picture that is at most side pixels long and never larger than it was: 4:2:0, or grey when it was grey.
// What is transparent becomes white. It does not share memory with img.
func Fit(img image.Image, side int) image.Image { return fit(img, side, turn{}) }

// fit leaves room for a turn that comes after it.
func fit(img image.Image, side int, next turn) image.Image {
	b := img.Bounds()
	w, h := fitted(b.Dx(), b.Dy(), side)
	across := newTaps(b.Dx(), w, float64(b.Dx())/float64(w), 0.5)
	down := newTaps(b.Dy(), h, float64(b.Dy())/float64(h), 0.5)
	if v, ok := img.(*image.Gray); ok {
		return &image.Gray{Pix: across.narrow(v.Pix, v.Stride, b.Dy()).shorten(w, down), Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	out := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	subX, subY := 1, 1
	ycc, planar := img.(*image.YCbCr)
	if planar {
		subX, subY = subsampling(ycc.SubsampleRatio)
	}
	colourAcross := newTaps((b.Dx()+subX-1)/subX, (w+1)/2, 2*across.scale/float64(subX), offset(next.right, w))
	colourDown := newTaps((b.Dy()+subY-1)/subY, (h+1)/2, 2*down.scale/float64(subY), offset(next.low, h))
	var y, cb, cr narrowed
	if planar {
		at, c := ycc.YOffset(b.Min.X, b.Min.Y), ycc.COffset(b.Min.X, b.Min.Y)
		y = across.narrow(ycc.Y[at:], ycc.YStride, b.Dy())
		cb = colourAcross.narrow(ycc.Cb[c:], ycc.CStride, colourDown.from)
		cr = colourAcross.narrow(ycc.Cr[c:], ycc.CStride, colourDown.from)
	} else {
		y, cb, cr = narrowAny(img, across, colourAcross)
	}
	out.Y, out.Cb, out.Cr = y.shorten(w, down), cb.shorten(out.CStride, colourDown), cr.shorten(out.CStride, colourDown)
	return out
}

// fitted is the size of a picture at most side pixels long.
func fitted(w, h, side int) (int, int) {
	long := max(w, h)
	if long <= side {
		return w, h
	}
	scaled := func(n int) int { return max(1, (2*n*side+long)/(2*long)) }
	return scaled(w), scaled(h)
}

// subsampling is how many pixels share a sample of colour, in each direction.
func subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// offset is the middle of the first sample of colour, in samples. Where an odd side will be mirrored, samples begin one
// pixel earlier, so that they lie on pairs of pixels afterwards.
func offset(mirrored bool, side int) float64 {
	if mirrored && side%2 == 1 {
		return 0
	}
	return 0.5
}

// narrowAny takes a picture in any form row by row, so that no second copy of its full size is needed.
func narrowAny(img image.Image, across, colour *taps) (y, cb, cr narrowed) {
	b := img.Bounds()
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	line := image.NewYCbCr(row.Rect, image.YCbCrSubsampleRatio444)
	y, cb, cr = newNarrowed(len(across.first), b.Dy()), newNarrowed(len(colour.first), b.Dy()), newNarrowed(len(colour.first), b.Dy())
	for n := range b.Dy() {
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, img, image.Pt(b.Min.X, b.Min.Y+n), draw.Over)
		for x := range b.Dx() {
			line.Y[x], line.Cb[x], line.Cr[x] = color.RGBToYCbCr(row.Pix[4*x], row.Pix[4*x+1], row.Pix[4*x+2])
		}
		across.row(y.row(n), line.Y)
		colour.row(cb.row(n), line.Cb)
		colour.row(cr.row(n), line.Cr)
	}
	return y, cb, cr
}

// taps say how samples of one line are mixed from those of another: each from count samples beginning at first, with
// weights in 1/16384.
type taps struct {
	from, count int
	scale       float64
	first       []int
	weights     []int32
}

const unit = 14 // bits behind the point of a weight

// newTaps mixes so many samples from others by the Catmull-Rom filter; the middle of sample n lies at (n + offset)·scale.
func newTaps(from, to int, scale, offset float64) *taps {
	wide := max(scale, 1)
	t := &taps{from: from, scale: scale, count: (2*int(math.Ceil(2*wide)) + 1) &^ 1, first: make([]int, to)}
	t.weights = make([]int32, to*t.count)
	exact := make([]float64, t.count)
	for n := range to {
		middle := (float64(n) + offset) * scale
		first := int(math.Floor(middle-0.5)) - t.count/2 + 1
		t.first[n] = max(0, min(first, from-t.count))
		clear(exact)
		sum := 0.0
		for k := range t.count {
			v := catmullRom((float64(first+k) + 0.5 - middle) / wide)
			at := min(max(first+k, 0), from-1) - t.first[n] // beyond the edge the last sample goes on
			exact[at] += v
			sum += v
		}
		t.round(n, exact, sum)
	}
	return t
}

// round makes weights whole numbers whose sum is exact, so that plain colours stay what they are.
func (t *taps) round(n int, exact []float64, sum float64) {
	w := t.weights[n*t.count:][:t.count]
	left, heaviest := int32(1<<unit), 0
	for k, v := range exact {
		w[k] = int32(math.Round(v / sum * (1 << unit)))
		left -= w[k]
		if w[k] > w[heaviest] {
			heaviest = k
		}
	}
	w[heaviest] += left
}

func catmullRom(x float64) float64 {
	switch x = math.Abs(x); {
	case x < 1:
		return (1.5*x-2.5)*x*x + 1
	case x < 2:
		return ((-0.5*x+2.5)*x-4)*x + 2
	}
	return 0
}

// row mixes one line. Lines shorter than the filter are as if they went on.
func (t *taps) row(to, from []uint8) {
	if len(from) < t.count {
		from = append(append(make([]uint8, 0, t.count), from...), make([]uint8, t.count-len(from))...)
	}
	w := t.weights
	for n, first := range t.first {
		sum := int32(1 << (unit - 1))
		k := w[:t.count]
		w = w[t.count:]
		for m, v := range from[first:][:len(k)] {
			sum += int32(v) * k[m]
		}
		to[n] = whole(sum)
	}
}

func whole(v int32) uint8 {
	if v >>= unit; uint32(v) > 255 {
		return uint8(^(v >> 31)) // 0 below, 255 above
	}
	return uint8(v)
}

// narrowed is a plane that has its new width and its old height.
type narrowed struct {
	pix  []uint8
	wide int
}

func newNarrowed(wide, high int) narrowed { return narrowed{make([]uint8, wide*high), wide} }

func (p narrowed) row(n int) []uint8 { return p.pix[n*p.wide:][:p.wide] }

// narrow mixes every row of a plane.
func (t *taps) narrow(pix []uint8, stride, high int) narrowed {
	p := newNarrowed(len(t.first), high)
	for n := range high {
		t.row(p.row(n), pix[n*stride:][:t.from])
	}
	return p
}

// shorten mixes the rows into fewer.
func (p narrowed) shorten(stride int, t *taps) []uint8 {
	out := make([]uint8, stride*len(t.first))
	sum := make([]int32, p.wide)
	for n, first := range t.first {
		for x := range sum {
			sum[x] = 1 << (unit - 1)
		}
		for k := 0; k < t.count; k += 2 {
			a, b := t.weights[n*t.count+k], t.weights[n*t.count+k+1]
			if a == 0 && b == 0 {
				continue
			}
			one := p.row(min(first+k, t.from-1))[:len(sum)]
			two := p.row(min(first+k+1, t.from-1))[:len(sum)]
			for x := range sum {
				sum[x] += int32(one[x])*a + int32(two[x])*b
			}
		}
		row := out[n*stride:][:len(sum)]
		for x, v := range sum {
			row[x] = whole(v)
		}
	}
	return out
}
