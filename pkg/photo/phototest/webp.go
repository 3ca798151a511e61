package phototest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// WebP is a lossless file of a picture (VP8L, RFC 9649), with every value coded in eight bits. e and icc may be nil.
func WebP(img image.Image, e *EXIF, icc []byte) []byte {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	pixels := riff("VP8L", vp8l(img))
	if e == nil && icc == nil {
		return riff("RIFF", append([]byte("WEBP"), pixels...))
	}
	var before, behind []byte
	has := byte(0)
	if icc != nil {
		has, before = has|1<<5, riff("ICCP", icc)
	}
	if e != nil {
		has, behind = has|1<<3, riff("EXIF", e.Bytes())
	}
	head := []byte{has, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
	return riff("RIFF", bytes.Join([][]byte{[]byte("WEBP"), riff("VP8X", head), before, pixels, behind}, nil))
}

// riff is a chunk, filled up to an even length.
func riff(kind string, body []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func vp8l(img image.Image) []byte {
	var w lowBits
	b := img.Bounds()
	w.put(0x2f, 8)
	w.put(uint64(b.Dx()-1), 14)
	w.put(uint64(b.Dy()-1), 14)
	w.put(1, 1)                                // alpha is used
	w.put(0, 3)                                // version
	w.put(0, 1)                                // no transform
	w.put(0, 1)                                // no cache of colours
	w.put(0, 1)                                // one group of codes
	for _, above := range []int{24, 0, 0, 0} { // green has 24 more symbols, for lengths; then red, blue, alpha
		w.code(above)
	}
	w.put(1, 1) // the code of distances: simple,
	w.put(0, 1) // one symbol
	w.put(0, 1) // of one bit,
	w.put(0, 1) // 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			for _, v := range []uint8{c.G, c.R, c.B, c.A} {
				w.putReversed(v)
			}
		}
	}
	return w.b
}

// lowBits writes bits, the lowest first.
type lowBits struct {
	b []byte
	n int
}

func (w *lowBits) put(v uint64, n int) {
	for k := range n {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v>>k&1) << (w.n % 8)
		w.n++
	}
}

// putReversed writes a code of eight bits, which begins with its highest.
func (w *lowBits) putReversed(v uint8) {
	for k := 7; k >= 0; k-- {
		w.put(uint64(v>>k&1), 1)
	}
}

// code says that 256 symbols have codes of eight bits and that so many above have none. The lengths themselves are coded
// in one bit: 0 is "none", 1 is "eight".
func (w *lowBits) code(above int) {
	w.put(0, 1) // not simple
	w.put(8, 4) // twelve lengths of codes follow, in this order: 17 18 0 1 2 3 4 5 16 6 7 8
	for n := range 12 {
		switch n {
		case 2, 11:
			w.put(1, 3)
		default:
			w.put(0, 3)
		}
	}
	w.put(0, 1) // all symbols are given
	for range 256 {
		w.put(1, 1)
	}
	for range above {
		w.put(0, 1)
	}
}

// LossyWebP is a VP8 file (RFC 6386) in which every bit that is coded is 0: all samples are predicted, 128 or 129, a grey
// that is a little lighter than the number says, since luma runs from 16 to 235.
func LossyWebP(w, h int) []byte {
	const first = 1024 // bytes of the first partition, far more than are read
	frame := []byte{1<<4 | first<<5&0xff, first >> 3 & 0xff, first >> 11, 0x9d, 0x01, 0x2a, byte(w), byte(w >> 8), byte(h), byte(h >> 8)}
	return riff("RIFF", append([]byte("WEBP"), riff("VP8 ", append(frame, make([]byte, 2*first)...))...))
}

// AnimatedWebP has two frames: a picture at a place of a white canvas, and another that nobody needs to see.
func AnimatedWebP(img image.Image, canvas, at image.Point) []byte {
	head := []byte{1 << 1, 0, 0, 0}
	head = append(append(head, le24(canvas.X-1)...), le24(canvas.Y-1)...)
	frame := func(img image.Image, at image.Point) []byte {
		var b []byte
		for _, v := range []int{at.X / 2, at.Y / 2, img.Bounds().Dx() - 1, img.Bounds().Dy() - 1, 100} {
			b = append(b, le24(v)...)
		}
		return riff("ANMF", append(append(b, 0), riff("VP8L", vp8l(img))...))
	}
	return riff("RIFF", bytes.Join([][]byte{[]byte("WEBP"), riff("VP8X", head), riff("ANIM", make([]byte, 6)), frame(img, at), frame(Scene(20, 20, 5), image.Point{})}, nil))
}

func le24(v int) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16)} }
