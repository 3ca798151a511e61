package paper

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// bom tells Excel and WPS that the file is UTF-8.
const bom = "\ufeff"

// CSV writes the report part by part, its tables with an empty line between them.
func (d *Document) CSV(w io.Writer) error {
	c, err := newCSV(w)
	if err != nil {
		return err
	}
	c.line(d.Title, d.Number)
	c.line(d.Subtitle, d.Office, d.Date)
	for _, m := range d.Banners {
		c.line(m)
	}
	for _, f := range d.Facts {
		c.line(f.Name, f.Text)
	}
	for n := range d.Parts {
		c.part(d, &d.Parts[n])
	}
	return c.done()
}

// CSV writes the rows of the sheet under their heads.
func (s *Sheet) CSV(w io.Writer) error {
	c, err := newCSV(w)
	if err != nil {
		return err
	}
	c.heads(s.Columns)
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		c.values(row)
		if err := c.Error(); err != nil {
			break // done says it
		}
	}
	return c.done()
}

// csvFile writes lines; its first error is kept by the writer below.
type csvFile struct{ *csv.Writer }

func newCSV(w io.Writer) (csvFile, error) {
	if _, err := io.WriteString(w, bom); err != nil {
		return csvFile{}, fmt.Errorf("paper: csv: %w", err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return csvFile{c}, nil
}

func (c csvFile) done() error {
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("paper: csv: %w", err)
	}
	return nil
}

// inert is text that no spreadsheet takes for a formula.
func inert(text string) string {
	text = clean(text)
	if start := strings.TrimLeft(text, " \n\u3000"); start != "" && strings.ContainsAny(start[:1], "=+-@") || strings.HasPrefix(start, "＝") || strings.HasPrefix(start, "＋") ||
		strings.HasPrefix(start, "－") || strings.HasPrefix(start, "＠") {
		return "'" + text
	}
	return text
}

// line writes texts; the last that say nothing are left out.
func (c csvFile) line(texts ...string) {
	for len(texts) > 1 && texts[len(texts)-1] == "" {
		texts = texts[:len(texts)-1]
	}
	record := make([]string, len(texts))
	for n, t := range texts {
		record[n] = inert(t)
	}
	_ = c.Write(record) // done gives the first error
}

func (c csvFile) heads(columns []Column) {
	record := make([]string, len(columns))
	for n := range columns {
		record[n] = inert(columns[n].Full())
	}
	_ = c.Write(record)
}

// values writes a row. Figures are our own texts: a sign before them is theirs.
func (c csvFile) values(row []Value) {
	record := make([]string, len(row))
	for n, v := range row {
		record[n] = v.Text
		if v.Kind == Text {
			record[n] = inert(v.Text)
		}
	}
	_ = c.Write(record)
}

func (c csvFile) part(d *Document, p *Part) {
	switch {
	case p.Heading != nil:
		c.line("")
		c.line(p.Heading.Text)
	case p.Paragraph != "" || p.Note != "":
		c.line(p.Paragraph + p.Note)
	case p.List != nil:
		for n, s := range p.List {
			c.line(itoa(n+1), s)
		}
	case p.Key != nil:
		for n := range p.Key {
			f := &p.Key[n]
			c.values(append([]Value{{Kind: Text, Text: f.Name}, {Kind: f.Value.Kind, Text: f.Value.TextWithUnit()}, {Kind: Text, Text: f.Detail}}, f.Change...))
		}
	case p.Table != nil:
		c.table(d, p.Table)
	case p.Chart != nil:
		c.chart(p.Chart)
	case p.Pairs != nil:
		for n := range p.Pairs {
			c.line(p.Pairs[n].Title, p.Pairs[n].Before.Caption, p.Pairs[n].Before.SHA256, p.Pairs[n].After.Caption, p.Pairs[n].After.SHA256)
		}
	case p.Definitions != nil:
		for _, def := range p.Definitions {
			c.line(def.Term, def.Text)
		}
	}
}

func (c csvFile) table(d *Document, t *Table) {
	c.line("")
	if t.Caption != "" {
		c.line(t.Caption)
	}
	f := d.flat(t)
	c.heads(f.columns)
	for _, row := range f.rows {
		c.values(row)
	}
	if len(f.rows) == 0 {
		c.line(d.empty(t))
	}
	for _, n := range t.Notes {
		c.line(n)
	}
}

func (c csvFile) chart(chart *Chart) {
	c.line("")
	c.line(chart.Title)
	heads := []string{""}
	for _, s := range chart.Series {
		heads = append(heads, s.Name)
	}
	c.line(heads...)
	for n, l := range chart.Labels {
		row := []Value{{Kind: Text, Text: l}}
		for k := range chart.Series {
			row = append(row, chart.value(k, n))
		}
		c.values(row)
	}
}
