// Package intake reads work that comes from elsewhere, such as work orders of a hotline or lists of an inspection, from the tables
// that other systems give out. It computes only.
package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Bounds of a table.
const (
	MostBytes   = 32 << 20 // of the file
	MostRows    = 100_000  // below the heads
	MostColumns = 200
	MostText    = 4000 // characters of a cell
)

// Format is how a table is written.
type Format string

// The formats. A CSV is UTF-8, with or without a byte order mark, or GB18030; commas, semicolons or tabs part its cells.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx" // the first sheet is read
)

// UnmarshalText reads one of the two names and refuses all others.
func (f *Format) UnmarshalText(text []byte) error {
	if read := Format(text); read == CSV || read == XLSX {
		*f = read
		return nil
	}
	return errors.New("want csv or xlsx")
}

// Row is a row of a table: N is its number in the file, 1 for the first.
type Row struct {
	N     int
	Cells []string
}

// errUnreadable says that a file is not the table that it is said to be.
func errUnreadable(format Format, err error) error {
	return fmt.Errorf("the file cannot be read as %s: %w", format, err)
}

// EachRow calls f for each row of a table that holds something, until f gives an error, which it passes on. Any other error says why the
// file cannot be read.
func EachRow(format Format, body []byte, f func(Row) error) error {
	if len(body) > MostBytes {
		return fmt.Errorf("the file is larger than %d MiB", MostBytes>>20)
	}
	if format == XLSX {
		return workbook(body, f)
	}
	return table(body, f)
}

// table reads a CSV.
func table(body []byte, f func(Row) error) error {
	text, err := decoded(body)
	if err != nil {
		return err
	}
	t := csv.NewReader(text)
	t.FieldsPerRecord, t.ReuseRecord, t.LazyQuotes = -1, true, false
	t.Comma = separator(body)
	n, next := 0, 1 // of the row, and the line where the one after it begins: empty lines are rows of a spreadsheet too
	for {
		cells, err := t.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errUnreadable(CSV, err)
		}
		at, _ := t.FieldPos(0)
		n += at - next + 1
		next = at + 1
		for _, c := range cells {
			next += strings.Count(c, "\n")
		}
		if err := line(n, cells, f); err != nil {
			return err
		}
	}
}

// line passes a row on unless it is empty.
func line(n int, cells []string, f func(Row) error) error {
	l := Row{N: n, Cells: make([]string, len(cells))}
	for k, c := range cells {
		l.Cells[k] = tidy(c)
	}
	for len(l.Cells) > 0 && l.Cells[len(l.Cells)-1] == "" {
		l.Cells = l.Cells[:len(l.Cells)-1]
	}
	switch {
	case len(l.Cells) == 0:
		return nil
	case len(l.Cells) > MostColumns:
		return fmt.Errorf("row %d has more than %d columns", n, MostColumns)
	}
	return f(l)
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

// decoded gives the text of a CSV as UTF-8. What is neither UTF-8 nor GB18030 shows as U+FFFD in the cells that hold it.
func decoded(body []byte) (io.Reader, error) {
	marked := bytes.HasPrefix(body, []byte("\ufeff"))
	switch plain := bytes.TrimPrefix(body, []byte("\ufeff")); {
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return nil, errUnreadable(CSV, errors.New("it is a workbook"))
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}) || bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		return nil, errUnreadable(CSV, errors.New("it is UTF-16: save it as CSV UTF-8"))
	case utf8.Valid(plain):
		return bytes.NewReader(plain), nil
	case marked:
		return nil, errUnreadable(CSV, errors.New("it is said to be UTF-8 and is not"))
	}
	return simplifiedchinese.GB18030.NewDecoder().Reader(bytes.NewReader(body)), nil
}

// separator is what parts the cells of the first row. None of the three is part of a character of GB18030.
func separator(body []byte) rune {
	count := map[byte]int{}
	quoted := false
	for _, b := range body {
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted {
			break
		}
		if !quoted {
			count[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t'} {
		if count[b] > count[best] {
			best = b
		}
	}
	return rune(best)
}
