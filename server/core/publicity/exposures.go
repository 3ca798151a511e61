package publicity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// mostExposures is how many released photos the public sees, the latest first, and how many an office sees of each state.
const mostExposures = 200

// exposureObjected is an objection of the public to a photo, of which the office is told.
const exposureObjected = "exposure.objected"

// ProposeExposure makes the picture of a photo that the public may see once a second person has released it; the same again changes nothing.
// Another proposal takes the place of one that is not released.
func (svc *Service) ProposeExposure(ctx context.Context, a *inspect.Actor, issue, id inspect.ID, masks []inspect.Mask,
	caption string) (e inspect.Exposure, repeated bool, err error) {
	drawn, err := json.Marshal(masks)
	if err != nil {
		return e, false, err
	}
	display, err := svc.displayFor(ctx, a, issue, id)
	if issues.OutOfReach(err) {
		e, err = svc.proposedBefore(ctx, a, issue, id, string(drawn), caption, err)
		return e, err == nil, err
	}
	if err != nil {
		return e, false, err
	}
	covers := make([]photo.Mask, len(masks))
	for n, m := range masks {
		covers[n] = photo.Mask(m)
	}
	made, err := photo.ApplyMasks(display, covers)
	if err != nil {
		return e, false, err
	}
	sum := sha256.Sum256(made)
	digest := hex.EncodeToString(sum[:])
	if err := svc.blobs.Put(ctx, photos.RenditionKey(digest), made); err != nil {
		return e, false, city.AsUnavailable(err)
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		old, ok, err := lockedExposure(ctx, tx, a, issue, id)
		switch {
		case err != nil:
			return err
		case ok && old.State == inspect.ExposureReleased:
			return inspect.ErrExposureState.With("This photo is public already: take it down first.")
		}
		e = inspect.Exposure{ID: old.ID, Photo: id, Issue: issue, State: inspect.ExposureProposed, Masks: string(drawn), Caption: caption,
			SHA256: digest, Bytes: int64(len(made)), MadeBy: a.ID, MadeAt: tx.Now}
		if repeated = ok && old.State == e.State && old.Masks == e.Masks && old.Caption == caption && old.MadeBy == a.ID; repeated {
			e = old
			return nil
		}
		if !ok {
			e.ID = inspect.NewID()
		}
		return saveExposure(ctx, tx, a.ID, "exposure.proposed", &e)
	})
	return e, repeated, err
}

// proposedBefore is the same proposal by somebody to whom the issue is out of reach now, as they left it. Anything else is refused as it was.
func (svc *Service) proposedBefore(ctx context.Context, a *inspect.Actor, issue, id inspect.ID, masks, caption string, refused error) (e inspect.Exposure, err error) {
	return e, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		var ok bool
		if e, ok, err = tx.Exposure(ctx, id); err == nil && (!ok || e.Issue != issue || e.MadeBy != a.ID || e.State != inspect.ExposureProposed ||
			e.Masks != masks || e.Caption != caption) {
			err = refused
		}
		return err
	})
}

// displayFor is the picture of a photo on which masks are drawn, for who may.
func (svc *Service) displayFor(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) ([]byte, error) {
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, _, err := photos.PhotoOf(ctx, tx, a, issue, id, inspect.MayExpose)
		return err
	}); err != nil {
		return nil, err
	}
	p, err := svc.photos.Rendition(ctx, a, issue, id, "display")
	if err != nil {
		return nil, err
	}
	defer p.Body.Close()
	file, err := io.ReadAll(p.Body)
	return file, city.AsUnavailable(err)
}

// lockedExposure is the exposure of a photo that is there, for who may change it; ok is false when there is none.
func lockedExposure(ctx context.Context, tx *store.Tx, a *inspect.Actor, issue, id inspect.ID) (e inspect.Exposure, ok bool, err error) {
	if err := tx.LockIssues(ctx, issue); err != nil {
		return e, false, err
	}
	p, _, err := photos.PhotoOf(ctx, tx, a, issue, id, inspect.MayExpose)
	if err != nil {
		return e, false, err
	}
	if p.State != inspect.PhotoSafe {
		return e, false, inspect.ErrPhotoGone
	}
	return tx.Exposure(ctx, id)
}

