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
	maxPicture = headBytes + photo.MaxDisplaySide*photo.MaxDisplaySide*3/2
)

// writePicture writes what photo.DecodeSmall gives.
func writePicture(w io.Writer, img image.Image) error {
	wide, high := img.Bounds().Dx(), img.Bounds().Dy()
	b := make([]byte, 0, headBytes+wide*high+2*((wide+1)/2*((high+1)/2)))
	b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, uint32(wide)), uint32(high))
	plane := func(pix []uint8, stride, wide, high int) {
		for y := range high {
			b = append(b, pix[y*stride:][:wide]...)
		}
	}
	switch v := img.(type) {
	case *image.Gray:
		b = append(b, 1)
		plane(v.Pix, v.Stride, wide, high)
	case *image.YCbCr:
		b = append(b, 0)
		plane(v.Y, v.YStride, wide, high)
		plane(v.Cb, v.CStride, (wide+1)/2, (high+1)/2)
		plane(v.Cr, v.CStride, (wide+1)/2, (high+1)/2)
	default:
		return fmt.Errorf("a picture of type %T", img)
	}
	_, err := w.Write(b)
	return err
}

// readPicture believes nothing that it is told.
func readPicture(b []byte) (image.Image, error) {
	if len(b) < headBytes {
		return nil, errors.New("the decoder gave no picture")
	}
	w, h, grey := int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:])), b[8] == 1
	if w < 1 || h < 1 || w > photo.MaxDisplaySide || h > photo.MaxDisplaySide {
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
