package paper_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

var update = flag.Bool("update", false, "write the golden files anew")

// picture is a JPEG file of one colour.
func picture(w, h int, c color.Color) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for n := range w * h {
		img.Set(n%w, n/w, c)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var pictures = paper.Pictures{"before": picture(320, 240, color.RGBA{120, 90, 60, 255}), "after": picture(180, 320, color.RGBA{60, 120, 90, 255})}

// item is an issue as most are.
func item() paper.Item {
	return paper.Item{Number: "2026-000042", CheckedAt: "2026年11月24日14时03分", Place: "龙昆南路88号门前（滨海街道）", Category: "带泥上路（08012）",
		Wrong: "渣土车驶出工地未冲洗，带泥上路约二十米，污染车行道及人行道。", DueAt: "2026年11月26日18时00分",
		Photos: []paper.Photo{{ID: "before", Caption: "2026年11月24日14时03分"}, {ID: "after", After: true, Caption: "2026年11月24日17时20分"}}}
}

// notice is a paper with nothing odd in it.
func notice(k inspect.PaperKind) *paper.Content {
	return &paper.Content{Kind: k, Number: "海环整改〔2026〕12号", Office: "海口市双创工作指挥部办公室", To: "龙华区环境卫生管理局", CopyTo: []string{"龙华区人民政府", "市住房和城乡建设局"},
		Items: []paper.Item{item()}, Demand: "立即清扫冲洗被污染路面，落实出场车辆冲洗，并于期限前报送整改后同角度照片。", DueAt: "2026年11月26日18时00分",
		Basis: "《城市市容和环境卫生管理条例》第十四条、第三十四条。", Consequence: "逾期未整改的，依法予以处理并通报。", Signer: "王建国", Date: "2026年11月24日"}
}

// longest is a paper in which every text is as long as it may be.
func longest() *paper.Content {
	c := notice(inspect.RectifyNotice)
	long := func(s string, n int) string { return string([]rune(strings.Repeat(s, n))[:n]) }
	c.Office = long("海口市创建国家卫生城市和全国文明城市工作指挥部综合协调督查督办办公室", 100)
	c.To = long("海口市龙华区滨海街道办事处城市管理综合行政执法中队环境卫生巡查保洁责任片区", 100)
	c.Number = long("海综环卫督办整改通知字", 30) + "〔2026〕1298号"
	c.CopyTo = []string{long("海口市龙华区人民政府城市管理委员会", 100), long("市住房和城乡建设局建筑工地扬尘治理工作专班", 100)}
	c.Demand, c.Basis, c.Consequence = long("立即清扫；冲洗路面，并报送照片。", 1000), long("《条例》第十四条、", 500), long("依法处理！", 500)
	c.Signer = long("欧阳", 50)
	i := &c.Items[0]
	i.Place, i.Wrong, i.Category = long("龙昆南路八十八号门前至红城湖路口西南角，", 200), long("带泥上路，「污染」（严重）路面。", 2000), long("带泥上路", 100)
	i.Done, i.Result, i.ResultBy = long("已清扫，", 300), long("合格。", 100), long("林", 50)
	return c
}

// many is a paper about many issues.
func many(n int) *paper.Content {
	c := notice(inspect.RectifyNotice)
	c.Items = nil
	for k := range n {
		i := item()
		i.Number, i.Photos = fmt.Sprintf("2026-%06d", k+1), nil
		c.Items = append(c.Items, i)
	}
	return c
}

func mustPDF(t testing.TB, c *paper.Content) []byte {
	t.Helper()
	file, err := c.PDF(pictures)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPagesAreAsTheyWere compares the place of every text with what a person looked at.
func TestPagesAreAsTheyWere(t *testing.T) {
	t.Parallel()
	correction := notice(inspect.SupervisionLetter)
	correction.Number, correction.Corrects, correction.Reason = "海环督〔2026〕3号", "海环督〔2026〕2号", "已超过办理期限，系市领导批示件。"
	for name, c := range map[string]*paper.Content{"task": notice(inspect.TaskNotice), "rectify": notice(inspect.RectifyNotice),
		"supervise": correction, "longest": longest(), "many": many(30)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			for _, s := range readPDF(t, mustPDF(t, c)) {
				fmt.Fprintln(&got, s)
			}
			golden(t, name+".txt", got.String())
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: the pages are not as they were (-want +got):\n%s", name, d)
	}
}

// TestEverythingIsSaid finds every text of a paper on its pages and in its document.
func TestEverythingIsSaid(t *testing.T) {
	t.Parallel()
	for _, k := range inspect.PaperKinds {
		c := notice(k)
		flat := func(s string) string { return strings.NewReplacer("\n", "", " ", "").Replace(s) }
		pages, document := flat(lines(readPDF(t, mustPDF(t, c)))), flat(readDOCX(t, c))
		i := c.Items[0]
		want := []string{paper.Title(k), c.Number, c.Office, c.To, c.CopyTo[0], c.CopyTo[1], c.Demand, c.DueAt, c.Basis, c.Consequence, c.Signer, c.Date,
			i.Number, i.CheckedAt, i.Place, i.Category, i.Wrong, i.Photos[1].Caption, "送达回执", "签收人", "复查结果"}
		for _, text := range want {
			if !strings.Contains(document, flat(text)) {
				t.Errorf("%s: the document does not say %q", k, text)
			}
			if !contains(pages, flat(text)) {
				t.Errorf("%s: the pages do not say %q", k, text)
			}
		}
	}
}

// contains says whether a text stands on pages whose lines of two columns are mixed: each of its characters does, in order.
func contains(pages, text string) bool {
	if strings.Contains(pages, text) {
		return true
	}
	at := 0
	for _, r := range text {
		n := strings.IndexRune(pages[at:], r)
		if n < 0 {
			return false
		}
		at += n
	}
	return true
}

// readDOCX gives the text of a document, whose parts must all be well formed and whose pictures must be there.
func readDOCX(t testing.TB, c *paper.Content) string {
	t.Helper()
	file, err := c.DOCX(pictures)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, ".jpg") {
			continue
		}
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if text, ok := token.(xml.CharData); ok && f.Name == "word/document.xml" {
				said.Write(text)
			}
		}
	}
	return said.String()
}

