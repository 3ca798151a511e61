package main

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/needs"
	"spotcheck/server/config"
	"spotcheck/server/servertest"
)

// kept is a photo that a phone holds a receipt for.
type kept struct {
	issue inspect.ID
	photo servertest.Picture
}

// persists sends until it is acknowledged, as a phone does, and counts how often it was told to wait.
func persists(t *testing.T, waited *int, send func() *servertest.Answer) {
	t.Helper()
	for by := time.Now().Add(30 * time.Second); ; *waited++ {
		a := send()
		if a.Status == http.StatusCreated || a.Status == http.StatusOK {
			return
		}
		if a.WantProblem(http.StatusServiceUnavailable, "unavailable", "later"); t.Failed() || time.Now().After(by) {
			t.Fatalf("it is not taken: %d %s", a.Status, a.Body)
		}
	}
}

// onABadDisk lets people work on a server whose system calls are tampered with, kills it, and looks at all they were
// promised. It says how often somebody was told to wait.
func onABadDisk(t *testing.T, inject string) (waited int) {
	t.Helper()
	needs.Program(t, "strace")
	p := start(t, t.TempDir())
	first := firstAccount(t, p.out.String())
	token := servertest.At(t, p.address, first).As("lin").Token
	p.terminate(t)
	phone := func(address string) *servertest.Client {
		return (&servertest.Client{Server: servertest.At(t, address, first), Name: "lin", Token: token}).WithT(t)
	}

	dir := p.dir
	p.address = ""
	for tries := 0; p.address == ""; tries++ { // a start that meets a call that fails is refused, and tried again
		if tries == 20 {
			t.Fatalf("it does not start: %s", p.log.String())
		}
		p = tryStart(t, config.Config{Data: dir}, "strace", "-D", "-f", "-q", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-e", inject, "-o", "/dev/null")
	}
	var all []kept
	var mu sync.Mutex
	var work sync.WaitGroup
	for range 4 {
		lin := phone(p.address)
		work.Go(func() {
			for range 5 {
				k, times := kept{inspect.NewID(), servertest.NewPicture("report")}, 0
				body := lin.Report(k.photo)
				persists(t, &times, func() *servertest.Answer { return lin.Do(http.MethodPut, "/api/v1/issues/"+k.issue.String(), body) })
				persists(t, &times, func() *servertest.Answer { return lin.Upload(k.issue, k.photo) })
				mu.Lock()
				all, waited = append(all, k), waited+times
				mu.Unlock()
			}
		})
	}
	work.Wait()
	p.dies(t)

	p = start(t, p.dir)
	lin := phone(p.address)
	for _, k := range all {
		got := lin.Do(http.MethodGet, "/api/v1/issues/"+k.issue.String()+"/photos/"+k.photo.ID.String()+"/original", nil).Want(http.StatusOK)
		if !bytes.Equal(got.Body, k.photo.Bytes) {
			t.Error("a photo came out as other bytes")
		}
	}
	p.terminate(t)
	says(t, "", "audit", "--data="+p.dir).want(t, 0, fmt.Sprintf("%d issues, %d photos, %d originals", len(all), len(all), len(all)), " 0 wrong")
	return waited
}

func TestASlowDiskIsWaitedFor(t *testing.T) {
	t.Parallel()
	if waited := onABadDisk(t, "inject=fsync,fdatasync:delay_enter=60ms"); waited > 0 {
		t.Errorf("%d requests were refused", waited)
	}
}

func TestADiskThatCannotSyncLosesNothing(t *testing.T) {
	t.Parallel()
	if waited := onABadDisk(t, "inject=fsync,fdatasync:error=EIO:when=4+3"); waited == 0 {
		t.Error("nobody was told to wait: no call failed")
	}
}
