package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"spotcheck/server/backup"
	"spotcheck/server/config"
	"spotcheck/server/store"
)

// BackupOptions say which program makes a backup, whether all of what is there already is read again, and who hears how far it is (nil:
// nobody).
type BackupOptions struct {
	Program  string
	CheckAll bool
	Progress func(done, all int64)
}

// Backup copies an installation, which may be at work, into a folder. Its database stays at the schema that it has.
func Backup(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time, dir string, o BackupOptions) (backup.Report, error) {
	a, err := open(ctx, c, log, now, opening{existing: true, ready: func(*store.Store, context.Context) error { return nil }})
	if err != nil {
		return backup.Report{}, err
	}
	r, err := backup.Take(ctx, backup.Source{Store: a.Core.Store, Blobs: a.Core.Blobs, Now: now, Program: o.Program, CheckAll: o.CheckAll,
		Progress: o.Progress}, dir)
	return r, errors.Join(err, a.Close())
}

// RestoreOptions say how a backup becomes an installation: whether what is whole of a damaged one is taken, and who hears how far
// it is (nil: nobody).
type RestoreOptions struct {
	AllowDamage bool
	Progress    func(done, all int64)
}

// Restore makes an installation from a backup, in an empty place.
func Restore(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time, dir string, o RestoreOptions) (backup.Report, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return backup.Report{}, err
	}
	blobs, err := openBlobs(ctx, c, log, true)
	if err != nil {
		return backup.Report{}, err
	}
	return backup.Restore(ctx, backup.Target{Data: c.Data, Database: database(c, now), Blobs: blobs, AllowDamage: o.AllowDamage, Progress: o.Progress}, dir)
}
