package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"spotcheck/server/blob"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/store"
)

// Marker is a file in the data folder while a restore is under way; no server starts beside it.
const Marker = "restoring"

// Target is the empty place that a backup is restored into.
type Target struct {
	Data        string // folder
	Database    store.Options
	Blobs       blob.Store
	AllowDamage bool                  // what is whole is restored, the rest is reported as lost
	Progress    func(done, all int64) // how many files are done; may be nil
}

// Restore makes an installation from the backup in a folder: first the bytes, each held against its digest, then the
// database, which shows at once and with a new epoch. A backup that is damaged is refused. After an interruption the same
// restore goes on; any other target has to be empty.
func Restore(ctx context.Context, t Target, dir string) (Report, error) {
	unlock, err := lock(filepath.Join(dir, lockName), shared)
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	m, err := readManifest(dir)
	if err != nil {
		return Report{}, err
	}
	r := &restoring{Target: t, dir: dir, manifest: m, report: Report{Snapshot: m.Of, Lost: m.Lost}}
	if err := r.check(); err != nil {
		return Report{}, err
	}
	if err := r.begin(ctx); err != nil {
		return Report{}, err
	}
	if err := r.bytes(ctx); err != nil {
		return Report{}, err
	}
	if !r.loaded {
		if err := store.Load(ctx, t.Database, m.Of, filepath.Join(dir, m.Database)); err != nil {
			return Report{}, told(err, m)
		}
	}
	if err := os.Remove(r.marker()); err != nil {
		return Report{}, err
	}
	return r.report, syncFile(t.Data)
}

// told is what a person reads of a copy that this place does not take.
func told(err error, m Manifest) error {
	switch {
	case errors.Is(err, store.ErrOtherDatabase) && m.Of.Dialect == "sqlite":
		return errors.New("the backup is of SQLite: restore it without --database-url")
	case errors.Is(err, store.ErrOtherDatabase):
		return errors.New("the backup is of PostgreSQL: give the address of an empty database by --database-url")
	case errors.Is(err, store.ErrNewerSchema):
		return fmt.Errorf("the backup was made by a newer program (schema %d); restore it with that one or a later one", m.Of.Schema)
	}
	return err
}

// restoring is a restore under way.
type restoring struct {
	Target
	dir      string
	manifest Manifest
	again    bool // goes on after an interruption
	loaded   bool // which came after the database was there
	report   Report
}

func (r *restoring) marker() string { return filepath.Join(r.Data, Marker) }

// check holds list and database against their digests before anything is written.
func (r *restoring) check() error {
	if r.Database.URL == "" != (r.manifest.Of.Dialect == "sqlite") {
		return told(store.ErrOtherDatabase, r.manifest)
	}
	if r.manifest.Of.Schema > store.Newest {
		return told(store.ErrNewerSchema, r.manifest)
	}
	sum, _, err := r.digest(r.manifest.List)
	if err != nil {
		return err
	}
	if sum != r.manifest.SHA256 {
		return errDamaged(r.manifest.List, "has another digest than the manifest says")
	}
	database := false
	if err := lines(filepath.Join(r.dir, r.manifest.List), func(l line) error {
		if l.file != r.manifest.Database {
			return nil
		}
		database = true
		if sum, _, err := r.digest(l.file); err != nil || sum == l.sum {
			return err
		}
		return errDamaged(l.file, "has another digest than when it was written")
	}); err != nil {
		return err
	}
	if !database {
		return errDamaged(manifestName, "names a database that the list does not have")
	}
	return nil
}

func (r *restoring) digest(name string) (string, int64, error) {
	sum, size, err := digestOf(filepath.Join(r.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return "", 0, errDamaged(name, "is missing")
	}
	return sum, size, err
}

// begin makes sure that the place is empty, or that this very restore was interrupted here, and marks it.
func (r *restoring) begin(ctx context.Context) error {
	raw, err := os.ReadFile(r.marker())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.again = string(raw) == r.manifest.SHA256
	if len(raw) > 0 && !r.again {
		return fmt.Errorf("a restore of another backup into %s was interrupted: empty the place first", r.Data)
	}
	if ok, err := store.Empty(ctx, r.Database, r.manifest.Of); err != nil {
		return err
	} else if r.loaded = !ok && r.again; !ok && !r.again {
		return errors.New("the database is not empty: restore only into an empty place")
	}
	if r.again {
		return nil
	}
	if err := r.Blobs.List(ctx, "", func(key string, _ blob.Info) error { return errFull }); err != nil {
		if errors.Is(err, errFull) {
			return errors.New("there are photos already: restore only into an empty place")
		}
		return err
	}
	return replace(r.marker(), []byte(r.manifest.SHA256))
}

// errFull ends the search at the first key.
var errFull = errors.New("backup: not empty")

// bytes copies everything but the database.
func (r *restoring) bytes(ctx context.Context) error {
	kept := dirblob.OpenRead(r.dir)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(copiers)
	results := make(chan copied, copiers)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for c := range results {
			r.count(c)
		}
	}()
	err := lines(filepath.Join(r.dir, r.manifest.List), func(l line) error {
		key, ok := l.key()
		if !ok {
			return nil
		}
		g.Go(func() error {
			c, err := r.one(ctx, kept, key, l)
			results <- c
			return err
		})
		return ctx.Err()
	})
	first := g.Wait()
	close(results)
	<-done
	if first != nil {
		return first
	}
	return err
}

func (r *restoring) count(c copied) {
	if c.lost != "" {
		r.report.Lost = append(r.report.Lost, c.lost)
		return
	}
	r.report.Files++
	r.report.Bytes += c.size
	if c.fresh {
		r.report.Copied++
	}
	if r.Progress != nil {
		r.Progress(r.report.Files, r.manifest.Files-1)
	}
}

// one puts some bytes of the backup into the store.
func (r *restoring) one(ctx context.Context, kept blob.Store, key string, l line) (copied, error) {
	in, info, err := kept.Open(ctx, key)
	if errors.Is(err, blob.ErrNotExist) || errors.Is(err, blob.ErrKey) {
		return r.damaged(l.file, "is missing")
	}
	if err != nil {
		return copied{}, err
	}
	defer func() { _ = in.Close() }() // it was only read
	if r.again {
		if there, err := r.Blobs.Stat(ctx, key); err == nil && there.Size == info.Size {
			return copied{sum: l.sum, size: info.Size}, nil
		}
	}
	c, err := place(ctx, r.Blobs, key, in, l.sum)
	if errors.Is(err, errOther) {
		return r.damaged(l.file, "has another digest than when it was written")
	}
	return c, err
}

func (r *restoring) damaged(file, what string) (copied, error) {
	if r.AllowDamage {
		return copied{lost: file + " " + what}, nil
	}
	return copied{}, errDamaged(file, what)
}