func TestEqualContentGivesEqualBytes(t *testing.T) {
	t.Parallel()
	for _, k := range inspect.PaperKinds {
		first, second := mustPDF(t, notice(k)), mustPDF(t, notice(k))
		if !bytes.Equal(first, second) {
			t.Errorf("%s: two PDF files of one content differ", k)
		}
		a, errA := notice(k).DOCX(pictures)
		b, errB := notice(k).DOCX(pictures)
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: two DOCX files of one content differ: %v, %v", k, errA, errB)
		}
	}
}

// TestNoMarkBeginsALine looks at every line of the longest paper.
func TestNoMarkBeginsALine(t *testing.T) {
	t.Parallel()
	for _, s := range readPDF(t, mustPDF(t, longest())) {
		if text := []rune(s.text); len(text) > 0 && strings.ContainsRune("，。、；：！？）》」", text[0]) || len(text) > 1 && strings.ContainsRune("（《「", text[len(text)-1]) {
			t.Errorf("page %d: a line reads %q", s.page, s.text)
		}
	}
}

// TestNothingLeavesTheTextBlock looks where lines begin and end.
func TestNothingLeavesTheTextBlock(t *testing.T) {
	t.Parallel()
	const mm = 72 / 25.4
	for _, c := range []*paper.Content{longest(), many(60), notice(inspect.TaskNotice)} {
		for _, s := range readPDF(t, mustPDF(t, c)) {
			isNumber := strings.HasPrefix(s.text, "— ")
			if s.x < 28*mm-0.1 || s.x > 184*mm || s.y < 37*mm || s.y > 262*mm+0.1 && !isNumber {
				t.Errorf("%s stands outside", s)
			}
		}
	}
}

func TestTheHeadOfATableIsRepeated(t *testing.T) {
	t.Parallel()
	all := readPDF(t, mustPDF(t, many(60)))
	heads, rows := map[int]int{}, map[int]int{}
	for _, s := range all {
		if s.text == "序号" {
			heads[s.page]++
		}
		if strings.HasPrefix(s.text, "2026-0") {
			rows[s.page]++
		}
	}
	total := 0
	for page, n := range rows {
		if total += n; heads[page] != 1 {
			t.Errorf("page %d has %d rows of the table and %d heads", page, n, heads[page])
		}
	}
	if total != 60 || len(rows) < 5 {
		t.Errorf("got %d rows on %d pages, want 60 on several", total, len(rows))
	}
	if docx := readDOCX(t, many(60)); strings.Count(docx, "2026-0000") != 60 {
		t.Error("the document does not have every row")
	}
}

func TestPagesAreNumbered(t *testing.T) {
	t.Parallel()
	all := readPDF(t, mustPDF(t, longest()))
	pages := pagesOf(all)
	if pages < 4 {
		t.Fatalf("the longest paper has %d pages", pages)
	}
	for n := 1; n <= pages; n++ {
		want := fmt.Sprintf("— %d —", n)
		found := false
		for _, s := range all {
			if s.page == n && s.text == want {
				found = true
				if right := n%2 == 1; right != (s.x > 300) {
					t.Errorf("the number of page %d stands at %.0f", n, s.x)
				}
			}
		}
		if !found {
			t.Errorf("page %d has no number", n)
		}
	}
}

