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

// item is one of those that a file holds.
type item struct {
	id   uint64
	kind string // four letters
}

// itemsOf are the items of an "iinf" box that say what they are.
func itemsOf(b []byte) (all []item) {
	if len(b) < 6 {
		return nil
	}
	head := 6
	if b[0] > 0 {
		head = 8
	}
	boxes(b[min(head, len(b)):], func(kind string, body []byte) {
		if kind != "infe" || len(body) < 4 {
			return
		}
		f := fields{b: body[4:]}
		size := 2
		if body[0] == 3 {
			size = 4
		}
		id := f.next(size)
		f.next(2) // how it is protected
		t := f.next(4)
		if !f.short {
			all = append(all, item{id, string(binary.BigEndian.AppendUint32(nil, uint32(t)))})
		}
	})
	return all
}

// exifItem finds the item that holds EXIF.
func exifItem(infos []byte) (id uint64, ok bool) {
	for _, i := range itemsOf(infos) {
		if i.kind == "Exif" {
			return i.id, true
		}
	}
	return 0, false
}

// itemCodings are the types of items by how their pixels are coded.
var itemCodings = map[string]Type{"hvc1": HEIC, "av01": AVIF}

// codingOf is how the primary item is coded, or where that is made of others (a grid, an overlay) the first of those that is; empty when
// nothing says.
func codingOf(infos []byte, primary uint64) (t Type) {
	for _, i := range itemsOf(infos) {
		coded, ok := itemCodings[i.kind]
		if ok && i.id == primary {
			return coded
		}
		if ok && t == "" {
			t = coded
		}
	}
	return t
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
