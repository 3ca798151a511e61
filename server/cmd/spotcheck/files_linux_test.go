package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// withFiles are the words before a command that may have so many files open.
func withFiles(n string) []string {
	return []string{"sh", "-c", "ulimit -n " + n + `; exec "$@"`, "sh"}
}

// TestConnectionsThatSayNothingEndNothing: more of them than the program may have files, silent or in the middle of a request, keep nobody out.
func TestConnectionsThatSayNothingEndNothing(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), withFiles("256")...)
	lin := servertest.At(t, p.address, firstAccount(t, p.out.String())).As("lin")
	lin.ReportsMud()
	for _, said := range []string{"", "PUT /api/v1/issues HTTP/1.1\r\nHost: h\r\nContent-Le"} {
		for range 400 {
			c, err := net.Dial("tcp", strings.TrimPrefix(p.address, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			_, _ = c.Write([]byte(said)) // it may have been ended
		}
		lin.ReportsMud()
	}
	p.terminate(t)
}

// TestMoreUploadsThanFiles: 64 photos at once where the program may have 64 files open all arrive.
func TestMoreUploadsThanFiles(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), withFiles("64")...)
	s := servertest.At(t, p.address, firstAccount(t, p.out.String()))
	lin := s.As("lin")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	arrives := func(path string, body []byte, header http.Header) {
		for by := time.Now().Add(time.Minute); ; <-time.After(100 * time.Millisecond) {
			r, err := http.NewRequest(http.MethodPut, p.address+path, bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header = header.Clone()
			r.Header.Set("Authorization", "Bearer "+lin.Token)
			answer, err := client.Do(r)
			if err == nil {
				_ = answer.Body.Close()
				if answer.StatusCode == http.StatusCreated || answer.StatusCode == http.StatusOK {
					return
				}
			}
			if time.Now().After(by) {
				t.Errorf("%s does not arrive: %v, %v", path, answer, err)
				return
			}
		}
	}
	var work sync.WaitGroup
	for range 64 {
		work.Go(func() {
			id, picture := inspect.NewID(), servertest.NewPicture("report")
			report, err := json.Marshal(lin.Report(picture))
			if err != nil {
				t.Error(err)
			}
			arrives("/api/v1/issues/"+id.String(), report, http.Header{"Content-Type": {"application/json"}})
			arrives("/api/v1/issues/"+id.String()+"/photos/"+picture.ID.String(), picture.Bytes,
				http.Header{"Content-Digest": {picture.Digest()}, "Content-Type": {"application/octet-stream"}})
		})
	}
	work.Wait()
	p.terminate(t)
}
