package paper_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// issuedAt is when the reports of these tests were issued.
var issuedAt = time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))

// partOf reads a part of a package.
func partOf(t *testing.T, file []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := fs.ReadFile(z, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestFilesSayWhatTheyAre finds title, issuer, language and date in every form that has a place for them.
func TestFilesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	d := weekly(4, 2)
	d.Made, d.Language, d.Title, d.Number = issuedAt, inspect.English, "Weekly <report>", "No. 47"
	pdf, err := d.PDF(shots())
	if err != nil {
		t.Fatal(err)
	}
	said := string(run(t, "pdfinfo", "-isodates", file(t, "report.pdf", pdf)))
	for _, want := range []string{"Title:           Weekly <report> No. 47", "2026-11-23T"} {
		if !strings.Contains(said, want) {
			t.Errorf("pdfinfo does not say %q: %s", want, said)
		}
	}
	if !bytes.Contains(pdf, []byte("/Lang (en)")) || !bytes.Contains(pdf, []byte("/DisplayDocTitle true")) || !bytes.Contains(pdf, []byte("D:20261123093000+08'00'")) {
		t.Error("the catalog has no language, or the file no date")
	}
	docx, err := d.DOCX(shots())
	if err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if err := d.XLSX(&book, nil); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string][]byte{"docx": docx, "xlsx": book.Bytes()} {
		core := partOf(t, f, "docProps/core.xml")
		for _, want := range []string{"<dc:title>Weekly &lt;report&gt; No. 47</dc:title>", "<dc:language>en</dc:language>", "2026-11-23T01:30:00Z"} {
			if !strings.Contains(core, want) {
				t.Errorf("%s: the core properties do not say %s: %s", name, want, core)
			}
		}
	}
	body := partOf(t, docx, "word/document.xml")
	if n, all := strings.Count(body, `descr="`), strings.Count(body, "<wp:docPr "); n != all || n < 3 || strings.Contains(body, `descr=""`) {
		t.Errorf("%d of %d pictures say what they show", n, all)
	}
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !f.Modified.Equal(issuedAt) {
			t.Errorf("%s is of %s", f.Name, f.Modified)
		}
	}
}

// TestJSONHasBothSidesOfARate gives n and of with every rate, also 0 and without data, and no number where there is none.
func TestJSONHasBothSidesOfARate(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]paper.Value{
		`{"kind":"rate","text":"0.00 %","number":0,"n":0,"of":7}`: zh.Rate(0, 7), `{"kind":"none","text":"无数据","n":0,"of":0}`: zh.Rate(0, 0),
		`{"kind":"none","text":"—"}`: zh.Dash(), `{"kind":"count","text":"0","number":0}`: zh.Count(0), `{"kind":"text","text":"甲"}`: zh.Text("甲"),
		`{"kind":"duration","text":"276.0 工作时","number":276,"unit":"工作时"}`: zh.Duration(276*time.Hour, time.Hour, "工作时"),
		`{"kind":"duration","text":"1.5 天","number":1.5,"unit":"天"}`:       zh.Duration(36*time.Hour, 24*time.Hour, "天"),
	} {
		got, err := v.MarshalJSON()
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
		var back paper.Value
		if err := back.UnmarshalJSON(got); err != nil || back != v {
			t.Errorf("got %+v, %v back, want %+v", back, err, v)
		}
	}
	if got := zh.Duration(time.Hour, time.Hour, "小时").TextWithUnit(); got != "1.0 小时" {
		t.Errorf("got %s", got)
	}
}

// TestRowsGrowWithTheirText writes a long text into a table, into the note below it and into the sheet of issues.
func TestRowsGrowWithTheirText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("和平南路与海府路交叉口", 20)
	d := &paper.Document{Title: "报告", Parts: []paper.Part{{Table: &paper.Table{Name: "表", Columns: []paper.Column{{Head: "地点"}, {Head: "件数", Kind: paper.Count}},
		Rows: []paper.Row{{Cells: []paper.Value{zh.Text(long), zh.Count(1)}}, {Cells: []paper.Value{zh.Text("短"), zh.Count(1)}}}, Notes: []string{long}}}}}
	var book bytes.Buffer
	if err := d.XLSX(&book, &paper.Sheet{Name: "明细", Columns: []paper.Column{{Head: "地点"}},
		Rows: func(yield func([]paper.Value, error) bool) {
			_ = yield([]paper.Value{zh.Text(long)}, nil) && yield([]paper.Value{zh.Text("短")}, nil)
		}}); err != nil {
		t.Fatal(err)
	}
	height := func(sheet, row int) float64 {
		m := regexp.MustCompile(fmt.Sprintf(`<row r="%d"[^>]*? ht="([0-9.]+)"`, row)).FindStringSubmatch(partOf(t, book.Bytes(), fmt.Sprintf("xl/worksheets/sheet%d.xml", sheet)))
		if m == nil {
			return 0
		}
		v, _ := strconv.ParseFloat(m[1], 64)
		return v
	}
	for what, high := range map[string]float64{"the row": height(2, 3), "the note": height(2, 5), "the issue": height(3, 2)} {
		if high < 60 {
			t.Errorf("%s with a long text is %g points high", what, high)
		}
	}
	if a, b := height(2, 4), height(3, 3); a > 20 || b > 20 {
		t.Errorf("rows with short texts are %g and %g points high", a, b)
	}
}

