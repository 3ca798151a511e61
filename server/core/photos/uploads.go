package photos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/people"
	"spotcheck/server/store"
)

// Bounds of resumable uploads.
const (
	uploadLife = 7 * 24 * time.Hour // without a new part
	summedSize = 2 << 20            // bytes of a part with a checksum, which is held until it is whole

)

// FinishUpload asks for a whole upload to become a photo, should the request that brought its end have died.
type FinishUpload struct {
	Upload string `json:"upload"`
}

// Kind names the job.
func (FinishUpload) Kind() string { return "upload.finish" }

// Progress is how far an upload is; its bytes are durable up to Offset.
type Progress struct {
	store.Upload
	Safe bool // the photo is safe
}

// BeginUpload begins a resumable upload of a declared photo. The same person's upload of the same photo is one, however
// often it is begun; that of a photo that is safe already stands at its end.
func (svc *Service) BeginUpload(ctx context.Context, a *inspect.Actor, issue, id inspect.ID, length int64, sentAt inspect.Time) (p Progress, err error) {
	known, err := svc.expectedPhoto(ctx, a, issue, id)
	if issues.OutOfReach(err) {
		var before PhotoReceipt
		before, err = svc.receiptBefore(ctx, a, issue, id, err)
		known = before.Photo
	}
	switch {
	case err != nil:
		return p, err
	case length > photo.MaxBytes:
		return p, photo.ErrTooLarge
	case length != known.Bytes:
		return p, inspect.ErrPhotoManifest.With("The upload does not have the size that was declared.").
			At(fault.Field{Pointer: "Upload-Length", Detail: fmt.Sprintf("the manifest says %d bytes", known.Bytes)})
	}
	p.Safe = known.State == inspect.PhotoSafe
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		u := store.Upload{ID: inspect.NewID(), Photo: id, Person: a.ID, Bytes: length, SentAt: sentAt, ExpiresAt: tx.Now.Add(uploadLife)}
		if p.Safe {
			u.Offset = length
		}
		p.Upload, err = tx.InsertUpload(ctx, u)
		return err
	})
	return p, err
}

// Upload says how far an upload of the actor is. One that is whole is finished first, so that its end is never told
// before the photo is safe.
func (svc *Service) Upload(ctx context.Context, a *inspect.Actor, id inspect.ID) (p Progress, err error) {
	if p, err = svc.upload(ctx, a.ID, id); err != nil || p.Safe || !p.Whole() {
		return p, err
	}
	return svc.finish(ctx, a, p)
}

func (svc *Service) upload(ctx context.Context, person, id inspect.ID) (p Progress, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if p.Upload, ok, err = tx.Upload(ctx, id); err != nil {
			return err
		}
		if !ok || p.Person != person || p.ExpiresAt < tx.Now {
			return inspect.ErrUploadNotFound
		}
		known, _, err := tx.Photo(ctx, p.Photo)
		p.Safe = known.State == inspect.PhotoSafe
		return err
	})
	return p, err
}

// AppendPart takes what comes of a part and makes it durable bit by bit, so that a cut connection loses little; a part
// with a checksum counts whole or not at all. A later attempt fences this one off. The last part makes the photo safe.
func (svc *Service) AppendPart(ctx context.Context, a *inspect.Actor, id inspect.ID, in Part) (p Progress, err error) {
	if p, err = svc.upload(ctx, a.ID, id); err != nil {
		return p, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if p.Upload, ok, err = tx.RaiseUpload(ctx, id); err == nil && !ok {
			err = inspect.ErrUploadNotFound
		}
		return err
	})
	switch {
	case err != nil:
		return p, err
	case in.Offset != p.Offset:
		return p, inspect.ErrUploadOffset.With("The upload stands at byte %d, not %d; go on from there.", p.Offset, in.Offset)
	case in.Length > p.Bytes-p.Offset:
		return p, inspect.ErrUploadTooLong
	case in.Hash != nil && in.Length > summedSize:
		return p, inspect.ErrUploadTooLong.With("A part with a checksum has at most %d bytes.", summedSize)
	}
	if err := svc.checkRoom(in.Length); err != nil {
		return p, err
	}
	if err := svc.take(ctx, &p, in); err != nil {
		return p, err
	}
	if p.Whole() {
		return svc.finish(ctx, a, p)
	}
	return p, nil
}

