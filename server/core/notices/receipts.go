package notices

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// ReceiptRequest is that somebody signed for a paper: by name, by a drawn signature, or on the paper itself, of which there is a
// photo among those of an issue of the paper.
type ReceiptRequest struct {
	Paper     inspect.ID
	Name      string
	SignedAt  inspect.Time
	Signature []byte // PNG
	Photo     inspect.ID
	Content   []byte // the body as it came, to know a repetition
}

// Bounds of a drawn signature.
const (
	signatureBytes  = 200_000
	signaturePixels = 2_000_000
)

// SignPaper keeps that a paper was signed for, once; the same again changes nothing. Who lost the paper since is told that it was done, and
// gets no view of it.
func (svc *Service) SignPaper(ctx context.Context, a *inspect.Actor, ask ReceiptRequest) (v PaperView, repeated bool, err error) {
	text, err := ledger.Content(ask.Content)
	if err != nil {
		return v, false, err
	}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error { // before anything is kept for them
		_, err := signable(ctx, tx, a, ask.Paper)
		if err != nil {
			repeated, err = signedBefore(ctx, tx, a, ask.Paper, text, err)
		}
		return err
	}); err != nil || repeated {
		return v, repeated, err
	}
	r := store.Receipt{By: a.ID, SignedAt: ask.SignedAt, Photo: ask.Photo, Name: ask.Name}
	r.ContentSalt, r.ContentSeal = ledger.SealedContent(text)
	if r.Signature, err = svc.keepSignature(ctx, ask.Signature); err != nil {
		return v, false, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockPaper(ctx, ask.Paper); err != nil {
			return err
		}
		p, err := signable(ctx, tx, a, ask.Paper)
		if err != nil {
			return err
		}
		old, err := tx.Receipt(ctx, &p)
		if err != nil {
			return err
		}
		if old == nil && p.CancelledAt != 0 {
			return inspect.ErrPaperCancelled
		}
		if repeated = old != nil; repeated && (old.By != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal)) {
			return inspect.ErrPaperSigned
		}
		if !repeated {
			if err := signPaper(ctx, tx, a, &p, &r); err != nil {
				return err
			}
			if err := svc.tellPrograms(ctx, tx, paperSigned, &p); err != nil {
				return err
			}
		}
		v, err = svc.paperView(ctx, tx, ask.Paper)
		return err
	})
	return v, repeated, err
}

// signedBefore says whether somebody to whom a paper is out of reach now signed for it by the same request. Anything else is refused as it was.
func signedBefore(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, text string, refused error) (bool, error) {
	if !outOfReach(refused) {
		return false, refused
	}
	p, ok, err := tx.Paper(ctx, id)
	if err != nil || !ok {
		return false, orElse(err, refused)
	}
	old, err := tx.Receipt(ctx, &p)
	if err != nil || old == nil || old.By != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal) {
		return false, orElse(err, refused)
	}
	return true, nil
}

// signable gives a paper that the actor may sign for.
func signable(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (store.Paper, error) {
	p, err := visiblePaper(ctx, tx, a, id)
	if err != nil {
		return p, err
	}
	ok, err := mayPaper(ctx, tx, a, inspect.MaySignPapers, &p)
	if err == nil && !ok {
		err = inspect.ErrForbidden
	}
	return p, err
}

func signPaper(ctx context.Context, tx *store.Tx, a *inspect.Actor, p *store.Paper, r *store.Receipt) error {
	r.At, p.UpdatedAt = tx.Now, tx.Now
	if r.SignedAt > tx.Now.Add(clockBound) || r.SignedAt < p.IssuedAt.Add(-clockBound) {
		return inspect.InvalidField("/signed_at", "a paper is signed for after it was issued and before now")
	}
	if !r.Photo.IsZero() {
		v, ok, err := tx.Photo(ctx, r.Photo)
		switch {
		case err != nil:
			return err
		case !ok || !hasPhoto(p, &v):
			return inspect.UnknownField("/photo", "no issue of this paper has such a photo")
		case v.State != inspect.PhotoSafe:
			return inspect.ErrPhotoNotSafe
		}
	}
	if _, err := tx.SealTexts(ctx, p.ID, map[string]string{store.ReceiptName: r.Name}); err != nil {
		return err
	}
	seals, err := SealsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	recordPaper(tx, a.ID, paperSigned, p, seals, r, nil)
	return tx.InsertReceipt(ctx, p, r)
}

// clockBound is how far the clock of whoever signs may be off.
const clockBound = 2 * time.Minute

// keepSignature checks a drawn signature and makes it durable; none is none.
func (svc *Service) keepSignature(ctx context.Context, png []byte) (f inspect.PaperFile, err error) {
	if len(png) == 0 {
		return f, nil
	}
	facts, err := photo.Inspect(ctx, bytes.NewReader(png), int64(len(png)), svc.zone)
	if err != nil || len(png) > signatureBytes || facts.Type != photo.PNG || facts.Damaged || facts.Width*facts.Height > signaturePixels {
		return f, inspect.InvalidField("/signature", "want a PNG file of at most 200,000 bytes and 2 megapixels")
	}
	if _, err := photo.DecodeSmall(png, photo.PNG, signaturePixels); err != nil {
		return f, inspect.InvalidField("/signature", "the PNG file cannot be read")
	}
	sum := sha256.Sum256(png)
	f = inspect.PaperFile{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(png))}
	return f, city.AsUnavailable(svc.blobs.Put(ctx, PaperKey(f.SHA256), png))
}

// Signature opens the drawn signature under the receipt of a paper.
func (svc *Service) Signature(ctx context.Context, a *inspect.Actor, id inspect.ID) (photos.Picture, error) {
	v, err := svc.Paper(ctx, a, id)
	if err != nil {
		return photos.Picture{}, err
	}
	if v.Receipt == nil || v.Receipt.Signature.SHA256 == "" {
		return photos.Picture{}, inspect.ErrNotFound
	}
	f := v.Receipt.Signature
	body, info, err := svc.blobs.Open(ctx, PaperKey(f.SHA256))
	return photos.Picture{Body: body, Bytes: info.Size, SHA256: f.SHA256, Type: photo.PNG}, city.AsUnavailable(err)
}
