package notices

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// MakePaper asks for the files of a paper.
type MakePaper struct {
	Paper string `json:"paper"`
}

// Kind names the job.
func (MakePaper) Kind() string { return "paper.make" }

// Patient says that photos that people wait for come first.
func (MakePaper) LowPriority() bool { return true }

// printSide is the longest side in pixels of a picture on paper: 75 mm at 270 dots per inch.
const printSide = 800

// MakePaper makes the files of a paper from what was frozen, once.
func (svc *Service) MakePaper(ctx context.Context, job MakePaper) error {
	id, err := inspect.ParseID(job.Paper)
	if err != nil {
		return fmt.Errorf("notices: paper: %w", err)
	}
	var says paper.Content
	var from map[string]string // digest of the display picture by photo
	made := false
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
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
	pictures, err := svc.Pictures(ctx, from)
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
	return svc.keepPaper(ctx, id, pdf, docx)
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
				return nil, city.ErrNotYet
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

// Pictures makes pictures small enough for paper.
func (svc *Service) Pictures(ctx context.Context, from map[string]string) (paper.Pictures, error) {
	all := paper.Pictures{}
	for id, sum := range from {
		b, err := svc.bytesUnder(ctx, photos.RenditionKey(sum))
		if err != nil {
			return nil, err
		}
		leave, err := svc.gate.Acquire(ctx, photo.DisplaySide, photo.DisplaySide)
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
func (svc *Service) bytesUnder(ctx context.Context, key string) ([]byte, error) {
	body, _, err := svc.blobs.Open(ctx, key)
	if err != nil {
		return nil, city.AsUnavailable(err)
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	return b, city.AsUnavailable(err)
}

// keepPaper makes the files durable, then tells of them.
func (svc *Service) keepPaper(ctx context.Context, id inspect.ID, pdf, docx []byte) error {
	var files [2]inspect.PaperFile
	for n, b := range [][]byte{pdf, docx} {
		sum := sha256.Sum256(b)
		files[n] = inspect.PaperFile{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(b))}
		if err := svc.blobs.Put(ctx, PaperKey(files[n].SHA256), b); err != nil {
			return city.AsUnavailable(err)
		}
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
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
		void, err := tx.Cancellation(ctx, &p)
		if err != nil {
			return err
		}
		seals, err := SealsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		p.PDF, p.DOCX, p.UpdatedAt = files[0], files[1], tx.Now
		recordPaper(tx, inspect.ID{}, paperMade, &p, seals, r, void)
		if err := svc.tellPrograms(ctx, tx, paperMade, &p); err != nil {
			return err
		}
		return tx.SetPaperFiles(ctx, &p)
	})
}

// SealsOf are the seals of the texts of an owner as they were made.
func SealsOf(ctx context.Context, tx *store.Tx, owner inspect.ID) (map[string]string, error) {
	kept, err := tx.PersonalTexts(ctx, owner)
	seals := map[string]string{}
	for _, t := range kept {
		seals[t.Field] = evidence.Seal(t.Field, t.Body, t.Salt)
	}
	return seals, err
}
