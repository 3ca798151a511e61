package photos

import (
	"context"
	"io"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// OriginalKey is where the bytes of a photo lie.
func OriginalKey(sha256 string) string { return "photo/" + sha256[:2] + "/" + sha256 }

// RenditionKey is where a derived picture lies.
func RenditionKey(sha256 string) string { return "rendition/" + sha256[:2] + "/" + sha256 }

// Photo gives what is known of a photo.
func (svc *Service) Photo(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) (p inspect.Photo, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, _, err = PhotoOf(ctx, tx, a, issue, id, inspect.MaySee)
		return err
	})
	return p, err
}

// IssuePhotos gives all photos of an issue, in the order in which they were declared.
func (svc *Service) IssuePhotos(ctx context.Context, a *inspect.Actor, issue inspect.ID) (all []inspect.Photo, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := issues.Visible(ctx, tx, a, issue, inspect.MaySee); err != nil {
			return err
		}
		all, err = tx.Photos(ctx, issue)
		return err
	})
	return all, err
}

// Picture is bytes to send, with their digest.
type Picture struct {
	Body   io.ReadSeekCloser
	Bytes  int64
	SHA256 string
	Type   photo.Type
}

// Original opens the bytes of a photo as they came.
func (svc *Service) Original(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) (Picture, error) {
	p, err := svc.Photo(ctx, a, issue, id)
	if err != nil {
		return Picture{}, err
	}
	switch p.State {
	case inspect.PhotoDeclared:
		return Picture{}, inspect.ErrPhotoNotSafe.With("The bytes of this photo have not come yet.")
	case inspect.PhotoWithdrawn, inspect.PhotoErased:
		return Picture{}, inspect.ErrPhotoGone
	}
	body, info, err := svc.blobs.Open(ctx, OriginalKey(p.SHA256))
	return Picture{Body: body, Bytes: info.Size, SHA256: p.SHA256, Type: photo.Type(p.Facts.Type)}, city.AsUnavailable(err)
}

// Rendition opens a derived picture, "display" or "thumb".
func (svc *Service) Rendition(ctx context.Context, a *inspect.Actor, issue, id inspect.ID, size string) (Picture, error) {
	var v store.Rendition
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, _, err := PhotoOf(ctx, tx, a, issue, id, inspect.MaySee)
		if err != nil {
			return err
		}
		if p.State == inspect.PhotoWithdrawn || p.State == inspect.PhotoErased {
			return inspect.ErrPhotoGone
		}
		var ok bool
		if v, ok, err = tx.Rendition(ctx, id, size); err != nil || ok {
			return err
		}
		switch p.Renditions {
		case inspect.RenditionFailed:
			return inspect.ErrNoRendition.With("This size of the photo cannot be made: %s", p.RenditionError)
		case inspect.RenditionPending:
			return inspect.ErrNotRendered
		}
		return inspect.ErrPhotoNotSafe.With("The bytes of this photo have not come yet.")
	})
	if err != nil {
		return Picture{}, err
	}
	body, info, err := svc.blobs.Open(ctx, RenditionKey(v.SHA256))
	return Picture{Body: body, Bytes: info.Size, SHA256: v.SHA256, Type: "jpeg"}, city.AsUnavailable(err)
}
