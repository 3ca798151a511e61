package decoder

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestAKilledServerTakesItsChildAlong(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := os.OpenFile(name, os.O_RDWR, 0) // also to write, so that opening does not wait
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	server := exec.Command(os.Args[0])
	server.Env = []string{misbehave + "=parent", pipe + "=" + name}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 1)); err != nil {
		t.Fatalf("the child did not start: %v", err)
	}
	only, err := os.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer only.Close()
	if err := r.Close(); err != nil { // now the child is the only one that holds the pipe to write
		t.Fatal(err)
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // killed
	if err := only.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := only.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("got %v, want the end of the pipe: the child lives on", err)
	}
}