// TestTheLastPageIsNeverOneRow sets tables of every length and counts the rows on their last pages.
func TestTheLastPageIsNeverOneRow(t *testing.T) {
	t.Parallel()
	for rows := 30; rows < 110; rows++ {
		tb := &paper.Table{Name: "表", Caption: "表", Columns: []paper.Column{{Head: "路段"}, {Head: "件数", Kind: paper.Count}}}
		for n := range rows {
			tb.Rows = append(tb.Rows, paper.Row{Cells: []paper.Value{zh.Text("路" + strconv.Itoa(n)), zh.Count(int64(n))}})
		}
		pdf, err := (&paper.Document{Title: "报告", Parts: []paper.Part{{Table: tb}}}).PDF(nil)
		if err != nil {
			t.Fatal(err)
		}
		pages := map[int]int{}
		last := 0
		for _, s := range readPDF(t, pdf) {
			if strings.HasPrefix(s.text, "路") && s.text != "路段" {
				pages[s.page]++
			}
			last = max(last, s.page)
		}
		if pages[last] < 3 {
			t.Errorf("%d rows: the last of %d pages has %d", rows, last+1, pages[last])
		}
	}
}

// TestANoteStandsUnderItsTable sets tables with notes at every height of a page: a reader must not look for what they are about.
func TestANoteStandsUnderItsTable(t *testing.T) {
	t.Parallel()
	for rows := 1; rows < 70; rows++ {
		tb := &paper.Table{Name: "表", Caption: "表", Columns: []paper.Column{{Head: "路段"}}, Notes: []string{"甲注。", "乙注。"}}
		for n := range rows {
			tb.Rows = append(tb.Rows, paper.Row{Cells: []paper.Value{zh.Text("路" + strconv.Itoa(n))}})
		}
		d := &paper.Document{Title: "报告", Parts: []paper.Part{{Table: tb}}}
		for range 40 {
			d.Parts = append(d.Parts, paper.Part{Paragraph: "一段。"})
		}
		pdf, err := d.PDF(nil)
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]int{}
		for _, s := range readPDF(t, pdf) {
			at[s.text] = s.page
		}
		if last := at["路"+strconv.Itoa(rows-1)]; at["甲注。"] != last || at["乙注。"] != last {
			t.Errorf("%d rows: the last stands on page %d, its notes on %d and %d", rows, last+1, at["甲注。"]+1, at["乙注。"]+1)
		}
	}
}

// TestAHeadingIsNotLeftWithOneRow sets a table under a heading at every height of a page.
func TestAHeadingIsNotLeftWithOneRow(t *testing.T) {
	t.Parallel()
	for before := range 45 {
		d := &paper.Document{Title: "报告"}
		for range before {
			d.Parts = append(d.Parts, paper.Part{Paragraph: "一段。"})
		}
		tb := &paper.Table{Name: "表", Columns: []paper.Column{{Head: "路段"}}}
		for n := range 30 {
			tb.Rows = append(tb.Rows, paper.Row{Cells: []paper.Value{zh.Text("路" + strconv.Itoa(n))}})
		}
		d.Parts = append(d.Parts, paper.Part{Heading: &paper.Heading{Level: 1, Text: "章"}}, paper.Part{Table: tb})
		pdf, err := d.PDF(nil)
		if err != nil {
			t.Fatal(err)
		}
		pages, at := map[int]int{}, -1
		for _, s := range readPDF(t, pdf) {
			if s.text == "章" {
				at = s.page
			}
			if strings.HasPrefix(s.text, "路") && s.text != "路段" {
				pages[s.page]++
			}
		}
		if pages[at] < 3 {
			t.Errorf("after %d paragraphs the heading stands over %d rows", before, pages[at])
		}
	}
}
