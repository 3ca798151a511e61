package intake_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/pkg/table"
)

var beijing = time.FixedZone("city", 8*3600)

func hotline() *intake.Mapping {
	return &intake.Mapping{Source: "hotline", Datum: geo.GCJ02, Heads: 1, DefaultCategory: "06010", Categories: map[string]string{"占道经营": "09020"},
		Columns: map[intake.Field]string{
			intake.Number: "工单编号", intake.SourceReceivedAt: "受理时间", intake.Category: "问题类别", intake.Note: "诉求内容", intake.Address: "事发地点", intake.Lat: "纬度", intake.Lon: "经度",
			intake.Area: "所属区域", intake.Unit: "承办单位", intake.CallerName: "来电人", intake.CallerPhone: "联系电话", intake.ReplyBy: "答复时限", intake.Feedback: "反馈情况"}}
}

const heads = "工单编号,受理时间,问题类别,诉求内容,事发地点,纬度,经度,所属区域,承办单位,来电人,联系电话,答复时限\n"

var unit, area, other = inspect.NewID(), inspect.NewID(), inspect.NewID()

func known() intake.Registers {
	return intake.Registers{Categories: map[string]string{"06010": "06010", "暴露垃圾": "06010", "4001": "06010"}, Zone: beijing,
		Now: inspect.At(time.Date(2026, 3, 10, 12, 0, 0, 0, beijing)), DayEnds: 17*time.Hour + 30*time.Minute,
		Units: map[string][]inspect.ID{"龙华环卫": {unit}, "环卫": {unit, other}}, Areas: map[string][]inspect.ID{"460106003": {area}}}
}

// read gives what a table holds: orders, and findings by row.
func read(t *testing.T, body []byte, m *intake.Mapping) (all []intake.WorkOrder, found map[int][]string, err error) {
	t.Helper()
	found = map[int][]string{}
	_, err = intake.Read(t.Context(), table.Read, intake.Table{Body: body}, m, known(), func(o *intake.WorkOrder) error {
		for _, f := range o.Findings {
			found[o.N] = append(found[o.N], f.Column+" "+string(f.Kind)+" "+f.Subject)
		}
		all = append(all, *o)
		return nil
	})
	return all, found, err
}

const good = "G-1,2026/3/9 8:05,占道经营,'=堵了路,龙昆南路12号,20.03,110.33,460106003,龙华环卫,王女士,13800000000,2026-03-12\n"

func TestARowBecomesAnOrder(t *testing.T) {
	all, found, err := read(t, []byte(heads+good), hotline())
	if err != nil || len(found) > 0 || len(all) != 1 {
		t.Fatalf("got %v, %v, %v", all, found, err)
	}
	o := all[0]
	want := inspect.Texts{Address: "龙昆南路12号", Note: "=堵了路", CallerName: "王女士", CallerPhone: "13800000000"}
	if diff := cmp.Diff(want, o.Texts); diff != "" {
		t.Error(diff)
	}
	at := func(d, h, m int) inspect.Time { return inspect.At(time.Date(2026, 3, d, h, m, 0, 0, beijing)) }
	if o.N != 2 || o.Number != "G-1" || o.Category != "09020" || o.SourceReceivedAt != at(9, 8, 5) || o.ReplyBy != at(12, 17, 30) || o.Area != area ||
		o.Unit != unit || o.Severity != "normal" {
		t.Errorf("got %+v", o)
	}
	if o.Place == nil || o.Place.Point != (geo.Point{Lat: 20.03, Lon: 110.33}) || o.Place.Datum != geo.GCJ02 {
		t.Errorf("got %+v", o.Place)
	}
}

