package store

import (
	"context"
	"errors"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
)

const schemeColumns = `SELECT a.uid, a.title, a.peer_group, a.weights, a.grades, a.least_due, a.enabled, a.version, a.made_by, a.created_at, a.updated_at
	FROM assessment_scheme a `

func scanScheme(r scanner) (s assessment.Scheme, err error) {
	var weights, grades string
	if err = r.Scan((*uid)(&s.ID), &s.Title, &s.PeerGroup, &weights, &grades, &s.LeastDue, &s.Enabled, &s.Version, (*uid)(&s.MadeBy), &s.CreatedAt,
		&s.UpdatedAt); err != nil {
		return s, err
	}
	err = errors.Join(readJSON(weights, &s.Weights), readJSON(grades, &s.Grades))
	return s, err
}

// Scheme gives one scheme of assessment; ok is false when there is none.
func (tx *Tx) Scheme(ctx context.Context, id inspect.ID) (s assessment.Scheme, ok bool, err error) {
	s, err = scanScheme(tx.row(ctx, schemeColumns+"WHERE a.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return s, ok, err
}

// EachScheme calls f for every scheme of assessment in the order in which they were made; of one that cannot be read with what can.
func (tx *Tx) EachScheme(ctx context.Context, f func(*assessment.Scheme) error) error {
	return tx.each(ctx, func(r scanner) error {
		s, err := scanScheme(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(&s)
	}, schemeColumns+"ORDER BY a.id")
}

// SaveScheme inserts a scheme of assessment or changes the one with its id.
func (tx *Tx) SaveScheme(ctx context.Context, s *assessment.Scheme) error {
	weights, err := asJSON(&s.Weights)
	if err != nil {
		return err
	}
	grades, err := asJSON(&s.Grades)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO assessment_scheme (uid, title, peer_group, weights, grades, least_due, enabled, version, made_by, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET title = excluded.title, peer_group = excluded.peer_group, weights = excluded.weights, grades = excluded.grades,
			least_due = excluded.least_due, enabled = excluded.enabled, version = excluded.version, updated_at = excluded.updated_at`,
		bytesOf(s.ID), s.Title, s.PeerGroup, weights, grades, s.LeastDue, s.Enabled, s.Version, bytesOf(s.MadeBy), int64(s.CreatedAt), int64(s.UpdatedAt))
}

const sheetColumns = `SELECT t.id, t.uid, a.uid, t.period, t.revision, t.content, t.drafted_by, t.drafted_at, t.checked_by, t.checked_at, t.issued_by, t.issued_at,
	t.created_at, t.updated_at FROM assessment_sheet t JOIN assessment_scheme a ON a.id = t.scheme `

func scanSheet(r scanner) (id int64, s assessment.Sheet, err error) {
	var content string
	if err = r.Scan(&id, (*uid)(&s.ID), (*uid)(&s.Scheme), &s.Period, &s.Revision, &content, (*uid)(&s.Drafted.By), &s.Drafted.At, (*uid)(&s.Checked.By),
		&s.Checked.At, (*uid)(&s.Issued.By), &s.Issued.At, &s.CreatedAt, &s.UpdatedAt); err != nil {
		return id, s, err
	}
	err = readJSON(content, &s.Content)
	return id, s, err
}

// AssessmentSheet gives one sheet; ok is false when there is none.
func (tx *Tx) AssessmentSheet(ctx context.Context, id inspect.ID) (s assessment.Sheet, ok bool, err error) {
	_, s, err = scanSheet(tx.row(ctx, sheetColumns+"WHERE t.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return s, ok, err
}

// SheetOfPeriod gives the sheet of a scheme and a period; ok is false when there is none.
func (tx *Tx) SheetOfPeriod(ctx context.Context, scheme inspect.ID, period string) (s assessment.Sheet, ok bool, err error) {
	_, s, err = scanSheet(tx.row(ctx, sheetColumns+"WHERE a.uid = ? AND t.period = ?", bytesOf(scheme), period))
	ok, err = ignoreNoRows(err)
	return s, ok, err
}

// AssessmentSheets gives sheets, the newest first, before the one at the cursor, which is 0 for the first; next is 0 at the end.
func (tx *Tx) AssessmentSheets(ctx context.Context, before int64, limit int) (all []assessment.Sheet, next int64, err error) {
	where, args := "", []any{}
	if before > 0 {
		where, args = "WHERE t.id < ? ", append(args, before)
	}
	all, err = list(ctx, tx, func(r scanner) (s assessment.Sheet, err error) {
		next, s, err = scanSheet(r)
		return s, err
	}, sheetColumns+where+"ORDER BY t.id DESC LIMIT ?", append(args, limit)...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// EachAssessmentSheet calls f for every sheet; of one that cannot be read with what can.
func (tx *Tx) EachAssessmentSheet(ctx context.Context, f func(*assessment.Sheet) error) error {
	return tx.each(ctx, func(r scanner) error {
		_, s, err := scanSheet(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(&s)
	}, sheetColumns+"ORDER BY t.id")
}

// SaveAssessmentSheet inserts a sheet or changes the one with its id.
func (tx *Tx) SaveAssessmentSheet(ctx context.Context, s *assessment.Sheet) error {
	content, err := asJSON(&s.Content)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO assessment_sheet (uid, scheme, period, revision, content, drafted_by, drafted_at, checked_by, checked_at, issued_by, issued_at,
			created_at, updated_at)
		VALUES (?, (SELECT id FROM assessment_scheme WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET revision = excluded.revision, content = excluded.content, drafted_by = excluded.drafted_by,
			drafted_at = excluded.drafted_at, checked_by = excluded.checked_by, checked_at = excluded.checked_at, issued_by = excluded.issued_by,
			issued_at = excluded.issued_at, updated_at = excluded.updated_at`,
		bytesOf(s.ID), bytesOf(s.Scheme), s.Period, s.Revision, content, bytesOf(s.Drafted.By), int64(s.Drafted.At), bytesOf(s.Checked.By), int64(s.Checked.At),
		bytesOf(s.Issued.By), int64(s.Issued.At), int64(s.CreatedAt), int64(s.UpdatedAt))
}

// UnitScore is the sum of the scores of visits to what a unit answers for, and how many there were.
type UnitScore struct {
	Unit   inspect.ID
	Sum    score.Points
	Visits int64
}

// UnitScores sums the scores of visits in a time, from inclusive, to exclusive, by unit: without re-checks, and without those that are contested and not
// decided yet.
func (tx *Tx) UnitScores(ctx context.Context, from, to inspect.Time) ([]UnitScore, error) {
	return list(ctx, tx, func(r scanner) (s UnitScore, err error) {
		err = r.Scan((*uid)(&s.Unit), &s.Sum, &s.Visits)
		return s, err
	}, `SELECT u.uid, s.sum, s.visits FROM (SELECT unit, CAST(sum(score) AS BIGINT) AS sum, count(*) AS visits FROM visit WHERE done_at >= ? AND done_at < ?
			AND scored AND rechecks IS NULL AND (contested_at = 0 OR decided_at > 0) GROUP BY unit) s JOIN unit u ON u.id = s.unit`, int64(from), int64(to))
}
