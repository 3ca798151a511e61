package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
)

// docx collects a paper as WordprocessingML. Its parts are few and always the same; see server/decisions/0010-papers.md for
// why no library writes them.
type docx struct {
	strings.Builder
	pictures Pictures
	media    []string // ids of the photos, in the order of their files
}

// DOCX writes the same as the pages say into a document that people can edit.
func (c *Content) DOCX(p Pictures) ([]byte, error) {
	d := &docx{pictures: p}
	for _, b := range c.document() {
		b.write(d)
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, part := range d.parts() {
		w, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: part.method})
		if err == nil {
			_, err = w.Write(part.body)
		}
		if err != nil {
			return nil, fmt.Errorf("paper: docx: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("paper: docx: %w", err)
	}
	return file.Bytes(), nil
}

// part is a file of the package.
type part struct {
	name   string
	method uint16
	body   []byte
}

func (d *docx) parts() []part {
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	text := func(name, body string) part { return part{name, zip.Deflate, []byte(head + body)} }
	all := []part{
		text("[Content_Types].xml", contentTypes), text("_rels/.rels", packageLinks), text("word/document.xml", documentHead+d.String()+documentFoot),
		text("word/styles.xml", styles), text("word/settings.xml", settings),
		text("word/footer1.xml", footer("right")), text("word/footer2.xml", footer("left")),
	}
	links := documentLinks
	for n, id := range d.media {
		name := "media/photo" + itoa(n+1) + ".jpg"
		links += `<Relationship Id="photo` + itoa(n+1) + `" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="` + name + `"/>`
		all = append(all, part{"word/" + name, zip.Store, d.pictures[id]})
	}
	return append(all, text("word/_rels/document.xml.rels", links+`</Relationships>`))
}

// twips are twentieths of a point.
func twips(points float64) string { return itoa(int(math.Round(points * 20))) }

// emu are the units of drawings.
func emu(points float64) string { return itoa(int(math.Round(points * 12700))) }

// escape writes text from outside as XML takes it.
func escape(w io.StringWriter, body string) {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(body)) // a buffer takes everything
	_, _ = w.WriteString(b.String())
}

// run writes a text of one form, with its line breaks.
func (d *docx) run(body string, size float64, red, bold bool) {
	form := ""
	if bold {
		form += `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="方正小标宋简体"/>`
	}
	if red {
		form += `<w:color w:val="D00000"/>`
	}
	half := itoa(int(size * 2))
	d.WriteString(`<w:r><w:rPr>` + form + `<w:sz w:val="` + half + `"/><w:szCs w:val="` + half + `"/></w:rPr>`)
	for n, l := range strings.Split(clean(body), "\n") {
		if n > 0 {
			d.WriteString(`<w:br/>`)
		}
		d.WriteString(`<w:t xml:space="preserve">`)
		escape(d, l)
		d.WriteString(`</w:t>`)
	}
	d.WriteString(`</w:r>`)
}

var alignments = map[align]string{toLeft: "both", toMiddle: "center", toRight: "right"}

func (t text) write(d *docx) {
	for l := range strings.SplitSeq(clean(t.body), "\n") {
		d.WriteString(`<w:p><w:pPr>`)
		if t.keep {
			d.WriteString(`<w:keepNext/>`)
		}
		d.WriteString(`<w:spacing w:line="` + twips(t.pitch) + `" w:lineRule="exact"/><w:ind w:right="` + twips(float64(t.inner)*t.size) +
			`" w:firstLine="` + twips(float64(t.indent)*t.size) + `"/><w:jc w:val="` + alignments[t.align] + `"/></w:pPr>`)
		d.run(l, t.size, t.red, t.bold)
		d.WriteString(`</w:p>`)
	}
}

func (s space) write(d *docx) {
	d.WriteString(`<w:p><w:pPr><w:spacing w:line="` + twips(float64(s)) + `" w:lineRule="exact"/></w:pPr></w:p>`)
}

func (r rule) write(d *docx) {
	kind, colour := "single", "000000"
	if r.dashed {
		kind = "dashed"
	}
	if r.red {
		colour = "D00000"
	}
	d.WriteString(`<w:p><w:pPr><w:keepNext/><w:pBdr><w:bottom w:val="` + kind + `" w:sz="` + itoa(int(math.Round(r.thick*8))) + `" w:space="1" w:color="` + colour +
		`"/></w:pBdr><w:spacing w:line="` + twips(2*mm) + `" w:lineRule="exact"/></w:pPr></w:p>`)
}

func (t table) write(d *docx) {
	d.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(textWidth) + `" w:type="dxa"/>` + borders + `<w:tblLayout w:type="fixed"/>` + cellMargins + `</w:tblPr><w:tblGrid>`)
	for _, w := range t.widths {
		d.WriteString(`<w:gridCol w:w="` + twips(w) + `"/>`)
	}
	d.WriteString(`</w:tblGrid>`)
	if t.head != nil {
		t.row(d, t.head, `<w:tblHeader/>`)
	}
	for _, cells := range t.body {
		t.row(d, cells, "")
	}
	d.WriteString(`</w:tbl>`)
	space(pitch / 4).write(d) // also keeps two tables apart
}

func (t table) row(d *docx, cells []string, more string) {
	d.WriteString(`<w:tr><w:trPr>`)
	if t.keep || more != "" {
		d.WriteString(`<w:cantSplit/>`)
	}
	d.WriteString(`<w:trHeight w:val="` + twips(max(t.tall, tight+2*cellPad)) + `"/>` + more + `</w:trPr>`)
	for n, cell := range cells {
		d.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + twips(t.widths[n]) + `" w:type="dxa"/></w:tcPr><w:p><w:pPr>`)
		if t.keep {
			d.WriteString(`<w:keepNext/>`)
		}
		d.WriteString(`<w:spacing w:line="` + twips(tight) + `" w:lineRule="exact"/></w:pPr>`)
		d.run(cell, small4, false, false)
		d.WriteString(`</w:p></w:tc>`)
	}
	d.WriteString(`</w:tr>`)
}

func (f figures) write(d *docx) {
	d.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(textWidth) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="` +
		twips(textWidth/2) + `"/><w:gridCol w:w="` + twips(textWidth/2) + `"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for _, g := range []figure{f.before, f.after} {
		d.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + twips(textWidth/2) + `" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr>`)
		if w, h, ok := fitted(d.pictures[g.picture], figureWidth, figureHeight); ok {
			d.picture(g.picture, w, h)
		} else {
			d.run(g.empty, small4, false, false)
		}
		d.WriteString(`</w:p>`)
		text{body: g.caption, size: small4, pitch: tight, align: toMiddle}.write(d)
		d.WriteString(`</w:tc>`)
	}
	d.WriteString(`</w:tr></w:tbl>`)
	space(cellPad).write(d)
}

// picture writes a drawing that stands in its line.
func (d *docx) picture(id string, w, h float64) {
	d.media = append(d.media, id)
	n := itoa(len(d.media))
	size := `cx="` + emu(w) + `" cy="` + emu(h) + `"`
	d.WriteString(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent ` + size + `/><wp:docPr id="` + n + `" name="photo` + n +
		`"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="` + n + `" name="photo` + n +
		`.jpg"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="photo` + n + `"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext ` +
		size + `/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`)
}
