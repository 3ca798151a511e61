package phototest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"sync"
	"time"

	"spotcheck/pkg/photo"
)

// Sample is a file and what is true of it.
type Sample struct {
	Name        string
	Bytes       []byte
	Refused     error // nil when it is accepted; the rest holds only then
	Damaged     bool
	Type        photo.Type
	Width       int // stored, pixels
	Height      int
	Upright     image.Point // pixels
	TakenAt     time.Time   // cut to the second, in the city's zone when the picture says no offset; zero when it does not say
	OffsetKnown bool
	Position    *photo.Position // AccuracyM nil is not compared
	Pictures    Outcome
	Chart       bool // it shows a chart
}

// Outcome is whether pictures can be made from a file.
type Outcome int

// What can become of a file.
const (
	Made   Outcome = iota // both pictures
	Failed                // none, and a reason
	Either                // whatever the decoder makes of the damage
)

// Zone is the city's zone in tests.
var Zone = time.FixedZone("city", 8*3600)

// Generated are the files that this package makes. They are made once.
func Generated() []Sample { return slices.Clone(generated()) }

var generated = sync.OnceValue(func() []Sample {
	all := oriented()
	all = append(all, formats()...)
	all = append(all, colours()...)
	all = append(all, places()...)
	return append(append(append(all, broken()...), huge()...), refused()...)
})

// whole is a sample of a chart that nothing is wrong with.
func whole(name string, t photo.Type, w, h int, b []byte) Sample {
	return Sample{Name: name, Bytes: b, Type: t, Width: w, Height: h, Upright: image.Pt(w, h), Chart: true}
}

// said adds what full EXIF says: a time with its offset, a place with its accuracy.
func (s Sample) said() Sample {
	m := 4.7
	s.TakenAt, s.OffsetKnown = time.Date(2026, 5, 12, 9, 31, 7, 0, Zone), true
	s.Position = &photo.Position{Lat: 20.03125, Lon: 110.32861, AccuracyM: &m}
	return s
}

func fullEXIF(orientation int) *EXIF {
	return &EXIF{Make: "Made", Model: "By code", Software: "phototest", Orientation: orientation,
		Taken: "2026:05:12 09:31:07", Offset: "+08:00", Place: At(20.03125, 110.32861, 4.7), LittleEndian: orientation%2 == 0}
}

// oriented are the eight EXIF orientations, and the turns that HEIC and AVIF files have of their own.
func oriented() (all []Sample) {
	for n := 1; n <= 8; n++ {
		img, file := Stored(Chart(101, 67), n), JPEG
		if n == 3 {
			file = ProgressiveJPEG
		}
		s := whole(fmt.Sprintf("orientation_%d.jpg", n), photo.JPEG, img.Bounds().Dx(), img.Bounds().Dy(), file(img, 92, fullEXIF(n))).said()
		s.Upright = image.Pt(101, 67)
		all = append(all, s)
	}
	big := Stored(Chart(2400, 1801), 6)
	s := whole("large_turned.jpg", photo.JPEG, 1801, 2400, JPEG(big, 90, fullEXIF(6))).said()
	s.Upright = image.Pt(2400, 1801)
	all = append(all, s)
	for turns, n := range []int{1, 8, 3, 6} { // at least 128 pixels: the decoder mixes up the colours of narrower HEIC files
		img := Stored(Chart(192, 128), n)
		for t, b := range map[photo.Type][]byte{photo.HEIC: HEIC(img, Says{Turns: turns, EXIF: fullEXIF(n)}), photo.AVIF: AVIF(img, Says{Turns: turns, EXIF: fullEXIF(n)})} {
			s := whole(fmt.Sprintf("turned_%d.%s", 90*turns, t), t, img.Bounds().Dx(), img.Bounds().Dy(), b).said()
			s.Upright = image.Pt(192, 128)
			all = append(all, s)
		}
	}
	return all
}

