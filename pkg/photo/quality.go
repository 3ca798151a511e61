package photo

import (
	"image"
	"slices"
)

// Quality is how well a picture shows what is on it.
type Quality struct {
	Light     int     // luma under which 95 % of its pixels lie, 0 to 255
	Sharpness float64 // variance of the Laplacian of its luma at 640 pixels, over the variance of the luma itself
}

// Bounds of quality, chosen on real photos: the least sharp of 137 has 0.022, the same photos blurred by 6 pixels of 1600
// have 0.011 at the median of the sharpest kind; the darkest has 48.
const (
	darkLight   = 48
	blurryRatio = 0.015
	qualitySide = 640
)

// Dark says whether next to nothing can be seen.
func (q Quality) Dark() bool { return q.Light < darkLight }

// Blurred says whether nothing has an edge (J. L. Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, 2000:
// the variance of the Laplacian, here relative to the contrast).
func (q Quality) Blurred() bool { return q.Sharpness < blurryRatio }

// QualityOf looks at a derived picture.
func QualityOf(img image.Image) Quality {
	if v, ok := img.(*image.YCbCr); ok { // only light counts
		img = &image.Gray{Pix: v.Y[v.YOffset(v.Rect.Min.X, v.Rect.Min.Y):], Stride: v.YStride, Rect: image.Rect(0, 0, v.Rect.Dx(), v.Rect.Dy())}
	}
	pix, w, h := lumaOf(Fit(img, qualitySide))
	var q Quality
	var counts [256]int
	for _, v := range pix {
		counts[v]++
	}
	for left := (len(pix)*95 + 99) / 100; q.Light < 255 && left > counts[q.Light]; q.Light++ {
		left -= counts[q.Light]
	}
	if w < 3 || h < 3 {
		return q
	}
	var edges, plain spread
	for y := 1; y < h-1; y++ {
		above, row, below := pix[(y-1)*w:y*w], pix[y*w:(y+1)*w], pix[(y+1)*w:(y+2)*w]
		for x := 1; x < w-1; x++ {
			v := int(row[x])
			edges.add(4*v - int(row[x-1]) - int(row[x+1]) - int(above[x]) - int(below[x]))
			plain.add(v)
		}
	}
	if p := plain.variance(); p > 0 {
		q.Sharpness = edges.variance() / p
	}
	return q
}

// spread sums whole numbers for their variance.
type spread struct{ n, sum, squares int }

func (s *spread) add(v int) { s.n, s.sum, s.squares = s.n+1, s.sum+v, s.squares+v*v }

func (s *spread) variance() float64 {
	mean := float64(s.sum) / float64(s.n)
	return float64(s.squares)/float64(s.n) - mean*mean
}

// lumaOf gives the rows of luma of what Fit made, without gaps.
func lumaOf(img image.Image) (pix []uint8, w, h int) {
	w, h = img.Bounds().Dx(), img.Bounds().Dy()
	stride := w
	switch v := img.(type) {
	case *image.YCbCr:
		pix, stride = v.Y, v.YStride
	case *image.Gray:
		pix, stride = v.Pix, v.Stride
	}
	if stride == w {
		return pix, w, h
	}
	tight := make([]uint8, 0, w*h)
	for y := range h {
		tight = append(tight, pix[y*stride:][:w]...)
	}
	return slices.Clip(tight), w, h
}
