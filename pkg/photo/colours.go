package photo

import (
	"encoding/binary"
	"image"
	"math"
)

// maxICC bounds a profile that is read; those that say their colours by a matrix have some kilobytes.
const maxICC = 64 << 10

// coding is how samples of luma and colour are meant, by the numbers of ITU-T H.273 ("nclx").
type coding struct {
	primaries, matrix uint16
	narrow            bool // luma of 16 to 235
}

// colours turn the colours of a picture into sRGB: out of its samples to its own red, green and blue, over light and a
// matrix to those of sRGB, and back.
type colours struct {
	luma             int32 // what black is
	scale            int32 // of luma, and the four of colours to red, green (twice) and blue; all in 1/16384
	cr, cgb, cgr, cb int32
	straight         bool             // red, green and blue are those of sRGB already
	light            [3][256]int32    // of red, green and blue, in 1/16383
	mix              [3][3]int32      // in 1/16384
	back             [1 << unit]uint8 // of light
}

// profile is what an ICC profile with a matrix says: the curve and the place of red, green and blue.
type profile struct {
	curve [3]func(float64) float64
	xyz   [3][3]float64 // rows X, Y, Z; columns red, green, blue
}

// Matrices between XYZ with the white of ICC (D50) and linear red, green and blue (IEC 61966-2-1, adapted by Bradford).
var (
	fromXYZ = [3][3]float64{{3.1338561, -1.6168667, -0.4906146}, {-0.9787684, 1.9161415, 0.0334540}, {0.0719453, -0.2289914, 1.4052427}}
	srgbXYZ = [3][3]float64{{0.4360747, 0.3850649, 0.1430804}, {0.2225045, 0.7168786, 0.0606169}, {0.0139322, 0.0971045, 0.7141733}}
	p3XYZ   = [3][3]float64{{0.5151187, 0.2919778, 0.1571035}, {0.2411892, 0.6922441, 0.0665668}, {-0.0010505, 0.0418791, 0.7840713}}
)

// primariesP3 is the number of Display P3's.
const primariesP3 = 12

// coloursOf is what there is to do to the samples of a picture, nil when that is nothing. Profiles that are not understood,
// and pictures of a brightness that sRGB does not have, are left as they are.
func coloursOf(icc []byte, c coding, t Type) *colours {
	p, ok := parseICC(icc)
	if !ok && c.primaries == primariesP3 {
		p, ok = &profile{curve: [3]func(float64) float64{toLight, toLight, toLight}, xyz: p3XYZ}, true
	}
	work := &colours{straight: !ok || p.isSRGB()}
	narrow, kr, kb := c.narrow && t == HEIC, 0.299, 0.114
	if c.matrix == 1 && t == HEIC { // the decoder of HEIC gives samples as they are stored, that of AVIF red, green and blue
		kr, kb = 0.2126, 0.0722
	}
	if work.straight && !narrow && kr == 0.299 {
		return nil
	}
	work.samples(kr, kb, narrow)
	if !work.straight {
		work.mixing(p)
	}
	return work
}

// samples prepares the way from luma and colours to red, green and blue.
func (w *colours) samples(kr, kb float64, narrow bool) {
	y, c := 1.0, 1.0
	if narrow {
		w.luma, y, c = 16, 255.0/219, 255.0/224
	}
	fixed := func(v float64) int32 { return int32(math.Round(v * (1 << unit))) }
	kg := 1 - kr - kb
	w.scale, w.cr, w.cb = fixed(y), fixed(c*2*(1-kr)), fixed(c*2*(1-kb))
	w.cgb, w.cgr = fixed(c*2*(1-kb)*kb/kg), fixed(c*2*(1-kr)*kr/kg)
}

func (w *colours) mixing(p *profile) {
	const most = 1<<unit - 1
	for n := range 3 {
		for v := range 256 {
			w.light[n][v] = int32(math.Round(min(max(p.curve[n](float64(v)/255), 0), 1) * most))
		}
		for m := range 3 {
			sum := 0.0
			for k := range 3 {
				sum += fromXYZ[n][k] * p.xyz[k][m]
			}
			w.mix[n][m] = int32(math.Round(min(max(sum, -4), 4) * (1 << unit)))
		}
	}
	for v := range w.back {
		w.back[v] = uint8(math.Round(255 * fromLight(float64(v)/most)))
	}
}

// apply changes a picture that fit gave. Grey ones are left alone.
func (w *colours) apply(img image.Image) {
	v, ok := img.(*image.YCbCr)
	if w == nil || !ok {
		return
	}
	width, height := v.Rect.Dx(), v.Rect.Dy()
	for cy := range (height + 1) / 2 {
		for cx := range (width + 1) / 2 {
			at := cy*v.CStride + cx
			cb, cr := int32(v.Cb[at])-128, int32(v.Cr[at])-128
			red, green, blue := w.cr*cr, -w.cgb*cb-w.cgr*cr, w.cb*cb
			sumB, sumR, n := int32(0), int32(0), int32(0)
			for y := 2 * cy; y < min(2*cy+2, height); y++ {
				for x := 2 * cx; x < min(2*cx+2, width); x++ {
					luma := (int32(v.Y[y*v.YStride+x])-w.luma)*w.scale + 1<<(unit-1)
					r, g, b := w.srgb(bound((luma+red)>>unit), bound((luma+green)>>unit), bound((luma+blue)>>unit))
					v.Y[y*v.YStride+x] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
					sumB += -11056*r - 21712*g + 32768*b
					sumR += 32768*r - 27440*g - 5328*b
					n++
				}
			}
			v.Cb[at], v.Cr[at] = uint8(bound((sumB/n+128<<16+1<<15)>>16)), uint8(bound((sumR/n+128<<16+1<<15)>>16))
		}
	}
}

