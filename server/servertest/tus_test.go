package servertest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/needs"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/servertest"
)

// TestAPhoneOnABadNetwork sends a photo with tus-js-client at 30 KB/s while connections are cut, hang, and deliver late.
func TestAPhoneOnABadNetwork(t *testing.T) {
	script, err := filepath.Abs("../../scripts/tus/upload.mjs")
	if err != nil {
		t.Fatal(err)
	}
	needs.Modules(t, filepath.Dir(script))
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, issue := s.As("lin"), inspect.NewID()
		p := servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: phototest.JPEG(phototest.Scene(900, 700, 11), 92, nil)}
		file := filepath.Join(t.TempDir(), "photo.jpg")
		if err := os.WriteFile(file, p.Bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(p)).Want(http.StatusCreated)

		const breaks = 9
		bad := servertest.NewNetwork(t, strings.TrimPrefix(s.URL, "http://"), 20261124, 30_000, breaks, 300*time.Millisecond)
		node := exec.CommandContext(t.Context(), "node", script, bad.URL(), issue.String(), p.ID.String(), file, "25000")
		node.Env = append(os.Environ(), "SPOTCHECK_TOKEN="+lin.Token)
		var said, wrong bytes.Buffer
		node.Stdout, node.Stderr = &said, &wrong
		err := node.Run()
		bad.Close(t)
		if err != nil {
			t.Fatalf("%v: %s", err, wrong.String())
		}
		var got struct {
			SHA256  string
			Retries int
		}
		if err := json.Unmarshal(said.Bytes(), &got); err != nil || got.SHA256 != p.SHA256() {
			t.Errorf("the receipt says %s, %v; want %s", said.String(), err, p.SHA256())
		}
		if bad.Breaks > 0 || got.Retries == 0 {
			t.Errorf("%d of %d breaks are left, %d retries: the network was too good", bad.Breaks, breaks, got.Retries)
		}
		t.Logf("%d bytes, %d retries, cut, stalled and late: %v", len(p.Bytes), got.Retries, bad.Broken)
		if original := lin.Do(http.MethodGet, "/api/v1/issues/"+issue.String()+"/photos/"+p.ID.String()+"/original",
			nil).Want(http.StatusOK); !bytes.Equal(original.Body, p.Bytes) {
			t.Error("the original is not what was sent")
		}
		s.Drain()
		s.Audit()
	})
}
