package paper

import (
	"fmt"
	"strings"

	"spotcheck/pkg/inspect"
)

// orientation is how a page stands, as workbooks write it.
type orientation string

const (
	portrait  orientation = "portrait"
	landscape orientation = "landscape"
)

// reportPage is the page of a report: wider than that of a notice, since tables need the room.
func reportPage(o orientation) sheet {
	s := sheet{width: pageWidth, height: pageHeight, left: 20 * mm, top: 22 * mm, foot: size5}
	if o == landscape {
		s.width, s.height = s.height, s.width
	}
	s.room, s.depth = s.width-40*mm, s.height-44*mm
	return s
}

// section is blocks on pages of one kind.
type section struct {
	sheet
	blocks []block
}

// trimmed is the section without the end of a page at its own end.
func (s section) trimmed() section {
	for len(s.blocks) > 0 {
		if _, ok := s.blocks[len(s.blocks)-1].(turn); !ok {
			break
		}
		s.blocks = s.blocks[:len(s.blocks)-1]
	}
	return s
}

// sections are the document as it is set on pages.
func (d *Document) sections() (all []section) {
	now := portrait
	s := section{sheet: reportPage(now)}
	s.blocks = d.head(s.room)
	for n := range d.Parts {
		p := &d.Parts[n]
		if o := d.orientation(n); o != now {
			all, now = append(all, s.trimmed()), o
			s = section{sheet: reportPage(now)}
		}
		s.blocks = append(s.blocks, d.set(p, &s.sheet)...)
	}
	all = append(all, s.trimmed())
	for n := range all {
		all[n].runner = firstFitting(printed(oneLine(d.Title+"  "+d.Number+"  "+d.Subtitle)), size6, all[n].room)
	}
	return all
}

// orientation is how the page of a part stands: on its side for a table with rows that asks for it, and for the headings over it.
func (d *Document) orientation(n int) orientation {
	for ; n < len(d.Parts) && d.Parts[n].Heading != nil; n++ {
	}
	if n < len(d.Parts) && d.Parts[n].Table != nil && len(d.Parts[n].Table.Rows) > 0 {
		return d.Parts[n].Table.orientation()
	}
	return portrait
}

func (t *Table) orientation() orientation {
	if t.Landscape {
		return landscape
	}
	return portrait
}

// head is the office in red, what the paper is, and the line below it.
func (d *Document) head(room float64) (all []block) {
	size := size1
	for size > size4 && width(printed(clean(d.Title)), size) > room {
		size--
	}
	all = append(all, text{body: d.Title, size: size, pitch: size * 1.5, align: toMiddle, ink: red, bold: true, keep: true})
	if d.Number != "" {
		all = append(all, text{body: d.Number, size: size4, pitch: size4 * 1.6, align: toMiddle, keep: true})
	}
	all = append(all, ends{d.Office, d.Date, small4}, rule{ink: red, thick: 1.5})
	if d.Subtitle != "" {
		all = append(all, text{body: d.Subtitle, size: size4, pitch: size4 * 1.6, align: toMiddle, keep: true})
	}
	for _, m := range d.Banners {
		all = append(all, text{body: m, size: small4, pitch: small4 * 1.6, align: toMiddle, ink: red, keep: true})
	}
	if len(d.Facts) > 0 {
		all = append(all, d.facts())
	}
	return append(all, space(6))
}

// facts are the cut-off and what else says where the figures come from, as small type under the head.
func (d *Document) facts() block {
	var lines []string
	for _, f := range d.Facts {
		lines = append(lines, f.Name+d.say("：", ": ")+f.Text)
	}
	return text{body: strings.Join(lines, "\n"), size: 9, pitch: 13, ink: grey}
}

func (d *Document) say(chinese, english string) string { return say(d.Language, chinese, english) }

// noData is what stands for a figure that is not there.
func (d *Document) noData() string { return Formatter{Language: d.Language}.NoData().Text }

// set makes the blocks of a part.
func (d *Document) set(p *Part, s *sheet) []block {
	switch {
	case p.Heading != nil && p.Heading.Level <= 1:
		return []block{space(8), text{body: p.Heading.Text, size: 15, pitch: 24, ink: blue, bold: true, keep: true, level: 1}}
	case p.Heading != nil:
		return []block{space(4), text{body: p.Heading.Text, size: small4, pitch: 20, bold: true, keep: true, level: 2}}
	case p.Paragraph != "":
		return []block{text{body: p.Paragraph, size: 11, pitch: 18, indent: d.indent()}}
	case p.List != nil:
		return d.list(p.List)
	case p.Key != nil:
		return []block{keys{p.Key, s.room}, space(6)}
	case p.Table != nil:
		return d.table(p.Table, s)
	case p.Chart != nil:
		return []block{chart{p.Chart, d.noData()}}
	case p.Pairs != nil:
		return d.pairs(p.Pairs, s.room)
	case p.Definitions != nil:
		return []block{d.definitions(p.Definitions, s.room)}
	case p.Note != "":
		return []block{text{body: p.Note, size: 9, pitch: 13, ink: grey}}
	case p.Break:
		return []block{turn{}}
	}
	return nil
}

// indent is by how many characters a paragraph begins further in.
func (d *Document) indent() int {
	if d.Language == inspect.English {
		return 0
	}
	return 2
}

func (d *Document) list(sentences []string) (all []block) {
	for n, s := range sentences {
		all = append(all, text{lead: itoa(n+1) + ".", body: s, size: 11, pitch: 18, hang: 18})
	}
	return append(all, space(3))
}

func (d *Document) pairs(pairs []PhotoPair, room float64) (all []block) {
	for n := range pairs {
		p := &pairs[n]
		all = append(all, text{body: fmt.Sprintf("%d. %s", n+1, p.Title), size: size5, pitch: 17, keep: true},
			figures{d.shot(p.Before, d.say("整改前", "Before")), d.shot(p.After, d.say("整改后", "After")), room, 9})
	}
	return all
}

func (d *Document) shot(s CaptionedPhoto, title string) figure {
	if s.ID == "" {
		return figure{empty: d.say("（无照片）", "(no photo)"), caption: title}
	}
	return figure{picture: s.ID, empty: d.say("（照片未能显示）", "(photo cannot be shown)"), caption: strings.Trim(title+"  "+s.Caption, " ")}
}

func (d *Document) definitions(all []Definition, room float64) block {
	t := table{size: 9, whole: true, head: []string{d.say("指标", "Figure"), d.say("定义", "Definition")}, aligns: []align{toLeft, toLeft}, widths: []float64{room / 5, room * 4 / 5}}
	for _, def := range all {
		t.body = append(t.body, []string{def.Term, def.Text})
	}
	return t
}

// PDF sets the report on pages.
func (d *Document) PDF(p Pictures) ([]byte, error) {
	return pdf(d.info(), d.pages(p), p, sharedFont)
}

func (d *Document) pages(p Pictures) (all []page) {
	sections := d.sections()
	for n := range sections {
		s := &sections[n]
		all = append(all, s.paginate(rowsOf(s.blocks, &s.sheet, p), len(all))...)
	}
	return all
}
