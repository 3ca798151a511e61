// Package child runs this program as its own child process for work on bytes of strangers that may take seconds and hundreds of megabytes:
// what goes wrong there takes only the child with it.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Time of a child is that of the processor, so that a busy machine condemns nothing; by the clock it may take three times as long.
const (
	pollEvery = 50 * time.Millisecond
	byClock   = 3
)

// Program starts children, some at a time; who comes later waits for a turn.
type Program struct {
	Exe    string // the program
	Args   []string
	Env    []string // of the child; empty but in tests
	Time   time.Duration
	Memory int64  // bytes resident
	Worker string // what a child is, such as: the decoder
	Work   string // what it does, such as: decoding
	turns  chan struct{}
}

// Failure is that a child took too much or gave up.
type Failure struct {
	Reason string
	Killed bool // the system ended it, most likely for want of memory: not what it worked on is at fault
}

// Error gives the reason.
func (f *Failure) Error() string { return f.Reason }

// New makes a program that runs itself under a hidden sub-command, so many times at once.
func New(command string, atOnce int) (Program, error) {
	exe, err := os.Executable()
	if err != nil {
		return Program{}, fmt.Errorf("child: %w", err)
	}
	return Program{Exe: exe, Args: []string{command}, turns: make(chan struct{}, atOnce)}, nil
}

// Run gives what a child wrote, at most so many bytes; its error is a *Failure when the child is at fault.
func (d *Program) Run(ctx context.Context, args []string, in io.Reader, room int) ([]byte, error) {
	select {
	case d.turns <- struct{}{}:
		defer func() { <-d.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return d.run(ctx, args, in, room)
}

func (d *Program) run(whole context.Context, args []string, in io.Reader, room int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(whole, byClock*d.Time)
	defer cancel()
	out, complaint := &limited{room: room}, &limited{room: 4096}
	cmd := exec.CommandContext(ctx, d.Exe, append(slices.Clone(d.Args), args...)...)
	cmd.Env = append([]string{}, d.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, complaint
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = dieWithParent()
	runtime.LockOSThread() // the child dies with the thread that started it, so that must live as long
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("child: %w", err)
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
		return nil, &Failure{Reason: why}
	case ctx.Err() != nil:
		return nil, &Failure{Reason: d.tooLong()}
	case killed(err):
		return nil, &Failure{Reason: d.Worker + " was killed: the machine may be short of memory", Killed: true}
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(complaint.to.String()), "\n")
		if line == "" {
			line = err.Error()
		}
		return nil, &Failure{Reason: d.Worker + " gave up: " + line}
	}
	return out.to.Bytes(), nil
}

// killed says whether a child was ended by a signal that nobody can catch, as the system does with who takes the last memory.
func killed(err error) bool {
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return false
	}
	status, ok := ended.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func (d *Program) tooLong() string { return fmt.Sprintf("%s took more than %s", d.Work, d.Time) }

// watch kills a process that takes more than it may and says what, until told to stop.
func (d *Program) watch(ctx context.Context, p *os.Process) (why string) {
	for {
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(pollEvery):
		}
		switch memory, processor := takes(p.Pid); {
		case memory > d.Memory:
			why = fmt.Sprintf("%s took more than %d MB", d.Work, d.Memory>>20)
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
