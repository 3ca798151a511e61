package paper

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"spotcheck/pkg/inspect"
)

// xlsx collects a report as a workbook. Only the sheet of issues is streamed: the order of its parts, and so its bytes,
// would not be certain with two of them.
type xlsx struct {
	*excelize.File
	*Document
	styles map[styleKey]int
	names  []string // of the sheets
	at     int      // next free row of the sheet of charts
}

// XLSX writes the report as a workbook: what it says, a sheet for each table, one for the charts, one for the definitions,
// and the issues behind its figures, if they are given.
func (d *Document) XLSX(w io.Writer, behind *Sheet) (err error) {
	x := &xlsx{File: excelize.NewFile(), Document: d, styles: map[styleKey]int{}}
	defer func() {
		if closed := x.Close(); err == nil && closed != nil {
			err = closed
		}
		if err != nil {
			err = fmt.Errorf("paper: xlsx: %w", err)
		}
	}()
	x.properties()
	if err := x.summary(); err != nil {
		return err
	}
	for n := range d.Parts {
		if t := d.Parts[n].Table; t != nil {
			if err := x.table(t); err != nil {
				return err
			}
		}
	}
	if err := x.chartSheet(); err != nil {
		return err
	}
	if err := x.definitionSheet(); err != nil {
		return err
	}
	if behind != nil {
		if err := x.behind(behind); err != nil {
			return err
		}
	}
	x.ordered()
	return x.File.Write(w)
}

// ordered sorts what the library adds in an order of chance.
func (x *xlsx) ordered() {
	if types := x.ContentTypes; types != nil {
		sort.Slice(types.Defaults, func(a, b int) bool { return types.Defaults[a].Extension < types.Defaults[b].Extension })
	}
}

// properties are the title, who issued it and when, in a form that every reader takes: the library's own puts names into a default
// namespace, on which exceljs stumbles, and it names the library's author and a time.
func (x *xlsx) properties() {
	about := x.info()
	x.Pkg.Store("docProps/core.xml", []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n"+about.core()))
	x.Pkg.Store("docProps/app.xml", []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n"+
		`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Spotcheck</Application></Properties>`))
}

// sheet begins a sheet under a name that Excel takes and that no other has.
func (x *xlsx) sheet(name string, o orientation) (string, error) {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, oneLine(name))
	name = utf16Cut(strings.TrimSpace(name), 28)
	if name == "" {
		name = "Sheet"
	}
	base := name
	for n := 2; slices.ContainsFunc(x.names, func(other string) bool { return strings.EqualFold(other, name) }); n++ {
		name = base + " " + itoa(n)
	}
	x.names = append(x.names, name)
	if len(x.names) == 1 {
		return name, x.first(name, o)
	}
	if _, err := x.NewSheet(name); err != nil {
		return "", err
	}
	return name, x.layout(name, o)
}

func (x *xlsx) first(name string, o orientation) error {
	if err := x.SetSheetName(x.GetSheetName(0), name); err != nil {
		return err
	}
	return x.layout(name, o)
}

// utf16Cut cuts a text to so many units of UTF-16, as Excel counts.
func utf16Cut(text string, most int) string {
	for len(utf16.Encode([]rune(text))) > most {
		all := []rune(text)
		text = string(all[:len(all)-1])
	}
	return text
}

// layout sets a sheet on A4, as wide as the page.
func (x *xlsx) layout(name string, o orientation) error {
	a4, one, many, stands := 9, 1, 0, string(o)
	margin, foot := 0.5, 0.3
	if err := x.fit(name); err != nil {
		return err
	}
	if err := x.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &stands, FitToWidth: &one, FitToHeight: &many}); err != nil {
		return err
	}
	if err := x.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &margin, Footer: &foot}); err != nil {
		return err
	}
	return x.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&C&P / &N"})
}

