package photos

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// MaxPhotoBytes is how large a photo may be.
const MaxPhotoBytes = photo.MaxBytes

// maxPhotos is how many photos an issue has at most.
const maxPhotos = 100

// DeclarationReceipt is the answer to a declaration.
type DeclarationReceipt struct {
	Repeated bool
	Photos   []inspect.Photo
}

// DeclarePhotos announces photos of an issue before their bytes come; the same declaration again changes nothing.
func (svc *Service) DeclarePhotos(ctx context.Context, a *inspect.Actor, issue inspect.ID, photos []inspect.Declaration, sentAt inspect.Time,
	lost []inspect.DroppedClaim) (done DeclarationReceipt, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		done = DeclarationReceipt{}
		row, err := issues.Locked(ctx, tx, a, issue, inspect.MayDeclare)
		if issues.OutOfReach(err) {
			if done.Photos, err = declaredBefore(ctx, tx, a, issue, photos, err); err == nil {
				done.Repeated = true
			}
			return err
		}
		if err != nil {
			return err
		}
		fresh := []inspect.Declaration{}
		for n, d := range photos {
			old, ok, err := tx.Photo(ctx, d.ID)
			switch {
			case err != nil:
				return err
			case !ok:
				fresh = append(fresh, d)
			case old.Issue != issue || old.Declaration != d:
				return inspect.ErrPhotoDiffers.At(fault.Field{Pointer: fmt.Sprintf("/photos/%d/id", n), Detail: "this id was declared with another description"})
			}
		}
		if row.PhotosDeclared+len(fresh) > maxPhotos {
			return inspect.ErrTooManyPhotos
		}
		if done.Repeated = len(fresh) == 0; !done.Repeated {
			if err := svc.declareMore(ctx, tx, a, &row, fresh, cmp.Or(sentAt, tx.Now), lost); err != nil {
				return err
			}
		}
		for _, d := range photos {
			p, _, err := tx.Photo(ctx, d.ID)
			if err != nil {
				return err
			}
			done.Photos = append(done.Photos, p)
		}
		return nil
	})
	return done, err
}

