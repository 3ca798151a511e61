package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// docx collects a paper as WordprocessingML. Its parts are few and always the same; see server/decisions/0010-papers.md for
// why no library writes them.
type docx struct {
	strings.Builder
	*sheet
	pictures Pictures
	media    []part // photos and charts, in the order of their drawings
	about    fileInfo
}

// DOCX writes the same as the pages say into a document that people can edit.
func (c *Content) DOCX(p Pictures) ([]byte, error) {
	d := &docx{pictures: p, sheet: &statePage, about: c.info()}
	for _, b := range c.document() {
		b.write(d)
	}
	return d.file()
}

// file puts the parts together.
func (d *docx) file() ([]byte, error) {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, part := range d.parts() {
		w, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: part.method, Modified: d.about.made})
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
		text("[Content_Types].xml", contentTypes), text("_rels/.rels", packageLinks), text("word/document.xml", documentHead+d.String()+d.section()+`</w:body></w:document>`),
		text("docProps/core.xml", d.about.core()),
		text("word/styles.xml", strings.Replace(styles, `<w:lang w:val="en-US"`, `<w:lang w:val="`+d.about.western()+`"`, 1)), text("word/settings.xml", settings),
		text("word/footer1.xml", footer("right")), text("word/footer2.xml", footer("left")),
	}
	links := documentLinks
	for n, m := range d.media {
		links += `<Relationship Id="photo` + itoa(n+1) + `" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="` + m.name + `"/>`
		all = append(all, part{"word/" + m.name, zip.Store, m.body})
	}
	return append(all, text("word/_rels/document.xml.rels", links+`</Relationships>`))
}

// hexOf is a colour as these files write it.
func hexOf(i ink) string { return fmt.Sprintf("%02X%02X%02X", inks[i][0], inks[i][1], inks[i][2]) }

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

// letters are how a text is written; bold is the face of titles.
type letters struct {
	size float64
	ink  ink
	bold bool
}

// run writes a text in one kind of letters, with its line breaks.
func (d *docx) run(body string, in letters) {
	form := ""
	if in.bold {
		form += `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="方正小标宋简体"/>`
	}
	if in.ink != black {
		form += `<w:color w:val="` + hexOf(in.ink) + `"/>`
	}
	half := itoa(int(in.size * 2))
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
	for n, l := range strings.Split(clean(t.body), "\n") {
		d.WriteString(`<w:p><w:pPr>`)
		if t.level > 0 {
			d.WriteString(`<w:pStyle w:val="Heading` + itoa(t.level) + `"/>`)
		}
		if t.keep {
			d.WriteString(`<w:keepNext/>`)
		}
		d.WriteString(`<w:spacing w:line="` + twips(t.pitch) + `" w:lineRule="exact"/><w:ind ` + t.indents() + `/><w:jc w:val="` + alignments[t.align] + `"/></w:pPr>`)
		if n == 0 && t.lead != "" {
			d.run(t.lead, letters{t.size, t.ink, t.bold})
			d.WriteString(`<w:r><w:tab/></w:r>`)
		}
		d.run(l, letters{t.size, t.ink, t.bold})
		d.WriteString(`</w:p>`)
	}
}

func (t text) indents() string {
	right := `w:right="` + twips(float64(t.inner)*t.size) + `"`
	if t.hang > 0 {
		return `w:left="` + twips(t.hang) + `" ` + right + ` w:hanging="` + twips(t.hang) + `"`
	}
	return right + ` w:firstLine="` + twips(float64(t.indent)*t.size) + `"`
}

func (s space) write(d *docx) {
	d.WriteString(`<w:p><w:pPr><w:spacing w:line="` + twips(float64(s)) + `" w:lineRule="exact"/></w:pPr></w:p>`)
}

func (turn) write(d *docx) {
	d.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
}

func (r rule) write(d *docx) {
	kind := "single"
	if r.dashed {
		kind = "dashed"
	}
	d.WriteString(`<w:p><w:pPr><w:keepNext/><w:pBdr><w:bottom w:val="` + kind + `" w:sz="` + itoa(int(math.Round(r.thick*8))) + `" w:space="1" w:color="` + hexOf(r.ink) +
		`"/></w:pBdr><w:spacing w:line="` + twips(2*mm) + `" w:lineRule="exact"/></w:pPr></w:p>`)
}

func (f figures) write(d *docx) {
	d.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(d.room) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="` +
		twips(d.room/2) + `"/><w:gridCol w:w="` + twips(d.room/2) + `"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	wide, high := f.measure()
	size, lead := f.words()
	for _, g := range []figure{f.before, f.after} {
		d.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + twips(d.room/2) + `" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr>`)
		if w, h, ok := fitted(d.pictures[g.picture], wide, high); ok {
			d.picture("jpg", g.caption, d.pictures[g.picture], w, h)
		} else {
			d.run(g.empty, letters{size: size})
		}
		d.WriteString(`</w:p>`)
		text{body: g.caption, size: size, pitch: lead, align: toMiddle}.write(d)
		d.WriteString(`</w:tc>`)
	}
	d.WriteString(`</w:tr></w:tbl>`)
	space(cellPad).write(d)
}

// picture writes a drawing that stands in its line, with what it shows for those who do not see it.
func (d *docx) picture(kind, shows string, body []byte, w, h float64) {
	n := itoa(len(d.media) + 1)
	d.media = append(d.media, part{name: "media/photo" + n + "." + kind, body: body})
	size := `cx="` + emu(w) + `" cy="` + emu(h) + `"`
	d.WriteString(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent ` + size + `/><wp:docPr id="` + n + `" name="photo` + n + `" descr="`)
	escape(d, oneLine(shows))
	d.WriteString(`"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="` + n + `" name="photo` + n +
		"." + kind + `"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="photo` + n + `"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>` +
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext ` +
		size + `/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`)
}

// western is the language of what is not Chinese.
func (about *fileInfo) western() string {
	if about.language == "en" {
		return "en-GB"
	}
	return "en-US"
}

// core are the core properties: title, who issued it, language and date.
func (about *fileInfo) core() string {
	var b strings.Builder
	b.WriteString(`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>`)
	escape(&b, about.title)
	b.WriteString(`</dc:title><dc:creator>`)
	escape(&b, about.author)
	at := about.made.UTC().Format(time.RFC3339)
	b.WriteString(`</dc:creator><dc:language>` + about.language + `</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">` + at +
		`</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`)
	return b.String()
}
