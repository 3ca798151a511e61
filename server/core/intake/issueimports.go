package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/pkg/table"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// What an import of issues does at once, so that no transaction keeps others waiting.
const (
	stagedAtOnce = 200
	previewRows  = 20  // that are shown
	wrongShown   = 200 // rows with something wrong that are named; all of them stand in a file

)

// IssueFile is a table of work from elsewhere as it came.
type IssueFile struct {
	Format  intake.Format
	Mapping inspect.ID
	intake.Table
}

// WrongRow is a row with something wrong.
type WrongRow struct {
	N        int
	Number   string
	Findings []intake.Finding
}

// IssueImport is an import as it stands.
type IssueImport struct {
	store.IssueImport
	Rows  []intake.WorkOrder // the first, as they are read
	Wrong []WrongRow         // the first
	Names issues.Names       // of what the rows name
	Found *table.Head        // where the table was found in the file, when it was checked just now
}

// MaySend refuses who may not send a table, before anybody's megabytes are read. Who sent one that waits may send it again, to learn that it is here.
func (svc *Service) MaySend(ctx context.Context, a *inspect.Actor) error {
	if a.MayAnywhere(inspect.MayImport) {
		return nil
	}
	return svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		sent, err := tx.IssueImportWaits(ctx, a.ID)
		if err == nil && !sent {
			err = inspect.ErrForbidden
		}
		return err
	})
}

// CheckIssues reads a table of work from elsewhere and keeps its rows where nobody sees them. The same file again, while it waits, is the
// same import; who lost it learns that it is here, and none of its rows. Two files are checked at a time.
func (svc *Service) CheckIssues(ctx context.Context, a *inspect.Actor, f IssueFile) (done IssueImport, repeated bool, err error) {
	if err := svc.MaySend(ctx, a); err != nil {
		return done, false, err
	}
	if len(f.Body) > intake.MostBytes {
		return done, false, inspect.ErrTooLarge
	}
	if _, err := svc.messages.Seal("", nil); err != nil {
		return done, false, err
	}
	select {
	case svc.checking <- struct{}{}:
		defer func() { <-svc.checking }()
	case <-ctx.Done():
		return done, false, ctx.Err()
	}
	if err := svc.forgetIntake(ctx); err != nil {
		return done, false, err
	}
	t, same, err := svc.tableOf(ctx, a, &f)
	if err != nil {
		return done, false, err
	}
	if same != nil {
		if done, err = svc.IssueImport(ctx, a, same.ID); issues.OutOfReach(err) {
			done, err = IssueImport{IssueImport: *same}, nil
		}
		return done, err == nil, err
	}
	found, err := t.stage(ctx, &f)
	if err != nil {
		return done, false, err
	}
	done, err = svc.IssueImport(ctx, a, t.made.ID)
	done.Found = &found
	return done, false, err
}

// tableStaging is a table on its way to where nobody reads it.
type tableStaging struct {
	intake  *Service
	made    store.IssueImport
	mapping intake.Mapping
	known   intake.Registers
	orders  []intake.WorkOrder // that are not kept yet
}

// tableOf looks up all that a table is read with, or gives the import of the same file that waits.
func (svc *Service) tableOf(ctx context.Context, a *inspect.Actor, f *IssueFile) (t *tableStaging, same *store.IssueImport, err error) {
	sum := sha256.Sum256(f.Body)
	t = &tableStaging{intake: svc}
	return t, same, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, ok, err := tx.ImportMapping(ctx, f.Mapping)
		if err != nil {
			return err
		}
		unknown := inspect.UnknownField("query:mapping", "there is no such mapping, or it is switched off")
		if !ok {
			return unknown
		}
		if err := json.Unmarshal([]byte(m.Mapping), &t.mapping); err != nil {
			return err
		}
		if f.Sheet != "" || f.Heads > 0 { // what is said of this file belongs to how it is read
			t.mapping.Sheet, t.mapping.Heads = cmp.Or(f.Sheet, t.mapping.Sheet), cmp.Or(f.Heads, t.mapping.Heads)
			text, err := evidence.CanonicalOf(t.mapping)
			if err != nil {
				return err
			}
			m.Mapping = string(text)
		}
		t.made = store.IssueImport{ID: inspect.NewID(), State: store.IssueImportStaging, By: a.ID, Mapping: m.Mapping, ColumnNames: "[]",
			Source: t.mapping.Source, Format: string(f.Format),
			SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(f.Body))}
		if old, ok, err := tx.SameIssueImport(ctx, t.made.SHA256, t.made.Mapping, a.ID); ok || err != nil {
			same = &old
			return err
		}
		desks, err := issues.SourceDesks.In(ctx, tx)
		switch {
		case err != nil:
			return err
		case !a.MayAnywhere(inspect.MayImport):
			return inspect.ErrForbidden
		case !m.Enabled:
			return unknown
		case !desks.Handle(a.ID, t.mapping.Source):
			return issues.ErrOtherDesk
		}
		t.known, err = svc.rowsMayName(ctx, tx)
		t.known.File = fileOf(&t.made)
		return err
	})
}

