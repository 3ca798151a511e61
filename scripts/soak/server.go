package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

// server is the binary at work.
type server struct {
	options
	cmd            *exec.Cmd
	address        string
	name, password string // of the first account

	mu  sync.Mutex
	log []string
}

var (
	listens = regexp.MustCompile(`Spotcheck listens on (\S+) `)
	account = regexp.MustCompile(`name +(\S+)\n +password +(\S+)\n`)
)

func (s *server) args(command string) []string {
	args := []string{command, "--data", s.data}
	if s.database != "" {
		args = append(args, "--database-url", s.database, "--s3-endpoint", s.s3)
	}
	return args
}

// start runs the binary until it listens and says how long that took.
func (s *server) start() (time.Duration, error) {
	s.cmd = exec.Command(s.binary, append(s.args("serve"), "--addr", "127.0.0.1:0", "--one-person", "yes")...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	s.cmd.Stderr = s
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return 0, err
	}
	b := bufio.NewReader(out)
	text := ""
	for more := true; more; more = b.Buffered() > 0 { // the greeting comes in one piece
		line, err := b.ReadString('\n')
		if text += line; err != nil {
			return 0, errors.Join(fmt.Errorf("it does not start: %s", text), s.cmd.Wait())
		}
	}
	ready := time.Since(began)
	m := listens.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("it says %q", text)
	}
	s.address = "http://" + m[1]
	if a := account.FindStringSubmatch(text); a != nil {
		s.name, s.password = a[1], a[2]
	}
	return ready, nil
}

// Write keeps the end of the log.
func (s *server) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range bytes.Lines(b) {
		if !bytes.Contains(line, []byte("level=INFO")) {
			s.log = append(s.log, string(line))
		}
	}
	s.log = s.log[max(0, len(s.log)-30):]
	return len(b), nil
}

func (s *server) tail() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.log, "")
}

// kill ends the server as the system does when it runs out of memory.
func (s *server) kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return err
	}
	err := s.cmd.Wait()
	s.cmd = nil
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		return fmt.Errorf("it had ended by itself: %v", err)
	}
	return nil
}

// end stops the server, if it runs, as an administrator does.
func (s *server) end() error {
	if s.cmd == nil || s.cmd.Process == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// crashStores kills the database and the photo store and starts them again.
func (s *server) crashStores() error {
	words := strings.Fields(s.crash)
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", s.crash, err, out)
	}
	return nil
}

// audit checks the whole record by the command for it and gives its last line.
func (s *server) audit() (string, error) {
	var complaint bytes.Buffer
	c := exec.Command(s.binary, s.args("audit")...)
	c.Stderr = &complaint
	out, err := c.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil {
		return "", fmt.Errorf("the audit: %w\n%s%s", err, out, complaint.String())
	}
	return lines[len(lines)-1], nil
}
