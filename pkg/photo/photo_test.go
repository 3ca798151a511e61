package photo_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"image"
	_ "image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"spotcheck/pkg/photo"
)

// shared holds real photos of many phones with a table of what is true of them.
const shared = "../../../shared/photos"

// manifest is the table by file name.
func manifest(t testing.TB) map[string]map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "manifest.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for _, row := range rows[1:] {
		m := map[string]string{}
		for n, name := range rows[0] {
			m[name] = row[n]
		}
		all[m["file"]] = m
	}
	return all
}

// refused are the files that must not come in, with the reason.
var refused = map[string]error{
	"jpeg_header_65500x65500.jpg": photo.ErrPixels, "png_bomb_30000x30000_rgb.png": photo.ErrPixels,
	"svg_named_jpg.jpg": photo.ErrType, "zero_bytes.jpg": photo.ErrType,
}

// damaged are the files that are true to their digest and broken inside, as far as the structure tells. Two more
// (corrupt_jpeg_premature_end.jpg, truncated_progressive.jpeg) lack pixels but end as they should: only a full decode
// would tell.
var damaged = map[string]bool{
	"corrupt_exif_huge_tag.jpg": true, "corrupt_exif_max_uint32.jpg": true,
	"png_bad_crc.png": true, "phone_jpeg_cut_at_60pct.jpg": true, "heic_cut_at_50pct.heic": true,
}

var types = map[string]photo.Type{"JPEG": photo.JPEG, "HEIC": photo.HEIC, "HEIF": photo.HEIC, "PNG": photo.PNG, "WEBP": photo.WebP, "Extended WEBP": photo.WebP, "AVIF": photo.AVIF}

func TestInspectSaysWhatIsTrueOfEveryFile(t *testing.T) {
	zone := time.FixedZone("city", 8*3600)
	for name, want := range manifest(t) {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(shared, name))
			if err != nil {
				t.Fatal(err)
			}
			got, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), zone)
			if !errors.Is(err, refused[name]) || err != nil && refused[name] == nil {
				t.Fatalf("got error %v, want %v", err, refused[name])
			}
			if err != nil {
				return
			}
			if got.Type != types[want["format"]] {
				t.Errorf("type: got %s, want %s", got.Type, want["format"])
			}
			size := func(column string) int { n, _ := strconv.Atoi(want[column]); return n }
			if got.Width != size("width") || got.Height != size("height") {
				t.Errorf("stored: got %d×%d, want %s×%s", got.Width, got.Height, want["width"], want["height"])
			}
			if got.UprightWidth != size("display_width") || got.UprightHeight != size("display_height") {
				t.Errorf("upright: got %d×%d, want %s×%s", got.UprightWidth, got.UprightHeight, want["display_width"], want["display_height"])
			}
			if got.Damaged != damaged[name] {
				t.Errorf("damaged: got %t (%s), want %t", got.Damaged, got.DamagedWhy, damaged[name])
			}
			checkTime(t, got, want, zone)
			checkPosition(t, got.Position, want)
		})
	}
}