// declaredBefore are the photos of a declaration that the actor made before, to whom the issue is out of reach now: that they were
// taken is theirs to know. Anything else is refused as it was.
func declaredBefore(ctx context.Context, tx *store.Tx, a *inspect.Actor, issue inspect.ID, photos []inspect.Declaration, refused error) (all []inspect.Photo, err error) {
	for _, d := range photos {
		p, ok, err := tx.Photo(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		if !ok || p.Issue != issue || p.Declarer != a.ID || p.Declaration != d {
			return nil, refused
		}
		all = append(all, p)
	}
	return all, nil
}

func (svc *Service) declareMore(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.IssueRow, fresh []inspect.Declaration, sentAt inspect.Time,
	lost []inspect.DroppedClaim) error {
	if err := Declare(ctx, tx, row, a, fresh); err != nil {
		return err
	}
	e := &inspect.Event{Type: "photo.declared", By: a.ID, Link: a.Link, At: tx.Now, SentAt: sentAt, Declared: fresh}
	row.PhotosDeclared += len(fresh)
	flags := issues.LostFlags(lost)
	issues.NoteFlags(row, e, flags)
	if err := issues.RaiseFlags(ctx, tx, row, flags); err != nil {
		return err
	}
	return svc.issues.Save(ctx, tx, row, e)
}

// Declare keeps declarations; ids that are taken are refused.
func Declare(ctx context.Context, tx *store.Tx, row *store.IssueRow, a *inspect.Actor, photos []inspect.Declaration) error {
	for n, d := range photos {
		if _, taken, err := tx.Photo(ctx, d.ID); err != nil {
			return err
		} else if taken {
			return inspect.ErrPhotoDiffers.At(fault.Field{Pointer: fmt.Sprintf("/photos/%d/id", n), Detail: "this id is taken"})
		}
		if err := tx.InsertPhoto(ctx, row, inspect.Photo{Declaration: d, Declarer: a.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Upload is the bytes of a photo on their way in.
type Upload struct {
	Body    io.Reader
	Length  int64        // bytes, as the request declared
	SHA256  string       // of the Content-Digest header
	SentAt  inspect.Time // by the phone's clock
	BegunAt inspect.Time // when the phone said so; zero when that is now
}

// PhotoReceipt is the receipt of a photo: the only answer that a phone may believe.
type PhotoReceipt struct {
	Repeated       bool
	Photo          inspect.Photo
	Safe, Declared int
	Hidden         bool // the issue is out of sight of who sent the photo: how many it has is not theirs to know
}

// AcceptPhoto makes the bytes of a declared photo safe: spooled while hashed, checked, durable in the blob store, then
// on record, then acknowledged. It may come any number of times.
func (svc *Service) AcceptPhoto(ctx context.Context, a *inspect.Actor, issue, id inspect.ID, u Upload) (done PhotoReceipt, err error) {
	known, err := svc.expectedPhoto(ctx, a, issue, id)
	switch {
	case issues.OutOfReach(err):
		if done, err = svc.receiptBefore(ctx, a, issue, id, err); err == nil && (u.SHA256 != done.Photo.SHA256 || u.Length != done.Photo.Bytes) {
			err = inspect.ErrPhotoDiffers
		}
		return done, err
	case err != nil:
		return done, err
	case u.Length > photo.MaxBytes:
		return done, photo.ErrTooLarge
	case known.State == inspect.PhotoSafe && u.SHA256 != known.SHA256:
		return done, inspect.ErrPhotoDiffers
	case u.SHA256 != known.SHA256:
		return done, inspect.ErrPhotoManifest.At(fault.Field{Pointer: "Content-Digest", Detail: "the manifest says " + known.SHA256})
	case u.Length != known.Bytes:
		return done, inspect.ErrPhotoManifest.With("The upload does not have the size that was declared.").
			At(fault.Field{Pointer: "Content-Length", Detail: fmt.Sprintf("the manifest says %d bytes", known.Bytes)})
	}
	if err := svc.checkRoom(u.Length); err != nil {
		return done, err
	}
	spooled, err := svc.spool(u)
	if err != nil {
		return done, err
	}
	defer func() { _ = os.Remove(spooled.Name()) }() // the spool is swept
	defer func() { _ = spooled.Close() }()
	return svc.admit(ctx, a, known, spooled, u)
}

// admit makes a spooled file whose digest is right a safe photo.
func (svc *Service) admit(ctx context.Context, a *inspect.Actor, known inspect.Photo, spooled *os.File, u Upload) (done PhotoReceipt, err error) {
	facts, err := photo.Inspect(ctx, spooled, u.Length, svc.zone)
	if err != nil {
		return done, err
	}
	known.Facts = factsOf(facts)
	for {
		began := svc.now()
		if err := svc.blobs.PutFile(ctx, OriginalKey(u.SHA256), spooled.Name(), u.Length); err != nil {
			return done, city.AsUnavailable(err)
		}
		svc.meter.Stored.Took(svc.now().Sub(began))
		if done, err = svc.keepPhoto(ctx, a, known, u); err == nil && !done.Repeated {
			svc.meter.Photos.Add(1)
			svc.meter.PhotoBytes.Add(u.Length)
			svc.throttle.note(svc.now())
		}
		if !errors.Is(err, errSwept) {
			return done, err
		}
		select { // the same bytes are just being removed: put them again
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return done, inspect.ErrUnavailable.Because(ctx.Err())
		}
	}
}

// Receipt gives the receipt of a photo that is safe.
func (svc *Service) Receipt(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) (done PhotoReceipt, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, row, err := PhotoOf(ctx, tx, a, issue, id, inspect.MaySee)
		switch {
		case issues.OutOfReach(err):
			done, err = receiptBefore(ctx, tx, a, issue, id, err)
			return err
		case err != nil:
			return err
		case p.State == inspect.PhotoDeclared:
			return inspect.ErrPhotoNotSafe.With("The bytes of this photo have not come yet.")
		case p.State != inspect.PhotoSafe:
			return inspect.ErrPhotoGone
		}
		done = PhotoReceipt{Repeated: true, Photo: p, Safe: row.PhotosSafe, Declared: row.PhotosDeclared}
		return nil
	})
	return done, err
}

func (svc *Service) receiptBefore(ctx context.Context, a *inspect.Actor, issue, id inspect.ID, refused error) (done PhotoReceipt, err error) {
	return done, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		done, err = receiptBefore(ctx, tx, a, issue, id, refused)
		return err
	})
}

// receiptBefore is the receipt of a safe photo that the actor declared, to whom the issue is out of reach now. Anything else is
// refused as it was.
func receiptBefore(ctx context.Context, tx *store.Tx, a *inspect.Actor, issue, id inspect.ID, refused error) (done PhotoReceipt, err error) {
	p, ok, err := tx.Photo(ctx, id)
	if err != nil {
		return done, err
	}
	if !ok || p.Issue != issue || p.Declarer != a.ID || p.State != inspect.PhotoSafe {
		return done, refused
	}
	return PhotoReceipt{Repeated: true, Photo: p, Hidden: true}, nil
}

// errSwept means that a sweep announced the removal of the bytes.
var errSwept = errors.New("photos: the bytes are being swept")

// expectedPhoto is the declared photo that an upload is for.
func (svc *Service) expectedPhoto(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) (p inspect.Photo, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, _, err = PhotoOf(ctx, tx, a, issue, id, inspect.MayDeclare)
		return err
	})
	if err == nil && (p.State == inspect.PhotoWithdrawn || p.State == inspect.PhotoErased) {
		err = inspect.ErrPhotoGone
	}
	return p, err
}

// PhotoOf is a photo of an issue that the actor has a permission on.
func PhotoOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, issue, id inspect.ID, need inspect.Permission) (p inspect.Photo, row store.IssueRow, err error) {
	if row, err = issues.Visible(ctx, tx, a, issue, need); err != nil {
		return p, row, err
	}
	p, ok, err := tx.Photo(ctx, id)
	if err == nil && (!ok || p.Issue != issue) {
		err = inspect.ErrPhotoNotFound
	}
	return p, row, err
}

