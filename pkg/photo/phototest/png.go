package phototest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
)

// PNG is a file of a picture, in the depth and colours that it has.
func PNG(img image.Image, e *EXIF) []byte {
	var b bytes.Buffer
	must(png.Encode(&b, img))
	if e == nil {
		return b.Bytes()
	}
	const end = 12 // bytes of the end chunk
	all := b.Bytes()
	return append(append(bytes.Clone(all[:len(all)-end]), chunk("eXIf", e.Bytes())...), all[len(all)-end:]...)
}

func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// PNGHeader is a PNG file that claims a size and holds next to nothing.
func PNGHeader(w, h uint32) []byte {
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(size, 8, 2, 0, 0, 0))...)
	return append(append(b, chunk("IDAT", []byte("\x78\x9c\x03\x00\x00\x00\x00\x01"))...), chunk("IEND", nil)...)
}