// srgb turns red, green and blue of 0 to 255 into those of sRGB.
func (w *colours) srgb(r, g, b int32) (int32, int32, int32) {
	if w.straight {
		return r, g, b
	}
	lr, lg, lb := w.light[0][r], w.light[1][g], w.light[2][b]
	one := func(m *[3]int32) int32 {
		light := (m[0]*lr + m[1]*lg + m[2]*lb + 1<<(unit-1)) >> unit
		return int32(w.back[min(max(light, 0), 1<<unit-1)])
	}
	return one(&w.mix[0]), one(&w.mix[1]), one(&w.mix[2])
}

func bound(v int32) int32 { return min(max(v, 0), 255) }

// toLight and fromLight are the curve of sRGB.
func toLight(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func fromLight(v float64) float64 {
	if v <= 0.0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// isSRGB says whether the profile is so near to sRGB that changing the colours would only add noise.
func (p *profile) isSRGB() bool {
	for n := range 3 {
		for v := 0.0; v <= 1; v += 1.0 / 16 {
			if math.Abs(fromLight(p.curve[n](v))-v) > 2.0/255 {
				return false
			}
		}
		for m := range 3 {
			if math.Abs(p.xyz[n][m]-srgbXYZ[n][m]) > 0.004 {
				return false
			}
		}
	}
	return true
}

// parseICC reads a profile of red, green and blue that says its colours by a matrix (ICC.1:2022 §8.3); all others, and what
// makes no sense, are not ok.
func parseICC(b []byte) (p *profile, ok bool) {
	if len(b) < 132 || string(b[16:20]) != "RGB " || string(b[20:24]) != "XYZ " {
		return nil, false
	}
	tags := map[string][]byte{}
	rows := b[132:]
	for range min(binary.BigEndian.Uint32(b[128:]), 100) {
		if len(rows) < 12 {
			return nil, false
		}
		at, size := int64(binary.BigEndian.Uint32(rows[4:])), int64(binary.BigEndian.Uint32(rows[8:]))
		if at+size <= int64(len(b)) {
			tags[string(rows[:4])] = b[at : at+size]
		}
		rows = rows[12:]
	}
	p = &profile{}
	for n, name := range []string{"r", "g", "b"} {
		xyz := tags[name+"XYZ"]
		if p.curve[n], ok = parseCurve(tags[name+"TRC"]); !ok || len(xyz) < 20 || string(xyz[:4]) != "XYZ " {
			return nil, false
		}
		for m := range 3 {
			p.xyz[m][n] = s15(xyz[8+4*m:])
		}
	}
	return p, true
}

// s15 is a signed number with sixteen bits behind the point.
func s15(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// parseCurve reads a curve to light.
func parseCurve(b []byte) (curve func(float64) float64, ok bool) {
	switch {
	case len(b) >= 12 && string(b[:4]) == "curv":
		return parseTable(b[8:])
	case len(b) >= 12 && string(b[:4]) == "para":
		return parseFormula(binary.BigEndian.Uint16(b[8:]), b[12:])
	}
	return nil, false
}

// parseTable reads a curve that is straight, a power, or a table.
func parseTable(b []byte) (func(float64) float64, bool) {
	n := int64(binary.BigEndian.Uint32(b))
	if n > int64(len(b)-4)/2 {
		return nil, false
	}
	at := func(k int) float64 { return float64(binary.BigEndian.Uint16(b[4+2*k:])) }
	switch n {
	case 0:
		return func(v float64) float64 { return v }, true
	case 1:
		power := at(0) / 256
		return func(v float64) float64 { return math.Pow(v, power) }, power > 0
	}
	return func(v float64) float64 {
		x := min(max(v, 0), 1) * float64(n-1)
		k := min(int(x), int(n)-2)
		return (at(k) + (at(k+1)-at(k))*(x-float64(k))) / 65535
	}, true
}

// formulaNumbers is how many numbers each kind of formula has.
var formulaNumbers = [5]int{1, 3, 4, 5, 7}

// parseFormula reads a curve of the form (a·v + b)^g + c, with a straight piece below d.
func parseFormula(kind uint16, b []byte) (func(float64) float64, bool) {
	if int(kind) >= len(formulaNumbers) || len(b) < 4*formulaNumbers[kind] {
		return nil, false
	}
	k := [7]float64{1, 1} // g a b c d e f
	for n := range formulaNumbers[kind] {
		k[n] = s15(b[4*n:])
	}
	g, a, off, c, d, e, f := k[0], k[1], k[2], k[3], k[4], k[5], k[6]
	switch kind {
	case 1:
		c, d = 0, -off/a
	case 2:
		c, d, f = k[3], -off/a, k[3]
	case 3:
		c, e = 0, k[3] // the fourth number is the slope of the straight piece
	case 4:
		c, d, e, f = k[5], k[4], k[3], k[6]
	}
	if kind > 0 && a == 0 {
		return nil, false
	}
	return func(v float64) float64 {
		if kind > 0 && v < d {
			return e*v + f
		}
		light := math.Pow(max(a*v+off, 0), g) + c
		if math.IsNaN(light) {
			return 0
		}
		return light
	}, true
}
