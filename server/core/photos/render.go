package photos

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Render makes the derived pictures of a photo and looks at what they show. A picture that cannot be made stays evidence
// and says why; only what may work later is an error.
func (svc *Service) Render(ctx context.Context, job RenderPhoto) error {
	id, err := inspect.ParseID(job.Photo)
	if err != nil {
		return fmt.Errorf("photos: render: %w", err)
	}
	var p inspect.Photo
	var same []store.Rendition
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if p, _, err = tx.Photo(ctx, id); err != nil {
			return err
		}
		same, err = tx.RenditionsOf(ctx, p.SHA256)
		return err
	}); err != nil {
		return err
	}
	if p.State != inspect.PhotoSafe || p.Renditions == inspect.RenditionReady {
		return nil
	}
	if len(same) > 0 {
		if done, err := svc.renderAsBefore(ctx, p); done || err != nil {
			return err
		}
	}
	pictures, err := svc.render(ctx, p)
	failure := ""
	switch f := (*photo.RenderError)(nil); {
	case errors.As(err, &f) && f.Killed && job.Killed < len(killedPauses):
		return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.Enqueue(ctx, RenderPhoto{Photo: job.Photo, Killed: job.Killed + 1}, killedPauses[job.Killed])
		})
	case errors.As(err, &f):
		failure = f.Reason
	case err != nil:
		return err
	}
	made, err := svc.keepPictures(ctx, pictures, failure)
	if err != nil {
		return err
	}
	if failure == "" {
		svc.meter.Rendered.Add(1)
	} else {
		svc.meter.NotRendered.Add(1)
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, _, err := tx.Photo(ctx, id)
		if err != nil || now.State != inspect.PhotoSafe || now.Renditions == inspect.RenditionReady {
			return err
		}
		if err := tx.SaveRenditions(ctx, id, made, failure); err != nil {
			return err
		}
		if failure == "" {
			return svc.issues.CheckPixels(ctx, tx, now, pictures)
		}
		if flagged, err := tx.PhotoFlagged(ctx, id, inspect.FlagUnseen); err != nil || flagged {
			return err
		}
		return svc.issues.FlagPhoto(ctx, tx, now, inspect.Flag{Kind: inspect.FlagUnseen, Photo: id, Detail: failure})
	})
}

// RenderAnew has the pictures of a photo made again that could not be made, for whoever decides on its flag; any other photo stays as
// it is. What was flagged stays for a person to decide.
func (svc *Service) RenderAnew(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) (p inspect.Photo, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if p, _, err = PhotoOf(ctx, tx, a, issue, id, inspect.Permission(inspect.DecideFlag)); err != nil {
			return err
		}
		switch {
		case p.State == inspect.PhotoDeclared:
			return inspect.ErrPhotoNotSafe.With("The bytes of this photo have not come yet.")
		case p.State != inspect.PhotoSafe:
			return inspect.ErrPhotoGone
		case p.Renditions != inspect.RenditionFailed:
			return nil
		}
		if err := tx.SetRenditionsPending(ctx, id); err != nil {
			return err
		}
		p.Renditions, p.RenditionError = inspect.RenditionPending, ""
		return tx.Enqueue(ctx, RenderPhoto{Photo: id.String()}, 0)
	})
	return p, err
}

// renderAsBefore takes the pictures that the same bytes have already, if they are still there.
func (svc *Service) renderAsBefore(ctx context.Context, p inspect.Photo) (done bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		made, err := tx.RenditionsOf(ctx, p.SHA256)
		if done = len(made) > 0; !done || err != nil {
			return err
		}
		return tx.SaveRenditions(ctx, p.ID, made, "")
	})
	return done, err
}

func (svc *Service) render(ctx context.Context, p inspect.Photo) (photo.Renditions, error) {
	f := photo.Metadata{Type: photo.Type(p.Facts.Type), Width: p.Facts.Width, Height: p.Facts.Height, Orientation: p.Facts.Orientation}
	w, h := f.Width, f.Height
	if !f.DecodesInProcess() { // it comes small from another process
		w, h = photo.MaxDisplaySide, photo.MaxDisplaySide
	}
	leave, err := svc.gate.Acquire(ctx, w, h)
	if err != nil {
		return photo.Renditions{}, err
	}
	defer leave()
	body, info, err := svc.blobs.Open(ctx, OriginalKey(p.SHA256))
	if err != nil {
		return photo.Renditions{}, city.AsUnavailable(err)
	}
	defer body.Close()
	return photo.Render(ctx, body, info.Size, f, svc.decode)
}

// keepPictures makes derived pictures durable; there are none after a failure.
func (svc *Service) keepPictures(ctx context.Context, p photo.Renditions, failure string) (made []store.Rendition, err error) {
	if failure != "" {
		return nil, nil
	}
	for size, jpeg := range map[string][]byte{"display": p.Display, "thumb": p.Thumb} {
		sum := sha256.Sum256(jpeg)
		v := store.Rendition{Size: size, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(jpeg))}
		if err := svc.blobs.Put(ctx, RenditionKey(v.SHA256), jpeg); err != nil {
			return nil, city.AsUnavailable(err)
		}
		made = append(made, v)
	}
	return made, nil
}
