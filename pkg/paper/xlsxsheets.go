package paper

import (
	"fmt"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"
)

// plain is a value of words.
func plain(text string) Value { return Value{Kind: Text, Text: text} }

// summarySheet is the first sheet, written from above: all that is no table.
type summarySheet struct {
	*xlsx
	name string
	row  int
	err  error // the first
}

// Widths of the columns of the summary, in characters: names, then figures.
const (
	summaryNames   = 22.0
	summaryFigures = 15.0
	summaryColumns = 6
)

// line writes values beside each other.
func (s *summarySheet) line(k styleKey, values ...Value) {
	s.row++
	k.plain = true
	if s.err == nil {
		s.err = s.put(s.name, s.row, values, k)
	}
}

// say writes a text over all columns but the first few, as many lines high as it needs.
func (s *summarySheet) says(k styleKey, before []Value, text string) {
	s.line(k, append(before, plain(text))...)
	if s.err != nil || text == "" {
		return
	}
	from, to := string(rune('A'+len(before)))+itoa(s.row), string(rune('A'+summaryColumns-1))+itoa(s.row)
	if s.err = s.MergeCell(s.name, from, to); s.err != nil {
		return
	}
	var id int
	if id, s.err = s.style(styleKey{kind: Text, bold: k.bold, size: k.size, plain: true, wrapped: true}); s.err != nil {
		return
	}
	if s.err = s.SetCellStyle(s.name, from, to, id); s.err != nil {
		return
	}
	wide := summaryNames + summaryFigures*(summaryColumns-1)
	if len(before) > 0 {
		wide -= summaryNames
	}
	s.err = s.SetRowHeight(s.name, s.row, linesHigh(text, wide*10/max(10, k.size), max(10, k.size)))
}

// linesHigh is the height of a row in points that shows a text in a column of so many characters.
func linesHigh(text string, wide, size float64) float64 {
	lines := 0.0
	if float64(len(text))*1.05 <= wide && !strings.Contains(text, "\n") { // no character is wider than its bytes
		return size*1.45 + 2
	}
	for l := range strings.SplitSeq(clean(text), "\n") {
		lines += max(1, math.Ceil(columnWidth(l)*1.05/wide))
	}
	return min(lines*size*1.45+2, 409)
}

func (x *xlsx) summary() error {
	name, err := x.sheet(x.say("摘要", "Summary"), portrait)
	if err != nil {
		return err
	}
	s := &summarySheet{xlsx: x, name: name}
	s.says(styleKey{bold: true, size: 16}, nil, oneLine(x.Title+" "+x.Number))
	s.says(styleKey{size: 11}, nil, x.Subtitle)
	s.line(styleKey{}, plain(x.Office), plain(""), plain(""), plain(""), plain(x.Date))
	for _, m := range x.Banners {
		s.says(styleKey{bold: true}, nil, m)
	}
	for _, f := range x.Facts {
		s.says(styleKey{}, []Value{plain(f.Name)}, f.Text)
	}
	for n := range x.Parts {
		s.part(&x.Parts[n])
	}
	if s.err != nil {
		return s.err
	}
	if err := x.SetColWidth(name, "A", "A", summaryNames); err != nil {
		return err
	}
	if err := x.SetColWidth(name, "B", "F", summaryFigures); err != nil {
		return err
	}
	return x.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: fmt.Sprintf("'%s'!$A$1:$F$%d", name, s.row), Scope: name})
}

func (s *summarySheet) part(p *Part) {
	switch {
	case p.Heading != nil:
		if p.Heading.Level <= 1 {
			s.row++
		}
		s.says(styleKey{bold: true, size: 12}, nil, p.Heading.Text)
	case p.Paragraph != "" || p.Note != "":
		s.says(styleKey{}, nil, p.Paragraph+p.Note)
	case p.List != nil:
		for k, text := range p.List {
			s.says(styleKey{}, []Value{{Kind: Count, Number: float64(k + 1)}}, text)
		}
	case p.Key != nil:
		for k := range p.Key {
			f := &p.Key[k]
			s.line(styleKey{}, append([]Value{plain(f.Name), f.Value, plain(f.Value.Unit), plain(f.Detail)}, f.Change...)...)
		}
	case p.Table != nil:
		s.line(styleKey{}, plain(s.say("见表：", "See the sheet: ")+oneLine(p.Table.Name)))
	}
}

// table is a sheet with the rows of a table, heads that stay, and a filter.
func (x *xlsx) table(t *Table) error {
	f := x.flat(t)
	name, err := x.sheet(t.Name, t.orientation())
	if err != nil {
		return err
	}
	title := t.Caption
	if title == "" {
		title = t.Name
	}
	if err := x.put(name, 1, []Value{plain(title)}, styleKey{bold: true, plain: true, size: 12}); err != nil {
		return err
	}
	heads, err := x.heads(f.columns)
	if err != nil {
		return err
	}
	if err := x.putCells(name, 2, heads); err != nil {
		return err
	}
	widths := x.flatWidths(&f)
	row := 2
	for n, values := range f.rows {
		row++
		if err := x.put(name, row, values, styleKey{bold: n >= f.filled}); err != nil {
			return err
		}
		high := 0.0
		for k, v := range values {
			high = max(high, linesHigh(v.Text, widths[k], 10))
		}
		if err := x.SetRowHeight(name, row, high); err != nil {
			return err
		}
	}
	if len(f.rows) == 0 {
		row++
		if err := x.put(name, row, []Value{plain(x.empty(t))}, styleKey{plain: true}); err != nil {
			return err
		}
	}
	whole := 0.0
	for _, w := range widths {
		whole += w
	}
	for _, note := range t.Notes {
		row++
		if err := x.note(name, row, len(f.columns), whole, note); err != nil {
			return err
		}
	}
	if err := x.SetRowHeight(name, 2, headHigh(f.columns, widths)); err != nil {
		return err
	}
	for n, w := range widths {
		column, err := excelize.ColumnNumberToName(n + 1)
		if err != nil {
			return err
		}
		if err := x.SetColWidth(name, column, column, w); err != nil {
			return err
		}
	}
	if err := x.SetPanes(name, frozen(2)); err != nil {
		return err
	}
	return x.ranges(name, 2, 2+f.filled, row, len(f.columns))
}

