package store

import (
	"context"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
)

// PublicationState is how far a report is on its way.
type PublicationState string

// The states of a report.
const (
	Draft    PublicationState = "draft"
	Checked  PublicationState = "checked"
	Issued   PublicationState = "issued"
	Recalled PublicationState = "recalled"
)

// Publication is a report that is drafted, checked and issued. What it says lies beside the record, under its seal.
type Publication struct {
	id                                      int64
	ID                                      inspect.ID
	Genre                                   string // empty for the report of closure
	Kind                                    closure.PeriodKind
	Period                                  string // as closure.ParsePeriod reads it
	Scope                                   string // as the API writes it
	Language                                inspect.Language
	State                                   PublicationState
	Revision                                int64  // of what it says
	Number                                  string // once it is issued
	Year                                    int
	N                                       int64 // in the series of its kind and scope
	CutEvent                                int64
	CutAt                                   inspect.Time
	MadeBy, CheckedBy, IssuedBy, RecalledBy inspect.ID // zero for the server itself
	MadeAt, CheckedAt, IssuedAt, RecalledAt inspect.Time
	CreatedAt, UpdatedAt                    inspect.Time
	Files                                   []PublicationFile // once they are made, by form
}

// PublicationFile is an issued report in one of its forms.
type PublicationFile struct {
	Form   string `json:"form"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

const publicationColumns = `SELECT p.id, p.uid, p.genre, p.kind, p.period, p.scope, p.language, p.state, p.revision, p.number, p.year, p.n, p.cut_event, p.cut_at,
	p.made_by, p.made_at,
	p.checked_by, p.checked_at, p.issued_by, p.issued_at, p.recalled_by, p.recalled_at, p.created_at, p.updated_at FROM publication p `

func scanPublication(r scanner) (p Publication, err error) {
	err = r.Scan(&p.id, (*uid)(&p.ID), &p.Genre, (*string)(&p.Kind), &p.Period, &p.Scope, (*string)(&p.Language), (*string)(&p.State), &p.Revision,
		&p.Number, &p.Year, &p.N, &p.CutEvent, &p.CutAt,
		(*uid)(&p.MadeBy), &p.MadeAt, (*uid)(&p.CheckedBy), &p.CheckedAt, (*uid)(&p.IssuedBy), &p.IssuedAt, (*uid)(&p.RecalledBy), &p.RecalledAt, &p.CreatedAt, &p.UpdatedAt)
	return p, err
}

// Publication gives a report; ok is false when there is none.
func (tx *Tx) Publication(ctx context.Context, id inspect.ID) (p Publication, ok bool, err error) {
	p, err = scanPublication(tx.row(ctx, publicationColumns+"WHERE p.uid = ?", bytesOf(id)))
	if ok, err = ignoreNoRows(err); !ok {
		return p, ok, err
	}
	p.Files, err = tx.publicationFiles(ctx, p.id)
	return p, ok, err
}

func (tx *Tx) publicationFiles(ctx context.Context, publication int64) ([]PublicationFile, error) {
	return list(ctx, tx, func(r scanner) (f PublicationFile, err error) {
		err = r.Scan(&f.Form, &f.SHA256, &f.Bytes)
		return f, err
	}, "SELECT form, sha256, bytes FROM publication_file WHERE publication = ? ORDER BY form", publication)
}

// LockPublication keeps others from changing a report until the commit.
func (tx *Tx) LockPublication(ctx context.Context, id inspect.ID) error {
	if tx.store.dialect.forUpdate == "" {
		return nil
	}
	return tx.each(ctx, func(r scanner) error { return r.Scan(new(int64)) }, "SELECT i.id FROM publication i WHERE i.uid = ?"+tx.store.dialect.forUpdate, bytesOf(id))
}

// PublicationFilter says which reports a list holds, newest first. What is empty does not filter.
type PublicationFilter struct {
	Kind   closure.PeriodKind
	Genre  *string // empty for reports of closure, nil for all
	State  PublicationState
	Before int64 // cursor
	Limit  int
}

// Publications gives reports of a filter; the next cursor is 0 at the end.
func (tx *Tx) Publications(ctx context.Context, f PublicationFilter) (all []Publication, next int64, err error) {
	where, args := "WHERE p.id > ?", []any{0}
	if f.Before > 0 {
		where, args = "WHERE p.id < ?", []any{f.Before}
	}
	if f.Kind != "" {
		where, args = where+" AND p.kind = ?", append(args, string(f.Kind))
	}
	if f.Genre != nil {
		where, args = where+" AND p.genre = ?", append(args, *f.Genre)
	}
	if f.State != "" {
		where, args = where+" AND p.state = ?", append(args, string(f.State))
	}
	all, err = list(ctx, tx, scanPublication, publicationColumns+where+" ORDER BY p.id DESC LIMIT ?", append(args, f.Limit)...)
	if len(all) == f.Limit {
		next = all[f.Limit-1].id
	}
	for n := range all {
		if err == nil {
			all[n].Files, err = tx.publicationFiles(ctx, all[n].id)
		}
	}
	return all, next, err
}

// DraftOf gives what waits to be issued for a period, scope and genre; ok is false where nothing does.
func (tx *Tx) DraftOf(ctx context.Context, period, scope, genre string) (p Publication, ok bool, err error) {
	p, err = scanPublication(tx.row(ctx, publicationColumns+"WHERE p.period = ? AND p.scope = ? AND p.genre = ? AND p.state IN ('draft', 'checked') ORDER BY p.id LIMIT 1",
		period, scope, genre))
	ok, err = ignoreNoRows(err)
	return p, ok, err
}

// LastIssuedReports gives the last issued reports of closure of a series, the last first.
func (tx *Tx) LastIssuedReports(ctx context.Context, kind closure.PeriodKind, scope string, most int) ([]Publication, error) {
	return list(ctx, tx, scanPublication,
		publicationColumns+"WHERE p.genre = '' AND p.kind = ? AND p.scope = ? AND p.issued_at > 0 AND p.state = 'issued' ORDER BY p.issued_at DESC, p.id DESC LIMIT ?",
		string(kind), scope, most)
}

// IssuedReportOf gives the issued report of closure of a period and scope; ok is false where there is none.
func (tx *Tx) IssuedReportOf(ctx context.Context, period, scope string) (p Publication, ok bool, err error) {
	p, err = scanPublication(tx.row(ctx, publicationColumns+"WHERE p.genre = '' AND p.period = ? AND p.scope = ? AND p.state = 'issued' ORDER BY p.id DESC LIMIT 1",
		period, scope))
	ok, err = ignoreNoRows(err)
	return p, ok, err
}

// LastIssuedBulletin gives the bulletin of a scope that was issued last; ok is false when there is none.
func (tx *Tx) LastIssuedBulletin(ctx context.Context, scope string) (p Publication, ok bool, err error) {
	p, err = scanPublication(tx.row(ctx, publicationColumns+`WHERE p.genre = 'bulletin' AND p.scope = ? AND p.issued_at > 0 AND p.state = 'issued'
		ORDER BY p.issued_at DESC, p.id DESC LIMIT 1`, scope))
	ok, err = ignoreNoRows(err)
	return p, ok, err
}

// PublicationOf says whether there is a report of closure of a period and scope that was not recalled.
func (tx *Tx) PublicationOf(ctx context.Context, period, scope string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM publication WHERE genre = '' AND period = ? AND scope = ? AND state <> 'recalled' LIMIT 1", period, scope).Scan(new(int)))
}

// NextPublication draws the next number of a series.
func (tx *Tx) NextPublication(ctx context.Context, series string) (int64, error) {
	return tx.next(ctx, series, 1)
}

// SavePublication inserts a report or changes the one with its id.
func (tx *Tx) SavePublication(ctx context.Context, p *Publication) error {
	err := tx.row(ctx, `INSERT INTO publication (uid, genre, kind, period, scope, language, state, revision, number, year, n, cut_event, cut_at, made_by, made_at,
		checked_by, checked_at,
			issued_by, issued_at, recalled_by, recalled_at, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET state = excluded.state, revision = excluded.revision, number = excluded.number, year = excluded.year, n = excluded.n,
			cut_event = excluded.cut_event, cut_at = excluded.cut_at, made_by = excluded.made_by, made_at = excluded.made_at, checked_by = excluded.checked_by,
			checked_at = excluded.checked_at, issued_by = excluded.issued_by, issued_at = excluded.issued_at, recalled_by = excluded.recalled_by,
			recalled_at = excluded.recalled_at, updated_at = excluded.updated_at RETURNING id`,
		bytesOf(p.ID), p.Genre, string(p.Kind), p.Period, p.Scope, string(p.Language), string(p.State), p.Revision, p.Number, p.Year, p.N, p.CutEvent,
		int64(p.CutAt), bytesOf(p.MadeBy), int64(p.MadeAt),
		bytesOf(p.CheckedBy), int64(p.CheckedAt), bytesOf(p.IssuedBy), int64(p.IssuedAt), bytesOf(p.RecalledBy), int64(p.RecalledAt),
		int64(p.CreatedAt), int64(p.UpdatedAt)).Scan(&p.id)
	for _, f := range p.Files {
		if err == nil {
			err = tx.exec(ctx, `INSERT INTO publication_file (publication, form, sha256, bytes) VALUES (?, ?, ?, ?)
				ON CONFLICT (publication, form) DO NOTHING`, p.id, f.Form, f.SHA256, f.Bytes)
		}
	}
	return err
}

// ReadReceipt is that a person was told of something, and when they opened it.
type ReadReceipt struct {
	Person string
	At     inspect.Time
	ReadAt inspect.Time // 0 for not yet
}

// ReadReceipts gives who was told of a happening in their inbox.
func (tx *Tx) ReadReceipts(ctx context.Context, ref string) ([]ReadReceipt, error) {
	return list(ctx, tx, func(r scanner) (v ReadReceipt, err error) {
		err = r.Scan(&v.Person, &v.At, &v.ReadAt)
		return v, err
	}, `SELECT COALESCE((SELECT p.display_name FROM person p WHERE p.uid = m.recipient), ''), m.created_at, m.read_at FROM message m
		JOIN happening h ON h.id = m.happening WHERE h.ref = ? AND m.channel = 'inbox' ORDER BY m.id`, ref)
}

// ChangedIssues gives the issues that something happened to after an event.
func (tx *Tx) ChangedIssues(ctx context.Context, after int64) (map[inspect.ID]bool, error) {
	changed := map[inspect.ID]bool{}
	return changed, tx.each(ctx, func(r scanner) error {
		var name string
		if err := r.Scan(&name); err != nil {
			return err
		}
		id, err := inspect.ParseID(name)
		changed[id] = true
		return err
	}, "SELECT DISTINCT s.name FROM event e JOIN stream s ON s.id = e.stream WHERE e.seq > ? AND s.kind = ?", after, StreamIssue)
}
