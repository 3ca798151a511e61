package paper_test

import (
	"fmt"
	"testing"

	"github.com/signintech/gopdf"

	"spotcheck/pkg/font"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// notices are different ones, with two photos each.
func notices(n int) (all []*paper.Content) {
	for k := range n {
		c := notice(inspect.RectifyNotice)
		c.Number = fmt.Sprintf("海环整改〔2026〕%d号", k+1)
		c.Items[0].Place = fmt.Sprintf("龙昆南路%d号门前", k+1)
		all = append(all, c)
	}
	return all
}

// BenchmarkPDF compares the font parsed once for all files with the font parsed for each.
func BenchmarkPDF(b *testing.B) {
	shared := func(c *paper.Content) ([]byte, error) { return c.PDF(pictures) }
	for _, way := range []struct {
		name string
		make func(*paper.Content) ([]byte, error)
	}{{"shared", shared}, {"apart", apart}} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			all, size := notices(100), 0
			for n := 0; b.Loop(); n++ {
				file, err := way.make(all[n%len(all)])
				if err != nil {
					b.Fatal(err)
				}
				size = len(file)
			}
			b.ReportMetric(float64(size), "file-B")
		})
	}
}

// apart parses the font for one file.
func apart(c *paper.Content) ([]byte, error) {
	return paper.SetPDF(c, pictures, func(pdf *gopdf.GoPdf) error { return pdf.AddTTFFontData(paper.Family, font.TTF) })
}

func BenchmarkDOCX(b *testing.B) {
	b.ReportAllocs()
	all := notices(100)
	for n := 0; b.Loop(); n++ {
		if _, err := all[n%len(all)].DOCX(pictures); err != nil {
			b.Fatal(err)
		}
	}
}
