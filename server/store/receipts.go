package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// Receipt is that somebody has signed for a paper. The name of who signed lies beside the record.
type Receipt struct {
	By          inspect.ID // who gave it in
	At          inspect.Time
	SignedAt    inspect.Time
	Signature   inspect.PaperFile // as drawn, none when there is a photo or only a name
	Photo       inspect.ID        // of the signed paper
	Name        string
	ContentSalt []byte
	ContentSeal string
}

// ReceiptName is the field of a paper under which the name of who signed is sealed.
const ReceiptName = "receipt_name"

// Receipt gives the receipt of a paper, nil when nobody has signed.
func (tx *Tx) Receipt(ctx context.Context, p *Paper) (*Receipt, error) {
	if !p.Signed {
		return nil, nil
	}
	var r Receipt
	err := tx.row(ctx, `SELECT (SELECT uid FROM person WHERE id = r.person), r.at, r.signed_at, r.signature, r.signature_bytes,
		(SELECT uid FROM photo WHERE id = r.photo), r.content_salt, r.content_seal FROM paper_receipt r WHERE r.paper = ?`, p.id).
		Scan((*uid)(&r.By), &r.At, &r.SignedAt, &r.Signature.SHA256, &r.Signature.Bytes, (*uid)(&r.Photo), &r.ContentSalt, &r.ContentSeal)
	if err != nil {
		return nil, err
	}
	told, err := tx.Texts(ctx, p.ID)
	r.Name = told[ReceiptName]
	return &r, err
}

// InsertReceipt keeps the receipt of a paper that has none.
func (tx *Tx) InsertReceipt(ctx context.Context, p *Paper, r *Receipt) error {
	if err := tx.exec(ctx, `INSERT INTO paper_receipt (paper, person, at, signed_at, signature, signature_bytes, photo, content_salt, content_seal)
		VALUES (?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, (SELECT id FROM photo WHERE uid = ?), ?, ?)`,
		p.id, bytesOf(r.By), int64(r.At), int64(r.SignedAt), r.Signature.SHA256, r.Signature.Bytes, bytesOf(r.Photo), r.ContentSalt, r.ContentSeal); err != nil {
		return err
	}
	return tx.execOne(ctx, "UPDATE paper SET updated_at = ? WHERE id = ?", int64(p.UpdatedAt), p.id)
}

// ReadableNumbers gives the readable numbers of issues and of papers.
func (tx *Tx) ReadableNumbers(ctx context.Context, issues, papers []inspect.ID) (map[inspect.ID]string, error) {
	numbers := map[inspect.ID]string{}
	scan := func(r scanner) error {
		var id inspect.ID
		var number string
		err := r.Scan((*uid)(&id), &number)
		numbers[id] = number
		return err
	}
	marks, args := in(issues)
	if err := tx.each(ctx, scan, "SELECT uid, number FROM issue WHERE uid IN ("+marks+")", args...); err != nil {
		return nil, err
	}
	marks, args = in(papers)
	return numbers, tx.each(ctx, scan, "SELECT uid, number FROM paper WHERE uid IN ("+marks+")", args...)
}
