package paper

import (
	"iter"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
)

// Document is a report in its parts, in order. Every form is made from it: PDF, DOCX, HTML, XLSX, CSV and JSON.
type Document struct {
	Language inspect.Language `json:"language"`
	Office   string           `json:"office"` // that issues it
	Title    string           `json:"title"`
	Number   string           `json:"number,omitempty"`
	Subtitle string           `json:"subtitle,omitempty"` // period and scope
	Date     string           `json:"date,omitempty"`
	Banners  []string         `json:"marks,omitempty"` // what every reader must see at once: a draft, a period half over
	Facts    []Fact           `json:"facts,omitempty"` // cut-off, formula, checkpoint of the record
	Parts    []Part           `json:"parts"`
	Made     time.Time        `json:"-"` // when it was issued, or its cut-off: the time that files bear, so that equal reports give equal bytes
}

// Fact is a short text under a name.
type Fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Part is one of its fields.
type Part struct {
	Heading     *Heading     `json:"heading,omitempty"`
	Paragraph   string       `json:"paragraph,omitempty"`
	List        []string     `json:"list,omitempty"` // sentences, one below the other
	Key         []KeyFigure  `json:"key_figures,omitempty"`
	Table       *Table       `json:"table,omitempty"`
	Chart       *Chart       `json:"chart,omitempty"`
	Pairs       []PhotoPair  `json:"pairs,omitempty"`
	Definitions []Definition `json:"definitions,omitempty"`
	Note        string       `json:"note,omitempty"`       // in small type
	Break       bool         `json:"page_break,omitempty"` // what follows begins on a new page
}

// Heading begins a chapter (level 1) or a part of one (level 2).
type Heading struct {
	Level int    `json:"level"`
	Text  string `json:"text"`
}

// KeyFigure is one of the few figures that a leader reads.
type KeyFigure struct {
	Name   string  `json:"name"`
	Value  Value   `json:"value"`
	Detail string  `json:"detail,omitempty"` // numerator and denominator
	Change []Value `json:"change,omitempty"` // against the period before, against last year
}

// Table is rows of values under heads.
type Table struct {
	Name      string   `json:"name"` // of its sheet, at most 31 characters
	Caption   string   `json:"caption,omitempty"`
	Groups    string   `json:"groups,omitempty"` // what the groups of rows are: head of their column in a sheet
	Columns   []Column `json:"columns"`
	Rows      []Row    `json:"rows"`
	Empty     string   `json:"empty,omitempty"` // said when there are no rows
	Notes     []string `json:"notes,omitempty"` // below it
	Landscape bool     `json:"lying,omitempty"` // on a page that lies on its side
}

// Sheet is rows that are too many to be held at once: the issues behind the figures of a report.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    iter.Seq2[[]Value, error]
}

// Column is a column of a table.
type Column struct {
	GroupHead string    `json:"over,omitempty"` // head over neighbours that have the same
	Head      string    `json:"head"`
	Kind      ValueKind `json:"kind"`
	Width     float64   `json:"width,omitempty"` // against the others; 0 is by what stands in it
}

// Row is a row of cells, or the head of the group of rows below it.
type Row struct {
	Group string  `json:"group,omitempty"`
	Cells []Value `json:"cells,omitempty"`
	Total bool    `json:"total,omitempty"`
}

// ChartKind is how a chart is drawn.
type ChartKind string

// The kinds of charts.
const (
	BarChart  ChartKind = "bars"
	LineChart ChartKind = "lines"
)

// Chart shows values of one kind over labels. A value that is not there leaves a gap.
type Chart struct {
	Title  string    `json:"title"`
	Kind   ChartKind `json:"kind"`
	Labels []string  `json:"labels"`
	Series []Series  `json:"series"`
}

// Series is a row of values of a chart, one for each label.
type Series struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
}

// PhotoPair is a picture before and one after; either may be missing.
type PhotoPair struct {
	Title  string         `json:"title"`
	Before CaptionedPhoto `json:"before"`
	After  CaptionedPhoto `json:"after"`
}

// CaptionedPhoto is a photo under the id of its picture, with what stands below it.
type CaptionedPhoto struct {
	ID      string `json:"id,omitempty"`
	SHA256  string `json:"sha256,omitempty"` // of the original
	Caption string `json:"caption,omitempty"`
}

// Definition says how a figure is computed.
type Definition struct {
	Term string `json:"term"`
	Text string `json:"text"`
}

// Full is the head of a column with what stands over it.
func (c *Column) Full() string { return strings.TrimSpace(c.GroupHead + " " + c.Head) }

// made is the time that files bear.
func (d *Document) made() time.Time { return notBefore1980(d.Made) }

// notBefore1980 is a time that ZIP can hold.
func notBefore1980(t time.Time) time.Time {
	if first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(first) {
		return first
	}
	return t
}

// info is what the files of the report say of themselves.
func (d *Document) info() fileInfo {
	return fileInfo{oneLine(d.Title + " " + d.Number), oneLine(d.Office), d.say("zh-CN", "en"), d.made()}
}
