package paper_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"spotcheck/pkg/needs"
	"spotcheck/pkg/paper"
)

// run gives what a program says.
func run(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	needs.Program(t, program)
	if program == "node" {
		needs.Modules(t, filepath.Dir(args[0]))
	}
	c := exec.CommandContext(t.Context(), program, args...)
	var wrong bytes.Buffer
	c.Stderr = &wrong
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v: %.2000s", program, err, wrong.String())
	}
	return out
}

// file writes bytes into a file that goes with the test.
func file(t testing.TB, name string, body []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// sheet is one as exceljs found it.
type sheet struct {
	Name  string
	Rows  [][]struct{ Text, Type string }
	Print string
	// Formulas counts the cells that a spreadsheet would compute.
	Formulas, Frozen int
	Filter, Titles   string
	Paper            int
	Lies             string
}

func readXLSX(t testing.TB, d *paper.Document, behind *paper.Sheet) (sheets []sheet) {
	t.Helper()
	var book bytes.Buffer
	if err := d.XLSX(&book, behind); err != nil {
		t.Fatal(err)
	}
	said := run(t, "node", "../../scripts/forms/read.mjs", file(t, "report.xlsx", book.Bytes()))
	if err := json.Unmarshal(said, &sheets); err != nil {
		t.Fatal(err)
	}
	return sheets
}

// readCSV reads every file of the ZIP as a reader does that wants a rectangle.
func readCSV(t testing.TB, d *paper.Document) (files [][][]string) {
	t.Helper()
	var b bytes.Buffer
	if err := d.CSV(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		body, err := fs.ReadFile(z, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutPrefix(string(body), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !ok || len(rows) == 0 {
			t.Fatalf("%s: %v, with a mark %t, %d rows", f.Name, err, ok, len(rows))
		}
		files = append(files, rows)
	}
	return files
}

// tablesOf gives the tables of a page of HTML as texts of cells, row by row; a cell over several rows or columns stands once.
func tablesOf(t testing.TB, page string) (tables [][][]string) {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range tree.Descendants() {
		if n.DataAtom != atom.Table {
			continue
		}
		var rows [][]string
		for r := range n.Descendants() {
			if r.DataAtom != atom.Tr {
				continue
			}
			var cells []string
			for c := range r.ChildNodes() {
				if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
					cells = append(cells, textOf(c))
				}
			}
			rows = append(rows, cells)
		}
		tables = append(tables, rows)
	}
	return tables
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// wantRows are the texts of the rows of a table, groups too.
func wantRows(tb *paper.Table, groups bool) (all [][]string) {
	group := ""
	grouped := slices.ContainsFunc(tb.Rows, func(r paper.Row) bool { return r.Group != "" })
	for _, r := range tb.Rows {
		if r.Group != "" {
			if group = r.Group; groups {
				all = append(all, []string{r.Group})
			}
			continue
		}
		var cells []string
		if grouped && !groups {
			cells = append(cells, group)
			if r.Total {
				cells[0] = ""
			}
		}
		for _, v := range r.Cells {
			cells = append(cells, v.Text)
		}
		all = append(all, cells)
	}
	return all
}

// holds says whether rows stand one after the other somewhere in a table.
func holds(table, rows [][]string) bool {
	for n := range table {
		if n+len(rows) <= len(table) && slices.EqualFunc(table[n:n+len(rows)], rows, slices.Equal) {
			return true
		}
	}
	return len(rows) == 0
}

func tablesIn(d *paper.Document) (all []*paper.Table) {
	for _, p := range d.Parts {
		if p.Table != nil {
			all = append(all, p.Table)
		}
	}
	return all
}

// TestAFigureIsTheSameTextInEveryForm reads each form with a program that did not write it and finds every row of every table.
func TestAFigureIsTheSameTextInEveryForm(t *testing.T) {
	t.Parallel()
	d := weekly(40, 4)
	tables := tablesIn(d)
	t.Run("xlsx", func(t *testing.T) {
		t.Parallel()
		sheets := readXLSX(t, d, issues(50))
		for _, tb := range tables {
			n := slices.IndexFunc(sheets, func(s sheet) bool { return s.Name == tb.Name })
			if n < 0 {
				t.Fatalf("no sheet %s", tb.Name)
			}
			var got [][]string
			for _, r := range sheets[n].Rows {
				var cells []string
				for _, c := range r {
					cells = append(cells, c.Text)
				}
				got = append(got, cells)
			}
			if !holds(got, wantRows(tb, false)) {
				t.Errorf("%s: the sheet has not its rows", tb.Name)
			}
		}
	})
	t.Run("csv", func(t *testing.T) {
		t.Parallel()
		files := readCSV(t, d)
		for _, tb := range tables {
			if !slices.ContainsFunc(files, func(rows [][]string) bool { return slices.EqualFunc(rows[1:], wantRows(tb, false), slices.Equal) }) {
				t.Errorf("%s: no file has its rows and nothing else", tb.Name)
			}
		}
	})
	t.Run("docx", func(t *testing.T) {
		t.Parallel()
		got := tablesOf(t, mammoth(t, d))
		for _, tb := range tables {
			if !slices.ContainsFunc(got, func(g [][]string) bool { return holds(g, wantRows(tb, true)) }) {
				t.Errorf("%s: the document has not its rows", tb.Name)
			}
		}
	})
	t.Run("html", func(t *testing.T) {
		t.Parallel()
		got := tablesOf(t, chromium(t, d))
		for _, tb := range tables {
			if !slices.ContainsFunc(got, func(g [][]string) bool { return holds(g, wantRows(tb, true)) }) {
				t.Errorf("%s: the page has not its rows", tb.Name)
			}
		}
	})
	t.Run("pdf", func(t *testing.T) {
		t.Parallel()
		got := pdfText(t, d)
		for text, want := range figuresOf(d) {
			if n := strings.Count(got, text); n < want {
				t.Errorf("%q stands %d times on the pages, want %d", text, n, want)
			}
		}
	})
	t.Run("json", func(t *testing.T) {
		t.Parallel()
		b, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var back paper.Document
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		again, err := back.JSON()
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("what was read back gives other bytes: %v", err)
		}
	})
}

// figuresOf counts the texts of figures, without their spaces.
func figuresOf(d *paper.Document) map[string]int {
	all := map[string]int{}
	for _, tb := range tablesIn(d) {
		for _, r := range tb.Rows {
			for _, v := range r.Cells {
				if v.Kind != paper.Text {
					all[squeezed(v.Text)]++
				}
			}
		}
	}
	for _, p := range d.Parts {
		for _, f := range p.Key {
			all[squeezed(f.Value.TextWithUnit())]++
		}
	}
	return all
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

// pdfText is what pdftotext reads, without spaces.
func pdfText(t testing.TB, d *paper.Document) string {
	t.Helper()
	b, err := d.PDF(shots())
	if err != nil {
		t.Fatal(err)
	}
	return squeezed(string(run(t, "pdftotext", "-raw", "-enc", "UTF-8", file(t, "report.pdf", b), "-")))
}

// mammoth reads the document as HTML.
func mammoth(t testing.TB, d *paper.Document) string {
	t.Helper()
	b, err := d.DOCX(shots())
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ HTML string }
	if err := json.Unmarshal(run(t, "node", "../../scripts/forms/read.mjs", file(t, "report.docx", b)), &got); err != nil {
		t.Fatal(err)
	}
	return got.HTML
}

// browser is what every call of Chromium says; it runs as whoever runs the tests, without a sandbox of its own.
var browser = []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"}

// chromium gives the page as the browser has it after loading.
func chromium(t testing.TB, d *paper.Document) string {
	t.Helper()
	page := file(t, "report.html", d.HTML(shots()))
	return string(run(t, "chromium", append(slices.Clone(browser), "--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+page)...))
}
