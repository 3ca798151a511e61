package paper

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// chartSheet holds the figures of the charts, and beside them the charts, which follow them when they are changed.
func (x *xlsx) chartSheet() error {
	name := ""
	for n := range x.Parts {
		c := x.Parts[n].Chart
		if c == nil || len(c.Labels) == 0 {
			continue
		}
		if name == "" {
			var err error
			if name, err = x.sheet(x.say("图", "Charts"), landscape); err != nil {
				return err
			}
			if err := x.SetColWidth(name, "A", "A", 26); err != nil {
				return err
			}
			x.at = 1
		}
		if err := x.chart(name, c); err != nil {
			return err
		}
	}
	return nil
}

func (x *xlsx) chart(sheet string, c *Chart) error {
	from := x.at
	if err := x.put(sheet, from, []Value{plain(c.Title)}, styleKey{bold: true, plain: true}); err != nil {
		return err
	}
	columns := []Column{{}}
	for _, s := range c.Series {
		columns = append(columns, Column{Head: s.Name})
	}
	heads, err := x.heads(columns)
	if err != nil {
		return err
	}
	if err := x.putCells(sheet, from+1, heads); err != nil {
		return err
	}
	for n, l := range c.Labels {
		row := []Value{plain(l)}
		for k := range c.Series {
			v := c.value(k, n)
			if !there(v) {
				v.Text = "" // text would be drawn as nothing, an empty cell is a gap
			}
			row = append(row, v)
		}
		if err := x.put(sheet, from+2+n, row, styleKey{}); err != nil {
			return err
		}
	}
	x.at = from + max(len(c.Labels)+4, 24)
	return x.draw(sheet, c, from+2, from+1+len(c.Labels))
}

// axisFont is dark enough to be read on paper.
var axisFont = excelize.Font{Color: "404040", Size: 9}

// draw adds the chart beside its figures.
func (x *xlsx) draw(sheet string, c *Chart, from, to int) error {
	out := &excelize.Chart{Type: excelize.Line, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: oneLine(c.Title)}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 720, Height: 400}, ShowBlanksAs: "gap",
		XAxis: excelize.ChartAxis{Font: axisFont}, YAxis: excelize.ChartAxis{MajorGridLines: true, Font: axisFont,
			NumFmt: excelize.ChartNumFmt{CustomNumFmt: formats(c.kind(), x.Language)}}}
	if c.Kind == BarChart {
		out.Type = excelize.Bar
		out.XAxis.ReverseOrder = true // the first stands above
		out.Dimension.Height = uint(min(max(400, 24*len(c.Labels)), 2000))
	}
	for n := range c.Series {
		column, err := excelize.ColumnNumberToName(n + 2)
		if err != nil {
			return err
		}
		s := excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$%d", sheet, column, from-1), Categories: fmt.Sprintf("'%s'!$A$%d:$A$%d", sheet, from, to),
			Values: fmt.Sprintf("'%s'!$%s$%d:$%s$%d", sheet, column, from, column, to), Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{hexOf(seriesInk(n))}}}
		if c.Kind == LineChart {
			s.Line = excelize.LineOptions{Width: 2, Fill: s.Fill}
		}
		out.Series = append(out.Series, s)
	}
	corner, err := excelize.ColumnNumberToName(len(c.Series) + 3)
	if err != nil {
		return err
	}
	return x.AddChart(sheet, corner+itoa(from-1), out)
}
