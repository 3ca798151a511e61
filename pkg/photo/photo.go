// Package photo knows pictures: what type their bytes are, what they say of themselves, how to make small upright ones
// from them. Nothing is decoded before its size is known to be bearable.
package photo

import (
	"context"
	"io"
	"time"

	"spotcheck/pkg/fault"
)

// Bounds of what is accepted.
const (
	MaxBytes  = 32 << 20    // bytes of a file
	MaxPixels = 100_000_000 // width × height
	MaxSide   = 30_000      // pixels
)

// What is refused; everything else that looks like a picture is kept, whatever state it is in.
var (
	ErrType     = fault.New(fault.Unsupported, "photo.type", "Only JPEG, HEIC, PNG, WebP and AVIF pictures are accepted.")
	ErrTooLarge = fault.New(fault.TooLarge, "photo.too-large", "A photo has at most 32 MiB.")
	ErrPixels   = fault.New(fault.Invalid, "photo.pixels", "A photo has at most 100 megapixels and no side over 30,000 pixels.")
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

// Position is what a picture says of its place, WGS-84.
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
	Position                    *Position
	Make, Model, Software       string
	Damaged                     bool
	DamageReason                string
}

// Inspect reads what a picture says of itself without decoding it. It fails with ErrType, ErrTooLarge, ErrPixels, or the
// error of the reader; damage and bad metadata are facts, not failures. zone is where a time without an offset is meant.
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
	if h.width == 0 || h.height == 0 {
		h.width, h.height = 0, 0
		if h.damaged == "" {
			h.damaged = "the picture has no size"
		}
	}
	f.Width, f.Height, f.Damaged, f.DamageReason = h.width, h.height, h.damaged != "", h.damaged
	if overBound(f.Width, f.Height) {
		return f, ErrPixels.With("The picture claims %d × %d pixels; at most 100 megapixels and 30,000 a side are accepted.", f.Width, f.Height)
	}
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

// overBound says whether a picture of this size is never decoded.
func overBound(width, height int) bool {
	return width > MaxSide || height > MaxSide || int64(width)*int64(height) > MaxPixels
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

// brands are those of still pictures, first the major one, then the compatible ones.
var brands = map[string]Type{"avif": AVIF, "avis": AVIF, "heic": HEIC, "heix": HEIC, "heim": HEIC, "heis": HEIC, "hevc": HEIC, "hevx": HEIC}

func sniffBrand(head []byte) (Type, bool) {
	end := min(len(head), int(uint32(head[0])<<24|uint32(head[1])<<16|uint32(head[2])<<8|uint32(head[3])))
	for n := 8; n+4 <= end; n += 4 {
		if n == 12 {
			continue // the version of the major brand
		}
		if t, ok := brands[string(head[n:n+4])]; ok {
			return t, true
		}
	}
	return "", false
}
