package decoder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/photo"
)

// misbehave names how the child of a test goes wrong.
const misbehave = "SPOTCHECK_CHILD"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		switch os.Getenv(misbehave) {
		case "hang":
			time.Sleep(time.Hour)
		case "eat":
			for all := []byte{}; ; time.Sleep(5 * time.Millisecond) {
				all = append(all, bytes.Repeat([]byte{1}, 16<<20)...)
			}
		case "panic":
			panic("as a decoder might")
		case "lie":
			fmt.Print("\x00\x00\xff\xff\x00\x00\xff\xff")
			os.Exit(0)
		}
		os.Exit(Child(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func child(t *testing.T, how string) *Decoder {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if how != "" {
		d.Env = []string{misbehave + "=" + how}
	}
	return d
}

func TestDecodesWhatPhonesSend(t *testing.T) {
	for _, name := range []string{"iphone11promax_gps_offset.heic", "exif_in_avif_gps.avif"} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("../../../shared/photos", name))
			if err != nil {
				t.Fatal(err)
			}
			f, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			img, err := child(t, "").Decode(t.Context(), f.Type, bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if got := img.Bounds(); got.Dx() != f.UprightWidth || got.Dy() != f.UprightHeight {
				t.Errorf("got %v, want %d×%d", got, f.UprightWidth, f.UprightHeight)
			}
		})
	}
}

func TestAChildThatGoesWrongTakesOnlyItself(t *testing.T) {
	for how, want := range map[string]string{"hang": "took more than 1s", "eat": "took more than 200 MB", "panic": "gave up: panic: as a decoder might", "lie": "broken picture"} {
		t.Run(how, func(t *testing.T) {
			d := child(t, how)
			d.Memory = 200 << 20
			if how == "hang" {
				d.Time = time.Second
			}
			_, err := d.Decode(t.Context(), photo.HEIC, strings.NewReader("x"))
			var why *photo.CannotRender
			if !errors.As(err, &why) || !strings.Contains(why.Why, want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
	if _, err := child(t, "").Decode(t.Context(), photo.HEIC, io.LimitReader(strings.NewReader("no picture"), 10)); err == nil {
		t.Error("what is no picture was decoded")
	}
}
