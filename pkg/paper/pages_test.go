package paper_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"spotcheck/pkg/paper"
)

const mm = 72 / 25.4

// setReport gives the texts of a report as its pages place them.
func setReport(t testing.TB, d *paper.Document) []said {
	t.Helper()
	b, err := d.PDF(shots())
	if err != nil {
		t.Fatal(err)
	}
	return readPDF(t, b)
}

// longNames is a report in which every text is as long as it may be.
func longNames() *paper.Document {
	d := weekly(40, 2)
	long := func(s string, n int) string { return string([]rune(strings.Repeat(s, n))[:n]) }
	d.Title, d.Office, d.Number, d.Subtitle = long("海口市创建国家卫生城市工作周报", 60), long("海口市创建国家卫生城市和全国文明城市工作指挥部办公室", 100), long("海双创办周报", 40), long("2026年第47周 滨海街道", 120)
	for _, tb := range tablesIn(d) {
		for n := range tb.Rows {
			for k := range tb.Rows[n].Cells {
				if v := &tb.Rows[n].Cells[k]; v.Kind == paper.Text && n%3 == 0 {
					v.Text = long([]string{"海口市龙华区滨海街道办事处城市管理综合行政执法中队", "Longhua-District-Environmental-Sanitation"}[n/3%2], 200)
				}
			}
		}
	}
	return d
}

// emptyWeek is a report of a week in which nothing happened.
func emptyWeek() *paper.Document {
	d := weekly(4, 0)
	for n := range d.Parts {
		p := &d.Parts[n]
		if p.Table != nil {
			p.Table.Rows = nil
		}
		if p.Chart != nil {
			p.Chart.Labels, p.Chart.Series = nil, nil
		}
		for k := range p.Key {
			p.Key[k].Value, p.Key[k].Detail = zh.NoData(), ""
		}
		if p.List != nil {
			p.List = []string{"无。"}
		}
	}
	return d
}

// TestReportsStayOnTheirPages looks where every text of odd reports begins and ends.
func TestReportsStayOnTheirPages(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*paper.Document{"week": weekly(40, 4), "200 units": weekly(200, 0), "long": longNames(), "empty": emptyWeek()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lying := map[int]bool{}
			all := setReport(t, d)
			for _, s := range all {
				lying[s.page] = lying[s.page] || s.x > 200*mm
			}
			for _, s := range all {
				wide, high := 210*mm, 297*mm
				if lying[s.page] {
					wide, high = high, wide
					s.y += high - 297*mm // the reader takes every page for one that stands
				}
				if right := s.x + paper.Width(s.text)*s.size/16; s.x < 20*mm-0.1 || right > wide-20*mm+0.6 || s.y < 15*mm || s.y > high-12*mm {
					t.Errorf("%s stands outside, its right end at %.0f of %.0f", s, right, wide)
				}
			}
		})
	}
}

// TestChaptersAreListedBesideThePages as readers of PDF show them.
func TestChaptersAreListedBesideThePages(t *testing.T) {
	t.Parallel()
	b, err := weekly(4, 0).PDF(shots())
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(b, []byte("/Dest [")); got != 9 {
		t.Errorf("%d chapters are listed, want 9", got)
	}
	if want := []byte("/Title <FEFF4E0030019886"); !bytes.Contains(b, want) { // 一、领
		t.Errorf("the first chapter is not listed by its name")
	}
}

// TestAWorkbookHasItsCharts among its parts, drawn over its cells.
func TestAWorkbookHasItsCharts(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := weekly(4, 0).XLSX(&b, nil); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"xl/charts/chart1.xml": "<c:lineChart>", "xl/charts/chart2.xml": "<c:barChart>"} {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(f)
		if text := strings.NewReplacer("c:", "", "<", "<c:").Replace(string(body)); err != nil || !strings.Contains(text, want) || !strings.Contains(string(body), "$B$") {
			t.Errorf("%s is not a chart over cells: %v %.300s", name, err, body)
		}
	}
}

// TestAChartWithoutValuesSaysSo instead of showing axes of nothing.
func TestAChartWithoutValuesSaysSo(t *testing.T) {
	t.Parallel()
	d := &paper.Document{Title: "周报", Parts: []paper.Part{{Chart: &paper.Chart{Title: "图1", Kind: paper.BarChart, Labels: []string{"甲"},
		Series: []paper.Series{{Values: []paper.Value{zh.NoData()}}}}},
		{Chart: &paper.Chart{Title: "图2", Kind: paper.LineChart}}}}
	if got := strings.Count(lines(setReport(t, d)), "无数据"); got != 2 {
		t.Errorf("%d of 2 charts say that there is nothing", got)
	}
	if got := strings.Count(string(d.HTML(nil)), ">无数据</text>"); got != 2 {
		t.Errorf("%d of 2 charts on the page say that there is nothing", got)
	}
}

