// Package decoder decodes in a child process of our own program, one at a time: decoders of HEIC and AVIF may take seconds
// and hundreds of megabytes, and what goes wrong there takes only the child with it.
package decoder

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/server/child"
)

// Bounds of the child.
const (
	Seconds   = 30
	MaxMemory = 1500 << 20 // bytes resident

	softMemory = 900 << 20 // at which a child tidies up: what a decoder no longer needs would count as well
)

// Decoder starts children.
type Decoder struct{ child.Program }

// New makes a decoder that runs this program as its child: main must give the word to Child when Command is its first
// argument.
func New() (*Decoder, error) {
	p, err := child.New(Command, 1)
	if err != nil {
		return nil, fmt.Errorf("decoder: %w", err)
	}
	p.Time, p.Memory, p.Worker, p.Work = Seconds*time.Second, MaxMemory, "the decoder", "decoding"
	return &Decoder{p}, nil
}

// Decode gives the picture of a file as photo.DecodeSmall does. Its error is a *photo.RenderError when the picture or its decoder
// is at fault.
func (d *Decoder) Decode(ctx context.Context, t photo.Type, r io.Reader) (image.Image, error) {
	out, err := d.Run(ctx, []string{string(t)}, r, maxPicture)
	if why := (*child.Failure)(nil); errors.As(err, &why) {
		return nil, &photo.RenderError{Reason: why.Reason, Killed: why.Killed}
	}
	if err != nil {
		return nil, err
	}
	img, err := readPicture(out)
	if err != nil {
		return nil, &photo.RenderError{Reason: err.Error()}
	}
	return img, nil
}
