package photo

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"math/bits"
)

// Sizes of a fingerprint.
const (
	printGrid  = 32  // pixels a side that a picture is shrunk to
	printWaves = 12  // lowest frequencies each way that are looked at
	printBits  = 143 // all of them but the mean
	printEdge  = .05 // of each side, cut away for the inner print
	printFoot  = .2  // of the height, cut away for the upper print
	printFlat  = 4.0 // standard deviation of grey under which a picture has nothing to know it by
	printBlur  = 2   // how far around it the mean is taken that a pixel of the detail is held against
)

// PerceptualHash says which of the lowest frequencies of a picture are stronger than half of them: a perceptual hash after the
// discrete cosine transform (C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, §3.2)
// with 143 bits.
type PerceptualHash [3]uint64

// Distance is in how many of the 143 bits two prints differ; unrelated pictures differ in about half.
func (p PerceptualHash) Distance(q PerceptualHash) int {
	return bits.OnesCount64(p[0]^q[0]) + bits.OnesCount64(p[1]^q[1]) + bits.OnesCount64(p[2]^q[2])
}

// bit says whether one bit is set.
func (p PerceptualHash) bit(n int) bool { return p[n/64]>>(n%64)&1 == 1 }

// Fingerprint knows a picture again after recompression, scaling, brightening, a stamp, a cut edge or foot, a quarter turn, or in a mirror.
type Fingerprint struct {
	Whole PerceptualHash // of the whole picture
	Inner PerceptualHash // without 5 % at each side: what a copy with cut edges shows
	Upper PerceptualHash // without the foot, where cameras burn time and place in

	WholeDetail, InnerDetail, UpperDetail Detail
}

// Prints are all three.
func (f Fingerprint) Prints() [3]PerceptualHash { return [3]PerceptualHash{f.Whole, f.Inner, f.Upper} }

// Detail is a picture at 32 pixels a side, each as brighter or darker than those around it. Prints of pictures that are
// composed alike, like views along roads, may be near each other; their details are not.
type Detail [printGrid * printGrid]int8

// Likeness is the correlation of two details, 1 for the same one.
func (d *Detail) Likeness(o *Detail) float64 {
	var both, own, others int
	for n, v := range d {
		w := o[n]
		both += int(v) * int(w)
		own += int(v) * int(v)
		others += int(w) * int(w)
	}
	if own == 0 || others == 0 {
		return 0
	}
	return float64(both) / math.Sqrt(float64(own)*float64(others))
}

// mirrored is the detail with left and right exchanged.
func (d *Detail) mirrored() (t Detail) {
	for n, v := range d {
		t[n-n%printGrid+printGrid-1-n%printGrid] = v
	}
	return t
}

// turned is the detail after a quarter turn.
func (d *Detail) turned() (t Detail) {
	for n, v := range d {
		y, x := n/printGrid, n%printGrid
		t[(printGrid-1-x)*printGrid+y] = v
	}
	return t
}

// fingerprintSize is the length of a fingerprint in bytes.
const fingerprintSize = 3*3*8 + 3*printGrid*printGrid

// Bytes are what ParseFingerprint reads.
func (f Fingerprint) Bytes() []byte {
	b := make([]byte, 0, fingerprintSize)
	for _, p := range f.Prints() {
		for _, word := range p {
			b = binary.BigEndian.AppendUint64(b, word)
		}
	}
	for _, d := range []*Detail{&f.WholeDetail, &f.InnerDetail, &f.UpperDetail} {
		for _, v := range d {
			b = append(b, byte(v))
		}
	}
	return b
}

// ParseFingerprint reads what Bytes gave.
func ParseFingerprint(b []byte) (f Fingerprint, err error) {
	if len(b) != fingerprintSize {
		return f, fmt.Errorf("photo: a fingerprint has %d bytes, this has %d", fingerprintSize, len(b))
	}
	for n, p := range []*PerceptualHash{&f.Whole, &f.Inner, &f.Upper} {
		for w := range p {
			p[w] = binary.BigEndian.Uint64(b[(len(p)*n+w)*8:])
		}
	}
	b = b[3*3*8:]
	for _, d := range []*Detail{&f.WholeDetail, &f.InnerDetail, &f.UpperDetail} {
		for n := range d {
			d[n] = int8(b[n])
		}
		b = b[len(d):]
	}
	return f, nil
}