func checkTime(t *testing.T, got photo.Facts, want map[string]string, zone *time.Location) {
	t.Helper()
	text, offset := want["datetime_original"], want["offset_time_original"]
	if text == "" {
		if got.TakenAt != nil {
			t.Errorf("taken: got %s, want none", got.TakenAt)
		}
		return
	}
	at, err := time.ParseInLocation("2006:01:02 15:04:05", text, zone)
	if offset != "" {
		at, err = time.Parse("2006:01:02 15:04:05-07:00", text+offset)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got.TakenAt == nil || !got.TakenAt.Equal(at) || got.OffsetKnown != (offset != "") {
		t.Errorf("taken: got %v (offset known %t), want %s", got.TakenAt, got.OffsetKnown, at)
	}
}

func checkPosition(t *testing.T, got *photo.Position, want map[string]string) {
	t.Helper()
	lat, err1 := strconv.ParseFloat(want["gps_lat"], 64)
	lon, err2 := strconv.ParseFloat(want["gps_lon"], 64)
	if err1 != nil || err2 != nil || lat == 0 && lon == 0 {
		if got != nil {
			t.Errorf("position: got %+v, want none", got)
		}
		return
	}
	if got == nil || math.Abs(got.Lat-lat) > 1e-5 || math.Abs(got.Lon-lon) > 1e-5 {
		t.Fatalf("position: got %+v, want %f, %f", got, lat, lon)
	}
	if _, after, ok := strings.Cut(want["notes"], "GPSHPositioningError="); ok {
		text, _, _ := strings.Cut(strings.TrimRight(after, ";"), " ")
		if m, err := strconv.ParseFloat(text, 64); err == nil && (got.AccuracyM == nil || math.Abs(*got.AccuracyM-m) > 0.01) {
			t.Errorf("accuracy: got %v, want %f", got.AccuracyM, m)
		}
	}
}

func TestRenderMakesUprightPictures(t *testing.T) {
	for name := range manifest(t) {
		b, err := os.ReadFile(filepath.Join(shared, name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), time.UTC)
		if err != nil || f.Type == photo.HEIC || f.Type == photo.AVIF {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p, err := photo.Render(t.Context(), bytes.NewReader(b), f.Type, f.Orientation, nil)
			if f.Damaged || name == "animated.webp" {
				if why := (*photo.CannotRender)(nil); err != nil && !errors.As(err, &why) {
					t.Fatalf("got %v, want pictures or *CannotRender", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for jpeg, side := range map[*[]byte]int{&p.Display: photo.DisplaySide, &p.Thumb: photo.ThumbSide} {
				c, format, err := image.DecodeConfig(bytes.NewReader(*jpeg))
				if err != nil || format != "jpeg" {
					t.Fatalf("got %s, %v", format, err)
				}
				long := min(side, max(f.UprightWidth, f.UprightHeight))
				if max(c.Width, c.Height) != long || (c.Width > c.Height) != (f.UprightWidth > f.UprightHeight) {
					t.Errorf("got %d×%d for %d×%d at %d", c.Width, c.Height, f.UprightWidth, f.UprightHeight, side)
				}
				if bytes.Contains(*jpeg, []byte("Exif")) {
					t.Error("a picture carries metadata")
				}
			}
		})
	}
}

func TestEightOrientationsGiveOnePicture(t *testing.T) {
	var first image.Image
	for n := range 8 {
		b, err := os.ReadFile(filepath.Join(shared, "orient_landscape_"+strconv.Itoa(n+1)+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := photo.Render(t.Context(), bytes.NewReader(b), photo.JPEG, n+1, nil)
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(p.Thumb))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = img
		}
		if d := difference(first, img); d > 18 { // the drawn digit differs
			t.Errorf("orientation %d: mean difference %.1f of 255", n+1, d)
		}
		if d := difference(first, imaging.FlipH(img)); d < 25 {
			t.Errorf("orientation %d: its mirror image differs by only %.1f of 255, so the test cannot fail", n+1, d)
		}
	}
}

// difference is the mean of the differences of brightness, 0 to 255.
func difference(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	sum, n := 0.0, 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += 3 {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += 3 {
			_, g, _, _ := a.At(x, y).RGBA()
			_, h, _, _ := b.At(x, y).RGBA()
			sum, n = sum+math.Abs(float64(g)-float64(h))/257, n+1
		}
	}
	return sum / float64(n)
}

func TestStampWritesChinese(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(shared, "haikou_longhua_gps_tz8.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := photo.Render(t.Context(), bytes.NewReader(b), photo.JPEG, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	stamped, err := photo.Stamp(p.Display, []string{"2026-05-12 09:31:07", "龙昆南路 " + strings.Repeat("很长的地址", 40)})
	if err != nil {
		t.Fatal(err)
	}
	plain, _, err := image.Decode(bytes.NewReader(p.Display))
	if err != nil {
		t.Fatal(err)
	}
	drawn, _, err := image.Decode(bytes.NewReader(stamped))
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(plain, drawn); d < 2 || d > 60 {
		t.Errorf("the stamp changes the picture by %.1f of 255", d)
	}
}

func FuzzInspect(f *testing.F) {
	for _, name := range []string{"corrupt_exif_infinite_loop.jpg", "gps_no_datetimeoriginal.jpg", "png_bad_crc.png", "svg_named_jpg.jpg", "jpeg_header_65500x65500.jpg", "heic_cut_at_50pct.heic"} {
		b, err := os.ReadFile(filepath.Join(shared, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), time.UTC)
		if err != nil {
			return
		}
		if got.Width > photo.MaxSide || got.Height > photo.MaxSide || got.Width*got.Height > photo.MaxPixels {
			t.Errorf("%d×%d was let through", got.Width, got.Height)
		}
		if p := got.Position; p != nil && (math.Abs(p.Lat) > 90 || math.Abs(p.Lon) > 180 || math.IsNaN(p.Lat+p.Lon)) {
			t.Errorf("position %+v", p)
		}
		if len([]rune(got.Make)) > 200 || strings.ContainsAny(got.Make+got.Model+got.Software, "\x00\n\r") {
			t.Errorf("texts %q %q %q", got.Make, got.Model, got.Software)
		}
	})
}
