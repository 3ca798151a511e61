package phototest

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/gen2brain/jpegn"
)

// JPEG is a baseline file of a picture; grey pictures give grey files.
func JPEG(img image.Image, quality int, e *EXIF) []byte {
	return encodeJPEG(img, e, jpegn.EncodeOptions{Quality: quality})
}

// ProgressiveJPEG is the same picture in a file that shows all of it at once, sharper from scan to scan.
func ProgressiveJPEG(img image.Image, quality int, e *EXIF) []byte {
	return encodeJPEG(img, e, jpegn.EncodeOptions{Quality: quality, Progressive: true})
}

func encodeJPEG(img image.Image, e *EXIF, o jpegn.EncodeOptions) []byte {
	if _, grey := img.(*image.Gray); !grey {
		o.Subsampling = jpegn.Subsample420
	}
	if e != nil {
		o.Exif = append([]byte("Exif\x00\x00"), e.Bytes()...)
	}
	var b bytes.Buffer
	must(jpegn.Encode(&b, img, &o))
	return b.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// CMYK is a baseline JPEG file with four components, inverted as Adobe writes them. Each block of 8 × 8 pixels has one
// colour: only DC coefficients are written.
func CMYK(img image.Image) []byte {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	b := []byte{0xff, 0xd8}
	segment := func(marker byte, body ...byte) {
		b = append(binary.BigEndian.AppendUint16(append(b, 0xff, marker), uint16(len(body)+2)), body...)
	}
	segment(0xee, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), 0)...) // no transform
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{8}, 64)...)...)
	segment(0xc0, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0)
	// The code of a DC category 0 to 11 is its number in four bits; the only AC symbol is "end of block", one bit.
	segment(0xc4, append(append([]byte{0x00}, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)...)
	segment(0xc4, append(append([]byte{0x10}, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0)...)
	segment(0xda, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0)
	return append(append(b, scan(img)...), 0xff, 0xd9)
}

// scan codes the blocks of a CMYK picture.
func scan(img image.Image) []byte {
	var w bits
	var before [4]int
	o := img.Bounds().Min
	for y := 0; y < img.Bounds().Dy(); y += 8 {
		for x := 0; x < img.Bounds().Dx(); x += 8 {
			r, g, b, _ := img.At(o.X+x, o.Y+y).RGBA()
			for n, level := range [4]uint32{r >> 8, g >> 8, b >> 8, 255} { // inverted cyan is red; no black
				dc := int(level) - 128 // quantised by 8, and DC is 8 times the level
				d := dc - before[n]
				before[n] = dc
				size := 0
				for v := max(d, -d); v > 0; v >>= 1 {
					size++
				}
				if d < 0 {
					d += 1<<size - 1
				}
				w.put(uint64(size), 4)
				w.put(uint64(d), size)
				w.put(0, 1)
			}
		}
	}
	w.align(1)
	return bytes.ReplaceAll(w.b, []byte{0xff}, []byte{0xff, 0})
}

// bits writes bits, the highest first.
type bits struct {
	b    []byte
	free int // bits free in the last byte
}

func (w *bits) put(v uint64, n int) {
	for n--; n >= 0; n-- {
		if w.free == 0 {
			w.b, w.free = append(w.b, 0), 8
		}
		w.free--
		w.b[len(w.b)-1] |= byte(v>>n&1) << w.free
	}
}

// align fills the last byte.
func (w *bits) align(bit uint64) {
	for w.free > 0 {
		w.put(bit, 1)
	}
}
