package photo

import (
	"math"
	"strings"
	"time"
	"unicode"
)

// metadataText is how many characters of a text are kept.
const metadataText = 200

// readMetadata fills in what EXIF says; what makes no sense says nothing.
func readMetadata(b []byte, f *Metadata, zone *time.Location) {
	e := parseEXIF(b)
	f.Make, f.Model, f.Software = clean(e.text(tagMake)), clean(e.text(tagModel)), clean(e.text(tagSoftware))
	if n, ok := e.numbers(tagOrientation); ok && n[0] >= 1 && n[0] <= 8 && n[0] == math.Trunc(n[0]) {
		f.Orientation = int(n[0])
	}
	readTime(e, f, zone)
	f.Position = position(e)
}

// clean is a text without control characters, bounded.
func clean(s string) string {
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

// readTime reads DateTimeOriginal, in the offset that stands beside it or else in the city's zone.
func readTime(e *exif, f *Metadata, zone *time.Location) {
	text, offset := clean(e.text(tagTaken)), clean(e.text(tagOffset))
	t, err := time.Parse("2006:01:02 15:04:05-07:00", text+offset)
	f.OffsetKnown = err == nil
	if err != nil {
		t, err = time.ParseInLocation("2006:01:02 15:04:05", text, zone)
	}
	_, seconds := t.Zone()
	f.OffsetMinutes = seconds / 60
	if t = t.UTC(); err != nil || t.Year() < 1970 || t.Year() >= 2100 {
		f.OffsetKnown, f.OffsetMinutes = false, 0
		return
	}
	f.TakenAt = &t
}

// position is where EXIF says the picture was taken; anything that does not make sense is no position.
func position(e *exif) *Position {
	lat, ok1 := e.degrees(tagLat, tagLatRef, "N", "S", 90)
	lon, ok2 := e.degrees(tagLon, tagLonRef, "E", "W", 180)
	if !ok1 || !ok2 || lat == 0 && lon == 0 {
		return nil
	}
	p := &Position{Lat: lat, Lon: lon}
	if m, ok := e.numbers(tagError); ok && m[0] >= 0 && m[0] < 1e7 {
		p.AccuracyM = &m[0]
	}
	return p
}

// degrees reads degrees, minutes and seconds with the letter of their hemisphere. Of a text with more numbers the first
// three count, as with exiftool.
func (e *exif) degrees(t, ref tag, plus, minus string, most float64) (float64, bool) {
	n, ok := e.numbers(t)
	if !ok || len(n) < 3 || n[0] < 0 || n[1] < 0 || n[2] < 0 {
		return 0, false
	}
	v := n[0] + n[1]/60 + n[2]/3600
	switch letter := strings.ToUpper(clean(e.text(ref))); {
	case v > most:
		return 0, false
	case letter == plus:
		return v, true
	case letter == minus:
		return -v, true
	}
	return 0, false
}
