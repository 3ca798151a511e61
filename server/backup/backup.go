// Package backup copies an installation into a folder, and makes an installation from such a folder again.
//
// The folder holds the database in one file, the bytes under their keys, a list with the digest of every file, and a
// manifest that is written last: until then the backup before it stands.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"spotcheck/server/blob"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/store"
)

// Source is the installation to copy. It may be at work.
type Source struct {
	Store    *store.Store
	Blobs    blob.Store
	Now      func() time.Time
	Program  string                // version, for the manifest
	Progress func(done, all int64) // how many files are done; may be nil
	CheckAll bool                  // everything that is there already is read again, not a share of it
}

// Report says what a backup or a restore did.
type Report struct {
	Snapshot store.Snapshot
	Files    int64
	Bytes    int64 // of all files
	Copied   int64 // files that were not there yet
	Removed  int64 // files that the record no longer names
	Lost     []string
	Mended   []string // what was damaged in the folder of the backup, and is whole again
}

// The names in the folder.
const (
	lockName    = "backup.lock"
	databaseDir = "database"
	listSuffix  = ".sha256"
)

// How often a backup begins anew when bytes are erased by decision while it copies them, and how long it waits before the
// second attempt; each wait is twice as long as the one before it, 32 s in all.
const (
	snapshots = 8
	firstWait = 250 * time.Millisecond
)

// errMoved means that the record erased bytes after the snapshot that names them.
var errMoved = errors.New("backup: the record has moved on")

// Take copies an installation into a folder: the database first, then the bytes that it names and the folder has not yet.
// What goes wrong leaves the backup before it whole, and the next Take goes on from what is copied. Bytes that are lost
// or changed in the installation do not keep the rest from being safe: they are in the report and the manifest. Each Take reads a
// share of what is there already, so that each byte is read in turn, and copies anew what is not as it was written.
func Take(ctx context.Context, s Source, dir string) (Report, error) {
	if err := ours(dir); err != nil {
		return Report{}, err
	}
	unlock, err := lock(filepath.Join(dir, lockName), exclusive)
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	kept, err := dirblob.Open(dir)
	if err != nil {
		return Report{}, err
	}
	for wait, n := firstWait, 1; ; wait, n = 2*wait, n+1 {
		t := &taking{Source: s, dir: dir, kept: kept}
		r, err := t.take(ctx)
		if !errors.Is(err, errMoved) {
			return r, err
		}
		if n == snapshots {
			return Report{}, errors.New("photos are being erased faster than they can be copied: try again later")
		}
		select {
		case <-ctx.Done():
			return Report{}, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// ours makes the folder; one that holds anything but backups is refused.
func ours(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, lockName)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds other things than backups: give a folder of its own", dir)
	}
	return nil
}

// taking is one attempt.
type taking struct {
	Source
	dir     string
	kept    *dirblob.Store
	name    string // of this backup
	wanted  *os.File
	bodies  map[string][]byte // of checkpoints, by key
	newest  string            // key of the newest checkpoint
	list    *listing
	share   share // of the folders that is read again
	again   bool  // the present folder is in it
	report  Report
	all     int64
	surplus []string
}

func (t *taking) take(ctx context.Context) (r Report, err error) {
	before, err := readManifest(t.dir)
	switch {
	case errors.Is(err, ErrDamaged): // what it was of stays until there is a whole one
		t.report.Mended = append(t.report.Mended, err.Error())
		before = Manifest{}
	case err != nil && !errors.Is(err, ErrNoBackup):
		return r, err
	default:
		if err := sweep(t.dir, filepath.Base(before.Database)); err != nil { // what an interruption left
			return r, err
		}
	}
	if t.share = shareOf(before); t.CheckAll {
		t.share = everything
	}
	if t.name, err = t.freshName(); err != nil {
		return r, err
	}
	if t.wanted, err = os.CreateTemp(t.kept.SpoolDir(), "wanted-*"); err != nil {
		return r, err
	}
	defer func() { _ = os.Remove(t.wanted.Name()) }() // the spool is swept
	defer func() { _ = t.wanted.Close() }()
	if err := t.database(ctx); err != nil {
		return r, err
	}
	if t.list, err = newListing(filepath.Join(t.dir, t.name+listSuffix)); err != nil {
		return r, err
	}
	defer func() { _ = t.list.Close() }() // its end is looked at where it is finished
	if err := t.list.file(filepath.Join(t.dir, databaseDir, t.name), databaseDir+"/"+t.name); err != nil {
		return r, err
	}
	if err := t.bytes(ctx); err != nil {
		return r, err
	}
	m := Manifest{Format: format, MadeAt: t.Now().UTC().Round(time.Second), Program: t.Program, Of: t.report.Snapshot,
		Database: databaseDir + "/" + t.name, List: t.name + listSuffix, Lost: t.report.Lost, Checked: t.share.next()}
	if m.SHA256, err = t.list.end(); err != nil {
		return r, err
	}
	m.Files, m.Bytes = t.list.files, t.list.bytes
	t.report.Files, t.report.Bytes = m.Files, m.Bytes
	if err := errors.Join(syncFile(filepath.Join(t.dir, databaseDir)), syncFile(t.dir)); err != nil {
		return r, err
	}
	if err := m.write(t.dir); err != nil {
		return r, err
	}
	if err := t.tidy(ctx); err != nil {
		return t.report, err
	}
	if err := t.Store.NoteBackup(ctx, t.report.Snapshot); err != nil {
		return t.report, fmt.Errorf("the backup is whole, and cannot be noted in the record: %w", err)
	}
	return t.report, nil
}

// freshName is the moment, and a number when there was a backup in the same second.
func (t *taking) freshName() (string, error) {
	moment := t.Now().UTC().Format("20060102T150405Z")
	if err := os.MkdirAll(filepath.Join(t.dir, databaseDir), 0o700); err != nil {
		return "", err
	}
	for n := 0; ; n++ {
		name := moment
		if n > 0 {
			name = fmt.Sprintf("%s-%d", moment, n)
		}
		taken, err := filepath.Glob(filepath.Join(t.dir, databaseDir, name))
		if err != nil || len(taken) == 0 {
			return name, err
		}
	}
}

// database copies the database and notes which bytes it names.
func (t *taking) database(ctx context.Context) (err error) {
	t.bodies = map[string][]byte{}
	t.report.Snapshot, err = t.Store.Snapshot(ctx, filepath.Join(t.dir, databaseDir, t.name), t.note)
	return err
}

// tidy removes what the new manifest does not name: older databases and lists, and bytes that were erased.
func (t *taking) tidy(ctx context.Context) error {
	if err := sweep(t.dir, t.name); err != nil {
		return err
	}
	for _, key := range t.surplus {
		if err := t.kept.Delete(ctx, key); err != nil {
			return err
		}
		t.report.Removed++
	}
	return nil
}

// sweep removes databases and lists but those of one backup.
func sweep(dir, name string) error {
	for _, pattern := range []string{filepath.Join(databaseDir, "*"), "*" + listSuffix, ".new-*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range found {
			if strings.TrimSuffix(filepath.Base(path), listSuffix) == name {
				continue
			}
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// lockMode says whether others may use a folder meanwhile.
type lockMode int

// Readers share a folder; who writes has it alone.
const (
	shared lockMode = iota
	exclusive
)
