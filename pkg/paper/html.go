package paper

import (
	"encoding/base64"
	"fmt"
	"html"
	"slices"
	"strings"
)

// webpage collects a document as one HTML file.
type webpage struct {
	strings.Builder
	*Document
	pictures Pictures
}

// HTML writes the report as one file: pictures lie in it, it names nothing outside and runs nothing.
func (d *Document) HTML(p Pictures) []byte {
	w := &webpage{Document: d, pictures: p}
	w.put(`<!DOCTYPE html>`+"\n"+`<html lang="%s"><head><meta charset="utf-8">`, d.say("zh-CN", "en"))
	w.put(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`)
	w.put(`<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>%s</title><style>`, oneLine(d.Title+" "+d.Number))
	w.WriteString(style)
	w.WriteString("</style></head><body>\n")
	w.head()
	for n := range d.Parts {
		lying := d.orientation(n) == landscape
		if lying && (n == 0 || d.orientation(n-1) == portrait) {
			w.WriteString(`<section class="lying">`)
		}
		w.part(&d.Parts[n])
		if lying && (n+1 == len(d.Parts) || d.orientation(n+1) == portrait) {
			w.WriteString("</section>\n")
		}
	}
	w.WriteString("</body></html>\n")
	return []byte(w.String())
}

// put writes a form with texts, which it escapes.
func (w *webpage) put(form string, texts ...string) {
	escaped := make([]any, len(texts))
	for n, t := range texts {
		escaped[n] = html.EscapeString(clean(t))
	}
	fmt.Fprintf(&w.Builder, form, escaped...)
}

// oneLine is a text on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

func (w *webpage) head() {
	w.put(`<header><h1>%s</h1>`, w.Title)
	if w.Number != "" {
		w.put(`<p class="number">%s</p>`, w.Number)
	}
	w.put(`<p class="ends"><span>%s</span><span>%s</span></p>`, w.Office, w.Date)
	if w.Subtitle != "" {
		w.put(`<p class="number">%s</p>`, w.Subtitle)
	}
	for _, m := range w.Banners {
		w.put(`<p class="mark">%s</p>`, m)
	}
	if len(w.Facts) > 0 {
		w.put(`<p class="note">`)
		for n, f := range w.Facts {
			if n > 0 {
				w.put(`<br>`)
			}
			w.put(`%s%s%s`, f.Name, w.say("：", ": "), f.Text)
		}
		w.put(`</p>`)
	}
	w.WriteString("</header>\n")
}

func (w *webpage) part(p *Part) {
	switch {
	case p.Heading != nil && p.Heading.Level <= 1:
		w.put("<h2>%s</h2>\n", p.Heading.Text)
	case p.Heading != nil:
		w.put("<h3>%s</h3>\n", p.Heading.Text)
	case p.Paragraph != "":
		for l := range strings.SplitSeq(clean(p.Paragraph), "\n") {
			w.put(`<p class="body">%s</p>`+"\n", l)
		}
	case p.List != nil:
		w.put(`<ol>`)
		for _, s := range p.List {
			w.put(`<li>%s</li>`, s)
		}
		w.put("</ol>\n")
	case p.Key != nil:
		w.keys(p.Key)
	case p.Table != nil:
		w.table(p.Table)
	case p.Chart != nil:
		w.chart(p.Chart)
	case p.Pairs != nil:
		w.pairs(p.Pairs)
	case p.Definitions != nil:
		w.put(`<dl>`)
		for _, d := range p.Definitions {
			w.put(`<dt>%s</dt><dd>%s</dd>`, d.Term, d.Text)
		}
		w.put("</dl>\n")
	case p.Note != "":
		w.put(`<p class="note">%s</p>`+"\n", p.Note)
	case p.Break:
		w.put(`<div class="turn"></div>` + "\n")
	}
}

func (w *webpage) keys(all []KeyFigure) {
	w.put(`<div class="keys">`)
	for n := range all {
		f := &all[n]
		w.put(`<div><span>%s</span><b>%s</b>`, f.Name, f.Value.TextWithUnit())
		for _, below := range f.below() {
			w.put(`<small>%s</small>`, below)
		}
		w.put(`</div>`)
	}
	w.put("</div>\n")
}

func (w *webpage) pairs(pairs []PhotoPair) {
	for n := range pairs {
		p := &pairs[n]
		w.put(`<div class="pair"><h4>%s. %s</h4>`, itoa(n+1), p.Title)
		w.shot(p.Before, w.say("整改前", "Before"))
		w.shot(p.After, w.say("整改后", "After"))
		w.put("</div>\n")
	}
}

func (w *webpage) shot(s CaptionedPhoto, title string) {
	f := w.Document.shot(s, title)
	w.put(`<figure>`)
	if _, _, ok := fitted(w.pictures[f.picture], 1, 1); ok {
		w.put(`<img alt="%s" src="data:image/jpeg;base64,`, f.caption)
		w.WriteString(base64.StdEncoding.EncodeToString(w.pictures[f.picture]) + `">`)
	} else {
		w.put(`<div class="frame">%s</div>`, f.empty)
	}
	w.put(`<figcaption>%s</figcaption></figure>`, f.caption)
}

