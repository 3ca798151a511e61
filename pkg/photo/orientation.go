package photo

import "image"

// uprightTransform is how a stored picture is read to be upright: its columns begin at the right, its rows begin below, and then
// columns become rows.
type uprightTransform struct{ right, low, swap bool }

// uprightTransforms are those of the EXIF orientations.
var uprightTransforms = [9]uprightTransform{
	2: {right: true}, 3: {right: true, low: true}, 4: {low: true}, 5: {swap: true},
	6: {low: true, swap: true}, 7: {right: true, low: true, swap: true}, 8: {right: true, swap: true},
}

// uprightTransformOf is the turn of an orientation; what is none turns nothing.
func uprightTransformOf(orientation int) uprightTransform {
	if orientation < 1 || orientation > 8 {
		return uprightTransform{}
	}
	return uprightTransforms[orientation]
}

// apply turns what fit gave.
func (t uprightTransform) apply(img image.Image) image.Image {
	if t == (uprightTransform{}) {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	toW, toH := w, h
	if t.swap {
		toW, toH = h, w
	}
	to := image.Rect(0, 0, toW, toH)
	switch v := img.(type) {
	case *image.Gray:
		return &image.Gray{Pix: t.plane(v.Pix, v.Stride, w, h), Stride: toW, Rect: to}
	case *image.YCbCr:
		out := &image.YCbCr{YStride: toW, CStride: (toW + 1) / 2, Rect: to, SubsampleRatio: v.SubsampleRatio}
		out.Y = t.plane(v.Y, v.YStride, w, h)
		out.Cb, out.Cr = t.plane(v.Cb, v.CStride, (w+1)/2, (h+1)/2), t.plane(v.Cr, v.CStride, (w+1)/2, (h+1)/2)
		return out
	}
	return img
}

func (t uprightTransform) plane(pix []uint8, stride, w, h int) []uint8 {
	first, right, down := 0, 1, stride // where reading begins, and the steps of it
	if t.right {
		first, right = first+w-1, -right
	}
	if t.low {
		first, down = first+(h-1)*stride, -down
	}
	if t.swap {
		w, h, right, down = h, w, down, right
	}
	out := make([]uint8, 0, w*h)
	for y := range h {
		at := first + y*down
		for range w {
			out = append(out, pix[at])
			at += right
		}
	}
	return out
}
