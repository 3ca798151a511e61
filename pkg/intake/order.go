package intake

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
)

// WorkOrder is a row that was read: an issue as another system tells it.
type WorkOrder struct {
	Row
	Number           string
	SourceReceivedAt inspect.Time // 0 where the table does not say
	Category         string       // code
	Severity         inspect.Severity
	Texts            inspect.Texts
	Place            *inspect.Place
	Area             inspect.ID
	Unit             inspect.ID
	ReplyBy          inspect.Time // 0 where the table does not say
	Findings         []Finding    // what is wrong; such a row is no issue yet

	lat, lon *float64
	heads    *Header
}

// ByField are the texts of the row by what they tell, those that are only written left out.
func (o *WorkOrder) ByField() map[Field]string { return o.heads.byField(o.Cells) }

// ByField are the texts of a row under these columns by what they tell, those that are only written left out.
func (m *Mapping) ByField(names, cells []string) map[Field]string {
	h, err := m.heads(names, m.Heads)
	if err != nil {
		return nil
	}
	return h.byField(cells)
}

func (h *Header) byField(cells []string) map[Field]string {
	all := map[Field]string{}
	for _, f := range fields {
		if at, has := h.at[f.name]; has && f.read != nil {
			all[f.name] = ""
			if at < len(cells) {
				all[f.name] = cells[at]
			}
		}
	}
	return all
}

// SameText says whether two cells say the same: as texts, numbers or moments.
func SameText(a, b string) bool {
	if a == b || strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ") {
		return true
	}
	x, wrong := strconv.ParseFloat(a, 64)
	if y, bad := strconv.ParseFloat(b, 64); wrong == nil && bad == nil && len(a) < 16 {
		return x == y
	}
	at, day, ok := table.ParseMoment(a, time.UTC)
	other, dayToo, okToo := table.ParseMoment(b, time.UTC)
	return ok && okToo && at.Equal(other) && day == dayToo
}

// Registers is what rows may name.
type Registers struct {
	Categories map[string]string       // names and codes, each with its code
	Areas      map[string][]inspect.ID // by code and name
	Units      map[string][]inspect.ID // by name
	Zone       *time.Location          // of times without an offset
	DayEnds    time.Duration           // since midnight: a date without a time is the end of that day's working time
	Now        inspect.Time
	File       string // tells the numbers of this file from those of others, where they begin anew in each
}

// FindingKind is what is wrong with a cell.
type FindingKind string

// The kinds of finding.
const (
	Missing            FindingKind = "missing"
	TooLong            FindingKind = "too-long"
	Garbled            FindingKind = "garbled" // neither UTF-8 nor GB18030
	Unknown            FindingKind = "unknown"
	Ambiguous          FindingKind = "ambiguous"
	NotADegree         FindingKind = "not-a-degree"
	NotATime           FindingKind = "not-a-time"
	Future             FindingKind = "future"
	HalfPosition       FindingKind = "half-a-place"
	PositionOutOfRange FindingKind = "nowhere"
	Duplicate          FindingKind = "twice"
	BeyondHeader       FindingKind = "beyond-the-heads"
	ErrorValue         FindingKind = "error-value"
	Rounded            FindingKind = "rounded"
	Differs            FindingKind = "differs" // from what came before under that number
	Refused            FindingKind = "refused" // by the rules, when it was to become an issue
)

// texts are what people read, in Chinese and English; %s is what the finding is about.
var texts = map[FindingKind][2]string{
	Missing:            {"不能为空", "is empty"},
	TooLong:            {"超过 %s 个字", "has more than %s characters"},
	Garbled:            {"有无法识别的字符", "holds characters that cannot be read"},
	Unknown:            {"没有“%s”，请核对名称或编码", "there is no %q here: look at the name or code"},
	Ambiguous:          {"有多个“%s”，请写编码", "more than one is named %q: write its code"},
	NotADegree:         {"“%s”不是经纬度，请写成度，如 110.33", "“%s” is no latitude or longitude: write degrees, such as 110.33"},
	NotATime:           {"“%s”不是时间，请写成 2026-03-09 15:04", "“%s” is no time: write it as 2026-03-09 15:04"},
	Future:             {"时间“%s”在将来", "“%s” lies in the future"},
	HalfPosition:       {"经度和纬度要一起填", "want both latitude and longitude"},
	PositionOutOfRange: {"既没有坐标也没有地址", "there is neither a position nor an address"},
	Duplicate:          {"与第 %s 行重复", "stands in row %s as well"},
	BeyondHeader:       {"单元格多于表头", "the row has more cells than there are columns"},
	ErrorValue:         {"公式出错“%s”，请填写内容", "is the error “%s” of a formula: write what it should be"},
	Rounded:            {"“%s”已丢失位数，请把单元格设为文本后重新填写", "“%s” lost digits: make the cell a text, and write it again"},
	Differs:            {"编号已登记过，但内容不同（%s）；编号每份文件重新起算的，请在对应关系中注明", "came before under this number with other content (%s); say in the mapping if numbers begin anew in each file"},
	Refused:            {"%s", "%s"},
}

