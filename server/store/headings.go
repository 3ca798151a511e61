package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

const headingColumns = `SELECT h.uid, (SELECT uid FROM archive_heading WHERE id = h.parent), h.number, h.title, h.note, h.source, h.detail, h.least, h.units,
	h.keep_years, h.enabled, h.created_at, h.updated_at FROM archive_heading h `

func scanHeading(r scanner) (h inspect.Heading, err error) {
	var units string
	if err = r.Scan((*uid)(&h.ID), (*uid)(&h.Parent), &h.Number, &h.Title, &h.Note, (*string)(&h.Source), &h.Detail, &h.Least, &units, &h.KeepYears, &h.Enabled,
		&h.CreatedAt, &h.UpdatedAt); err != nil {
		return h, err
	}
	err = readJSON(units, &h.Units)
	return h, err
}

// Headings gives all headings of the archive in the order in which they came.
func (tx *Tx) Headings(ctx context.Context) ([]inspect.Heading, error) {
	return list(ctx, tx, scanHeading, headingColumns+"ORDER BY h.id")
}

// Heading gives one heading; ok is false when there is none.
func (tx *Tx) Heading(ctx context.Context, id inspect.ID) (h inspect.Heading, ok bool, err error) {
	h, err = scanHeading(tx.row(ctx, headingColumns+"WHERE h.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return h, ok, err
}

// EachHeading calls f for every heading; of one that cannot be read with what can.
func (tx *Tx) EachHeading(ctx context.Context, f func(*inspect.Heading) error) error {
	return tx.each(ctx, func(r scanner) error {
		h, err := scanHeading(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(&h)
	}, headingColumns+"ORDER BY h.id")
}

// SaveHeading inserts a heading or changes the one with its id.
func (tx *Tx) SaveHeading(ctx context.Context, h inspect.Heading) error {
	units, err := asJSON(&h.Units)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO archive_heading (uid, parent, number, title, note, source, detail, least, units, keep_years, enabled, created_at, updated_at)
		VALUES (?, (SELECT id FROM archive_heading WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET parent = excluded.parent, number = excluded.number, title = excluded.title, note = excluded.note, source = excluded.source,
			detail = excluded.detail, least = excluded.least, units = excluded.units, keep_years = excluded.keep_years, enabled = excluded.enabled,
			updated_at = excluded.updated_at`,
		bytesOf(h.ID), bytesOf(h.Parent), h.Number, h.Title, h.Note, string(h.Source), h.Detail, int64(h.Least), units, int64(h.KeepYears), h.Enabled,
		int64(h.CreatedAt), int64(h.UpdatedAt))
}

// HeldBelow says whether documents that were not withdrawn lie right below a heading.
func (tx *Tx) HeldBelow(ctx context.Context, heading inspect.ID) (bool, error) {
	return ignoreNoRows(tx.row(ctx, `SELECT 1 FROM archive_document d JOIN archive_heading h ON h.id = d.heading
		WHERE h.uid = ? AND d.withdrawn_at = 0 LIMIT 1`, bytesOf(heading)).Scan(new(int)))
}

// HeldCount is how many documents that are here a unit brought to a heading; the zero unit stands for those of no unit.
type HeldCount struct {
	Heading, Unit inspect.ID
	Documents     int
}

// HeldCounts gives how many documents with a file lie below each heading by unit, of those that are dated in a span.
func (tx *Tx) HeldCounts(ctx context.Context, dated inspect.Span) ([]HeldCount, error) {
	return list(ctx, tx, func(r scanner) (c HeldCount, err error) {
		err = r.Scan((*uid)(&c.Heading), (*uid)(&c.Unit), &c.Documents)
		return c, err
	}, `SELECT h.uid, u.uid, count(*) FROM archive_document d JOIN archive_heading h ON h.id = d.heading LEFT JOIN unit u ON u.id = d.unit
		WHERE d.withdrawn_at = 0 AND d.dated >= ? AND d.dated <= ? AND EXISTS (SELECT 1 FROM archive_file f WHERE f.document = d.id)
		GROUP BY h.uid, u.uid`, string(dated.From), string(dated.To))
}
