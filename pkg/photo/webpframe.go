package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/draw"

	"golang.org/x/image/webp"
)

// webpFrame is the first picture of a WebP file: of an animation, of one that was cut, or whose chunks are not in order.
type webpFrame struct {
	still         []byte // a file of its own
	at            image.Point
	width, height int // of the canvas; 0 when it is that of the picture
}

// errNoFrame means that there is no picture among the chunks.
var errNoFrame = errors.New("the file holds no picture")

// webpChunks calls f for each chunk in b until it says no, with the length that was declared; the body of the last one may be short.
func webpChunks(b []byte, f func(kind string, body []byte, size int64) bool) {
	for len(b) >= 8 {
		kind, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		if !f(kind, b[:min(size, int64(len(b)))], size) {
			return
		}
		b = b[min(size+size&1, int64(len(b))):]
	}
}

const (
	webpHeadSize  = 12 // bytes before the first chunk
	animationHead = 16 // bytes before the chunks of a frame (RFC 9649 §2.7.1.1)
)

// frameOfWebP finds the first picture.
func frameOfWebP(b []byte) (f webpFrame, err error) {
	var alpha []byte
	take := func(kind string, body []byte, size int64) bool {
		switch {
		case kind == "ALPH" && int64(len(body)) == size:
			alpha = body
		case kind == "VP8L":
			f.still = riffChunk("RIFF", append([]byte("WEBP"), riffChunk("VP8L", body)...))
		case kind == "VP8 ":
			f.still = stillWebP(body, size, alpha)
		}
		return f.still == nil
	}
	webpChunks(b[min(webpHeadSize, len(b)):], func(kind string, body []byte, size int64) bool {
		switch {
		case kind == "VP8X" && len(body) >= 10:
			f.width, f.height = 1+int(little24(body[4:])), 1+int(little24(body[7:]))
		case kind == "ANMF" && len(body) > animationHead:
			f.at = image.Pt(2*int(little24(body)), 2*int(little24(body[3:])))
			webpChunks(body[animationHead:], take)
		default:
			take(kind, body, size)
		}
		return f.still == nil
	})
	if f.still == nil {
		return f, errNoFrame
	}
	return f, nil
}

func little24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// stillWebP makes a file of a lossy picture; what was cut of it is taken for zeros, so that what came is seen.
func stillWebP(body []byte, size int64, alpha []byte) []byte {
	if missing := min(size, 2*MaxBytes) - int64(len(body)); missing > 0 {
		body = append(bytes.Clone(body), make([]byte, missing)...)
	}
	pixels := riffChunk("VP8 ", body)
	if alpha == nil || len(body) < 10 {
		return riffChunk("RIFF", append([]byte("WEBP"), pixels...))
	}
	const hasAlpha = 1 << 4
	w, h := int(binary.LittleEndian.Uint16(body[6:])&0x3fff)-1, int(binary.LittleEndian.Uint16(body[8:])&0x3fff)-1
	head := []byte{hasAlpha, 0, 0, 0, byte(w), byte(w >> 8), 0, byte(h), byte(h >> 8), 0}
	return riffChunk("RIFF", bytes.Join([][]byte{[]byte("WEBP"), riffChunk("VP8X", head), riffChunk("ALPH", alpha), pixels}, nil))
}

// riffChunk is a chunk, filled up to an even length.
func riffChunk(kind string, body []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// webpFrameConfig is the size of the larger of canvas and picture.
func webpFrameConfig(b []byte) (image.Config, error) {
	f, err := frameOfWebP(b)
	if err != nil {
		return image.Config{}, err
	}
	c, err := webp.DecodeConfig(bytes.NewReader(f.still))
	c.Width, c.Height = max(c.Width, f.width), max(c.Height, f.height)
	return c, err
}

// decodeWebPFrame gives the first picture on its canvas, which is white.
func decodeWebPFrame(b []byte, _ image.Config) (image.Image, error) {
	f, err := frameOfWebP(b)
	if err != nil {
		return nil, err
	}
	img, err := decodeWebP(bytes.NewReader(f.still))
	if err != nil || f.width == 0 || img.Bounds().Size() == image.Pt(f.width, f.height) {
		return img, err
	}
	canvas := image.NewRGBA(image.Rect(0, 0, f.width, f.height))
	draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(canvas, img.Bounds().Add(f.at), img, img.Bounds().Min, draw.Over)
	return canvas, nil
}
