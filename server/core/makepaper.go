package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/photo"
	"spotcheck/server/store"
)

// MakePaper asks for the files of a paper.
type MakePaper struct {
	Paper string `json:"paper"`
}

// Kind names the job.
func (MakePaper) Kind() string { return "paper.make" }

// Patient says that photos that people wait for come first.
func (MakePaper) Patient() bool { return true }

// ErrNotYet means that a job needs what another one has still to make.
var ErrNotYet = errors.New("core: not yet")

// printSide is the longest side in pixels of a picture on paper: 75 mm at 270 dots per inch.
const printSide = 800

// MakePaper makes the files of a paper from what was frozen, once.
func (c *Core) MakePaper(ctx context.Context, job MakePaper) error {
	id, err := inspect.ParseID(job.Paper)
	if err != nil {
		return fmt.Errorf("core: paper: %w", err)
	}
	var says paper.Content
	var from map[string]string // digest of the display picture by photo
	made := false
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, ok, err := tx.Paper(ctx, id)
		if err != nil {
			return err
		}
		text, err := frozen(ctx, tx, id)
		if made = !ok || p.HasFiles() || text == ""; made || err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &says); err != nil {
			return err
		}
		from, err = displays(ctx, tx, &says)
		return err
	}); err != nil || made {
		return err
	}
	pictures, err := c.pictures(ctx, from)
	if err != nil {
		return err
	}
	pdf, err := says.PDF(pictures)
	if err != nil {
		return err
	}
	docx, err := says.DOCX(pictures)
	if err != nil {
		return err
	}
	return c.keepPaper(ctx, id, pdf, docx)
}

// displays finds the pictures of the photos on a paper. Those that cannot be made leave an empty frame; those that are not
// made yet are ErrNotYet.
func displays(ctx context.Context, tx *store.Tx, says *paper.Content) (map[string]string, error) {
	all := map[string]string{}
	for _, i := range says.Items {
		for _, shown := range i.Photos {
			id, err := inspect.ParseID(shown.ID)
			if err != nil {
				return nil, err
			}
			p, ok, err := tx.Photo(ctx, id)
			switch {
			case err != nil:
				return nil, err
			case !ok || p.State != inspect.PhotoSafe || p.Renditions == inspect.RenditionFailed:
				continue
			case p.Renditions == inspect.RenditionPending:
				return nil, ErrNotYet
			}
			v, ok, err := tx.Rendition(ctx, id, "display")
			if err != nil {
				return nil, err
			}
			if ok {
				all[shown.ID] = v.SHA256
			}
		}
	}
	return all, nil
}

// pictures makes pictures small enough for paper.
func (c *Core) pictures(ctx context.Context, from map[string]string) (paper.Pictures, error) {
	all := paper.Pictures{}
	for id, sum := range from {
		b, err := c.bytesUnder(ctx, RenditionKey(sum))
		if err != nil {
			return nil, err
		}
		leave, err := c.Gate.Acquire(ctx, photo.DisplaySide, photo.DisplaySide)
		if err != nil {
			return nil, err
		}
		all[id], err = photo.Downscale(b, printSide)
		leave()
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// bytesUnder reads all that lies under a key.
func (c *Core) bytesUnder(ctx context.Context, key string) ([]byte, error) {
	body, _, err := c.Blobs.Open(ctx, key)
	if err != nil {
		return nil, away(err)
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	return b, away(err)
}

// keepPaper makes the files durable, then tells of them.
func (c *Core) keepPaper(ctx context.Context, id inspect.ID, pdf, docx []byte) error {
	var files [2]inspect.PaperFile
	for n, b := range [][]byte{pdf, docx} {
		sum := sha256.Sum256(b)
		files[n] = inspect.PaperFile{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(b))}
		if err := c.Blobs.Put(ctx, PaperKey(files[n].SHA256), b); err != nil {
			return away(err)
		}
	}
	return c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockPaper(ctx, id); err != nil {
			return err
		}
		p, _, err := tx.Paper(ctx, id)
		if err != nil || p.HasFiles() {
			return err
		}
		r, err := tx.Receipt(ctx, &p)
		if err != nil {
			return err
		}
		seals, err := sealsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		p.PDF, p.DOCX, p.UpdatedAt = files[0], files[1], tx.Now
		recordPaper(tx, inspect.ID{}, "paper.made", &p, seals, r)
		return tx.SetPaperFiles(ctx, &p)
	})
}

// sealsOf are the seals of the texts of an owner as they were made.
func sealsOf(ctx context.Context, tx *store.Tx, owner inspect.ID) (map[string]string, error) {
	kept, err := tx.PersonalTexts(ctx, owner)
	seals := map[string]string{}
	for _, t := range kept {
		seals[t.Field] = evidence.Seal(t.Field, t.Body, t.Salt)
	}
	return seals, err
}
