package photo

import (
	"encoding/binary"
	"errors"
	"io"
)

// maxMeta bounds the box of metadata that is read into memory; real ones have some kilobytes.
const maxMeta = 4 << 20

// isoHeader walks the boxes of an ISO base media file (ISO/IEC 14496-12, 23008-12): "meta" for the size and rotation of
// the primary item and for EXIF, all others only to see that they fit into the file.
func isoHeader(s *io.SectionReader) (h header, err error) {
	h.own = 1
	found := false
	for at, parts := int64(0), 0; at < s.Size(); parts++ {
		if parts == maxParts {
			h.damaged = tooMany
			return h, nil
		}
		var b [16]byte
		n, err := s.ReadAt(b[:], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return h, err
		}
		if n < 8 {
			h.damaged = "the file ends inside a box"
			return h, nil
		}
		size, head := int64(binary.BigEndian.Uint32(b[:])), int64(8)
		switch {
		case size == 1 && n == 16:
			size, head = int64(binary.BigEndian.Uint64(b[8:])), 16
		case size == 0:
			size = s.Size() - at
		}
		if size < head || size > s.Size()-at {
			h.damaged = "the file ends inside a box"
			size = s.Size() - at
		}
		if string(b[4:8]) == "meta" && !found && size <= maxMeta && size > head+4 {
			found = true
			meta := make([]byte, size-head-4) // after version and flags
			if _, err := s.ReadAt(meta, at+head+4); err != nil && !errors.Is(err, io.EOF) {
				return h, err
			}
			if err := readMeta(s, meta, &h); err != nil {
				return h, err
			}
		}
		at += size
	}
	return h, nil
}

// boxes calls f for each box in b that is whole.
func boxes(b []byte, f func(kind string, body []byte)) {
	for len(b) >= 8 {
		size := int64(binary.BigEndian.Uint32(b))
		if size < 8 || size > int64(len(b)) {
			return
		}
		f(string(b[4:8]), b[8:size])
		b = b[size:]
	}
}

// property is a box that describes items.
type property struct {
	kind string
	body []byte
}

// readMeta finds the properties of the primary item, and EXIF.
func readMeta(s *io.SectionReader, meta []byte, h *header) error {
	var primary uint32
	var properties []property // from 1
	var links, infos, places []byte
	boxes(meta, func(kind string, body []byte) {
		switch {
		case kind == "pitm" && len(body) >= 6 && body[0] == 0:
			primary = uint32(binary.BigEndian.Uint16(body[4:]))
		case kind == "pitm" && len(body) >= 8:
			primary = binary.BigEndian.Uint32(body[4:])
		case kind == "iinf":
			infos = body
		case kind == "iloc":
			places = body
		case kind == "iprp":
			boxes(body, func(kind string, body []byte) {
				switch kind {
				case "ipco":
					boxes(body, func(kind string, body []byte) { properties = append(properties, property{kind, body}) })
				case "ipma":
					links = body
				}
			})
		}
	})
	quarters, mirror := 0, -1
	for _, n := range linked(links, primary) {
		if n < 1 || n > len(properties) {
			continue
		}
		switch p := properties[n-1]; {
		case p.kind == "ispe" && len(p.body) >= 12 && h.width == 0:
			w, t := binary.BigEndian.Uint32(p.body[4:]), binary.BigEndian.Uint32(p.body[8:])
			h.width, h.height = int(min(w, 1<<30)), int(min(t, 1<<30))
		case p.kind == "colr" && len(p.body) >= 4:
			h.colour(string(p.body[:4]), p.body[4:])
		case p.kind == "irot" && len(p.body) >= 1:
			quarters = int(p.body[0] & 3)
		case p.kind == "imir" && len(p.body) >= 1:
			mirror = int(p.body[0] & 1)
		}
	}
	h.own = ownTurns[mirror+1][quarters]
	h.coded = codingOf(infos, uint64(primary))
	id, ok := exifItem(infos)
	if !ok {
		return nil
	}
	return readEXIFItem(s, places, id, h)
}

// colour takes a profile or the numbers of a "colr" box; a picture may have both.
func (h *header) colour(kind string, b []byte) {
	switch {
	case (kind == "prof" || kind == "rICC") && h.icc == nil && len(b) <= maxICC:
		h.icc = b
	case kind == "nclx" && len(b) >= 7:
		h.coding = coding{binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[4:]), b[6]&0x80 == 0}
	}
}

// ownTurns are the orientations, as in EXIF, that come of so many quarter turns to the left and then no mirroring, that
// of top and bottom, or that of left and right.
var ownTurns = [3][4]int{{1, 8, 3, 6}, {4, 5, 2, 7}, {2, 7, 4, 5}}

// linked gives the numbers of the properties that belong to an item, from an "ipma" box.
func linked(b []byte, item uint32) (numbers []int) {
	if len(b) < 8 {
		return nil
	}
	idSize, linkSize := 2, 1
	if b[0] >= 1 {
		idSize = 4
	}
	if b[3]&1 == 1 {
		linkSize = 2
	}
	entries := binary.BigEndian.Uint32(b[4:])
	b = b[8:]
	for range entries {
		if len(b) < idSize+1 {
			return numbers
		}
		id := uint32(binary.BigEndian.Uint16(b))
		if idSize == 4 {
			id = binary.BigEndian.Uint32(b)
		}
		count := int(b[idSize])
		b = b[idSize+1:]
		if len(b) < count*linkSize {
			return numbers
		}
		for n := range count {
			link := int(b[n*linkSize] & 0x7f)
			if linkSize == 2 {
				link = int(binary.BigEndian.Uint16(b[n*2:]) & 0x7fff)
			}
			if id == item {
				numbers = append(numbers, link)
			}
		}
		b = b[count*linkSize:]
	}
	return numbers
}
