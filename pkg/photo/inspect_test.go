package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"math"
	"testing"
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

func TestInspectSaysWhatIsTrueOfEveryFile(t *testing.T) {
	for _, want := range phototest.Samples(t) {
		t.Run(want.Name, func(t *testing.T) {
			got, err := photo.Inspect(t.Context(), bytes.NewReader(want.Bytes), int64(len(want.Bytes)), phototest.Zone)
			if !errors.Is(err, want.Refused) || err != nil && want.Refused == nil {
				t.Fatalf("got error %v, want %v", err, want.Refused)
			}
			if err != nil {
				return
			}
			if got.Type != want.Type || got.Width != want.Width || got.Height != want.Height {
				t.Errorf("got %s of %d×%d, want %s of %d×%d", got.Type, got.Width, got.Height, want.Type, want.Width, want.Height)
			}
			if upright := image.Pt(got.UprightWidth, got.UprightHeight); upright != want.Upright {
				t.Errorf("upright: got %v, want %v", upright, want.Upright)
			}
			if got.Damaged != want.Damaged || got.Damaged != (got.DamageReason != "") {
				t.Errorf("damaged: got %t (%s), want %t", got.Damaged, got.DamageReason, want.Damaged)
			}
			checkTime(t, got, want)
			checkPosition(t, got.Position, want.Position)
		})
	}
}

func checkTime(t *testing.T, got photo.Metadata, want phototest.Sample) {
	t.Helper()
	switch {
	case want.TakenAt.IsZero():
		if got.TakenAt != nil {
			t.Errorf("taken: got %s, want none", got.TakenAt)
		}
		return
	case got.TakenAt == nil:
		t.Fatalf("taken: got none, want %s", want.TakenAt)
	}
	_, seconds := want.TakenAt.Zone()
	if !got.TakenAt.Truncate(time.Second).Equal(want.TakenAt) || got.OffsetKnown != want.OffsetKnown {
		t.Errorf("taken: got %v (offset known %t), want %s (%t)", got.TakenAt, got.OffsetKnown, want.TakenAt, want.OffsetKnown)
	}
	if got.OffsetMinutes != seconds/60 {
		t.Errorf("offset: got %d minutes, want %d", got.OffsetMinutes, seconds/60)
	}
}

func checkPosition(t *testing.T, got, want *photo.Position) {
	t.Helper()
	if got == nil || want == nil {
		if got != want {
			t.Errorf("position: got %+v, want %+v", got, want)
		}
		return
	}
	if math.Abs(got.Lat-want.Lat) > 1e-5 || math.Abs(got.Lon-want.Lon) > 1e-5 {
		t.Errorf("position: got %f, %f, want %f, %f", got.Lat, got.Lon, want.Lat, want.Lon)
	}
	if want.AccuracyM != nil && (got.AccuracyM == nil || math.Abs(*got.AccuracyM-*want.AccuracyM) > 0.01) {
		t.Errorf("accuracy: got %v, want %f", got.AccuracyM, *want.AccuracyM)
	}
}

func TestInspectReadsWhoMadeThePicture(t *testing.T) {
	b := phototest.JPEG(phototest.Chart(20, 10), 90, &phototest.EXIF{Make: "某厂\x01 ", Model: "M\x00odel", Software: string(make([]byte, 3)) + "ed\xff1.0"})
	f, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if f.Make != "某厂" || f.Model != "M" && f.Model != "Model" {
		t.Errorf("got make %q, model %q, software %q", f.Make, f.Model, f.Software)
	}
}

// counting counts how often a file is read.
type counting struct {
	*bytes.Reader
	reads int
}

func (c *counting) ReadAt(b []byte, at int64) (int, error) {
	c.reads++
	return c.Reader.ReadAt(b, at)
}

func TestAFileOfMillionsOfPartsIsNotWalkedToItsEnd(t *testing.T) {
	box, chunk := []byte("\x00\x00\x00\x08free"), []byte("\x00\x00\x00\x00teXt\x00\x00\x00\x00")
	binary.BigEndian.PutUint32(chunk[8:], crc32.ChecksumIEEE(chunk[4:8]))
	png := phototest.PNG(phototest.Chart(16, 16), nil)
	for name, b := range map[string][]byte{
		"heic": append(phototest.HEIC(phototest.Chart(128, 128), phototest.Says{}), bytes.Repeat(box, 1<<20)...),
		"png":  append(append(bytes.Clone(png[:33]), bytes.Repeat(chunk, 1<<20)...), png[33:]...),
	} {
		r := &counting{Reader: bytes.NewReader(b)}
		f, err := photo.Inspect(t.Context(), r, int64(len(b)), phototest.Zone)
		if err != nil || !f.Damaged || f.Width == 0 {
			t.Errorf("%s: got %+v, %v; want a damaged picture", name, f, err)
		}
		if r.reads > 50_000 {
			t.Errorf("%s: read %d times", name, r.reads)
		}
	}
}

func TestAFileThatIsTooLargeIsRefusedUnread(t *testing.T) {
	if _, err := photo.Inspect(t.Context(), nil, photo.MaxBytes+1, phototest.Zone); !errors.Is(err, photo.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}
