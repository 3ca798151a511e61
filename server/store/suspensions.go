package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

const suspensionColumns = `SELECT s.uid, (SELECT uid FROM area WHERE id = s.area), s.categories, s.from_at, s.to_at, s.reason,
	(SELECT uid FROM person WHERE id = s.person), s.created_at, s.updated_at FROM suspension s `

func scanSuspension(r scanner) (v inspect.Suspension, err error) {
	var categories string
	if err = r.Scan((*uid)(&v.ID), (*uid)(&v.Area), &categories, &v.From, &v.To, &v.Reason, (*uid)(&v.By), &v.CreatedAt, &v.UpdatedAt); err != nil {
		return v, err
	}
	err = readJSON(categories, &v.Categories)
	return v, err
}

// Suspensions gives those that end after a moment, the latest beginning first.
func (tx *Tx) Suspensions(ctx context.Context, after inspect.Time) ([]inspect.Suspension, error) {
	return list(ctx, tx, scanSuspension, suspensionColumns+"WHERE s.to_at > ? ORDER BY s.from_at DESC, s.id", int64(after))
}

// Suspension gives one; ok is false when there is none.
func (tx *Tx) Suspension(ctx context.Context, id inspect.ID) (v inspect.Suspension, ok bool, err error) {
	v, err = scanSuspension(tx.row(ctx, suspensionColumns+"WHERE s.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// SaveSuspension inserts a suspension or changes its end.
func (tx *Tx) SaveSuspension(ctx context.Context, v inspect.Suspension) error {
	categories, err := asJSON(&v.Categories)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO suspension (uid, area, categories, from_at, to_at, reason, person, created_at, updated_at)
		VALUES (?, (SELECT id FROM area WHERE uid = ?), ?, ?, ?, ?, (SELECT id FROM person WHERE uid = ?), ?, ?)
		ON CONFLICT (uid) DO UPDATE SET to_at = excluded.to_at, updated_at = excluded.updated_at`,
		bytesOf(v.ID), bytesOf(v.Area), categories, int64(v.From), int64(v.To), v.Reason, bytesOf(v.By), int64(v.CreatedAt), int64(v.UpdatedAt))
}
