package phototest

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"strings"
	"testing"

	"spotcheck/pkg/photo"
)

// CheckPictures fails the test unless the two pictures of a sample are what they should be: upright JPEG files without
// metadata, fitted to their sides, none larger than the original.
func CheckPictures(t testing.TB, s Sample, display, thumb []byte) {
	t.Helper()
	for name, p := range map[string]struct {
		bytes []byte
		side  int
	}{"display": {display, photo.DisplaySide}, "thumb": {thumb, photo.ThumbSide}} {
		img, err := jpeg.Decode(bytes.NewReader(p.bytes))
		if err != nil {
			t.Fatalf("%s, %s: %v", s.Name, name, err)
		}
		got, want := img.Bounds().Size(), Fitted(s.Upright, p.side)
		if s.Upright.X > 0 && got != want && (name != "display" || got != Halved(s.Upright)) {
			t.Errorf("%s, %s: got %v, want %v for %v", s.Name, name, got, want, s.Upright)
		}
		if found := metadata(p.bytes); found != "" {
			t.Errorf("%s, %s: it carries %s", s.Name, name, found)
		}
		if s.Chart {
			if err := CheckChart(img, 8); err != nil {
				t.Errorf("%s, %s: %v", s.Name, name, err)
			}
		}
	}
}

// Fitted is a size at most side pixels long.
func Fitted(p image.Point, side int) image.Point {
	long := max(p.X, p.Y)
	if long <= side {
		return p
	}
	scaled := func(n int) int { return max(1, int(math.Round(float64(n)*float64(side)/float64(long)))) }
	return image.Pt(scaled(p.X), scaled(p.Y))
}

// Halved is a size as its decoder may give it: halved while it stays at least DisplaySide long. It is that of a display picture
// when it is at most MaxDisplaySide long, and no size otherwise.
func Halved(p image.Point) image.Point {
	for max(p.X, p.Y)/2 >= photo.DisplaySide {
		p = image.Pt((p.X+1)/2, (p.Y+1)/2)
	}
	if max(p.X, p.Y) > photo.MaxDisplaySide {
		return image.Point{}
	}
	return p
}

// metadata names the segments of a JPEG file that say anything but pixels.
func metadata(b []byte) string {
	var found []string
	for n := 2; n+4 <= len(b) && b[n] == 0xff && b[n+1] != 0xda; n += 2 + int(b[n+2])<<8 + int(b[n+3]) {
		if m := b[n+1]; m > 0xe0 && m <= 0xef || m == 0xfe || m == 0xe0 && !bytes.HasPrefix(b[n+4:], []byte("JFIF\x00")) {
			found = append(found, "segment "+string("0123456789abcdef"[m>>4])+string("0123456789abcdef"[m&15]))
		}
	}
	return strings.Join(found, ", ")
}

// PSNR is how near two pictures are, in decibels over red, green and blue; 0 when their sizes differ.
func PSNR(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 0
	}
	sum, n := 0.0, 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r1, g1, b1, _ := a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y).RGBA()
			r2, g2, b2, _ := b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y).RGBA()
			for _, d := range [3]float64{float64(r1>>8) - float64(r2>>8), float64(g1>>8) - float64(g2>>8), float64(b1>>8) - float64(b2>>8)} {
				sum += d * d
				n++
			}
		}
	}
	if sum == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(255*255*float64(n)/sum)
}
