package photo

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// header is what the structure of a file tells.
type header struct {
	width, height int
	turned        bool   // by the file's own rotation, of 90 or 270 degrees
	damaged       string // why the file is not whole, empty when it seems so
}

// headers read the structure of each type in bounded memory. They fail only when the reader does.
var headers = map[Type]func(*io.SectionReader) (header, error){
	JPEG: jpegHeader, PNG: pngHeader, WebP: webpHeader, HEIC: isoHeader, AVIF: isoHeader,
}

// cut says where a file ended before its structure did; other errors are the reader's.
func cut(h header, err error, where string) (header, error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		h.damaged = "the file ends " + where
		return h, nil
	}
	return h, err
}

// jpegHeader walks the segments to the end marker, through the scans.
func jpegHeader(s *io.SectionReader) (h header, err error) {
	r := bufio.NewReaderSize(s, 64<<10)
	if _, err := r.Discard(2); err != nil {
		return h, err
	}
	scanned := false
	for {
		marker, err := nextMarker(r)
		if err != nil {
			if scanned {
				return cut(h, err, "before its end marker")
			}
			return cut(h, err, "before its first scan")
		}
		switch {
		case marker == 0xd9:
			if !scanned || h.width == 0 {
				h.damaged = "the picture has no pixels"
			}
			return h, nil
		case marker >= 0xd0 && marker <= 0xd8 || marker == 0x01:
			continue
		}
		var length [2]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return cut(h, err, "inside a segment")
		}
		n := int(binary.BigEndian.Uint16(length[:])) - 2
		if n < 0 {
			h.damaged = "a segment has no length"
			return h, nil
		}
		if frame(marker) && n >= 6 && h.width == 0 {
			var b [5]byte
			if _, err := io.ReadFull(r, b[:]); err != nil {
				return cut(h, err, "inside its frame header")
			}
			h.height, h.width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
			n -= len(b)
		}
		scanned = scanned || marker == 0xda
		if _, err := r.Discard(n); err != nil {
			return cut(h, err, "inside a segment")
		}
	}
}

// frame says whether a marker begins a frame header (SOF0 to SOF15 without DHT, JPG and DAC).
func frame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// nextMarker finds the next marker, over the data of a scan if there is any.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if b != 0xff {
			continue
		}
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, err
			}
		}
		if b != 0 {
			return b, nil
		}
	}
}

// pngHeader walks the chunks and their checksums to the end chunk.
func pngHeader(s *io.SectionReader) (h header, err error) {
	r := bufio.NewReaderSize(s, 64<<10)
	if _, err := r.Discard(8); err != nil {
		return h, err
	}
	for first := true; ; first = false {
		var b [8]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return cut(h, err, "before its end chunk")
		}
		sum := crc32.NewIEEE()
		sum.Write(b[4:])
		body := io.LimitReader(r, int64(binary.BigEndian.Uint32(b[:])))
		if first {
			var size [8]byte
			n, err := io.ReadFull(body, size[:])
			if err != nil {
				return cut(h, err, "inside its header")
			}
			sum.Write(size[:n])
			h.width, h.height = int(binary.BigEndian.Uint32(size[:])), int(binary.BigEndian.Uint32(size[4:]))
		}
		if _, err := io.Copy(sum, body); err != nil {
			return h, err
		}
		var want [4]byte
		if _, err := io.ReadFull(r, want[:]); err != nil {
			return cut(h, err, "inside a chunk")
		}
		switch {
		case sum.Sum32() != binary.BigEndian.Uint32(want[:]):
			h.damaged = fmt.Sprintf("the checksum of a chunk (%q) is wrong", b[4:])
			return h, nil
		case string(b[4:]) == "IEND":
			return h, nil
		}
	}
}

// webpHeader reads the first chunk, which holds the size, and compares the length of the file.
func webpHeader(s *io.SectionReader) (h header, err error) {
	var b [30]byte
	if _, err := io.ReadFull(s, b[:]); err != nil {
		return cut(h, err, "inside its header")
	}
	le16 := func(n int) int { return int(binary.LittleEndian.Uint16(b[n:])) }
	switch string(b[12:16]) {
	case "VP8 ":
		h.width, h.height = le16(26)&0x3fff, le16(28)&0x3fff
	case "VP8L":
		bits := binary.LittleEndian.Uint32(b[21:])
		h.width, h.height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
	case "VP8X":
		h.width = (le16(24) | int(b[26])<<16) + 1
		h.height = (le16(27) | int(b[29])<<16) + 1
	default:
		h.damaged = "the picture has no size"
	}
	if int64(binary.LittleEndian.Uint32(b[4:]))+8 > s.Size() {
		h.damaged = "the file ends before its last chunk"
	}
	return h, nil
}
