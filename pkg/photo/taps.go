package photo

import "math"

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

// taps say how samples of a line are mixed from those of another: each from count samples beginning at first.
type taps struct {
	from, count int
	first       []int
	weights     []int64 // count for each, in 1/16384
}

const unit = 14 // bits behind the point of a weight

// newTaps mixes so many samples from others by a Lanczos filter; the middle of sample n lies at (n + offset)·scale.
func newTaps(from, to int, scale, offset float64) *taps {
	wide := max(scale, 1)
	t := &taps{from: from, count: (2*int(math.Ceil(lobes*wide)) + 3) &^ 3, first: make([]int, to)}
	t.weights = make([]int64, to*t.count)
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

// whole makes weights whole numbers whose sum is exact, so that plain colours stay what they are.
func whole(w []int64, exact []float64, sum float64) {
	left, heaviest := int64(1<<unit), 0
	for k, v := range exact {
		w[k] = int64(math.Round(v / sum * (1 << unit)))
		left -= w[k]
		if w[k] > w[heaviest] {
			heaviest = k
		}
	}
	w[heaviest] += left
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

// sample is a mixed value in its bounds.
func sample(v int64) uint8 {
	if v >>= unit; uint64(v) > 255 {
		return uint8(^(v >> 63)) // 0 below, 255 above
	}
	return uint8(v)
}

// narrowed is a plane that has its new width and its old height.
type narrowed struct {
	plane
	line []int64 // for pair
}

func newNarrowed(across *taps, high int) narrowed {
	w := len(across.first)
	return narrowed{plane{make([]uint8, w*high), w, w, high, 0}, make([]int64, max(across.from, across.count))}
}

// narrow mixes every row of a plane.
func (t *taps) narrow(p plane) narrowed {
	out := newNarrowed(t, p.h)
	for n := 0; n < p.h; n += 2 {
		t.pair(out, n, plane{p.pix[n*p.stride:], p.stride, p.w, min(2, p.h-n), p.step})
	}
	return out
}

// pair mixes two rows at once, one in the lower and one in the upper half of each number, which takes half as many
// multiplications. They become the rows n and n+1, if there are so many.
func (t *taps) pair(to narrowed, n int, p plane) {
	a, b := p.row(0), p.row(1)
	line := to.line // behind a line shorter than the filter stand zeros with a weight of 0
	for x, v := range a {
		line[x] = int64(v) | int64(b[x])<<32
	}
	lower, upper := to.row(n), to.row(n+1)
	w := t.weights
	for x, first := range t.first {
		sum := int64(1<<(unit-1)) * (1<<32 + 1)
		for m := 0; m < t.count; m += 4 {
			s, k := (*[4]int64)(line[first+m:]), (*[4]int64)(w[m:])
			sum += s[0]*k[0] + s[1]*k[1] + s[2]*k[2] + s[3]*k[3]
		}
		w = w[t.count:]
		low := int64(int32(sum))
		upper[x] = sample((sum - low) >> 32)
		lower[x] = sample(low)
	}
}

// shorten mixes the rows into fewer.
func (p narrowed) shorten(t *taps) []uint8 {
	out := make([]uint8, p.w*len(t.first))
	sum := make([]int32, p.w)
	for n, first := range t.first {
		for x := range sum {
			sum[x] = 1 << (unit - 1)
		}
		for k := 0; k < t.count; k += 4 {
			w := (*[4]int64)(t.weights[n*t.count+k:])
			if *w == [4]int64{} {
				continue
			}
			wa, wb, wc, wd := int32(w[0]), int32(w[1]), int32(w[2]), int32(w[3])
			a, b, c, d := p.row(first + k)[:len(sum)], p.row(first + k + 1)[:len(sum)], p.row(first + k + 2)[:len(sum)], p.row(first + k + 3)[:len(sum)]
			for x := range sum {
				sum[x] += int32(a[x])*wa + int32(b[x])*wb + int32(c[x])*wc + int32(d[x])*wd
			}
		}
		row := out[n*p.w:][:len(sum)]
		for x, v := range sum {
			row[x] = sample(int64(v))
		}
	}
	return out
}
