package intake

import (
	"context"
	"encoding/json"
	"iter"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// wrongHead is the column that says what is wrong with a row.
const wrongHead = "有误之处"

// WrongRows gives the rows of an import with something wrong, in the columns in which they came and one that says what, to be corrected and
// sent again. Rows hold who called: that they were taken out is in the security log.
func (svc *Service) WrongRows(ctx context.Context, a *inspect.Actor, id inspect.ID, asked string) (*paper.Sheet, error) {
	i, names, err := svc.takenOut(ctx, a, id, asked)
	if err != nil {
		return nil, err
	}
	if at := len(names) - 1; names[at] == wrongHead { // they were sent again with it
		names = names[:at]
	}
	return &paper.Sheet{Name: wrongHead, Columns: paper.TextColumns(append(names, wrongHead)), Rows: pages(func(yield func([]string) bool) error {
		for after := 0; ; {
			var rows []store.StagedRow
			if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
				rows, err = tx.StagedRows(ctx, id, store.RowInvalid, after, issues.ExportPage)
				return err
			}); err != nil || len(rows) == 0 {
				return err
			}
			for n := range rows {
				row, err := svc.wrongRow(&i, &rows[n], len(names))
				if err != nil || !yield(row) {
					return err
				}
			}
			after = rows[len(rows)-1].N
		}
	})}, nil
}

func (svc *Service) wrongRow(i *store.IssueImport, r *store.StagedRow, columns int) ([]string, error) {
	l, err := svc.cells(i.ID, r)
	if err != nil {
		return nil, err
	}
	var found []intake.Finding
	if err := json.Unmarshal([]byte(r.Findings), &found); err != nil {
		return nil, err
	}
	var said []string
	for _, f := range found {
		text := f.Text(inspect.Chinese)
		if f.Column != "" {
			text = f.Column + "：" + text
		}
		said = append(said, text)
	}
	row := make([]string, columns+1)
	copy(row[:columns], l.Cells)
	row[columns] = strings.Join(said, "；")
	return row, nil
}

// Replies gives the rows that became issues, in the columns in which they came, with what became of them: what was found, what was done,
// what who told the office was told. Rows hold who called: that they were taken out is in the security log.
func (svc *Service) Replies(ctx context.Context, a *inspect.Actor, id inspect.ID, asked string) (*paper.Sheet, error) {
	i, names, err := svc.takenOut(ctx, a, id, asked)
	if err != nil {
		return nil, err
	}
	var m intake.Mapping
	if err := json.Unmarshal([]byte(i.Mapping), &m); err != nil {
		return nil, err
	}
	heads := m.ReplyHeader(names)
	return &paper.Sheet{Name: "反馈", Columns: paper.TextColumns(heads.Names), Rows: pages(func(yield func([]string) bool) error {
		for after := int64(0); ; {
			var rows [][]string
			if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
				rows, after, err = svc.answered(ctx, tx, id, &heads, after)
				return err
			}); err != nil {
				return err
			}
			for _, row := range rows {
				if !yield(row) {
					return nil
				}
			}
			if after == 0 {
				return nil
			}
		}
	})}, nil
}

// answered gives a page of rows; the next cursor is 0 at the end.
func (svc *Service) answered(ctx context.Context, tx *store.Tx, id inspect.ID, heads *intake.Header, after int64) (all [][]string, next int64, err error) {
	imported, next, err := tx.ImportedIssues(ctx, id, after, issues.ExportPage)
	if err != nil {
		return nil, 0, err
	}
	var owners []inspect.ID
	for n := range imported {
		owners = append(owners, imported[n].ID)
		if said := imported[n].Feedback.Action; !said.IsZero() {
			owners = append(owners, said)
		}
	}
	told, err := tx.TextsOf(ctx, owners, issues.TextRow, "findings", "handling", "note")
	if err != nil {
		return nil, 0, err
	}
	for n := range imported {
		i := &imported[n]
		text, err := svc.issues.OpenCaller(i.ID, issues.TextRow, told[i.ID][issues.TextRow])
		if err != nil {
			return nil, 0, err
		}
		var cells []string
		if text != "" { // erased by decision otherwise
			if err := json.Unmarshal([]byte(text), &cells); err != nil {
				return nil, 0, err
			}
		}
		all = append(all, heads.FillRow(cells, svc.answers(i, told[i.Feedback.Action])))
	}
	return all, next, nil
}

// answers are what another system is told of an issue.
func (svc *Service) answers(i *store.IssueRow, said map[string]string) map[intake.Field]string {
	all := map[intake.Field]string{intake.Status: issues.StatusWords[i.Status][0]}
	if i.Feedback.At != 0 {
		all[intake.Findings], all[intake.Handling], all[intake.Feedback] = said["findings"], said["handling"], said["note"]
		all[intake.RepliedAt] = i.Feedback.At.UTC().In(svc.zone).Format("2006-01-02 15:04:05")
	}
	return all
}

// pages makes rows of a sheet of a function that reads them; its error ends them.
func pages(read func(yield func([]string) bool) error) iter.Seq2[[]paper.Value, error] {
	return func(yield func([]paper.Value, error) bool) {
		more := true
		err := read(func(row []string) bool {
			more = yield(paper.TextCells(row), nil)
			return more
		})
		if err != nil && more {
			yield(nil, err)
		}
	}
}

// takenOut gives an import with the names of its columns, and notes who takes its rows out.
func (svc *Service) takenOut(ctx context.Context, a *inspect.Actor, id inspect.ID, asked string) (i store.IssueImport, names []string, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if i, err = svc.visibleImport(ctx, tx, a, id); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(i.ColumnNames), &names); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogCallerSeen, Person: a.ID, Address: a.Address, Detail: asked})
	})
	return i, names, err
}
