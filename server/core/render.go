package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/store"
)

// Render makes the derived pictures of a photo and looks at what they show. A picture that cannot be made stays evidence
// and says why; only what may work later is an error.
func (c *Core) Render(ctx context.Context, job RenderPhoto) error {
	id, err := inspect.ParseID(job.Photo)
	if err != nil {
		return fmt.Errorf("core: render: %w", err)
	}
	var p inspect.Photo
	var same []store.Rendition
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
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
		if done, err := c.renderAsBefore(ctx, p); done || err != nil {
			return err
		}
	}
	pictures, err := c.render(ctx, p)
	failure := ""
	switch f := (*photo.RenderError)(nil); {
	case errors.As(err, &f):
		failure = f.Reason
	case err != nil:
		return err
	}
	made, err := c.keepPictures(ctx, pictures, failure)
	if err != nil {
		return err
	}
	if failure == "" {
		c.Meter.Rendered.Add(1)
	} else {
		c.Meter.NotRendered.Add(1)
	}
	return c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, _, err := tx.Photo(ctx, id)
		if err != nil || now.State != inspect.PhotoSafe || now.Renditions == inspect.RenditionReady {
			return err
		}
		if err := tx.SaveRenditions(ctx, id, made, failure); err != nil || failure != "" {
			return err
		}
		return c.look(ctx, tx, now, pictures)
	})
}

// renderAsBefore takes the pictures that the same bytes have already, if they are still there.
func (c *Core) renderAsBefore(ctx context.Context, p inspect.Photo) (done bool, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		made, err := tx.RenditionsOf(ctx, p.SHA256)
		if done = len(made) > 0; !done || err != nil {
			return err
		}
		return tx.SaveRenditions(ctx, p.ID, made, "")
	})
	return done, err
}

func (c *Core) render(ctx context.Context, p inspect.Photo) (photo.Renditions, error) {
	f := photo.Metadata{Type: photo.Type(p.Facts.Type), Width: p.Facts.Width, Height: p.Facts.Height, Orientation: p.Facts.Orientation}
	w, h := f.Width, f.Height
	if !f.DecodesInProcess() { // it comes small from another process
		w, h = photo.MaxDisplaySide, photo.MaxDisplaySide
	}
	leave, err := c.Gate.Acquire(ctx, w, h)
	if err != nil {
		return photo.Renditions{}, err
	}
	defer leave()
	body, info, err := c.Blobs.Open(ctx, OriginalKey(p.SHA256))
	if err != nil {
		return photo.Renditions{}, away(err)
	}
	defer body.Close()
	return photo.Render(ctx, body, info.Size, f, c.Decode)
}

// keepPictures makes derived pictures durable; there are none after a failure.
func (c *Core) keepPictures(ctx context.Context, p photo.Renditions, failure string) (made []store.Rendition, err error) {
	if failure != "" {
		return nil, nil
	}
	for size, jpeg := range map[string][]byte{"display": p.Display, "thumb": p.Thumb} {
		sum := sha256.Sum256(jpeg)
		v := store.Rendition{Size: size, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(jpeg))}
		if err := c.Blobs.Put(ctx, RenditionKey(v.SHA256), jpeg); err != nil {
			return nil, away(err)
		}
		made = append(made, v)
	}
	return made, nil
}
