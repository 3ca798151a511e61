package table

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// sheetRows are the rows of a sheet.
type sheetRows struct {
	book   *book
	sheet  *bookSheet
	most   int             // rows that hold something, after which the reading ends; 0 for all
	heads  int             // merged cells below this row say the same in each of their rows
	merged map[int][]merge // that reach over several rows, by the first
}

// lastHead is the last row in which heads are looked for.
const lastHead = 1000

// merge is a block of cells that were made one: its text stands in the first.
type merge struct{ to, column int }

// mostMerges bounds what is kept of merged cells.
const mostMerges = 100_000

// merges are the blocks of a sheet that reach over several rows. They stand behind its rows.
func (b *book) merges(s *bookSheet) (all map[int][]merge, err error) {
	r, done, err := b.open(s.part)
	if err != nil {
		return nil, err
	}
	defer done()
	buffer, kept := make([]byte, 256<<10), 0
	mark := []byte("mergeCells")
	for {
		n, err := r.Read(buffer[kept:])
		piece := buffer[:kept+n]
		if at := bytes.Index(piece, mark); at >= 0 {
			rest := io.MultiReader(bytes.NewReader(bytes.Clone(piece[at:])), r)
			return mergesIn(newScanner(rest))
		}
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		kept = copy(buffer, piece[max(0, len(piece)-len(mark)):])
	}
}

func mergesIn(s *scanner) (map[int][]merge, error) {
	all, kept := map[int][]merge{}, 0
	for {
		t, err := s.tag(nil)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, badPart{err}
		}
		name, _ := nameOf(t)
		if name == "/mergeCells" || kept == mostMerges {
			return all, nil
		}
		if name != "mergeCell" {
			continue
		}
		first, last, _ := strings.Cut(attribute(t, "ref"), ":")
		column, from := cellAt(first)
		if _, to := cellAt(last); from > 0 && to > from && column < MostColumns {
			all[from], kept = append(all[from], merge{to, column}), kept+1
		}
	}
}

// cellAt reads the name of a cell, such as B7: its column, 0 for the first, and its row.
func cellAt(name string) (column, row int) {
	n := 0
	for n < len(name) && n < 4 && name[n] >= 'A' && name[n] <= 'Z' {
		column = column*26 + int(name[n]-'A') + 1
		n++
	}
	row, err := strconv.Atoi(name[n:])
	if err != nil || n == 0 {
		return 0, 0
	}
	return column - 1, row
}

// each reads row by row.
func (t *sheetRows) each(f func(Row) error) error {
	r, done, err := t.book.open(t.sheet.part)
	if err != nil {
		return err
	}
	defer done()
	s, last, filled := newScanner(r), 0, 0
	open := map[int]opened{}
	for {
		tag, err := s.tag(nil)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badPart{err}
		}
		name, single := nameOf(tag)
		if name == "/sheetData" {
			return nil
		}
		if name != "row" {
			continue
		}
		row := Row{N: last + 1}
		if n, err := strconv.Atoi(attribute(tag, "r")); err == nil && n > last {
			row.N = n
		}
		if last = row.N; t.most > 0 && last > lastHead {
			return nil
		}
		if single {
			continue
		}
		if err := t.cells(s, &row); err != nil {
			return err
		}
		row, holds, err := trimmed(row)
		if err != nil {
			return err
		}
		if t.fill(&row, open); !holds {
			continue
		}
		if err := f(row); err != nil {
			return err
		}
		if filled++; filled == t.most {
			return nil
		}
	}
}

// opened is a merged block whose rows are being read.
type opened struct {
	to    int
	text  string
	doubt *Doubt
}

// fill writes the text of merged cells into each of their rows, where the row holds something of its own.
func (t *sheetRows) fill(row *Row, open map[int]opened) {
	if len(t.merged) == 0 || row.N <= t.heads {
		return
	}
	for column, o := range open {
		if row.N > o.to {
			delete(open, column)
			continue
		}
		if len(row.Cells) == 0 {
			continue
		}
		for len(row.Cells) <= column {
			row.Cells = append(row.Cells, "")
		}
		if row.Cells[column] == "" {
			row.Cells[column] = o.text
			if o.doubt != nil {
				row.Doubts = append(row.Doubts, *o.doubt)
			}
		}
	}
	for _, m := range t.merged[row.N] {
		if m.column < len(row.Cells) {
			open[m.column] = opened{m.to, row.Cells[m.column], row.Doubt(m.column)}
		}
	}
}

// cells reads the cells of a row.
func (t *sheetRows) cells(s *scanner, row *Row) error {
	column := -1
	for {
		tag, err := s.tag(nil)
		if err != nil {
			return badPart{errXML}
		}
		name, single := nameOf(tag)
		if name == "/row" {
			return nil
		}
		if name != "c" {
			continue
		}
		column++
		if single {
			if at, n := cellAt(attribute(tag, "r")); n > 0 {
				column = at
			}
			continue
		}
		if at, n := cellAt(attribute(tag, "r")); n > 0 {
			column = at
		}
		kind, style := attribute(tag, "t"), attribute(tag, "s")
		raw, err := s.value()
		if err != nil {
			return badPart{err}
		}
		text, doubt := t.book.cell(kind, style, raw)
		if text = tidy(text); text == "" && doubt == "" {
			continue
		}
		if column >= 20*MostColumns {
			return unreadable("row %d has more than %d columns", row.N, MostColumns)
		}
		for len(row.Cells) <= column {
			row.Cells = append(row.Cells, "")
		}
		row.Cells[column] = text
		if doubt != "" {
			row.Doubts = append(row.Doubts, Doubt{column, doubt, text})
		}
	}
}

// value reads what a cell holds: its value, or its text within.
func (s *scanner) value() (raw string, err error) {
	var piece strings.Builder
	for {
		piece.Reset()
		tag, err := s.tag(&piece)
		if err != nil {
			return "", errXML
		}
		switch name, single := nameOf(tag); name {
		case "/v":
			raw = piece.String()
		case "is":
			if !single {
				if raw, err = s.texts("/is"); err != nil {
					return "", err
				}
			}
		case "/c":
			return raw, nil
		}
	}
}

// cell is what a person reads in a cell, but for dates, which stand in one order, and numbers, which stay whole.
func (b *book) cell(kind, style, raw string) (text string, doubt DoubtKind) {
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil || n < 0 || n >= len(b.shared) {
			return "", ""
		}
		return b.shared[n], ""
	case "str":
		return unmasked(raw), ""
	case "inlineStr":
		return raw, ""
	case "e":
		return raw, ErrorValue
	case "b":
		if strings.TrimSpace(raw) == "1" {
			return "TRUE", ""
		}
		return "FALSE", ""
	case "d":
		return strings.TrimSuffix(strings.Replace(raw, "T", " ", 1), " 00:00:00"), ""
	}
	if raw = strings.TrimSpace(raw); raw == "" {
		return "", ""
	}
	f := format{}
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(b.formats) {
		f = b.formats[n]
	}
	return f.number(raw, b.since1904)
}
