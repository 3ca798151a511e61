//go:build !race

package decoder

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

var update = flag.Bool("update", false, "write the table into the decision on fingerprints")

// bases are originals that lie in the samples under other names as well, as their tables say.
var bases = map[string]string{
	"litter_iphone5_gps_err1414m": "olm_urban", "phone_jpeg_cut_at_60pct": "olm_cigbutts", "haikou_longhua_gps_tz8": "tidy_cb10",
	"gps_sw_santiago": "tidy_cb12", "gps_without_refs": "tidy_cb13", "gps_latitude_only": "tidy_cb14", "gps_zero_denominators": "tidy_cb15",
	"xmp_only_gps": "tidy_cb16", "date_zero": "tidy_pa2", "haikou_o6_gps_tz8": "tidy_pl0", "truncated_progressive": "cmyk",
	"exif_in_png_gps": "exif_in_avif_gps", "exif_in_webp_gps": "exif_in_avif_gps",
}

// printed is a sample with its fingerprint, and those of copies that were made of it.
type printed struct {
	name, base string
	turns      photo.RotationFingerprints
	copies     map[string]*printed
}

// made are the copies that the test makes of each original, beside the labelled ones.
var made = map[string]func(image.Image) image.Image{
	"made: foot cut off": func(img image.Image) image.Image { return part(img, 0, 0, 1, .8) },
	"made: mirrored":     func(img image.Image) image.Image { return imaging.FlipH(img) },
	"made: mirrored, half": func(img image.Image) image.Image {
		return imaging.Resize(imaging.FlipH(img), img.Bounds().Dx()/2, 0, imaging.Box)
	},
	"made: mirrored, cut 5":  func(img image.Image) image.Image { return imaging.FlipH(part(img, .05, .05, .95, .95)) },
	"made: turned 2 degrees": func(img image.Image) image.Image { return rotated(img, 2) },
	"made: turned 3 degrees": func(img image.Image) image.Image { return rotated(img, 3) },
	again:                    func(img image.Image) image.Image { return part(img, .05, .05, 1, 1) },
}

// again stands for a photo that is taken once more by hand from the same place, which must not be taken for the photo itself inside one issue.
const again = "made: taken again, moved by 5 %"

func part(img image.Image, left, top, right, bottom float64) image.Image {
	w, h := float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
	return imaging.Crop(img, image.Rect(int(left*w), int(top*h), int(right*w), int(bottom*h)))
}

// rotated turns a picture and cuts away the corners that are empty then.
func rotated(img image.Image, degrees float64) image.Image {
	b := img.Bounds()
	lost := math.Tan(degrees * math.Pi / 180)
	turned := imaging.Rotate(img, degrees, color.Black)
	return imaging.CropCenter(turned, b.Dx()-int(lost*float64(b.Dy())), b.Dy()-int(lost*float64(b.Dx())))
}

// copiesOf makes the copies of a rendition.
func copiesOf(t *testing.T, p printed, display []byte) map[string]*printed {
	img, err := jpeg.Decode(bytes.NewReader(display))
	if err != nil {
		t.Fatal(err)
	}
	small := photo.Fit(img, 640)
	all := map[string]*printed{}
	for how, change := range made {
		if turns, ok := photo.FingerprintOf(photo.Fit(change(small), photo.ThumbSide)); ok {
			all[how] = &printed{name: p.name + ", " + how, base: p.base, turns: turns}
		}
	}
	return all
}

