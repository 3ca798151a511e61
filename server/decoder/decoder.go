// Package decoder decodes HEIC and AVIF in a child process of our own program, one at a time: their decoders may take
// seconds and hundreds of megabytes, and what goes wrong there takes only the child with it.
package decoder

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/heic"

	"spotcheck/pkg/photo"
)

// Command is the hidden sub-command under which the program is the child.
const Command = "decode-photo"

// Bounds of the child.
const (
	Seconds   = 30
	MaxMemory = 1500 << 20 // bytes resident
	pollEvery = 50 * time.Millisecond
)

// Decoder starts children.
type Decoder struct {
	Exe    string // the program
	Args   []string
	Env    []string // of the child; empty but in tests
	Time   time.Duration
	Memory int64
	busy   chan struct{}
}

// New makes a decoder that runs this program as its child.
func New() (*Decoder, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("decoder: %w", err)
	}
	return &Decoder{Exe: exe, Args: []string{Command}, Time: Seconds * time.Second, Memory: MaxMemory, busy: make(chan struct{}, 1)}, nil
}

// Decode gives the upright picture. Its error is a *photo.CannotRender when the picture or its decoder is at fault.
func (d *Decoder) Decode(ctx context.Context, t photo.Type, r io.Reader) (image.Image, error) {
	select {
	case d.busy <- struct{}{}:
		defer func() { <-d.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, d.Time)
	defer cancel()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, d.Exe, append(d.Args, string(t))...)
	cmd.Env = append([]string{}, d.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, &limited{&out, 4*photo.MaxPixels + 64}, &limited{&complaint, 4096}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("decoder: %w", err)
	}
	tooLarge := make(chan bool, 1)
	watched, stop := context.WithCancel(ctx)
	go func() { tooLarge <- watch(watched, cmd.Process, d.Memory) }()
	err := cmd.Wait()
	stop()
	switch large := <-tooLarge; {
	case whole.Err() != nil:
		return nil, whole.Err()
	case large:
		return nil, &photo.CannotRender{Why: fmt.Sprintf("decoding took more than %d MB", d.Memory>>20)}
	case ctx.Err() != nil:
		return nil, &photo.CannotRender{Why: fmt.Sprintf("decoding took more than %s", d.Time)}
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(complaint.String()), "\n")
		return nil, &photo.CannotRender{Why: "the decoder gave up: " + line}
	}
	img, err := readPixels(&out)
	if err != nil {
		return nil, &photo.CannotRender{Why: err.Error()}
	}
	return img, nil
}

// watch kills a process that takes more memory than it may, until told to stop.
func watch(ctx context.Context, p *os.Process, most int64) (killed bool) {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pollEvery):
		}
		if resident(p.Pid) > most {
			_ = p.Kill() // it may have ended by itself just now
			return true
		}
	}
}

// resident is the memory of a process in bytes, 0 where that cannot be told.
func resident(pid int) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// limited writes up to a bound and fails beyond it.
type limited struct {
	to   *bytes.Buffer
	room int
}

func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.room-l.to.Len() {
		return 0, errors.New("too much output")
	}
	return l.to.Write(b)
}

// decoders are the types that a child knows.
var decoders = map[photo.Type]func(io.Reader) (image.Image, error){photo.HEIC: heic.Decode, photo.AVIF: avif.Decode}

// Child is the other side: a picture on stdin, its pixels on stdout. It gives the exit code.
func Child(args []string, in io.Reader, out, complain io.Writer) int {
	if len(args) != 1 || decoders[photo.Type(args[0])] == nil {
		fmt.Fprintln(complain, "want one of heic, avif")
		return 2
	}
	img, err := decoders[photo.Type(args[0])](io.LimitReader(in, photo.MaxBytes))
	if err == nil {
		err = writePixels(out, img)
	}
	if err != nil {
		fmt.Fprintln(complain, err)
		return 1
	}
	return 0
}

// writePixels writes width and height, then four bytes a pixel.
func writePixels(w io.Writer, img image.Image) error {
	b := img.Bounds()
	pixels, ok := img.(*image.RGBA)
	if !ok || pixels.Stride != 4*b.Dx() {
		pixels = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(pixels, pixels.Bounds(), img, b.Min, draw.Src)
	}
	var head [8]byte
	binary.BigEndian.PutUint32(head[:], uint32(b.Dx()))
	binary.BigEndian.PutUint32(head[4:], uint32(b.Dy()))
	buffered := bufio.NewWriter(w)
	for _, part := range [][]byte{head[:], pixels.Pix} {
		if _, err := buffered.Write(part); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func readPixels(b *bytes.Buffer) (image.Image, error) {
	head := b.Next(8)
	if len(head) < 8 {
		return nil, errors.New("the decoder gave no picture")
	}
	w, h := int(binary.BigEndian.Uint32(head)), int(binary.BigEndian.Uint32(head[4:]))
	if w < 1 || h < 1 || w > photo.MaxSide || h > photo.MaxSide || b.Len() != 4*w*h {
		return nil, errors.New("the decoder gave a broken picture")
	}
	return &image.RGBA{Pix: b.Bytes(), Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}, nil
}
