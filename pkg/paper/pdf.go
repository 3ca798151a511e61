package paper

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/signintech/gopdf"

	"spotcheck/pkg/font"
)

// family and rareFamily are the names of the fonts.
const (
	family     = "NotoSansSC"
	rareFamily = "SpotcheckRare"
)

// fonts and rareFonts hold a font each, parsed once: each file then only takes the characters that it shows.
var (
	fonts = sync.OnceValues(func() (*gopdf.FontContainer, error) {
		c := new(gopdf.FontContainer)
		return c, c.AddTTFFontData(family, font.TTF)
	})
	rareFonts = sync.OnceValues(func() (*gopdf.FontContainer, error) {
		c := new(gopdf.FontContainer)
		ttf, err := font.RareTTF()
		if err != nil {
			return nil, err
		}
		return c, c.AddTTFFontData(rareFamily, ttf)
	})
)

// PDF sets the paper on pages.
func (c *Content) PDF(p Pictures) ([]byte, error) {
	return pdf(c.info(), c.pages(p), p, sharedFont)
}

// fileInfo is what a file says of itself.
type fileInfo struct {
	title, author, language string
	made                    time.Time
}

// info is what the files of a paper say of themselves. Its date is that of the paper.
func (c *Content) info() fileInfo {
	made, err := time.Parse("2006年1月2日", c.Date)
	if err != nil {
		made = time.Time{}
	}
	return fileInfo{strings.TrimSpace(Title(c.Kind) + " " + clean(c.Number)), clean(c.Office), "zh-CN", notBefore1980(made)}
}

// pages are the pages of the paper, laid out.
func (c *Content) pages(p Pictures) []page {
	return statePage.paginate(rowsOf(c.document(), &statePage, p), 0)
}

func rowsOf(blocks []block, s *sheet, p Pictures) (rows []row) {
	for _, b := range blocks {
		rows = append(rows, b.rows(s, p)...)
	}
	return rows
}

// sharedFont adds the font that was parsed once.
func sharedFont(file *gopdf.GoPdf) error {
	shared, err := fonts()
	if err != nil {
		return err
	}
	return file.AddTTFFontFromFontContainer(family, shared)
}

// pdf writes pages into a file.
func pdf(about fileInfo, pages []page, p Pictures, addFont func(*gopdf.GoPdf) error) ([]byte, error) {
	var file gopdf.GoPdf
	file.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	file.SetInfo(gopdf.PdfInfo{Title: basicPlane(about.title), Author: basicPlane(about.author), Creator: "Spotcheck", CreationDate: about.made})
	if err := addFont(&file); err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	if slices.ContainsFunc(pages, page.isRare) {
		if err := rareFont(&file); err != nil {
			return nil, fmt.Errorf("paper: font: %w", err)
		}
	}
	for _, page := range pages {
		file.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: page.width, H: page.height}})
		for _, m := range page.marks {
			if err := m.draw(&file, p); err != nil {
				return nil, fmt.Errorf("paper: %w", err)
			}
		}
	}
	made, err := file.GetBytesPdfReturnErr()
	if err != nil {
		return nil, err
	}
	return updated(made, about.language)
}

// isRare says whether something on the page is printed in the rare font.
func (p page) isRare() bool {
	return slices.ContainsFunc(p.marks, func(m mark) bool { return strings.ContainsFunc(m.text, font.IsRare) })
}

// basicPlane is a text for what readers show beside the pages, for which the library cannot write other characters.
func basicPlane(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return font.Geta
		}
		return r
	}, text)
}

func rareFont(file *gopdf.GoPdf) error {
	shared, err := rareFonts()
	if err != nil {
		return err
	}
	return file.AddTTFFontFromFontContainer(rareFamily, shared)
}

func (m *mark) draw(pdf *gopdf.GoPdf, p Pictures) error {
	c := inks[m.ink]
	switch {
	case m.picture != "":
		holder, err := gopdf.ImageHolderByBytes(p[m.picture])
		if err != nil {
			return err
		}
		return pdf.ImageByHolder(holder, m.x, m.y, &gopdf.Rect{W: m.w, H: m.h})
	case m.fill:
		pdf.SetFillColor(c[0], c[1], c[2])
		pdf.RectFromUpperLeftWithStyle(m.x, m.y, m.w, m.h, "F")
		return nil
	case m.rule:
		m.line(pdf)
		return nil
	case m.text == "":
		return nil
	}
	if err := pdf.SetCharSpacing(m.gap); err != nil {
		return err
	}
	pdf.SetTextColor(c[0], c[1], c[2])
	x := m.x - before(m.align, width(m.text, m.size))
	if m.chapter != "" {
		pdf.SetXY(x, m.y)
		pdf.AddOutlineWithPosition(basicPlane(m.chapter))
	}
	for run, rare := range font.Runs(m.text) {
		name := family
		if rare {
			name = rareFamily
		}
		if err := pdf.SetFont(name, "", m.size); err != nil {
			return err
		}
		pdf.SetXY(x, m.y)
		if err := pdf.Text(run); err != nil {
			return err
		}
		x += width(run, m.size) + m.gap*float64(utf8.RuneCountInString(run))
	}
	return nil
}

// before is how much of something so wide stands before the place to which it is aligned.
func before(a align, wide float64) float64 { return float64(a) * wide / 2 }

func (m *mark) line(pdf *gopdf.GoPdf) {
	c := inks[m.ink]
	pdf.SetLineWidth(m.thick)
	pdf.SetLineType("solid")
	pdf.SetStrokeColor(c[0], c[1], c[2])
	if m.dashed {
		pdf.SetCustomLineType([]float64{4, 3}, 0)
	}
	pdf.Line(m.x, m.y, m.x+m.w, m.y+m.h)
}
