package paper_test

import (
	"bytes"
	"strings"
	"testing"

	"spotcheck/pkg/paper"
)

// everywhere is a short report with one part of each kind, in all of which a text stands.
func everywhere(text string) *paper.Document {
	v := zh.Text(text)
	return &paper.Document{Office: text, Title: text, Number: text, Subtitle: text, Date: text, Banners: []string{text},
		Facts: []paper.Fact{{Name: text, Text: text}}, Parts: []paper.Part{
			{Heading: &paper.Heading{Level: 1, Text: text}}, {Paragraph: text}, {List: []string{text}}, {Key: []paper.KeyFigure{{Name: text, Value: v, Detail: text}}},
			{Note: text},
			{Table: &paper.Table{Name: text, Caption: text, Groups: text, Landscape: true, Notes: []string{text},
				Columns: []paper.Column{{Head: text, GroupHead: text}, {Head: text, Kind: paper.Count}},
				Rows:    []paper.Row{{Group: text}, {Cells: []paper.Value{v, v}}, {Total: true, Cells: []paper.Value{v}}}}},
			{Chart: &paper.Chart{Title: text, Kind: paper.BarChart, Labels: []string{text, text}, Series: []paper.Series{{Name: text, Values: []paper.Value{v, zh.Count(3)}}}}},
			{Chart: &paper.Chart{Title: text, Kind: paper.LineChart, Labels: []string{text, text},
				Series: []paper.Series{{Name: text, Values: []paper.Value{zh.Rate(1, 3), zh.Rate(2, 3)}}, {Name: text}}}},
			{Pairs: []paper.PhotoPair{{Title: text, Before: paper.CaptionedPhoto{ID: text, Caption: text}}}}, {Definitions: []paper.Definition{{Term: text, Text: text}}}}}
}

// FuzzReports makes every form of a report in which a text stands everywhere.
func FuzzReports(f *testing.F) {
	for _, s := range []string{"", attack, "。。。。", "\xff\xfe", strings.Repeat("长", 300), strings.Repeat("W", 300), "a\n\n\nb\r\n", "'", "[]:*?/\\", "@SUM(1)", "\u3000=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		d := everywhere(text)
		pdf, err := d.PDF(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range readPDF(t, pdf) {
			if s.x < 0 || s.x > 297*mm {
				t.Errorf("%s stands outside", s)
			}
		}
		var xlsx bytes.Buffer
		if _, err := d.DOCX(nil); err != nil {
			t.Error(err)
		}
		if err := d.XLSX(&xlsx, nil); err != nil {
			t.Error(err)
		}
		for _, rows := range readCSV(t, d) {
			for _, row := range rows {
				for _, cell := range row {
					if cell != "" && strings.ContainsRune("=@", rune(cell[0])) {
						t.Errorf("a cell begins with a formula: %.40q", cell)
					}
				}
			}
		}
		d.HTML(nil)
	})
}