// allPrinted renders every sample of the three folders as the server does; in short those that this process decodes itself.
func allPrinted(t *testing.T, dirs ...string) (all []printed) {
	d := decoderThat(t, "")
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) < 20 {
			t.Fatalf("%s has %d files, %v", dir, len(files), err)
		}
		for _, path := range files {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := photo.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), time.UTC)
			if err != nil {
				continue // no picture
			}
			if testing.Short() && (facts.Type == photo.HEIC || facts.Type == photo.AVIF) {
				continue
			}
			pictures, err := photo.Render(t.Context(), bytes.NewReader(b), int64(len(b)), facts, d.Decode)
			if err != nil || !pictures.Distinctive {
				continue // a broken one, or one that is too even
			}
			p := printed{name: filepath.Base(path), turns: pictures.Fingerprints}
			p.base, _, _ = strings.Cut(strings.TrimSuffix(p.name, filepath.Ext(p.name)), "__")
			if strings.HasPrefix(p.base, "orient_landscape") {
				p.base = "orient_landscape"
			}
			if of := bases[p.base]; of != "" {
				p.base = of
			}
			if !slices.ContainsFunc(all, func(o printed) bool { return o.base == p.base }) {
				p.copies = copiesOf(t, p, pictures.Display)
			}
			all = append(all, p)
		}
	}
	return all
}

// pair is two samples, and what the fingerprint thinks of them.
type pair struct {
	a, b     *printed
	how      string // the transform of a copy; empty for different pictures
	distance int
	likeness float64
	found    bool // by a band
}

func compared(a, b *printed, how string) pair {
	found := how != "" && slices.ContainsFunc(b.turns[0].Keys(), func(k int64) bool { return slices.Contains(a.turns.Keys(), k) })
	return pair{a, b, how, a.turns.Distance(b.turns[0]), a.turns.Likeness(b.turns[0]), found}
}

func (p pair) of(base string) bool { return p.a.base == base || p.b.base == base }

// copies are the labelled pairs of one picture.
func copies(t *testing.T, dir string, all []printed) (pairs []pair) {
	f, err := os.Open(filepath.Join(dir, "pairs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	named := func(name string) *printed {
		n := slices.IndexFunc(all, func(p printed) bool { return p.name == name })
		switch {
		case n >= 0:
			return &all[n]
		case !testing.Short():
			t.Fatalf("%s has no fingerprint", name)
		}
		return nil
	}
	for _, row := range rows[1:] {
		if row[2] != "duplicate" {
			continue
		}
		if a, b := named(row[0]), named(row[1]); a != nil && b != nil {
			pairs = append(pairs, compared(a, b, row[3]))
		}
	}
	for n := range all {
		for how, p := range all[n].copies {
			pairs = append(pairs, compared(p, &all[n], how))
		}
	}
	return pairs
}

// different are all pairs of pictures with different bases.
func different(all []printed) (pairs []pair) {
	for n := range all {
		for m := n + 1; m < len(all); m++ {
			if all[n].base != all[m].base {
				pairs = append(pairs, compared(&all[n], &all[m], ""))
			}
		}
	}
	return pairs
}

// unwanted are transforms that are no aim: they are measured only.
var unwanted = map[string]bool{"crop15": true, "made: turned 2 degrees": true, "made: turned 3 degrees": true, again: true}

// bounds are the distance up to which, and the likeness from which, two fingerprints are taken to be of one picture.
type bounds struct {
	distance int
	likeness float64
}

var chosen = bounds{photo.SameDistance, photo.SameLikeness}

func (b bounds) take(p pair) bool { return p.distance <= b.distance && p.likeness >= b.likeness }

// without are the bounds in the middle between the copy that is hardest to know and the other picture that is easiest to
// mistake, leaving out all pairs of one original.
func without(same, other []pair, original string) bounds {
	far, near, least, most := 0, 143, 1.0, 0.0
	for _, p := range same {
		if !p.of(original) && !unwanted[p.how] {
			far, least = max(far, p.distance), min(least, p.likeness)
		}
	}
	for _, p := range other {
		if !p.of(original) {
			near, most = min(near, p.distance), max(most, p.likeness)
		}
	}
	return bounds{(far + near) / 2, (least + most) / 2}
}

// TestCopiesAreKnownAgain measures the fingerprint on real photos and holds the published table against what it finds.
func TestCopiesAreKnownAgain(t *testing.T) {
	t.Parallel()
	dups, ok := phototest.Shared("dups")
	if !ok {
		t.Skipf("optional: there is no %s", dups)
	}
	all := allPrinted(t, dups, filepath.Join(dups, "../litter"), filepath.Join(dups, "../photos"))
	same, other := copies(t, dups, all), different(all)
	left := map[string]bounds{} // for each original those without it
	for _, p := range all {
		if _, known := left[p.base]; !known {
			left[p.base] = without(same, other, p.base)
		}
	}
	for _, p := range same {
		missed := !p.found && !strings.HasPrefix(p.how, "made: ") // of those the table says how many are found
		if left := left[p.a.base]; !unwanted[p.how] && (!left.take(p) || !chosen.take(p) || missed) {
			t.Errorf("%s and %s: distance %d, likeness %.2f, found %t; chosen without this original: %v", p.a.name, p.b.name, p.distance, p.likeness, p.found, left)
		}
	}
	for _, p := range other {
		for _, original := range []string{p.a.base, p.b.base} {
			if left := left[original]; left.take(p) || chosen.take(p) {
				t.Errorf("%s and %s: distance %d, likeness %.2f; chosen without one of them: %v", p.a.name, p.b.name, p.distance, p.likeness, left)
			}
		}
	}
	if testing.Short() {
		return // the table is of all of them
	}
	const path, begin, end = "../decisions/0004-fingerprints.md", "<!-- measured -->\n", "<!-- /measured -->"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(doc), begin)
	was, after, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has no place for the table", path)
	}
	now := table(all, same, other)
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+now+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if was != now {
		t.Errorf("the table in %s is not what was measured (-update writes it):\n%s", path, now)
	}
}

