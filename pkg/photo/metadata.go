package photo

import (
	"bytes"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
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
	f.readTime(e, zone)
	f.Position, f.AltitudeM, f.Datum = position(e), altitude(e), clean(e.text(tagDatum))
	f.HeadingDeg, f.HeadingMagnetic = heading(e)
	f.Screen = bytes.Contains(e.values[tagComment].b, []byte("Screenshot"))
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

// position is where EXIF says the picture was taken; anything that does not make sense is no position.
func position(e *exif) *Position {
	lat, ok1 := e.degrees(tagLat, tagLatRef, "N北", "S南", 90)
	lon, ok2 := e.degrees(tagLon, tagLonRef, "E东", "W西", 180)
	if !ok1 || !ok2 || lat == 0 && lon == 0 {
		return nil
	}
	p := &Position{Lat: lat, Lon: lon}
	if m, ok := e.numbers(tagError); ok && m[0] >= 0 && m[0] < 1e7 {
		p.AccuracyM = &m[0]
	}
	return p
}

// degrees reads degrees, or degrees and minutes, or seconds too, with the hemisphere: a letter or a word that begins with it, in a tag of
// its own or in the text. Of a text with more numbers the first three count, as with exiftool.
func (e *exif) degrees(t, ref tag, plus, minus string, most float64) (float64, bool) {
	n, ok := e.numbers(t)
	if !ok {
		return 0, false
	}
	v, unit := 0.0, 1.0
	for _, part := range n[:min(3, len(n))] {
		v, unit = v+math.Abs(part)/unit, unit*60
	}
	hemisphere := strings.ToUpper(clean(e.text(ref)))
	if hemisphere == "" {
		hemisphere = letterOf(e.text(t), plus+minus)
	}
	first, _ := utf8.DecodeRuneInString(hemisphere)
	switch {
	case v > most || hemisphere == "":
		return 0, false
	case strings.ContainsRune(plus, first):
		return v, n[0] >= 0
	case strings.ContainsRune(minus, first):
		return -v, true
	}
	return 0, false
}

// letterOf is the last letter of a text that stands at one of its ends and is one of these: "20.03 N", "E110°19'".
func letterOf(text, letters string) string {
	text = strings.ToUpper(clean(text))
	for _, cut := range []func(string) (rune, int){utf8.DecodeLastRuneInString, utf8.DecodeRuneInString} {
		if r, _ := cut(text); strings.ContainsRune(letters, r) {
			return string(r)
		}
	}
	return ""
}

// altitude is metres above the sea.
func altitude(e *exif) *float64 {
	m, ok := e.numbers(tagAlt)
	if !ok || math.Abs(m[0]) > 100_000 {
		return nil
	}
	v := m[0]
	if below, ok := e.numbers(tagAltRef); ok && (below[0] == 1 || below[0] == 3) { // of the sea, or of the ellipsoid (Exif 3.0)
		v = -math.Abs(v)
	}
	return &v
}

// heading is where the camera looked, in degrees clockwise from north.
func heading(e *exif) (degrees *float64, magnetic bool) {
	d, ok := e.numbers(tagHeading)
	if !ok || d[0] < 0 || d[0] > 360 {
		return nil, false
	}
	v := math.Mod(d[0], 360)
	return &v, strings.HasPrefix(strings.ToUpper(clean(e.text(tagHeadingRef))), "M")
}
