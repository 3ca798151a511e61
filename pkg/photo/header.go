package photo

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// header is what the structure of a file tells.
type header struct {
	width, height int
	own           int    // the orientation that the file itself asks for, 1 to 8 as in EXIF; 0 where a type has none
	exif          []byte // the TIFF structure, at most maxEXIF
	icc           []byte // the profile of its colours, at most maxICC
	coding        coding
	coded         Type   // how a picture in a container is coded; empty where that follows from the first bytes
	damaged       string // why the file is not whole, empty when it seems so
}

// headers read the structure of each type in bounded memory. They fail only when the reader does.
var headers = map[Type]func(*io.SectionReader) (header, error){
	JPEG: jpegHeader, PNG: pngHeader, WebP: webpHeader, HEIC: isoHeader, AVIF: isoHeader,
}

// maxParts is how many boxes or chunks are walked; real files have some hundreds, a hostile one could have millions.
const maxParts = 20_000

// tooMany is the damage of a file that has more.
const tooMany = "the file is cut into too many parts"

// cut says where a file ended before its structure did; other errors are the reader's.
func cut(h header, err error, where string) (header, error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		h.damaged = "the file ends " + where
		return h, nil
	}
	return h, err
}

// exifMark stands before the TIFF structure in JPEG, and where others copied it from there; iccMark before a profile that
// is in one piece.
const (
	exifMark = "Exif\x00\x00"
	iccMark  = "ICC_PROFILE\x00\x01\x01"
)

// jpegHeader walks the segments to the end marker, through the scans.
func jpegHeader(s *io.SectionReader) (h header, err error) {
	r := bufio.NewReaderSize(s, 64<<10) // a whole segment fits
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
		length, err := r.Peek(2)
		if err != nil {
			return cut(h, err, "inside a segment")
		}
		n := int(binary.BigEndian.Uint16(length))
		if n < 2 {
			h.damaged = "a segment has no length"
			return h, nil
		}
		segment, err := r.Peek(n)
		if err != nil {
			return cut(h, err, "inside a segment")
		}
		h.segment(marker, segment[2:])
		scanned = scanned || marker == 0xda
		if _, err := r.Discard(n); err != nil {
			return h, err
		}
	}
}

// segment takes the size from the first frame header, as decoders do, the first EXIF and the first profile.
func (h *header) segment(marker byte, b []byte) {
	switch {
	case frame(marker) && len(b) >= 5 && h.width == 0:
		h.height, h.width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	case marker == 0xe1 && h.exif == nil && strings.HasPrefix(string(b), exifMark):
		h.exif = append([]byte{}, b[len(exifMark):]...)
	case marker == 0xe2 && h.icc == nil && strings.HasPrefix(string(b), iccMark):
		h.icc = append([]byte{}, b[len(iccMark):]...)
	}
}

// frame says whether a marker begins a frame header (SOF0 to SOF15 without DHT, JPG and DAC).
func frame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// nextMarker finds the next marker, over the data of a scan if there is any.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		if _, err := r.Peek(2); err != nil { // a marker has two bytes
			return 0, err
		}
		there, err := r.Peek(r.Buffered())
		if err != nil {
			return 0, err
		}
		at := 0
		for at+1 < len(there) {
			n := bytes.IndexByte(there[at:len(there)-1], 0xff)
			if n < 0 {
				at = len(there) - 1
				break
			}
			switch at += n; there[at+1] {
			case 0: // a byte of the data
				at += 2
			case 0xff: // filling
				at++
			default:
				marker := there[at+1]
				_, err := r.Discard(at + 2)
				return marker, err
			}
		}
		if _, err := r.Discard(at); err != nil {
			return 0, err
		}
	}
}

// pngHeader walks the chunks and their checksums to the end chunk.
func pngHeader(s *io.SectionReader) (h header, err error) {
	r := bufio.NewReaderSize(s, 64<<10)
	if _, err := r.Discard(8); err != nil {
		return h, err
	}
	for n := 0; ; n++ {
		if n == maxParts {
			h.damaged = tooMany
			return h, nil
		}
		var b [8]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return cut(h, err, "before its end chunk")
		}
		kind, sum := string(b[4:]), crc32.NewIEEE()
		sum.Write(b[4:])
		body := io.TeeReader(io.LimitReader(r, int64(binary.BigEndian.Uint32(b[:]))), sum)
		if n == 0 {
			var size [8]byte
			if _, err := io.ReadFull(body, size[:]); err != nil {
				return cut(h, err, "inside its header")
			}
			h.width, h.height = int(binary.BigEndian.Uint32(size[:])), int(binary.BigEndian.Uint32(size[4:]))
		}
		switch {
		case kind == "eXIf" && h.exif == nil:
			h.exif, err = io.ReadAll(io.LimitReader(body, maxEXIF))
		case kind == "iCCP" && h.icc == nil:
			h.icc, err = pngICC(body)
		}
		if err != nil {
			return h, err
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return h, err
		}
		var want [4]byte
		if _, err := io.ReadFull(r, want[:]); err != nil {
			return cut(h, err, "inside a chunk")
		}
		switch {
		case sum.Sum32() != binary.BigEndian.Uint32(want[:]):
			h.damaged = fmt.Sprintf("the checksum of a chunk (%q) is wrong", kind)
			return h, nil
		case kind == "IEND":
			return h, nil
		}
	}
}

// pngICC unpacks the profile behind its name; what cannot be unpacked is none.
func pngICC(body io.Reader) ([]byte, error) {
	packed, err := io.ReadAll(io.LimitReader(body, maxICC))
	if err != nil {
		return nil, err
	}
	_, packed, _ = bytes.Cut(packed, []byte{0})
	if len(packed) == 0 || packed[0] != 0 {
		return nil, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil, nil
	}
	icc, err := io.ReadAll(io.LimitReader(z, maxICC))
	if err != nil {
		return nil, nil
	}
	return icc, nil
}

// webpHeader walks the chunks: the first holds the size, EXIF lies behind the pixels.
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
	}
	end := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if end > s.Size() {
		h.damaged, end = "the file ends before its last chunk", s.Size()
	}
	err = h.chunks(bufio.NewReaderSize(io.NewSectionReader(s, 12, end-12), 64<<10))
	return h, err
}

// chunks finds EXIF and the profile of a WebP file.
func (h *header) chunks(r *bufio.Reader) error {
	for {
		var b [8]byte
		_, err := io.ReadFull(r, b[:])
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		body := io.LimitReader(r, n+n&1)
		if err == nil {
			switch kind := string(b[:4]); {
			case kind == "EXIF" && h.exif == nil:
				h.exif, err = io.ReadAll(io.LimitReader(body, min(n, maxEXIF)))
				h.exif = bytes.TrimPrefix(h.exif, []byte(exifMark))
			case kind == "ICCP" && h.icc == nil:
				h.icc, err = io.ReadAll(io.LimitReader(body, min(n, maxICC)))
			}
		}
		if err == nil {
			_, err = io.Copy(io.Discard, body)
		}
		if err != nil {
			_, err = cut(*h, err, "")
			return err
		}
	}
}