// formats are all types in the depths and colours that they come in.
func formats() []Sample {
	chart := Chart(120, 80)
	clear := image.NewNRGBA(chart.Rect)
	deep := image.NewNRGBA64(chart.Rect)
	few := image.NewPaletted(chart.Rect, color.Palette{corners[0], corners[1], corners[2], corners[3]})
	draw.Draw(clear, chart.Rect, chart, image.Point{}, draw.Src)
	draw.Draw(deep, chart.Rect, chart, image.Point{}, draw.Src)
	draw.Draw(few, chart.Rect, chart, image.Point{}, draw.Src)
	for x := range 120 {
		clear.Set(x, 0, color.Transparent)
	}
	grey, greyPNG := whole("grey.jpg", photo.JPEG, 120, 80, JPEG(Grey(chart), 90, nil)), whole("grey.png", photo.PNG, 120, 80, PNG(Grey(chart), nil))
	grey.Chart, greyPNG.Chart = false, false
	odd := whole("long.jpg", photo.JPEG, 5000, 9, JPEG(Chart(5000, 9), 90, nil))
	odd.Chart = false // its thumbnail is one pixel high
	pale := whole("lossy.webp", photo.WebP, 50, 40, LossyWebP(50, 40))
	pale.Chart = false
	placed := whole("animated_apart.webp", photo.WebP, 160, 100, AnimatedWebP(chart, image.Pt(160, 100), image.Pt(20, 10)))
	placed.Chart = false // it is not where a chart would be
	tiny := whole("one_pixel.png", photo.PNG, 1, 1, PNG(Chart(1, 1), nil))
	tiny.Chart = false
	return []Sample{
		whole("progressive.jpg", photo.JPEG, 120, 80, ProgressiveJPEG(chart, 90, nil)),
		whole("cmyk.jpg", photo.JPEG, 120, 80, CMYK(chart)),
		whole("exif.png", photo.PNG, 120, 80, PNG(chart, fullEXIF(1))).said(),
		whole("alpha.png", photo.PNG, 120, 80, PNG(clear, nil)),
		whole("deep.png", photo.PNG, 120, 80, PNG(deep, nil)),
		whole("palette.png", photo.PNG, 120, 80, PNG(few, nil)),
		whole("exif.webp", photo.WebP, 120, 80, WebP(chart, fullEXIF(1), nil)).said(),
		whole("alpha.webp", photo.WebP, 120, 80, WebP(clear, nil, nil)),
		whole("odd.heic", photo.HEIC, 202, 134, HEIC(Chart(202, 134), Says{})),
		whole("plain.avif", photo.AVIF, 120, 80, AVIF(chart, Says{})),
		whole("mif1_first.heic", photo.HEIC, 192, 128, HEIC(Chart(192, 128), Says{Brands: []string{"mif1", "heic"}})),
		whole("mif1_alone.heic", photo.HEIC, 192, 128, HEIC(Chart(192, 128), Says{Brands: []string{"mif1", "mif1"}})),
		whole("mif2.heic", photo.HEIC, 192, 128, HEIC(Chart(192, 128), Says{Brands: []string{"mif2", "miaf", "heix"}})),
		whole("msf1.heic", photo.HEIC, 192, 128, HEIC(Chart(192, 128), Says{Brands: []string{"msf1", "iso8"}})),
		whole("mif1_first.avif", photo.AVIF, 120, 80, AVIF(chart, Says{Brands: []string{"mif1", "avif", "miaf"}})),
		whole("mif1_alone.avif", photo.AVIF, 120, 80, AVIF(chart, Says{Brands: []string{"mif1", "mif1"}})),
		whole("avif_as_heic.heic", photo.AVIF, 120, 80, AVIF(chart, Says{Brands: []string{"heic", "mif1"}})),
		whole("animated.webp", photo.WebP, 120, 80, AnimatedWebP(chart, image.Pt(120, 80), image.Point{})),
		placed,
		whole("照片 (1).jpg", photo.PNG, 120, 80, PNG(chart, nil)),
		grey, greyPNG, odd, tiny, pale,
	}
}