// rowsMayName are the registers by the names that tables use.
func (svc *Service) rowsMayName(ctx context.Context, tx *store.Tx) (k intake.Registers, err error) {
	days, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return k, err
	}
	k = intake.Registers{Categories: map[string]string{}, Areas: map[string][]inspect.ID{}, Units: map[string][]inspect.ID{}, Zone: svc.zone,
		DayEnds: days.DayEnds(), Now: tx.Now}
	items, err := tx.Categories(ctx)
	if err != nil {
		return k, err
	}
	for _, name := range []func(*inspect.Category) string{ // a later one wins
		func(v *inspect.Category) string { return v.NameEN }, func(v *inspect.Category) string { return v.NameZH },
		func(v *inspect.Category) string { return v.OldCode }, func(v *inspect.Category) string { return v.Code }} {
		for n := range items {
			if text := name(&items[n]); text != "" && items[n].Enabled {
				k.Categories[text] = items[n].Code
			}
		}
	}
	areas, err := tx.Areas(ctx)
	if err != nil {
		return k, err
	}
	for _, v := range areas {
		k.Areas[v.Name] = append(k.Areas[v.Name], v.ID)
	}
	for _, v := range areas {
		if v.Code != "" {
			k.Areas[v.Code] = []inspect.ID{v.ID}
		}
	}
	units, err := tx.Units(ctx)
	for _, u := range units {
		if u.Enabled {
			k.Units[u.Name] = append(k.Units[u.Name], u.ID)
		}
	}
	return k, err
}

// stage reads the rows and keeps them in small transactions; nothing reads them before the last.
func (t *tableStaging) stage(ctx context.Context, f *IssueFile) (found table.Head, err error) {
	if err := t.intake.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		t.made.SentAt, t.made.UpdatedAt = tx.Now, tx.Now
		return tx.InsertIssueImport(ctx, &t.made)
	}); err != nil {
		return found, err
	}
	var failed error // of the database, and not of the file
	found, err = intake.Read(ctx, t.intake.tables, f.Table, &t.mapping, t.known, func(o *intake.WorkOrder) error {
		if t.orders = append(t.orders, *o); len(t.orders) == stagedAtOnce {
			failed = t.keep(ctx)
		}
		return failed
	})
	if failed == nil && err == nil {
		failed = t.keep(ctx)
	}
	why := (*table.Unreadable)(nil)
	switch {
	case failed != nil:
		return found, failed
	case errors.As(err, &why):
		return found, errors.Join(inspect.ErrIssueFile.With("%s.", why).At(fault.Field{Detail: why.Why}), t.intake.forgetImport(ctx, t.made.ID))
	case err != nil:
		return found, err
	}
	heads, err := json.Marshal(found.Names)
	if err != nil {
		return found, err
	}
	t.made.ColumnNames, t.made.State, t.made.Lines = string(heads), store.IssueImportChecked, t.made.NewRows+t.made.KnownRows+t.made.InvalidRows
	return found, t.intake.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		t.made.UpdatedAt = tx.Now
		return tx.SetIssueImportState(ctx, &t.made, store.IssueImportStaging)
	})
}

// keep keeps the rows that were read, sealed, each with what it is.
func (t *tableStaging) keep(ctx context.Context) error {
	if len(t.orders) == 0 {
		return nil
	}
	rows := make([]store.StagedRow, 0, len(t.orders))
	var numbers []string
	for n := range t.orders {
		numbers = append(numbers, t.orders[n].Number)
	}
	var known map[string]inspect.ID
	if err := t.intake.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		known, err = tx.IssuesByExternalNumber(ctx, t.made.Source, numbers)
		return err
	}); err != nil {
		return err
	}
	differ, err := t.intake.differing(ctx, &t.mapping, t.orders, known)
	if err != nil {
		return err
	}
	for n := range t.orders {
		o := &t.orders[n]
		if f, is := differ[o.N]; is {
			o.Findings = append(o.Findings, f)
		}
		row, err := t.staged(o, !known[o.Number].IsZero())
		if err != nil {
			return err
		}
		rows = append(rows, row)
		*map[store.RowState]*int{store.RowNew: &t.made.NewRows, store.RowKnown: &t.made.KnownRows, store.RowInvalid: &t.made.InvalidRows}[row.State]++
	}
	t.orders = t.orders[:0]
	return t.intake.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.StageRows(ctx, t.made.ID, rows) })
}

