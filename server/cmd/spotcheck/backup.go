package main

import (
	"context"
	"errors"
	"fmt"

	"spotcheck/server/app"
	"spotcheck/server/backup"
	"spotcheck/server/core"
)

func backUp(ctx context.Context, t *terminal, args []string) error {
	dir, args, err := split(args, "the folder of the backup")
	if err != nil {
		return err
	}
	f := flags("backup DIR")
	check := f.Bool("check-all", false, "read again every file that is there already, not a share of them in turn")
	c, err := settings(t, f, args)
	if err != nil {
		return err
	}
	r, err := app.Backup(ctx, c, c.Logger(t.err), core.Clock, dir, app.BackupOptions{Program: Version, CheckAll: *check, Progress: progress(t)})
	if err != nil {
		return err
	}
	return reported(t, r, fmt.Sprintf("%s holds %d files, %s, as of event %d: %d copied, %d as before, %d removed",
		dir, r.Files, size(r.Bytes), r.Snapshot.LastEvent, r.Copied, r.Files-1-r.Copied, r.Removed))
}

func restore(ctx context.Context, t *terminal, args []string) error {
	dir, args, err := split(args, "the folder of the backup")
	if err != nil {
		return err
	}
	f := flags("restore DIR")
	despite := f.Bool("despite-damage", false, "restore what is whole of a damaged backup, and list the rest")
	c, err := settings(t, f, args)
	if err != nil {
		return err
	}
	r, err := app.Restore(ctx, c, c.Logger(t.err), core.Clock, dir, app.RestoreOptions{AllowDamage: *despite, Progress: progress(t)})
	if err != nil {
		return err
	}
	told := reported(t, r, fmt.Sprintf("Restored the database as of event %d and %d files, %s", r.Snapshot.LastEvent, r.Files, size(r.Bytes)))
	a, err := app.OpenExisting(ctx, c, c.Logger(t.err), core.Clock)
	if err != nil {
		return err
	}
	if err := errors.Join(auditOf(ctx, t, onRecord(a.Core), nil), a.Close()); err != nil {
		return err
	}
	return told
}

// progress says now and then how far it is.
func progress(t *terminal) func(done, all int64) {
	next := int64(1000)
	return func(done, all int64) {
		if done >= next {
			next = done + 1000
			fmt.Fprintf(t.err, "%d of %d files\n", done, all)
		}
	}
}

// reported tells what was done, and what is lost; errFound when something is.
func reported(t *terminal, r backup.Report, text string) error {
	for _, mended := range r.Mended {
		fmt.Fprintln(t.out, "MENDED", mended)
	}
	for _, lost := range r.Lost {
		fmt.Fprintln(t.out, "LOST  ", lost)
	}
	if _, err := fmt.Fprintln(t.out, text); err != nil {
		return err
	}
	if len(r.Lost) > 0 {
		return errFound
	}
	return nil
}

// size is bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d bytes", n)
}
