package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"time"

	"github.com/gen2brain/jpegn"
	"golang.org/x/image/webp"
)

// DecodeSmall decodes a JPEG, PNG or WebP file by its first decoder, unless its header claims more than so many pixels, and gives it
// upright, in sRGB and at most MaxDisplaySide long. Its error is a *RenderError.
func DecodeSmall(b []byte, t Type, most int) (image.Image, error) {
	return decodeBy(coders[t][:min(1, len(coders[t]))], b, t, most)
}

// DecodeSomehow does the same, by the next decoder when one gives up; of what is broken it gives what is left. It may take more memory
// than DecodeSmall. Its error is what the first decoder said.
func DecodeSomehow(b []byte, t Type, most int) (image.Image, error) {
	return decodeBy(coders[t], b, t, most)
}

func decodeBy(some []coder, b []byte, t Type, most int) (image.Image, error) {
	var first error = &RenderError{Reason: "there is no decoder for " + string(t)}
	for n, coder := range some {
		img, err := attempt(func() (image.Image, error) { return coder.try(b, most) })
		if err == nil {
			return Normalise(img, b, t)
		}
		if n == 0 {
			first = err
		}
	}
	return nil, first
}

// try decodes a file whose size is bearable.
func (coder coder) try(b []byte, most int) (image.Image, error) {
	c, err := coder.config(b)
	if err == nil && (c.Width < 1 || c.Height < 1 || c.Width > MaxSide || c.Height > MaxSide || c.Width*c.Height > most) {
		err = fmt.Errorf("the decoder sees %d × %d pixels", c.Width, c.Height)
	}
	if err != nil {
		return nil, &RenderError{Reason: err.Error()}
	}
	img, err := coder.decode(b, c)
	if err != nil {
		return nil, &RenderError{Reason: err.Error()}
	}
	return img, nil
}

// Normalise makes what a decoder gave of a file upright, sRGB and at most MaxDisplaySide long; it may change the picture it is given. The decoder of HEIC is taken to
// have done what the file says of its rotation, that of AVIF not; EXIF only repeats it for both.
func Normalise(img image.Image, b []byte, t Type) (image.Image, error) {
	h, err := headers[t](io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))))
	if err != nil {
		return nil, err
	}
	said := Metadata{Orientation: 1}
	readMetadata(h.exif, &said, time.UTC)
	next := uprightTransformOf(said.Orientation)
	switch t {
	case HEIC:
		next = uprightTransform{}
	case AVIF:
		next = uprightTransformOf(h.own)
	}
	small := img
	if !fits(img, next) {
		small = fit(img, DisplaySide, next)
	}
	coloursOf(h.icc, h.coding, t).apply(small)
	return next.apply(small), nil
}

// coder is a way to decode a type, given what its header says.
type coder struct {
	config func([]byte) (image.Config, error)
	decode func([]byte, image.Config) (image.Image, error)
}

// coders are the decoders of each type in the order in which they are tried: what is quick, what knows more, what mends.
var coders = map[Type][]coder{
	JPEG: {{reading(jpegn.DecodeConfig), decodeJPEG}, plainCoder(jpeg.DecodeConfig, jpeg.Decode)},
	PNG:  {plainCoder(png.DecodeConfig, png.Decode), {mendedPNGConfig, decodeMendedPNG}},
	WebP: {plainCoder(webp.DecodeConfig, decodeWebP), {webpFrameConfig, decodeWebPFrame}},
}

func plainCoder(config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error)) coder {
	return coder{reading(config), func(b []byte, _ image.Config) (image.Image, error) { return decode(bytes.NewReader(b)) }}
}

func reading(config func(io.Reader) (image.Config, error)) func([]byte) (image.Config, error) {
	return func(b []byte) (image.Config, error) { return config(bytes.NewReader(b)) }
}

func decodeJPEG(b []byte, c image.Config) (image.Image, error) {
	if c.ColorModel == color.CMYKModel {
		return jpeg.Decode(bytes.NewReader(b)) // jpegn 0.6.0 gives nothing but transparent pixels for four components
	}
	scale := 1
	for scale < 8 && max(c.Width, c.Height)/(2*scale) >= DisplaySide {
		scale *= 2
	}
	img, err := jpegn.Decode(bytes.NewReader(b), &jpegn.Options{ScaleDenom: scale})
	if v, ok := img.(*image.YCbCr); ok && err == nil {
		greyRest(v)
	}
	return img, err
}

// greyRest makes grey what a file that was cut left out: samples of 0, which would be shown as a bright green.
func greyRest(v *image.YCbCr) {
	subX, subY := subsampling(v.SubsampleRatio)
	w, h := v.Rect.Dx(), v.Rect.Dy()
	for cy := (h+subY-1)/subY - 1; cy >= 0; cy-- {
		row := v.COffset(v.Rect.Min.X, v.Rect.Min.Y+cy*subY)
		first := (w + subX - 1) / subX
		for first > 0 && v.Cb[row+first-1] == 0 && v.Cr[row+first-1] == 0 {
			first--
			v.Cb[row+first], v.Cr[row+first] = 128, 128
		}
		if first*subX >= w {
			return
		}
		for y := cy * subY; y < min((cy+1)*subY, h); y++ {
			luma := v.Y[v.YOffset(v.Rect.Min.X, v.Rect.Min.Y+y):][:w]
			for x := first * subX; x < w; x++ {
				luma[x] = 128
			}
		}
	}
}

// decodeWebP widens what the lossy form holds, luma of 16 to 235 and colours of 16 to 240 (RFC 6386 §9.2), to the full
// range that Go's pictures have: the decoder leaves that out, and pictures would look pale.
func decodeWebP(r io.Reader) (image.Image, error) {
	img, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	v, ok := img.(*image.YCbCr)
	if alpha, also := img.(*image.NYCbCrA); also {
		v, ok = &alpha.YCbCr, true
	}
	if ok {
		widen(v.Y, 16, 0, 219)
		widen(v.Cb, 128, 128, 224)
		widen(v.Cr, 128, 128, 224)
	}
	return img, nil
}

// widen makes each value v into to + (v-from)·255/span.
func widen(pix []uint8, from, to, span int) {
	var table [256]uint8
	for v := range table {
		table[v] = uint8(min(max(to+int(math.Round(float64(v-from)*255/float64(span))), 0), 255))
	}
	for n, v := range pix {
		pix[n] = table[v]
	}
}
