package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

const flagColumns = `SELECT f.uid, f.kind, f.photo, f.other, f.detail, f.at, f.decision, d.uid, f.decided_at, f.decided
	FROM flag f LEFT JOIN person d ON d.id = f.decided_by `

func scanFlag(r scanner) (f inspect.Flag, err error) {
	err = r.Scan((*uid)(&f.ID), &f.Kind, (*uid)(&f.Photo), (*uid)(&f.Other), &f.Detail, &f.At, &f.Decision, (*uid)(&f.DecidedBy), &f.DecidedAt,
		(*uid)(&f.Decided))
	return f, err
}

// AddFlag notes something odd about an issue.
func (tx *Tx) AddFlag(ctx context.Context, i *IssueRow, f inspect.Flag) error {
	return tx.exec(ctx, "INSERT INTO flag (uid, issue, kind, photo, other, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		bytesOf(f.ID), i.id, string(f.Kind), bytesOf(f.Photo), bytesOf(f.Other), f.Detail, int64(tx.Now))
}

// Flags gives what is odd about an issue, oldest first.
func (tx *Tx) Flags(ctx context.Context, i *IssueRow) ([]inspect.Flag, error) {
	return list(ctx, tx, scanFlag, flagColumns+"WHERE f.issue = ? ORDER BY f.id LIMIT 500", i.id)
}

// EachFlag calls f for everything that is odd about an issue.
func (tx *Tx) EachFlag(ctx context.Context, i *IssueRow, f func(inspect.Flag) error) error {
	return tx.each(ctx, func(r scanner) error {
		flag, err := scanFlag(r)
		if err != nil {
			return err
		}
		return f(flag)
	}, flagColumns+"WHERE f.issue = ? ORDER BY f.id", i.id)
}

// PhotoFlagged says whether something odd of this kind was ever noted about a photo.
func (tx *Tx) PhotoFlagged(ctx context.Context, photo inspect.ID, kind inspect.FlagKind) (bool, error) {
	return tx.any(ctx, "SELECT 1 FROM flag f JOIN photo p ON p.issue = f.issue WHERE p.uid = ? AND f.photo = ? AND f.kind = ? LIMIT 1",
		bytesOf(photo), bytesOf(photo), string(kind))
}

// Flag gives a flag of an issue; ok is false when there is none.
func (tx *Tx) Flag(ctx context.Context, i *IssueRow, id inspect.ID) (f inspect.Flag, ok bool, err error) {
	f, err = scanFlag(tx.row(ctx, flagColumns+"WHERE f.uid = ? AND f.issue = ?", bytesOf(id), i.id))
	ok, err = ignoreNoRows(err)
	return f, ok, err
}

// DecideFlag keeps what a person decided about a flag, by an action that says why.
func (tx *Tx) DecideFlag(ctx context.Context, id inspect.ID, d inspect.Decision, by, action inspect.ID) error {
	return tx.execOne(ctx, "UPDATE flag SET decision = ?, decided_by = (SELECT id FROM person WHERE uid = ?), decided_at = ?, decided = ? WHERE uid = ?",
		string(d), bytesOf(by), int64(tx.Now), bytesOf(action), bytesOf(id))
}
