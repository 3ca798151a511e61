package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

const documentColumns = `SELECT d.id, d.uid, (SELECT uid FROM archive_heading WHERE id = d.heading), d.title, d.number, d.dated, (SELECT uid FROM unit WHERE id = d.unit),
	d.withdrawn, d.withdrawn_by, d.withdrawn_at, d.made_by, d.created_at, d.updated_at FROM archive_document d `

func scanDocument(r scanner) (id int64, d inspect.Document, err error) {
	err = r.Scan(&id, (*uid)(&d.ID), (*uid)(&d.Heading), &d.Title, &d.Number, (*string)(&d.Dated), (*uid)(&d.Unit), &d.Withdrawn.Reason, (*uid)(&d.Withdrawn.By),
		&d.Withdrawn.At, (*uid)(&d.MadeBy), &d.CreatedAt, &d.UpdatedAt)
	return id, d, err
}

// documents gives documents with their files; last is the row of the last one.
func (tx *Tx) documents(ctx context.Context, q string, args ...any) (all []inspect.Document, last int64, err error) {
	at := map[int64]int{}
	var rows []any
	all, err = list(ctx, tx, func(r scanner) (d inspect.Document, err error) {
		last, d, err = scanDocument(r)
		at[last] = len(rows)
		rows = append(rows, last)
		return d, err
	}, documentColumns+q, args...)
	if err != nil || len(all) == 0 {
		return all, last, err
	}
	v := values{column: "f.document", all: padded(rows)}
	return all, last, tx.each(ctx, func(r scanner) error {
		var document, crc int64
		var f inspect.DocumentFile
		if err := r.Scan(&document, &f.N, &f.SHA256, &f.Bytes, &f.Type, &f.Name, &crc, (*uid)(&f.By), &f.ReceivedAt); err != nil {
			return err
		}
		f.CRC32 = uint32(crc)
		d := &all[at[document]]
		d.Files = append(d.Files, f)
		return nil
	}, `SELECT f.document, f.n, f.sha256, f.bytes, f.type, f.name, f.crc32, f.received_by, f.received_at FROM archive_file f WHERE `+v.sql()+" ORDER BY f.document, f.n", v.all...)
}

// Document gives one document; ok is false when there is none.
func (tx *Tx) Document(ctx context.Context, id inspect.ID) (d inspect.Document, ok bool, err error) {
	all, _, err := tx.documents(ctx, "WHERE d.uid = ?", bytesOf(id))
	if err != nil || len(all) == 0 {
		return d, false, err
	}
	return all[0], true, nil
}

// DocumentFilter says which documents a list holds. What is empty does not filter.
type DocumentFilter struct {
	Headings  []inspect.ID // below any of them
	Unit      inspect.ID   // with all below
	Dated     inspect.Span // both ends or none
	Text      string       // part of the title, the number or the name of a file
	Withdrawn bool         // those alone that were withdrawn; others never stand between them
	Of        []inspect.ID // only those of no unit and of units below these; nil for all
	After     int64        // a cursor: the row before
	Limit     int
}

// Documents gives documents in the order in which they came; the next cursor is 0 at the end.
func (tx *Tx) Documents(ctx context.Context, f DocumentFilter) (all []inspect.Document, next int64, err error) {
	q, args := "WHERE d.id > ?", []any{f.After}
	and := func(sql string, more ...any) { q, args = q+" AND "+sql, append(args, more...) }
	if f.Withdrawn {
		and("d.withdrawn_at > 0")
	} else {
		and("d.withdrawn_at = 0")
	}
	if len(f.Headings) > 0 {
		marks, ids := in(f.Headings)
		and("d.heading IN (SELECT id FROM archive_heading WHERE uid IN ("+marks+"))", ids...)
	}
	if !f.Unit.IsZero() {
		and("d.unit IN ("+subtree(UnitTree)+" SELECT id FROM line)", bytesOf(f.Unit))
	}
	if f.Dated.From != "" {
		and("d.dated >= ? AND d.dated <= ?", string(f.Dated.From), string(f.Dated.To))
	}
	if f.Text != "" {
		part := partOf(f.Text)
		and(`(lower(d.title) LIKE ? ESCAPE '!' OR lower(d.number) LIKE ? ESCAPE '!'
			OR EXISTS (SELECT 1 FROM archive_file f WHERE f.document = d.id AND lower(f.name) LIKE ? ESCAPE '!'))`, part, part, part)
	}
	if f.Of != nil {
		own := "d.unit IS NULL"
		var ids []any
		for _, unit := range f.Of {
			own += " OR d.unit IN (" + subtree(UnitTree) + " SELECT id FROM line)"
			ids = append(ids, bytesOf(unit))
		}
		and("("+own+")", ids...)
	}
	all, next, err = tx.documents(ctx, q+" ORDER BY d.id LIMIT ?", append(args, f.Limit)...)
	if len(all) < f.Limit {
		next = 0
	}
	return all, next, err
}

// documentsAtOnce is how many documents are read together where all are.
const documentsAtOnce = 500

// EachDocument calls f for every document of a filter, whatever its cursor and limit say.
func (tx *Tx) EachDocument(ctx context.Context, filter DocumentFilter, f func(*inspect.Document) error) error {
	for filter.After, filter.Limit = 0, documentsAtOnce; ; {
		page, next, err := tx.Documents(ctx, filter)
		if err != nil {
			return err
		}
		for n := range page {
			if err := f(&page[n]); err != nil {
				return err
			}
		}
		if filter.After = next; next == 0 {
			return nil
		}
	}
}

// SaveDocument inserts a document or changes the one with its id, but for its files.
func (tx *Tx) SaveDocument(ctx context.Context, d *inspect.Document) error {
	return tx.exec(ctx, `INSERT INTO archive_document (uid, heading, title, number, dated, unit, withdrawn, withdrawn_by, withdrawn_at, made_by, created_at, updated_at)
		VALUES (?, (SELECT id FROM archive_heading WHERE uid = ?), ?, ?, ?, (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET heading = excluded.heading, title = excluded.title, number = excluded.number, dated = excluded.dated, unit = excluded.unit,
			withdrawn = excluded.withdrawn, withdrawn_by = excluded.withdrawn_by, withdrawn_at = excluded.withdrawn_at, updated_at = excluded.updated_at`,
		bytesOf(d.ID), bytesOf(d.Heading), d.Title, d.Number, string(d.Dated), bytesOf(d.Unit), d.Withdrawn.Reason, bytesOf(d.Withdrawn.By), int64(d.Withdrawn.At),
		bytesOf(d.MadeBy), int64(d.CreatedAt), int64(d.UpdatedAt))
}

// AddDocumentFile keeps the next version of the file of a document.
func (tx *Tx) AddDocumentFile(ctx context.Context, document inspect.ID, f *inspect.DocumentFile) error {
	return tx.exec(ctx, `INSERT INTO archive_file (document, n, sha256, bytes, type, name, crc32, received_by, received_at)
		VALUES ((SELECT id FROM archive_document WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?)`,
		bytesOf(document), f.N, f.SHA256, f.Bytes, f.Type, f.Name, int64(f.CRC32), bytesOf(f.By), int64(f.ReceivedAt))
}
