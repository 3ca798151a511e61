package store

import (
	"context"
	"errors"
	"fmt"

	"spotcheck/pkg/draw"
	"spotcheck/pkg/inspect"
)

const drawColumns = `SELECT d.id, d.uid, d.purpose, d.kind, (SELECT uid FROM area WHERE id = d.area), d.by_area, d.list, d.salt, d.seed, d.replaced, d.ended_at,
	d.made_by, d.created_at, d.updated_at FROM draw d `

func scanDraw(r scanner) (id int64, d inspect.Draw, err error) {
	var list, replaced string
	if err = r.Scan(&id, (*uid)(&d.ID), &d.Purpose, &d.Kind, (*uid)(&d.Area), &d.ByArea, &list, &d.Salt, &d.Seed, &replaced, &d.EndedAt, (*uid)(&d.MadeBy),
		&d.CreatedAt, &d.UpdatedAt); err != nil {
		return id, d, err
	}
	var unreadable error
	if d.List, unreadable = draw.Parse(list); unreadable != nil {
		unreadable = fmt.Errorf("%w: %w", ErrUnreadable, unreadable)
	}
	err = errors.Join(unreadable, readJSON(replaced, &d.Replaced))
	return id, d, err
}

// Draw gives one draw; ok is false when there is none.
func (tx *Tx) Draw(ctx context.Context, id inspect.ID) (d inspect.Draw, ok bool, err error) {
	_, d, err = scanDraw(tx.row(ctx, drawColumns+"WHERE d.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return d, ok, err
}

// Draws gives draws, the newest first, before the one at the cursor (0 for the first page); the next cursor is 0 at the end.
func (tx *Tx) Draws(ctx context.Context, before int64, limit int) (all []inspect.Draw, next int64, err error) {
	q, args := "", []any{limit}
	if before > 0 {
		q, args = "WHERE d.id < ? ", []any{before, limit}
	}
	all, err = list(ctx, tx, func(r scanner) (d inspect.Draw, err error) {
		next, d, err = scanDraw(r)
		return d, err
	}, drawColumns+q+"ORDER BY d.id DESC LIMIT ?", args...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// DrawsBefore gives some draws that came before this one with its purpose, or of the same kind of places in the same area, the newest first: an office
// that draws again is shown what it drew first.
func (tx *Tx) DrawsBefore(ctx context.Context, d *inspect.Draw, limit int) ([]inspect.Draw, error) {
	return list(ctx, tx, func(r scanner) (inspect.Draw, error) {
		_, d, err := scanDraw(r)
		return d, err
	}, drawColumns+`WHERE d.id IN (SELECT id FROM draw WHERE purpose = ? UNION SELECT id FROM draw WHERE kind = ? AND COALESCE(area, 0) =
			COALESCE((SELECT id FROM area WHERE uid = ?), 0))
		AND d.id < COALESCE((SELECT id FROM draw WHERE uid = ?), 9223372036854775807) ORDER BY d.id DESC LIMIT ?`,
		d.Purpose, string(d.Kind), bytesOf(d.Area), bytesOf(d.ID), limit)
}

// EachDraw calls f for every draw; of one that cannot be read with what can.
func (tx *Tx) EachDraw(ctx context.Context, f func(inspect.Draw) error) error {
	return tx.each(ctx, func(r scanner) error {
		_, d, err := scanDraw(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(d)
	}, drawColumns+"ORDER BY d.id")
}

// SaveDraw inserts a draw or changes the one with its id; what was frozen stays.
func (tx *Tx) SaveDraw(ctx context.Context, d inspect.Draw) error {
	replaced, err := asJSON(&d.Replaced)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO draw (uid, purpose, kind, area, by_area, list, salt, seed, replaced, ended_at, made_by, created_at, updated_at)
		VALUES (?, ?, ?, (SELECT id FROM area WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET seed = excluded.seed, replaced = excluded.replaced, ended_at = excluded.ended_at, updated_at = excluded.updated_at`,
		bytesOf(d.ID), d.Purpose, string(d.Kind), bytesOf(d.Area), d.ByArea, d.List.Text(), d.Salt, d.Seed, replaced, int64(d.EndedAt), bytesOf(d.MadeBy),
		int64(d.CreatedAt), int64(d.UpdatedAt))
}
