package photo_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

func stamp(t testing.TB, img image.Image, texts ...string) (plain, drawn image.Image) {
	t.Helper()
	b := phototest.JPEG(img, 95, nil)
	stamped, err := photo.Stamp(b, texts)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err = jpeg.Decode(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	if drawn, err = jpeg.Decode(bytes.NewReader(stamped)); err != nil {
		t.Fatal(err)
	}
	if drawn.Bounds() != plain.Bounds() {
		t.Errorf("got %v, want %v", drawn.Bounds(), plain.Bounds())
	}
	return plain, drawn
}

// bright is how many pixels of a part of a picture are nearly white.
func bright(img image.Image, part image.Rectangle) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); min(r, g, b) > 0xd000 {
				n++
			}
		}
	}
	return n
}

func TestStampWritesAtTheBottomAndLeavesTheRest(t *testing.T) {
	plain, drawn := stamp(t, phototest.Scene(1600, 900, 1), "2026-05-12 09:31:07", "2026-000123  工地车轮带泥 Mud from site wheels", "龙昆南路 88 号门前", "S-1024")
	top, low := image.Rect(0, 0, 1600, 600), image.Rect(0, 650, 1600, 900)
	cut := func(img image.Image, r image.Rectangle) image.Image {
		return img.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(r)
	}
	if d := phototest.PSNR(cut(plain, top), cut(drawn, top)); d < 32 {
		t.Errorf("the upper part changed: %.1f dB", d)
	}
	if d := phototest.PSNR(cut(plain, low), cut(drawn, low)); d > 20 {
		t.Errorf("the lower part did not change: %.1f dB", d)
	}
	if before, n := bright(plain, low), bright(drawn, low); n < before+3000 {
		t.Errorf("%d bright pixels, %d before: no letters", n, before)
	}
}

func TestEachChineseCharacterIsDrawnAsItself(t *testing.T) {
	seen := map[string]rune{}
	for _, r := range "群众龙昆南路门前环卫垃圾泥土遗撒囧韡" {
		_, drawn := stamp(t, image.NewRGBA(image.Rect(0, 0, 200, 60)), string(r))
		var pixels strings.Builder
		for y := range 60 {
			for x := range 60 {
				g, _, _, _ := drawn.At(x, y).RGBA()
				pixels.WriteByte(byte(g >> 15))
			}
		}
		if bright(drawn, drawn.Bounds()) == 0 {
			t.Errorf("%c is not drawn", r)
		}
		if other, twice := seen[pixels.String()]; twice {
			t.Errorf("%c looks like %c", r, other)
		}
		seen[pixels.String()] = r
	}
}

func TestStampTakesAnyTextOnAnyPicture(t *testing.T) {
	texts := map[string]string{
		"nothing": "", "emoji": "🚮👨‍👩‍👧 ⚠️ 门前", "not in the font": "𠀀𪚥\U0010ffff", "controls": "a\x00b\nc\td\u202ee\u200b", "broken": "a\xff\xfeb",
		"combining": "e\u0301\u0301\u0301", "long": strings.Repeat("海南省海口市龙华区滨海街道", 40), "one word": strings.Repeat("x", 5000), "right to left": "שלום",
	}
	for name, text := range texts {
		for _, size := range []image.Point{{1, 1}, {3, 200}, {200, 3}, {64, 48}, {1600, 40}, {1600, 1200}} {
			t.Run(name+size.String(), func(t *testing.T) {
				stamp(t, phototest.Chart(size.X, size.Y), text, text, text)
				stamp(t, phototest.Grey(phototest.Chart(size.X, size.Y)), text)
			})
		}
	}
}

func TestALongAddressDoesNotCoverThePicture(t *testing.T) {
	_, drawn := stamp(t, phototest.Chart(1600, 1200), "2026-05-12 09:31:07", "2026-000123", strings.Repeat("海南省海口市龙华区滨海街道龙昆南路", 30), "S-1")
	c, _, _, _ := drawn.At(400, 300).RGBA()
	if want := uint32(200); c>>8 < want-20 || c>>8 > want+20 {
		t.Errorf("the upper quarter is covered: red is %d, want %d", c>>8, want)
	}
}

func TestWrapCutsWhereALineMayEnd(t *testing.T) {
	for text, want := range map[string][]string{
		"海口市龙华区":                {"海口市", "龙华区"},
		"海口市，龙华区":               {"海口", "市，龙", "华区"},
		"ab cd ef":              {"ab cd", "ef"},
		"a\nb":                  {"a b"},
		"":                      nil,
		"   ":                   {""},
		strings.Repeat("路", 20): {"路路路", "路路路", "路路…"},
	} {
		got, err := photo.Wrap(text, 20, 65)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestManyStampAtOnce(t *testing.T) {
	b := phototest.JPEG(phototest.Chart(320, 240), 90, nil)
	var all sync.WaitGroup
	first := make([][]byte, 8)
	for n := range first {
		all.Go(func() {
			var err error
			if first[n], err = photo.Stamp(b, []string{"龙昆南路 88 号门前"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for n := range first {
		if !bytes.Equal(first[n], first[0]) {
			t.Errorf("stamp %d differs", n)
		}
	}
}

func BenchmarkStamp(b *testing.B) {
	jpeg := phototest.JPEG(phototest.Scene(1600, 1200, 1), 82, nil)
	for b.Loop() {
		if _, err := photo.Stamp(jpeg, []string{"2026-05-12 09:31:07", "2026-000123  工地车轮带泥", "龙昆南路 88 号门前", "S-1024"}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzStamp(f *testing.F) {
	jpeg := phototest.JPEG(phototest.Chart(120, 90), 80, nil)
	f.Add("龙昆南路 88 号门前，🚮")
	f.Add("\n\t ,，。")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := photo.Wrap(text, 12, 100)
		if err != nil || len(lines) > 3 {
			t.Errorf("%d lines, %v", len(lines), err)
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > 101 || strings.ContainsAny(line, "\n\t\x00") {
				t.Errorf("line %q", line)
			}
		}
		if _, err := photo.Stamp(jpeg, []string{text}); err != nil {
			t.Error(err)
		}
	})
}
