// Command photos compares ways to make the two renditions of a photo, each as processes of their own: the processor time
// that they take, and how near the results come to the best that can be made. scripts/bench.sh builds and runs it.
package main

import (
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/disintegration/imaging"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

// Targets, against the standard way and against vipsthumbnail.
const (
	runs        = 5
	ofStandard  = 0.28 // processor time
	ofVips      = 0.60
	decibelLess = 1.0
)

// way makes display.jpg and thumb.jpg in a folder.
type way struct {
	name     string
	commands func(file, dir string) [][]string
}

func main() {
	err := errors.New("want a folder and the program of scripts/bench/kovidgoyal, or: ours|standard FILE DIR")
	switch {
	case len(os.Args) == 4:
		err = one(os.Args[1], os.Args[2], os.Args[3])
	case len(os.Args) == 3:
		err = compare(os.Args[1], os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "photos:", err)
		os.Exit(1)
	}
}

func compare(work, kovidgoyal string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	again := func(name string) way {
		return way{name, func(file, dir string) [][]string { return [][]string{{self, name, file, dir}} }}
	}
	ways := []way{again("ours"), again("standard"), {"vipsthumbnail", func(file, dir string) [][]string {
		thumbnail := func(name string, side, quality int) []string {
			return []string{"vipsthumbnail", file, "-s", fmt.Sprint(side), "-o", fmt.Sprintf("%s[Q=%d,strip]", filepath.Join(dir, name), quality)}
		}
		return [][]string{thumbnail("display.jpg", photo.DisplaySide, photo.DisplayQuality), thumbnail("thumb.jpg", photo.ThumbSide, photo.ThumbQuality)}
	}}, {"kovidgoyal", func(file, dir string) [][]string {
		return [][]string{{kovidgoyal, file, dir, fmt.Sprint(photo.DisplaySide), fmt.Sprint(photo.DisplayQuality), fmt.Sprint(photo.ThumbSide), fmt.Sprint(photo.ThumbQuality)}}
	}}}
	vips, err := exec.Command("vipsthumbnail", "--vips-version").Output()
	if err != nil {
		return err
	}
	fmt.Printf("settings  display %d px at quality %d, thumb %d px at %d; medians of %d alternating runs, user + system time of whole processes; %s\n",
		photo.DisplaySide, photo.DisplayQuality, photo.ThumbSide, photo.ThumbQuality, runs, strings.TrimSpace(string(vips)))
	fmt.Printf("ways      standard: image/jpeg + imaging Lanczos + image/jpeg, the thumb from the display picture; vipsthumbnail: two processes;\n" +
		"          kovidgoyal: github.com/kovidgoyal/imaging Lanczos + image/jpeg\n")
	fmt.Printf("PSNR      against imaging Lanczos of the whole photo, not encoded\n\n")
	files, err := pictures(work)
	if err != nil {
		return err
	}
	for n, f := range files {
		missed, err := measure(f, work, ways, n == 0)
		if err != nil {
			return err
		}
		if missed > 0 {
			return fmt.Errorf("%d targets missed", missed)
		}
	}
	return nil
}

// pictures are a drawn photo of 12 megapixels in three forms, and real ones where they lie beside the repository. The first is
// the one that the targets are for.
func pictures(work string) ([]string, error) {
	scene := phototest.Scene(4000, 3000, 7)
	plain := phototest.JPEG(scene, 92, nil)
	drawn := []struct {
		name string
		b    []byte
	}{
		{"12 MP, drawn", plain},
		{"12 MP, drawn, progressive", phototest.ProgressiveJPEG(scene, 92, nil)},
		{"12 MP, drawn, Display P3 (only ours makes it sRGB, so its dB say nothing)", phototest.JPEGWithICC(plain, phototest.P3.ICC())},
	}
	var files []string
	for _, d := range drawn {
		f := filepath.Join(work, d.name)
		if err := os.WriteFile(f, d.b, 0o600); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	dir, ok := phototest.Shared("photos")
	if !ok {
		fmt.Printf("NOT RUN on real photos: there is no %s\n", dir)
		return files, nil
	}
	for _, name := range []string{"iphone6_gps_nw.jpg", "gps_null_island_0_0.jpg", "litter_iphone5_gps_err1414m.jpg"} {
		files = append(files, filepath.Join(dir, name))
	}
	return files, nil
}

// result is what a way came to.
type result struct {
	cpu            time.Duration
	display, thumb float64 // decibels
	bytes          int64
}

// measure runs the ways one after the other, several times, prints a table and gives the number of missed targets. Nothing is
// promised for some photos; they are shown to be honest.
func measure(file, work string, ways []way, promised bool) (missed int, err error) {
	original, err := decode(file)
	if err != nil {
		return 0, err
	}
	took := make([][]time.Duration, len(ways))
	results := make([]result, len(ways))
	for range runs {
		for n, w := range ways {
			dir := filepath.Join(work, w.name)
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return 0, err
			}
			cpu, err := run(w.commands(file, dir))
			if err != nil {
				return 0, fmt.Errorf("%s: %w", w.name, err)
			}
			took[n] = append(took[n], cpu)
		}
	}
	for n, w := range ways {
		if results[n], err = look(filepath.Join(work, w.name), original); err != nil {
			return 0, err
		}
		slices.Sort(took[n])
		results[n].cpu = took[n][runs/2]
	}
	fmt.Printf("%s, %d × %d\n", filepath.Base(file), original.Bounds().Dx(), original.Bounds().Dy())
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  way\tms\tfastest–slowest\tour share\tdisplay dB\tthumb dB\tkB")
	for n, r := range results {
		fmt.Fprintf(t, "  %s\t%d\t%d–%d\t%.2f\t%.1f\t%.1f\t%d\n", ways[n].name, r.cpu.Milliseconds(), took[n][0].Milliseconds(), took[n][runs-1].Milliseconds(),
			float64(results[0].cpu)/float64(r.cpu), r.display, r.thumb, r.bytes/1000)
	}
	if err := t.Flush(); err != nil {
		return 0, err
	}
	ours, standard, vips := results[0], results[1], results[2]
	for _, c := range []struct {
		what string
		got  float64
		most float64
	}{
		{"time of the standard way", float64(ours.cpu) / float64(standard.cpu), ofStandard},
		{"time of vipsthumbnail", float64(ours.cpu) / float64(vips.cpu), ofVips},
		{"dB less than the standard way", max(standard.display-ours.display, standard.thumb-ours.thumb), decibelLess},
	} {
		verdict := "within"
		switch {
		case promised && c.got > c.most:
			verdict, missed = "MISSED", missed+1
		case promised:
			verdict = "met"
		case c.got > c.most:
			verdict = "beyond"
		}
		fmt.Printf("  %-6s  %.2f × or dB: %s, at most %.2f\n", verdict, c.got, c.what, c.most)
	}
	fmt.Println()
	return missed, nil
}

// run gives the processor time of some processes.
func run(commands [][]string) (cpu time.Duration, err error) {
	for _, c := range commands {
		cmd := exec.Command(c[0], c[1:]...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%w: %s", err, out)
		}
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return cpu, nil
}

func decode(file string) (image.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return jpeg.Decode(f)
}

// look compares what was made with the best that can be made in its size.
func look(dir string, original image.Image) (r result, err error) {
	var near [2]float64
	for n, name := range []string{"display.jpg", "thumb.jpg"} {
		file := filepath.Join(dir, name)
		img, err := decode(file)
		if err != nil {
			return r, err
		}
		info, err := os.Stat(file)
		if err != nil {
			return r, err
		}
		size := img.Bounds().Size()
		near[n] = phototest.PSNR(imaging.Resize(original, size.X, size.Y, imaging.Lanczos), img)
		r.bytes += info.Size()
	}
	r.display, r.thumb = near[0], near[1]
	return r, nil
}
