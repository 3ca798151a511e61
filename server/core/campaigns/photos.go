package campaigns

import (
	"context"
	"io"
	"os"
	"slices"
	"time"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// AcceptPhoto makes a photo of an activity safe, as photos of issues are: checked by its content, durable, then on record. One that is there already stays.
func (svc *Service) AcceptPhoto(ctx context.Context, a *inspect.Actor, id inspect.ID, stage campaign.PhotoStage, u photos.Upload) (page ActivityPage, repeated bool, err error) {
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error { // before anybody's megabytes are read
		_, err := expectsPhotos(ctx, tx, a, id)
		return err
	}); err != nil {
		return page, false, err
	}
	p := campaign.ActivityPhoto{Stage: stage, SHA256: u.SHA256, Bytes: u.Length, By: a.ID}
	err = svc.photos.KeepOriginal(ctx, u, func(spooled *os.File) error {
		facts, err := photo.Inspect(ctx, spooled, u.Length, time.UTC)
		p.Type = string(facts.Type)
		return err
	}, func(ctx context.Context, tx *store.Tx) error {
		v, err := expectsPhotos(ctx, tx, a, id)
		if err != nil {
			return err
		}
		repeated = slices.ContainsFunc(v.Photos, func(there campaign.ActivityPhoto) bool { return there.SHA256 == p.SHA256 })
		if !repeated {
			if len(v.Photos) >= campaign.MostActivityPhotos {
				return inspect.ErrActivityPhotos
			}
			p.ReceivedAt = tx.Now
			v.Photos = append(v.Photos, p)
			if err := saveActivity(ctx, tx, a.ID, "activity.photo_received", &v); err != nil {
				return err
			}
			if err := tx.AddActivityPhoto(ctx, id, &p); err != nil {
				return err
			}
		}
		page, err = activityPage(ctx, tx, a, &v)
		return err
	})
	return page, repeated, err
}

// expectsPhotos gives an activity to who may add photos to it.
func expectsPhotos(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (v campaign.Activity, err error) {
	v, w, err := visibleActivity(ctx, tx, a, id)
	switch {
	case err != nil:
		return v, err
	case !a.MayThroughout(inspect.MayDoActivities, w):
		return v, inspect.ErrForbidden
	case v.State() == campaign.ActivityCancelled:
		return v, inspect.ErrActivityState
	}
	return v, nil
}

// PhotoBytes opens a photo of an activity.
func (svc *Service) PhotoBytes(ctx context.Context, a *inspect.Actor, id inspect.ID, sha256 string) (p campaign.ActivityPhoto, body io.ReadSeekCloser, err error) {
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, _, err := visibleActivity(ctx, tx, a, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(v.Photos, func(p campaign.ActivityPhoto) bool { return p.SHA256 == sha256 })
		if at < 0 {
			return inspect.ErrNotFound
		}
		p = v.Photos[at]
		return nil
	}); err != nil {
		return p, nil, err
	}
	body, _, err = svc.blobs.Open(ctx, photos.OriginalKey(p.SHA256))
	return p, body, city.AsUnavailable(err)
}
