package core

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/store"
)

// RenderPhoto asks for the derived pictures of a photo.
type RenderPhoto struct {
	Photo string `json:"photo"`
}

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

// DailyRound asks for the daily checkpoint and the sweeps.
type DailyRound struct{}

// Kind names the job.
func (DailyRound) Kind() string { return "daily.round" }

// RecomputeDeadlines asks for the deadlines that run to follow a changed calendar.
type RecomputeDeadlines struct {
	By string `json:"by"` // who changed it
}

// Kind names the job.
func (RecomputeDeadlines) Kind() string { return "deadlines.recompute" }

// Remove takes away the bytes of what was erased, unless another photo names the same.
func (c *Core) Remove(ctx context.Context, job RemoveBytes) error {
	for _, sum := range job.Renditions {
		known := false
		if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			known, err = tx.RenditionKnown(ctx, sum)
			return err
		}); err != nil {
			return err
		}
		if !known {
			if err := c.Blobs.Delete(ctx, RenditionKey(sum)); err != nil {
				return away(err)
			}
		}
	}
	return c.removeOriginal(ctx, job.Original)
}

// removeOriginal deletes under a mark, so that an upload of the same bytes at the same moment puts them again.
func (c *Core) removeOriginal(ctx context.Context, sum string) error {
	free := false
	if err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		free, err = tx.MarkSweep(ctx, sum)
		return err
	}); err != nil || !free {
		return err
	}
	err := c.Blobs.Delete(ctx, OriginalKey(sum))
	if unmark := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.UnmarkSweep(ctx, sum) }); unmark != nil {
		err = errors.Join(err, unmark)
	}
	return away(err)
}

// strayAge is how old bytes are that no row names before a sweep takes them.
const strayAge = 24 * time.Hour

// SweepStrays removes originals that no row names: the trace of uploads that crashed before their row.
func (c *Core) SweepStrays(ctx context.Context) (removed int, err error) {
	var stray []string
	err = c.Blobs.List(ctx, "photo/", func(key string, info blob.Info) error {
		sum := key[strings.LastIndexByte(key, '/')+1:]
		if len(sum) != 2*sha256.Size || c.Now().Sub(info.ModifiedAt) < strayAge {
			return nil
		}
		return c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
			named, err := tx.DigestNamed(ctx, sum)
			if !named && len(stray) < 1000 {
				stray = append(stray, sum)
			}
			return err
		})
	})
	if err != nil {
		return 0, away(err)
	}
	for _, sum := range stray {
		if err := c.removeOriginal(ctx, sum); err == nil {
			removed++
		} else if !errors.Is(err, ErrLocked) { // those are tried again every day
			return removed, err
		}
	}
	return removed, nil
}

// Daily takes the checkpoint of the day and sweeps what has run out.
func (c *Core) Daily(ctx context.Context) error {
	if _, err := c.TakeCheckpoint(ctx); err != nil {
		return err
	}
	if err := c.SweepSessions(ctx); err != nil {
		return err
	}
	if err := c.SweepUploads(ctx); err != nil {
		return err
	}
	if err := c.Remind(ctx); err != nil {
		return err
	}
	if err := c.DraftScheduled(ctx); err != nil {
		return err
	}
	_, err := c.SweepStrays(ctx)
	return err
}

// Stamped draws time, place, number and category onto the display picture. The staff number of whoever took it is the only
// name on it. The fixing unit sees the photos of others without a stamp (pkg/inspect/rules.md, "People's data").
func (c *Core) Stamped(ctx context.Context, a *inspect.Actor, issue, id inspect.ID) ([]byte, error) {
	var lines []string
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, row, err := photoOf(ctx, tx, a, issue, id, inspect.MaySee)
		if err != nil {
			return err
		}
		w, err := where(ctx, tx, &row)
		if err != nil {
			return err
		}
		if p.Declarer != a.ID && !a.May(inspect.MaySeeStamp, &row.Issue, w) {
			return inspect.ErrForbidden.With("A unit sees the photos of others without the stamp.")
		}
		lines, err = c.stampLines(ctx, tx, &row, p)
		return err
	}); err != nil {
		return nil, err
	}
	pic, err := c.Rendition(ctx, a, issue, id, "display")
	if err != nil {
		return nil, err
	}
	defer pic.Body.Close()
	leave, err := c.Gate.Acquire(ctx, photo.DisplaySide, photo.DisplaySide)
	if err != nil {
		return nil, err
	}
	defer leave()
	var jpeg bytes.Buffer
	if _, err := jpeg.ReadFrom(pic.Body); err != nil {
		return nil, away(err)
	}
	return photo.Stamp(jpeg.Bytes(), lines)
}

func (c *Core) stampLines(ctx context.Context, tx *store.Tx, row *store.IssueRow, p inspect.Photo) ([]string, error) {
	at := p.CapturedAt
	if at == 0 {
		at = p.ReceivedAt
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
	lines := []string{at.UTC().In(c.Zone).Format("2006-01-02 15:04:05"), row.Number + "  " + category.NameZH + " " + category.NameEN}
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
