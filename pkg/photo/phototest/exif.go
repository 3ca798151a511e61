package phototest

import (
	"encoding/binary"
	"math"
)

// EXIF is what a camera writes beside a picture; what is empty is left out.
type EXIF struct {
	Make, Model, Software string
	Orientation           int
	Taken, Offset         string // "2026:05:12 09:31:07", "+08:00"
	Place                 *Place
	LittleEndian          bool
}

// Place is a position as EXIF holds it: degrees, minutes and seconds as fractions, and the letter of the hemisphere.
type Place struct {
	Lat, Lon       [3][2]uint32 // numerator, denominator
	LatRef, LonRef string       // "N", "E"; empty is left out
	Error          [2]uint32    // GPSHPositioningError in metres; 0/0 is left out
}

// At is a place to a ten-thousandth of a second, about 3 mm.
func At(lat, lon, errorM float64) *Place {
	p := &Place{Lat: sexagesimal(lat), Lon: sexagesimal(lon), LatRef: "N", LonRef: "E", Error: [2]uint32{uint32(math.Round(errorM * 1000)), 1000}}
	if lat < 0 {
		p.LatRef = "S"
	}
	if lon < 0 {
		p.LonRef = "W"
	}
	return p
}

func sexagesimal(degrees float64) [3][2]uint32 {
	const parts = 10_000
	n := uint64(math.Round(math.Abs(degrees) * 3600 * parts))
	return [3][2]uint32{{uint32(n / (3600 * parts)), 1}, {uint32(n / (60 * parts) % 60), 1}, {uint32(n % (60 * parts)), parts}}
}

// Types of values in TIFF 6.0.
const (
	typeASCII    = 2
	typeShort    = 3
	typeLong     = 4
	typeRational = 5
)

// entry is a row of a directory: a value, or a directory below it.
type entry struct {
	tag, kind uint16
	count     int
	value     []byte
	below     []entry
}

// Bytes is the TIFF structure that every format carries.
func (e EXIF) Bytes() []byte {
	var order binary.AppendByteOrder = binary.BigEndian
	head := []byte("MM\x00\x2a\x00\x00\x00\x08")
	if e.LittleEndian {
		order, head = binary.LittleEndian, []byte("II\x2a\x00\x08\x00\x00\x00")
	}
	rows := append(text(271, e.Make), text(272, e.Model)...)
	if e.Orientation != 0 {
		rows = append(rows, entry{tag: 274, kind: typeShort, count: 1, value: order.AppendUint16(nil, uint16(e.Orientation))})
	}
	rows = append(rows, text(305, e.Software)...)
	if camera := append(text(36867, e.Taken), text(36881, e.Offset)...); len(camera) > 0 {
		rows = append(rows, entry{tag: 34665, kind: typeLong, count: 1, below: camera})
	}
	if e.Place != nil {
		rows = append(rows, entry{tag: 34853, kind: typeLong, count: 1, below: e.Place.entries(order)})
	}
	return append(head, directory(order, len(head), rows)...)
}

func (p *Place) entries(order binary.AppendByteOrder) []entry {
	fractions := func(tag uint16, f ...[2]uint32) entry {
		e := entry{tag: tag, kind: typeRational, count: len(f)}
		for _, v := range f {
			e.value = order.AppendUint32(order.AppendUint32(e.value, v[0]), v[1])
		}
		return e
	}
	rows := append(text(1, p.LatRef), fractions(2, p.Lat[:]...))
	rows = append(append(rows, text(3, p.LonRef)...), fractions(4, p.Lon[:]...))
	if p.Error != [2]uint32{} {
		rows = append(rows, fractions(31, p.Error))
	}
	return rows
}

func text(tag uint16, s string) []entry {
	if s == "" {
		return nil
	}
	return []entry{{tag: tag, kind: typeASCII, count: len(s) + 1, value: append([]byte(s), 0)}}
}

// directory is an IFD that begins at an offset; what is longer than four bytes lies behind its rows.
func directory(order binary.AppendByteOrder, at int, rows []entry) []byte {
	b := order.AppendUint16(nil, uint16(len(rows)))
	var behind []byte
	for _, r := range rows {
		next := at + 2 + 12*len(rows) + 4 + len(behind)
		switch {
		case r.below != nil:
			r.value = order.AppendUint32(nil, uint32(next))
			behind = append(behind, directory(order, next, r.below)...)
		case len(r.value) > 4:
			behind = append(behind, r.value...)
			r.value = order.AppendUint32(nil, uint32(next))
		}
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, r.tag), r.kind), uint32(r.count))
		b = append(b, append(r.value, 0, 0, 0, 0)[:4]...)
	}
	return append(append(b, 0, 0, 0, 0), behind...)
}
