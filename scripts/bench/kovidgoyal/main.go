// Command kovidgoyal makes the two renditions of a photo with github.com/kovidgoyal/imaging, a rival of scripts/bench/photos
// in a module of its own, so that the library is no dependency of the program.
package main

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"

	"github.com/kovidgoyal/imaging"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "kovidgoyal:", err)
		os.Exit(1)
	}
}

// run wants FILE DIR, then side and quality of the display picture and of the thumb.
func run(args []string) error {
	if len(args) != 6 {
		return fmt.Errorf("want 6 arguments, got %d", len(args))
	}
	img, err := imaging.Open(args[0], imaging.AutoOrientation(true))
	if err != nil {
		return err
	}
	for n, name := range []string{"display.jpg", "thumb.jpg"} {
		side, err := strconv.Atoi(args[2+2*n])
		if err != nil {
			return err
		}
		quality, err := strconv.Atoi(args[3+2*n])
		if err != nil {
			return err
		}
		img = imaging.Fit(img, side, side, imaging.Lanczos)
		var made bytes.Buffer
		if err := jpeg.Encode(&made, img, &jpeg.Options{Quality: quality}); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(args[1], name), made.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}
