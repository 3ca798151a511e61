package app_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// TestTheSpoolIsSweptWhileTheServerRuns puts what a crash of an hour ago left beside a server that has long started.
func TestTheSpoolIsSweptWhileTheServerRuns(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		tick := make(chan time.Time)
		s.App.Tidy(t.Context(), tick)
		left, fresh := filepath.Join(s.Core.Blobs.SpoolDir(), "upload-1"), filepath.Join(s.Core.Blobs.SpoolDir(), "upload-2")
		for _, name := range []string{left, fresh} {
			if err := os.WriteFile(name, []byte("half a photo"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chtimes(left, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		tick <- time.Now()
		tick <- time.Now() // by which the first is over
		if _, err := os.Stat(left); !os.IsNotExist(err) {
			t.Errorf("what a crash left is still there: %v", err)
		}
		if _, err := os.Stat(fresh); err != nil {
			t.Errorf("what is under way was removed: %v", err)
		}
	})
}
