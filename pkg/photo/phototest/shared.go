package phototest

import (
	"cmp"
	"encoding/csv"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/photo"
)

// Samples are the generated files and, where the folder "shared" lies beside the repository, the real photos in it with
// what their table says. Where it does not, the test says that it did without them. Under the race
// detector those stay away whose decoding takes long, since each is decoded alone.
func Samples(t testing.TB) []Sample {
	t.Helper()
	dir, ok := Shared("photos")
	if !ok {
		t.Logf("NOT RUN on real photos: there is no %s; run on generated ones", dir)
		return Generated()
	}
	all := Generated()
	for _, row := range table(t, filepath.Join(dir, "manifest.csv")) {
		all = append(all, real(t, dir, row))
	}
	if Racing {
		all = slices.DeleteFunc(all, func(s Sample) bool {
			return s.Width*s.Height > 1_000_000 || s.Type == photo.HEIC || s.Type == photo.AVIF
		})
	}
	return all
}

// Shared is a folder of the shared folder beside the repository; ok says whether it is there.
func Shared(name string) (dir string, ok bool) {
	root, err := os.Getwd()
	if err != nil {
		return name, false
	}
	for root != filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Dir(root)
	}
	dir = filepath.Join(root, "..", "shared", name)
	_, err = os.Stat(dir)
	return dir, err == nil
}

// table reads rows by the names of their columns.
func table(t testing.TB, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for n, name := range lines[0] {
			row[name] = line[n]
		}
		rows = append(rows, row)
	}
	return rows
}

// What the table does not say in a column of its own: which files must not come in, which are damaged as far as their
// structure tells, and from which no picture need come. Two more (corrupt_jpeg_premature_end.jpg and
// truncated_progressive.jpeg) lack pixels but end as they should: only decoding would tell.
var (
	realRefused = map[string]error{
		"svg_named_jpg.jpg": photo.ErrType, "zero_bytes.jpg": photo.ErrType,
	}
	realDamaged = map[string]bool{
		"corrupt_exif_huge_tag.jpg": true, "corrupt_exif_max_uint32.jpg": true,
		"png_bad_crc.png": true, "phone_jpeg_cut_at_60pct.jpg": true, "heic_cut_at_50pct.heic": true,
	}
	realFailed = map[string]bool{
		"corrupt_exif_huge_tag.jpg": true, "corrupt_exif_max_uint32.jpg": true,
		"heic_cut_at_50pct.heic": true, "jpeg_header_65500x65500.jpg": true, "png_bomb_30000x30000_rgb.png": true,
	}
	// OffsetTime, for which the table has no column; the time of the satellites bears it out.
	realOffsets = map[string]string{"exif_in_png_gps.png": "+02:00", "exif_in_webp_gps.webp": "+02:00", "exif_in_avif_gps.avif": "+02:00"}
	realTypes   = map[string]photo.Type{"JPEG": photo.JPEG, "HEIC": photo.HEIC, "HEIF": photo.HEIC, "PNG": photo.PNG,
		"WEBP": photo.WebP, "Extended WEBP": photo.WebP, "AVIF": photo.AVIF}
)

// real is a photo of the table.
func real(t testing.TB, dir string, row map[string]string) Sample {
	t.Helper()
	s := Sample{Name: row["file"], Refused: realRefused[row["file"]], Damaged: realDamaged[row["file"]], Type: realTypes[row["format"]]}
	var err error
	if s.Bytes, err = os.ReadFile(filepath.Join(dir, s.Name)); err != nil {
		t.Fatal(err)
	}
	size := func(column string) int { n, _ := strconv.Atoi(row[column]); return n }
	s.Width, s.Height, s.Upright = size("width"), size("height"), image.Pt(size("display_width"), size("display_height"))
	if realFailed[s.Name] {
		s.Pictures = Failed
	}
	if text := row["datetime_original"]; text != "" {
		if s.TakenAt, err = time.ParseInLocation("2006:01:02 15:04:05", text, Zone); err != nil {
			t.Fatal(err)
		}
		if offset := cmp.Or(row["offset_time_original"], realOffsets[s.Name]); offset != "" {
			s.OffsetKnown = true
			if s.TakenAt, err = time.Parse("2006:01:02 15:04:05-07:00", text+offset); err != nil {
				t.Fatal(err)
			}
		}
	}
	if at, err := time.Parse("2006:01:02 15:04:05", row["gps_datestamp"]+" "+row["gps_timestamp"]); err == nil && s.TakenAt.IsZero() {
		s.TakenAt, s.OffsetKnown = at.Truncate(time.Second), true
	}
	s.Position = realPosition(row)
	return s
}

func realPosition(row map[string]string) *photo.Position {
	lat, err1 := strconv.ParseFloat(row["gps_lat"], 64)
	lon, err2 := strconv.ParseFloat(row["gps_lon"], 64)
	if err1 != nil || err2 != nil || lat == 0 && lon == 0 {
		return nil
	}
	p := &photo.Position{Lat: lat, Lon: lon}
	if _, after, ok := strings.Cut(row["notes"], "GPSHPositioningError="); ok {
		text, _, _ := strings.Cut(strings.TrimRight(after, ";"), " ")
		if m, err := strconv.ParseFloat(text, 64); err == nil {
			p.AccuracyM = &m
		}
	}
	return p
}
