package photo_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/disintegration/imaging"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

func printOf(t *testing.T, img image.Image) photo.RotationFingerprints {
	t.Helper()
	turns, ok := photo.FingerprintOf(img)
	if !ok {
		t.Fatal("the picture has nothing to know it by")
	}
	return turns
}

func TestACopyIsTheSamePicture(t *testing.T) {
	t.Parallel()
	of := phototest.Scene(640, 480, 1)
	original := printOf(t, of)
	stamped := imaging.Clone(of)
	for y := 410; y < 470; y++ {
		for x := 10; x < 400; x++ {
			stamped.Set(x, y, color.White)
		}
	}
	for name, img := range map[string]image.Image{
		"itself":             of,
		"half as large":      imaging.Resize(of, 320, 0, imaging.Lanczos),
		"brighter":           imaging.AdjustBrightness(of, 15),
		"cut at the edges":   imaging.Crop(of, image.Rect(32, 24, 608, 456)),
		"stamped":            stamped,
		"a quarter turn":     imaging.Rotate90(of),
		"half a turn":        imaging.Rotate180(of),
		"three quarter turn": imaging.Rotate270(of),
		"without its foot":   imaging.Crop(of, image.Rect(0, 0, 640, 384)),
		"mirrored":           imaging.FlipH(of),
		"upside down":        imaging.FlipV(of),
		"mirrored on a side": imaging.Rotate90(imaging.FlipH(of)),
		"mirrored and cut":   imaging.FlipH(imaging.Crop(of, image.Rect(32, 24, 608, 456))),
	} {
		if distance, same := original.Same(printOf(t, img)[0]); !same {
			t.Errorf("%s: distance %d, likeness %.2f, and no copy", name, distance, original.Likeness(printOf(t, img)[0]))
		}
	}
	for seed := range uint64(40) {
		if distance, same := original.Same(printOf(t, phototest.Scene(640, 480, 100+seed))[0]); same {
			t.Errorf("scene %d is taken for a copy at distance %d", seed, distance)
		}
	}
}

func TestAPhotoTakenAgainIsNotTheSamePhoto(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		of := phototest.Scene(800, 600, 300+seed)
		original := printOf(t, imaging.Crop(of, image.Rect(40, 40, 680, 520)))
		for name, img := range map[string]image.Image{
			"recompressed": imaging.Resize(imaging.Crop(of, image.Rect(40, 40, 680, 520)), 400, 0, imaging.Lanczos),
			"mirrored":     imaging.FlipH(imaging.Crop(of, image.Rect(40, 40, 680, 520))),
		} {
			if distance, again := original.Again(printOf(t, img)[0]); !again {
				t.Errorf("scene %d, %s: distance %d, likeness %.2f, and not the same", seed, name, distance, original.Likeness(printOf(t, img)[0]))
			}
		}
		moved := printOf(t, imaging.Crop(of, image.Rect(80, 70, 740, 560)))[0]
		if distance, again := original.Again(moved); again {
			t.Errorf("scene %d, taken again: distance %d, likeness %.2f, and the same", seed, distance, original.Likeness(moved))
		}
	}
}

func TestBarsAreThoseOfScreens(t *testing.T) {
	t.Parallel()
	scene := imaging.Resize(phototest.Scene(540, 900, 8), 540, 900, imaging.Box)
	screen := imaging.New(540, 1170, color.NRGBA{20, 20, 24, 255})
	screen = imaging.Paste(screen, scene, image.Pt(0, 100))
	white := imaging.Paste(imaging.New(540, 1170, color.White), scene, image.Pt(0, 100))
	for name, tt := range map[string]struct {
		img  image.Image
		want bool
	}{"a screen": {screen, true}, "a street": {phototest.Scene(540, 1170, 9), false}, "under a white sky": {white, false}} {
		if got := photo.HasBars(photo.Fit(tt.img, 1600)); got != tt.want {
			t.Errorf("%s: got %t, want %t", name, got, tt.want)
		}
	}
}

func TestAnEvenPictureHasNoFingerprint(t *testing.T) {
	t.Parallel()
	for name, img := range map[string]image.Image{"grey": imaging.New(640, 480, color.Gray{128}), "tiny": phototest.Scene(16, 16, 1)} {
		if _, ok := photo.FingerprintOf(img); ok {
			t.Errorf("%s: it has a fingerprint", name)
		}
	}
}

func TestAFingerprintIsReadBack(t *testing.T) {
	t.Parallel()
	want := printOf(t, phototest.Scene(320, 240, 3))[0]
	got, err := photo.ParseFingerprint(want.Bytes())
	if err != nil || got != want {
		t.Errorf("got %v, %v; want what was written", got, err)
	}
	if _, err := photo.ParseFingerprint(want.Bytes()[1:]); err == nil {
		t.Error("a fingerprint that is too short was read")
	}
	if keys := want.Keys(); len(keys) < 8 || len(keys) > 24 {
		t.Errorf("got %d keys, want 8 to 24", len(keys))
	}
}

func TestQualityIsThatOfThePicture(t *testing.T) {
	t.Parallel()
	good := phototest.Scene(800, 600, 5)
	night := imaging.AdjustFunc(good, func(c color.NRGBA) color.NRGBA { return color.NRGBA{c.R / 12, c.G / 12, c.B / 12, 255} })
	for name, tt := range map[string]struct {
		img           image.Image
		dark, blurred bool
	}{
		"good": {good, false, false}, "of night": {night, true, false}, "shaken": {imaging.Blur(good, 9), false, true},
		"one pixel": {imaging.New(1, 1, color.White), false, true},
	} {
		if q := photo.QualityOf(tt.img); q.Dark() != tt.dark || q.Blurred() != tt.blurred {
			t.Errorf("%s: got %+v, dark %t, blurred %t; want %t, %t", name, q, q.Dark(), q.Blurred(), tt.dark, tt.blurred)
		}
	}
}
