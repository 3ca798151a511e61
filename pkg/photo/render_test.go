package photo_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"testing"

	"github.com/disintegration/imaging"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

// elsewhere stands for the other process, in which package decoder tests HEIC and AVIF.
func elsewhere(_ context.Context, t photo.Type, r io.Reader) (image.Image, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return photo.DecodeSomehow(b, t, photo.MaxPixels)
}

// render makes the pictures of a file, or gives the reason why there are none.
func render(t *testing.T, b []byte) (p photo.Renditions, why *photo.RenderError) {
	t.Helper()
	f, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	p, err = photo.Render(t.Context(), bytes.NewReader(b), int64(len(b)), f, elsewhere)
	if err != nil && !errors.As(err, &why) {
		t.Fatalf("got %v, want pictures or *CannotRender", err)
	}
	return p, why
}

func TestRenderMakesUprightPictures(t *testing.T) {
	for _, s := range phototest.Samples(t) {
		if s.Refused != nil || s.Type == photo.HEIC || s.Type == photo.AVIF {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			p, why := render(t, s.Bytes)
			if s.Pictures == phototest.Failed && (why == nil || why.Reason == "") || s.Pictures == phototest.Made && why != nil {
				t.Fatalf("got %v, want %v", why, s.Pictures)
			}
			if why == nil {
				phototest.CheckPictures(t, s, p.Display, p.Thumb)
			}
		})
	}
}

func TestOrientationsOfOneSceneGiveOnePicture(t *testing.T) {
	var first image.Image
	for n := 1; n <= 8; n++ {
		p, why := render(t, phototest.JPEG(phototest.Stored(phototest.Scene(401, 303, 3), n), 95, &phototest.EXIF{Orientation: n}))
		if why != nil {
			t.Fatal(why)
		}
		img, err := jpeg.Decode(bytes.NewReader(p.Display))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = img
		}
		if d := phototest.PSNR(first, img); d < 32 {
			t.Errorf("orientation %d: %.1f dB from the first", n, d)
		}
		if d := phototest.PSNR(first, imaging.FlipH(img)); d > 25 {
			t.Errorf("orientation %d: its mirror image is as near as %.1f dB, so the test cannot fail", n, d)
		}
	}
}

func TestFitIsAsGoodAsAnother(t *testing.T) {
	scene := phototest.Scene(750, 500, 4)
	for _, side := range []int{750, 749, 600, 350, 160, 17} {
		size := phototest.Fitted(scene.Bounds().Size(), side)
		want := imaging.Resize(scene, size.X, size.Y, imaging.Lanczos)
		ycc := photo.Fit(scene, side)
		if ycc.Bounds() != want.Bounds() {
			t.Errorf("side %d: got %v, want %v", side, ycc.Bounds(), want.Bounds())
			continue
		}
		if d := phototest.PSNR(want, ycc); d < 33 { // what halving the resolution of colours costs
			t.Errorf("side %d: %.1f dB", side, d)
		}
		grey := photo.Fit(phototest.Grey(scene), side)
		if d := phototest.PSNR(phototest.Grey(want), grey); d < 44 {
			t.Errorf("grey, side %d: %.1f dB", side, d)
		}
	}
}

func TestFitKeepsPlainColours(t *testing.T) {
	for v := range 256 {
		img := &image.Gray{Pix: bytes.Repeat([]byte{uint8(v)}, 37*23), Stride: 37, Rect: image.Rect(0, 0, 37, 23)}
		for _, side := range []int{37, 36, 20, 7, 1} {
			for _, got := range photo.Fit(img, side).(*image.Gray).Pix {
				if got != uint8(v) {
					t.Fatalf("side %d: %d became %d", side, v, got)
				}
			}
		}
	}
}

