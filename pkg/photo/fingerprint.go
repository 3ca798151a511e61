package photo

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"math/bits"
	"slices"

	"github.com/disintegration/imaging"
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

// The bands by which candidates are found: each is a number made of some bits, and copies share at least one.
const (
	bandCount = 8
	bandBits  = 18
)

// bandChoice is which bits make each band: low frequencies, which change least, each band another mix of them.
var bandChoice = func() (c [bandCount][bandBits]int) {
	var low []int
	for n := 1; n < printWaves*printWaves; n++ {
		if u, w := n/printWaves, n%printWaves; u+w <= 8 {
			low = append(low, n-1)
		}
	}
	at := 0
	for b := range c {
		step := 7 + 2*b
		for k := range c[b] {
			c[b][k] = low[at%len(low)]
			at += step
			for slices.Contains(c[b][:k], low[at%len(low)]) {
				at++
			}
		}
	}
	return c
}()

// Bands are the numbers of a print; the number of the band is in the upper bits, so that all are distinct keys.
func (p PerceptualHash) Bands() (keys [bandCount]int64) {
	for b, choice := range bandChoice {
		key := int64(b)
		for _, n := range choice {
			key <<= 1
			if p.bit(n) {
				key |= 1
			}
		}
		keys[b] = key
	}
	return keys
}

// Keys are all numbers by which others will find this picture.
func (f Fingerprint) Keys() []int64 {
	var all []int64
	for _, p := range f.Prints() {
		keys := p.Bands()
		all = append(all, keys[:]...)
	}
	return distinct(all)
}

// Keys are all numbers under which the picture may lie in any turn.
func (t RotationFingerprints) Keys() (all []int64) {
	for _, f := range t {
		all = append(all, f.Keys()...)
	}
	return distinct(all)
}

func distinct(keys []int64) []int64 {
	slices.Sort(keys)
	return slices.Compact(keys)
}
