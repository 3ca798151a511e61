package photo_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

// says is what a picture with this EXIF says of itself.
func says(t *testing.T, e phototest.EXIF) photo.Metadata {
	t.Helper()
	b := phototest.JPEG(phototest.Chart(20, 10), 90, &e)
	f, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Numbers of tags (CIPA DC-008).
const (
	created, offsetMain, offsetMade, fraction, fractionMade    = 0x9004, 0x9010, 0x9012, 0x9291, 0x9292
	latRef, lat, lonRef, lon, altRef, alt, gpsTime             = 1, 2, 3, 4, 5, 6, 7
	headingRef, heading, mapDatum, gpsDate, comment, takenMain = 16, 17, 18, 29, 0x9286, 0x9003
)

func TestTimesAreReadAsProgramsWriteThem(t *testing.T) {
	t.Parallel()
	type tags = phototest.Tags
	for name, tt := range map[string]struct {
		e    phototest.EXIF
		want string // RFC 3339 in the offset that it says; empty for none
		from photo.TimeSource
	}{
		"Z as offset":          {phototest.EXIF{Taken: "2026:05:12 01:31:07", Offset: "Z"}, "2026-05-12T01:31:07Z", "original"},
		"no colon":             {phototest.EXIF{Taken: "2026:05:12 09:31:07", Offset: "+0800"}, "2026-05-12T09:31:07+08:00", "original"},
		"only hours":           {phototest.EXIF{Taken: "2026:05:12 09:31:07", Offset: "+8"}, "2026-05-12T09:31:07+08:00", "original"},
		"half an hour":         {phototest.EXIF{Taken: "2026:05:12 09:31:07", Offset: "-03:30"}, "2026-05-12T09:31:07-03:30", "original"},
		"OffsetTime":           {phototest.EXIF{Taken: "2026:05:12 10:31:07", Camera: tags{offsetMain: "+09:00"}}, "2026-05-12T10:31:07+09:00", "original"},
		"OffsetTimeDigitized":  {phototest.EXIF{Taken: "2026:05:12 10:31:07", Camera: tags{offsetMade: "+09:00"}}, "2026-05-12T10:31:07+09:00", "original"},
		"no such offset":       {phototest.EXIF{Taken: "2026:05:12 09:31:07", Offset: "+29:00"}, "2026-05-12T09:31:07", "original"},
		"slashes":              {phototest.EXIF{Taken: "2026/05/12 09:31:07"}, "2026-05-12T09:31:07", "original"},
		"as ISO":               {phototest.EXIF{Taken: "2026-05-12T09:31:07"}, "2026-05-12T09:31:07", "original"},
		"as ISO with offset":   {phototest.EXIF{Taken: "2026-05-12T09:31:07.25+07:00"}, "2026-05-12T09:31:07.25+07:00", "original"},
		"spaces":               {phototest.EXIF{Taken: "  2026:05:12  9:31:07 "}, "2026-05-12T09:31:07", "original"},
		"one digit":            {phototest.EXIF{Taken: "2026:5:2 9:31:07"}, "2026-05-02T09:31:07", "original"},
		"hour 24":              {phototest.EXIF{Taken: "2026:05:12 24:31:07"}, "2026-05-12T00:31:07", "original"},
		"the end of a day":     {phototest.EXIF{Taken: "2026:05:12 24:00:00"}, "2026-05-13T00:00:00", "original"},
		"hour 25":              {phototest.EXIF{Taken: "2026:05:12 25:00:00"}, "", ""},
		"no such day":          {phototest.EXIF{Taken: "2026:02:30 09:00:00"}, "", ""},
		"sub-seconds":          {phototest.EXIF{Taken: "2026:05:12 09:31:07", Camera: tags{fraction: "042"}}, "2026-05-12T09:31:07.042", "original"},
		"one digit of them":    {phototest.EXIF{Taken: "2026:05:12 09:31:07", Camera: tags{fraction: "5 "}}, "2026-05-12T09:31:07.5", "original"},
		"sub-seconds that are": {phototest.EXIF{Taken: "2026:05:12 09:31:07", Camera: tags{fraction: "none"}}, "2026-05-12T09:31:07", "original"},
		"only its making": {phototest.EXIF{Camera: tags{created: "2026:05:12 09:31:07", fractionMade: "31", offsetMade: "+08:00"}},
			"2026-05-12T09:31:07.31+08:00", "created"},
		"no time, and its making": {phototest.EXIF{Taken: "0000:00:00 00:00:00", Camera: tags{created: "2026:05:12 09:31:07"}}, "2026-05-12T09:31:07", "created"},
		"only the satellites": {phototest.EXIF{GPS: tags{gpsDate: "2026:05:12", gpsTime: [][2]uint32{{1, 1}, {31, 1}, {75, 10}}}},
			"2026-05-12T01:31:07.5Z", "satellite"},
		"the satellites in a text": {phototest.EXIF{GPS: tags{gpsDate: "2026-05-12", gpsTime: "01:31:07"}}, "2026-05-12T01:31:07Z", "satellite"},
		"a time without its day":   {phototest.EXIF{GPS: tags{gpsTime: "01:31:07"}}, "", ""},
		"in the first directory":   {phototest.EXIF{Main: tags{takenMain: "2026:05:12 09:31:07"}}, "2026-05-12T09:31:07", "original"},
	} {
		f := says(t, tt.e)
		got := ""
		if f.TakenAt != nil {
			form, in := "2006-01-02T15:04:05.999999999", phototest.Zone
			if f.OffsetKnown {
				form, in = form+"Z07:00", time.FixedZone("", 60*f.OffsetMinutes)
			}
			got = f.TakenAt.In(in).Format(form)
		}
		if got != tt.want || f.TakenFrom != tt.from {
			t.Errorf("%s: got %q (%s), want %q (%s)", name, got, f.TakenFrom, tt.want, tt.from)
		}
	}
}

func TestPositionsAreReadAsProgramsWriteThem(t *testing.T) {
	t.Parallel()
	type tags = phototest.Tags
	here := &photo.Position{Lat: 20.03125, Lon: 110.32861}
	for name, tt := range map[string]struct {
		gps  tags
		want *photo.Position
	}{
		"one fraction": {tags{latRef: "N", lat: [][2]uint32{{2_003_125, 100_000}}, lonRef: "E", lon: [][2]uint32{{11_032_861, 100_000}}}, here},
		"two":          {tags{latRef: "N", lat: [][2]uint32{{20, 1}, {1875, 1000}}, lonRef: "E", lon: [][2]uint32{{110, 1}, {197_166, 10_000}}}, here},
		"words": {tags{latRef: "North", lat: [][2]uint32{{20, 1}, {1, 1}, {525, 10}},
			lonRef: "east longitude", lon: [][2]uint32{{110, 1}, {19, 1}, {42_996, 1000}}}, here},
		"Chinese words":          {tags{latRef: "北纬", lat: "20.03125", lonRef: "东经", lon: "110.32861"}, here},
		"a text":                 {tags{latRef: "N", lat: "20 deg 1' 52.50\"", lonRef: "E", lon: "110 deg 19' 42.996\""}, here},
		"a text with its letter": {tags{lat: "20.03125 N", lon: "E110.32861"}, here},
		"the south in words":     {tags{latRef: "South", lat: "33.44889", lonRef: "West", lon: "70.66931"}, &photo.Position{Lat: -33.44889, Lon: -70.66931}},
		"no letter":              {tags{lat: "20.03125", lon: "110.32861"}, nil},
		"another letter":         {tags{latRef: "X", lat: "20.03125", lonRef: "E", lon: "110.32861"}, nil},
		"no number":              {tags{latRef: "N", lat: "unknown", lonRef: "E", lon: "110.32861"}, nil},
		"beyond the pole":        {tags{latRef: "N", lat: "97.1", lonRef: "E", lon: "110.32861"}, nil},
	} {
		t.Run(name, func(t *testing.T) { checkPosition(t, says(t, phototest.EXIF{GPS: tt.gps}).Position, tt.want) })
	}
}

func TestAltitudeHeadingAndDatumAreKept(t *testing.T) {
	t.Parallel()
	f := says(t, phototest.EXIF{Place: phototest.At(20, 110, 5), GPS: phototest.Tags{altRef: byte(1), alt: [][2]uint32{{125, 10}}, headingRef: "M",
		heading: [][2]uint32{{35_950, 100}}, mapDatum: "GCJ-02"}, Camera: phototest.Tags{comment: "Screenshot"}})
	if f.AltitudeM == nil || *f.AltitudeM != -12.5 || f.HeadingDeg == nil || math.Abs(*f.HeadingDeg-359.5) > 1e-9 || !f.HeadingMagnetic || f.Datum != "GCJ-02" || !f.Screen {
		t.Errorf("got %+v", f)
	}
	f = says(t, phototest.EXIF{GPS: phototest.Tags{alt: [][2]uint32{{1, 0}}, heading: [][2]uint32{{400, 1}}}})
	if f.AltitudeM != nil || f.HeadingDeg != nil || f.Screen {
		t.Errorf("what makes no sense: got %+v", f)
	}
}