// table is what is published.
func table(all []printed, same, other []pair) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "| copy by | pairs | found by a band | known again | recall | farthest | least alike | known inside one issue |\n|---|---|---|---|---|---|---|---|\n")
	hows := map[string][]pair{}
	for _, p := range same {
		hows[p.how] = append(hows[p.how], p)
	}
	for _, how := range slices.Sorted(maps.Keys(hows)) {
		found, known, far, least, inside := 0, 0, 0, 1.0, 0
		for _, p := range hows[how] {
			if (bounds{photo.SameDistance, photo.AgainLikeness}).take(p) {
				inside++
			}
			far, least = max(far, p.distance), min(least, p.likeness)
			if p.found {
				found++
				if chosen.take(p) {
					known++
				}
			}
		}
		n := len(hows[how])
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d %% | %d | %.2f | %d |\n", how, n, found, known, 100*known/n, far, least, inside)
	}
	originals := map[string]bool{}
	for _, p := range all {
		originals[p.base] = true
	}
	low, high := bounds{143, 1}, bounds{}
	for original := range originals {
		left := without(same, other, original)
		low, high = bounds{min(low.distance, left.distance), min(low.likeness, left.likeness)}, bounds{max(high.distance, left.distance), max(high.likeness, left.likeness)}
	}
	alarms, near, most := 0, 143, 0.0
	for _, p := range other {
		near, most = min(near, p.distance), max(most, p.likeness)
		if chosen.take(p) {
			alarms++
		}
	}
	fmt.Fprintf(b, "\nDifferent pictures: %d pairs of %d files with %d originals; the nearest at %d, the most alike at %.2f; %d false alarms, so\n"+
		"with 95 %% certainty fewer than %.3f %% of pairs (exact binomial bound for independent pairs), and fewer than %.1f %% of originals have\n"+
		"a false double among the others. Bounds chosen without one original each: %d to %d bits, likeness %.2f to %.2f.\n",
		len(other), len(all), len(originals), near, most, alarms, 100*bound(len(other)), 100*bound(len(originals)),
		low.distance, high.distance, low.likeness, high.likeness)
	return b.String()
}

// bound is the rate that seeing none in n excludes with 95 % certainty (Clopper and Pearson, 1934).
func bound(n int) float64 { return 1 - math.Pow(.05, 1/float64(n)) }