// TestEveryPageOfATableHasItsHead and no row of it is cut: the name of a unit and its figures stand on one page.
func TestEveryPageOfATableHasItsHead(t *testing.T) {
	t.Parallel()
	d := weekly(200, 0)
	rows, pages := map[int]int{}, map[int]string{}
	for _, s := range setReport(t, d) {
		pages[s.page] += s.text + "\n"
		if strings.HasSuffix(s.text, "个百分点") && !strings.Contains(s.text, "，") && s.x > 200*mm {
			rows[s.page]++
		}
	}
	total := 0
	for page, n := range rows {
		total += n
		if got := strings.Count(pages[page], "责任单位\n受理\n"); got != 1 {
			t.Errorf("page %d has %d rows of units under %d heads", page, n, got)
		}
		if groups := strings.Contains(pages[page], "区政府\n") || strings.Contains(pages[page], "市直部门\n") || strings.Contains(pages[page], "街道（镇）\n") ||
			strings.Contains(pages[page], "环卫企业\n"); !groups {
			t.Errorf("page %d does not say to which group its rows belong", page)
		}
	}
	if total < 200 || len(rows) < 6 {
		t.Errorf("got %d rows of units on %d pages, want 200 and the total on several", total, len(rows))
	}
}

func TestEqualReportsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	forms := func() (all [][]byte) {
		d := weekly(40, 4)
		pdf, errPDF := d.PDF(shots())
		docx, errDOCX := d.DOCX(shots())
		json, errJSON := d.JSON()
		var xlsx, csv bytes.Buffer
		if err := d.XLSX(&xlsx, issues(100)); err != nil || errPDF != nil || errDOCX != nil || errJSON != nil {
			t.Fatal(err, errPDF, errDOCX, errJSON)
		}
		if err := d.CSV(&csv); err != nil {
			t.Fatal(err)
		}
		return append(all, pdf, docx, json, xlsx.Bytes(), csv.Bytes(), d.HTML(shots()))
	}
	first, second := forms(), forms()
	for n := range first {
		if !bytes.Equal(first[n], second[n]) {
			t.Errorf("form %d of one report has two faces", n)
		}
	}
}

// hostile is a report whose every text means something to somebody.
func hostile(text string) *paper.Document {
	d := weekly(3, 2)
	d.Title, d.Number, d.Office, d.Subtitle, d.Date = text, text, text, text, text
	d.Banners, d.Facts = []string{text}, []paper.Fact{{Name: text, Text: text}}
	for n := range d.Parts {
		p := &d.Parts[n]
		if p.Heading != nil {
			p.Heading.Text = text
		}
		for k := range p.List {
			p.List[k] = text
		}
		if p.Table != nil {
			p.Table.Name, p.Table.Caption, p.Table.Notes, p.Table.Empty = text, text, []string{text}, text
			for k := range p.Table.Columns {
				p.Table.Columns[k].Head = text
			}
			for k := range p.Table.Rows {
				if p.Table.Rows[k].Group != "" {
					p.Table.Rows[k].Group = text
				} else {
					p.Table.Rows[k].Cells[0].Text = text
				}
			}
		}
		if p.Chart != nil {
			p.Chart.Title, p.Chart.Series[0].Name = text, text
			p.Chart.Labels[0] = text
		}
		for k := range p.Pairs {
			p.Pairs[k].Title, p.Pairs[k].Before.Caption = text, text
		}
		for k := range p.Definitions {
			p.Definitions[k].Term = text
		}
	}
	return d
}

const attack = `=HYPERLINK("http://example.invalid/","x")</script></style></svg><script>document.title="taken"</script>"'><img src=x onerror=document.title=1>` +
	"\u202e\x00\x1b]]>&amp;<!--"

