package servertest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	"spotcheck/server/servertest"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// tableImport is an import of the product: a table that it takes, and how it is sent. Taken says how many rows are good.
type tableImport struct {
	rows  [][]string
	dates []int // columns of dates
	taken func(t *testing.T, body []byte, query, media string) (rows int, refused string)
}

// tableImports are all imports of tables.
func tableImports(s *servertest.Server) map[string]tableImport {
	admin, office := s.As("admin"), s.As("office")
	mapping := hotline(office)
	post := func(c *servertest.Client, path string, body []byte, media string) *servertest.Answer {
		return c.Send(http.MethodPost, path, body, http.Header{"Content-Type": {media}})
	}
	return map[string]tableImport{
		"orders": {[][]string{{"工单编号", "受理时间", "问题类别", "诉求内容", "事发地点", "联系电话"},
			{"0012", "2026-03-09", "占道经营", "堵了路", "龙昆南路", "13800000000"},
			{"0013", "2026-03-09", "8012", "脏", "海秀路", "139"}},
			[]int{1}, func(t *testing.T, body []byte, query, media string) (int, string) {
				var p intakePage
				columns := M{"number": "工单编号", "came_at": "受理时间", "category": "问题类别", "note": "诉求内容", "address": "事发地点", "caller_phone": "联系电话"}
				office.Do(http.MethodPut, "/api/v1/import-mappings/"+mapping.String(),
					M{"name": "短", "source": "hotline", "categories": M{"占道经营": "09020"}, "columns": columns}).Want(200, 201)
				a := post(office, "/api/v1/issue-imports?format=csv&mapping="+mapping.String()+query, body, media)
				if a.Status >= 400 {
					return 0, string(a.Body)
				}
				a.Into(&p)
				if p.Import.Wrong > 0 {
					return p.Import.Fresh, string(a.Body)
				}
				return p.Import.Fresh + p.Import.Known, ""
			}},
		"places": {[][]string{{"kind", "number", "name", "lat", "lon", "datum", "valid_from"},
			{"shopfront", "0012", "店", "20.03", "110.33", "gcj02", "2026-03-09"},
			{"bin", "0013", "桶", "20.03", "110.33", "gcj02", "2026-03-09"}},
			[]int{6}, func(t *testing.T, body []byte, query, media string) (int, string) {
				a := post(admin, "/api/v1/place-imports?"+strings.TrimPrefix(query, "&"), body, media)
				var n struct{ Rows int }
				if a.Status >= 400 {
					return 0, string(a.Body)
				}
				a.Into(&n)
				return n.Rows, ""
			}},
		"agreements": {[][]string{{"unit", "kind", "signed_on", "signed_by"}, {"龙华环卫", "责任书", "2026-03-09", "0012"}, {"美兰环卫", "责任书", "2026-03-09", "0013"}}, []int{2},
			func(t *testing.T, body []byte, query, media string) (int, string) {
				a := post(admin, "/api/v1/agreement-imports?"+strings.TrimPrefix(query, "&"), body, media)
				var n struct{ Rows int }
				if a.Status >= 400 {
					return 0, string(a.Body)
				}
				a.Into(&n)
				return n.Rows, ""
			}},
		"areas": {[][]string{{"code", "name", "level", "lon", "lat"}, {"0012", "甲区", "district", "110.33", "20.03"}, {"0013", "乙区", "district", "110.35", "20.05"}}, nil,
			func(t *testing.T, body []byte, query, media string) (int, string) {
				a := post(admin, "/api/v1/area-imports?format=csv&datum=gcj02"+query, body, media)
				var in struct{ Import struct{ Areas, Errors int } }
				if a.Status >= 400 {
					return 0, string(a.Body)
				}
				a.Into(&in)
				return in.Import.Areas - in.Import.Errors, ""
			}},
		"holidays": {[][]string{{"date", "kind", "name"}, {"2031-08-04", "holiday", "甲"}, {"2031-08-09", "上班", "乙"}}, []int{0},
			func(t *testing.T, body []byte, query, media string) (int, string) {
				a := post(admin, "/api/v1/holidays?confirm=true"+query, body, media)
				if a.Status >= 400 {
					return 0, string(a.Body)
				}
				return strings.Count(string(admin.Do(http.MethodGet, "/api/v1/holidays", nil).Want(200).Body), `"2031-08-`), ""
			}},
		"catalogue": {[][]string{{"code", "old_code", "name_zh", "name_en", "group", "limit", "unit", "class_zh"}, {"0012A", "", "甲", "A", "litter", "1", "working_day", "类"},
			{"08913", "", "乙", "B", "litter", "2", "working_hour", "类"}}, nil, func(t *testing.T, body []byte, query, _ string) (int, string) {
			file := places.TableFile{Body: body}
			if strings.Contains(query, "sheet=") {
				file.Sheet, file.Heads = "隐藏", 2
			}
			n, err := s.Core.Places.ImportCatalogue(context.Background(), inspect.ID{}, file)
			if err != nil {
				return 0, err.Error()
			}
			return n.Added + n.Changed + n.Same, ""
		}},
	}
}

