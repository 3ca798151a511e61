package demo

import (
	"bytes"
	"os"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/photo"
)

func TestScenesCarryPlaceAndTimeAndNoTwoAreAlike(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	x := exif{taken: time.Date(2026, 11, 3, 9, 15, 7, 0, zone), place: &geo.Point{Lat: 20.028789, Lon: 110.31304}, accuracyM: 6.5, model: "Demo"}
	seen := map[string]string{}
	for group := range troubles {
		for name, p := range map[string]phase{"dirty": dirty, "partly": partly, "cleaned": cleaned} {
			jpeg, err := scene(7, uint64(len(seen)), group, p)
			if err != nil {
				t.Fatal(err)
			}
			if earlier, again := seen[string(jpeg)]; again {
				t.Errorf("%s %s is the same picture as %s", group, name, earlier)
			}
			seen[string(jpeg)] = group + " " + name
			jpeg = x.tag(jpeg)
			if dir := os.Getenv("SCENES"); dir != "" {
				if err := os.WriteFile(dir+"/"+group+"-"+name+".jpg", jpeg, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			facts, err := photo.Inspect(t.Context(), bytes.NewReader(jpeg), int64(len(jpeg)), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if facts.Damaged || facts.TakenAt == nil || !facts.TakenAt.Equal(x.taken) || !facts.OffsetKnown {
				t.Errorf("%s %s: got %+v", group, name, facts)
			}
			if at := facts.Position; at == nil || geo.Distance(geo.Point{Lat: at.Lat, Lon: at.Lon}, *x.place) > 0.1 || at.AccuracyM == nil || *at.AccuracyM != 6.5 {
				t.Errorf("%s %s: got position %+v", group, name, at)
			}
		}
	}
}

func TestNoSceneOfAFixIsThatOfBefore(t *testing.T) {
	printed := func(place, shot uint64, group string, p phase) photo.RotationFingerprints {
		b, err := scene(place, shot, group, p)
		if err != nil {
			t.Fatal(err)
		}
		img, err := photo.DecodeSmall(b, photo.JPEG, photo.MaxPixels)
		if err != nil {
			t.Fatal(err)
		}
		prints, _ := photo.FingerprintOf(photo.Fit(img, photo.ThumbSide))
		return prints
	}
	place := uint64(100)
	for group := range troubles {
		for range 3 {
			place++
			before, after := printed(place, 2*place, group, dirty), printed(place, 2*place+1, group, cleaned)
			if distance, again := after.Again(before[0]); again {
				t.Errorf("%s at %d: distance %d, likeness %.2f", group, place, distance, after.Likeness(before[0]))
			}
		}
	}
}

func BenchmarkScene(b *testing.B) {
	for n := range b.N {
		if _, err := scene(uint64(n), uint64(n), "litter", dirty); err != nil {
			b.Fatal(err)
		}
	}
}
