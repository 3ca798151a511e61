package paper

import (
	"bytes"
	"image/jpeg"
	"strings"

	"spotcheck/pkg/inspect"
)

// fitted is the size of a JPEG file in points when it fills a box; false when there is none that can be read.
func fitted(file []byte, w, h float64) (float64, float64, bool) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(file))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return 0, 0, false
	}
	scale := min(w/float64(c.Width), h/float64(c.Height))
	return float64(c.Width) * scale, float64(c.Height) * scale, true
}

// document is the paper in its parts, in order.
func (c *Content) document() (all []block) {
	w := wordsOf[c.Kind]
	all = append(all,
		text{body: c.Office, size: size1, pitch: size1 * 1.4, align: toMiddle, ink: red, bold: true, keep: true},
		text{body: c.Number, size: size3, pitch: pitch, align: toMiddle, keep: true},
		rule{ink: red, thick: 1.5},
		space(pitch/2),
		text{body: w.title, size: size2, pitch: size2 * 1.6, align: toMiddle, bold: true, keep: true},
		space(pitch/2),
		text{body: c.To + "：", size: size3, pitch: pitch, keep: true},
	)
	opening := w.opening
	if c.Kind == inspect.SupervisionLetter && c.Reason != "" {
		opening = "督办事由：" + c.Reason + "\n" + opening
	}
	if c.Corrects != "" {
		opening += "\n本单更正并替代" + c.Corrects + "，原单同时作废。"
	}
	all = append(all, text{body: opening, size: size3, pitch: pitch, indent: 2, keep: true})
	all = append(all, c.facts(w)...)
	all = append(all, c.figures()...)
	all = append(all, c.outcome(w)...)
	all = append(all, c.signature()...)
	return append(all, c.slip()...)
}

// labels is the width of a column of labels, in points.
const labels = 6*small4 + 2*cellPad

// labelled is a table of two columns, without the rows that say nothing.
func labelled(pairs ...[2]string) table {
	t := table{widths: []float64{labels, textWidth - labels}}
	for _, p := range pairs {
		if clean(p[1]) != "" {
			t.body = append(t.body, p[:])
		}
	}
	return t
}

// columns are those of a table of many items, in points.
var columns = []float64{34, 92, 106, 132, textWidth - 34 - 92 - 106 - 132}

// facts are what was found and what is wanted.
func (c *Content) facts(w words) []block {
	wanted := [][2]string{{w.demand, c.Demand}, {w.due, c.DueAt}, {"法律依据", c.Basis}, {"逾期后果", c.Consequence}}
	if len(c.Items) == 1 {
		i := &c.Items[0]
		own := [][2]string{{"案件编号", i.Number}, {"检查时间", i.CheckedAt}, {"检查地点", i.Place}, {"问题类别", i.Category}, {"存在问题", i.Wrong}}
		if c.DueAt == "" {
			wanted[1][1] = i.DueAt
		}
		return []block{labelled(append(own, wanted...)...)}
	}
	t := table{widths: columns, head: []string{"序号", "案件编号及检查时间", "检查地点", "类别及问题", w.due}}
	for n := range c.Items {
		i := &c.Items[n]
		t.body = append(t.body, []string{itoa(n + 1), join(i.Number, i.CheckedAt), i.Place, join(i.Category, i.Wrong), i.DueAt})
	}
	all := []block{t}
	if more := labelled(wanted...); len(more.body) > 0 {
		all = append(all, more)
	}
	return all
}

func join(parts ...string) string {
	return strings.Trim(strings.Join(parts, "\n"), "\n")
}

// figures puts the first photo before beside the first one after, and so on.
func (c *Content) figures() (all []block) {
	for n := range c.Items {
		i := &c.Items[n]
		var before, after []Photo
		for _, p := range i.Photos {
			if p.After {
				after = append(after, p)
			} else {
				before = append(before, p)
			}
		}
		which := ""
		if len(c.Items) > 1 {
			which = itoa(n+1) + "．"
		}
		for k := range max(len(before), len(after)) {
			all = append(all, figures{before: figureOf(before, k, which+"整改前"), after: figureOf(after, k, which+"整改后")})
		}
	}
	if all != nil {
		all = append([]block{text{body: "现场照片", size: size4, pitch: pitch, keep: true}}, all...)
	}
	return all
}

func figureOf(photos []Photo, n int, title string) figure {
	if n >= len(photos) {
		return figure{empty: "（照片）", caption: title}
	}
	p := photos[n]
	return figure{picture: p.ID, empty: "（照片未能显示）", caption: join(title, p.Caption)}
}

// outcome is what was done and what the check found; what is not known yet is left free to be filled in.
func (c *Content) outcome(w words) []block {
	var i Item
	if len(c.Items) == 1 {
		i = c.Items[0]
	}
	quarter := textWidth/2 - labels
	return []block{table{keep: true, tall: 2 * tight, widths: []float64{labels, quarter, labels, quarter}, body: [][]string{
		{w.done, i.Done, "完成时间", i.DoneAt}, {"复查结果", i.Result, "复查人及时间", join(i.ResultBy, i.ResultAt)}}}}
}

// signature is the name of the office over the date, four characters from the right, and who gets a copy.
func (c *Content) signature() []block {
	all := []block{space(pitch / 2)}
	if c.Signer != "" {
		all = append(all, text{body: "签发人：" + c.Signer, size: size3, pitch: pitch, align: toRight, inner: 4, keep: true})
	}
	all = append(all, text{body: c.Office, size: size3, pitch: pitch, align: toRight, inner: 4, keep: true},
		text{body: c.Date, size: size3, pitch: pitch, align: toRight, inner: 4})
	if len(c.CopyTo) > 0 {
		all = append(all, rule{thick: 0.7}, text{body: "抄送：" + strings.Join(c.CopyTo, "，") + "。", size: size4, pitch: 22, keep: true}, rule{thick: 0.7})
	}
	return all
}

// slip is what who receives the paper signs and gives back.
func (c *Content) slip() []block {
	quarter := textWidth/2 - labels
	return []block{
		rule{dashed: true, thick: 0.7},
		text{body: Title(c.Kind) + "送达回执", size: size4, pitch: 24, align: toMiddle, bold: true, keep: true},
		table{keep: true, tall: 2 * tight, widths: []float64{labels, quarter, labels, quarter}, body: [][]string{
			{"文书编号", c.Number, "受送达单位", c.To}, {"签收人", "", "签收时间", ""}}},
	}
}