// note writes a text over so many columns, which are so wide together, in as many lines as it needs.
func (x *xlsx) note(name string, row, columns int, wide float64, text string) error {
	k := styleKey{kind: Text, plain: true, wrapped: true}
	if err := x.put(name, row, []Value{plain(text)}, k); err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(columns, row)
	if err == nil && columns > 1 {
		err = x.MergeCell(name, "A"+itoa(row), last)
	}
	if err != nil {
		return err
	}
	return x.SetRowHeight(name, row, linesHigh(text, wide, 10))
}

// headHigh is the height in points of a row of heads.
func headHigh(columns []Column, widths []float64) float64 {
	high := 0.0
	for n := range columns {
		high = max(high, linesHigh(columns[n].Full(), widths[n], 10))
	}
	return high
}

// frozen keeps so many rows, and the first column, in sight.
func frozen(rows int) *excelize.Panes {
	corner, _ := excelize.CoordinatesToCellName(2, rows+1)
	return &excelize.Panes{Freeze: true, XSplit: 1, YSplit: rows, TopLeftCell: corner, ActivePane: "bottomRight"}
}

// ranges names what is filtered, what is printed and what is repeated on every page.
func (x *xlsx) ranges(name string, head, filled, last, columns int) error {
	to, err := excelize.ColumnNumberToName(columns)
	if err != nil {
		return err
	}
	if filled > head {
		if err := x.AutoFilter(name, fmt.Sprintf("A%d:%s%d", head, to, filled), nil); err != nil {
			return err
		}
		if err := x.fit(name); err != nil { // the filter forgets it
			return err
		}
	}
	if err := x.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: fmt.Sprintf("'%s'!$A$1:$%s$%d", name, to, last), Scope: name}); err != nil {
		return err
	}
	return x.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, head, head), Scope: name})
}

// flatWidths are the widths of columns in characters.
func (x *xlsx) flatWidths(f *flat) []float64 {
	all := make([]float64, len(f.columns))
	for n := range f.columns {
		all[n] = max(6, columnWidth(f.columns[n].Full())/2.2)
		for _, row := range f.rows {
			all[n] = max(all[n], columnWidth(row[n].Text))
		}
		all[n] = min(all[n]+2, 50)
	}
	return all
}

// columnWidth is the width of a text in characters of a spreadsheet.
func columnWidth(text string) float64 { return width(printed(oneLine(text)), 2) * 1.05 }

// definitionSheet says how the figures are computed.
func (x *xlsx) definitionSheet() error {
	t := &Table{Name: x.say("指标定义", "Definitions"), Columns: []Column{{Head: x.say("指标", "Figure")}, {Head: x.say("定义", "Definition")}}}
	for n := range x.Parts {
		for _, d := range x.Parts[n].Definitions {
			t.Rows = append(t.Rows, Row{Cells: []Value{plain(d.Term), plain(d.Text)}})
		}
	}
	if t.Rows == nil {
		return nil
	}
	return x.table(t)
}

// behind streams the issues behind the figures.
func (x *xlsx) behind(s *Sheet) error {
	name, err := x.sheet(s.Name, landscape)
	if err != nil {
		return err
	}
	out, err := x.NewStreamWriter(name)
	if err != nil {
		return err
	}
	widths := make([]float64, len(s.Columns))
	for n := range s.Columns {
		w := 14.0
		switch s.Columns[n].Kind {
		case DateTime:
			w = 18
		case Text, "":
			w = 24
		}
		if s.Columns[n].Width > 0 {
			w = s.Columns[n].Width
		}
		widths[n] = w
		if err := out.SetColWidth(n+1, n+1, w); err != nil {
			return err
		}
	}
	if err := out.SetPanes(frozen(1)); err != nil {
		return err
	}
	heads, err := x.heads(s.Columns)
	if err != nil {
		return err
	}
	if err := out.SetRow("A1", heads, excelize.RowOpts{Height: headHigh(s.Columns, widths)}); err != nil {
		return err
	}
	row := 1
	for values, err := range s.Rows {
		if err != nil {
			return err
		}
		cells, err := x.cells(values, styleKey{})
		if err != nil {
			return err
		}
		row++
		var opts []excelize.RowOpts
		high := linesHigh("", 1, 10)
		for k := range min(len(values), len(widths)) {
			if lines := linesHigh(values[k].Text, widths[k], 10); lines > high {
				high, opts = lines, []excelize.RowOpts{{Height: lines}}
			}
		}
		if err := out.SetRow("A"+itoa(row), cells, opts...); err != nil {
			return err
		}
	}
	if err := x.ranges(name, 1, row, row, len(s.Columns)); err != nil {
		return err
	}
	return out.Flush()
}
