package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHealthAsksTheServer(t *testing.T) {
	t.Parallel()
	address, stop := servesHere(t, t.TempDir())
	says(t, "", "health", "--addr", strings.TrimPrefix(address, "http://")).want(t, 0, "ready.")
	stop()
	a := says(t, "", "health", "--addr", strings.TrimPrefix(address, "http://"))
	a.want(t, 1, "not ready")
	a.sentence(t)
}

func TestHealthSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address, stop := servesHere(t, dir)
	defer stop()
	if err := os.RemoveAll(filepath.Join(dir, "photos", "spool")); err != nil {
		t.Fatal(err)
	}
	a := says(t, "", "health", "--addr", strings.TrimPrefix(address, "http://"))
	a.want(t, 1, "Photos cannot be stored.")
	a.sentence(t)
}

func TestBackupAndRestoreByTheCommandLine(t *testing.T) {
	t.Parallel()
	from, to, dir := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "backup")
	says(t, "", "demo", "--data="+from, "--issues=3", "--photos=none").want(t, 0, "3 issues")
	says(t, "", "backup", dir, "--data="+from).want(t, 0, "holds", "as of event")
	says(t, "", "backup", dir, "--data="+from).want(t, 0, " 0 copied")
	says(t, "", "restore", dir, "--data="+to).want(t, 0, "Restored the database", "3 issues", ": 0 wrong")
	for _, args := range [][]string{{"restore", dir, "--data=" + to}, {"restore", t.TempDir(), "--data=" + t.TempDir()}, {"backup", from, "--data=" + from}} {
		a := says(t, "", args...)
		a.want(t, 1)
		a.sentence(t)
	}
	says(t, "", "backup", "--data="+from).want(t, 2, "want the folder of the backup")

	found, err := filepath.Glob(filepath.Join(from, "photos", "blobs", "photo", "*", "*"))
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	if err := os.Remove(found[0]); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again")
	says(t, "", "backup", again, "--data="+from).want(t, 1, "LOST   photo/", "is missing", "holds")
	says(t, "", "restore", again, "--data="+filepath.Join(t.TempDir(), "new")).want(t, 1, "LOST   photo/", "WRONG")
}
