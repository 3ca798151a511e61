package photo_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

// TestMasksLeaveFewColoursAndTheRestAsItWas counts what is left under a mask.
func TestMasksLeaveFewColoursAndTheRestAsItWas(t *testing.T) {
	scene := phototest.Scene(801, 603, 7)
	var file bytes.Buffer
	if err := jpeg.Encode(&file, scene, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	for _, m := range []photo.Mask{{X: 1000, Y: 2000, W: 2500, H: 1500}, {X: 0, Y: 0, W: 10_000, H: 10_000}, {X: 9990, Y: 9990, W: 10, H: 10}, {X: 0, Y: 4000, W: 10_000, H: 200}} {
		made, err := photo.ApplyMasks(file.Bytes(), []photo.Mask{m})
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(made))
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds().Size() != scene.Bounds().Size() {
			t.Fatalf("%+v: the picture has another size: %v", m, img.Bounds())
		}
		area := image.Rect(801*m.X/10_000, 603*m.Y/10_000, 801*(m.X+m.W)/10_000, 603*(m.Y+m.H)/10_000)
		if edges := edgesOf(img, area); area.Dx() > 40 && edges > edgesOf(scene, area)/4 {
			t.Errorf("%+v: %d edges are left of %d: something can be recognised", m, edges, edgesOf(scene, area))
		}
		if m.W < 5000 {
			rest := image.Rect(400, 400, 800, 600)
			if was, is := edgesOf(scene, rest), edgesOf(img, rest); is < was/2 {
				t.Errorf("%+v: outside the mask %d edges are left of %d", m, is, was)
			}
		}
	}
}

// edgesOf counts the pixels that differ much from the one beside them.
func edgesOf(img image.Image, area image.Rectangle) (n int) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X + 1; x < area.Max.X; x++ {
			a, _, _, _ := img.At(x-1, y).RGBA()
			b, _, _, _ := img.At(x, y).RGBA()
			if d := int(a>>8) - int(b>>8); d > 12 || d < -12 {
				n++
			}
		}
	}
	return n
}