// colours are charts whose numbers do not mean sRGB; their pictures must look like all others.
func colours() []Sample {
	large := Chart(192, 128)
	p3 := P3.Of(large)
	return []Sample{
		whole("p3.jpg", photo.JPEG, 192, 128, JPEGWithICC(JPEG(p3, 95, nil), P3.ICC())),
		whole("power.jpg", photo.JPEG, 192, 128, JPEGWithICC(JPEG(Power.Of(large), 95, nil), Power.ICC())),
		whole("p3.png", photo.PNG, 192, 128, PNGWithICC(PNG(p3, nil), P3.ICC())),
		whole("p3.webp", photo.WebP, 192, 128, WebP(p3, nil, P3.ICC())),
		whole("p3.heic", photo.HEIC, 192, 128, HEIC(p3, Says{ICC: P3.ICC()})),
		whole("p3.avif", photo.AVIF, 192, 128, AVIF(p3, Says{ICC: P3.ICC()})),
		whole("narrow.heic", photo.HEIC, 192, 128, HEIC(large, Says{Narrow: true})),
	}
}

// places are the ways in which EXIF says, or does not say, where and when.
func places() (all []Sample) {
	add := func(name string, e EXIF, p *photo.Position) *Sample {
		s := whole(name+".jpg", photo.JPEG, 60, 40, JPEG(Chart(60, 40), 90, &e))
		s.Position = p
		all = append(all, s)
		return &all[len(all)-1]
	}
	add("southwest", EXIF{Place: At(-33.44889, -70.66931, 0)}, &photo.Position{Lat: -33.44889, Lon: -70.66931})
	small := At(20.04, 110.2, 1414)
	small.LatRef, small.LonRef = "n", "e"
	add("small_letters", EXIF{Place: small}, &photo.Position{Lat: 20.04, Lon: 110.2})
	none := map[string]*Place{"null_island": At(0, 0, 0), "beyond_the_pole": At(97, 110.2, 0), "no_letters": At(20.04, 110.2, 0), "no_denominator": At(20.04, 110.2, 0)}
	none["no_letters"].LatRef, none["no_letters"].LonRef = "", ""
	none["no_denominator"].Lat[0][1], none["no_denominator"].Lon[2][1] = 0, 0
	for name, p := range none {
		add(name, EXIF{Place: p}, nil)
	}
	add("no_offset", EXIF{Taken: "2026:05:12 09:31:07"}, nil).TakenAt = time.Date(2026, 5, 12, 9, 31, 7, 0, Zone)
	west := add("other_offset", EXIF{Taken: "2026:02:19 14:22:37", Offset: "-08:00"}, nil)
	west.TakenAt, west.OffsetKnown = time.Date(2026, 2, 19, 14, 22, 37, 0, time.FixedZone("", -8*3600)), true
	for name, taken := range map[string]string{"no_date": "0000:00:00 00:00:00", "blank_date": "    :  :     :  :  ",
		"no_such_day": "2026:02:30 10:00:00", "last_century": "1899:12:31 10:00:00"} {
		add(name, EXIF{Taken: taken}, nil)
	}
	return all
}