// finish makes a whole upload a safe photo by the same checks as one that came at once. Bytes that are not those of the
// declaration are dropped: the phone begins again.
func (svc *Service) finish(ctx context.Context, a *inspect.Actor, p Progress) (Progress, error) {
	known, err := svc.expectedPhoto(ctx, a, p.Issue, p.Photo)
	if err != nil {
		return p, err
	}
	if known.State != inspect.PhotoSafe {
		spooled, err := svc.assemble(ctx, p, known.SHA256)
		switch {
		case errors.Is(err, inspect.ErrPhotoDigest):
			return p, errors.Join(err, svc.dropUpload(ctx, p.ID))
		case errors.Is(err, blob.ErrNotExist):
			return svc.partsGone(ctx, a, p)
		case err != nil:
			return p, err
		}
		defer func() { _ = os.Remove(spooled.Name()) }() // the spool is swept
		defer func() { _ = spooled.Close() }()
		if _, err = svc.admit(ctx, a, known, spooled, Upload{Length: p.Bytes, SHA256: known.SHA256, SentAt: p.SentAt, BegunAt: p.CreatedAt}); err != nil {
			return p, err
		}
	}
	p.Safe = true
	return p, svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		keys, err := tx.DropChunks(ctx, p.ID)
		if err != nil || len(keys) == 0 {
			return err
		}
		return tx.Enqueue(ctx, RemoveChunks{keys}, 0)
	})
}

// partsGone ends an upload whose parts are not there: another request has finished it, or they are lost and it begins again.
func (svc *Service) partsGone(ctx context.Context, a *inspect.Actor, p Progress) (Progress, error) {
	known, err := svc.expectedPhoto(ctx, a, p.Issue, p.Photo)
	if p.Safe = err == nil && known.State == inspect.PhotoSafe; p.Safe || err != nil {
		return p, err
	}
	return p, errors.Join(inspect.ErrUploadNotFound.With("Parts of the upload are lost; begin it again."), svc.dropUpload(ctx, p.ID))
}

// EndUpload gives an upload up; one that is gone is no error.
func (svc *Service) EndUpload(ctx context.Context, a *inspect.Actor, id inspect.ID) error {
	if _, err := svc.upload(ctx, a.ID, id); err != nil {
		return err
	}
	return svc.dropUpload(ctx, id)
}

func (svc *Service) dropUpload(ctx context.Context, id inspect.ID) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		keys, err := tx.DropUpload(ctx, id)
		if err != nil || len(keys) == 0 {
			return err
		}
		return tx.Enqueue(ctx, RemoveChunks{keys}, 0)
	})
}

// FinishLater finishes an upload for a phone that is gone; one whose photo can never be made is left to its end.
func (svc *Service) FinishLater(ctx context.Context, job FinishUpload) error {
	id, err := inspect.ParseID(job.Upload)
	if err != nil {
		return fmt.Errorf("photos: finish upload: %w", err)
	}
	var u store.Upload
	var a inspect.Actor
	var ok bool
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if u, ok, err = tx.Upload(ctx, id); err != nil || !ok {
			return err
		}
		a, err = people.ActorOf(ctx, tx, u.Person)
		return err
	}); err != nil || !ok || !u.Whole() {
		return err
	}
	_, err = svc.finish(ctx, &a, Progress{Upload: u})
	if kind := fault.KindOf(err); kind == fault.Unavailable || kind == fault.Internal {
		return err
	}
	return nil // the phone is told when it asks
}

// SweepUploads drops uploads whose time is over, and parts that no upload names: the trace of a crash before the row.
func (svc *Service) SweepUploads(ctx context.Context) error {
	var expired []inspect.ID
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		expired, err = tx.ExpiredUploads(ctx, 1000)
		return err
	}); err != nil {
		return err
	}
	for _, id := range expired {
		if err := svc.dropUpload(ctx, id); err != nil {
			return err
		}
	}
	return svc.sweepParts(ctx)
}

// spoolBuffer is how many bytes of an upload are read at once.
const spoolBuffer = 128 << 10
