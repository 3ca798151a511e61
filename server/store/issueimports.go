package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// IssueImportState is how far an import of issues is.
type IssueImportState string

// The states.
const (
	IssueImportStaging IssueImportState = "staging" // its rows are on their way
	IssueImportChecked IssueImportState = "checked" // what is wrong is known; nothing was made of it
	IssueImportMaking  IssueImportState = "making"  // a job makes issues of its rows
	IssueImportDone    IssueImportState = "done"
)

// IssueImport is a table of work from elsewhere. Until it is done Fresh, Known and Wrong say what its rows would be, then what they
// became: an issue, one that was there, or nothing, since something is wrong.
type IssueImport struct {
	ID            inspect.ID
	State         IssueImportState
	By            inspect.ID
	Mapping       string // JSON, as it was when the table came
	ColumnNames   string // JSON, the names of its columns
	Source        inspect.Source
	Format        string
	SHA256        string
	Bytes         int64
	Lines         int
	NewRows       int
	KnownRows     int
	InvalidRows   int
	SentAt        inspect.Time
	UpdatedAt     inspect.Time
	RemainingRows int // rows of which no issue is made yet
}

const intakeColumns = `SELECT m.id, m.uid, m.state, (SELECT uid FROM person WHERE id = m.person), m.mapping, m.heads, m.source, m.format, m.sha256, m.bytes, m.lines,
	m.fresh, m.known, m.wrong, m.sent_at, m.updated_at,
	CASE WHEN m.state = 'making' THEN (SELECT count(*) FROM issue_import_row r WHERE r.import = m.id AND r.state = 'fresh') ELSE 0 END FROM issue_import m `

func scanIntake(r scanner) (id int64, i IssueImport, err error) {
	err = r.Scan(&id, (*uid)(&i.ID), (*string)(&i.State), (*uid)(&i.By), &i.Mapping, &i.ColumnNames, (*string)(&i.Source), &i.Format, &i.SHA256, &i.Bytes, &i.Lines,
		&i.NewRows, &i.KnownRows, &i.InvalidRows, &i.SentAt, &i.UpdatedAt, &i.RemainingRows)
	return id, i, err
}