// textOf writes rows as text; each cell goes through as.
func textOf(rows [][]string, comma string, as func(row, column int, cell string) string) string {
	var b strings.Builder
	for n, row := range rows {
		for k, cell := range row {
			if k > 0 {
				b.WriteString(comma)
			}
			b.WriteString(as(n, k, cell))
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func plainCell(_, _ int, cell string) string { return cell }

// bookOf writes rows as a workbook on a sheet, from a row on: numbers as numbers, and dates as dates with this look.
func bookOf(t *testing.T, i *tableImport, sheet string, from int, look string, more func(*excelize.File) error) []byte {
	t.Helper()
	x := excelize.NewFile()
	var all []error
	if sheet != "Sheet1" {
		_, err := x.NewSheet(sheet)
		all = append(all, err, x.SetCellValue("Sheet1", "B2", "封面"))
	}
	for n, row := range i.rows {
		for k, cell := range row {
			name, err := excelize.CoordinatesToCellName(k+1, n+from)
			all = append(all, err, x.SetCellValue(sheet, name, cell))
			if at, err := time.Parse(time.DateOnly, cell); err == nil && slices.Contains(i.dates, k) {
				style, failed := x.NewStyle(&excelize.Style{CustomNumFmt: &look})
				all = append(all, failed, x.SetCellValue(sheet, name, at), x.SetCellStyle(sheet, name, name, style))
			}
		}
	}
	if more != nil {
		all = append(all, more(x))
	}
	var b bytes.Buffer
	if err := errors.Join(append(all, x.Write(&b), x.Close())...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEveryImportReadsTheSameTables runs one table of cases through all imports: what is certain is taken, whatever program wrote it.
func TestEveryImportReadsTheSameTables(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-10 12:00")
		encoded := func(e interface{ String(string) (string, error) }, text string) []byte {
			out, err := e.String(text)
			if err != nil {
				t.Fatal(err)
			}
			return []byte(out)
		}
		utf16 := func() interface{ String(string) (string, error) } {
			return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
		}
		for name, i := range tableImports(s) {
			text := textOf(i.rows, ",", plainCell)
			dated := func(as string) func(int, int, string) string {
				return func(_, k int, cell string) string {
					if at, err := time.Parse(time.DateOnly, cell); err == nil && slices.Contains(i.dates, k) {
						return at.Format(as)
					}
					return cell
				}
			}
			cases := []struct {
				name, query string
				body        []byte
				book        bool
			}{
				{"UTF-8", "", []byte(text), false}, {"UTF-8 with its mark", "", []byte("\ufeff" + text), false},
				{"GBK", "", encoded(simplifiedchinese.GBK.NewEncoder(), text), false}, {"UTF-16", "", encoded(utf16(), text), false},
				{"Unicode text of Excel", "", encoded(utf16(), textOf(i.rows, "\t", plainCell)), false}, {"semicolons", "", []byte(textOf(i.rows, ";", plainCell)), false},
				{"a title above", "", []byte("某市登记表\r\n\r\n" + text), false},
				{"texts of formulas", "", []byte(textOf(i.rows, ",", func(n, _ int, cell string) string {
					if n == 0 {
						return cell
					}
					return `="` + cell + `"`
				})), false},
				{"2026/3/9", "", []byte(textOf(i.rows, ",", dated("2006/1/2"))), false}, {"2026.3.9", "", []byte(textOf(i.rows, ",", dated("2006.1.2"))), false},
				{"2026年3月9日", "", []byte(textOf(i.rows, ",", dated("2006年1月2日"))), false}, {"20260309", "", []byte(textOf(i.rows, ",", dated("20060102"))), false},
				{"a workbook", "", bookOf(t, &i, "Sheet1", 1, "yyyy-mm-dd", nil), true}, {"another look of dates", "", bookOf(t, &i, "Sheet1", 1, "yyyy.mm.dd", nil), true},
				{"a look with literals", "", bookOf(t, &i, "Sheet1", 1, `[$-804]yyyy"年"m"月"d"日";@`, nil), true},
				{"a cover, a title, a hidden sheet", "", bookOf(t, &i, "明细", 4, "yyyy/m/d", func(x *excelize.File) error {
					_, err := x.NewSheet("旧")
					return errors.Join(err, x.SetCellValue("明细", "A1", "某市登记表"), x.MergeCell("明细", "A1", "E1"), x.SetSheetRow("旧", "A1", &i.rows[0]),
						x.SetSheetVisible("旧", false))
				}), true},
				{"a hidden sheet that is asked for", "&sheet=%E9%9A%90%E8%97%8F&heads=2", bookOf(t, &i, "隐藏", 2, "yyyy-mm-dd", func(x *excelize.File) error {
					return x.SetSheetVisible("隐藏", false)
				}), true},
				{"styled rows below", "", bookOf(t, &i, "Sheet1", 1, "yyyy-mm-dd", func(x *excelize.File) error {
					style, err := x.NewStyle(&excelize.Style{Border: []excelize.Border{{Type: "left", Style: 1, Color: "000000"}}})
					return errors.Join(err, x.SetCellStyle("Sheet1", "A4", "F3000", style))
				}), true},
			}
			for _, c := range cases {
				media := "text/csv"
				if c.book {
					media = workbookType
				}
				if rows, refused := i.taken(t, c.body, c.query, media); rows != 2 || refused != "" {
					t.Errorf("%s, %s: %d rows taken, want 2: %s", name, c.name, rows, refused)
				}
			}
			if name == "catalogue" {
				if _, refused := i.taken(t, []byte(strings.Replace(text, "0012A", "8012", 1)), "", ""); !strings.Contains(refused, "08012") {
					t.Errorf("a code that lost its zero: %s", refused)
				}
			}
			last := len(i.rows[0]) - 1
			for _, c := range []struct {
				name, words string
				body        []byte
			}{
				{"an old workbook", ".xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")}, {"a web page", "web page", []byte("<html><table>")},
				{"an error of a formula", "#REF!", []byte(strings.Replace(text, i.rows[1][last], "#REF!", 1))},
				{"other columns", "column", []byte("甲,乙\r\n1,2\r\n")}, {"an open quote", "never closed", []byte(text + "\"")},
			} {
				if _, refused := i.taken(t, c.body, "", "text/csv"); !strings.Contains(refused, c.words) {
					t.Errorf("%s, %s: want %s, got %s", name, c.name, c.words, refused)
				}
			}
		}
		s.Audit()
	})
}

// TestAKnownNumberWithOtherContent: an inspection's list begins at 1 every week. Its second week is no repetition of the first.
func TestAKnownNumberWithOtherContent(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		columns := M{"number": "序号", "address": "地点", "note": "问题"}
		list := func(name string, perFile bool) inspect.ID {
			id := servertest.ID(name)
			office.Do(http.MethodPut, "/api/v1/import-mappings/"+id.String(), M{"name": name, "source": "inspection",
				"otherwise": "06010", "numbers_per_file": perFile, "columns": columns}).Want(201)
			return id
		}
		first, second := "序号,地点,问题\n1,龙昆南路,垃圾\n2,海秀路,积水\n", "序号,地点,问题\n1,龙昆南路,垃圾\n2,滨海大道,占道\n3,国兴大道,污水\n"
		running := list("running", false)
		var p intakePage
		sendTable(office, running, first).Want(201).Into(&p)
		makes(t, s, office, p.Import.ID)
		a := sendTable(office, running, second).Want(201)
		if a.Into(&p); p.counts() != "checked: 3 rows, 1 fresh, 1 known, 1 wrong, 0 left" || !strings.Contains(string(a.Body), "内容不同（地点、问题）") {
			t.Errorf("got %s: %s", p.counts(), a.Body)
		}
		if p := makes(t, s, office, p.Import.ID); p.counts() != "done: 3 rows, 1 fresh, 1 known, 1 wrong, 0 left" {
			t.Errorf("got %s", p.counts())
		}
		weekly := list("weekly", true)
		for week, table := range []string{first, second} {
			sendTable(office, weekly, table).Want(201).Into(&p)
			if want := fmt.Sprintf("done: %d rows, %d fresh, 0 known, 0 wrong, 0 left", 2+week, 2+week); makesCounts(t, s, office, p.Import.ID) != want {
				t.Errorf("week %d: want %s", week+1, want)
			}
		}
		sendTable(office, weekly, first).Want(201).Into(&p)
		if p.counts() != "checked: 2 rows, 0 fresh, 2 known, 0 wrong, 0 left" {
			t.Errorf("the same file again: %s", p.counts())
		}
		s.Audit()
	})
}

func makesCounts(t *testing.T, s *servertest.Server, c *servertest.Client, id inspect.ID) string {
	t.Helper()
	p := makes(t, s, c, id)
	return p.counts()
}

// TestTwoTablesOfOneNumber are checked before either is made: the second says so when its issues are made.
func TestTwoTablesOfOneNumber(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		mapping := hotline(office)
		row := "G-1,2026-03-09 08:05,占道经营,%s,龙昆南路12号,20.03,110.33,,,,\n"
		var one, two intakePage
		sendTable(office, mapping, orderHeads+fmt.Sprintf(row, "甲")).Want(201).Into(&one)
		sendTable(office, mapping, orderHeads+fmt.Sprintf(row, "乙")).Want(201).Into(&two)
		makes(t, s, office, one.Import.ID)
		if got := makesCounts(t, s, office, two.Import.ID); got != "done: 1 rows, 0 fresh, 0 known, 1 wrong, 0 left" {
			t.Errorf("got %s", got)
		}
		s.Audit()
	})
}