// Finding is something that is wrong with a row.
type Finding struct {
	Column  string      `json:"column,omitempty"` // its name in the table
	Kind    FindingKind `json:"kind"`
	Subject string      `json:"about,omitempty"`
}

// Text says it in a language.
func (f *Finding) Text(l inspect.Language) string {
	text := texts[f.Kind][0]
	if l != inspect.Chinese {
		text = texts[f.Kind][1]
	}
	if strings.ContainsRune(text, '%') {
		text = fmt.Sprintf(strings.ReplaceAll(text, "%q", "“%s”"), f.Subject)
	}
	return text
}

// reader reads the rows of a table.
type reader struct {
	*Mapping
	known Registers
	heads Header
	met   map[string]int // rows by number
}

// RowReader reads single rows of a table again whose columns are known.
type RowReader struct{ reader }

// NewRowReader reads rows under these columns.
func NewRowReader(m *Mapping, names []string, known Registers) (*RowReader, error) {
	heads, err := m.heads(names, m.Heads)
	return &RowReader{reader{Mapping: m, known: known, heads: heads}}, err
}

// Order reads a row. That its number stands in another row as well is not looked at.
func (o *RowReader) Order(l Row) WorkOrder {
	o.met = map[string]int{}
	return o.order(l)
}

// Table is a file of work from elsewhere, and which of its tables is meant where somebody said so.
type Table struct {
	Body  []byte
	Sheet string // guessed where it is empty
	Heads int    // row, guessed where it is 0
}

// Read calls f for every row below the heads of a table, with what is wrong with it, and gives its columns. An error of f ends it and is
// passed on; any other error says why the table cannot be read.
func Read(ctx context.Context, read table.Reader, t Table, m *Mapping, known Registers, f func(*WorkOrder) error) (table.Head, error) {
	r := reader{Mapping: m, known: known, met: map[string]int{}}
	o := table.Options{Sheet: cmp.Or(t.Sheet, m.Sheet), Heads: t.Heads, Hint: m.Heads}
	for _, f := range fields {
		if name := m.Columns[f.name]; f.read != nil && name != "" {
			o.Names = append(o.Names, []string{name})
		}
	}
	var found table.Head
	rows := 0
	err := read(ctx, t.Body, o, func(h table.Head) (err error) {
		found = h
		r.heads, err = m.heads(h.Names, h.N)
		return err
	}, func(l table.Row) error {
		rows++
		o := r.order(l)
		return f(&o)
	})
	if err == nil && rows == 0 {
		err = &table.Unreadable{Why: "the table has no row below the names of its columns"}
	}
	return found, err
}

// order reads one row.
func (r *reader) order(l Row) WorkOrder {
	o := WorkOrder{Row: l, Severity: "normal", heads: &r.heads}
	for _, f := range fields {
		at, has := r.heads.at[f.name]
		if f.read == nil || !has && f.name != Category {
			continue
		}
		text := ""
		if has && at < len(l.Cells) {
			text = l.Cells[at]
		}
		wrong := r.cell(&f, &o, text)
		if d := l.Doubt(at); has && d != nil && f.read != nil {
			wrong = &Finding{Kind: doubts[d.Kind], Subject: d.Read}
		}
		if wrong != nil {
			wrong.Column = r.Columns[f.name]
			o.Findings = append(o.Findings, *wrong)
		}
	}
	if len(l.Cells) > len(r.heads.Names) {
		o.Findings = append(o.Findings, Finding{Kind: BeyondHeader})
	}
	if wrong := r.place(&o); wrong != nil {
		o.Findings = append(o.Findings, *wrong)
	}
	return o
}

// doubts are the findings about cells of which the reader of the table is not certain.
var doubts = map[table.DoubtKind]FindingKind{table.ErrorValue: ErrorValue, table.Rounded: Rounded, table.NoDate: NotATime}