// classes are the places of values in their cells, in the style.
var classes = map[align]string{toLeft: "l", toMiddle: "m", toRight: "r"}

func (w *webpage) table(t *Table) {
	if len(t.Rows) <= together {
		w.put(`<table class="together">`)
	} else {
		w.put(`<table>`)
	}
	if t.Caption != "" {
		w.put(`<caption>%s</caption>`, t.Caption)
	}
	w.put(`<thead>`)
	w.tableHead(t)
	w.put("</thead><tbody>\n")
	for n := range t.Rows {
		form, cells := t.Rows[n].set(len(t.Columns))
		switch form {
		case groupRow:
			w.put(`<tr class="group"><th colspan="%s">%s</th></tr>`+"\n", itoa(len(t.Columns)), cells[0])
			continue
		case totalRow:
			w.put(`<tr class="total">`)
		default:
			w.put(`<tr>`)
		}
		for k, text := range cells {
			w.put(`<td class="%s">%s</td>`, classes[t.Columns[k].Kind.align()], text)
		}
		w.put("</tr>\n")
	}
	if len(t.Rows) == 0 {
		w.put(`<tr><td class="m" colspan="%s">%s</td></tr>`, itoa(len(t.Columns)), w.empty(t))
	}
	w.put("</tbody></table>\n")
	for _, n := range t.Notes {
		w.put(`<p class="note">%s</p>`+"\n", n)
	}
}

func (w *webpage) tableHead(t *Table) {
	set := table{}
	for _, c := range t.Columns {
		set.head, set.over = append(set.head, c.Head), append(set.over, c.GroupHead)
	}
	double := slices.ContainsFunc(set.over, func(over string) bool { return over != "" })
	w.put(`<tr>`)
	for _, c := range set.headCells() {
		switch {
		case c.upper && c.lower && double:
			w.put(`<th scope="col" rowspan="2">%s</th>`, c.text)
		case c.upper && c.lower:
			w.put(`<th scope="col">%s</th>`, c.text)
		case c.upper:
			w.put(`<th scope="colgroup" colspan="%s">%s</th>`, itoa(c.to-c.from), c.text)
		}
	}
	w.put(`</tr>`)
	if !double {
		return
	}
	w.put(`<tr>`)
	for _, c := range set.headCells() {
		if !c.upper {
			w.put(`<th scope="col">%s</th>`, c.text)
		}
	}
	w.put(`</tr>`)
}

// chart draws the same marks as the pages have.
func (w *webpage) chart(c *Chart) {
	wide := reportPage(portrait).room
	rows := c.strips(wide, w.noData())
	high := highOf(rows)
	w.put(`<svg role="img" aria-label="%s" viewBox="0 0 %s %s">`, c.Title, svgNumber(wide), svgNumber(high))
	y := 0.0
	for _, r := range rows {
		for _, m := range r.marks {
			m.y += y
			w.mark(&m)
		}
		y += r.height
	}
	w.put("</svg>\n")
}