func TestLossyWebPIsNotPale(t *testing.T) {
	img, err := photo.DecodeSmall(phototest.LossyWebP(50, 40), photo.WebP, photo.MaxPixels)
	if err != nil {
		t.Fatal(err)
	}
	want := color.RGBA{132, 132, 132, 255} // as libwebp has it; the samples are 129
	if got := color.RGBAModel.Convert(img.At(20, 30)); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWhatACutLeftOutIsGrey(t *testing.T) {
	for _, scale := range []int{1, 2} {
		whole := phototest.JPEG(phototest.Scene(1700*scale, 200*scale, 1), 90, nil)
		img, err := photo.DecodeSmall(whole[:len(whole)*6/10], photo.JPEG, photo.MaxPixels)
		if err != nil {
			t.Fatal(err)
		}
		bottom := img.Bounds().Max.Y - 1
		for _, x := range []int{0, 300, img.Bounds().Max.X - 1} {
			if r, g, b, _ := img.At(x, bottom).RGBA(); max(r, g, b)-min(r, g, b) > 0x3000 {
				t.Errorf("scale %d: %v at %d, %d", scale, img.At(x, bottom), x, bottom)
			}
		}
	}
}

// failing breaks off like a store that goes away.
type failing struct {
	io.Reader
	left int
}

var errAway = errors.New("the store went away")

func (f *failing) Read(b []byte) (int, error) {
	if f.left <= 0 {
		return 0, errAway
	}
	n, err := f.Reader.Read(b[:min(len(b), f.left)])
	f.left -= n
	return n, err
}

func TestAStoreThatGoesAwayIsNotThePicturesFault(t *testing.T) {
	for name, b := range map[string][]byte{"jpeg": phototest.JPEG(phototest.Scene(300, 200, 1), 90, nil), "png": phototest.PNG(phototest.Scene(300, 200, 1), nil)} {
		f, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), phototest.Zone)
		if err != nil {
			t.Fatal(err)
		}
		_, err = photo.Render(t.Context(), &failing{bytes.NewReader(b), len(b) / 2}, int64(len(b)), f, elsewhere)
		if why := (*photo.RenderError)(nil); errors.As(err, &why) || !errors.Is(err, errAway) {
			t.Errorf("%s: got %v, want the error of the reader", name, err)
		}
	}
}

func TestOnlyOrdinaryJPEGsAreDecodedHere(t *testing.T) {
	for _, c := range []struct {
		f    photo.Metadata
		want bool
	}{
		{photo.Metadata{Type: photo.JPEG, Width: 4032, Height: 3024}, true},
		{photo.Metadata{Type: photo.JPEG, Width: 8000, Height: 6000}, true},
		{photo.Metadata{Type: photo.JPEG, Width: 10_000, Height: 9_000}, false},
		{photo.Metadata{Type: photo.JPEG}, false},
		{photo.Metadata{Type: photo.PNG, Width: 10, Height: 10}, false},
		{photo.Metadata{Type: photo.HEIC, Width: 10, Height: 10}, false},
	} {
		if got := c.f.DecodesInProcess(); got != c.want {
			t.Errorf("%+v: got %t, want %t", c.f, got, c.want)
		}
	}
}

func TestSmallDoesNotTrustTheFirstHeader(t *testing.T) {
	b := phototest.PNGHeader(20_000, 20_000)
	var why *photo.RenderError
	if _, err := photo.DecodeSmall(b, photo.PNG, photo.MaxPixels); !errors.As(err, &why) {
		t.Errorf("got %v, want *CannotRender", err)
	}
}

func BenchmarkRender(b *testing.B) {
	jpeg := phototest.JPEG(phototest.Scene(4000, 3000, 7), 92, nil)
	f, err := photo.Inspect(b.Context(), bytes.NewReader(jpeg), int64(len(jpeg)), phototest.Zone)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := photo.Render(b.Context(), bytes.NewReader(jpeg), int64(len(jpeg)), f, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSmaller(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ w, h, side, wantW, wantH int }{{1600, 1200, 800, 800, 600}, {1200, 1600, 800, 600, 800}, {1000, 500, 800, 800, 400},
		{640, 480, 800, 640, 480}, {1600, 900, 320, 320, 180}} {
		file := phototest.JPEG(phototest.Chart(tt.w, tt.h), 85, nil)
		small, err := photo.Downscale(file, tt.side)
		if err != nil {
			t.Fatal(err)
		}
		img, err := photo.DecodeSmall(small, photo.JPEG, tt.w*tt.h)
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != tt.wantW || b.Dy() != tt.wantH {
			t.Errorf("%d × %d: got %d × %d, want %d × %d", tt.w, tt.h, b.Dx(), b.Dy(), tt.wantW, tt.wantH)
		}
		if err := phototest.CheckChart(img, 8); err != nil {
			t.Errorf("%d × %d: %v", tt.w, tt.h, err)
		}
	}
	if _, err := photo.Downscale([]byte("no picture"), 800); err == nil {
		t.Error("what is no picture was made smaller")
	}
}
