package photo

import (
	"image"
	"image/color"
	"image/draw"
)

// Fit gives a picture that is at most side pixels long and never larger than it was: 4:2:0, or grey when it was grey.
// What is transparent becomes white. It does not share memory with img.
func Fit(img image.Image, side int) image.Image { return fit(img, side, uprightTransform{}) }

// fit leaves room for a turn that comes after it.
func fit(img image.Image, side int, next uprightTransform) image.Image {
	size := img.Bounds().Size()
	w, h := fitted(size.X, size.Y, side)
	scaleX, scaleY := float64(size.X)/float64(w), float64(size.Y)/float64(h)
	luma := func(p plane) (across, down *resampler) {
		return newResampler(p.w, w, scaleX/p.step, 0.5), newResampler(p.h, h, scaleY/p.step, 0.5)
	}
	if v, ok := img.(*image.Gray); ok {
		p := plane{v.Pix[v.PixOffset(v.Rect.Min.X, v.Rect.Min.Y):], v.Stride, size.X, size.Y, 1}.halved(scaleX, scaleY)
		across, down := luma(p)
		return &image.Gray{Pix: across.narrow(p).shorten(down), Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	subX, subY := 1, 1
	v, planar := img.(*image.YCbCr)
	if planar {
		subX, subY = subsampling(v.SubsampleRatio)
	}
	colour := func(p plane) (across, down *resampler) {
		return newResampler(p.w, (w+1)/2, 2*scaleX/float64(subX)/p.step, offset(next.right, w)), newResampler(p.h, (h+1)/2, 2*scaleY/float64(subY)/p.step, offset(next.low, h))
	}
	out := &image.YCbCr{YStride: w, CStride: (w + 1) / 2, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, w, h)}
	if !planar {
		whole := plane{w: size.X, h: size.Y, step: 1}
		across, down := luma(whole)
		colourAcross, colourDown := colour(whole)
		y, cb, cr := narrowAny(img, across, colourAcross)
		out.Y, out.Cb, out.Cr = y.shorten(down), cb.shorten(colourDown), cr.shorten(colourDown)
		return out
	}
	at, c := v.YOffset(v.Rect.Min.X, v.Rect.Min.Y), v.COffset(v.Rect.Min.X, v.Rect.Min.Y)
	y := plane{v.Y[at:], v.YStride, size.X, size.Y, 1}.halved(scaleX, scaleY)
	across, down := luma(y)
	out.Y = across.narrow(y).shorten(down)
	for from, to := range map[*[]uint8]*[]uint8{&v.Cb: &out.Cb, &v.Cr: &out.Cr} {
		p := plane{(*from)[c:], v.CStride, (size.X + subX - 1) / subX, (size.Y + subY - 1) / subY, 1}.halved(2*scaleX/float64(subX), 2*scaleY/float64(subY))
		across, down := colour(p)
		*to = across.narrow(p).shorten(down)
	}
	return out
}

// fits says whether a picture can stay as its decoder gave it.
func fits(img image.Image, next uprightTransform) bool {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	switch v := img.(type) {
	case *image.Gray:
		return v.Rect.Min == (image.Point{}) && max(w, h) <= MaxDisplaySide
	case *image.YCbCr:
		lie := offset(next.right, w) == 0.5 && offset(next.low, h) == 0.5 // samples of colour on their pixels, after the turn as well
		return lie && v.Rect.Min == (image.Point{}) && max(w, h) <= MaxDisplaySide && v.SubsampleRatio == image.YCbCrSubsampleRatio420
	}
	return false
}

// fitted is the size of a picture at most side pixels long.
func fitted(w, h, side int) (int, int) {
	long := max(w, h)
	if long <= side {
		return w, h
	}
	scaled := func(n int) int { return max(1, (2*n*side+long)/(2*long)) }
	return scaled(w), scaled(h)
}

// subsampling is how many pixels share a sample of colour, in each direction.
func subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// offset is the middle of the first sample of colour, in samples. Where an odd side will be mirrored, samples begin one
// pixel earlier, so that they lie on pairs of pixels afterwards.
func offset(mirrored bool, side int) float64 {
	if mirrored && side%2 == 1 {
		return 0
	}
	return 0.5
}

// narrowAny takes a picture in any form, four rows at a time, so that no second copy of its full size is needed.
func narrowAny(img image.Image, across, colour *resampler) (y, cb, cr columns) {
	b := img.Bounds()
	rows := image.NewRGBA(image.Rect(0, 0, b.Dx(), 4))
	lines := image.NewYCbCr(rows.Rect, image.YCbCrSubsampleRatio444)
	y, cb, cr = newColumns(across, b.Dy()), newColumns(colour, b.Dy()), newColumns(colour, b.Dy())
	for n := 0; n < b.Dy(); n += 4 {
		draw.Draw(rows, rows.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(rows, rows.Rect, img, image.Pt(b.Min.X, b.Min.Y+n), draw.Over)
		for x := range lines.Y {
			lines.Y[x], lines.Cb[x], lines.Cr[x] = color.RGBToYCbCr(rows.Pix[4*x], rows.Pix[4*x+1], rows.Pix[4*x+2])
		}
		rest := func(pix []uint8) plane { return plane{pix, b.Dx(), b.Dx(), min(4, b.Dy()-n), 1} }
		across.four(y, n, rest(lines.Y))
		colour.four(cb, n, rest(lines.Cb))
		colour.four(cr, n, rest(lines.Cr))
	}
	return y, cb, cr
}