// broken are true to their digest and damaged inside: they are accepted and say so.
func broken() []Sample {
	scene := JPEG(Scene(300, 200, 1), 85, fullEXIF(1))
	badEXIF := bytes.Replace(scene, fullEXIF(1).Bytes()[:40], append([]byte("MM\x00\x2a\xff\xff\xff\xff"), make([]byte, 32)...), 1)
	noHeight := bytes.Clone(scene)
	binary.BigEndian.PutUint16(noHeight[bytes.Index(scene, []byte{0xff, 0xc0})+5:], 0)
	badSum := PNG(Scene(60, 40, 2), nil)
	badSum[len(badSum)-20] ^= 1
	heic, avif, webp := HEIC(Chart(96, 64), Says{}), AVIF(Chart(120, 80), Says{}), WebP(Chart(120, 80), nil, nil)
	cut := func(name string, t photo.Type, w, h int, b []byte, o Outcome) Sample {
		s := whole(name, t, w, h, b)
		s.Damaged, s.Chart, s.Pictures = true, false, o
		return s
	}
	png, lossy := PNG(Scene(300, 200, 3), nil), LossyWebP(50, 40)
	strange := func(name string, coding byte) Sample { // in which nobody but the decoder sees a fault
		s := whole(name, photo.JPEG, 300, 200, bytes.Clone(scene)).said()
		s.Bytes = withoutTables(s.Bytes)
		s.Bytes[bytes.Index(s.Bytes, []byte{0xff, 0xc0})+1] = coding
		s.Chart, s.Pictures = false, Failed
		return s
	}
	return []Sample{
		cut("cut_at_60.jpg", photo.JPEG, 300, 200, scene[:len(scene)*6/10], Made).said(),
		cut("no_pixels.jpg", photo.JPEG, 0, 0, []byte("\xff\xd8\xff\xd9"), Failed),
		cut("no_scan.jpg", photo.JPEG, 300, 200, append(bytes.Clone(scene[:bytes.Index(scene, []byte{0xff, 0xda})]), 0xff, 0xd9), Failed).said(),
		cut("no_height.jpg", photo.JPEG, 0, 0, noHeight, Failed),
		cut("no_width.png", photo.PNG, 0, 0, PNGHeader(0, 9), Failed),
		cut("bad_checksum.png", photo.PNG, 60, 40, badSum, Made),
		cut("cut_at_60.png", photo.PNG, 300, 200, png[:len(png)*6/10], Made),
		cut("cut_early.png", photo.PNG, 300, 200, png[:60], Failed),
		cut("no_end.png", photo.PNG, 300, 200, png[:len(png)-12], Made),
		cut("cut_lossy.webp", photo.WebP, 50, 40, lossy[:len(lossy)*6/10], Made),
		strange("arithmetic.jpg", 0xc9),
		strange("arithmetic_progressive.jpg", 0xca),
		strange("lossless.jpg", 0xc3),
		cut("cut.heic", photo.HEIC, 96, 64, heic[:len(heic)/2], Failed),
		cut("cut.avif", photo.AVIF, 120, 80, avif[:len(avif)-100], Either),
		cut("cut.webp", photo.WebP, 120, 80, webp[:len(webp)/2], Failed),
		func() Sample {
			s := whole("exif_points_nowhere.jpg", photo.JPEG, 300, 200, badEXIF)
			s.Chart = false
			return s
		}(),
	}
}

// withoutTables is a JPEG file without the tables of Huffman codes, as one with arithmetic coding is.
func withoutTables(b []byte) []byte {
	for {
		at := bytes.Index(b, []byte{0xff, 0xc4})
		if at < 0 {
			return b
		}
		b = slices.Delete(b, at, at+2+int(binary.BigEndian.Uint16(b[at+2:])))
	}
}

// huge are kept and never decoded.
func huge() []Sample {
	lie := JPEG(Chart(64, 64), 90, nil)
	frame := bytes.Index(lie, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(lie[frame+5:], 65500)
	binary.BigEndian.PutUint16(lie[frame+7:], 65500)
	heic := HEIC(Chart(96, 64), Says{})
	size := bytes.Index(heic, []byte("ispe"))
	binary.BigEndian.PutUint32(heic[size+8:], 1<<31)
	claims := func(name string, t photo.Type, w, h int, b []byte) Sample {
		s := whole(name, t, w, h, b)
		s.Chart, s.Pictures = false, Failed
		return s
	}
	return []Sample{
		claims("claims_4_gigapixels.jpg", photo.JPEG, 65_500, 65_500, lie),
		claims("claims_4_gigapixels.png", photo.PNG, 69_500, 69_500, PNGHeader(69_500, 69_500)),
		claims("one_side_too_long.png", photo.PNG, 30_001, 1, PNGHeader(30_001, 1)),
		claims("claims_too_much.heic", photo.HEIC, 1<<30, 64, heic),
	}
}

// refused are what must not come in.
func refused() []Sample {
	return []Sample{
		{Name: "script.jpg", Bytes: []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), Refused: photo.ErrType},
		{Name: "scan.tiff", Bytes: fullEXIF(1).Bytes(), Refused: photo.ErrType},
		{Name: "archive.jpg", Bytes: []byte("PK\x03\x04\x14\x00\x00\x00\x00\x00"), Refused: photo.ErrType},
		{Name: "moving.mp4", Bytes: box("ftyp", []byte("isom"), be32(0x200), []byte("isomiso2avc1mp41")), Refused: photo.ErrType},
		{Name: "animation.gif", Bytes: []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), Refused: photo.ErrType},
		{Name: "empty.jpg", Refused: photo.ErrType},
	}
}
