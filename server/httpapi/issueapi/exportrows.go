package issueapi

import (
	"strconv"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

// exportColumn is a column of a list: as programs name it, as people read it, and what stands in it.
type exportColumn struct {
	name, zh, en string
	kind         paper.ValueKind
	machine      bool // says nothing to people: a workbook leaves it out
	text         func(w exportWords, r *listWire) string
}

// exportColumns are all columns, in their order.
var exportColumns = []exportColumn{
	{"number", "编号", "Number", paper.Text, false, func(_ exportWords, r *listWire) string { return r.Number }},
	{"status", "状态", "Status", paper.Text, false, func(w exportWords, r *listWire) string {
		words := issues.StatusWords[r.Status]
		return w.pick(string(r.Status), words[0], words[1])
	}},
	{"category", "类别编码", "Category code", paper.Text, false, func(_ exportWords, r *listWire) string { return r.Category.Code }},
	{"category_zh", "类别", "Category (Chinese)", paper.Text, false, func(_ exportWords, r *listWire) string { return r.Category.NameZH }},
	{"category_en", "类别（英文）", "Category", paper.Text, false, func(_ exportWords, r *listWire) string { return r.Category.NameEN }},
	{"severity", "严重程度", "Severity", paper.Text, false, func(w exportWords, r *listWire) string {
		words := issues.SeverityWords[r.Severity]
		return w.pick(string(r.Severity), words.ZH, words.EN)
	}},
	{"source", "来源", "Source", paper.Text, false, func(w exportWords, r *listWire) string {
		words := issues.SourceWords[r.Source]
		return w.pick(string(r.Source), words[0], words[1])
	}},
	{"lat", "纬度", "Latitude", paper.Text, false, func(_ exportWords, r *listWire) string { lat, _ := degrees(r.Place); return lat }},
	{"lon", "经度", "Longitude", paper.Text, false, func(_ exportWords, r *listWire) string { _, lon := degrees(r.Place); return lon }},
	{"address", "地址", "Address", paper.Text, false, func(_ exportWords, r *listWire) string { return r.Address }},
	{"note", "情况说明", "Note", paper.Text, false, func(_ exportWords, r *listWire) string { return r.Note }},
	{"area", "区域", "Area", paper.Text, false, func(_ exportWords, r *listWire) string { return nameOf(r.Area) }},
	{"unit", "责任单位", "Unit", paper.Text, false, func(_ exportWords, r *listWire) string { return nameOf(r.Unit) }},
	{"reporter", "上报人工号", "Reporter's staff number", paper.Text, false, func(_ exportWords, r *listWire) string { return r.Reporter.StaffNumber }},
	{"reported_at", "上报时间", "Reported", paper.DateTime, false, func(w exportWords, r *listWire) string { return w.at(r.ReportedAt) }},
	{"due_at", "期限", "Deadline", paper.DateTime, false, func(w exportWords, r *listWire) string { return w.at(r.DueAt) }},
	{"fixed_at", "整改时间", "Fixed", paper.DateTime, false, func(w exportWords, r *listWire) string { return w.at(r.FixedAt) }},
	{"closed_at", "结案时间", "Closed", paper.DateTime, false, func(w exportWords, r *listWire) string { return w.at(r.ClosedAt) }},
	{"overdue", "超期", "Overdue", paper.Text, false, func(w exportWords, r *listWire) string { return w.flag(r.Overdue) }},
	{"late_arrival", "补传", "Sent later", paper.Text, false, func(w exportWords, r *listWire) string { return w.flag(r.LateArrival) }},
	{"photos_safe", "已收到照片", "Photos received", paper.Count, false, func(_ exportWords, r *listWire) string { return strconv.Itoa(r.PhotosSafe) }},
	{"photos_total", "照片", "Photos", paper.Count, false, func(_ exportWords, r *listWire) string { return strconv.Itoa(r.PhotosTotal) }},
	{"id", "系统标识", "ID", paper.Text, true, func(_ exportWords, r *listWire) string { return r.ID.String() }},
}

// degrees are the coordinates of a place, empty for none.
func degrees(p *registerapi.Position) (lat, lon string) {
	if p == nil {
		return "", ""
	}
	return strconv.FormatFloat(p.Lat, 'f', 6, 64), strconv.FormatFloat(p.Lon, 'f', 6, 64)
}

func nameOf(r *rest.Ref) string {
	if r == nil {
		return ""
	}
	return r.Name
}

// exportWords are the words in which a list is written: of a language, or of programs where there is none.
type exportWords struct {
	language inspect.Language
	zone     *time.Location
}

// pick gives the words of the language.
func (w exportWords) pick(code, chinese, english string) string {
	switch w.language {
	case inspect.Chinese:
		return chinese
	case inspect.English:
		return english
	}
	return code
}

func (w exportWords) flag(yes bool) string {
	if yes {
		return w.pick("true", "是", "yes")
	}
	return w.pick("false", "否", "no")
}

func (w exportWords) at(t inspect.Time) string { return rest.LocalTime(t, w.zone) }

// head are the names of all columns.
func (w exportWords) head() (head []string) {
	for n := range exportColumns {
		c := &exportColumns[n]
		head = append(head, w.pick(c.name, c.zh, c.en))
	}
	return head
}

// row is an issue in all columns; a spreadsheet takes none of its texts for a formula.
func (w exportWords) row(r *listWire) (row []string) {
	for n := range exportColumns {
		c := &exportColumns[n]
		text := c.text(w, r)
		if c.kind == paper.Text && !c.machine && c.name != "lat" && c.name != "lon" {
			text = rest.EscapeFormula(text)
		}
		row = append(row, text)
	}
	return row
}

// people are the columns that say something to people of the language.
func (w exportWords) people() (all []*exportColumn) {
	for n := range exportColumns {
		c := &exportColumns[n]
		if !c.machine && c.name != w.pick("", "category_en", "category_zh") {
			all = append(all, c)
		}
	}
	return all
}

// columns are the heads of a workbook.
func (w exportWords) columns() (all []paper.Column) {
	for _, c := range w.people() {
		all = append(all, paper.Column{Head: w.pick(c.name, c.zh, c.en), Kind: c.kind})
	}
	return all
}

// minute is how many letters a time to the minute has.
const minute = len("2006-01-02 15:04")

// values is an issue as a row of a workbook.
func (w exportWords) values(r *listWire) (all []paper.Value) {
	for _, c := range w.people() {
		v := paper.Value{Kind: c.kind, Text: c.text(w, r)}
		switch c.kind {
		case paper.Count:
			v.Number, _ = strconv.ParseFloat(v.Text, 64) // it was written by us
		case paper.DateTime:
			v.Text = v.Text[:min(len(v.Text), minute)]
		}
		all = append(all, v)
	}
	return all
}