// TestTextFromOutsideIsInert feeds what means something to XML, to PDF, to printers and to readers of other directions.
func TestTextFromOutsideIsInert(t *testing.T) {
	t.Parallel()
	c := notice(inspect.RectifyNotice)
	c.Items[0].Wrong = "</w:t><w:p/>&amp;<!--\x00\x1b[31m\u202e倒\u2066\u200b着\ufeff) Tj ET <</JS(app.alert)>> endobj\r\n第二行\u2028第三行\U0001F600𱍐\ufffe"
	c.To = "单位\u202egpj.exe"
	pages, document := lines(readPDF(t, mustPDF(t, c))), readDOCX(t, c)
	for _, bad := range []string{"\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\x1b", "\ufffe"} {
		if strings.Contains(pages, bad) || strings.Contains(document, bad) {
			t.Errorf("%q came through", bad)
		}
	}
	if !strings.Contains(document, "</w:t><w:p/>&amp;<!--[31m倒着) Tj ET <</JS(app.alert)>> endobj") || !strings.Contains(document, "\U0001F600𱍐") {
		t.Errorf("the document does not say what was written: %s", document)
	}
	if !strings.Contains(pages, "第三行〓") || strings.Contains(pages, "〓〓") {
		t.Error("what the font does not have leaves no trace on the pages")
	}
	if got := c.UnprintableRunes(); got != "😀𱍐" {
		t.Errorf("got %q as what is not printed, want 😀𱍐", got)
	}
	if got := notice(inspect.TaskNotice).UnprintableRunes(); got != "" {
		t.Errorf("got %q as what is not printed of an ordinary paper", got)
	}
}

// TestRareNamesAreOnThePages: characters beyond GBK and beyond the basic plane stand where they were written, can be copied from the file, and cost nothing
// where there are none.
func TestRareNamesAreOnThePages(t *testing.T) {
	t.Parallel()
	c := notice(inspect.RectifyNotice)
	c.To, c.Signer = "王䶮装饰", "李㛃"
	c.Items[0].Wrong = "责任人张𬭎（辻\ufe00姓）门前堆放，电话见附表"
	file := mustPDF(t, c)
	all := readPDF(t, file)
	pages := strings.ReplaceAll(lines(all), "\n", "")
	for _, name := range []string{"王䶮装饰", "李㛃", "责任人张𬭎（辻姓）门前"} {
		if !strings.Contains(pages, name) {
			t.Errorf("%s is not on the pages: %s", name, pages)
		}
	}
	if strings.Contains(pages, "〓") || c.UnprintableRunes() != "" {
		t.Errorf("not printed: %q", c.UnprintableRunes())
	}
	at := slices.IndexFunc(all, func(s said) bool { return s.text == "䶮" })
	if at < 1 {
		t.Fatalf("no text of its own in the rare font: %v", all)
	}
	before, rare, after := all[at-1], all[at], all[at+1]
	if gap := rare.x - before.x - paper.Width(before.text)*before.size/16; gap < -0.1 || after.y != rare.y || after.x <= rare.x {
		t.Errorf("they do not stand one after the other: %v, %v, %v", before, rare, after)
	}
	if b := bytes.Count(mustPDF(t, notice(inspect.RectifyNotice)), []byte("beginbfrange")); b != 1 {
		t.Errorf("an ordinary paper has %d fonts", b)
	}
	if text := readDOCX(t, c); !strings.Contains(text, "张𬭎（辻姓）") {
		t.Errorf("the document says %s", text)
	}
}

func TestAMissingPictureLeavesAFrame(t *testing.T) {
	t.Parallel()
	c := notice(inspect.RectifyNotice)
	c.Items[0].Photos = append(c.Items[0].Photos, paper.Photo{ID: "lost"})
	if text := lines(readPDF(t, mustPDF(t, c))); !strings.Contains(text, "（照片未能显示）") || !strings.Contains(text, "（照片）") {
		t.Errorf("nobody sees that pictures are missing: %s", text)
	}
	if text := readDOCX(t, c); !strings.Contains(text, "（照片未能显示）") {
		t.Errorf("nobody sees it in the document: %s", text)
	}
}

// FuzzTexts sets any text: no panic, no mark at the beginning of a line that could stand elsewhere, no broken document.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"", "。。。。。。", "\u202e\x00", strings.Repeat("A", 500), strings.Repeat("（", 90), strings.Repeat("第1条，", 300), "a\n\n\nb", "\xff\xfe"} {
		f.Add(s, s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, long, short string, n uint8) {
		if len(long) > 20_000 || len(short) > 2_000 {
			return
		}
		c := notice(inspect.PaperKinds[int(n)%3])
		c.To, c.Number, c.Items[0].Wrong, c.Items[0].Place, c.Office = short, short, long, short, short
		for range n % 4 {
			c.Items = append(c.Items, c.Items[0])
		}
		all := readPDF(t, mustPDF(t, c))
		for _, s := range all {
			if s.y > 297*72/25.4 || s.x > 184*72/25.4 || s.x < 0 {
				t.Errorf("%s stands outside", s)
			}
		}
		readDOCX(t, c)
	})
}
