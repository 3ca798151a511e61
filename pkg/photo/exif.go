package photo

import (
	"encoding/binary"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// maxEXIF bounds what is read of EXIF, thumbnail and all; JPEG itself allows 64 KiB.
const maxEXIF = 1 << 20

// directory is one of the tables in EXIF.
type directory int

// The directories that are read. Some cameras put the second one into itself once more.
const (
	mainDirectory directory = iota
	cameraDirectory
	placeDirectory
)

// tag is a row of a directory.
type tag struct {
	in     directory
	number uint16
}

// The tags that are read (Exif 2.32, CIPA DC-008).
var (
	tagMake        = tag{mainDirectory, 0x010f}
	tagModel       = tag{mainDirectory, 0x0110}
	tagOrientation = tag{mainDirectory, 0x0112}
	tagSoftware    = tag{mainDirectory, 0x0131}
	tagTaken       = tag{cameraDirectory, 0x9003}
	tagCreated     = tag{cameraDirectory, 0x9004}
	tagOffsetMain  = tag{cameraDirectory, 0x9010}
	tagOffset      = tag{cameraDirectory, 0x9011}
	tagOffsetMade  = tag{cameraDirectory, 0x9012}
	tagComment     = tag{cameraDirectory, 0x9286}
	tagFraction    = tag{cameraDirectory, 0x9291}
	tagFractionOf  = tag{cameraDirectory, 0x9292}
	tagLatRef      = tag{placeDirectory, 0x0001}
	tagLat         = tag{placeDirectory, 0x0002}
	tagLonRef      = tag{placeDirectory, 0x0003}
	tagLon         = tag{placeDirectory, 0x0004}
	tagAltRef      = tag{placeDirectory, 0x0005}
	tagAlt         = tag{placeDirectory, 0x0006}
	tagGPSTime     = tag{placeDirectory, 0x0007}
	tagHeadingRef  = tag{placeDirectory, 0x0010}
	tagHeading     = tag{placeDirectory, 0x0011}
	tagDatum       = tag{placeDirectory, 0x0012}
	tagGPSDate     = tag{placeDirectory, 0x001d}
	tagError       = tag{placeDirectory, 0x001f}
)

var wanted = map[tag]bool{tagMake: true, tagModel: true, tagOrientation: true, tagSoftware: true, tagTaken: true, tagCreated: true, tagOffsetMain: true,
	tagOffset: true, tagOffsetMade: true, tagComment: true, tagFraction: true, tagFractionOf: true, tagLatRef: true, tagLat: true, tagLonRef: true,
	tagLon: true, tagAltRef: true, tagAlt: true, tagGPSTime: true, tagHeadingRef: true, tagHeading: true, tagDatum: true, tagGPSDate: true, tagError: true}

// below are the tags that point to another directory.
var below = map[uint16]directory{0x8769: cameraDirectory, 0x8825: placeDirectory}

// Types of values in TIFF 6.0.
const (
	typeByte      = 1
	typeText      = 2
	typeShort     = 3
	typeLong      = 4
	typeFraction  = 5
	typeUndefined = 7
	typeSigned    = 9
	typeSignedFr  = 10
	typeFloat     = 11
	typeDouble    = 12
)

var sizes = map[uint16]int{typeByte: 1, typeText: 1, typeShort: 2, typeLong: 4, typeFraction: 8, typeUndefined: 1, typeSigned: 4, typeSignedFr: 8, typeFloat: 4, typeDouble: 8}

// value is what stands under a tag, still as bytes of b.
type value struct {
	kind  uint16
	count int
	b     []byte
}

// exif is the wanted part of a TIFF structure.
type exif struct {
	b      []byte
	order  binary.ByteOrder
	values map[tag]value
	seen   []uint32 // offsets of directories, so that a ring of them ends
}

// parseEXIF reads what it can and leaves out what makes no sense; it never fails and takes no memory of its own.
func parseEXIF(b []byte) *exif {
	e := &exif{b: b, order: binary.BigEndian, values: map[tag]value{}}
	if len(b) < 8 {
		return e
	}
	switch string(b[:2]) {
	case "II":
		e.order = binary.LittleEndian
	case "MM":
	default:
		return e
	}
	e.read(mainDirectory, e.order.Uint32(b[4:]))
	return e
}

// maxDirectories is more than any camera needs.
const maxDirectories = 8

func (e *exif) read(in directory, at uint32) {
	for _, before := range e.seen {
		if before == at {
			return
		}
	}
	if len(e.seen) == maxDirectories || int64(at)+2 > int64(len(e.b)) {
		return
	}
	e.seen = append(e.seen, at)
	rows := e.b[at+2:]
	for range e.order.Uint16(e.b[at:]) {
		if len(rows) < 12 {
			return
		}
		e.row(in, rows[:12])
		rows = rows[12:]
	}
}

// row keeps a row that is wanted and whole; the first of several counts.
func (e *exif) row(in directory, r []byte) {
	number, kind, count := e.order.Uint16(r), e.order.Uint16(r[2:]), e.order.Uint32(r[4:])
	if to, ok := below[number]; ok && in != placeDirectory {
		e.read(to, e.order.Uint32(r[8:]))
		return
	}
	t, size := tag{in, number}, int64(sizes[kind])*int64(count)
	if elsewhere := (tag{cameraDirectory, number}); in == mainDirectory && wanted[elsewhere] {
		t = elsewhere // some programs write these into the first directory
	}
	if _, twice := e.values[t]; twice || !wanted[t] || size == 0 {
		return
	}
	b := r[8:]
	if size > 4 {
		at := int64(e.order.Uint32(r[8:]))
		if at+size > int64(len(e.b)) {
			return
		}
		b = e.b[at:]
	}
	e.values[t] = value{kind, int(count), b[:size]}
}

// text is a value up to its first NUL.
func (e *exif) text(t tag) string {
	v := e.values[t]
	if v.kind != typeText && v.kind != typeByte && v.kind != typeUndefined {
		return ""
	}
	text, _, _ := strings.Cut(string(v.b), "\x00")
	return text
}

// numeral is a number in a text.
var numeral = regexp.MustCompile(`-?\d+(?:\.\d+)?`)

// numbers are the values of a tag, if all of them are finite numbers. Texts may hold numbers with other characters between.
func (e *exif) numbers(t tag) (all []float64, ok bool) {
	v := e.values[t]
	if v.count == 0 {
		return nil, false
	}
	if v.kind == typeText {
		for _, text := range numeral.FindAllString(e.text(t), 16) {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, false
			}
			all = append(all, n)
		}
		return all, len(all) > 0
	} else {
		for n := range min(v.count, 16) {
			all = append(all, e.number(v.kind, v.b[n*sizes[v.kind]:]))
		}
	}
	for _, n := range all {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, false
		}
	}
	return all, true
}

// number is one value; a fraction with a denominator of zero is not a number.
func (e *exif) number(kind uint16, b []byte) float64 {
	long := func(n int) float64 { return float64(e.order.Uint32(b[n:])) }
	signed := func(n int) float64 { return float64(int32(e.order.Uint32(b[n:]))) }
	switch kind {
	case typeByte:
		return float64(b[0])
	case typeShort:
		return float64(e.order.Uint16(b))
	case typeLong:
		return long(0)
	case typeSigned:
		return signed(0)
	case typeFraction:
		return long(0) / long(4)
	case typeSignedFr:
		return signed(0) / signed(4)
	case typeFloat:
		return float64(math.Float32frombits(e.order.Uint32(b)))
	case typeDouble:
		return math.Float64frombits(e.order.Uint64(b))
	}
	return math.NaN()
}
