package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// SetEnrolment lets a person log in once with a token until a moment; an older token of theirs is no good any more.
func (tx *Tx) SetEnrolment(ctx context.Context, person inspect.ID, token []byte, until inspect.Time) error {
	return tx.execOne(ctx, `INSERT INTO enrolment (person, token_hash, expires_at) VALUES ((SELECT id FROM person WHERE uid = ?), ?, ?)
		ON CONFLICT (person) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at`, bytesOf(person), token, int64(until))
}

// Enrolment gives whom a token lets in now; ok is false when it is used up, too old or none.
func (tx *Tx) Enrolment(ctx context.Context, token []byte) (person inspect.ID, ok bool, err error) {
	err = tx.row(ctx, "SELECT p.uid FROM enrolment e JOIN person p ON p.id = e.person WHERE e.token_hash = ? AND e.expires_at > ? AND NOT p.disabled",
		token, int64(tx.Now)).Scan((*uid)(&person))
	ok, err = ignoreNoRows(err)
	return person, ok, err
}

// UseEnrolment takes a token away; ok is false when somebody else was faster.
func (tx *Tx) UseEnrolment(ctx context.Context, token []byte) (ok bool, err error) {
	n, err := tx.change(ctx, "DELETE FROM enrolment WHERE token_hash = ?", token)
	return n == 1, err
}