// spool writes an upload to a file beside the blobs while hashing it.
func (svc *Service) spool(u Upload) (*os.File, error) {
	f, err := os.CreateTemp(svc.blobs.SpoolDir(), "upload-*")
	if err != nil {
		return nil, inspect.ErrUnavailable.Because(err)
	}
	hash := sha256.New()
	buffer, ok := svc.buffers.Get().(*[spoolBuffer]byte)
	if !ok {
		buffer = new([spoolBuffer]byte)
	}
	defer svc.buffers.Put(buffer)
	n, err := io.CopyBuffer(io.MultiWriter(f, hash), io.LimitReader(u.Body, u.Length+1), buffer[:])
	var path *os.PathError
	switch {
	case errors.As(err, &path): // the disk, not the sender
		err = inspect.ErrUnavailable.Because(err)
	case err != nil || n < u.Length:
		err = inspect.ErrPhotoShort.With("The upload ended after %d of %d bytes.", n, u.Length).Because(err)
	case n > u.Length:
		err = inspect.ErrPhotoHeader.With("More bytes came than the request declared.")
	case hex.EncodeToString(hash.Sum(nil)) != u.SHA256:
		err = inspect.ErrPhotoDigest
	default:
		return f, nil
	}
	return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// keepPhoto is the one transaction that makes an uploaded photo part of the record.
func (svc *Service) keepPhoto(ctx context.Context, a *inspect.Actor, p inspect.Photo, u Upload) (done PhotoReceipt, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := issues.Locked(ctx, tx, a, p.Issue, inspect.MayDeclare)
		if err != nil {
			return err
		}
		if swept, err := tx.SweepMarked(ctx, p.SHA256); err != nil {
			return err
		} else if swept {
			return errSwept
		}
		now, _, err := tx.Photo(ctx, p.ID)
		if err != nil {
			return err
		}
		switch now.State {
		case inspect.PhotoSafe:
			done = PhotoReceipt{Repeated: true, Photo: now, Safe: row.PhotosSafe, Declared: row.PhotosDeclared}
			return nil
		case inspect.PhotoDeclared:
		default:
			return inspect.ErrPhotoGone
		}
		if err := svc.receive(ctx, tx, a, &row, p, u); err != nil {
			return err
		}
		p, _, err := tx.Photo(ctx, p.ID)
		done = PhotoReceipt{Photo: p, Safe: row.PhotosSafe, Declared: row.PhotosDeclared}
		return err
	})
	return done, err
}

func (svc *Service) receive(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.IssueRow, p inspect.Photo, u Upload) error {
	e := &inspect.Event{Type: "photo.received", By: a.ID, Link: a.Link, At: tx.Now, SentAt: u.SentAt,
		Received: &inspect.PhotoReceipt{ID: p.ID, SHA256: u.SHA256, Bytes: u.Length, Facts: p.Facts}}
	if u.SentAt != 0 {
		begun := u.BegunAt
		if begun == 0 {
			begun = tx.Now
		}
		skew := inspect.Skew(u.SentAt, begun)
		ms := skew.Milliseconds()
		p.Skew, e.Received.SkewMS = &skew, &ms
	}
	flags, err := issues.PhotoFlags(ctx, tx, row, &p)
	if err != nil {
		return err
	}
	issues.NoteFlags(row, e, flags)
	if err := issues.RaiseFlags(ctx, tx, row, flags); err != nil {
		return err
	}
	if err := tx.SetPhotoSafe(ctx, p); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, RenderPhoto{Photo: p.ID.String()}, 0); err != nil {
		return err
	}
	row.PhotosSafe++
	return svc.issues.Save(ctx, tx, row, e)
}

// factsOf is what a picture says of itself, in the words of the record.
func factsOf(f photo.Metadata) inspect.PhotoMetadata {
	v := inspect.PhotoMetadata{
		Type: string(f.Type), Width: f.Width, Height: f.Height, UprightWidth: f.UprightWidth, UprightHeight: f.UprightHeight,
		Orientation: f.Orientation, Make: f.Make, Model: f.Model, Software: f.Software,
	}
	if f.Damaged {
		v.Damaged = f.DamageReason
	}
	if f.TakenAt != nil {
		v.TakenAt, v.OffsetKnown, v.OffsetMinutes, v.TakenFrom = inspect.At(*f.TakenAt), f.OffsetKnown, f.OffsetMinutes, string(f.TakenFrom)
	}
	v.Datum, v.AltitudeM, v.HeadingDeg, v.Magnetic, v.Screen = f.Datum, f.AltitudeM, f.HeadingDeg, f.HeadingMagnetic, f.Screen
	if datum, known := geo.DatumNamed(f.Datum); f.Position != nil && known {
		at := geo.ToWGS84(geo.Point{Lat: f.Position.Lat, Lon: f.Position.Lon}, datum)
		v.Point, v.PointAccuracyM = &geo.Point{Lat: at.Lat + 0, Lon: at.Lon + 0}, f.Position.AccuracyM // −0 becomes 0, as in the record
	}
	return v
}
