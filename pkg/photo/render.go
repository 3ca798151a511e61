package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"

	"github.com/disintegration/imaging"
	"github.com/gen2brain/jpegn"
	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"
)

// Sizes of what is made from a photo: the longest side in pixels. Nothing is made larger than it is.
const (
	DisplaySide = 1600
	ThumbSide   = 320
)

// quality of the JPEG files that are made, 1 to 100.
const (
	displayQuality = 82
	thumbQuality   = 80
)

// CannotRender says why no picture could be made; the photo itself is as good as before.
type CannotRender struct{ Why string }

func (e *CannotRender) Error() string { return "photo: cannot render: " + e.Why }

// Pictures are the derived pictures of a photo: upright sRGB JPEG files without metadata.
type Pictures struct{ Display, Thumb []byte }

// Decoder decodes HEIC and AVIF, upright. Its error is a *CannotRender when trying again is of no use.
type Decoder func(ctx context.Context, t Type, r io.Reader) (image.Image, error)

// Render makes the derived pictures. Its error is a *CannotRender when the picture is at fault, and the reader's otherwise.
func Render(ctx context.Context, r io.ReadSeeker, t Type, orientation int, decode Decoder) (p Pictures, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = &CannotRender{Why: fmt.Sprintf("the decoder broke down: %v", broken)}
		}
	}()
	img, err := decodeAny(ctx, r, t, orientation, decode)
	if err != nil {
		return p, err
	}
	display := imaging.Fit(img, DisplaySide, DisplaySide, imaging.CatmullRom)
	thumb := imaging.Fit(display, ThumbSide, ThumbSide, imaging.CatmullRom)
	if p.Display, err = encode(display, displayQuality); err != nil {
		return p, err
	}
	p.Thumb, err = encode(thumb, thumbQuality)
	return p, err
}

func encode(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := jpegn.Encode(&b, img, &jpegn.EncodeOptions{Quality: quality, Subsampling: jpegn.Subsample420}); err != nil {
		return nil, fmt.Errorf("photo: encode: %w", err)
	}
	return b.Bytes(), nil
}

// decodeAny gives an opaque picture in a form that imaging is safe with: it works in goroutines of its own, where a
// panic cannot be caught, and paletted pictures have made it panic.
func decodeAny(ctx context.Context, r io.ReadSeeker, t Type, orientation int, decode Decoder) (image.Image, error) {
	var img image.Image
	var err error
	switch t {
	case JPEG:
		img, err = decodeJPEG(r)
	case PNG:
		img, err = decodeBounded(r, png.DecodeConfig, png.Decode)
	case WebP:
		img, err = decodeBounded(r, webp.DecodeConfig, webp.Decode)
	case HEIC, AVIF:
		if img, err = decode(ctx, t, r); err != nil {
			return nil, err
		}
		orientation = 1
	default:
		return nil, &CannotRender{Why: "the type is not known"}
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &CannotRender{Why: err.Error()}
	}
	if b := img.Bounds(); b.Dx() < 1 || b.Dy() < 1 {
		return nil, &CannotRender{Why: "the picture has no pixels"}
	}
	return upright(opaque(img), orientation), nil
}

// bounded reads the size that the decoder sees: a crafted file shows Inspect another one.
func bounded(r io.ReadSeeker, config func(io.Reader) (image.Config, error)) (c image.Config, err error) {
	if c, err = config(r); err != nil {
		return c, err
	}
	if tooMany(c.Width, c.Height) {
		return c, ErrPixels
	}
	_, err = r.Seek(0, io.SeekStart)
	return c, err
}

func decodeBounded(r io.ReadSeeker, config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error)) (image.Image, error) {
	if _, err := bounded(r, config); err != nil {
		return nil, err
	}
	return decode(r)
}

// decodeJPEG decodes at the smallest scale that still has the pixels of the display size.
func decodeJPEG(r io.ReadSeeker) (image.Image, error) {
	c, err := bounded(r, jpegn.DecodeConfig)
	if err != nil {
		return nil, err
	}
	scale := 1
	for scale < 8 && max(c.Width, c.Height)/(2*scale) >= DisplaySide {
		scale *= 2
	}
	return jpegn.Decode(r, &jpegn.Options{ToRGBA: true, ScaleDenom: scale})
}

// opaque draws a picture on white, so that nothing shows through.
func opaque(img image.Image) image.Image {
	switch v := img.(type) {
	case *image.RGBA:
		if v.Opaque() {
			return v
		}
	case *image.NRGBA:
		if v.Opaque() {
			return v
		}
	}
	b := img.Bounds()
	on := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(on, on.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(on, on.Bounds(), img, b.Min, draw.Over)
	return on
}

// turns are what makes a picture of each EXIF orientation upright.
var turns = map[int]func(image.Image) *image.NRGBA{
	2: imaging.FlipH, 3: imaging.Rotate180, 4: imaging.FlipV, 5: imaging.Transpose, 6: imaging.Rotate270, 7: imaging.Transverse, 8: imaging.Rotate90,
}

// upright turns small pictures: shrink first, where both are to be done.
func upright(img image.Image, orientation int) image.Image {
	turn := turns[orientation]
	if turn == nil {
		return img
	}
	if b := img.Bounds(); max(b.Dx(), b.Dy()) > DisplaySide {
		img = imaging.Fit(img, DisplaySide, DisplaySide, imaging.CatmullRom)
	}
	return turn(img)
}

// Gate bounds how many pixels are being decoded at once.
type Gate struct {
	room *semaphore.Weighted
	most int64
}

// NewGate makes a gate for so many pixels; a larger picture passes alone.
func NewGate(pixels int64) *Gate { return &Gate{semaphore.NewWeighted(pixels), pixels} }

// Enter waits for room for a picture; leave gives it back.
func (g *Gate) Enter(ctx context.Context, width, height int) (leave func(), err error) {
	n := min(max(int64(width)*int64(height), 1), g.most)
	if err := g.room.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { g.room.Release(n) }, nil
}
