package photo

import (
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/bep/imagemeta"
)

// Bounds of reading metadata.
const (
	metadataTime = 2 * time.Second
	metadataTags = 5000
	metadataText = 200 // characters of a text
)

var metadataFormats = map[Type]imagemeta.ImageFormat{
	JPEG: imagemeta.JPEG, PNG: imagemeta.PNG, WebP: imagemeta.WebP, HEIC: imagemeta.HEIF, AVIF: imagemeta.AVIF,
}

// wanted are the tags that are read, each of the folder that its standard puts it in.
var wanted = map[string]string{
	"Make": "IFD0", "Model": "IFD0", "Software": "IFD0", "Orientation": "IFD0",
	"DateTimeOriginal": "IFD0/ExifIFD", "OffsetTimeOriginal": "IFD0/ExifIFD",
	"GPSLatitude": "IFD0/GPSInfoIFD", "GPSLatitudeRef": "IFD0/GPSInfoIFD", "GPSLongitude": "IFD0/GPSInfoIFD",
	"GPSLongitudeRef": "IFD0/GPSInfoIFD", "GPSHPositioningError": "IFD0/GPSInfoIFD",
}

// readMetadata fills in what EXIF says; what cannot be read says nothing. The reader of tags is other people's code that
// meets hostile bytes, so a panic in it ends the reading and nothing else.
func readMetadata(r io.ReadSeeker, f *Facts, zone *time.Location) {
	tags := map[string]any{}
	func() {
		defer func() { _ = recover() }()
		_, _ = imagemeta.Decode(imagemeta.Options{
			R: r, ImageFormat: metadataFormats[f.Type], Sources: imagemeta.EXIF, Timeout: metadataTime, LimitNumTags: metadataTags,
			ShouldHandleTag: func(t imagemeta.TagInfo) bool {
				folder, ok := wanted[t.Tag]
				return ok && strings.TrimSuffix(t.Namespace, "P") == folder // some cameras nest ExifIFD once more, written as P
			},
			HandleTag: func(t imagemeta.TagInfo) error {
				if _, ok := tags[t.Tag]; !ok {
					tags[t.Tag] = t.Value
				}
				return nil
			},
			Warnf: func(string, ...any) {},
		})
	}()
	f.Make, f.Model, f.Software = clean(tags["Make"]), clean(tags["Model"]), clean(tags["Software"])
	if n, ok := number(tags["Orientation"]); ok && n >= 1 && n <= 8 && n == math.Trunc(n) {
		f.Orientation = int(n)
	}
	readTime(tags, f, zone)
	f.Position = position(tags)
}

// clean is a text without control characters, bounded.
func clean(v any) string {
	s, _ := v.(string)
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	if r := []rune(s); len(r) > metadataText {
		s = string(r[:metadataText])
	}
	return s
}

// rational is what imagemeta gives for a fraction.
type rational interface{ Float64() float64 }

// number is a finite number in any of the forms that tags come in.
func number(v any) (n float64, ok bool) {
	switch t := v.(type) {
	case float64:
		n = t
	case float32:
		n = float64(t)
	case uint16:
		n = float64(t)
	case uint32:
		n = float64(t)
	case int:
		n = float64(t)
	case uint8:
		n = float64(t)
	case rational:
		n = t.Float64()
	case string:
		var err error
		if n, err = strconv.ParseFloat(strings.TrimSpace(t), 64); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

// readTime reads DateTimeOriginal, in the offset that stands beside it or else in the city's zone.
func readTime(tags map[string]any, f *Facts, zone *time.Location) {
	text, offset := clean(tags["DateTimeOriginal"]), clean(tags["OffsetTimeOriginal"])
	if t, err := time.Parse("2006:01:02 15:04:05-07:00", text+offset); err == nil && offset != "" {
		_, seconds := t.Zone()
		f.OffsetKnown, f.OffsetMinutes = true, seconds/60
		t = t.UTC()
		f.TakenAt = &t
	} else if t, err := time.ParseInLocation("2006:01:02 15:04:05", text, zone); err == nil {
		_, seconds := t.Zone()
		f.OffsetMinutes = seconds / 60
		t = t.UTC()
		f.TakenAt = &t
	}
	if f.TakenAt != nil && (f.TakenAt.Year() < 1970 || f.TakenAt.Year() >= 2100) {
		f.TakenAt, f.OffsetKnown, f.OffsetMinutes = nil, false, 0
	}
}

// position is where EXIF says the picture was taken; anything that does not make sense is no position.
func position(tags map[string]any) *Position {
	sign := func(tag, plus, minus string) float64 {
		switch strings.ToUpper(clean(tags[tag])) {
		case plus:
			return 1
		case minus:
			return -1
		}
		return 0
	}
	lat, ok1 := number(tags["GPSLatitude"])
	lon, ok2 := number(tags["GPSLongitude"])
	p := &Position{Lat: math.Abs(lat) * sign("GPSLatitudeRef", "N", "S"), Lon: math.Abs(lon) * sign("GPSLongitudeRef", "E", "W")}
	noRef := sign("GPSLatitudeRef", "N", "S") == 0 || sign("GPSLongitudeRef", "E", "W") == 0
	if !ok1 || !ok2 || noRef || math.Abs(p.Lat) > 90 || math.Abs(p.Lon) > 180 || p.Lat == 0 && p.Lon == 0 {
		return nil
	}
	if m, ok := number(tags["GPSHPositioningError"]); ok && m >= 0 && m < 1e7 {
		p.AccuracyM = &m
	}
	return p
}