func svgNumber(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

var anchors = map[align]string{toLeft: "start", toMiddle: "middle", toRight: "end"}

func (w *webpage) mark(m *mark) {
	x, y, colour := svgNumber(m.x), svgNumber(m.y), "#"+hexOf(m.ink)
	switch {
	case m.fill:
		w.put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, x, y, svgNumber(m.w), svgNumber(m.h), colour)
	case m.rule:
		w.put(`<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="%s"/>`, x, y, svgNumber(m.x+m.w), svgNumber(m.y+m.h), colour, svgNumber(m.thick))
	case m.text != "":
		w.put(`<text x="%s" y="%s" font-size="%s" text-anchor="%s" fill="%s">%s</text>`, x, y, svgNumber(m.size), anchors[m.align], colour, m.text)
	}
}

// style sets the page on screens and on A4.
const style = `
@page{size:A4;margin:18mm 15mm}@page lying{size:A4 landscape;margin:15mm}
*{box-sizing:border-box}
body{margin:0 auto;padding:16px;max-width:1080px;color:#111;background:#fff;
font:15px/1.7 "Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif}
h1{margin:.2em 0;color:#d00000;text-align:center;font-size:2em;line-height:1.3}h2{margin:1.2em 0 .4em;color:#1f5fa8;font-size:1.3em}
h3{margin:1em 0 .3em;font-size:1.05em}h4{margin:.6em 0 .3em;font-size:1em;grid-column:1/-1}
h1,h2,h3,h4,p,td,th,dd,dt,li,figcaption{overflow-wrap:anywhere}h2,h3,h4,caption{break-after:avoid}
.number,.mark{margin:.2em 0;text-align:center}.mark{color:#d00000;font-weight:bold}
.ends{display:flex;justify-content:space-between;margin:.4em 0;padding-bottom:.3em;border-bottom:2px solid #d00000}
.together{break-inside:avoid}.note{break-before:avoid;margin:.3em 0;color:#707070;font-size:.8em;line-height:1.5}.body{margin:.4em 0;text-align:justify}
:lang(zh) .body{text-indent:2em}ol{margin:.3em 0;padding-left:2em}
.keys{display:flex;flex-wrap:wrap;gap:6px;margin:.6em 0}
.keys div{flex:1 1 130px;padding:8px 4px;border-top:3px solid #1f5fa8;background:#f1f4f8;text-align:center;break-inside:avoid}
.keys span,.keys b,.keys small{display:block}.keys b{color:#1f5fa8;font-size:1.6em;line-height:1.4}.keys small{color:#707070}
table{width:100%;margin:.5em 0;border-collapse:collapse;font-size:.78em;line-height:1.4}caption{padding:.3em;font-weight:bold;text-align:left}
th,td{padding:3px 4px;white-space:pre-line;border:1px solid #888}thead th{background:#dfe7f1;text-align:center}
thead{display:table-header-group}tr{break-inside:avoid}.group th{background:#f1f4f8;text-align:left;break-after:avoid}.total td{background:#f1f4f8;font-weight:bold}
.l{text-align:left}.m{text-align:center}.r{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
svg{display:block;width:100%;max-width:760px;height:auto;margin:.6em auto;font-family:inherit}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:4px 16px;margin:.6em 0;break-inside:avoid}
figure{margin:0;text-align:center}img,.frame{width:100%;aspect-ratio:4/3;object-fit:contain}
.frame{display:flex;align-items:center;justify-content:center;border:1px solid #888;color:#707070}figcaption{font-size:.8em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;font-size:.85em}dt{max-width:14em;font-weight:bold}dd{margin:0}
.turn{break-before:page}.lying{page:lying;overflow-x:auto}
@media print{*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{max-width:none;padding:0;font-size:11pt}.lying{overflow:visible}}
@media(max-width:600px){dl{display:block}.pair{grid-template-columns:1fr}table{display:block;overflow-x:auto}}
`