// fit shrinks what is printed to the width of a page.
func (x *xlsx) fit(name string) error {
	fit := true
	return x.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

// styleKey is how a cell looks.
type styleKey struct {
	kind       ValueKind
	head, bold bool
	plain      bool // without a frame
	wrapped    bool // though it has no frame
	size       float64
}

// formats are how numbers of a kind are shown: as their texts are.
func formats(k ValueKind, l inspect.Language) string {
	points := say(l, ` "个百分点"`, ` "pp"`)
	return map[ValueKind]string{Count: "0", Rate: `0.00\ %`, Share: `+0.0\ %;-0.0\ %;0.0\ %`, Points: "+0.00" + points + ";-0.00" + points + ";0.00" + points,
		Hours: "0.0", Number: "0.00", DateTime: `yyyy\-mm\-dd\ hh:mm`, Day: `yyyy\-mm\-dd`, Text: "@"}[k]
}

func (x *xlsx) style(k styleKey) (int, error) {
	if id, ok := x.styles[k]; ok {
		return id, nil
	}
	size := max(k.size, 10)
	s := &excelize.Style{Font: &excelize.Font{Family: "宋体", Size: size, Bold: k.bold || k.head}, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
	if k.kind.align() == toRight && !k.head {
		s.Alignment.Horizontal = "right"
	}
	if k.kind.align() == toMiddle || k.head {
		s.Alignment.Horizontal = "center"
	}
	if f := formats(k.kind, x.Language); f != "" && !k.head {
		s.CustomNumFmt = &f
	}
	if !k.plain {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: hexOf(silver), Style: 1})
		}
	} else {
		s.Alignment.WrapText = k.wrapped
	}
	if k.head {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{hexOf(pale)}}
	}
	id, err := x.NewStyle(s)
	x.styles[k] = id
	return id, err
}

// cell is a value as a spreadsheet holds it: a number, a date, or text that no formula begins.
func (x *xlsx) cell(v Value, k styleKey) (excelize.Cell, error) {
	k.kind = v.Kind
	c := excelize.Cell{Value: clean(v.Text)}
	switch v.Kind {
	case Count:
		c.Value = int64(v.Number)
	case Rate, Share, Points, Hours, Number:
		c.Value = v.Number
	case DateTime, Day:
		form := minuteText
		if v.Kind == Day {
			form = dayText
		}
		if at, err := time.Parse(form, v.Text); err == nil {
			c.Value = at
		}
	}
	var err error
	c.StyleID, err = x.style(k)
	return c, err
}

func (x *xlsx) cells(values []Value, k styleKey) ([]any, error) {
	all := make([]any, len(values))
	for n, v := range values {
		c, err := x.cell(v, k)
		if err != nil {
			return nil, err
		}
		all[n] = c
	}
	return all, nil
}

// heads are the cells of the heads of columns.
func (x *xlsx) heads(columns []Column) ([]any, error) {
	all := make([]Value, len(columns))
	for n := range columns {
		all[n] = Value{Kind: Text, Text: columns[n].Full()}
	}
	return x.cells(all, styleKey{head: true})
}

// put writes a row of a sheet that is not streamed.
func (x *xlsx) put(sheet string, row int, values []Value, k styleKey) error {
	cells, err := x.cells(values, k)
	if err != nil {
		return err
	}
	return x.putCells(sheet, row, cells)
}

func (x *xlsx) putCells(sheet string, row int, cells []any) error {
	for n := range cells {
		c := cells[n].(excelize.Cell)
		name, err := excelize.CoordinatesToCellName(n+1, row)
		if err != nil {
			return err
		}
		if text, ok := c.Value.(string); ok && text != "" {
			err = x.SetCellStr(sheet, name, text)
		} else if !ok {
			err = x.SetCellValue(sheet, name, c.Value)
		}
		if err != nil {
			return err
		}
		if err := x.SetCellStyle(sheet, name, name, c.StyleID); err != nil {
			return err
		}
	}
	return nil
}
