package paper

import (
	"fmt"
	"sync"

	"github.com/signintech/gopdf"

	"spotcheck/pkg/font"
)

// family is the name of the one font.
const family = "NotoSansSC"

// fonts holds the font, parsed once: each file then only takes the characters that it shows.
var fonts = sync.OnceValues(func() (*gopdf.FontContainer, error) {
	c := new(gopdf.FontContainer)
	return c, c.AddTTFFontData(family, font.TTF)
})

// PDF sets the paper on pages.
func (c *Content) PDF(p Pictures) ([]byte, error) {
	shared, err := fonts()
	if err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	return c.pdf(p, func(pdf *gopdf.GoPdf) error { return pdf.AddTTFFontFromFontContainer(family, shared) })
}

func (c *Content) pdf(p Pictures, addFont func(*gopdf.GoPdf) error) ([]byte, error) {
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	pdf.SetInfo(gopdf.PdfInfo{Title: clean(c.Number), Author: clean(c.Office)})
	if err := addFont(&pdf); err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	for _, page := range c.pages(p) {
		pdf.AddPage()
		for _, m := range page {
			if err := m.draw(&pdf, p); err != nil {
				return nil, fmt.Errorf("paper: %w", err)
			}
		}
	}
	return pdf.GetBytesPdfReturnErr()
}

// pages are the pages of the paper, laid out.
func (c *Content) pages(p Pictures) []page {
	var rows []row
	for _, b := range c.document() {
		rows = append(rows, b.rows(p)...)
	}
	return paginate(rows)
}

func (m *mark) draw(pdf *gopdf.GoPdf, p Pictures) error {
	switch {
	case m.picture != "":
		holder, err := gopdf.ImageHolderByBytes(p[m.picture])
		if err != nil {
			return err
		}
		return pdf.ImageByHolder(holder, m.x, m.y, &gopdf.Rect{W: m.w, H: m.h})
	case m.rule:
		m.line(pdf)
		return nil
	case m.text == "":
		return nil
	}
	if err := pdf.SetFont(family, "", m.size); err != nil {
		return err
	}
	if err := pdf.SetCharSpacing(m.gap); err != nil {
		return err
	}
	pdf.SetTextColor(0, 0, 0)
	if m.red {
		pdf.SetTextColor(red[0], red[1], red[2])
	}
	pdf.SetXY(m.x, m.y)
	return pdf.Text(m.text)
}

// red of the name of the office and the line under it.
var red = [3]uint8{0xd0, 0, 0}

func (m *mark) line(pdf *gopdf.GoPdf) {
	pdf.SetLineWidth(m.thick)
	pdf.SetLineType("solid")
	pdf.SetStrokeColor(0, 0, 0)
	if m.dashed {
		pdf.SetCustomLineType([]float64{4, 3}, 0)
	}
	if m.red {
		pdf.SetStrokeColor(red[0], red[1], red[2])
	}
	pdf.Line(m.x, m.y, m.x+m.w, m.y+m.h)
}