// TestADateIsTheEndOfItsDay: of the working time of that day, also of a day of rest; what came today came by now.
func TestADateIsTheEndOfItsDay(t *testing.T) {
	at := func(d, h, m int) inspect.Time { return inspect.At(time.Date(2026, 3, d, h, m, 0, 0, beijing)) }
	for text, want := range map[string][2]inspect.Time{
		"2026-3-9": {at(9, 17, 30), at(9, 17, 30)}, "2026/3/8": {at(8, 17, 30), at(8, 17, 30)}, "2026年3月9日": {at(9, 17, 30), at(9, 17, 30)},
		"2026-03-10": {at(10, 12, 0), at(10, 17, 30)}, "2026-03-09 00:00": {at(9, 0, 0), at(9, 0, 0)}, "2026-03-09T08:05:00+08:00": {at(9, 8, 5), at(9, 8, 5)},
	} {
		row := strings.NewReplacer("2026/3/9 8:05", text, "2026-03-12", text).Replace(good)
		all, found, err := read(t, []byte(heads+row), hotline())
		if err != nil || len(found) > 0 || all[0].SourceReceivedAt != want[0] || all[0].ReplyBy != want[1] {
			t.Errorf("%s: came %s, reply by %s, want %s; %v, %v", text, all[0].SourceReceivedAt, all[0].ReplyBy, want, found, err)
		}
	}
}

