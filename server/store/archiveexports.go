package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

const exportColumns = `SELECT x.id, x.uid, (SELECT uid FROM archive_heading WHERE id = x.heading), x.year, x.files, x.bytes, x.digest, x.made_by, x.made_at, x.gone_at
	FROM archive_export x `

func scanExport(r scanner) (id int64, x inspect.ArchiveExport, err error) {
	err = r.Scan(&id, (*uid)(&x.ID), (*uid)(&x.Heading), &x.Year, &x.Files, &x.Bytes, &x.Digest, (*uid)(&x.MadeBy), &x.MadeAt, &x.GoneAt)
	return id, x, err
}

// ArchiveExport gives one export; ok is false when there is none.
func (tx *Tx) ArchiveExport(ctx context.Context, id inspect.ID) (x inspect.ArchiveExport, ok bool, err error) {
	_, x, err = scanExport(tx.row(ctx, exportColumns+"WHERE x.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return x, ok, err
}

// ArchiveExports gives exports, the newest first, before the one at the cursor (0 for the first page); the next cursor is 0 at the end.
func (tx *Tx) ArchiveExports(ctx context.Context, before int64, limit int) (all []inspect.ArchiveExport, next int64, err error) {
	q, args := "", []any{limit}
	if before > 0 {
		q, args = "WHERE x.id < ? ", []any{before, limit}
	}
	all, err = list(ctx, tx, func(r scanner) (x inspect.ArchiveExport, err error) {
		next, x, err = scanExport(r)
		return x, err
	}, exportColumns+q+"ORDER BY x.id DESC LIMIT ?", args...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// ExportContent gives what an export is made of: the list of its files, and the pages that were made for it.
func (tx *Tx) ExportContent(ctx context.Context, id inspect.ID) (entries string, pages []byte, err error) {
	err = tx.row(ctx, "SELECT entries, pages FROM archive_export WHERE uid = ?", bytesOf(id)).Scan(&entries, &pages)
	return entries, pages, err
}

// InsertArchiveExport keeps an export with what it is made of.
func (tx *Tx) InsertArchiveExport(ctx context.Context, x *inspect.ArchiveExport, entries string, pages []byte) error {
	return tx.exec(ctx, `INSERT INTO archive_export (uid, heading, year, files, bytes, digest, entries, pages, made_by, made_at, gone_at)
		VALUES (?, (SELECT id FROM archive_heading WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		bytesOf(x.ID), bytesOf(x.Heading), x.Year, x.Files, x.Bytes, x.Digest, entries, pages, bytesOf(x.MadeBy), int64(x.MadeAt))
}

// ExportsMadeBefore gives those that were made before a moment and can still be fetched.
func (tx *Tx) ExportsMadeBefore(ctx context.Context, at inspect.Time) ([]inspect.ArchiveExport, error) {
	return list(ctx, tx, func(r scanner) (inspect.ArchiveExport, error) {
		_, x, err := scanExport(r)
		return x, err
	}, exportColumns+"WHERE x.gone_at = 0 AND x.made_at < ? ORDER BY x.id", int64(at))
}

// DropExportContent forgets what an export is made of.
func (tx *Tx) DropExportContent(ctx context.Context, id inspect.ID) error {
	return tx.execOne(ctx, "UPDATE archive_export SET entries = '', pages = ?, gone_at = ? WHERE uid = ?", []byte{}, int64(tx.Now), bytesOf(id))
}

// EachArchiveExport calls f for every export with what it is made of.
func (tx *Tx) EachArchiveExport(ctx context.Context, f func(x *inspect.ArchiveExport, entries string, pages []byte) error) error {
	return tx.each(ctx, func(r scanner) error {
		var x inspect.ArchiveExport
		var entries string
		var pages []byte
		if err := r.Scan((*uid)(&x.ID), (*uid)(&x.Heading), &x.Year, &x.Files, &x.Bytes, &x.Digest, (*uid)(&x.MadeBy), &x.MadeAt, &x.GoneAt, &entries, &pages); err != nil {
			return err
		}
		return f(&x, entries, pages)
	}, `SELECT x.uid, (SELECT uid FROM archive_heading WHERE id = x.heading), x.year, x.files, x.bytes, x.digest, x.made_by, x.made_at, x.gone_at, x.entries, x.pages
		FROM archive_export x ORDER BY x.id`)
}