// Two fingerprints are of one picture when their prints differ in at most SameDistance of 143 bits and their details have
// at least SameLikeness. Both were chosen leaving out one original at a time from labelled pairs, see
// server/decisions/0004-fingerprints.md.
const (
	SameDistance = 30
	SameLikeness = 0.6
)

// AgainLikeness is what two photos of one issue have at least when one is the other once more. They show one place and are alike for a good
// reason, so it is more than SameLikeness: of a photo that is moved by a twentieth of
// its sides hardly any has as much.
const AgainLikeness = 0.9

// quarters are the turns that bring a picture back.
const quarters = 4

// RotationFingerprints are the prints of a picture and of the same picture after one, two and three quarter turns; then those of the picture
// with left and right exchanged.
type RotationFingerprints [2 * quarters]Fingerprint

// FingerprintOf looks at an upright picture; ok is false when it is too even to be known again.
func FingerprintOf(img image.Image) (t RotationFingerprints, ok bool) {
	b := img.Bounds()
	dx, dy, foot := int(printEdge*float64(b.Dx())), int(printEdge*float64(b.Dy())), int(printFoot*float64(b.Dy()))
	whole := greyOf(img, b)
	inner := greyOf(img, image.Rect(b.Min.X+dx, b.Min.Y+dy, b.Max.X-dx, b.Max.Y-dy))
	upper := greyOf(img, image.Rect(b.Min.X, b.Min.Y, b.Max.X, b.Max.Y-foot))
	if whole == nil || inner == nil || upper == nil {
		return t, false
	}
	wholeWaves, innerWaves, upperWaves := whole.waves(), inner.waves(), upper.waves()
	wholeDetail, innerDetail, upperDetail := whole.detail(), inner.detail(), upper.detail()
	for n := range t {
		if n == quarters { // four turns have brought the details back
			wholeWaves, innerWaves, upperWaves = wholeWaves.mirrored(), innerWaves.mirrored(), upperWaves.mirrored()
			wholeDetail, innerDetail, upperDetail = wholeDetail.mirrored(), innerDetail.mirrored(), upperDetail.mirrored()
		}
		t[n] = Fingerprint{wholeWaves.print(n), innerWaves.print(n), upperWaves.print(n), wholeDetail, innerDetail, upperDetail}
		wholeDetail, innerDetail, upperDetail = wholeDetail.turned(), innerDetail.turned(), upperDetail.turned()
	}
	return t, true
}

// Same says whether two fingerprints are of one picture, and in how many bits their prints differ.
func (t RotationFingerprints) Same(f Fingerprint) (distance int, same bool) {
	distance = t.Distance(f)
	return distance, distance <= SameDistance && t.Likeness(f) >= SameLikeness
}

// Again says whether two fingerprints of photos of one issue are of one photo, and in how many bits their prints differ.
func (t RotationFingerprints) Again(f Fingerprint) (distance int, again bool) {
	distance = t.Distance(f)
	return distance, distance <= SameDistance && t.Likeness(f) >= AgainLikeness
}

// Likeness is the greatest of any two details that may show one part of a picture, in any turn of the first one: either may lack its edges or its
// foot.
func (t RotationFingerprints) Likeness(f Fingerprint) float64 {
	most := -1.0
	for n := range t {
		a := &t[n]
		most = max(most, a.WholeDetail.Likeness(&f.WholeDetail), a.WholeDetail.Likeness(&f.InnerDetail), a.InnerDetail.Likeness(&f.WholeDetail),
			a.UpperDetail.Likeness(&f.UpperDetail), a.WholeDetail.Likeness(&f.UpperDetail), a.UpperDetail.Likeness(&f.WholeDetail))
	}
	return most
}

// Distance is the smallest distance between any two prints, in any turn of the first picture.
func (t RotationFingerprints) Distance(f Fingerprint) int {
	least := printBits
	for _, turned := range t {
		for _, a := range turned.Prints() {
			for _, b := range f.Prints() {
				least = min(least, a.Distance(b))
			}
		}
	}
	return least
}
