package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
)

const photoColumns = `SELECT p.uid, i.uid, p.state, p.sha256, p.bytes, p.kind, p.captured_at, p.taken, d.uid, p.declared_at, p.received_at, p.skew_ms,
	p.used_by, p.reason, p.facts, p.renditions, p.rendition_error FROM photo p JOIN issue i ON i.id = p.issue JOIN person d ON d.id = p.declarer `

func scanPhoto(r scanner) (p inspect.Photo, err error) {
	var skew *int64
	var facts string
	err = r.Scan((*uid)(&p.ID), (*uid)(&p.Issue), &p.State, &p.SHA256, &p.Bytes, &p.Kind, &p.CapturedAt, &p.CaptureMethod, (*uid)(&p.Declarer),
		&p.DeclaredAt, &p.ReceivedAt, &skew, (*uid)(&p.UsedBy), (*uid)(&p.RemovalAction), &facts, &p.Renditions, &p.RenditionError)
	if err != nil {
		return p, err
	}
	if skew != nil {
		d := time.Duration(*skew) * time.Millisecond
		p.Skew = &d
	}
	err = readJSON(facts, &p.Facts)
	return p, err
}

// Photo gives a photo; ok is false when there is none.
func (tx *Tx) Photo(ctx context.Context, id inspect.ID) (p inspect.Photo, ok bool, err error) {
	p, err = scanPhoto(tx.row(ctx, photoColumns+"WHERE p.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return p, ok, err
}

// Photos gives the photos of an issue in the order in which they were declared.
func (tx *Tx) Photos(ctx context.Context, issue inspect.ID) ([]inspect.Photo, error) {
	return list(ctx, tx, scanPhoto, photoColumns+"WHERE i.uid = ? ORDER BY p.id", bytesOf(issue))
}

// EachDigest calls f for every photo with the digest of its bytes, then for the scan of every agreement, every file of a document and every photo of an
// activity, which are safe; of names it, such as photo/ID.
func (tx *Tx) EachDigest(ctx context.Context, f func(of, sha256 string, state inspect.PhotoState) error) error {
	for _, what := range []struct{ of, query string }{
		{"photo/", "SELECT uid, sha256, state FROM photo ORDER BY id"},
		{"agreement/", "SELECT uid, scan, 'safe' FROM agreement WHERE scan <> '' ORDER BY id"},
		{"document/", "SELECT d.uid, f.sha256, 'safe' FROM archive_file f JOIN archive_document d ON d.id = f.document ORDER BY f.id"},
		{"activity/", "SELECT v.uid, p.sha256, 'safe' FROM activity_photo p JOIN activity v ON v.id = p.activity ORDER BY p.id"},
	} {
		if err := tx.each(ctx, func(r scanner) error {
			var id inspect.ID
			var sum string
			var state inspect.PhotoState
			if err := r.Scan((*uid)(&id), &sum, (*string)(&state)); err != nil {
				return err
			}
			return f(what.of+id.String(), sum, state)
		}, what.query); err != nil {
			return err
		}
	}
	return nil
}

// EachPhoto calls f for every photo.
func (tx *Tx) EachPhoto(ctx context.Context, f func(*inspect.Photo) error) error {
	return tx.each(ctx, func(r scanner) error {
		p, err := scanPhoto(r)
		if err != nil {
			return err
		}
		return f(&p)
	}, photoColumns+"ORDER BY p.id")
}

// InsertPhoto keeps a declaration. From its commit on no sweep may take the bytes, so it waits for one that is under way:
// Write tries again a few times, then it is ErrUnavailable.
func (tx *Tx) InsertPhoto(ctx context.Context, i *IssueRow, p inspect.Photo) error {
	if swept, err := tx.SweepMarked(ctx, p.SHA256); err != nil {
		return err
	} else if swept {
		return errSwept
	}
	return tx.exec(ctx, `INSERT INTO photo (uid, issue, state, sha256, bytes, kind, captured_at, taken, declarer, declared_at, received_at,
			facts, renditions, rendition_error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM person WHERE uid = ?), ?, 0, '', ?, '')`,
		bytesOf(p.ID), i.id, string(inspect.PhotoDeclared), p.SHA256, p.Bytes, string(p.Kind), int64(p.CapturedAt), string(p.CaptureMethod),
		bytesOf(p.Declarer), int64(tx.Now), string(inspect.RenditionNone))
}

// SetPhotoSafe notes that the bytes of a declared photo are durable.
func (tx *Tx) SetPhotoSafe(ctx context.Context, p inspect.Photo) error {
	facts, err := json.Marshal(p.Facts)
	if err != nil {
		return err
	}
	var skew any
	if p.Skew != nil {
		skew = p.Skew.Milliseconds()
	}
	return tx.execOne(ctx, "UPDATE photo SET state = ?, received_at = ?, skew_ms = ?, facts = ?, renditions = ? WHERE uid = ? AND state = ?",
		string(inspect.PhotoSafe), int64(tx.Now), skew, string(facts), string(inspect.RenditionPending), bytesOf(p.ID), string(inspect.PhotoDeclared))
}

// SetPhotoState notes that a photo was withdrawn or erased, by an action that says why.
func (tx *Tx) SetPhotoState(ctx context.Context, p inspect.Photo, to inspect.PhotoState, action inspect.ID) error {
	return tx.execOne(ctx, "UPDATE photo SET state = ?, reason = ? WHERE uid = ? AND state = ?", string(to), bytesOf(action), bytesOf(p.ID), string(p.State))
}

// UsePhoto notes which action a photo proves.
func (tx *Tx) UsePhoto(ctx context.Context, id, action inspect.ID) error {
	return tx.execOne(ctx, "UPDATE photo SET used_by = ? WHERE uid = ?", bytesOf(action), bytesOf(id))
}

// Rendition is a derived picture in the blob store.
type Rendition struct {
	Size   string
	SHA256 string
	Bytes  int64
}

// SaveRenditions keeps the pictures that were made, or why none could be.
func (tx *Tx) SaveRenditions(ctx context.Context, photo inspect.ID, made []Rendition, failure string) error {
	state := inspect.RenditionReady
	if failure != "" {
		state = inspect.RenditionFailed
	}
	for _, r := range made {
		if err := tx.exec(ctx, `INSERT INTO rendition (photo, size, sha256, bytes) VALUES ((SELECT id FROM photo WHERE uid = ?), ?, ?, ?)
			ON CONFLICT (photo, size) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes`,
			bytesOf(photo), r.Size, r.SHA256, r.Bytes); err != nil {
			return err
		}
	}
	return tx.execOne(ctx, "UPDATE photo SET renditions = ?, rendition_error = ? WHERE uid = ?", string(state), failure, bytesOf(photo))
}

// SetRenditionsPending notes that derived pictures which could not be made are tried again.
func (tx *Tx) SetRenditionsPending(ctx context.Context, photo inspect.ID) error {
	return tx.execOne(ctx, "UPDATE photo SET renditions = ?, rendition_error = '' WHERE uid = ? AND renditions = ?",
		string(inspect.RenditionPending), bytesOf(photo), string(inspect.RenditionFailed))
}

// RenditionsOf gives the derived pictures that were made of the same bytes for another photo, none when there are none.
func (tx *Tx) RenditionsOf(ctx context.Context, sha256 string) ([]Rendition, error) {
	return list(ctx, tx, scanRendition, `SELECT size, sha256, bytes FROM rendition WHERE photo =
		(SELECT id FROM photo WHERE sha256 = ? AND state = 'safe' AND renditions = 'ready' LIMIT 1) AND size IN ('display', 'thumb')`, sha256)
}

func scanRendition(r scanner) (v Rendition, err error) {
	err = r.Scan(&v.Size, &v.SHA256, &v.Bytes)
	return v, err
}

// Rendition gives a derived picture; ok is false when there is none.
func (tx *Tx) Rendition(ctx context.Context, photo inspect.ID, size string) (v Rendition, ok bool, err error) {
	v.Size = size
	err = tx.row(ctx, "SELECT r.sha256, r.bytes FROM rendition r JOIN photo p ON p.id = r.photo WHERE p.uid = ? AND r.size = ?",
		bytesOf(photo), size).Scan(&v.SHA256, &v.Bytes)
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// DropRenditions forgets the derived pictures of a photo and gives what they were.
func (tx *Tx) DropRenditions(ctx context.Context, photo inspect.ID) ([]Rendition, error) {
	all, err := list(ctx, tx, scanRendition, "SELECT r.size, r.sha256, r.bytes FROM rendition r JOIN photo p ON p.id = r.photo WHERE p.uid = ?", bytesOf(photo))
	if err != nil {
		return nil, err
	}
	return all, tx.exec(ctx, "DELETE FROM rendition WHERE photo = (SELECT id FROM photo WHERE uid = ?)", bytesOf(photo))
}

// EachRendition calls f for every derived picture, with its photo.
func (tx *Tx) EachRendition(ctx context.Context, f func(photo inspect.ID, v Rendition) error) error {
	return tx.each(ctx, func(r scanner) error {
		var photo inspect.ID
		var v Rendition
		if err := r.Scan((*uid)(&photo), &v.Size, &v.SHA256, &v.Bytes); err != nil {
			return err
		}
		return f(photo, v)
	}, "SELECT p.uid, r.size, r.sha256, r.bytes FROM rendition r JOIN photo p ON p.id = r.photo ORDER BY r.id")
}

// RenditionKnown says whether any photo has a derived picture with this digest.
func (tx *Tx) RenditionKnown(ctx context.Context, sha256 string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM rendition WHERE sha256 = ? LIMIT 1", sha256).Scan(new(int)))
}

// lockDigest keeps a photo's arrival and a sweep of the same bytes apart until the commit.
func (tx *Tx) lockDigest(ctx context.Context, sha256 string) error {
	if lock := tx.store.dialect.lockDigest; lock != "" {
		return tx.exec(ctx, lock, sha256)
	}
	return nil
}

// sweepTime is how long a mark holds: who set it removes the bytes within the time of a job, or has died.
const sweepTime = time.Hour

// errSwept means that the bytes of a photo are just being removed as a stray.
var errSwept = errors.New("store: the same bytes are being swept")

// SweepMarked says whether a sweep is about to remove these bytes: they have to be put again once it is done. No mark
// comes between this and the commit.
func (tx *Tx) SweepMarked(ctx context.Context, sha256 string) (bool, error) {
	if err := tx.lockDigest(ctx, sha256); err != nil {
		return false, err
	}
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM sweep_mark WHERE sha256 = ? AND at > ?", sha256, int64(tx.Now.Add(-sweepTime))).Scan(new(int)))
}

// MarkSweep announces that bytes will be removed, unless a photo that is declared or safe names them or another sweep
// has announced the same; ok says whether they may be. Removing comes after the commit, then UnmarkSweep.
func (tx *Tx) MarkSweep(ctx context.Context, sha256 string) (ok bool, err error) {
	if err := tx.lockDigest(ctx, sha256); err != nil {
		return false, err
	}
	named, err := tx.DigestNamed(ctx, sha256)
	if named || err != nil {
		return false, err
	}
	if err := tx.exec(ctx, "DELETE FROM sweep_mark WHERE at <= ?", int64(tx.Now.Add(-sweepTime))); err != nil {
		return false, err
	}
	n, err := tx.change(ctx, "INSERT INTO sweep_mark (sha256, at) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING", sha256, int64(tx.Now))
	return n == 1, err
}

// UnmarkSweep says that the bytes are gone.
func (tx *Tx) UnmarkSweep(ctx context.Context, sha256 string) error {
	return tx.exec(ctx, "DELETE FROM sweep_mark WHERE sha256 = ?", sha256)
}

// registerNames is whether the scan of an agreement, the file of a document or the photo of an activity names bytes, behind a query of photos that do.
const registerNames = " UNION ALL SELECT 1 FROM agreement WHERE scan = ? AND scan <> '' UNION ALL SELECT 1 FROM archive_file WHERE sha256 = ?" +
	" UNION ALL SELECT 1 FROM activity_photo WHERE sha256 = ? LIMIT 1"

// DigestNamed says whether a photo that is declared or safe, a scan or a document names these bytes.
func (tx *Tx) DigestNamed(ctx context.Context, sha256 string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM photo WHERE sha256 = ? AND state IN ('declared', 'safe')"+registerNames, sha256, sha256, sha256, sha256).Scan(new(int)))
}

// DigestsNamed gives which of some bytes a photo that is declared or safe, a scan or a document names.
func (tx *Tx) DigestsNamed(ctx context.Context, sums []string) (map[string]bool, error) {
	of, args := " IN ("+marks(len(sums))+")", anyOf(sums)
	return tx.textSet(ctx, "SELECT sha256 FROM photo WHERE sha256"+of+" AND state IN ('declared', 'safe') UNION ALL SELECT scan FROM agreement WHERE scan"+of+
		" UNION ALL SELECT sha256 FROM archive_file WHERE sha256"+of, slices.Concat(args, args, args)...)
}

// DigestInUse says whether a photo that is safe, a scan or a document names these bytes.
func (tx *Tx) DigestInUse(ctx context.Context, sha256 string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM photo WHERE sha256 = ? AND state = 'safe'"+registerNames, sha256, sha256, sha256, sha256).Scan(new(int)))
}

// FirstPhotos gives the first photo of each issue that has a small picture.
func (tx *Tx) FirstPhotos(ctx context.Context, issues []inspect.ID) (map[inspect.ID]inspect.ID, error) {
	marks, args := in(issues)
	first := make(map[inspect.ID]inspect.ID, len(issues))
	err := tx.each(ctx, func(r scanner) error {
		var issue, photo inspect.ID
		err := r.Scan((*uid)(&issue), (*uid)(&photo))
		if _, ok := first[issue]; !ok {
			first[issue] = photo
		}
		return err
	}, "SELECT i.uid, p.uid FROM photo p JOIN issue i ON i.id = p.issue WHERE i.uid IN ("+marks+") AND p.renditions = 'ready' AND p.state = 'safe' ORDER BY p.id", args...)
	return first, err
}
