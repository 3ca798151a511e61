//go:build linux && !race

package servertest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/servertest"
)

// Uploads at once, their size in bytes, and by how much the process may grow while they run: a fifth of what it would
// take to hold them.
const (
	uploadsAtOnce = 50
	uploadBytes   = 8 << 20
	mayGrow       = uploadsAtOnce * uploadBytes / 5
)

func TestManyUploadsTakeLittleMemory(t *testing.T) {
	usual := debug.SetGCPercent(100) // as the program has it, whatever tests run with
	defer debug.SetGCPercent(usual)
	for _, pair := range []servertest.Backend{servertest.SQLite, servertest.Postgres} {
		t.Run(string(pair), func(t *testing.T) { // one after the other, since both are this process
			s := servertest.New(t, pair)
			lin, issue := s.As("lin"), inspect.NewID()
			photos := many(uploadsAtOnce)
			lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report()).Want(http.StatusCreated)
			for n := 0; n < len(photos); n += 10 {
				declared := []M{}
				for _, p := range photos[n : n+10] {
					declared = append(declared, M{"id": p.id, "sha256": hex.EncodeToString(p.sum[:]), "bytes": uploadBytes, "kind": "report", "taken": "camera"})
				}
				lin.Do(http.MethodPost, "/api/v1/issues/"+issue.String()+"/photos", M{"photos": declared, "sent_at": "2026-01-01T00:00:00Z"}).Want(http.StatusCreated)
			}
			debug.FreeOSMemory()
			before := forgetPeak(t)
			var all sync.WaitGroup
			for _, p := range photos {
				all.Go(func() {
					if status, err := p.send(lin, issue); err != nil || status != http.StatusCreated {
						t.Errorf("got %d, %v", status, err)
					}
				})
			}
			all.Wait()
			grown := memory(t, "VmHWM") - before
			t.Logf("%d uploads of %d MB at once: %d MB resident before, %d MB more at the peak", uploadsAtOnce, uploadBytes>>20, before>>20, grown>>20)
			if grown > mayGrow {
				t.Errorf("the process grew by %d MB, at most %d are expected", grown>>20, mayGrow>>20)
			}
		})
	}
}

// large is a photo of which most bytes are shared with all others.
type large struct {
	id          inspect.ID
	sum         [sha256.Size]byte
	start, rest []byte
}

// many makes photos that differ in their last bytes.
func many(n int) (all []large) {
	start := phototest.JPEG(phototest.Chart(64, 48), 90, nil)
	start = append(start, make([]byte, uploadBytes-8-len(start))...) // behind the picture anything may stand
	for k := range n {
		p := large{id: inspect.NewID(), start: start, rest: binary.BigEndian.AppendUint64(nil, uint64(k))}
		hash := sha256.New()
		hash.Write(p.start)
		hash.Write(p.rest)
		hash.Sum(p.sum[:0])
		all = append(all, p)
	}
	return all
}

func (p large) send(c *servertest.Client, issue inspect.ID) (int, error) {
	body := io.MultiReader(bytes.NewReader(p.start), bytes.NewReader(p.rest))
	req, err := http.NewRequest(http.MethodPut, c.URL+"/api/v1/issues/"+issue.String()+"/photos/"+p.id.String(), body)
	if err != nil {
		return 0, err
	}
	req.ContentLength = uploadBytes
	req.Header.Set("Authorization", "Bearer "+c.Token)
	req.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(p.sum[:])+":")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res.StatusCode, err
}

// forgetPeak begins to measure anew and gives what is resident now, in bytes.
func forgetPeak(t *testing.T) int64 {
	t.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	return memory(t, "VmRSS")
}

// memory is a figure of /proc/self/status in bytes.
func memory(t *testing.T, name string) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(b), name+":")
	var kb int64
	if _, err := fmt.Sscan(after, &kb); err != nil {
		t.Fatal(err)
	}
	return kb << 10
}
