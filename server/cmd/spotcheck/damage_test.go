package main

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"spotcheck/server/servertest"
)

// closedCity is a folder with a city in it that nobody has open, and one that was backed up if that is asked for.
func closedCity(t *testing.T, backup string) string {
	t.Helper()
	s := servertest.New(t, servertest.SQLite)
	lin, p := s.As("lin"), servertest.NewPicture("report")
	id, _ := reportsOne(lin)
	lin.Declares(id, p).Want(201)
	lin.Sends(id, p)
	s.Drain()
	dir := s.Config.Data
	s.Stop()
	if backup != "" {
		says(t, "", "backup", backup, "--data", dir).want(t, 0, "files")
	}
	return dir
}

// spoils writes over the first page of a table or an index.
func spoils(t *testing.T, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, "spotcheck.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	var page, size int64
	if err := db.QueryRow("SELECT rootpage FROM sqlite_master WHERE name = ?", name).Scan(&page); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow("PRAGMA page_size").Scan(&size); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, size), (page-1)*size); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestADamagedFileIsNamedWithTheBackupToTake spoils an index, which nothing but a look at the file finds, then the events themselves.
func TestADamagedFileIsNamedWithTheBackupToTake(t *testing.T) {
	t.Parallel()
	backup := filepath.Join(t.TempDir(), "backup")
	dir := closedCity(t, backup)
	says(t, "", "audit", "--data", dir).want(t, 0, ": 0 wrong")
	spoils(t, dir, "rendition_sha256")
	advice := []string{"the file " + filepath.Join(dir, "spotcheck.db") + " is damaged", "the last backup is that of", "spotcheck restore"}
	says(t, "", "audit", "--data", dir, "--read-only").want(t, 1, append(advice, "WRONG  database", "rendition_sha256 of the table rendition")...)
	p := start(t, dir)
	for begin := time.Now(); !strings.Contains(p.log.String(), "the last backup is that of"); {
		if time.Since(begin) > 60*time.Second {
			t.Fatalf("the log does not tell: %s", p.log.String())
		}
		<-time.After(20 * time.Millisecond)
	}
	says(t, "", "health", "--data", dir, "--addr", strings.TrimPrefix(p.address, "http://")).want(t, 0, "ready.", "The file of the database is damaged")
	p.terminate(t)

	spoils(t, dir, "event")
	says(t, "", "audit", "--data", dir, "--read-only").want(t, 1, "WRONG  database", "event of the table event", "the record cannot be read to its end")
}

// listing is every file below a folder with its size and the moment of its last change.
func listing(t *testing.T, dir string) (all string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			all += fmt.Sprintln(path, info.Size(), info.ModTime().UnixNano())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAReadOnlyCopyIsAudited looks at a city, and at the copy of one that was at work, and changes nothing in them.
func TestAReadOnlyCopyIsAudited(t *testing.T) {
	t.Parallel()
	dir := closedCity(t, "")
	before := listing(t, dir)
	says(t, "", "audit", "--data", dir, "--read-only").want(t, 0, "1 issues", ": 0 wrong")
	if after := listing(t, dir); after != before {
		t.Errorf("the folder was\n%s\nand is\n%s", before, after)
	}

	s := servertest.New(t, servertest.SQLite)
	reportsOne(s.As("lin"))
	s.Drain()
	live := t.TempDir()
	for _, name := range []string{"spotcheck.db", "spotcheck.db-wal"} {
		b, err := os.ReadFile(filepath.Join(s.Config.Data, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(live, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(live, "photos"), os.DirFS(filepath.Join(s.Config.Data, "photos"))); err != nil {
		t.Fatal(err)
	}
	before = listing(t, live)
	says(t, "", "audit", "--data", live, "--read-only").want(t, 0, "1 issues", ": 0 wrong")
	if after := listing(t, live); after != before {
		t.Errorf("the copy was\n%s\nand is\n%s", before, after)
	}
}

// TestAFolderThatCannotBeWrittenIsNamed gives a file for a folder, which nobody can write into, whoever they are.
func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, "", "serve", "--data", dir).want(t, 1, "the data folder "+dir+" cannot be written by user")
}
