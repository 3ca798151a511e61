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

// Bounds of the child. Its time is that of the processor, so that a busy machine condemns no photo; by the clock it may take
// three times as long.
const (
	Seconds   = 30
	MaxMemory = 1500 << 20 // bytes resident
	pollEvery = 50 * time.Millisecond
	byClock   = 3
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

// Decode gives the picture of a file as photo.DecodeSmall does. Its error is a *photo.RenderError when the picture or its decoder
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
		return nil, &photo.RenderError{Reason: err.Error()}
	}
	return img, nil
}

// run gives what a child wrote.
func (d *Decoder) run(whole context.Context, t photo.Type, r io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(whole, byClock*d.Time)
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
	verdict := make(chan string, 1)
	watched, stop := context.WithCancel(ctx)
	go func() { verdict <- d.watch(watched, cmd.Process) }()
	err := cmd.Wait()
	stop()
	switch why := <-verdict; {
	case whole.Err() != nil:
		return nil, whole.Err()
	case why != "":
		return nil, &photo.RenderError{Reason: why}
	case ctx.Err() != nil:
		return nil, &photo.RenderError{Reason: d.tooLong()}
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(complaint.to.String()), "\n")
		if line == "" {
			line = err.Error()
		}
		return nil, &photo.RenderError{Reason: "the decoder gave up: " + line}
	}
	return out.to.Bytes(), nil
}

func (d *Decoder) tooLong() string { return fmt.Sprintf("decoding took more than %s", d.Time) }

// watch kills a process that takes more than it may and says what, until told to stop.
func (d *Decoder) watch(ctx context.Context, p *os.Process) (why string) {
	for {
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(pollEvery):
		}
		switch memory, processor := takes(p.Pid); {
		case memory > d.Memory:
			why = fmt.Sprintf("decoding took more than %d MB", d.Memory>>20)
		case processor > d.Time:
			why = d.tooLong()
		default:
			continue
		}
		_ = p.Kill() // it may have ended by itself just now
		return why
	}
}

// takes is the resident memory of a process in bytes and its time of the processor, 0 where that cannot be told (proc(5)).
func takes(pid int) (memory int64, processor time.Duration) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0
	}
	_, behind, _ := strings.Cut(string(text), ") ") // its name, which may be anything, stands in brackets
	fields := strings.Fields(behind)
	if len(fields) < 22 {
		return 0, 0
	}
	number := func(n int) int64 {
		v, _ := strconv.ParseInt(fields[n-3], 10, 64) // n as the manual counts
		return v
	}
	const tick = time.Second / 100
	return number(24) * int64(os.Getpagesize()), time.Duration(number(14)+number(15)) * tick
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