func TestHostileTextIsInertInEveryForm(t *testing.T) {
	t.Parallel()
	d := hostile(attack)
	t.Run("html", func(t *testing.T) {
		t.Parallel()
		page := chromium(t, d)
		tree, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		for n := range tree.Descendants() {
			if n.DataAtom == atom.Script || n.DataAtom == atom.Link || n.DataAtom == atom.Iframe {
				t.Errorf("there is a <%s> on the page", n.Data)
			}
			if n.DataAtom == atom.Title && !strings.HasPrefix(textOf(n), "=HYPERLINK") && n.Namespace == "" {
				t.Errorf("the title became %q", textOf(n))
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "href" || a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/jpeg;base64,") {
					t.Errorf("<%s %s=%.40q> is on the page", n.Data, a.Key, a.Val)
				}
			}
		}
	})
	t.Run("xlsx", func(t *testing.T) {
		t.Parallel()
		rows := &paper.Sheet{Name: attack, Columns: []paper.Column{{Head: attack}},
			Rows: func(yield func([]paper.Value, error) bool) { yield([]paper.Value{zh.Text(attack)}, nil) }}
		found := false
		for _, s := range readXLSX(t, d, rows) {
			if s.Formulas > 0 {
				t.Errorf("the sheet %s has %d formulas", s.Name, s.Formulas)
			}
			for _, r := range s.Rows {
				for _, c := range r {
					found = found || strings.HasPrefix(c.Text, `=HYPERLINK("http`) && c.Type == "string"
				}
			}
		}
		if !found {
			t.Error("the text is in no sheet")
		}
	})
	t.Run("csv", func(t *testing.T) {
		t.Parallel()
		found := false
		for _, rows := range readCSV(t, d) {
			for _, row := range rows {
				for _, cell := range row {
					if strings.HasPrefix(cell, "=") {
						t.Errorf("a cell begins with a formula: %.40q", cell)
					}
					found = found || strings.HasPrefix(cell, "'=HYPERLINK(")
				}
			}
		}
		if !found {
			t.Error("the text is in no file")
		}
	})
	t.Run("docx and pdf", func(t *testing.T) {
		t.Parallel()
		if text := mammoth(t, d); !strings.Contains(text, "=HYPERLINK(") || strings.Contains(text, "<script") {
			t.Error("the document does not say what was written")
		}
		if text := pdfText(t, d); !strings.Contains(text, "=HYPERLINK(") {
			t.Error("the pages do not say what was written")
		}
	})
}

func TestWhatASheetIsAsked(t *testing.T) {
	t.Parallel()
	sheets := readXLSX(t, weekly(40, 0), issues(300))
	for name, want := range map[string]sheet{
		"单位":   {Frozen: 2, Filter: "$A$2:$T$42", Print: "A1:T44", Titles: "2:2", Paper: 9, Lies: "landscape"},
		"类别":   {Frozen: 2, Filter: "$A$2:$E$12", Print: "A1:E12", Titles: "2:2", Paper: 9, Lies: "portrait"},
		"案件明细": {Frozen: 1, Filter: "$A$1:$L$301", Print: "A1:L301", Titles: "1:1", Paper: 9, Lies: "landscape"},
	} {
		for _, s := range sheets {
			if s.Name != name {
				continue
			}
			rows := s.Rows
			s.Name, s.Rows = "", nil
			if got := fmt.Sprintf("%+v", s); got != fmt.Sprintf("%+v", want) {
				t.Errorf("%s: got %s, want %+v", name, got, want)
			}
			types := map[string]string{}
			for n, c := range rows[len(rows)-2] {
				types[rows[want.Frozen-1][n].Text] = c.Type
			}
			for head, kind := range map[string]string{"受理": "number", "处置 处置率": "number", "占比": "number", "期限": "date", "时长（小时）": "number", "返工": "number", "类别": "string"} {
				if got, ok := types[head]; ok && got != kind {
					t.Errorf("%s: %s is a %s, want a %s", name, head, got, kind)
				}
			}
		}
	}
	if len(sheets) != 11 {
		t.Errorf("got %d sheets, want 11", len(sheets))
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sentences []string
		want      string
	}{
		{[]string{"处置率 93.72 %。", "按期\n处置率 75.82 %。"}, "处置率 93.72 %。\n按期 处置率 75.82 %。\n详见周报。"},
		{[]string{strings.Repeat("长", 600)}, strings.Repeat("长", 493) + "…\n详见周报。"},
		{[]string{strings.Repeat("甲", 480), strings.Repeat("乙", 30), "短。"}, strings.Repeat("甲", 480) + "\n短。\n详见周报。"},
		{nil, "详见周报。"},
	} {
		if got := paper.FitSentences(tt.sentences, "详见周报。"); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := len([]rune(paper.FitSentences([]string{"甲"}, strings.Repeat("乙", 700)))); got > paper.MaxFittedText {
		t.Errorf("got %d characters, want at most %d", got, paper.MaxFittedText)
	}
}
