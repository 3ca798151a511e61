package decoder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ebitengine/purego"
	"github.com/gen2brain/avif"
	"github.com/gen2brain/heic"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

// misbehave names how the child of a test goes wrong. Nothing outside this file reads it.
const misbehave = "SPOTCHECK_CHILD"

// misbehaviours are what a child does in place of decoding, or before it.
var misbehaviours = map[string]func(){
	"hang": func() { time.Sleep(time.Hour) },
	"spin": func() {
		for n := 0; ; n++ {
		}
	},
	"hold":   hold,
	"panic":  func() { panic("as a decoder might") },
	"silent": func() { os.Exit(3) },
	"killed": func() {
		if p, err := os.FindProcess(os.Getpid()); err == nil {
			_ = p.Kill()
		}
		select {}
	},
	"nothing": func() { os.Exit(0) },
	"lie":     func() { fmt.Print("\x00\x00\xff\xff\x00\x00\xff\xff\x00"); os.Exit(0) },
	"short":   func() { fmt.Print("\x00\x00\x00\x09\x00\x00\x00\x09\x00abc"); os.Exit(0) },
	"eat": func() {
		for {
			eaten = append(eaten, bytes.Repeat([]byte{1}, 16<<20))
			time.Sleep(5 * time.Millisecond)
		}
	},
	"flood": func() {
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
				os.Exit(1)
			}
		}
	},
	"chat": func() {
		quiet := decoders[photo.HEIC]
		decoders[photo.HEIC] = func(b []byte) (image.Image, error) {
			fmt.Println("a decoder says something")
			return quiet(b)
		}
	},
}

