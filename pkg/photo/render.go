package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync/atomic"

	"github.com/gen2brain/jpegn"
	"golang.org/x/sync/semaphore"
)

// Sizes of what is made from a photo: the longest side in pixels. Nothing is made larger than it is. A picture that leaves its
// decoder at most MaxDisplaySide long stays as it is: making it smaller by so little would take a fifth of all the work.
const (
	DisplaySide    = 1600
	MaxDisplaySide = DisplaySide * 9 / 8
	ThumbSide      = 320
)

// Quality of the JPEG files that are made, 1 to 100.
const (
	DisplayQuality = 82
	ThumbQuality   = 80
)

// RenderError says why no picture could be made; the photo itself is as good as before.
type RenderError struct {
	Reason string
	Killed bool // the system ended the decoder, most likely for want of memory: another time it may work
}

func (e *RenderError) Error() string { return "photo: cannot render: " + e.Reason }

// Renditions are the derived pictures of a photo: upright sRGB JPEG files without metadata.
type Renditions struct {
	Display, Thumb []byte
	Quality        Quality
	Fingerprints   RotationFingerprints
	Distinctive    bool // Fingerprints can be used: the picture is not too even
	Bars           bool // it has bars above and below, as screens have
}

// Decoder decodes in another process what must not be decoded in this one. The picture is as Small gives it. Its error is a
// *RenderError when trying again is of no use.
type Decoder func(ctx context.Context, t Type, r io.Reader) (image.Image, error)

// hereMost is how many pixels a JPEG file may have to be decoded in this process: a progressive one takes seven bytes for
// each, and its decoder never broke down. All other decoders are given to another process.
const hereMost = 50_000_000

// DecodesInProcess says whether a photo is decoded in this process.
func (f Metadata) DecodesInProcess() bool {
	return f.Type == JPEG && f.Width > 0 && f.Width*f.Height <= hereMost
}

// Render makes the derived pictures of a photo of so many bytes of which Inspect gave these facts. Its error is a *RenderError
// when the picture is at fault, and that of the context or the reader otherwise.
func Render(ctx context.Context, r io.Reader, size int64, f Metadata, decode Decoder) (p Renditions, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = &RenderError{Reason: fmt.Sprintf("the decoder broke down: %v", broken)}
		}
	}()
	display, err := small(ctx, r, size, f, decode)
	if err != nil {
		return p, err
	}
	if p.Display, err = encode(display, DisplayQuality); err != nil {
		return p, err
	}
	thumb := Fit(display, ThumbSide)
	p.Quality, p.Bars = QualityOf(display), HasBars(display)
	p.Fingerprints, p.Distinctive = FingerprintOf(thumb)
	p.Thumb, err = encode(thumb, ThumbQuality)
	return p, err
}

func small(ctx context.Context, r io.Reader, size int64, f Metadata, decode Decoder) (img image.Image, err error) {
	if err := overBound(f.Width, f.Height); err != nil {
		return nil, err
	}
	from := &source{Reader: r}
	if f.DecodesInProcess() {
		var b bytes.Buffer
		b.Grow(int(min(size, MaxBytes)) + bytes.MinRead) // so that it is not copied while it grows
		if _, err = b.ReadFrom(io.LimitReader(from, MaxBytes)); err == nil {
			img, err = decodeHere(ctx, b.Bytes(), f, decode)
		}
	} else {
		img, err = decode(ctx, f.Type, from)
	}
	if failed := from.failed.Load(); failed != nil { // whatever the decoder made of it, the picture is not at fault
		return nil, fmt.Errorf("photo: read: %w", *failed)
	}
	return img, err
}

// decodeHere decodes in this process what one decoder can do, and leaves the rest to the other process, which knows more of them.
func decodeHere(ctx context.Context, b []byte, f Metadata, decode Decoder) (image.Image, error) {
	img, err := attempt(func() (image.Image, error) { return DecodeSmall(b, f.Type, f.Width*f.Height) })
	why := (*RenderError)(nil)
	if !errors.As(err, &why) || decode == nil {
		return img, err
	}
	img, again := decode(ctx, f.Type, bytes.NewReader(b))
	if again != nil && errors.As(again, &why) && !why.Killed {
		return nil, err // the first decoder knows best what it misses
	}
	return img, again
}

// attempt makes a decoder that breaks down one that fails.
func attempt(decode func() (image.Image, error)) (img image.Image, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = &RenderError{Reason: fmt.Sprintf("the decoder broke down: %v", broken)}
		}
	}()
	return decode()
}

// source remembers how reading failed, since decoders do not say whether the bytes or the reader were at fault. Another
// process may be fed from it in a goroutine that outlasts the decoder.
type source struct {
	io.Reader
	failed atomic.Pointer[error]
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed.Store(&err)
	}
	return n, err
}

// Downscale makes a JPEG file that Render made so small that its longest side has at most so many pixels.
func Downscale(file []byte, side int) ([]byte, error) {
	c, err := jpegn.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("photo: smaller: %w", err)
	}
	long := max(c.Width, c.Height)
	if long <= side {
		return file, nil
	}
	scale := 1
	for scale < 8 && long/(2*scale) >= side {
		scale *= 2
	}
	img, err := jpegn.Decode(bytes.NewReader(file), &jpegn.Options{ScaleDenom: scale})
	if err != nil {
		return nil, fmt.Errorf("photo: smaller: %w", err)
	}
	if b := img.Bounds(); max(b.Dx(), b.Dy()) > side { // it was not halved to the very size
		img = Fit(img, side)
	}
	return encode(img, ThumbQuality)
}

func encode(img image.Image, quality int) ([]byte, error) {
	o := &jpegn.EncodeOptions{Quality: quality}
	if _, rgb := img.(*image.RGBA); rgb {
		o.Subsampling = jpegn.Subsample420
	}
	var b bytes.Buffer
	if err := jpegn.Encode(&b, img, o); err != nil {
		return nil, fmt.Errorf("photo: encode: %w", err)
	}
	return b.Bytes(), nil
}

// PixelSemaphore bounds how many pixels are being decoded at once.
type PixelSemaphore struct {
	room *semaphore.Weighted
	most int64
}

// NewPixelSemaphore makes a gate for so many pixels; a larger picture passes alone.
func NewPixelSemaphore(pixels int64) *PixelSemaphore {
	return &PixelSemaphore{semaphore.NewWeighted(pixels), pixels}
}

// Acquire waits for room for a picture; leave gives it back.
func (g *PixelSemaphore) Acquire(ctx context.Context, width, height int) (leave func(), err error) {
	n := min(max(int64(width)*int64(height), 1), g.most)
	if err := g.room.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { g.room.Release(n) }, nil
}
