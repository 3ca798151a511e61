package phototest

import (
	"bytes"
	"image"
	"image/color"
)

// hevc codes one picture as an HEVC still (ITU-T H.265) in which every block of 16 × 16 pixels holds its samples plainly
// (pcm_flag), so that no transform and hardly any arithmetic coding is needed. Sides are rounded up to 16.
type hevc struct {
	ycc           *image.YCbCr
	width, height int
}

func newHEVC(img image.Image, narrow bool) *hevc {
	b := img.Bounds()
	w, h := (b.Dx()+15)&^15, (b.Dy()+15)&^15
	v := &hevc{ycc: image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), width: b.Dx(), height: b.Dy()}
	for y := range h {
		for x := range w {
			at := img.At(b.Min.X+min(x, b.Dx()-1), b.Min.Y+min(y, b.Dy()-1))
			c := color.YCbCrModel.Convert(at).(color.YCbCr)
			if narrow {
				c = bt709(at)
			}
			v.ycc.Y[v.ycc.YOffset(x, y)] = c.Y
			v.ycc.Cb[v.ycc.COffset(x, y)], v.ycc.Cr[v.ycc.COffset(x, y)] = c.Cb, c.Cr
		}
	}
	return v
}

// bt709 is a colour as television has it: luma of 16 to 235 (ITU-R BT.709).
func bt709(c color.Color) color.YCbCr {
	p := color.RGBAModel.Convert(c).(color.RGBA)
	r, g, b := float64(p.R)/255, float64(p.G)/255, float64(p.B)/255
	y := 0.2126*r + 0.7152*g + 0.0722*b
	return color.YCbCr{Y: uint8(16.5 + 219*y), Cb: uint8(128.5 + 224*(b-y)/1.8556), Cr: uint8(128.5 + 224*(r-y)/1.5748)}
}

// Types of NAL units.
const (
	nalIDR = 19
	nalVPS = 32
	nalSPS = 33
	nalPPS = 34
)

func nal(kind byte, w bits) []byte {
	b := []byte{kind << 1, 1}
	zeros := 0
	for _, v := range w.b {
		if zeros >= 2 && v <= 3 {
			b, zeros = append(b, 3), 0
		}
		if b = append(b, v); v == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return b
}

// ue writes an Exp-Golomb number; se(0) is the same as ue(0).
func (w *bits) ue(numbers ...uint64) {
	for _, v := range numbers {
		n := 0
		for (v+1)>>n > 1 {
			n++
		}
		w.put(0, n)
		w.put(v+1, n+1)
	}
}

// flags writes bits given as a text of 0 and 1.
func (w *bits) flags(text string) {
	for _, c := range text {
		w.put(uint64(c-'0'), 1)
	}
}

func (w *bits) trail() bits {
	w.put(1, 1)
	w.align(0)
	return *w
}

// profile is that of a still picture, level 6.
func (w *bits) profile() {
	w.put(3, 8) // main still picture
	w.put(0x70000000, 32)
	w.flags("1001")
	w.put(0, 44)
	w.put(180, 8)
}

func (v *hevc) vps() []byte {
	var w bits
	w.flags("0000" + "11" + "000000" + "000" + "1")
	w.put(0xffff, 16)
	w.profile()
	w.flags("1")
	w.ue(0, 0, 0)
	w.flags("000000")
	w.ue(0)
	w.flags("00")
	return nal(nalVPS, w.trail())
}

func (v *hevc) sps() []byte {
	var w bits
	w.flags("0000" + "000" + "1")
	w.profile()
	w.ue(0, 1, uint64(v.ycc.Rect.Dx()), uint64(v.ycc.Rect.Dy())) // 4:2:0
	right, below := v.ycc.Rect.Dx()-v.width, v.ycc.Rect.Dy()-v.height
	if right+below > 0 {
		w.flags("1")
		w.ue(0, uint64(right/2), 0, uint64(below/2))
	} else {
		w.flags("0")
	}
	w.ue(0, 0, 4) // eight bits
	w.flags("1")
	w.ue(0, 0, 0)
	w.ue(1, 0, 0, 2, 0, 0) // coding blocks of 16, transforms of 4 to 16
	w.flags("000" + "1" + "0111" + "0111")
	w.ue(1, 0) // plain blocks of 16
	w.flags("1")
	w.ue(0)
	w.flags("00000")
	return nal(nalSPS, w.trail())
}

func (v *hevc) pps() []byte {
	var w bits
	w.ue(0, 0)
	w.flags("0000000")
	w.ue(0, 0, 0)
	w.flags("000")
	w.ue(0, 0)
	w.flags("0000000" + "101" + "00")
	w.ue(0)
	w.flags("00")
	return nal(nalPPS, w.trail())
}

// leastProbable is the column of rangeTabLps (table 9-52) for the highest range, by state.
var leastProbable = [63]uint64{240, 227, 216, 205, 195, 185, 175, 166, 158, 150, 142, 135, 128, 122, 116, 110, 104, 99, 94, 89, 85, 80, 76, 72, 69, 65, 62, 59, 56, 53,
	50, 48, 45, 43, 41, 39, 37, 35, 33, 31, 30, 28, 27, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 14, 13, 12, 12, 11, 11, 10, 9}

// slice codes the blocks. Before each block the arithmetic coder is new: it codes "one part" (the probable value, of which
// it grows surer with each), then "plain", which ends it again. low is then the whole range, and nine bits say it.
func (v *hevc) slice() []byte {
	var w bits
	w.flags("10")
	w.ue(0, 2, 0)
	w = w.trail()
	span := uint64(510)
	for y, n := 0, 0; y < v.ycc.Rect.Dy(); y += 16 {
		for x := 0; x < v.ycc.Rect.Dx(); x, n = x+16, n+1 {
			w.put(span-leastProbable[min(n, 61)]-2|1, 9)
			w.align(0)
			v.samples(&w, x, y)
			span = 508 // after "not the last block"
		}
	}
	w.put(508|1, 9) // "the last block"
	w.align(0)
	return nal(nalIDR, w)
}

func (v *hevc) samples(w *bits, x, y int) {
	for row := range 16 {
		at := v.ycc.YOffset(x, y+row)
		w.b = append(w.b, v.ycc.Y[at:at+16]...)
	}
	for _, plane := range [][]uint8{v.ycc.Cb, v.ycc.Cr} {
		for row := 0; row < 16; row += 2 {
			at := v.ycc.COffset(x, y+row)
			w.b = append(w.b, plane[at:at+8]...)
		}
	}
}

// config is the hvcC box: how to decode, with the three parameter sets.
func (v *hevc) config() []byte {
	b := append([]byte{1, 3, 0x70, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 180}, 0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, 3)
	for n, unit := range [][]byte{v.vps(), v.sps(), v.pps()} {
		b = append(append(b, 0x80|byte(nalVPS+n), 0, 1, byte(len(unit)>>8), byte(len(unit))), unit...)
	}
	return box("hvcC", b)
}

// data is the slice with its length, as the box of data holds it.
func (v *hevc) data() []byte {
	unit := v.slice()
	return bytes.Join([][]byte{be32(len(unit)), unit}, nil)
}
