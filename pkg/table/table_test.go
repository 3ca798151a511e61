package table_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"spotcheck/pkg/table"
)

// read gives what a file holds.
func read(t *testing.T, body []byte, o table.Options) (h table.Head, rows []table.Row, err error) {
	t.Helper()
	err = table.Read(t.Context(), body, o, func(got table.Head) error { h = got; return nil }, func(r table.Row) error {
		rows = append(rows, r)
		return nil
	})
	return h, rows, err
}

// cells are the rows of a table without their numbers.
func cells(rows []table.Row) (all [][]string) {
	for _, r := range rows {
		all = append(all, r.Cells)
	}
	return all
}

func encoded(t *testing.T, e interface{ Bytes([]byte) ([]byte, error) }, text string) []byte {
	t.Helper()
	b, err := e.Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTextOfEveryKind(t *testing.T) {
	const text = "编号,名称,备注\n08012,龙昆南路,甲\n2,\"两,格\",\"两\n行\"\n"
	want := [][]string{{"08012", "龙昆南路", "甲"}, {"2", "两,格", "两\n行"}}
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	for name, body := range map[string][]byte{
		"UTF-8":                      []byte(text),
		"UTF-8 with its mark":        []byte("\ufeff" + text),
		"GBK":                        encoded(t, simplifiedchinese.GBK.NewEncoder(), text),
		"GB18030":                    encoded(t, simplifiedchinese.GB18030.NewEncoder(), text),
		"UTF-16 with its mark":       encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), text),
		"UTF-16 the other way round": encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), text),
		"UTF-16 without a mark":      encoded(t, le.NewEncoder(), text),
		"Excel's Unicode text": encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(),
			strings.ReplaceAll(strings.ReplaceAll(text, "两,格", "两;格"), ",", "\t")),
		"semicolons":               []byte(strings.ReplaceAll(strings.ReplaceAll(text, "两,格", "两|格"), ",", ";")),
		"lines of Windows":         []byte(strings.ReplaceAll(strings.ReplaceAll(text, "两\n行", "两|行"), "\n", "\r\n")),
		"lines of old Macs":        []byte(strings.ReplaceAll(strings.ReplaceAll(text, "两\n行", "两|行"), "\n", "\r")),
		"its separator said first": []byte("sep=;\n" + strings.ReplaceAll(strings.ReplaceAll(text, "两,格", "两;格"), ",甲", ";甲")),
		"a title above":            []byte("12345 热线工单\n\n" + text),
		"the text of a formula":    []byte(strings.Replace(text, "08012", `="08012"`, 1)),
		"such a text quoted again": []byte(strings.Replace(text, "08012", `"=""08012"""`, 1)),
	} {
		_, rows, err := read(t, body, table.Options{Names: [][]string{{"编号"}, {"名称"}, {"备注"}}})
		got := strings.NewReplacer("两|格", "两,格", "两;格", "两,格", "两|行", "两\n行").Replace(fmt.Sprint(cells(rows)))
		if name == "its separator said first" {
			continue // its heads are one cell
		}
		if err != nil || got != fmt.Sprint(want) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	_, rows, err := read(t, []byte("sep=;\na;b\n1,5;2\n"), table.Options{})
	if diff := cmp.Diff([]table.Row{{N: 3, Cells: []string{"1,5", "2"}}}, rows); diff != "" || err != nil {
		t.Error(diff, err)
	}
	_, rows, err = read(t, []byte("a,b\n5\" pipe,x\n\n\n9,#N/A\n2.02612E+17,y\n"), table.Options{})
	if diff := cmp.Diff([]table.Row{{N: 2, Cells: []string{`5" pipe`, "x"}}, {N: 5, Cells: []string{"9", "#N/A"}, Doubts: []table.Doubt{{1, table.ErrorValue, "#N/A"}}},
		{N: 6, Cells: []string{"2.02612E+17", "y"}, Doubts: []table.Doubt{{0, table.Rounded, "2.02612E+17"}}}}, rows); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// workbook makes a file of cells under heads, each a value and the code of its format.
func workbook(t *testing.T, more func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	x := excelize.NewFile()
	for n, row := range rows {
		for k, v := range row {
			name, err := excelize.CoordinatesToCellName(k+1, n+1)
			if err == nil {
				err = x.SetCellValue("Sheet1", name, v)
			}
			if c, coded := v.([2]any); coded {
				code := c[1].(string)
				style, failed := x.NewStyle(&excelize.Style{CustomNumFmt: &code})
				err = errors.Join(failed, x.SetCellValue("Sheet1", name, c[0]), x.SetCellStyle("Sheet1", name, name, style))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if more != nil {
		more(x)
	}
	var b bytes.Buffer
	if err := errors.Join(x.Write(&b), x.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWhatANumberIs: whether a cell is a date follows from the codes of its format without literals, escapes, colours and conditions.
func TestWhatANumberIs(t *testing.T) {
	for _, tt := range []struct {
		value      any
		code, want string
	}{
		{13800000000, "000-0000-0000", "138-0000-0000"}, {13800000000, `000\-0000\-0000`, "138-0000-0000"}, {7, `"12345-"0`, "12345-7"}, {8012, "00000", "08012"},
		{8012, "0", "8012"}, {8012, "General", "8012"}, {46090, "G/通用格式", "46090"}, {46090, `0"年"`, "46090年"}, {20.03, `0.000"日"`, "20.03"},
		{46090, `#,##0\ "hm"`, "46090"}, {46090, `[Red]0.00E+00`, "46090"}, {46090, `[$元-804]#,##0.00`, "46090"}, {46090, `[>=100]0;[Blue]"mm"0`, "46090"},
		{46090, `_(* #,##0_)`, "46090"}, {0.5, "0%", "0.5"}, {20.030000000000001, "0.00", "20.03"}, {-3, "0", "-3"}, {3.7, "00", "3.7"},
		{46090, "yyyy.mm.dd", "2026-03-09"}, {46090, "yyyy-mm-dd", "2026-03-09"}, {46090, "[$-804]yyyy年m月d日;@", "2026-03-09"}, {46090, `yyyy"年"m"月"d"日"`, "2026-03-09"},
		{46090, "[$-F800]dddd, mmmm dd, yyyy", "2026-03-09"}, {46090, "m/d/yy", "2026-03-09"}, {46090, "mmm", "2026-03-09"}, {46090, `[DBNum1][$-804]yyyy"年"m"月";@`, "2026-03-09"},
		{46090, "e/m/d", "2026-03-09"}, {46090, "aaaa", "2026-03-09"}, {46090.5, "yyyy/m/d", "2026-03-09 12:00:00"}, {46090.999999, "yyyy/m/d h:mm", "2026-03-10"},
		{46090.33681, `yyyy/m/d\ h:mm`, "2026-03-09 08:05:00"}, {0.33681, "h:mm", "08:05:00"}, {0.33681, `上午/下午h"时"mm"分"`, "08:05:00"}, {1.5, "[h]:mm", "36:00:00"},
		{0.33681, "mm:ss.0", "08:05:00"}, {60, "yyyy-mm-dd", "60"}, {59, "yyyy-mm-dd", "1900-02-28"}, {-1, "yyyy-mm-dd", "-1"}, {"2026.3.9", "yyyy-mm-dd", "2026.3.9"},
		{123456789012345, "0", "123456789012345"}, {1234567890123456, "0", "1234567890123460"},
	} {
		_, rows, err := read(t, workbook(t, nil, []any{"a"}, []any{[2]any{tt.value, tt.code}}), table.Options{})
		if err != nil || len(rows) != 1 || rows[0].Cells[0] != tt.want {
			t.Errorf("%v as %s: got %v, %v, want %s", tt.value, tt.code, rows, err, tt.want)
		}
		if doubt := len(rows) == 1 && len(rows[0].Doubts) > 0; doubt != (tt.want == "60" || tt.want == "-1" && tt.code != "0" || tt.want == "1234567890123460") {
			t.Errorf("%v as %s: doubt is %t", tt.value, tt.code, doubt)
		}
	}
}

func TestTheSystemOfDates(t *testing.T) {
	since := true
	body := workbook(t, func(x *excelize.File) {
		if err := x.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since}); err != nil {
			t.Fatal(err)
		}
	}, []any{"a"}, []any{[2]any{44628, "yyyy-mm-dd"}})
	if _, rows, err := read(t, body, table.Options{}); err != nil || rows[0].Cells[0] != "2026-03-09" {
		t.Errorf("got %v, %v", rows, err)
	}
}

func check(t *testing.T, all ...error) {
	t.Helper()
	if err := errors.Join(all...); err != nil {
		t.Fatal(err)
	}
}

// TestSheetsAndHeads: the sheet and the row of the heads are guessed by the names that are looked for, and can be said.
func TestSheetsAndHeads(t *testing.T) {
	names := table.Options{Names: [][]string{{"编号", "number"}, {"地点"}}}
	body := workbook(t, func(x *excelize.File) {
		for _, name := range []string{"隐藏", "工单", "别的"} {
			_, err := x.NewSheet(name)
			check(t, err)
		}
		hidden := []any{"编号", "地点"}
		check(t, x.SetSheetRow("隐藏", "A1", &hidden), x.SetSheetRow("隐藏", "A2", &[]any{"0", "旧"}), x.SetSheetVisible("隐藏", false))
		check(t, x.SetCellValue("工单", "A1", "三月工单"), x.MergeCell("工单", "A1", "C1"), x.SetSheetRow("工单", "A3", &[]any{"地点*", " 编 号", "备注"}))
		check(t, x.SetSheetRow("工单", "A4", &[]any{"龙华", "1", "甲"}), x.SetCellValue("工单", "B5", "2"), x.MergeCell("工单", "A4", "A5"), x.SetCellValue("工单", "B7", "3"))
		check(t, x.SetSheetRow("别的", "A1", &[]any{"x", "y"}), x.SetSheetRow("别的", "A2", &[]any{"1", "2"}))
	}, []any{"封面"}, []any{"市容环卫"})
	h, rows, err := read(t, body, names)
	if want := (table.Head{Sheet: "工单", Sheets: []string{"Sheet1", "工单", "别的"}, N: 3, Names: []string{"地点*", "编 号", "备注"}}); err != nil || cmp.Diff(want, h) != "" {
		t.Errorf("got %+v, %v", h, err)
	}
	if diff := cmp.Diff([]table.Row{{N: 4, Cells: []string{"龙华", "1", "甲"}}, {N: 5, Cells: []string{"龙华", "2"}}, {N: 7, Cells: []string{"", "3"}}}, rows); diff != "" {
		t.Error(diff)
	}
	for _, asked := range []string{"隐藏", "2"} {
		if h, rows, err := read(t, body, table.Options{Sheet: asked, Names: names.Names}); err != nil || h.N != 1 || len(rows) != 1 || rows[0].Cells[1] != "旧" {
			t.Errorf("the hidden sheet, asked for as %s: %+v, %v, %v", asked, h, rows, err)
		}
	}
	if h, rows, err := read(t, body, table.Options{Sheet: "别的", Heads: 2}); err != nil || h.Names[0] != "1" || len(rows) != 0 {
		t.Errorf("got %+v, %v, %v", h, rows, err)
	}
	if _, _, err := read(t, body, table.Options{Sheet: "没有"}); err == nil || !strings.Contains(err.Error(), "no sheet") {
		t.Error(err)
	}
}

// packed makes a workbook of the XML of its sheet.
func packed(t *testing.T, sheet string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"_rels/.rels": `<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="x/sharedStrings" Target="SharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/></Relationships>`,
		"xl/workbook.xml": `<?xml version="1.0"?><x:workbook><x:sheets><x:sheet name="一&amp;二" sheetId="1" r:id="r1"/></x:sheets></x:workbook>`,
		"xl/sharedStrings.xml": `<sst><si><t>编号</t></si><si><r><t>两</t></r><r><rPr><b/></rPr><t xml:space="preserve">段 </t></r>` +
			`<rPh sb="0" eb="1"><t>liǎng</t></rPh></si><si/><si><t>a_x000D_` + "\n" + `b&#x4e00;<![CDATA[<&]]></t></si></sst>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="176" formatCode="&quot;No.&quot;000"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="14"/><xf numFmtId="31"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": sheet,
	} {
		w, err := z.Create(name)
		check(t, err)
		_, err = w.Write([]byte(text))
		check(t, err)
	}
	check(t, z.Close())
	return b.Bytes()
}

func TestCellsOfEveryKind(t *testing.T) {
	h, rows, err := read(t, packed(t, `<x:worksheet><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row>`+
		`<row r="3" spans="1:9"><c t="s"><v>1</v></c><c s="1"><v>7</v></c>`+
		`<c r="D3" s="2"/><c r="E3" s="2"><f>TODAY()</f><v>46090</v></c><c s="3"><v>4.609E4</v></c><c t="e"><f>A1/0</f><v>#DIV/0!</v></c><c t="b"><v>1</v></c>`+
		`<c t="inlineStr"><is><t> 内 </t></is></c><c t="str"><f>"x"&amp;1</f><v>x1</v></c><c t="d"><v>2026-03-09T00:00:00</v></c><c t="s"><v>3</v></c><c t="s"><v>99</v></c></row>`+
		`<!-- <row r="4"> --><row/><row r="9"><c><v>1e3</v></c></row></x:sheetData></x:worksheet>`), table.Options{})
	if err != nil || h.Sheet != "一&二" {
		t.Fatal(h, err)
	}
	want := []table.Row{{N: 3, Cells: []string{"两段", "No.007", "", "", "2026-03-09", "2026-03-09", "#DIV/0!",
		"TRUE", "内", "x1", "2026-03-09", "a\nb一<&"},
		Doubts: []table.Doubt{{6, table.ErrorValue, "#DIV/0!"}}}, {N: 9, Cells: []string{"1000"}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoTable(t *testing.T) {
	var empty bytes.Buffer
	check(t, zip.NewWriter(&empty).Close())
	for words, body := range map[string][]byte{
		"old workbook (.xls)": []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), "is a web page": []byte("\n<html><table><tr><td>1"),
		"is XML":   []byte("\ufeff<?xml version='1.0'?><Workbook/>"),
		"is a PDF": []byte("%PDF-1.7"), "never closed": []byte("a,b\n\"1,2\n"), "the workbook cannot be read": []byte("PK\x03\x04 not at all"),
		"is said to be UTF-8": []byte("\ufeffa,\xff\xfe"), "its XML cannot be read": packed(t, `<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData><row><c><v>1`),
		"more than 200 columns": []byte("a\n" + strings.Repeat("x,", 201) + "\n"), "more than 100000 rows": []byte(strings.Repeat("x\n", 100_002)),
	} {
		_, _, err := read(t, body, table.Options{})
		if why := new(table.Unreadable); !errors.As(err, &why) || !strings.Contains(err.Error(), words) {
			t.Errorf("want %s, got %v", words, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, body := range [][]byte{[]byte("a\n1\n"), packed(t, "<row><c><v>1</v></c></row>")} {
		if err := table.Read(ctx, body, table.Options{}, func(table.Head) error { return nil }, func(table.Row) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

// TestAMillionStyledEmptyRows are looked through at the speed at which they are unpacked.
func TestAMillionStyledEmptyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>`)
	for n := 2; n < 400_000; n++ {
		fmt.Fprintf(&b, `<row r="%d" spans="1:3" s="1" customFormat="1" ht="13.5"><c r="A%d" s="1"/><c r="B%d" s="1"/><c r="C%d" s="1"/></row>`, n, n, n, n)
	}
	b.WriteString(`<row r="400000"><c r="A400000"><v>5</v></c></row></sheetData></worksheet>`)
	body := packed(t, b.String())
	start := time.Now()
	_, rows, err := read(t, body, table.Options{})
	if err != nil || len(rows) != 1 || rows[0].N != 400_000 {
		t.Errorf("got %v, %v", rows, err)
	}
	t.Log(time.Since(start), b.Len()>>20, "MiB")
}

func TestMomentsAsTheyAreWritten(t *testing.T) {
	zone := time.FixedZone("city", 8*3600)
	for text, want := range map[string]string{
		"2026-03-09": "day 2026-03-09 00:00:00", "2026/3/9": "day 2026-03-09 00:00:00", "2026.3.9": "day 2026-03-09 00:00:00", "2026年3月9日": "day 2026-03-09 00:00:00",
		"20260309": "day 2026-03-09 00:00:00", "２０２６／３／９": "day 2026-03-09 00:00:00", "2026年3月9日星期一": "day 2026-03-09 00:00:00", "9-Mar-2026": "day 2026-03-09 00:00:00",
		"2026-03-09 08:05": "2026-03-09 08:05:00", "2026/3/9 8:5": "2026-03-09 08:05:00", "2026.03.09 08:05:06": "2026-03-09 08:05:06", "2026年3月9日8时5分": "2026-03-09 08:05:00",
		"2026年3月9日 下午3时": "2026-03-09 15:00:00", "2026/3/9 3:05 PM": "2026-03-09 15:05:00", "2026/3/9 上午 8:05:06": "2026-03-09 08:05:06", "20260309080506": "2026-03-09 08:05:06",
		"2026-03-09T08:05:06": "2026-03-09 08:05:06", "2026-03-09T00:05:00Z": "2026-03-09 08:05:00", "2026-3-9 8:05:06.000": "2026-03-09 08:05:06",
		"2026/3/9 12:05 AM":  "2026-03-09 00:05:00",
		"2026年3月9日(周一) 8:05": "2026-03-09 08:05:00",
		"3/9/26":             "", "46090": "", "2026-02-30": "", "2026-13-01": "", "2026-3": "", "1026-3-9": "", "2026-3-9 25:00": "", "2026-3-9 8": "", "昨天": "", "": "",
		"2026.3": "", "2026-3/9": "",
		"2026-3-9 8:05 2026-3-10": "", "2026-3-9-1": "", "0.5": "", "20261": "",
	} {
		at, day, ok := table.ParseMoment(text, zone)
		got := ""
		if ok {
			if got = at.In(zone).Format(time.DateTime); day {
				got = "day " + got
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("\xff\xfea\x00,\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = table.Read(t.Context(), body, table.Options{Names: [][]string{{"a"}}}, func(table.Head) error { return nil }, func(r table.Row) error {
			for _, d := range r.Doubts {
				if d.Column < 0 {
					t.Error(d)
				}
			}
			return nil
		})
	})
}
