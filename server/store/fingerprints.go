package store

import (
	"context"
	"strings"

	"spotcheck/pkg/inspect"
)

// Bounds of a search for copies, so that its cost does not grow with the archive.
const (
	bandsExamined = 5000 // entries of the index that are read
	copiesMost    = 200  // candidates that are compared, those that share most first
)

// SavePrints keeps the fingerprint of a photo, and the numbers by which others will find it.
func (tx *Tx) SavePrints(ctx context.Context, id inspect.ID, prints []byte, keys []int64) error {
	var at int64
	err := tx.row(ctx, `INSERT INTO photo_print (photo, prints) VALUES ((SELECT id FROM photo WHERE uid = ?), ?)
		ON CONFLICT (photo) DO NOTHING RETURNING photo`, bytesOf(id), prints).Scan(&at)
	if fresh, err := ignoreNoRows(err); !fresh || len(keys) == 0 {
		return err
	}
	args := make([]any, 0, 2*len(keys))
	for _, k := range keys {
		args = append(args, k, at)
	}
	return tx.exec(ctx, "INSERT INTO photo_band (band, photo) VALUES "+strings.TrimSuffix(strings.Repeat("(?, ?), ", len(keys)), ", "), args...)
}

// Prints gives the fingerprint of a photo; ok is false when it has none.
func (tx *Tx) Prints(ctx context.Context, id inspect.ID) (prints []byte, ok bool, err error) {
	err = tx.row(ctx, "SELECT r.prints FROM photo_print r JOIN photo p ON p.id = r.photo WHERE p.uid = ?", bytesOf(id)).Scan(&prints)
	ok, err = ignoreNoRows(err)
	return prints, ok, err
}

// DropPrints forgets the fingerprint of a photo, which lay under these numbers.
func (tx *Tx) DropPrints(ctx context.Context, id inspect.ID, keys []int64) error {
	for _, k := range keys {
		if err := tx.exec(ctx, "DELETE FROM photo_band WHERE band = ? AND photo = (SELECT id FROM photo WHERE uid = ?)", k, bytesOf(id)); err != nil {
			return err
		}
	}
	return tx.exec(ctx, "DELETE FROM photo_print WHERE photo = (SELECT id FROM photo WHERE uid = ?)", bytesOf(id))
}

// CopyCandidate is a photo that may be a copy.
type CopyCandidate struct {
	Photo, Issue inspect.ID
	Prints       []byte
}

// CopyCandidates gives photos of other issues that lie under some of these numbers, those under most of them first.
func (tx *Tx) CopyCandidates(ctx context.Context, keys []int64, but inspect.ID) ([]CopyCandidate, error) {
	args := make([]any, 0, len(keys)+3)
	for _, k := range keys {
		args = append(args, k)
	}
	args = append(args, bandsExamined, bytesOf(but), copiesMost)
	return list(ctx, tx, func(r scanner) (c CopyCandidate, err error) {
		err = r.Scan((*uid)(&c.Photo), (*uid)(&c.Issue), &c.Prints)
		return c, err
	}, `SELECT p.uid, i.uid, r.prints FROM (SELECT photo, count(*) AS shared FROM
			(SELECT photo FROM photo_band WHERE band IN (`+strings.TrimSuffix(strings.Repeat("?, ", len(keys)), ", ")+`) LIMIT ?) AS near GROUP BY photo) AS c
		JOIN photo p ON p.id = c.photo JOIN issue i ON i.id = p.issue JOIN photo_print r ON r.photo = p.id
		WHERE i.uid <> ? AND p.state = 'safe' ORDER BY c.shared DESC, p.id LIMIT ?`, args...)
}

// PrintOfIssue is the fingerprint of a photo of an issue.
type PrintOfIssue struct {
	Photo  inspect.ID
	Kind   inspect.PhotoKind
	Prints []byte
}

// PrintsOfIssue gives the fingerprints of the photos of an issue that are safe.
func (tx *Tx) PrintsOfIssue(ctx context.Context, issue inspect.ID) ([]PrintOfIssue, error) {
	return list(ctx, tx, func(r scanner) (p PrintOfIssue, err error) {
		err = r.Scan((*uid)(&p.Photo), (*string)(&p.Kind), &p.Prints)
		return p, err
	}, `SELECT p.uid, p.kind, r.prints FROM photo p JOIN issue i ON i.id = p.issue JOIN photo_print r ON r.photo = p.id
		WHERE i.uid = ? AND p.state = 'safe' ORDER BY p.id`, bytesOf(issue))
}

// PhotoWithSameBytes gives the first other photo that is safe with the same bytes; ok is false when there is none.
func (tx *Tx) PhotoWithSameBytes(ctx context.Context, sha256 string, but inspect.ID) (id inspect.ID, ok bool, err error) {
	err = tx.row(ctx, "SELECT uid FROM photo WHERE sha256 = ? AND state = 'safe' AND uid <> ? LIMIT 1", sha256, bytesOf(but)).Scan((*uid)(&id))
	ok, err = ignoreNoRows(err)
	return id, ok, err
}
