package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"time"

	"github.com/disintegration/imaging"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
)

// one makes both renditions of a file in this process, upright or not as the file is stored.
func one(name, file, dir string) error {
	switch name {
	case "ours":
		return ours(file, dir)
	case "standard":
		return standard(file, dir)
	}
	return fmt.Errorf("no way %q", name)
}

func save(dir string, display, thumb []byte) error {
	return errors.Join(os.WriteFile(filepath.Join(dir, "display.jpg"), display, 0o600), os.WriteFile(filepath.Join(dir, "thumb.jpg"), thumb, 0o600))
}

// ours does what the server does with a photo: reads what it says of itself, then makes the pictures.
func ours(file, dir string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := photo.Inspect(context.Background(), bytes.NewReader(b), int64(len(b)), time.UTC)
	if err != nil {
		return err
	}
	p, err := photo.Render(context.Background(), bytes.NewReader(b), int64(len(b)), f, nil)
	if err != nil {
		return err
	}
	return save(dir, p.Display, p.Thumb)
}

// standard is how it is commonly done in Go.
func standard(file, dir string) error {
	img, err := decode(file)
	if err != nil {
		return err
	}
	size := img.Bounds().Size()
	var made [2]bytes.Buffer
	for n, c := range []struct{ side, quality int }{{photo.DisplaySide, photo.DisplayQuality}, {photo.ThumbSide, photo.ThumbQuality}} {
		s := phototest.Fitted(size, c.side)
		img = imaging.Resize(img, s.X, s.Y, imaging.Lanczos)
		if err := jpeg.Encode(&made[n], img, &jpeg.Options{Quality: c.quality}); err != nil {
			return err
		}
	}
	return save(dir, made[0].Bytes(), made[1].Bytes())
}
