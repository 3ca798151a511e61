package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// expectedFiles are what should lie in the blob store, by key.
type expectedFiles struct {
	originals   map[string]*original
	renditions  map[string]string // who it is of
	papers      map[string]string // whose file it is
	checkpoints map[string]bool
}

// original is what the rows say of the bytes under a digest.
type original struct {
	state inspect.PhotoState // safe when any photo with this digest is
	sum   string
	of    string // photo/ID or agreement/ID, the first that names it
	more  int
}

// expected gives what the rows say of the bytes that should be there.
func (a *auditor) expected(ctx context.Context, tx *store.Tx) (expectedFiles, error) {
	w := expectedFiles{map[string]*original{}, map[string]string{}, map[string]string{}, map[string]bool{}}
	if err := tx.EachDigest(ctx, func(subject, sum string, state inspect.PhotoState) error {
		if len(sum) != 2*sha256.Size {
			return nil // told with the rows of its issue
		}
		if state == inspect.PhotoErased {
			a.note(subject, "its bytes were erased by decision; the record keeps the digest %s", sum)
		}
		o := w.originals[photos.OriginalKey(sum)]
		switch {
		case o == nil:
			w.originals[photos.OriginalKey(sum)] = &original{state: state, sum: sum, of: subject}
		case state != inspect.PhotoSafe:
		case o.state == inspect.PhotoSafe:
			o.more++
		default: // one safe photo is enough to want the bytes
			o.state, o.of = state, subject
		}
		return nil
	}); err != nil {
		return w, err
	}
	if err := tx.EachPaperFile(ctx, func(paper inspect.ID, sum string) error {
		if len(sum) != 2*sha256.Size {
			a.wrong("paper/"+paper.String(), "a file of it has no digest")
			return nil
		}
		w.papers[notices.PaperKey(sum)] = "paper/" + paper.String()
		return nil
	}); err != nil {
		return w, err
	}
	return w, tx.EachRendition(ctx, func(photo inspect.ID, v store.Rendition) error {
		if len(v.SHA256) == 2*sha256.Size {
			w.renditions[photos.RenditionKey(v.SHA256)] = "photo/" + photo.String()
			return nil
		}
		a.wrong("photo/"+photo.String(), "the picture made from it has no digest")
		return nil
	})
}

// blobs reads everything in the blob store once and holds it against its digest and the rows.
func (a *auditor) blobs(ctx context.Context, w *expectedFiles) error {
	err := a.core.blobs.List(ctx, "", func(key string, _ blob.Info) error {
		switch folder, _, _ := strings.Cut(key, "/"); folder {
		case "photo":
			return a.original(ctx, key, w)
		case "rendition":
			return a.rendition(ctx, key, w)
		case "paper":
			return a.paperFile(ctx, key, w)
		case "checkpoint":
			return a.strayCheckpoint(ctx, key, w)
		case "upload":
			return a.part(ctx, key)
		}
		a.note(key, "nothing of this program lies here")
		return nil
	})
	if err != nil {
		return city.AsUnavailable(err)
	}
	return a.missing(ctx, w)
}

func (a *auditor) original(ctx context.Context, key string, w *expectedFiles) error {
	sum := key[strings.LastIndexByte(key, '/')+1:]
	if len(sum) != 2*sha256.Size || key != photos.OriginalKey(sum) {
		a.note(key, "no photo is ever kept under such a key")
		return nil
	}
	a.sum.Blobs++
	o := w.originals[key]
	got, there, err := a.digest(ctx, key)
	if err != nil || !there {
		return err // deleted meanwhile: missing looks again
	}
	delete(w.originals, key)
	switch {
	case o != nil && got != sum:
		a.wrong(o.of, "the bytes under %s were changed: their digest is %s%s", key, got, o.others())
	case got != sum:
		a.wrong(key, "the bytes were changed: their digest is %s", got)
	case o == nil:
		return a.stray(ctx, key, sum)
	case o.state == inspect.PhotoErased:
		a.note(key, "these bytes are to be erased; the job for it has not run yet")
	}
	return nil
}

// part names a part of an upload that is still under way, or whose upload is gone.
func (a *auditor) part(ctx context.Context, key string) error {
	known := map[string]bool{}
	err := a.again(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		known, err = tx.ChunksKnown(ctx, []string{key})
		return err
	})
	switch {
	case err != nil:
	case known[key]:
		a.note(key, "a part of an upload that is not whole yet")
	default:
		a.note(key, "a part of an upload that is gone; a sweep takes it after a day")
	}
	return err
}

// others says how many more photos have the same bytes.
func (o *original) others() string {
	if o.more > 0 {
		return fmt.Sprintf("; %d more photos have the same bytes", o.more)
	}
	return ""
}

// stray tells of bytes that no row names, not even now.
func (a *auditor) stray(ctx context.Context, key, sum string) error {
	named := false
	err := a.again(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		named, err = tx.DigestNamed(ctx, sum)
		return err
	})
	if err == nil && !named {
		a.note(key, "no row names these bytes; a sweep takes them after a day")
	}
	return err
}

func (a *auditor) rendition(ctx context.Context, key string, w *expectedFiles) error {
	a.sum.Renditions++
	of, known := w.renditions[key]
	got, there, err := a.digest(ctx, key)
	if err != nil || !there {
		return err
	}
	delete(w.renditions, key)
	sum := key[strings.LastIndexByte(key, '/')+1:]
	switch {
	case got != sum && known:
		a.wrong(of, "the picture made from it under %s was changed: its digest is %s", key, got)
	case got != sum:
		a.wrong(key, "the bytes were changed: their digest is %s", got)
	case !known:
		err = a.again(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			known, err = tx.RenditionKnown(ctx, sum)
			return err
		})
		if err == nil && !known {
			a.note(key, "no row names this picture")
		}
	}
	return err
}

// missing tells of bytes that should be there, also as the rows say now.
func (a *auditor) missing(ctx context.Context, w *expectedFiles) error {
	return a.again(ctx, func(ctx context.Context, tx *store.Tx) error {
		for key, o := range w.originals {
			if o.state != inspect.PhotoSafe {
				continue
			}
			if safe, err := tx.DigestInUse(ctx, o.sum); err != nil {
				return err
			} else if safe {
				a.wrong(o.of, "the bytes of this acknowledged photo are missing under %s%s", key, o.others())
			}
		}
		for key, of := range w.papers {
			a.wrong(of, "a file of it is missing under %s", key)
		}
		for key, of := range w.renditions {
			if known, err := tx.RenditionKnown(ctx, key[strings.LastIndexByte(key, '/')+1:]); err != nil {
				return err
			} else if known {
				a.wrong(of, "the picture made from it is missing under %s", key)
			}
		}
		return nil
	})
}

// again looks at the database as it is now.
func (a *auditor) again(ctx context.Context, f func(context.Context, *store.Tx) error) error {
	return a.core.store.Read(ctx, f)
}

// digest computes what lies under a key; it may be gone meanwhile.
func (a *auditor) digest(ctx context.Context, key string) (sum string, there bool, err error) {
	r, _, err := a.core.blobs.Open(ctx, key)
	if errors.Is(err, blob.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer r.Close()
	hash := sha256.New()
	switch _, err := io.Copy(hash, r); {
	case errors.Is(err, blob.ErrNotExist):
		return "", false, nil
	case err != nil:
		return "", false, err
	}
	return hex.EncodeToString(hash.Sum(nil)), true, nil
}
