package paper

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// bom tells Excel and WPS that the file is UTF-8.
const bom = "\ufeff"

// CSV writes the report as a ZIP with one file for each table, each a rectangle under one row of heads; what is no table stands in files of its own: the
// head of the report, its sentences, its key figures, its photos and its definitions.
func (d *Document) CSV(w io.Writer) error {
	z := zip.NewWriter(w)
	for n, f := range d.csvFiles() {
		out, err := z.CreateHeader(&zip.FileHeader{Name: csvName(n, f.name), Method: zip.Deflate, Modified: d.made()})
		if err == nil {
			err = f.write(out)
		}
		if err != nil {
			return fmt.Errorf("paper: csv: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("paper: csv: %w", err)
	}
	return nil
}

// csvTable is a file of the ZIP: as many values in each row as there are heads.
type csvTable struct {
	name  string
	heads []Column
	rows  [][]Value
}

// csvName is the name of a file, with its place in the report before it.
func csvName(n int, name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, oneLine(name)), "-")
	runes := []rune(name)
	return fmt.Sprintf("%02d-%s.csv", n, string(runes[:min(len(runes), 40)]))
}

func (t *csvTable) write(w io.Writer) error {
	c, err := newCSV(w)
	if err != nil {
		return err
	}
	c.heads(t.heads)
	for _, row := range t.rows {
		c.values(row)
	}
	return c.done()
}

func heads(names ...string) (all []Column) {
	for _, n := range names {
		all = append(all, Column{Head: n})
	}
	return all
}

// csvFiles are the files of a report: its head, its tables and charts in their order, then the rest.
func (d *Document) csvFiles() []csvTable {
	head := csvTable{d.say("报告", "report"), heads(d.say("项目", "item"), d.say("内容", "text")), nil}
	fact := func(name, text string) {
		if text != "" {
			head.rows = append(head.rows, []Value{plain(name), plain(text)})
		}
	}
	fact(d.say("标题", "title"), d.Title)
	fact(d.say("期号", "number"), d.Number)
	fact(d.say("期间", "period"), d.Subtitle)
	fact(d.say("单位", "office"), d.Office)
	fact(d.say("日期", "date"), d.Date)
	for _, m := range d.Banners {
		fact(d.say("标记", "mark"), m)
	}
	for _, f := range d.Facts {
		fact(f.Name, f.Text)
	}
	texts := csvTable{d.say("文字", "texts"), heads(d.say("章节", "chapter"), d.say("序号", "no"), d.say("内容", "text")), nil}
	key := csvTable{d.say("关键数字", "key figures"), heads(d.say("指标", "figure"), d.say("数值", "value"), d.say("单位", "unit"), d.say("说明", "detail"),
		d.say("变化", "change")), nil}
	photos := csvTable{d.say("照片", "photos"), heads(d.say("案件", "issue"), d.say("整改前", "before"), d.say("整改前 SHA-256", "before SHA-256"),
		d.say("整改后", "after"), d.say("整改后 SHA-256", "after SHA-256")), nil}
	defined := csvTable{d.say("指标定义", "definitions"), heads(d.say("指标", "figure"), d.say("定义", "definition")), nil}
	all := []csvTable{head}
	chapter, said := "", 0
	say := func(text string) {
		said++
		texts.rows = append(texts.rows, []Value{plain(chapter), {Kind: Count, Text: itoa(said)}, plain(text)})
	}
	for n := range d.Parts {
		p := &d.Parts[n]
		switch {
		case p.Heading != nil:
			chapter, said = p.Heading.Text, 0
		case p.Paragraph != "" || p.Note != "":
			say(p.Paragraph + p.Note)
		case p.List != nil:
			for _, s := range p.List {
				say(s)
			}
		case p.Key != nil:
			for k := range p.Key {
				key.rows = append(key.rows, p.Key[k].csvRow())
			}
		case p.Table != nil:
			f := d.flat(p.Table)
			all = append(all, csvTable{p.Table.Name, f.columns, f.rows})
			for _, note := range p.Table.Notes {
				say(note)
			}
		case p.Chart != nil:
			all = append(all, d.csvChart(p.Chart))
		case p.Pairs != nil:
			for k := range p.Pairs {
				v := &p.Pairs[k]
				photos.rows = append(photos.rows, []Value{plain(v.Title), plain(v.Before.Caption), plain(v.Before.SHA256), plain(v.After.Caption), plain(v.After.SHA256)})
			}
		case p.Definitions != nil:
			for _, def := range p.Definitions {
				defined.rows = append(defined.rows, []Value{plain(def.Term), plain(def.Text)})
			}
		}
	}
	for _, t := range []csvTable{key, texts, photos, defined} {
		if len(t.rows) > 0 {
			all = append(all, t)
		}
	}
	return all
}

// csvRow is a key figure, with what changed as one text.
func (f *KeyFigure) csvRow() []Value {
	var changes []string
	for _, c := range f.Change {
		changes = append(changes, c.TextWithUnit())
	}
	return []Value{plain(f.Name), {Kind: f.Value.Kind, Text: f.Value.Text}, plain(f.Value.Unit), plain(f.Detail), {Kind: Points, Text: strings.Join(changes, " ")}}
}

func (d *Document) csvChart(c *Chart) csvTable {
	t := csvTable{c.Title, heads(d.say("项目", "item")), nil}
	for _, s := range c.Series {
		t.heads = append(t.heads, Column{Head: s.Name})
	}
	for n, l := range c.Labels {
		row := []Value{plain(l)}
		for k := range c.Series {
			row = append(row, c.value(k, n))
		}
		t.rows = append(t.rows, row)
	}
	return t
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

// escapeFormula gives text that no spreadsheet takes for a formula.
func escapeFormula(text string) string {
	text = clean(text)
	if start := strings.TrimLeft(text, " \n\u3000"); start != "" && strings.ContainsAny(start[:1], "=+-@") || strings.HasPrefix(start, "＝") || strings.HasPrefix(start, "＋") ||
		strings.HasPrefix(start, "－") || strings.HasPrefix(start, "＠") {
		return "'" + text
	}
	return text
}

func (c csvFile) heads(columns []Column) {
	record := make([]string, len(columns))
	for n := range columns {
		record[n] = escapeFormula(columns[n].Full())
	}
	_ = c.Write(record)
}

// values writes a row. Figures are our own texts: a sign before them is theirs.
func (c csvFile) values(row []Value) {
	record := make([]string, len(row))
	for n, v := range row {
		record[n] = v.Text
		if v.Kind == Text {
			record[n] = escapeFormula(v.Text)
		}
	}
	_ = c.Write(record)
}