func (r *reader) cell(f *field, o *WorkOrder, text string) *Finding {
	switch {
	case len([]rune(text)) > f.most:
		return &Finding{Kind: TooLong, Subject: strconv.Itoa(f.most)}
	case strings.ContainsRune(text, '\ufffd'):
		return &Finding{Kind: Garbled}
	}
	return f.read(r, o, text)
}

func readNumber(r *reader, o *WorkOrder, text string) *Finding {
	if text == "" {
		return &Finding{Kind: Missing}
	}
	if first := r.met[text]; first > 0 {
		return &Finding{Kind: Duplicate, Subject: strconv.Itoa(first)}
	}
	r.met[text], o.Number = o.N, text
	if r.NumbersPerFile {
		o.Number = fmt.Sprintf("%s (%s)", text, r.known.File)
	}
	return nil
}

func readCategory(r *reader, o *WorkOrder, text string) *Finding {
	code, known := r.Categories[text]
	if !known {
		code, known = r.known.Categories[text]
	}
	if !known {
		code, known = r.zeros(text)
	}
	switch {
	case text == "" && r.DefaultCategory != "":
		o.Category = r.DefaultCategory
	case text == "":
		return &Finding{Kind: Missing}
	case !known:
		return &Finding{Kind: Unknown, Subject: text}
	default:
		o.Category = code
	}
	return nil
}

// zeros finds the code that a spreadsheet took the first zeros off, where there is one such code only.
func (r *reader) zeros(text string) (code string, known bool) {
	if len(text) < 2 || strings.Trim(text, "0123456789") != "" {
		return "", false
	}
	for _, lost := range []string{"0", "00"} {
		one, is := r.known.Categories[lost+text]
		if is && known && one != code {
			return "", false
		}
		if is {
			code, known = one, true
		}
	}
	return code, known
}

// severities are what other systems call them.
var severities = map[string]inspect.Severity{"": "normal", "轻微": "minor", "一般": "normal", "普通": "normal", "严重": "serious", "重大": "serious",
	"minor": "minor", "normal": "normal", "serious": "serious"}

func readSeverity(_ *reader, o *WorkOrder, text string) *Finding {
	s, known := severities[text]
	if !known {
		return &Finding{Kind: Unknown, Subject: text}
	}
	o.Severity = s
	return nil
}

func degrees(text string, most float64, into **float64) *Finding {
	if text == "" {
		return nil
	}
	v, err := strconv.ParseFloat(strings.TrimSuffix(text, "°"), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > most {
		return &Finding{Kind: NotADegree, Subject: text}
	}
	*into = &v
	return nil
}

func find(names map[string][]inspect.ID, text string, into *inspect.ID) *Finding {
	found := names[text]
	switch {
	case text == "":
	case len(found) == 0:
		return &Finding{Kind: Unknown, Subject: text}
	case len(found) > 1:
		return &Finding{Kind: Ambiguous, Subject: text}
	default:
		*into = found[0]
	}
	return nil
}

// moment reads a time in the city's zone, or with an offset of its own. A date without a time is the end of that day's working time; of today,
// where it is to be past, what has passed of it.
func (r *reader) moment(text string, into *inspect.Time, past bool) *Finding {
	if text == "" {
		return nil
	}
	at, day, ok := table.ParseMoment(text, r.known.Zone)
	if !ok || at.Year() < 2000 {
		return &Finding{Kind: NotATime, Subject: text}
	}
	if day {
		begins := inspect.At(at)
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, int(r.known.DayEnds), r.known.Zone)
		if past && begins <= r.known.Now {
			at = time.UnixMilli(min(int64(inspect.At(at)), int64(r.known.Now)))
		}
	}
	if *into = inspect.At(at); past && *into > r.known.Now {
		return &Finding{Kind: Future, Subject: text}
	}
	return nil
}

// place makes a position of the coordinates. Without any there has to be an address.
func (r *reader) place(o *WorkOrder) *Finding {
	switch {
	case slices.ContainsFunc(o.Findings, func(f Finding) bool { return f.Kind == NotADegree }):
		return nil // said already
	case o.lat == nil && o.lon == nil && o.Texts.Address == "":
		return &Finding{Kind: PositionOutOfRange}
	case o.lat == nil && o.lon == nil:
		return nil
	case o.lat == nil || o.lon == nil:
		return &Finding{Kind: HalfPosition, Column: r.Columns[Lat]}
	case *o.lat == 0 && *o.lon == 0:
		return &Finding{Kind: NotADegree, Column: r.Columns[Lat]}
	}
	o.Place = &inspect.Place{Point: geo.Point{Lat: *o.lat, Lon: *o.lon}, Datum: r.Datum, Source: "map"}
	return nil
}