func TestWhatIsWrongIsSaidRowByRow(t *testing.T) {
	row := func(column int, text string) string {
		cells := strings.Split(strings.TrimSuffix(good, "\n"), ",")
		cells[column] = text
		return strings.Join(cells, ",") + "\n"
	}
	for name, tt := range map[string]struct {
		rows string
		want []string // of the last row
	}{
		"nothing":                    {row(0, "G-2"), nil},
		"no number":                  {row(0, ""), []string{"工单编号 missing "}},
		"the same number twice":      {good + good, []string{"工单编号 twice 2"}},
		"a long number":              {row(0, strings.Repeat("9", 61)), []string{"工单编号 too-long 60"}},
		"no time":                    {row(1, "昨天"), []string{"受理时间 not-a-time 昨天"}},
		"a time that has not come":   {row(1, "2026-3-11"), []string{"受理时间 future 2026-3-11"}},
		"an old code":                {row(2, "4001"), nil},
		"a name":                     {row(2, "暴露垃圾"), nil},
		"no category":                {row(2, ""), nil},
		"an unknown category":        {row(2, "外星人"), []string{"问题类别 unknown 外星人"}},
		"no degree":                  {row(5, "北纬20"), []string{"纬度 not-a-degree 北纬20"}},
		"a latitude beyond the pole": {row(5, "110.33"), []string{"纬度 not-a-degree 110.33"}},
		"NaN":                        {row(6, "NaN"), []string{"经度 not-a-degree NaN"}},
		"half a place":               {row(6, ""), []string{"纬度 half-a-place "}},
		"only an address":            {strings.Replace(row(6, ""), "20.03", "", 1), nil},
		"neither":                    {strings.NewReplacer("20.03", "", "龙昆南路12号", "").Replace(row(6, "")), []string{" nowhere "}},
		"an unknown area":            {row(7, "460199"), []string{"所属区域 unknown 460199"}},
		"two units of that name":     {row(8, "环卫"), []string{"承办单位 ambiguous 环卫"}},
		"more cells than heads":      {strings.TrimSuffix(good, "\n") + ",多\n", []string{" beyond-the-heads "}},
		"Excel's look of a day":      {row(1, "2026.3.9"), nil},
		"a code without its zero":    {row(2, "6010"), nil},
		"an error of a formula":      {row(3, "#REF!"), []string{"诉求内容 error-value #REF!"}},
		"a number that lost digits":  {row(0, "2.02612E+17"), []string{"工单编号 rounded 2.02612E+17"}},
		"a serial number":            {row(1, "46090"), []string{"受理时间 not-a-time 46090"}},
		"several":                    {row(1, "x") + "\n,x,x,,,1,,,,,,\n", []string{"工单编号 missing ", "受理时间 not-a-time x", "问题类别 unknown x", "纬度 half-a-place "}},
	} {
		all, found, err := read(t, []byte(heads+tt.rows), hotline())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tt.want, found[all[len(all)-1].N]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRowsAreNumberedAsASpreadsheetShowsThem(t *testing.T) {
	var got []int
	body := "a,b\r\n\r\n1,\"two\r\nlines\"\r\n\r\n\r\n2,x\r\n,\r\n3,y\r\n"
	if err := table.Read(t.Context(), []byte(body), table.Options{}, func(h table.Head) error { got = append(got, h.N); return nil },
		func(l intake.Row) error { got = append(got, l.N); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 3, 6, 8}, got); diff != "" {
		t.Error(diff)
	}
}

// TestTheSameTableInEveryForm reads one table in all the ways in which it may be written.
func TestTheSameTableInEveryForm(t *testing.T) {
	text := heads + good
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := read(t, []byte(text), hotline())
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{"a byte order mark": "\ufeff" + text, "GB18030": gb, "semicolons": strings.ReplaceAll(text, ",", ";"),
		"tabs":             strings.ReplaceAll(text, ",", "\t"),
		"lines of Windows": strings.ReplaceAll(text, "\n", "\r\n")} {
		got, _, err := read(t, []byte(body), hotline())
		if err != nil || len(got) != 1 || got[0].Texts != want[0].Texts || got[0].Number != "G-1" {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	got, found, err := read(t, book(t), hotline())
	if err != nil || len(found) > 0 || len(got) != 1 {
		t.Fatalf("a workbook: got %+v, %v, %v", got, found, err)
	}
	if got[0].Texts != want[0].Texts || got[0].SourceReceivedAt != want[0].SourceReceivedAt || got[0].ReplyBy != want[0].ReplyBy || got[0].Number != "202603091234567" {
		t.Errorf("a workbook: got %+v", got[0])
	}
}

// book is the good row as a workbook, with real dates and numbers.
func book(t *testing.T) []byte {
	t.Helper()
	w := excelize.NewFile()
	defer w.Close()
	names := strings.Split(strings.TrimSuffix(heads, "\n"), ",")
	if err := w.SetSheetRow("Sheet1", "A1", &names); err != nil {
		t.Fatal(err)
	}
	row := []any{202603091234567, time.Date(2026, 3, 9, 8, 5, 0, 0, time.UTC), "占道经营", "=堵了路", "龙昆南路12号", 20.03, 110.33, "460106003", "龙华环卫", "王女士", 13800000000,
		time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)}
	if err := w.SetSheetRow("Sheet1", "A2", &row); err != nil {
		t.Fatal(err)
	}
	for cell, format := range map[string]int{"B2": 22, "L2": 14} {
		style, err := w.NewStyle(&excelize.Style{NumFmt: format})
		if err == nil {
			err = w.SetCellStyle("Sheet1", cell, cell, style)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAFileThatIsNoTableSaysWhy(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"nothing":          {"", "names no column"},
		"heads only":       {heads, "no row below"},
		"another table":    {"a,b\n1,2\n", "names no column"},
		"one column twice": {"工单编号," + heads + good, "two columns"},
		"an open quote":    {heads + "\"\n", "never closed"},
		"a mark that lies": {"\ufeff\xff", "said to be UTF-8"},
		"no workbook":      {"PK\x03\x04 and no more", "the workbook cannot be read"},
	} {
		if _, _, err := read(t, []byte(tt.body), hotline()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	all, found, err := read(t, []byte(heads+strings.Replace(good, "堵", "\xff", 1)), hotline())
	if err == nil {
		t.Errorf("a column that is not there in this character set: got %v, %v", all, found)
	}
	_, err = intake.Read(t.Context(), table.Read, intake.Table{Body: []byte(heads + good)}, hotline(), known(), func(*intake.WorkOrder) error { return errStop })
	if !errors.Is(err, errStop) {
		t.Errorf("got %v", err)
	}
}

var errStop = errors.New("enough")

func TestAMappingIsChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*intake.Mapping)
		want   string
	}{
		"good":         {func(*intake.Mapping) {}, ""},
		"no number":    {func(m *intake.Mapping) { delete(m.Columns, intake.Number) }, "/columns/number"},
		"half a place": {func(m *intake.Mapping) { delete(m.Columns, intake.Lon) }, "/columns/lat"},
		"no datum":     {func(m *intake.Mapping) { m.Datum = "" }, "/datum"},
		"no place": {func(m *intake.Mapping) {
			delete(m.Columns, intake.Lat)
			delete(m.Columns, intake.Lon)
			delete(m.Columns, intake.Address)
		}, "/columns/address"},
		"no category":           {func(m *intake.Mapping) { delete(m.Columns, intake.Category); m.DefaultCategory = "" }, "/columns/category"},
		"one column for two":    {func(m *intake.Mapping) { m.Columns[intake.Site] = "诉求内容" }, "/columns/site"},
		"a column without name": {func(m *intake.Mapping) { m.Columns[intake.Site] = "" }, "/columns/site"},
		"no heads":              {func(m *intake.Mapping) { m.Heads = 0 }, "/heads"},
	} {
		m := hotline()
		tt.change(m)
		got := ""
		for _, f := range m.Check() {
			got += f.Pointer
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestARowIsWrittenBackInItsColumns(t *testing.T) {
	m := hotline()
	m.Columns[intake.Note] = "内容"
	m.Columns[intake.Status] = "办理状态"
	h := m.ReplyHeader([]string{"工单编号", "反馈情况", "内容"})
	if diff := cmp.Diff([]string{"工单编号", "反馈情况", "内容", "办理状态"}, h.Names); diff != "" {
		t.Error(diff)
	}
	got := h.FillRow([]string{"G-1", "", "脏"}, map[intake.Field]string{intake.Feedback: "已清理", intake.Status: "已结案", intake.Handling: "没有这一列"})
	if diff := cmp.Diff([]string{"G-1", "已清理", "脏", "已结案"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestEveryFindingHasWords reads each in both languages.
func TestEveryFindingHasWords(t *testing.T) {
	for _, k := range []intake.FindingKind{intake.Missing, intake.TooLong, intake.Garbled, intake.Unknown, intake.Ambiguous, intake.NotADegree,
		intake.NotATime, intake.Future, intake.HalfPosition,
		intake.PositionOutOfRange, intake.Duplicate, intake.BeyondHeader, intake.ErrorValue, intake.Rounded, intake.Differs, intake.Refused} {
		f := intake.Finding{Kind: k, Subject: "100%"}
		for _, l := range inspect.Languages {
			if text := f.Text(l); text == "" || strings.Contains(text, "%!") || strings.Contains(text, "%s") {
				t.Errorf("%s in %s: %q", k, l, text)
			}
		}
	}
}

// FuzzOrders wants of any file either a refusal, findings, or orders that can become issues.
func FuzzOrders(f *testing.F) {
	for _, rows := range []string{good, "", "\"", good + good, "1,,,,x,,,,,,,\n", "\ufeff", "2,20260309080500,,,x,0,-0,,,,,\n",
		"3,2026年3月9日8时5分,,\x00,\u200b,1e1,1e2,,,'+86,+86 138,\n"} {
		f.Add([]byte(heads + rows))
		gb, _ := simplifiedchinese.GB18030.NewEncoder().String(heads + rows)
		f.Add([]byte(gb))
	}
	f.Add(book(&testing.T{}))
	f.Fuzz(func(t *testing.T, body []byte) {
		met, last := map[string]bool{}, 1
		_, err := intake.Read(t.Context(), table.Read, intake.Table{Body: body}, hotline(), known(), func(o *intake.WorkOrder) error {
			if o.N <= last || len(o.Cells) == 0 {
				t.Errorf("row %d after %d: %v", o.N, last, o.Cells)
			}
			if last = o.N; len(o.Findings) > 0 {
				return nil
			}
			if o.Number == "" || met[o.Number] || o.Category == "" || o.Place == nil && o.Texts.Address == "" {
				t.Errorf("%+v is let through", o)
			}
			if o.Place != nil && (!o.Place.Valid() || o.Place.Point == (geo.Point{}) || !o.Place.Datum.Valid()) || o.SourceReceivedAt > known().Now || len([]rune(o.Number)) > 60 {
				t.Errorf("%+v is let through", o)
			}
			if all := fmt.Sprint(o.Texts, o.Number); strings.ContainsAny(all, "\x00\ufffd\r") {
				t.Errorf("%q is let through", all)
			}
			met[o.Number] = true
			return nil
		})
		_ = err // a refusal is an answer as well
	})
}

// BenchmarkRead reads 50,000 rows.
func BenchmarkRead(b *testing.B) {
	var csv strings.Builder
	csv.WriteString(heads)
	for n := range 50_000 {
		csv.WriteString(strings.Replace(good, "G-1", fmt.Sprintf("G-%06d", n), 1))
	}
	b.SetBytes(int64(csv.Len()))
	for b.Loop() {
		n := 0
		if _, err := intake.Read(b.Context(), table.Read, intake.Table{Body: []byte(csv.String())}, hotline(), known(),
			func(*intake.WorkOrder) error { n++; return nil }); err != nil || n != 50_000 {
			b.Fatal(n, err)
		}
	}
}
