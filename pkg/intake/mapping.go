package intake

import (
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
)

// Field is what a column may tell.
type Field string

// The fields.
const (
	Number           Field = "number"  // under which the other system keeps it
	SourceReceivedAt Field = "came_at" // to the other system
	Category         Field = "category"
	Severity         Field = "severity"
	Note             Field = "note"
	Address          Field = "address"
	Site             Field = "site"
	Plate            Field = "plate"
	Lat              Field = "lat"
	Lon              Field = "lon"
	Area             Field = "area"
	Unit             Field = "unit"
	CallerName       Field = "caller_name"
	CallerPhone      Field = "caller_phone"
	ReplyBy          Field = "reply_by"

	Status    Field = "status"     // what the other system is told: it is written, never read
	Findings  Field = "findings"   // 报告: what was found on looking
	Handling  Field = "handling"   // 查处: what was done
	Feedback  Field = "feedback"   // 反馈: what who called was told
	RepliedAt Field = "replied_at" //
)

// field is how a field is read; one that is only written has no reader.
type field struct {
	name Field
	most int // characters
	read func(*reader, *WorkOrder, string) *Finding
}

// fields are all of them, in the order in which a row is read: the address is known when a place is missed.
var fields = []field{
	{Number, 60, readNumber},
	{SourceReceivedAt, 40, func(r *reader, o *WorkOrder, text string) *Finding { return r.moment(text, &o.SourceReceivedAt, true) }},
	{Category, 100, readCategory},
	{Severity, 20, readSeverity},
	{Note, 2000, func(_ *reader, o *WorkOrder, text string) *Finding { o.Texts.Note = text; return nil }},
	{Address, 200, func(_ *reader, o *WorkOrder, text string) *Finding { o.Texts.Address = text; return nil }},
	{Site, 100, func(_ *reader, o *WorkOrder, text string) *Finding { o.Texts.Site = text; return nil }},
	{Plate, 20, func(_ *reader, o *WorkOrder, text string) *Finding { o.Texts.Plate = text; return nil }},
	{Lat, 30, func(_ *reader, o *WorkOrder, text string) *Finding { return degrees(text, 90, &o.lat) }},
	{Lon, 30, func(_ *reader, o *WorkOrder, text string) *Finding { return degrees(text, 180, &o.lon) }},
	{Area, 100, func(r *reader, o *WorkOrder, text string) *Finding { return find(r.known.Areas, text, &o.Area) }},
	{Unit, 100, func(r *reader, o *WorkOrder, text string) *Finding { return find(r.known.Units, text, &o.Unit) }},
	{CallerName, 50, func(_ *reader, o *WorkOrder, text string) *Finding { o.Texts.CallerName = text; return nil }},
	{CallerPhone, 30, func(_ *reader, o *WorkOrder, text string) *Finding { o.Texts.CallerPhone = text; return nil }},
	{ReplyBy, 40, func(r *reader, o *WorkOrder, text string) *Finding { return r.moment(text, &o.ReplyBy, false) }},
	{Status, MostText, nil}, {Findings, MostText, nil}, {Handling, MostText, nil}, {Feedback, MostText, nil}, {RepliedAt, MostText, nil},
}

// Fields are the names of all fields.
func Fields() (all []Field) {
	for _, f := range fields {
		all = append(all, f.name)
	}
	return all
}

// UnmarshalText reads the name of a field and refuses all else.
func (f *Field) UnmarshalText(text []byte) error {
	if read := Field(text); slices.Contains(Fields(), read) {
		*f = read
		return nil
	}
	return fmt.Errorf("want one of %v", Fields())
}

// mostNames is how many names of another system a mapping translates at most.
const mostNames = 2000

