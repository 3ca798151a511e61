package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

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
	file.SetInfo(gopdf.PdfInfo{Title: about.title, Author: about.author, Creator: "Spotcheck", CreationDate: about.made})
	if err := addFont(&file); err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
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
	return withCatalog(made, about.language)
}

// withCatalog adds to a file what the library leaves out of its catalog: the language, and that readers show the title in place of the file's name. It
// is an incremental update (ISO 32000-1, 7.5.6): the catalog anew at the end, and a table and a trailer that point to those before.
func withCatalog(file []byte, language string) ([]byte, error) {
	const object, close = "1 0 obj\n", "endobj"
	at := bytes.Index(file, []byte("\n"+object)) + 1
	end := bytes.Index(file[max(at, 0):], []byte(close)) + at
	trailer := bytes.LastIndex(file, []byte("trailer\n<<"))
	last := bytes.LastIndex(file, []byte("startxref\n"))
	if at < 1 || end < at || trailer < end || last < trailer {
		return nil, errors.New("paper: a PDF without a catalog")
	}
	dictionary := bytes.TrimSpace(file[at+len(object) : end])
	rest := bytes.TrimSpace(file[trailer+len("trailer\n<<") : last])
	table, _, _ := bytes.Cut(file[last+len("startxref\n"):], []byte("\n"))
	b := bytes.NewBuffer(bytes.TrimRight(file, "\n"))
	b.WriteString("\n")
	catalog := b.Len()
	fmt.Fprintf(b, "%s%s  /Lang (%s)\n  /ViewerPreferences << /DisplayDocTitle true >>\n>>\n%s\n", object, bytes.TrimSuffix(dictionary, []byte(">>")), language, close)
	xref := b.Len()
	fmt.Fprintf(b, "xref\n1 1\n%010d 00000 n \ntrailer\n<<\n%s\n/Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n", catalog, bytes.TrimSpace(bytes.TrimSuffix(rest, []byte(">>"))),
		bytes.TrimSpace(table), xref)
	return b.Bytes(), nil
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
	if err := pdf.SetFont(family, "", m.size); err != nil {
		return err
	}
	if err := pdf.SetCharSpacing(m.gap); err != nil {
		return err
	}
	pdf.SetTextColor(c[0], c[1], c[2])
	pdf.SetXY(m.x-before(m.align, width(m.text, m.size)), m.y)
	if m.chapter != "" {
		pdf.AddOutlineWithPosition(m.chapter)
	}
	return pdf.Text(m.text)
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
