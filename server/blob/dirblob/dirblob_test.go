package dirblob_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
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

// folders are those below a folder.
func folders(t *testing.T, dir string) (all []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != dir {
			all = append(all, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNoEmptyFolderIsLeft(t *testing.T) {
	dir := t.TempDir()
	s, err := dirblob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"upload/one/1-0", "upload/one/1-9", "upload/two/1-0"} {
		if err := s.Put(t.Context(), key, []byte("part")); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Delete(t.Context(), "upload/one/1-0"), s.Delete(t.Context(), "upload/one/1-9")); err != nil {
		t.Fatal(err)
	}
	blobs := filepath.Join(dir, "blobs")
	if got := folders(t, blobs); len(got) != 2 || filepath.Base(got[1]) != "two" {
		t.Errorf("there are the folders %v, want the one of the upload that is under way", got)
	}
	left := filepath.Join(s.SpoolDir(), "upload-1")
	if err := errors.Join(os.Mkdir(filepath.Join(blobs, "upload", "older"), 0o700), os.WriteFile(left, []byte("half"), 0o600),
		os.Chtimes(left, time.Time{}, time.Now().Add(-2*time.Hour)), s.Tidy(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := folders(t, blobs); len(got) != 2 {
		t.Errorf("tidied, there are the folders %v", got)
	}
	blobtest.Leftovers(t, s)
}

// TestAFolderThatIsTakenAwayIsMadeAgain puts and deletes different keys of one folder at once.
func TestAFolderThatIsTakenAwayIsMadeAgain(t *testing.T) {
	s, err := dirblob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for n := range 4 {
		work.Go(func() {
			for range 50 {
				key := fmt.Sprintf("upload/one/%d", n)
				if err := s.Put(t.Context(), key, []byte("part")); err != nil {
					t.Error(err)
				}
				if _, err := s.Stat(t.Context(), key); err != nil {
					t.Error(err)
				}
				if err := s.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
}