// Mapping says which column of a table tells what.
type Mapping struct {
	Source          inspect.Source    `json:"source"`
	Datum           geo.Datum         `json:"datum,omitempty"`            // of the coordinates, where columns hold any
	Heads           int               `json:"heads"`                      // the row with the names of the columns where none names them, 1 for the first
	Sheet           string            `json:"sheet,omitempty"`            // of a workbook; guessed where it is empty
	NumbersPerFile  bool              `json:"numbers_per_file,omitempty"` // they begin anew in each: the same one in another file is another order
	Columns         map[Field]string  `json:"columns"`
	Categories      map[string]string `json:"categories,omitempty"` // names of the other system, each with its code here
	DefaultCategory string            `json:"otherwise,omitempty"`  // code of what names no category; empty refuses it
}

// Check finds what is wrong with a mapping by itself.
func (m *Mapping) Check() (wrong []fault.Field) {
	add := func(pointer, format string, args ...any) {
		wrong = append(wrong, fault.Field{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
	}
	if len([]rune(m.Sheet)) > 100 {
		add("/sheet", "want the name of a sheet, at most 100 characters")
	}
	if m.Heads < 1 || m.Heads > 100 {
		add("/heads", "want the number of the row with the names of the columns, 1 to 100")
	}
	if m.Columns[Number] == "" {
		add("/columns/number", "without the number of the other system nobody knows what came before")
	}
	if (m.Columns[Lat] == "") != (m.Columns[Lon] == "") {
		add("/columns/lat", "want both lat and lon, or none")
	}
	if m.Columns[Lat] == "" && m.Columns[Address] == "" {
		add("/columns/address", "want an address or coordinates")
	}
	if m.Columns[Lat] != "" && m.Datum == "" {
		add("/datum", "is missing: whoever made the file knows it")
	}
	if m.Columns[Category] == "" && m.DefaultCategory == "" {
		add("/columns/category", "want a column, or a category otherwise")
	}
	met := map[string]Field{}
	for _, f := range Fields() {
		name, has := m.Columns[f]
		switch other, twice := met[name]; {
		case !has:
		case name == "" || len([]rune(name)) > 100 || name != strings.TrimSpace(name):
			add("/columns/"+string(f), "want the name of a column, at most 100 characters")
		case twice:
			add("/columns/"+string(f), "is the column of %s already", other)
		}
		if has {
			met[name] = f
		}
	}
	if len(m.Categories) > mostNames {
		add("/categories", "want at most %d names", mostNames)
	}
	return wrong
}

// Header are the columns of a table.
type Header struct {
	Names []string
	at    map[Field]int
}

// heads finds the columns of a mapping in the row of names. Those that are only written may be missing.
func (m *Mapping) heads(cells []string, row int) (h Header, err error) {
	h = Header{Names: cells, at: map[Field]int{}}
	var missing []string
	for _, f := range fields {
		name, has := m.Columns[f.name]
		if !has {
			continue
		}
		at, twice := table.Find(cells, name)
		switch {
		case twice:
			return h, &table.Unreadable{Why: fmt.Sprintf("two columns are named %q", name)}
		case at >= 0:
			h.at[f.name] = at
		case f.read != nil:
			missing = append(missing, fmt.Sprintf("%q", name))
		}
	}
	if len(missing) > 0 {
		return h, &table.Unreadable{Why: fmt.Sprintf("row %d names no column %s", row, strings.Join(missing, ", "))}
	}
	return h, nil
}

// ReplyHeader gives the columns of a table that is written back: those that came, then those that the mapping names beside them.
func (m *Mapping) ReplyHeader(names []string) Header {
	h := Header{Names: slices.Clone(names), at: map[Field]int{}}
	for _, f := range fields {
		name := m.Columns[f.name]
		if f.read != nil || name == "" {
			continue
		}
		at, _ := table.Find(h.Names, name)
		if at < 0 {
			at, h.Names = len(h.Names), append(h.Names, name)
		}
		h.at[f.name] = at
	}
	return h
}

// FillRow gives a row as it came with what is answered put into its columns.
func (h *Header) FillRow(cells []string, answers map[Field]string) []string {
	row := make([]string, len(h.Names))
	copy(row, cells)
	for f, at := range h.at {
		if text, has := answers[f]; has {
			row[at] = text
		}
	}
	return row
}
