package places

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
)

// Bounds of an import of a register.
const (
	importRows  = 10_000
	importChunk = 50  // rows of a transaction: others wait for it no longer than 100 ms
	importTold  = 100 // faults that are named
)

// TableFile is a table of a register as somebody sent it, and which of its tables is meant where that was said.
type TableFile struct {
	Body  []byte
	Sheet string // guessed where it is empty
	Heads int    // row, guessed where it is 0
}

func (f *TableFile) options() table.Options {
	return table.Options{Sheet: f.Sheet, Heads: f.Heads, Hint: 1}
}

// CatalogueImport counts what an import did.
type CatalogueImport struct{ Added, Changed, Same int }

// Count notes a row that was written.
func (n *CatalogueImport) Count(repeated, created bool) {
	switch {
	case created:
		n.Added++
	case repeated:
		n.Same++
	default:
		n.Changed++
	}
}

// ReadRows hands each row of a table on; what makes it no table of these columns is a fault of the row at which that is seen.
func ReadRows(ctx context.Context, read table.Reader, file TableFile, columns []table.Column, row func(*table.Record),
	fail func(row int, column, detail string)) error {
	rows := 0
	found, err := table.ReadColumns(ctx, read, file.Body, file.options(), columns, func(r *table.Record) error {
		if rows++; rows > importRows {
			return &table.Unreadable{Why: fmt.Sprintf("a table has at most %d rows", importRows)}
		}
		row(r)
		return nil
	})
	if why := (*table.Unreadable)(nil); errors.As(err, &why) {
		fail(max(found.N, 1), "", why.Why)
		return nil
	}
	return err
}

// TableFaults are what is wrong with a table, by row and column.
type TableFaults struct{ wrong []fault.Field }

// Err refuses a table in which something is wrong, with the first of it by row and column.
func (f *TableFaults) Err() error {
	if len(f.wrong) == 0 {
		return nil
	}
	return inspect.ErrContent.At(f.Faults()...)
}

// Faults are the first of them, as many as are told; nil where nothing is wrong.
func (f *TableFaults) Faults() []fault.Field { return f.wrong[:min(len(f.wrong), importTold)] }

// Count is how many faults there are.
func (f *TableFaults) Count() int { return len(f.wrong) }

// Fail notes what is wrong in a row, and in which column where it is one.
func (f *TableFaults) Fail(row int, column, detail string) {
	at := fmt.Sprintf("/%d", row)
	if column != "" {
		at += "/" + column
	}
	f.wrong = append(f.wrong, fault.Field{Pointer: at, Detail: detail})
}

// Cell reads a cell and notes what is wrong with it.
func (f *TableFaults) Cell(row *table.Record, column string, most int, read func(text string) error) {
	text := strings.TrimSpace(row.Text(column))
	err := row.Doubt(column)
	switch {
	case err != nil:
	case len([]rune(text)) > most || strings.ContainsFunc(text, func(c rune) bool { return c < 32 || c == 127 || c == '\ufffd' }):
		err = fmt.Errorf("want at most %d characters, none of control", most)
	default:
		err = read(text)
	}
	if err != nil {
		f.Fail(row.N, column, err.Error())
	}
}
