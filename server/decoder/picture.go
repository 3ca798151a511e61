package decoder

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"spotcheck/pkg/photo"
)

// A picture between child and parent is its width and height, 1 when it is grey and 0 otherwise, and its planes.
const (
	headBytes  = 9
	maxPicture = headBytes + photo.DisplaySide*photo.DisplaySide*3/2
)

// writePicture writes what photo.Small gives.
func writePicture(w io.Writer, img image.Image) error {
	b := img.Bounds()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(b.Dx())), uint32(b.Dy()))
	var parts [][]byte
	switch v := img.(type) {
	case *image.Gray:
		parts = [][]byte{append(head, 1), v.Pix}
	case *image.YCbCr:
		parts = [][]byte{append(head, 0), v.Y, v.Cb, v.Cr}
	default:
		return fmt.Errorf("a picture of type %T", img)
	}
	for _, part := range parts {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// readPicture believes nothing that it is told.
func readPicture(b []byte) (image.Image, error) {
	if len(b) < headBytes {
		return nil, errors.New("the decoder gave no picture")
	}
	w, h, grey := int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:])), b[8] == 1
	if w < 1 || h < 1 || w > photo.DisplaySide || h > photo.DisplaySide {
		return nil, errors.New("the decoder gave a broken picture")
	}
	b = b[headBytes:]
	luma, colour := w*h, (w+1)/2*((h+1)/2)
	rect := image.Rect(0, 0, w, h)
	switch {
	case grey && len(b) == luma:
		return &image.Gray{Pix: b, Stride: w, Rect: rect}, nil
	case !grey && len(b) == luma+2*colour:
		return &image.YCbCr{Y: b[:luma], Cb: b[luma : luma+colour], Cr: b[luma+colour:], YStride: w, CStride: (w + 1) / 2,
			SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: rect}, nil
	}
	return nil, errors.New("the decoder gave a broken picture")
}
