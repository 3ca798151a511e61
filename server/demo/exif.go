package demo

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"

	"spotcheck/pkg/geo"
)

// exif is what a camera says in a picture.
type exif struct {
	taken     time.Time // its offset from UTC is written beside it
	place     *geo.Point
	accuracyM float64
	model     string
}

// The types of TIFF 6.0 §2 that are written here.
const (
	tiffASCII    = 2
	tiffShort    = 3
	tiffLong     = 4
	tiffRational = 5
)

// entry is a field of a directory: its values as they lie in the file.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

func ascii(tag uint16, text string) entry {
	return entry{tag, tiffASCII, uint32(len(text) + 1), append([]byte(text), 0)}
}

func long(tag uint16, n uint32) entry {
	return entry{tag, tiffLong, 1, binary.LittleEndian.AppendUint32(nil, n)}
}

func rationals(tag uint16, values ...float64) entry {
	e := entry{tag: tag, kind: tiffRational, count: uint32(len(values))}
	for _, v := range values {
		e.value = binary.LittleEndian.AppendUint32(e.value, uint32(math.Round(v*100_000)))
		e.value = binary.LittleEndian.AppendUint32(e.value, 100_000)
	}
	return e
}

// directory lays entries out at an offset of the file, with what is longer than four bytes behind them.
func directory(offset int, entries []entry) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(len(entries)))
	behind := offset + 2 + 12*len(entries) + 4
	var tail []byte
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(b, e.tag)
		b = binary.LittleEndian.AppendUint16(b, e.kind)
		b = binary.LittleEndian.AppendUint32(b, e.count)
		if len(e.value) <= 4 {
			b = append(b, e.value...)
			b = append(b, make([]byte, 4-len(e.value))...)
			continue
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(behind+len(tail)))
		tail = append(tail, e.value...)
		tail = append(tail, make([]byte, len(tail)%2)...)
	}
	b = binary.LittleEndian.AppendUint32(b, 0) // no directory follows
	return append(b, tail...)
}

// segment is the APP1 segment of a JPEG file (Exif 2.32 §4.5).
func (x exif) segment() []byte {
	camera := []entry{ascii(0x9003, x.taken.Format("2006:01:02 15:04:05")), ascii(0x9011, x.taken.Format("-07:00"))}
	var gps []entry
	if p := x.place; p != nil {
		gps = []entry{ascii(0x0001, letter(p.Lat, "N", "S")), rationals(0x0002, sexagesimal(p.Lat)...),
			ascii(0x0003, letter(p.Lon, "E", "W")), rationals(0x0004, sexagesimal(p.Lon)...), rationals(0x001f, x.accuracyM)}
	}
	main := func(cameraAt, gpsAt int) []entry {
		all := []entry{ascii(0x010f, "Spotcheck"), ascii(0x0110, x.model),
			{0x0112, tiffShort, 1, []byte{1, 0}}, long(0x8769, uint32(cameraAt))}
		if gps != nil {
			all = append(all, long(0x8825, uint32(gpsAt)))
		}
		return all
	}
	const start = 8
	cameraAt := start + len(directory(start, main(0, 0)))
	gpsAt := cameraAt + len(directory(cameraAt, camera))
	tiff := append([]byte{'I', 'I', 42, 0, start, 0, 0, 0}, directory(start, main(cameraAt, gpsAt))...)
	tiff = append(tiff, directory(cameraAt, camera)...)
	if gps != nil {
		tiff = append(tiff, directory(gpsAt, gps)...)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	return append([]byte{0xff, 0xe1, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func letter(degrees float64, plus, minus string) string {
	if degrees < 0 {
		return minus
	}
	return plus
}

// sexagesimal gives degrees, minutes and seconds.
func sexagesimal(degrees float64) []float64 {
	d := math.Abs(degrees)
	whole, rest := math.Modf(d)
	minutes, rest := math.Modf(rest * 60)
	return []float64{whole, minutes, rest * 60}
}

// tag writes the segment into a JPEG file, right after its first marker.
func (x exif) tag(jpeg []byte) []byte {
	return bytes.Join([][]byte{jpeg[:2], x.segment(), jpeg[2:]}, nil)
}
