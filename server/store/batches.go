package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// Batch is many papers that are asked for at once. What was asked lies beside the record.
type Batch struct {
	ID          inspect.ID
	By          inspect.ID
	Kind        inspect.PaperKind
	AskedAt     inspect.Time
	UpdatedAt   inspect.Time
	Papers      int    // that were asked for
	Done        bool   // all of them are issued, or failed
	Failed      string // JSON: what could not be issued and why
	Issued      int
	Made        int // their files are there
	ContentSalt []byte
	ContentSeal string
}

const batchColumns = `SELECT b.uid, (SELECT uid FROM person WHERE id = b.person), b.kind, b.asked_at, b.updated_at, b.papers, b.done, b.failed,
	(SELECT count(*) FROM paper p WHERE p.batch = b.id), (SELECT count(*) FROM paper p WHERE p.batch = b.id AND p.pdf <> ''),
	b.content_salt, b.content_seal FROM paper_batch b `

func scanBatch(r scanner) (b Batch, err error) {
	err = r.Scan((*uid)(&b.ID), (*uid)(&b.By), &b.Kind, &b.AskedAt, &b.UpdatedAt, &b.Papers, &b.Done, &b.Failed, &b.Issued, &b.Made, &b.ContentSalt, &b.ContentSeal)
	return b, err
}

// Batch gives a batch of papers; ok is false when there is none.
func (tx *Tx) Batch(ctx context.Context, id inspect.ID) (b Batch, ok bool, err error) {
	b, err = scanBatch(tx.row(ctx, batchColumns+"WHERE b.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return b, ok, err
}

// Batches gives all batches, oldest first.
func (tx *Tx) Batches(ctx context.Context) ([]Batch, error) {
	return list(ctx, tx, scanBatch, batchColumns+"ORDER BY b.id")
}

// InsertBatch keeps a batch that is to be made.
func (tx *Tx) InsertBatch(ctx context.Context, b *Batch) error {
	return tx.exec(ctx, `INSERT INTO paper_batch (uid, person, kind, asked_at, updated_at, papers, done, failed, content_salt, content_seal)
		VALUES (?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, ?, '', ?, ?)`,
		bytesOf(b.ID), bytesOf(b.By), string(b.Kind), int64(b.AskedAt), int64(b.UpdatedAt), b.Papers, false, b.ContentSalt, b.ContentSeal)
}

// EndBatch notes that a batch that was not done is.
func (tx *Tx) EndBatch(ctx context.Context, b *Batch) error {
	return tx.execOne(ctx, "UPDATE paper_batch SET done = ?, failed = ?, updated_at = ? WHERE uid = ? AND NOT done", true, b.Failed, int64(b.UpdatedAt), bytesOf(b.ID))
}
