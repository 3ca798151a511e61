package phototest

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// EXIF is what a camera writes beside a picture; what is empty is left out.
type EXIF struct {
	Make, Model, Software string
	Orientation           int
	Taken, Offset         string // "2026:05:12 09:31:07", "+08:00"
	Place                 *Place
	LittleEndian          bool
	Main, Camera, GPS     Tags // more rows of the three directories
}

// Tags are rows by their numbers: a string, fractions as [][2]uint32, or a byte.
type Tags map[uint16]any

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
	typeByte     = 1
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
	rows = append(rows, e.Main.entries(order)...)
	if camera := append(append(text(36867, e.Taken), text(36881, e.Offset)...), e.Camera.entries(order)...); len(camera) > 0 {
		rows = append(rows, entry{tag: 34665, kind: typeLong, count: 1, below: camera})
	}
	if place := append(e.Place.entries(order), e.GPS.entries(order)...); len(place) > 0 {
		rows = append(rows, entry{tag: 34853, kind: typeLong, count: 1, below: place})
	}
	return append(head, directory(order, len(head), rows)...)
}

func (p *Place) entries(order binary.AppendByteOrder) []entry {
	if p == nil {
		return nil
	}
	rows := append(text(1, p.LatRef), fractions(order, 2, p.Lat[:]...))
	rows = append(append(rows, text(3, p.LonRef)...), fractions(order, 4, p.Lon[:]...))
	if p.Error != [2]uint32{} {
		rows = append(rows, fractions(order, 31, p.Error))
	}
	return rows
}

func fractions(order binary.AppendByteOrder, tag uint16, f ...[2]uint32) entry {
	e := entry{tag: tag, kind: typeRational, count: len(f)}
	for _, v := range f {
		e.value = order.AppendUint32(order.AppendUint32(e.value, v[0]), v[1])
	}
	return e
}

func (t Tags) entries(order binary.AppendByteOrder) (rows []entry) {
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		switch v := t[tag].(type) {
		case string:
			rows = append(rows, text(tag, v)...)
		case [][2]uint32:
			rows = append(rows, fractions(order, tag, v...))
		case byte:
			rows = append(rows, entry{tag: tag, kind: typeByte, count: 1, value: []byte{v}})
		}
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
