package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var listens = regexp.MustCompile(`Spotcheck listens on (\S+) `)

// servesHere runs the server in this process until stop, which fails the test unless it ended well.
func servesHere(t *testing.T, dir string) (address string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan int, 1)
	var complaint bytes.Buffer
	go func() {
		ended <- run(ctx, &terminal{strings.NewReader(""), w, &complaint}, []string{"serve", "--addr", "127.0.0.1:0", "--data", dir})
		w.Close()
	}()
	lines := bufio.NewReader(r)
	line, err := lines.ReadString('\n')
	m := listens.FindStringSubmatch(line)
	if err != nil || m == nil {
		t.Fatalf("got %q, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // the account, if there is one
	return "http://" + m[1], func() {
		t.Helper()
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("exit code %d\n%s", code, complaint.String())
		}
	}
}

func TestServeOnAnEmptyFolder(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	t.Logf("ready after %s", p.ready.Round(time.Millisecond))
	res, err := http.Get(p.address + "/livez")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
	admin := firstAccount(t, p.out.String())
	if admin.Name != "admin" || len(admin.Password) < 20 {
		t.Errorf("the first account is %q with a password of %d characters", admin.Name, len(admin.Password))
	}
	if !strings.Contains(p.out.String(), "/api/docs") {
		t.Errorf("nobody learns where the docs are: %s", p.out.String())
	}
	p.terminate(t)

	again := start(t, p.dir)
	if strings.Contains(again.out.String(), "password") {
		t.Errorf("the account is shown again: %s", again.out.String())
	}
	again.terminate(t)
	says(t, "", "serve", "--data="+p.dir, "--addr=127.0.0.1:0", "--timezone=Asia/Tokyo").want(t, 1, "keeps the time zone Asia/Shanghai")
}

func TestTwoServersCannotShareAnAddress(t *testing.T) {
	t.Parallel()
	address, stop := servesHere(t, t.TempDir())
	defer stop()
	a := says(t, "", "serve", "--data="+t.TempDir(), "--addr="+strings.TrimPrefix(address, "http://"))
	if a.code != 1 || !strings.Contains(a.err, "address already in use") {
		t.Errorf("exit code %d\n%s", a.code, a.err)
	}
}

// TestNobodyElseReadsWhatTheServerWrites: whatever the folder lets, its files are for the account that runs the server.
func TestNobodyElseReadsWhatTheServerWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := start(t, dir)
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		i, err := d.Info()
		if err == nil && i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %o", path, i.Mode().Perm())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p.terminate(t)
}

// TestASecondServerStaysOffAFolder: SQLite has one writer; the second says who is there, and goes on when the first is gone, however it went.
func TestASecondServerStaysOffAFolder(t *testing.T) {
	t.Parallel()
	first := start(t, t.TempDir())
	says(t, "", "serve", "--data="+first.dir, "--addr=127.0.0.1:0").want(t, 1, fmt.Sprintf("another server runs on this folder: process %d on ", first.cmd.Process.Pid))
	says(t, "", "audit", "--data="+first.dir).want(t, 0)
	first.dies(t)
	start(t, first.dir).terminate(t)
}