// staged is a row as it is kept: nobody reads its cells without the key of this server.
func (t *tableStaging) staged(o *intake.WorkOrder, known bool) (row store.StagedRow, err error) {
	row = store.StagedRow{N: o.N, State: store.RowNew, Findings: "[]"}
	switch {
	case len(o.Findings) > 0:
		row.State = store.RowInvalid
	case known:
		row.State = store.RowKnown
	}
	text, err := json.Marshal(o.Cells)
	if err != nil {
		return row, err
	}
	if row.State == store.RowInvalid {
		found, err := json.Marshal(o.Findings)
		if err != nil {
			return row, err
		}
		row.Findings = string(found)
	}
	row.Cells, err = t.intake.messages.Seal(rowPlace(t.made.ID, o.N), text)
	return row, err
}

// rowPlace is where the cells of a row lie.
func rowPlace(id inspect.ID, n int) string { return fmt.Sprintf("issue-import/%s/%d", id, n) }

// cells opens a row.
func (svc *Service) cells(id inspect.ID, r *store.StagedRow) (l intake.Row, err error) {
	l.N = r.N
	text, err := svc.secrets.Open(rowPlace(id, r.N), r.Cells)
	if err != nil {
		return l, fmt.Errorf("intake: row %d of import %s: %w", r.N, id, err)
	}
	err = json.Unmarshal(text, &l.Cells)
	return l, err
}

// ordersOf is how the rows of an import are read, by the registers as they are now.
func (svc *Service) ordersOf(ctx context.Context, tx *store.Tx, i *store.IssueImport) (*intake.RowReader, error) {
	var m intake.Mapping
	var names []string
	if err := errors.Join(json.Unmarshal([]byte(i.Mapping), &m), json.Unmarshal([]byte(i.ColumnNames), &names)); err != nil {
		return nil, err
	}
	known, err := svc.rowsMayName(ctx, tx)
	if err != nil {
		return nil, err
	}
	known.File = fileOf(i)
	return intake.NewRowReader(&m, names, known)
}

// readRows opens staged rows and reads them again.
func (svc *Service) readRows(id inspect.ID, orders *intake.RowReader, rows []store.StagedRow) (all []intake.WorkOrder, err error) {
	for n := range rows {
		l, err := svc.cells(id, &rows[n])
		if err != nil {
			return nil, err
		}
		all = append(all, orders.Order(l))
	}
	return all, nil
}

// fileOf tells the numbers of a file from those of others.
func fileOf(i *store.IssueImport) string { return i.SHA256[:8] }

// intakeBody is what the record keeps of an import.
func intakeBody(i *store.IssueImport) map[string]any {
	return map[string]any{"state": i.State, "sent_by": i.By, "sent_at": i.SentAt, "mapping": json.RawMessage(i.Mapping),
		"heads": json.RawMessage(i.ColumnNames), "source": i.Source,
		"format": i.Format, "sha256": i.SHA256, "bytes": i.Bytes, "lines": i.Lines, "fresh": i.NewRows, "known": i.KnownRows, "wrong": i.InvalidRows}
}

// forgetIntake takes away what was sent long ago and never asked for, and rows with something wrong that nobody sent again.
func (svc *Service) forgetIntake(ctx context.Context) error {
	var old []store.IssueImport
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		old, err = tx.ExpiredIssueImports(ctx, tx.Now.Add(-places.ForgetAfter), 100)
		return err
	}); err != nil {
		return err
	}
	for _, i := range old {
		if err := svc.forgetImport(ctx, i.ID); err != nil {
			return err
		}
	}
	return nil
}

// forgetImport takes away the rows of an import, and the import itself where nobody asked for it.
func (svc *Service) forgetImport(ctx context.Context, id inspect.ID) error {
	for done := false; !done; {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			if done, err = tx.ForgetRows(ctx, id, 5*stagedAtOnce); err == nil && done {
				err = tx.DropIssueImport(ctx, id)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
