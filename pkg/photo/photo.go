// Package photo knows pictures: what type their bytes are, what they say of themselves, how to make small upright ones
// from them. Nothing is decoded before its size is known to be bearable.
package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"time"

	"spotcheck/pkg/fault"
)

// MaxBytes is how many bytes a file has at most that is accepted: pictures of 200 megapixels have 40 to 60 MB.
const MaxBytes = 64 << 20

// Bounds of what is decoded; what is larger is evidence all the same. The largest cameras of phones have 200 megapixels. Within these the
// memory of the other process decides.
const (
	MaxPixels = 220_000_000 // width × height
	MaxSide   = 30_000      // pixels
)

// mostClaimed is the largest side that is noted; a header may claim more.
const mostClaimed = 1 << 30

// What is refused; everything else that looks like a picture is kept, whatever state it is in.
var (
	ErrType     = fault.New(fault.Unsupported, "photo.type", "Only JPEG, HEIC, PNG, WebP and AVIF pictures are accepted.")
	ErrTooLarge = fault.New(fault.TooLarge, "photo.too-large", "A photo has at most 64 MiB.")
)

// Type is a kind of picture file.
type Type string

// The types that are accepted.
const (
	JPEG Type = "jpeg"
	HEIC Type = "heic"
	PNG  Type = "png"
	WebP Type = "webp"
	AVIF Type = "avif"
)

// PDF is what a scanner makes of a paper. It is kept as it came: nothing here decodes it, and it is no photo.
const PDF Type = "pdf"

// MediaType is the name of the type in HTTP.
func (t Type) MediaType() string {
	if t == PDF {
		return "application/pdf"
	}
	return "image/" + string(t)
}

// Position is what a picture says of its place.
type Position struct {
	Lat, Lon  float64
	AccuracyM *float64 // radius in metres, nil when it does not say
}

// Metadata are what a picture says of itself.
type Metadata struct {
	Type                        Type
	Width, Height               int // as stored, pixels; 0 when the file is too damaged to say
	UprightWidth, UprightHeight int
	Orientation                 int        // as in EXIF, 1 to 8; 1 when it does not say
	TakenAt                     *time.Time // UTC
	OffsetKnown                 bool       // it said its offset from UTC; otherwise the city's zone was taken
	OffsetMinutes               int
	TakenFrom                   TimeSource
	Position                    *Position
	Datum                       string   // of Position, as it is written; empty when it does not say
	AltitudeM                   *float64 // metres above the sea
	HeadingDeg                  *float64 // where the camera looked, clockwise from north, 0 to below 360
	HeadingMagnetic             bool     // from magnetic north
	Screen                      bool     // it says that it is a picture of a screen
	Make, Model, Software       string
	Damaged                     bool
	DamageReason                string
}

// Inspect reads what a picture says of itself without decoding it. It fails with ErrType, ErrTooLarge, or the
// error of the reader; size, damage and bad metadata are facts, not failures. zone is where a time without an offset is meant.
func Inspect(ctx context.Context, r io.ReaderAt, size int64, zone *time.Location) (Metadata, error) {
	if size > MaxBytes {
		return Metadata{}, ErrTooLarge
	}
	head := make([]byte, min(size, 64))
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), head); err != nil {
		return Metadata{}, err
	}
	kind, ok := Sniff(head)
	if !ok {
		return Metadata{}, ErrType
	}
	f := Metadata{Type: kind, Orientation: 1}
	h, err := headers[kind](io.NewSectionReader(r, 0, size))
	if err != nil {
		return f, err
	}
	if h.coded != "" {
		f.Type = h.coded
	}
	if h.width == 0 || h.height == 0 {
		h.width, h.height = 0, 0
		if h.damaged == "" {
			h.damaged = "the picture has no size"
		}
	}
	f.Width, f.Height, f.Damaged, f.DamageReason = min(h.width, mostClaimed), min(h.height, mostClaimed), h.damaged != "", h.damaged
	if err := ctx.Err(); err != nil {
		return f, err
	}
	if f.Width == 0 {
		return f, nil // what does not even hold a picture says nothing that is worth keeping
	}
	readMetadata(h.exif, &f, zone)
	turned := f.Orientation >= 5
	if h.own > 0 {
		turned = h.own >= 5 // EXIF only repeats it
	}
	if f.UprightWidth, f.UprightHeight = f.Width, f.Height; turned {
		f.UprightWidth, f.UprightHeight = f.Height, f.Width
	}
	return f, nil
}

// overBound says why a picture of this size is never decoded, nil when it may be.
func overBound(width, height int) error {
	if width <= MaxSide && height <= MaxSide && int64(width)*int64(height) <= MaxPixels {
		return nil
	}
	return &RenderError{Reason: fmt.Sprintf("it has %d × %d pixels, and at most %d megapixels and %d a side are decoded", width, height, MaxPixels/1_000_000, MaxSide)}
}

// Sniff tells the type by the first bytes, never by a name; 64 bytes are enough.
func Sniff(head []byte) (Type, bool) {
	at := func(n int, text string) bool { return len(head) >= n+len(text) && string(head[n:n+len(text)]) == text }
	switch {
	case at(0, "\xff\xd8\xff"):
		return JPEG, true
	case at(0, "\x89PNG\r\n\x1a\n"):
		return PNG, true
	case at(0, "RIFF") && at(8, "WEBPVP8"):
		return WebP, true
	case at(4, "ftyp"):
		return sniffBrand(head)
	}
	return "", false
}

// brands are those of still pictures that say how they are coded.
var brands = map[string]Type{"avif": AVIF, "avis": AVIF, "heic": HEIC, "heix": HEIC, "heim": HEIC, "heis": HEIC, "hevc": HEIC, "hevx": HEIC}

// containers are the brands of files that hold still pictures in whatever coding (ISO/IEC 23008-12 §10); of their pictures the items tell more.
var containers = map[string]bool{"mif1": true, "mif2": true, "mif3": true, "msf1": true, "miaf": true, "avci": true, "avcs": true, "jpeg": true, "jpgs": true}

// sniffBrand looks for a coding under the major brand and the compatible ones, and else for a container.
func sniffBrand(head []byte) (t Type, ok bool) {
	for brand := range brandsOf(head) {
		if coded, known := brands[brand]; known {
			return coded, true
		}
		if containers[brand] {
			t, ok = HEIC, true
		}
	}
	return t, ok
}

// brandsOf are the brands of a file, the major one first.
func brandsOf(head []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		if len(head) < 12 {
			return
		}
		end := min(len(head), int(binary.BigEndian.Uint32(head)))
		for n := 8; n+4 <= end; n += 4 {
			if n != 12 && !yield(string(head[n:n+4])) { // there stands the version of the major brand
				return
			}
		}
	}
}

// WithKnownBrand is a HEIC or AVIF file under brands that its decoder knows: it looks at the major one, and for one of the compatible ones.
func WithKnownBrand(b []byte, t Type) []byte {
	const major, compatible = 8, 16
	if len(b) < compatible || brands[string(b[major:major+4])] == t {
		return b
	}
	name, known := string(t), false
	for brand := range brandsOf(b) {
		if known = brands[brand] == t; known {
			name = brand
			break
		}
	}
	end := int(binary.BigEndian.Uint32(b))
	b = bytes.Clone(b)
	copy(b[major:], name)
	if !known && end >= compatible+4 && end <= len(b) {
		copy(b[compatible:], name)
	}
	return b
}
