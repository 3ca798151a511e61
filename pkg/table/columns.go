package table

import (
	"context"
	"fmt"
	"strings"
)

// Column is a column that an import reads.
type Column struct {
	Name   string
	Also   []string // what else heads call it
	Needed bool
}

// Record is a row by its columns.
type Record struct {
	N   int
	row Row
	at  map[string]int
}

// Text is the cell of a column, empty where there is none.
func (r *Record) Text(column string) string {
	if at, ok := r.at[column]; ok && at < len(r.row.Cells) {
		return r.row.Cells[at]
	}
	return ""
}

// Doubt is why the cell of a column is not certain, as an error for whoever sent it; nil where it is.
func (r *Record) Doubt(column string) error {
	at, ok := r.at[column]
	d := r.row.Doubt(at)
	if !ok || d == nil {
		return nil
	}
	return fmt.Errorf(doubts[d.Kind], d.Read)
}

// doubts are what people read.
var doubts = map[DoubtKind]string{
	ErrorValue: "want the value and not %s, the error of a formula",
	Rounded:    "want a cell of text: %s lost digits",
	NoDate:     "want a date: %s is none",
}

// ReadColumns reads a table whose columns an import knows by name, in whatever order they stand. A column that is needed and not there, one
// that nobody knows, and one that is there twice make the file unreadable: what it holds would be lost without a word.
func ReadColumns(ctx context.Context, read Reader, body []byte, o Options, columns []Column, row func(*Record) error) (found Head, err error) {
	o.Names = nil
	for _, c := range columns {
		o.Names = append(o.Names, append([]string{c.Name}, c.Also...))
	}
	at := map[string]int{}
	err = read(ctx, body, o, func(h Head) error {
		found = h
		return placed(h, columns, at)
	}, func(r Row) error {
		for n, cell := range r.Cells {
			if cell != "" && (n >= len(found.Names) || found.Names[n] == "") {
				return unreadable("row %d has a cell under no name of a column: %.40q", r.N, cell)
			}
		}
		return row(&Record{N: r.N, row: r, at: at})
	})
	return found, err
}

// placed finds the columns under the heads.
func placed(h Head, columns []Column, at map[string]int) error {
	var missing, all []string
	known := map[int]bool{}
	for _, c := range columns {
		all = append(all, c.Name)
		n, twice := Find(h.Names, append([]string{c.Name}, c.Also...)...)
		switch {
		case twice:
			return unreadable("row %d names the column %s twice", h.N, c.Name)
		case n >= 0:
			at[c.Name], known[n] = n, true
		case c.Needed:
			missing = append(missing, c.Name)
		}
	}
	if len(missing) > 0 {
		return unreadable("row %d names no column %s: want the columns %s", h.N, strings.Join(missing, ", "), strings.Join(all, ", "))
	}
	for n, name := range h.Names {
		if name != "" && !known[n] {
			return unreadable("row %d names a column %.40q that nobody knows: want the columns %s", h.N, name, strings.Join(all, ", "))
		}
	}
	return nil
}
