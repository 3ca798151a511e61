package photo

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// fields reads big-endian numbers one behind the other; behind the end all are 0 and short is set.
type fields struct {
	b     []byte
	short bool
}

// next is a number of 0 to 8 bytes.
func (f *fields) next(bytes int) (v uint64) {
	if len(f.b) < bytes {
		f.b, f.short = nil, true
		return 0
	}
	for _, b := range f.b[:bytes] {
		v = v<<8 | uint64(b)
	}
	f.b = f.b[bytes:]
	return v
}

// exifItem finds the item that holds EXIF, from an "iinf" box.
func exifItem(b []byte) (id uint64, ok bool) {
	if len(b) < 6 {
		return 0, false
	}
	head := 6
	if b[0] > 0 {
		head = 8
	}
	boxes(b[min(head, len(b)):], func(kind string, body []byte) {
		if kind != "infe" || len(body) < 4 || ok {
			return
		}
		f := fields{b: body[4:]}
		size := 2
		if body[0] == 3 {
			size = 4
		}
		item := f.next(size)
		f.next(2) // how it is protected
		if t := f.next(4); t == uint64(binary.BigEndian.Uint32([]byte("Exif"))) && !f.short {
			id, ok = item, true
		}
	})
	return id, ok
}

// readEXIFItem reads an item in one piece whose place an "iloc" box gives as an offset in the file.
func readEXIFItem(s *io.SectionReader, places []byte, id uint64, h *header) error {
	at, size, ok := place(places, id)
	if !ok || size < 4 || at >= uint64(s.Size()) {
		return nil
	}
	b := make([]byte, min(size, maxEXIF, uint64(s.Size())-at))
	n, err := s.ReadAt(b, int64(at))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	f := fields{b: b[:n]}
	if skip := f.next(4); skip < uint64(len(f.b)) { // to the TIFF structure, over "Exif" and two zeros
		h.exif = []byte(strings.TrimPrefix(string(f.b[skip:]), exifMark))
	}
	return nil
}

// place finds an item in an "iloc" box (ISO/IEC 14496-12 §8.11.3).
func place(b []byte, want uint64) (at, size uint64, ok bool) {
	f := fields{b: b}
	version := f.next(1)
	f.next(3)
	sizes, more := f.next(1), f.next(1)
	offsetSize, lengthSize, baseSize, indexSize := int(sizes>>4), int(sizes&15), int(more>>4), int(more&15)
	idSize := 2
	if version == 2 {
		idSize = 4
	}
	if version == 0 {
		indexSize = 0
	}
	if max(offsetSize, lengthSize, baseSize, indexSize) > 8 {
		return 0, 0, false
	}
	for items := f.next(idSize); items > 0 && !f.short; items-- {
		id, method := f.next(idSize), uint64(0)
		if version > 0 {
			method = f.next(2) & 15
		}
		f.next(2) // the file that it is in; 0 is this one
		base, extents := f.next(baseSize), f.next(2)
		for n := range extents {
			f.next(indexSize)
			offset, length := f.next(offsetSize), f.next(lengthSize)
			if f.short {
				return 0, 0, false
			}
			if id == want && n == 0 && method == 0 && extents == 1 {
				return base + offset, length, base+offset >= base
			}
		}
	}
	return 0, 0, false
}
