package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// exposedSize begins the names under which pictures with masks lie among those of their photo. All stay until the photo is erased.
const exposedSize = "exposed-"

const exposureColumns = `SELECT e.uid, p.uid, (SELECT uid FROM issue WHERE id = p.issue), e.state, e.masks, e.caption, e.sha256, e.bytes,
	(SELECT uid FROM person WHERE id = e.made_by), e.made_at,
	(SELECT uid FROM person WHERE id = e.decided_by), e.decided_at, e.reason, e.objection, e.objected_at FROM exposure e JOIN photo p ON p.id = e.photo `

func scanExposure(r scanner) (e inspect.Exposure, err error) {
	err = r.Scan((*uid)(&e.ID), (*uid)(&e.Photo), (*uid)(&e.Issue), &e.State, &e.Masks, &e.Caption, &e.SHA256, &e.Bytes, (*uid)(&e.MadeBy), &e.MadeAt,
		(*uid)(&e.DecidedBy), &e.DecidedAt, &e.Reason, &e.Objection, &e.ObjectedAt)
	return e, err
}

// Exposure gives the exposure of a photo; ok is false when there is none.
func (tx *Tx) Exposure(ctx context.Context, photo inspect.ID) (e inspect.Exposure, ok bool, err error) {
	e, err = scanExposure(tx.row(ctx, exposureColumns+"WHERE p.uid = ?", bytesOf(photo)))
	ok, err = ignoreNoRows(err)
	return e, ok, err
}

// Exposures gives those in a state whose photo is there, the latest decision first.
func (tx *Tx) Exposures(ctx context.Context, state inspect.ExposureState, limit int) ([]inspect.Exposure, error) {
	return list(ctx, tx, scanExposure, exposureColumns+"WHERE e.state = ? AND p.state = 'safe' ORDER BY e.decided_at DESC, e.id DESC LIMIT ?", string(state), limit)
}

// ExposuresOf gives the released ones of an issue, oldest first.
func (tx *Tx) ExposuresOf(ctx context.Context, issue inspect.ID) ([]inspect.Exposure, error) {
	return list(ctx, tx, scanExposure, exposureColumns+`WHERE p.issue = (SELECT id FROM issue WHERE uid = ?) AND p.state = 'safe' AND e.state = 'released' ORDER BY p.id`,
		bytesOf(issue))
}

// EachExposure calls f for every one of them.
func (tx *Tx) EachExposure(ctx context.Context, f func(inspect.Exposure)) error {
	return tx.each(ctx, func(r scanner) error {
		e, err := scanExposure(r)
		if err == nil {
			f(e)
		}
		return err
	}, exposureColumns+"ORDER BY e.id")
}

// SaveExposure keeps an exposure with its picture, whose digest it needs.
func (tx *Tx) SaveExposure(ctx context.Context, e inspect.Exposure) error {
	if err := tx.exec(ctx, `INSERT INTO exposure (uid, photo, state, masks, caption, sha256, bytes, made_by, made_at, decided_by, decided_at, reason, objection, objected_at)
		VALUES (?, (SELECT id FROM photo WHERE uid = ?), ?, ?, ?, ?, ?, (SELECT id FROM person WHERE uid = ?), ?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET state = excluded.state, masks = excluded.masks, caption = excluded.caption, sha256 = excluded.sha256, bytes = excluded.bytes,
			made_by = excluded.made_by, made_at = excluded.made_at, decided_by = excluded.decided_by, decided_at = excluded.decided_at, reason = excluded.reason,
			objection = excluded.objection, objected_at = excluded.objected_at`,
		bytesOf(e.ID), bytesOf(e.Photo), string(e.State), e.Masks, e.Caption, e.SHA256, e.Bytes, bytesOf(e.MadeBy), int64(e.MadeAt), bytesOf(e.DecidedBy), int64(e.DecidedAt),
		e.Reason, e.Objection, int64(e.ObjectedAt)); err != nil {
		return err
	}
	return tx.SaveRenditions(ctx, e.Photo, []Rendition{{Size: exposedSize + e.SHA256[:16], SHA256: e.SHA256, Bytes: e.Bytes}}, "")
}