// DecideExposure releases an exposure, keeps it in spite of an objection, or takes it down. The digest says which picture somebody looked at. The same again
// changes nothing, also from somebody to whom the issue is out of reach now.
func (svc *Service) DecideExposure(ctx context.Context, a *inspect.Actor, issue, id inspect.ID, answer inspect.ExposureAnswer, digest,
	reason string) (e inspect.Exposure, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		old, ok, refused := lockedExposure(ctx, tx, a, issue, id)
		if issues.OutOfReach(refused) {
			if old, ok, err = tx.Exposure(ctx, id); err != nil {
				return err
			}
		}
		if repeated = ok && old.Issue == issue && old.SHA256 == digest && old.Decided(answer, a.ID, reason); repeated {
			e = old
			return nil
		}
		switch {
		case refused != nil:
			return refused
		case !ok:
			return inspect.ErrNotFound
		case digest != old.SHA256:
			return inspect.ErrExposureState.With("Other masks were drawn since you looked; look at it again.")
		}
		e = old
		if err := e.Decide(answer, a.ID, tx.Now, reason); err != nil {
			return err
		}
		return saveExposure(ctx, tx, a.ID, map[inspect.ExposureAnswer]string{inspect.ReleaseExposure: "exposure.released", inspect.KeepExposure: "exposure.kept",
			inspect.TakeDownExposure: "exposure.taken_down"}[answer], &e)
	})
	return e, repeated, err
}

// ExposureOfIssue is an exposure with the number of its issue.
type ExposureOfIssue struct {
	inspect.Exposure
	Number string
}

// Exposures gives those in a state that the actor may decide about, the latest first, with the numbers of their issues.
func (svc *Service) Exposures(ctx context.Context, a *inspect.Actor, state inspect.ExposureState) (all []ExposureOfIssue, err error) {
	if !a.MayAnywhere(inspect.MayExpose) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.Exposures(ctx, state, mostExposures)
		for _, e := range found {
			row, ok, err := issues.FindVisible(ctx, tx, a, e.Issue)
			if err != nil {
				return err
			}
			if ok {
				all = append(all, ExposureOfIssue{e, row.Number})
			}
		}
		return err
	})
	return all, err
}

// ExposedPicture opens the picture with the masks for who decides about it.
func (svc *Service) ExposedPicture(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) (photos.Picture, error) {
	var e inspect.Exposure
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, _, err := photos.PhotoOf(ctx, tx, a, issue, id, inspect.MayExpose)
		if err != nil {
			return err
		}
		ok := false
		if e, ok, err = tx.Exposure(ctx, id); err == nil && (!ok || p.State != inspect.PhotoSafe) {
			err = inspect.ErrNotFound
		}
		return err
	}); err != nil {
		return photos.Picture{}, err
	}
	return svc.openExposed(ctx, e.SHA256)
}

func (svc *Service) openExposed(ctx context.Context, digest string) (photos.Picture, error) {
	body, info, err := svc.blobs.Open(ctx, photos.RenditionKey(digest))
	return photos.Picture{Body: body, Bytes: info.Size, SHA256: digest, Type: "jpeg"}, city.AsUnavailable(err)
}

// ForgetExposure takes a photo that is being erased from the public, with all that was said of it. It comes before the pictures are dropped.
func ForgetExposure(ctx context.Context, tx *store.Tx, by, photo inspect.ID) error {
	e, ok, err := tx.Exposure(ctx, photo)
	if err != nil || !ok {
		return err
	}
	e.State, e.Caption, e.Reason, e.Objection, e.ObjectedAt, e.DecidedBy, e.DecidedAt = inspect.ExposureTakenDown, "", "", "", 0, by, tx.Now
	return saveExposure(ctx, tx, by, "exposure.erased", &e)
}

// saveExposure keeps an exposure and tells the record.
func saveExposure(ctx context.Context, tx *store.Tx, by inspect.ID, event string, e *inspect.Exposure) (err error) {
	body := exposureBody(e)
	if body["seals"], err = tx.SealTexts(ctx, e.ID, exposureTexts(e)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamExposure, e.ID.String(), event, body)
	return tx.SaveExposure(ctx, *e)
}

// exposureBody is what the record keeps of an exposure, exposureTexts what it keeps as seals only.
func exposureBody(e *inspect.Exposure) map[string]any {
	return map[string]any{"photo": e.Photo, "state": e.State, "masks": json.RawMessage(cmp.Or(e.Masks, "null")), "sha256": e.SHA256, "bytes": e.Bytes,
		"made_by": e.MadeBy, "made_at": e.MadeAt,
		"decided_by": e.DecidedBy, "decided_at": e.DecidedAt, "objected_at": e.ObjectedAt}
}

func exposureTexts(e *inspect.Exposure) map[string]string {
	return map[string]string{"caption": e.Caption, "reason": e.Reason, "objection": e.Objection}
}

func LoadExposures(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachExposure(ctx, func(e inspect.Exposure) {
		rows[evidence.Stream{Kind: store.StreamExposure, ID: e.ID.String()}] = &ledger.Row{Body: exposureBody(&e), Owner: e.ID, Texts: exposureTexts(&e)}
	})
}

// Wordings are the titles of what people are told of public photos.
var Wordings = messages.Wordings{
	exposureObjected: {inspect.Chinese: "有人对案件 {number} 的曝光照片提出异议", inspect.English: "Somebody objects to a public photo of {number}"},
}
