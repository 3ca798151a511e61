package decoder

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"runtime/debug"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/heic"

	"spotcheck/pkg/photo"
)

// Command is the hidden sub-command under which the program is the child.
const Command = "decode-photo"

// decoders are the types that a child knows.
var decoders = map[photo.Type]func([]byte) (image.Image, error){
	photo.HEIC: decodeHEIC, photo.AVIF: decodeAVIF,
	photo.JPEG: decodeWith(photo.JPEG), photo.PNG: decodeWith(photo.PNG), photo.WebP: decodeWith(photo.WebP),
}

func decodeWith(t photo.Type) func([]byte) (image.Image, error) {
	return func(b []byte) (image.Image, error) { return photo.DecodeSomehow(b, t, photo.MaxPixels) }
}

// freed is how many bytes at the start of a picture heic 0.4.5 gives back to its allocator, which writes into them, before
// it returns the picture.
const freed = 24

// decodeHEIC mends the first samples from the row below.
func decodeHEIC(b []byte) (image.Image, error) {
	img, err := heic.Decode(bytes.NewReader(photo.WithKnownBrand(b, photo.HEIC)))
	if err != nil {
		return nil, err
	}
	var pix []uint8
	stride := 0
	switch v := img.(type) {
	case *image.YCbCr:
		pix, stride = v.Y, v.YStride
	case *image.Gray:
		pix, stride = v.Pix, v.Stride
	case *image.RGBA:
		pix, stride = v.Pix, v.Stride
	case *image.NRGBA:
		pix, stride = v.Pix, v.Stride
	}
	if len(pix) >= stride+freed {
		copy(pix[:min(freed, stride)], pix[stride:])
	}
	return photo.Normalise(img, b, photo.HEIC)
}

func decodeAVIF(b []byte) (image.Image, error) {
	img, err := avif.Decode(bytes.NewReader(photo.WithKnownBrand(b, photo.AVIF)))
	if err != nil {
		return nil, err
	}
	return photo.Normalise(img, b, photo.AVIF)
}

// RunChild is the other side: a file on stdin, its small picture on stdout. It gives the exit code.
func RunChild(args []string, in io.Reader, out, complain io.Writer) int {
	if len(args) != 1 || decoders[photo.Type(args[0])] == nil {
		_, _ = fmt.Fprintln(complain, "want the type of a photo")
		return 2
	}
	debug.SetMemoryLimit(softMemory)
	os.Stdout = os.Stderr // what decoders have to say must not get between the pixels
	b, err := io.ReadAll(io.LimitReader(in, photo.MaxBytes))
	var img image.Image
	if err == nil {
		img, err = decoders[photo.Type(args[0])](b)
	}
	if err == nil {
		err = writePicture(out, img)
	}
	if why := (*photo.RenderError)(nil); errors.As(err, &why) {
		err = errors.New(why.Reason)
	}
	if err != nil {
		_, _ = fmt.Fprintln(complain, err)
		return 1
	}
	return 0
}