var eaten [][]byte

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		if f := misbehaviours[os.Getenv(misbehave)]; f != nil {
			f()
		}
		os.Exit(RunChild(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	if os.Getenv(misbehave) == "parent" {
		parent()
	}
	os.Exit(m.Run())
}

// pipe names the pipe that a child holds open as long as it lives.
const pipe = "SPOTCHECK_PIPE"

// hold says one byte into the pipe and then does nothing.
func hold() {
	f, err := os.OpenFile(os.Getenv(pipe), os.O_WRONLY, 0)
	if err == nil {
		_, err = f.Write([]byte{1})
	}
	if err != nil {
		panic(err)
	}
	time.Sleep(time.Hour)
}

// parent is a server that waits for a child.
func parent() {
	d, err := New()
	if err != nil {
		panic(err)
	}
	d.Env = []string{misbehave + "=hold", pipe + "=" + os.Getenv(pipe)}
	d.Time = time.Hour
	_, err = d.Decode(context.Background(), photo.HEIC, strings.NewReader("x"))
	panic(err)
}

func decoderThat(t testing.TB, how string) *Decoder {
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

func TestDecodesEveryFile(t *testing.T) {
	d := decoderThat(t, "")
	for _, s := range phototest.Generated() {
		if s.Refused != nil || s.Type == photo.JPEG || phototest.Racing && (s.Type == photo.HEIC || s.Type == photo.AVIF) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			img, err := d.Decode(t.Context(), s.Type, bytes.NewReader(s.Bytes))
			why := (*photo.RenderError)(nil)
			switch {
			case s.Pictures == phototest.Failed:
				if !errors.As(err, &why) || why.Reason == "" {
					t.Errorf("got %v, want *CannotRender with a reason", err)
				}
				return
			case s.Pictures == phototest.Either && errors.As(err, &why):
				return
			case err != nil:
				t.Fatal(err)
			}
			if err := phototest.CheckChart(img, 8); s.Chart && err != nil {
				t.Error(err)
			}
			if got, want := img.Bounds().Size(), phototest.Fitted(s.Upright, photo.DisplaySide); got != want && got != phototest.Halved(s.Upright) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// flatJPEG is a grey JPEG file of one brightness in which each block of 64 pixels takes two bits.
func flatJPEG(w, h int) []byte {
	b := append([]byte{0xff, 0xd8, 0xff, 0xdb, 0, 67, 0}, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xff, 0xc0, 0, 11, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 1, 1, 0x11, 0)
	for _, table := range []byte{0x00, 0x10} { // one code of one bit, of no difference and of the end of a block
		b = append(append(b, 0xff, 0xc4, 0, 20, table, 1), make([]byte, 16)...)
	}
	b = append(b, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0)
	blocks := (w + 7) / 8 * ((h + 7) / 8)
	return append(append(b, make([]byte, blocks/4+1)...), 0xff, 0xd9)
}

func TestAPictureOfTwoHundredMegapixelsIsSeen(t *testing.T) {
	d := decoderThat(t, "")
	for _, tt := range []struct {
		w, h int
		seen bool
	}{{12_000, 9000, true}, {16_320, 12_240, true}, {22_001, 10_000, false}, {30_001, 100, false}} {
		b := flatJPEG(tt.w, tt.h)
		f, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
		if err != nil || f.Width != tt.w || f.Height != tt.h || f.Damaged {
			t.Fatalf("%d × %d: got %+v, %v", tt.w, tt.h, f, err)
		}
		_, err = photo.Render(t.Context(), bytes.NewReader(b), int64(len(b)), f, d.Decode)
		if why := (*photo.RenderError)(nil); tt.seen && err != nil || !tt.seen && !errors.As(err, &why) {
			t.Errorf("%d × %d: got %v, want it seen %t", tt.w, tt.h, err, tt.seen)
		}
	}
}

func TestTheFirstSamplesOfHEICAreThoseOfThePicture(t *testing.T) {
	img, err := decoderThat(t, "").Decode(t.Context(), photo.HEIC, bytes.NewReader(phototest.HEIC(phototest.Chart(192, 128), phototest.Says{})))
	if err != nil {
		t.Fatal(err)
	}
	for x := range 64 {
		a, _, _, _ := img.At(x, 0).RGBA()
		b, _, _, _ := img.At(x, 5).RGBA()
		if d := int(a>>8) - int(b>>8); d < -8 || d > 8 {
			t.Errorf("column %d: red is %d at the top and %d below", x, a>>8, b>>8)
		}
	}
}

func TestAChildThatGoesWrongTakesOnlyItself(t *testing.T) {
	for how, want := range map[string]string{
		"hang": "took more than 500ms", "spin": "took more than 500ms", "eat": "took more than 200 MB", "panic": "gave up: panic: as a decoder might",
		"killed": "was killed", "silent": "gave up: exit status 3", "nothing": "no picture", "lie": "broken picture", "short": "broken picture", "flood": "gave up",
	} {
		t.Run(how, func(t *testing.T) {
			d := decoderThat(t, how)
			d.Memory = 200 << 20
			if how == "hang" || how == "spin" {
				d.Time = 500 * time.Millisecond
			}
			for range 2 { // the first leaves nothing behind
				_, err := d.Decode(t.Context(), photo.HEIC, strings.NewReader("x"))
				if why := (*photo.RenderError)(nil); !errors.As(err, &why) || !strings.Contains(why.Reason, want) || why.Killed != (how == "killed") {
					t.Errorf("got %v, want %q", err, want)
				}
			}
		})
	}
}

func TestWhatIsNoPictureIsNotDecoded(t *testing.T) {
	d := decoderThat(t, "")
	for _, kind := range []photo.Type{photo.HEIC, photo.AVIF, photo.JPEG, photo.PNG, photo.WebP, "gif", ""} {
		_, err := d.Decode(t.Context(), kind, strings.NewReader("no picture"))
		if why := (*photo.RenderError)(nil); !errors.As(err, &why) || why.Reason == "" {
			t.Errorf("%s: got %v, want *CannotRender", kind, err)
		}
	}
}

// TestNoLibraryOfTheSystemIsOpened asks for one that is on every Linux machine, and how the decoders fared with theirs.
func TestNoLibraryOfTheSystemIsOpened(t *testing.T) {
	for _, name := range []string{"libc.so.6", "libheif.so", "libavif.so"} {
		if library, err := purego.Dlopen(name, purego.RTLD_NOW); !errors.Is(err, purego.ErrClosed) || library != 0 {
			t.Errorf("%s: got %v, %v, want %v", name, library, err, purego.ErrClosed)
		}
	}
	for name, err := range map[string]error{"heic": heic.Dynamic(), "avif": avif.Dynamic()} {
		if err == nil {
			t.Errorf("%s took a library of the system", name)
		}
	}
}

func TestTheChildIsNotMisled(t *testing.T) {
	for _, how := range []string{"chat"} {
		for kind, b := range map[photo.Type][]byte{photo.HEIC: phototest.HEIC(phototest.Chart(192, 128), phototest.Says{}),
			photo.AVIF: phototest.AVIF(phototest.Chart(192, 128), phototest.Says{})} {
			img, err := decoderThat(t, how).Decode(t.Context(), kind, bytes.NewReader(b))
			if err != nil {
				t.Errorf("%s, %s: %v", how, kind, err)
			} else if err := phototest.CheckChart(img, 8); err != nil {
				t.Errorf("%s, %s: %v", how, kind, err)
			}
		}
	}
}

func TestWhoGivesUpWaitingIsNotToldThatThePictureIsBad(t *testing.T) {
	d := decoderThat(t, "hang")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	first := make(chan error, 1)
	go func() {
		_, err := d.Decode(ctx, photo.HEIC, strings.NewReader("x"))
		first <- err
	}()
	_, second := d.Decode(ctx, photo.HEIC, strings.NewReader("x")) // one of the two waits for the other
	for _, err := range []error{<-first, second} {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
	}
}

// TestPicturesOfTenBitsAreSeenOrFlagged decodes them within the memory of a child: AVIF of 50 megapixels, HEIC of 27. A HEIC of 50 megapixels that was coded in
// one piece takes more than the bound: it is left, with the reason that the office is shown.
func TestPicturesOfTenBitsAreSeenOrFlagged(t *testing.T) {
	if phototest.Racing {
		t.Skip("the race detector takes several times the memory")
	}
	for name, tooMuch := range map[string]bool{"ten_bit_50_megapixels.avif": false, "ten_bit_27_megapixels.heic": false, "ten_bit_50_megapixels.heic": true} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := decoderThat(t, "").Decode(t.Context(), photo.Type(name[len(name)-4:]), bytes.NewReader(b))
		why := (*photo.RenderError)(nil)
		switch {
		case tooMuch:
			if !errors.As(err, &why) || !strings.Contains(why.Reason, "more than 1500 MB") {
				t.Errorf("%s: got %v, want that it takes too much", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case img.Bounds().Dx() < 1000 || img.Bounds().Dx()*3 != img.Bounds().Dy()*4:
			t.Errorf("%s is shown in %v, want 4 to 3", name, img.Bounds())
		}
	}
}
