package photo

import "image"

// What a bar of a screen is: as much of the height, at the top and at the bottom, of rows that are even but for some signs.
const (
	barShare  = 64 // part of the height: the bars of phones have a fortieth and more
	barEven   = 4  // of five pixels of a row that are its usual one
	barSlip   = 2  // steps of luma by which they may differ
	brightest = 255
)

// HasBars says whether a picture has bars of one colour at its top and its bottom, as screens have and what cameras see has not: noise, and
// light that changes along a row. White above is no bar: so is an overcast sky.
func HasBars(img image.Image) bool {
	pix, w, h := lumaOf(img)
	need := max(h/barShare, 2)
	if w < 64 || h < 2*need {
		return false
	}
	top, ok := barOf(pix[:need*w], w)
	if !ok || top >= brightest-barSlip {
		return false
	}
	_, ok = barOf(pix[(h-need)*w:], w)
	return ok
}

// barOf gives the usual luma of rows that are all even.
func barOf(pix []uint8, w int) (usual uint8, ok bool) {
	for first := true; len(pix) >= w; first = false {
		var counts [256]int
		for _, v := range pix[:w] {
			counts[v]++
		}
		most := 0
		for v, n := range counts {
			if n > counts[most] {
				most = v
			}
		}
		if first {
			usual = uint8(most)
		}
		even := 0
		for v := max(0, int(usual)-barSlip); v <= min(brightest, int(usual)+barSlip); v++ {
			even += counts[v]
		}
		if even*(barEven+1) < w*barEven {
			return 0, false
		}
		pix = pix[w:]
	}
	return usual, true
}