// IssueImport gives an import; ok is false when there is none.
func (tx *Tx) IssueImport(ctx context.Context, id inspect.ID) (i IssueImport, ok bool, err error) {
	_, i, err = scanIntake(tx.row(ctx, intakeColumns+"WHERE m.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return i, ok, err
}

// LockIssueImport keeps others from changing an import until the commit.
func (tx *Tx) LockIssueImport(ctx context.Context, id inspect.ID) error {
	if tx.store.dialect.forUpdate == "" {
		return nil
	}
	return tx.each(ctx, func(r scanner) error { return r.Scan(new(int64)) }, "SELECT i.id FROM issue_import i WHERE i.uid = ?"+tx.store.dialect.forUpdate, bytesOf(id))
}

// IssueImports gives imports whose rows are all here, newest first, before the one at the cursor; the next cursor is 0 at the end.
func (tx *Tx) IssueImports(ctx context.Context, before int64, limit int) (all []IssueImport, next int64, err error) {
	where, args := "WHERE m.state <> ? ", []any{string(IssueImportStaging)}
	if before > 0 {
		where, args = where+"AND m.id < ? ", append(args, before)
	}
	all, err = list(ctx, tx, func(r scanner) (i IssueImport, err error) {
		next, i, err = scanIntake(r)
		return i, err
	}, intakeColumns+where+"ORDER BY m.id DESC LIMIT ?", append(args, limit)...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// EachRequestedIssueImport calls f for every import of which somebody asked issues to be made.
func (tx *Tx) EachRequestedIssueImport(ctx context.Context, f func(IssueImport) error) error {
	return tx.each(ctx, func(r scanner) error {
		_, i, err := scanIntake(r)
		if err != nil {
			return err
		}
		return f(i)
	}, intakeColumns+"WHERE m.state IN (?, ?) ORDER BY m.id", string(IssueImportMaking), string(IssueImportDone))
}

// SameIssueImport finds the newest import of a file that waits to be asked for.
func (tx *Tx) SameIssueImport(ctx context.Context, sum, mapping string, by inspect.ID) (i IssueImport, ok bool, err error) {
	_, i, err = scanIntake(tx.row(ctx,
		intakeColumns+"WHERE m.sha256 = ? AND m.mapping = ? AND m.state = ? AND m.person = (SELECT id FROM person WHERE uid = ?) ORDER BY m.id DESC LIMIT 1",
		sum, mapping, string(IssueImportChecked), bytesOf(by)))
	ok, err = ignoreNoRows(err)
	return i, ok, err
}

// IssueImportWaits says whether somebody sent a table that waits to be asked for.
func (tx *Tx) IssueImportWaits(ctx context.Context, by inspect.ID) (waits bool, err error) {
	err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM issue_import WHERE state = ? AND person = (SELECT id FROM person WHERE uid = ?))",
		string(IssueImportChecked), bytesOf(by)).Scan(&waits)
	return waits, err
}

// InsertIssueImport begins an import.
func (tx *Tx) InsertIssueImport(ctx context.Context, i *IssueImport) error {
	return tx.exec(ctx, `INSERT INTO issue_import (uid, state, person, mapping, heads, source, format, sha256, bytes, lines, fresh, known, wrong, sent_at, updated_at)
		VALUES (?, ?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		bytesOf(i.ID), string(i.State), bytesOf(i.By), i.Mapping, i.ColumnNames, string(i.Source), i.Format, i.SHA256, i.Bytes, i.Lines, i.NewRows, i.KnownRows, i.InvalidRows,
		int64(i.SentAt), int64(i.UpdatedAt))
}

// SetIssueImportState takes an import from one state to the one that it has, with its counts.
func (tx *Tx) SetIssueImportState(ctx context.Context, i *IssueImport, from IssueImportState) error {
	return tx.execOne(ctx, "UPDATE issue_import SET state = ?, heads = ?, lines = ?, fresh = ?, known = ?, wrong = ?, updated_at = ? WHERE uid = ? AND state = ?",
		string(i.State), i.ColumnNames, i.Lines, i.NewRows, i.KnownRows, i.InvalidRows, int64(i.UpdatedAt), bytesOf(i.ID), string(from))
}

// RowState is what a staged row is.
type RowState string

// The states of a row. One that became an issue is taken away: its cells lie with the issue.
const (
	RowNew     RowState = "fresh"
	RowKnown   RowState = "known" // its number came before
	RowInvalid RowState = "wrong"
)

// StagedRow is a row of an import that is no issue.
type StagedRow struct {
	N        int
	State    RowState
	Cells    []byte // sealed
	Findings string // JSON
}

// thatIntake is the row of an import, by the id that is an argument.
const thatIntake = "(SELECT id FROM issue_import WHERE uid = ?)"

// StageRows keeps rows where nobody reads them.
func (tx *Tx) StageRows(ctx context.Context, id inspect.ID, rows []StagedRow) error {
	var row int64
	if err := tx.row(ctx, "SELECT id FROM issue_import WHERE uid = ?", bytesOf(id)).Scan(&row); err != nil {
		return err
	}
	args := make([]any, 0, 5*len(rows))
	for _, r := range rows {
		args = append(args, row, r.N, string(r.State), r.Cells, r.Findings)
	}
	return tx.exec(ctx, "INSERT INTO issue_import_row (import, n, state, cells, findings) VALUES "+rowsOf(5, len(rows)), args...)
}

// StagedRows gives rows of an import in a state, or in any, after one of them.
func (tx *Tx) StagedRows(ctx context.Context, id inspect.ID, state RowState, after, limit int) ([]StagedRow, error) {
	where, args := "import = "+thatIntake+" AND n > ? ", []any{bytesOf(id), after}
	if state != "" {
		where, args = where+"AND state = ? ", append(args, string(state))
	}
	return list(ctx, tx, func(r scanner) (s StagedRow, err error) {
		err = r.Scan(&s.N, (*string)(&s.State), &s.Cells, &s.Findings)
		return s, err
	}, "SELECT n, state, cells, findings FROM issue_import_row WHERE "+where+"ORDER BY n LIMIT ?", append(args, limit)...)
}

// CountRows counts the rows of an import that are left, by state.
func (tx *Tx) CountRows(ctx context.Context, id inspect.ID) (map[RowState]int, error) {
	all := map[RowState]int{}
	return all, tx.each(ctx, func(r scanner) error {
		var s RowState
		var n int
		err := r.Scan((*string)(&s), &n)
		all[s] = n
		return err
	}, "SELECT state, count(*) FROM issue_import_row WHERE import = "+thatIntake+" GROUP BY state", bytesOf(id))
}

// SetRow notes what a row turned out to be.
func (tx *Tx) SetRow(ctx context.Context, id inspect.ID, r *StagedRow) error {
	return tx.execOne(ctx, "UPDATE issue_import_row SET state = ?, findings = ? WHERE import = "+thatIntake+" AND n = ?", string(r.State), r.Findings, bytesOf(id), r.N)
}

// DropRows takes away fresh rows up to one: they are issues now.
func (tx *Tx) DropRows(ctx context.Context, id inspect.ID, upTo int) error {
	return tx.exec(ctx, "DELETE FROM issue_import_row WHERE import = "+thatIntake+" AND state = ? AND n <= ?", bytesOf(id), string(RowNew), upTo)
}

// IssuesByExternalNumber gives the issues of a source that are kept under some of these numbers, by the number.
func (tx *Tx) IssuesByExternalNumber(ctx context.Context, source inspect.Source, numbers []string) (map[string]inspect.ID, error) {
	all := map[string]inspect.ID{}
	v := values{column: "outside", all: padded(texts(numbers))}
	return all, tx.each(ctx, func(r scanner) error {
		var number string
		var id inspect.ID
		err := r.Scan(&number, (*uid)(&id))
		all[number] = id
		return err
	}, "SELECT outside, uid FROM issue WHERE source = ? AND outside <> '' AND "+v.sql(), append([]any{string(source)}, v.all...)...)
}

// ImportsOfIssues gives the import that each of these issues was made by; nothing for others.
func (tx *Tx) ImportsOfIssues(ctx context.Context, ids []inspect.ID) (map[inspect.ID]inspect.ID, error) {
	all := map[inspect.ID]inspect.ID{}
	if len(ids) == 0 {
		return all, nil
	}
	marks, args := in(ids)
	return all, tx.each(ctx, func(r scanner) error {
		var issue, made inspect.ID
		err := r.Scan((*uid)(&issue), (*uid)(&made))
		all[issue] = made
		return err
	}, "SELECT i.uid, m.uid FROM issue i JOIN issue_import m ON m.id = i.import WHERE i.uid IN ("+marks+")", args...)
}

// ImportedIssues gives the issues that an import made, in the order of its rows, after the one at the cursor; the next cursor is 0 at
// the end.
func (tx *Tx) ImportedIssues(ctx context.Context, id inspect.ID, after int64, limit int) (all []IssueRow, next int64, err error) {
	all, err = list(ctx, tx, scanIssue, issueColumns+"WHERE i.import = "+thatIntake+" AND i.id > ? ORDER BY i.id LIMIT ?", bytesOf(id), after, limit)
	if len(all) == limit {
		next = all[limit-1].id
	}
	return all, next, err
}

// ExpiredIssueImports gives imports that were sent before a moment and that nobody asked for, and those whose rows were kept long enough.
func (tx *Tx) ExpiredIssueImports(ctx context.Context, before inspect.Time, limit int) ([]IssueImport, error) {
	return list(ctx, tx, func(r scanner) (i IssueImport, err error) {
		_, i, err = scanIntake(r)
		return i, err
	}, intakeColumns+`WHERE m.sent_at < ? AND (m.state IN (?, ?) OR m.state = ? AND EXISTS (SELECT 1 FROM issue_import_row r WHERE r.import = m.id)) ORDER BY m.id LIMIT ?`,
		int64(before), string(IssueImportStaging), string(IssueImportChecked), string(IssueImportDone), limit)
}

// ForgetRows takes away rows of an import, so many at once; done is true when none is left.
func (tx *Tx) ForgetRows(ctx context.Context, id inspect.ID, limit int) (done bool, err error) {
	n, err := tx.change(ctx, "DELETE FROM issue_import_row WHERE id IN (SELECT id FROM issue_import_row WHERE import = "+thatIntake+" ORDER BY id LIMIT ?)", bytesOf(id), limit)
	return err == nil && n < int64(limit), err
}

// DropIssueImport takes away an import that nobody asked for and that has no rows any more.
func (tx *Tx) DropIssueImport(ctx context.Context, id inspect.ID) error {
	return tx.exec(ctx, "DELETE FROM issue_import WHERE uid = ? AND state IN (?, ?)", bytesOf(id), string(IssueImportStaging), string(IssueImportChecked))
}
