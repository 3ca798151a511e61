package photo

import (
	"encoding/binary"
	"math"
)

// plane is one component of a picture.
type plane struct {
	pix    []uint8
	stride int
	w, h   int
	step   float64 // samples of the original in each sample of it, in both directions
}

func (p plane) row(n int) []uint8 { return p.pix[min(n, p.h-1)*p.stride:][:p.w] }

// much is by how much a plane may be made smaller in one step; beyond, it is halved first by plain means.
const much = 4

// halved is a plane of half the size when much is to be left out anyway.
func (p plane) halved(scaleX, scaleY float64) plane {
	if min(scaleX, scaleY) < much || p.w < 2 || p.h < 2 {
		return p
	}
	w, h := (p.w+1)/2, (p.h+1)/2
	out := plane{make([]uint8, w*h), w, w, h, 2 * p.step}
	for y := range h {
		a, b, to := p.row(2*y), p.row(2*y+1), out.row(y)
		for x := range p.w / 2 {
			to[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
		if p.w%2 == 1 {
			to[w-1] = uint8((int(a[p.w-1]) + int(b[p.w-1]) + 1) / 2)
		}
	}
	return out
}

// resampler say how samples of a line are mixed from those of another: each from count samples beginning at first.
type resampler struct {
	from, count int
	first       []int
	weights     []uint64 // count for each, in 1/128; less than nothing as in two's complement
}

// Four samples are mixed at once, each in 16 bits of a number, which takes a quarter of the multiplications. Weights of less than
// nothing borrow from the sample beside, unless each begins with more than they can take: a Lanczos filter takes 0.27 of 255 at most
// and gives 1.27 of it.
const (
	unit  = 7  // bits behind the point of a weight
	spare = 96 // that each begins with
	each  = 1<<48 | 1<<32 | 1<<16 | 1
	begin = (spare<<unit + 1<<(unit-1)) * each // half a unit more rounds
)

// bounded is a mixed value in its bounds, by its bits before the point.
var bounded = func() (t [1 << (16 - unit)]uint8) {
	for v := range t {
		t[v] = uint8(min(max(v-spare, 0), 255))
	}
	return t
}()

// newResampler mixes so many samples from others by a Lanczos filter; the middle of sample n lies at (n + offset)·scale.
func newResampler(from, to int, scale, offset float64) *resampler {
	wide := max(scale, 1)
	t := &resampler{from: from, count: (2*int(math.Ceil(lobes*wide)) + 3) &^ 3, first: make([]int, to)}
	t.weights = make([]uint64, to*t.count)
	exact := make([]float64, t.count)
	for n := range to {
		middle := (float64(n) + offset) * scale
		first := int(math.Floor(middle-0.5)) - t.count/2 + 1
		t.first[n] = max(0, min(first, from-t.count))
		clear(exact)
		sum := 0.0
		for k := range t.count {
			v := lanczos((float64(first+k) + 0.5 - middle) / wide)
			at := min(max(first+k, 0), from-1) - t.first[n] // beyond the edge the last sample goes on
			exact[at] += v
			sum += v
		}
		whole(t.weights[n*t.count:][:t.count], exact, sum)
	}
	return t
}

// whole makes weights whole numbers whose sum is exact, so that plain colours stay what they are: what rounding leaves over goes
// to the next.
func whole(w []uint64, exact []float64, sum float64) {
	over := 0.0
	for k, v := range exact {
		v = v/sum*(1<<unit) + over
		rounded := math.Round(v)
		w[k], over = uint64(int64(rounded)), v-rounded
	}
}

// lobes is how far the filter reaches, in samples.
const lobes = 3

func lanczos(x float64) float64 {
	switch x = math.Abs(x) * math.Pi; {
	case x == 0:
		return 1
	case x < lobes*math.Pi:
		return lobes * math.Sin(x) * math.Sin(x/lobes) / (x * x)
	}
	return 0
}

// columns is a plane that has its new width and its old height. Its rows are filled up to eights.
type columns struct {
	plane
	line []uint64 // for four
}

func newColumns(across *resampler, high int) columns {
	w := len(across.first)
	stride := (w + 7) &^ 7
	return columns{plane{make([]uint8, stride*high), stride, w, high, 0}, make([]uint64, max(across.from, across.count))}
}

// narrow mixes every row of a plane.
func (t *resampler) narrow(p plane) columns {
	out := newColumns(t, p.h)
	for n := 0; n < p.h; n += 4 {
		t.four(out, n, plane{p.pix[n*p.stride:], p.stride, p.w, min(4, p.h-n), p.step})
	}
	return out
}

// four mixes four rows at once. They become the rows from n on, as far as there are any.
func (t *resampler) four(to columns, n int, p plane) {
	a, b, c, d := p.row(0), p.row(1), p.row(2), p.row(3)
	line := to.line // behind a line shorter than the filter stand zeros with a weight of 0
	for x, v := range a {
		line[x] = uint64(v) | uint64(b[x])<<16 | uint64(c[x])<<32 | uint64(d[x])<<48
	}
	first, second, third, fourth := to.row(n), to.row(n+1), to.row(n+2), to.row(n+3)
	w := t.weights
	for x, from := range t.first {
		sum := uint64(begin)
		for m := 0; m < t.count; m += 4 {
			s, k := (*[4]uint64)(line[from+m:]), (*[4]uint64)(w[m:])
			sum += s[0]*k[0] + s[1]*k[1] + s[2]*k[2] + s[3]*k[3]
		}
		w = w[t.count:]
		fourth[x] = bounded[sum>>(48+unit)] // what lies behind the last row goes into it first
		third[x] = bounded[sum>>(32+unit)&(1<<(16-unit)-1)]
		second[x] = bounded[sum>>(16+unit)&(1<<(16-unit)-1)]
		first[x] = bounded[sum>>unit&(1<<(16-unit)-1)]
	}
}

// shorten mixes the rows into fewer, eight samples of a row at once: those at even places in one number, the others in another.
func (p columns) shorten(t *resampler) []uint8 {
	out := make([]uint8, p.w*len(t.first))
	sums := make([]uint64, p.stride/4)
	row := make([]uint8, p.stride)
	whole := func(n int) []uint8 { return p.pix[min(n, p.h-1)*p.stride:][:p.stride] }
	const even = 255 * each
	for n, first := range t.first {
		for x := range sums {
			sums[x] = begin
		}
		for k := 0; k < t.count; k += 4 {
			w := (*[4]uint64)(t.weights[n*t.count+k:])
			if *w == [4]uint64{} {
				continue
			}
			a, b, c, d := whole(first+k), whole(first+k+1), whole(first+k+2), whole(first+k+3)
			for x := 0; x+8 <= len(a); x += 8 {
				va, vb, vc, vd := eight(a, x), eight(b, x), eight(c, x), eight(d, x)
				two := (*[2]uint64)(sums[x/4:])
				two[0] += va&even*w[0] + vb&even*w[1] + vc&even*w[2] + vd&even*w[3]
				two[1] += va>>8&even*w[0] + vb>>8&even*w[1] + vc>>8&even*w[2] + vd>>8&even*w[3]
			}
		}
		for x := 0; x+8 <= len(row); x += 8 {
			two, to := (*[2]uint64)(sums[x/4:]), (*[8]uint8)(row[x:])
			for part, v := range two {
				to[part] = bounded[v>>unit&(1<<(16-unit)-1)]
				to[part+2] = bounded[v>>(16+unit)&(1<<(16-unit)-1)]
				to[part+4] = bounded[v>>(32+unit)&(1<<(16-unit)-1)]
				to[part+6] = bounded[v>>(48+unit)]
			}
		}
		copy(out[n*p.w:][:p.w], row)
	}
	return out
}

func eight(row []uint8, at int) uint64 { return binary.LittleEndian.Uint64(row[at:]) }
