package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// Cancellation is that a paper was issued by mistake and is void. Why lies beside the record.
type Cancellation struct {
	By          inspect.ID
	At          inspect.Time
	Reason      string
	ContentSalt []byte // of the client's first content, to know a repetition
	ContentSeal string
}

// CancellationReason is the field of a paper under which the reason of its cancellation is sealed.
const CancellationReason = "cancellation_reason"

// Cancellation gives the cancellation of a paper, nil when it is in force.
func (tx *Tx) Cancellation(ctx context.Context, p *Paper) (*Cancellation, error) {
	if p.CancelledAt == 0 {
		return nil, nil
	}
	var c Cancellation
	if err := tx.row(ctx, "SELECT (SELECT uid FROM person WHERE id = c.person), c.at, c.content_salt, c.content_seal FROM paper_cancellation c WHERE c.paper = ?", p.id).
		Scan((*uid)(&c.By), &c.At, &c.ContentSalt, &c.ContentSeal); err != nil {
		return nil, err
	}
	told, err := tx.Texts(ctx, p.ID)
	c.Reason = told[CancellationReason]
	return &c, err
}

// InsertCancellation keeps that a paper is void.
func (tx *Tx) InsertCancellation(ctx context.Context, p *Paper, c *Cancellation) error {
	if err := tx.exec(ctx, "INSERT INTO paper_cancellation (paper, person, at, content_salt, content_seal) VALUES (?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?)",
		p.id, bytesOf(c.By), int64(c.At), c.ContentSalt, c.ContentSeal); err != nil {
		return err
	}
	return tx.execOne(ctx, "UPDATE paper SET updated_at = ? WHERE id = ?", int64(p.UpdatedAt), p.id)
}
