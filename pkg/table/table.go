// Package table reads the tables that people send: CSV in any encoding that Excel and WPS write, and workbooks (XLSX). It is generous with what
// is certain, and says of the rest what was read and why it may be wrong. It computes only.
package table

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Bounds of a table.
const (
	MostBytes   = 32 << 20 // of the file
	MostRows    = 100_000  // below the heads
	MostColumns = 200
	MostText    = 4000     // characters of a cell that an import reads
	mostText    = 64 << 20 // bytes of all cells
	mostCell    = 8 << 20  // bytes of a cell
)

// Options say which table of a file is meant.
type Options struct {
	Sheet string     `json:"sheet,omitempty"` // its name, or its number, 1 for the first; guessed where it is empty
	Heads int        `json:"heads,omitempty"` // the row with the names of the columns, 1 for the first; guessed where it is 0
	Names [][]string `json:"names,omitempty"` // of the columns that are looked for, each with what else it may be called
	Hint  int        `json:"hint,omitempty"`  // the row of the heads where none names a column that is looked for
}

// Head is what was found above the rows.
type Head struct {
	Sheet  string   `json:"sheet,omitempty"`  // empty for a CSV
	Sheets []string `json:"sheets,omitempty"` // all that can be seen, in order
	N      int      `json:"n"`                // row of the heads
	Names  []string `json:"names"`            // of the columns, as they stand there
}

// Row is a row that holds something: N is its number in the file, 1 for the first.
type Row struct {
	N      int      `json:"n"`
	Cells  []string `json:"c"`
	Doubts []Doubt  `json:"d,omitempty"`
}

// Doubt is a cell of which it is not certain that it says what was meant.
type Doubt struct {
	Column int       `json:"column"` // 0 for the first
	Kind   DoubtKind `json:"kind"`
	Read   string    `json:"read"`
}

// DoubtKind is why a cell is not certain.
type DoubtKind string

// The kinds of doubt.
const (
	ErrorValue DoubtKind = "error-value" // a formula that failed, such as #N/A
	Rounded    DoubtKind = "rounded"     // a number that lost digits: more than fifteen, or written with an exponent
	NoDate     DoubtKind = "no-date"     // a number that is to be shown as a date and is none
)

// Doubt gives the doubt about a column, nil for none.
func (r *Row) Doubt(column int) *Doubt {
	for n := range r.Doubts {
		if r.Doubts[n].Column == column {
			return &r.Doubts[n]
		}
	}
	return nil
}

// Reader reads a file: head is called once, then row for every row below the heads that holds something, until one of them gives an error,
// which is passed on. An *Unreadable says why the file cannot be read.
type Reader func(ctx context.Context, body []byte, o Options, head func(Head) error, row func(Row) error) error

// Unreadable is why a file cannot be read, as a sentence for whoever sent it.
type Unreadable struct{ Why string }

// Error gives the sentence.
func (e *Unreadable) Error() string { return e.Why }

func unreadable(format string, args ...any) error { return &Unreadable{fmt.Sprintf(format, args...)} }

// source is a table of a file: each calls f for its rows that hold something, from the first.
type source interface {
	each(f func(Row) error) error
}

// errStop ends a reading that has seen enough.
var errStop = errors.New("table: seen enough")

// Read is the Reader of this process. What it takes is bounded, but for the time: workbooks of strangers are read in a child.
func Read(ctx context.Context, body []byte, o Options, head func(Head) error, row func(Row) error) error {
	if len(body) > MostBytes {
		return unreadable("the file is larger than %d MiB", MostBytes>>20)
	}
	if err := foreign(body); err != nil {
		return err
	}
	if IsWorkbook(body) {
		return readWorkbook(ctx, body, o, head, row)
	}
	t, err := decoded(body)
	if err != nil {
		return err
	}
	h := Head{}
	if h.N, _, err = guess(ctx, t, &o); err != nil {
		return err
	}
	return below(ctx, t, h, head, row)
}

// IsWorkbook says whether a file is packed as workbooks are.
func IsWorkbook(body []byte) bool {
	return strings.HasPrefix(string(body[:min(4, len(body))]), "PK\x03\x04")
}

// foreign refuses what is another kind of file, with what to do.
func foreign(body []byte) error {
	start := strings.ToLower(strings.TrimLeft(string(body[:min(1024, len(body))]), "\ufeff \t\r\n"))
	switch {
	case strings.HasPrefix(string(body[:min(8, len(body))]), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return unreadable("the file is an old workbook (.xls), or one with a password: open it, and save it as .xlsx without a password")
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"), strings.HasPrefix(start, "<table"):
		return unreadable("the file is a web page, whatever its name: open it in Excel or WPS, and save it as .xlsx")
	case strings.HasPrefix(start, "<?xml"):
		return unreadable("the file is XML: open it in Excel or WPS, and save it as .xlsx")
	case strings.HasPrefix(start, "%pdf"):
		return unreadable("the file is a PDF and no table")
	}
	return nil
}

// below hands on the head of a table and the rows below it.
func below(ctx context.Context, t source, h Head, head func(Head) error, row func(Row) error) error {
	headed, rows, bytes := false, 0, 0
	begin := func(names []string) error {
		headed, h.Names = true, names
		return head(h)
	}
	err := t.each(func(r Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case r.N < h.N:
			return nil
		case r.N == h.N:
			return begin(r.Cells)
		case !headed:
			if err := begin(nil); err != nil {
				return err
			}
		}
		for _, c := range r.Cells {
			bytes += len(c)
		}
		switch rows++; {
		case rows > MostRows:
			return unreadable("the table has more than %d rows", MostRows)
		case bytes > mostText:
			return unreadable("the table holds more than %d MiB of text", mostText>>20)
		}
		return row(r)
	})
	if err == nil && !headed {
		err = begin(nil)
	}
	return err
}

// trimmed is a row without the empty cells at its end; ok is false when nothing is left. Too many columns are an error.
func trimmed(r Row) (Row, bool, error) {
	for len(r.Cells) > 0 && r.Cells[len(r.Cells)-1] == "" {
		r.Cells = r.Cells[:len(r.Cells)-1]
	}
	if len(r.Cells) > MostColumns {
		return r, false, unreadable("row %d has more than %d columns", r.N, MostColumns)
	}
	return r, len(r.Cells) > 0, nil
}

// tidy takes away what nobody sees, and the mark that keeps a spreadsheet from taking a text for a formula.
func tidy(cell string) string {
	cell = strings.TrimFunc(strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
			return '\n'
		case r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cs) || r == '\ufeff' || r == '\u200b':
			return -1
		}
		return r
	}, cell), unicode.IsSpace)
	if rest, marked := strings.CutPrefix(cell, "'"); marked && formula(rest) {
		return rest
	}
	return cell
}

// formula says whether a spreadsheet could take a text for one.
func formula(text string) bool {
	start := strings.TrimLeftFunc(text, unicode.IsSpace)
	return start != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(start)[0])
}

// errorValues are what a formula shows that failed.
var errorValues = map[string]bool{"#N/A": true, "#REF!": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NUM!": true, "#NULL!": true,
	"#SPILL!": true, "#CALC!": true, "#GETTING_DATA": true}
