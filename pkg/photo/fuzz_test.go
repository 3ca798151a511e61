package photo_test

import (
	"bytes"
	"errors"
	"image"
	"math"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

// seeds are the small ones of the generated files.
func seeds(f *testing.F, want ...photo.Type) {
	for _, s := range phototest.Generated() {
		for _, t := range want {
			if s.Type == t && len(s.Bytes) < 20_000 {
				f.Add(s.Bytes)
			}
		}
	}
}

// spends fails when f takes more memory than so many bytes.
func spends(t *testing.T, most uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > most {
		t.Errorf("took %d bytes, at most %d are expected", took, most)
	}
}

func checkFacts(t *testing.T, got photo.Metadata) {
	t.Helper()
	if got.Width < 0 || got.Height < 0 || got.Width > 1<<30 || got.Height > 1<<30 {
		t.Errorf("%d×%d was let through", got.Width, got.Height)
	}
	if a, b := image.Pt(got.Width, got.Height), image.Pt(got.UprightWidth, got.UprightHeight); a != b && a != image.Pt(b.Y, b.X) {
		t.Errorf("%v became %v upright", a, b)
	}
	if got.Orientation < 1 || got.Orientation > 8 {
		t.Errorf("orientation %d", got.Orientation)
	}
	if p := got.Position; p != nil && !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) {
		t.Errorf("position %+v", p)
	}
	if p := got.Position; p != nil && p.AccuracyM != nil && !(*p.AccuracyM >= 0 && *p.AccuracyM < 1e7) {
		t.Errorf("accuracy %v", *p.AccuracyM)
	}
	if at := got.TakenAt; at != nil && (at.Year() < 1970 || at.Year() >= 2100) {
		t.Errorf("taken %s", at)
	}
	for _, text := range []string{got.Make, got.Model, got.Software} {
		if utf8.RuneCountInString(text) > 200 || strings.ContainsAny(text, "\x00\n\r\x1b") || !utf8.ValidString(text) {
			t.Errorf("text %q", text)
		}
	}
}

// inspected is what every fuzz target below holds: whatever comes, little memory and facts that make sense.
func inspected(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		var got photo.Metadata
		var err error
		spends(t, 1<<20+8*uint64(len(b)), func() {
			got, err = photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
		})
		switch {
		case err == nil:
			checkFacts(t, got)
		case !errors.Is(err, photo.ErrType):
			t.Errorf("got %v", err)
		}
	})
}

func FuzzInspectJPEG(f *testing.F) { seeds(f, photo.JPEG); inspected(f) }
func FuzzInspectPNG(f *testing.F)  { seeds(f, photo.PNG); inspected(f) }
func FuzzInspectWebP(f *testing.F) { seeds(f, photo.WebP); inspected(f) }
func FuzzInspectHEIF(f *testing.F) { seeds(f, photo.HEIC, photo.AVIF); inspected(f) }

// FuzzEXIF changes only what stands inside EXIF, so that nothing is lost on the way to it.
func FuzzEXIF(f *testing.F) {
	for n := 1; n <= 2; n++ {
		f.Add(phototest.EXIF{Make: "Made", Model: "By code", Software: "x", Orientation: 6, Taken: "2026:05:12 09:31:07", Offset: "+08:00",
			Place: phototest.At(20.03, -110.33, 4.7), LittleEndian: n == 2}.Bytes())
	}
	plain := phototest.JPEG(phototest.Chart(16, 16), 80, &phototest.EXIF{Make: "marker"})
	inner := phototest.EXIF{Make: "marker"}.Bytes()
	at := bytes.Index(plain, inner)
	f.Fuzz(func(t *testing.T, exif []byte) {
		if len(exif) > 60_000 {
			return
		}
		b := append(append(bytes.Clone(plain[:at]), exif...), plain[at+len(inner):]...)
		n := len(exif) + 2 + 6
		b[at-8], b[at-7] = byte(n>>8), byte(n)
		got, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
		if err != nil || got.Width != 16 || got.Damaged {
			t.Fatalf("got %+v, %v", got, err)
		}
		checkFacts(t, got)
	})
}

// FuzzRender decodes what a header allows; whatever is broken must end as a reason.
func FuzzRender(f *testing.F) {
	seeds(f, photo.JPEG, photo.PNG, photo.WebP)
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
		if err != nil || facts.Width*facts.Height > 1<<20 || facts.Type == photo.HEIC || facts.Type == photo.AVIF {
			return
		}
		var p photo.Renditions
		spends(t, 64<<20, func() { p, err = photo.Render(t.Context(), bytes.NewReader(b), int64(len(b)), facts, elsewhere) })
		if err == nil {
			phototest.CheckPictures(t, phototest.Sample{Upright: image.Pt(facts.UprightWidth, facts.UprightHeight)}, p.Display, p.Thumb)
			return
		}
		if why := (*photo.RenderError)(nil); !errors.As(err, &why) || why.Reason == "" {
			t.Errorf("got %v", err)
		}
	})
}

// FuzzColours changes only the profile; a picture comes of it whatever it says.
func FuzzColours(f *testing.F) {
	plain := phototest.JPEG(phototest.Chart(16, 16), 80, nil)
	f.Add(phototest.P3.ICC())
	f.Add(phototest.Power.ICC())
	f.Fuzz(func(t *testing.T, icc []byte) {
		if len(icc) > 60_000 {
			return
		}
		img, err := photo.DecodeSmall(phototest.JPEGWithICC(plain, icc), photo.JPEG, photo.MaxPixels)
		if err != nil || img.Bounds() != image.Rect(0, 0, 16, 16) {
			t.Errorf("got %v, %v", img, err)
		}
	})
}
