package dirblob_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"spotcheck/server/blob"
	"spotcheck/server/blob/blobtest"
	"spotcheck/server/blob/dirblob"
)

func TestStore(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store {
		s, err := dirblob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestOpenClearsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	s, err := dirblob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Put(t.Context(), "photo/ab/kept", []byte("kept")),
		os.WriteFile(filepath.Join(s.SpoolDir(), "upload-1"), []byte("half"), 0o600)); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(s.SpoolDir(), "upload-2")
	if err := errors.Join(os.Chtimes(filepath.Join(s.SpoolDir(), "upload-1"), time.Time{}, time.Now().Add(-2*time.Hour)),
		os.WriteFile(fresh, []byte("under way"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if s, err = dirblob.Open(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(fresh); err != nil {
		t.Errorf("an upload that is under way was removed: %v", err)
	}
	blobtest.Leftovers(t, s)
	if _, err := s.Stat(t.Context(), "photo/ab/kept"); err != nil {
		t.Errorf("what was acknowledged is gone: %v", err)
	}
}
