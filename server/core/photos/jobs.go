package photos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// RenderPhoto asks for the derived pictures of a photo.
type RenderPhoto struct {
	Photo  string `json:"photo"`
	Killed int    `json:"killed,omitempty"` // how often the system has ended its decoder
}

// killedPauses are what a photo waits for another attempt whose decoder the system ended: whoever took the memory may be done by then.
// After the last one it counts as failed.
var killedPauses = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour}

// Kind names the job.
func (RenderPhoto) Kind() string { return "photo.render" }

// Queue keeps it apart: deadlines and papers do not wait behind a morning's pictures.
func (RenderPhoto) Queue() string { return PicturesQueue }

// PicturesQueue is where photos wait for their pictures.
const PicturesQueue = "pictures"

// RemoveBytes asks for bytes to be removed that a decision erased.
type RemoveBytes struct {
	Original   string   `json:"original"`
	Renditions []string `json:"renditions"`
}

// Kind names the job.
func (RemoveBytes) Kind() string { return "bytes.remove" }

// ErrLocked means that the blob store keeps bytes until their time is over, whatever was decided.
var ErrLocked = blob.ErrLocked

// Remove takes away the bytes of what was erased, unless another photo names the same.
func (svc *Service) Remove(ctx context.Context, job RemoveBytes) error {
	for _, sum := range job.Renditions {
		known := false
		if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			known, err = tx.RenditionKnown(ctx, sum)
			return err
		}); err != nil {
			return err
		}
		if !known {
			if err := svc.blobs.Delete(ctx, RenditionKey(sum)); err != nil {
				return city.AsUnavailable(err)
			}
		}
	}
	return svc.removeOriginal(ctx, job.Original)
}

// removeOriginal deletes under a mark, so that an upload of the same bytes at the same moment puts them again.
func (svc *Service) removeOriginal(ctx context.Context, sum string) error {
	free := false
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		free, err = tx.MarkSweep(ctx, sum)
		return err
	}); err != nil || !free {
		return err
	}
	err := svc.blobs.Delete(ctx, OriginalKey(sum))
	if unmark := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.UnmarkSweep(ctx, sum) }); unmark != nil {
		err = errors.Join(err, unmark)
	}
	return city.AsUnavailable(err)
}

// Stamped draws time, place, number and category onto the display picture. The staff number of whoever took it is the only
// name on it. The fixing unit sees the photos of others without a stamp (pkg/inspect/rules.md, "People's data").
func (svc *Service) Stamped(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) ([]byte, error) {
	var lines []string
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, row, err := PhotoOf(ctx, tx, a, issue, id, inspect.MaySee)
		if err != nil {
			return err
		}
		w, err := issues.LocationOf(ctx, tx, &row)
		if err != nil {
			return err
		}
		if p.Declarer != a.ID && !a.May(inspect.MaySeeStamp, &row.Issue, w) {
			return inspect.ErrForbidden.With("A unit sees the photos of others without the stamp.")
		}
		lines, err = svc.stampLines(ctx, tx, &row, p)
		return err
	}); err != nil {
		return nil, err
	}
	pic, err := svc.Rendition(ctx, a, issue, id, "display")
	if err != nil {
		return nil, err
	}
	defer pic.Body.Close()
	leave, err := svc.gate.Acquire(ctx, photo.DisplaySide, photo.DisplaySide)
	if err != nil {
		return nil, err
	}
	defer leave()
	var jpeg bytes.Buffer
	if _, err := jpeg.ReadFrom(pic.Body); err != nil {
		return nil, city.AsUnavailable(err)
	}
	return photo.Stamp(jpeg.Bytes(), lines)
}

func (svc *Service) stampLines(ctx context.Context, tx *store.Tx, row *store.IssueRow, p inspect.Photo) ([]string, error) {
	const form = "2006-01-02 15:04:05"
	taken := p.ReceivedAt.UTC().In(svc.zone).Format(form) + " 收到"
	if at := p.CorrectedCapture(); at != 0 {
		taken = at.UTC().In(svc.zone).Format(form)
	}
	category, _, err := tx.Category(ctx, row.Category)
	if err != nil {
		return nil, err
	}
	told, err := tx.Texts(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	people, err := tx.PeopleRefs(ctx, []inspect.ID{p.Declarer})
	if err != nil {
		return nil, err
	}
	lines := []string{taken, row.Number + "  " + category.NameZH + " " + category.NameEN}
	switch {
	case told["address"] != "":
		lines = append(lines, told["address"])
	case row.Place != nil:
		lines = append(lines, fmt.Sprintf("%.5f, %.5f", row.Place.Lat, row.Place.Lon))
	}
	who := people[p.Declarer].StaffNumber
	if row.Source.FromPublic() && p.Kind == inspect.PhotoReport {
		who = "群众" // a citizen or a caller took it, whoever sent it in
	}
	if who != "" {
		lines = append(lines, who)
	}
	return lines, nil
}
