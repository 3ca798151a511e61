package photos

import (
	"context"
	"os"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// Scan opens the picture of what was signed.
func (svc *Service) Scan(ctx context.Context, a *inspect.Actor, id inspect.ID) (Picture, error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return Picture{}, inspect.ErrForbidden
	}
	v, err := svc.agreement(ctx, id)
	if err != nil {
		return Picture{}, err
	}
	if v.Scan.SHA256 == "" {
		return Picture{}, inspect.ErrNotFound
	}
	body, info, err := svc.blobs.Open(ctx, OriginalKey(v.Scan.SHA256))
	return Picture{Body: body, Bytes: info.Size, SHA256: v.Scan.SHA256, Type: photo.Type(v.Scan.Type)}, city.AsUnavailable(err)
}

func (svc *Service) agreement(ctx context.Context, id inspect.ID) (v inspect.Agreement, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if v, ok, err = tx.Agreement(ctx, id); err == nil && !ok {
			err = inspect.ErrNotFound
		}
		return err
	})
	return v, err
}

// AcceptScan makes the picture of what was signed safe, in the order of photos: spooled while hashed, checked, durable in the
// blob store, then on record. It may come any number of times; an agreement that has another one keeps it.
func (svc *Service) AcceptScan(ctx context.Context, a *inspect.Actor, id inspect.ID, u Upload) (v inspect.Agreement, repeated bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamAgreement, id.String())
	if err != nil {
		return v, false, err
	}
	if v, err = svc.agreement(ctx, id); err != nil {
		return v, false, err
	}
	switch {
	case only: // as they left it, where it is the same scan
		repeated = v.Scan.SHA256 == u.SHA256 && v.Scan.Bytes == u.Length
		return v, repeated, city.ForbiddenUnless(repeated)
	case v.Scan.SHA256 != "" && v.Scan.SHA256 != u.SHA256:
		return v, false, inspect.ErrPhotoDiffers.With("This agreement has another scan already; a new agreement takes a new one.")
	case u.Length > photo.MaxBytes:
		return v, false, photo.ErrTooLarge
	}
	var scan inspect.Scan
	err = svc.KeepOriginal(ctx, u, func(file *os.File) error {
		kind, err := scanned(ctx, file, u.Length)
		scan = inspect.Scan{SHA256: u.SHA256, Bytes: u.Length, Type: string(kind)}
		return err
	}, func(ctx context.Context, tx *store.Tx) error {
		v, repeated, err = keepScan(ctx, tx, a, id, scan)
		return err
	})
	return v, repeated, err
}

// scanned tells what a scan is by its first bytes: a picture with all that is asked of photos, or a PDF file (ISO 32000-1, §7.5.2).
func scanned(ctx context.Context, file *os.File, size int64) (photo.Type, error) {
	head := make([]byte, len(pdfHead))
	if _, err := file.ReadAt(head, 0); err == nil && string(head) == pdfHead && size <= photo.MaxBytes {
		return photo.PDF, nil
	}
	facts, err := photo.Inspect(ctx, file, size, time.UTC)
	return facts.Type, err
}

const pdfHead = "%PDF-"

// keepScan makes a scan part of the record.
func keepScan(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, scan inspect.Scan) (v inspect.Agreement, repeated bool, err error) {
	if v, _, err = tx.Agreement(ctx, id); err != nil {
		return v, false, err
	}
	switch repeated = v.Scan == scan; {
	case repeated:
		return v, true, nil
	case v.Scan.SHA256 != "":
		return v, false, inspect.ErrPhotoDiffers
	}
	v.Scan, v.UpdatedAt = scan, tx.Now
	err = places.SaveAgreement(ctx, tx, a.ID, &v)
	return v, false, err
}
