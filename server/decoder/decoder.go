// Package decoder decodes in a child process of our own program, one at a time: decoders of HEIC and AVIF may take seconds
// and hundreds of megabytes, and what goes wrong there takes only the child with it.
package decoder

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"spotcheck/pkg/photo"
)

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

// New makes a decoder that runs this program as its child: main must give the word to Child when Command is its first
// argument.
func New() (*Decoder, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("decoder: %w", err)
	}
	return &Decoder{Exe: exe, Args: []string{Command}, Time: Seconds * time.Second, Memory: MaxMemory, busy: make(chan struct{}, 1)}, nil
}

// Decode gives the picture of a file as photo.Small does. Its error is a *photo.CannotRender when the picture or its decoder
// is at fault.
func (d *Decoder) Decode(ctx context.Context, t photo.Type, r io.Reader) (image.Image, error) {
	select {
	case d.busy <- struct{}{}:
		defer func() { <-d.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	out, err := d.run(ctx, t, r)
	if err != nil {
		return nil, err
	}
	img, err := readPicture(out)
	if err != nil {
		return nil, &photo.CannotRender{Why: err.Error()}
	}
	return img, nil
}

// run gives what a child wrote.
func (d *Decoder) run(whole context.Context, t photo.Type, r io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(whole, d.Time)
	defer cancel()
	out, complaint := &limited{room: maxPicture}, &limited{room: 4096}
	cmd := exec.CommandContext(ctx, d.Exe, append(d.Args, string(t))...)
	cmd.Env = append([]string{}, d.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, out, complaint
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = dieWithParent()
	runtime.LockOSThread() // the child dies with the thread that started it, so that must live as long
	defer runtime.UnlockOSThread()
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
		line, _, _ := strings.Cut(strings.TrimSpace(complaint.to.String()), "\n")
		if line == "" {
			line = err.Error()
		}
		return nil, &photo.CannotRender{Why: "the decoder gave up: " + line}
	}
	return out.to.Bytes(), nil
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

// limited keeps what is written up to a bound and fails beyond it.
type limited struct {
	to   bytes.Buffer
	room int
}

// Write keeps all of b or nothing.
func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.room-l.to.Len() {
		return 0, fmt.Errorf("the child wrote more than %d bytes", l.room)
	}
	return l.to.Write(b)
}
