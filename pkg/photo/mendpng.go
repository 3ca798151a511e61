package photo

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"image"
	"image/png"
	"io"
)

// errNoPNG means that not even the header of a PNG file is there.
var errNoPNG = errors.New("the file ends inside its header")

// pngParts are the chunks of a PNG file that a decoder needs, whatever their checksums say.
type pngParts struct {
	head           []byte // of "IHDR"
	palette, alpha []byte
	packed         [][]byte // the pixels, in pieces
}

const (
	pngHeadSize = 13
	pngSign     = "\x89PNG\r\n\x1a\n"
)

// partsOfPNG walks the chunks as far as there are any.
func partsOfPNG(b []byte) (p pngParts, err error) {
	for b = b[min(len(pngSign), len(b)):]; len(b) >= 8; {
		size, kind := int64(binary.BigEndian.Uint32(b)), string(b[4:8])
		b = b[8:]
		body := b[:min(size, int64(len(b)))]
		switch {
		case kind == "IHDR" && p.head == nil && len(body) == pngHeadSize:
			p.head = body
		case kind == "PLTE" && len(body)%3 == 0 && len(body) <= 3*256:
			p.palette = body
		case kind == "tRNS" && len(body) <= 256:
			p.alpha = body
		case kind == "IDAT":
			p.packed = append(p.packed, body)
		}
		b = b[min(size+4, int64(len(b))):]
	}
	if p.head == nil {
		return p, errNoPNG
	}
	return p, nil
}

func mendedPNGConfig(b []byte) (image.Config, error) {
	p, err := partsOfPNG(b)
	if err != nil {
		return image.Config{}, err
	}
	w, h := binary.BigEndian.Uint32(p.head), binary.BigEndian.Uint32(p.head[4:])
	return image.Config{Width: int(min(w, 1<<30)), Height: int(min(h, 1<<30))}, nil
}

// decodeMendedPNG decodes the rows of a file up to where they end or make no sense; the rest is grey.
func decodeMendedPNG(b []byte, c image.Config) (image.Image, error) {
	p, err := partsOfPNG(b)
	if err != nil {
		return nil, err
	}
	rows, err := p.rows(c)
	if err != nil {
		return nil, err
	}
	parts := []io.Reader{bytes.NewReader([]byte(pngSign)), bytes.NewReader(pngChunk("IHDR", p.head))}
	if p.palette != nil {
		parts = append(parts, bytes.NewReader(pngChunk("PLTE", p.palette)))
	}
	if p.alpha != nil {
		parts = append(parts, bytes.NewReader(pngChunk("tRNS", p.alpha)))
	}
	parts = append(parts, newStoredData(rows), bytes.NewReader(pngChunk("IEND", nil)))
	img, err := png.Decode(io.MultiReader(parts...))
	if err == nil && rows.whole == 0 {
		err = errors.New("the file ends before its first row")
	}
	return img, err
}

func pngChunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, len(body)+12), uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngRows are the rows of a picture, each with its filter in front, mended. It reads as a stream.
type pngRows struct {
	from  io.Reader // unpacked; nil behind its end
	sizes []rowSize
	fill  byte
	row   []byte // what is left of the row that is being read
	room  []byte
	whole int // rows that were there
}

// rowSize is so many rows of so many bytes.
type rowSize struct{ rows, bytes int }

// channels of the colour types (ISO/IEC 15948 §11.2.2).
var pngChannels = map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

// rows gives what is packed, row by row. Nothing is unpacked before it is read.
func (p pngParts) rows(c image.Config) (*pngRows, error) {
	depth, colour := int(p.head[8]), p.head[9]
	bits := depth * pngChannels[colour]
	if bits == 0 || depth > 16 || len(p.packed) == 0 {
		return nil, errors.New("the file holds no pixels")
	}
	r := &pngRows{fill: 0x80}
	if colour == 3 || depth < 8 {
		r.fill = 0
	}
	add := func(w, h int) {
		if w > 0 && h > 0 {
			r.sizes = append(r.sizes, rowSize{h, 1 + (w*bits+7)/8})
		}
	}
	if p.head[12] == 0 {
		add(c.Width, c.Height)
	} else {
		for _, pass := range pngPasses {
			add((c.Width-pass.x+pass.stepX-1)/pass.stepX, (c.Height-pass.y+pass.stepY-1)/pass.stepY)
		}
	}
	var packed []io.Reader
	for _, b := range p.packed {
		packed = append(packed, bytes.NewReader(b))
	}
	all := io.MultiReader(packed...)
	if z, err := zlib.NewReader(all); err == nil {
		r.from = z
	} else {
		r.from = flate.NewReader(all) // without its head, of which two bytes have been read
	}
	return r, nil
}

// pngPasses are those of an interlaced picture (ISO/IEC 15948 §8.2).
var pngPasses = []struct{ x, y, stepX, stepY int }{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}

// Read fails only with io.EOF.
func (r *pngRows) Read(b []byte) (int, error) {
	if len(r.row) == 0 && !r.next() {
		return 0, io.EOF
	}
	n := copy(b, r.row)
	r.row = r.row[n:]
	return n, nil
}

// next reads a row, or makes one.
func (r *pngRows) next() bool {
	for len(r.sizes) > 0 && r.sizes[0].rows == 0 {
		r.sizes = r.sizes[1:]
	}
	if len(r.sizes) == 0 {
		return false
	}
	r.sizes[0].rows--
	if len(r.room) < r.sizes[0].bytes {
		r.room = make([]byte, r.sizes[0].bytes)
	}
	row := r.room[:r.sizes[0].bytes]
	r.row = row
	if r.from != nil {
		const filters = 5
		if _, err := io.ReadFull(r.from, row); err == nil && row[0] < filters {
			r.whole++
			return true
		}
		r.from = nil
	}
	for n := range row {
		row[n] = r.fill
	}
	row[0] = 0
	return true
}

// storedData makes chunks of pixels of a stream, without packing them.
type storedData struct {
	from io.Reader
	sum  hash.Hash32 // of what has been read
	part []byte      // what is left of the chunk that is being read
	done bool
	room []byte
}

// mostStored is how many bytes a block that is not packed has at most (RFC 1951 §3.2.4).
const mostStored = 65_535

func newStoredData(from io.Reader) *storedData {
	return &storedData{from: from, sum: adler32.New(), part: pngChunk("IDAT", []byte{0x78, 0x01}), room: make([]byte, mostStored)}
}

// Read fails with what the stream fails with.
func (s *storedData) Read(b []byte) (int, error) {
	if len(s.part) == 0 {
		if s.done {
			return 0, io.EOF
		}
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, s.part)
	s.part = s.part[n:]
	return n, nil
}

// next makes the chunk of the next block; the last one ends with the checksum.
func (s *storedData) next() error {
	n, err := io.ReadFull(s.from, s.room)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	s.done = err != nil
	block := make([]byte, 1, n+9)
	if s.done {
		block[0] = 1 // the last one
	}
	block = binary.LittleEndian.AppendUint16(block, uint16(n))
	block = append(binary.LittleEndian.AppendUint16(block, ^uint16(n)), s.room[:n]...)
	s.sum.Write(s.room[:n])
	if s.done {
		block = s.sum.Sum(block)
	}
	s.part = pngChunk("IDAT", block)
	return nil
}
