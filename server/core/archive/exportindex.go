package archive

import (
	_ "embed"
	"html/template"
	"io"
	"net/url"
	"strings"

	"spotcheck/pkg/paper"
)

//go:embed exportindex.html
var exportIndexHTML string

var exportIndex = template.Must(template.New("index").Parse(exportIndexHTML))

// exportIndexPage is what the page of the index is made of.
type exportIndexPage struct {
	writer
	Office, Made string
	Files        int
	Headings     []indexHeading
}

// Say is a text in the language of the page.
func (p exportIndexPage) Say(chinese, english string) string { return p.say(chinese, english) }

// Join puts names in one line.
func (p exportIndexPage) Join(names []string) string { return strings.Join(names, p.say("、", ", ")) }

// Href is the address of the file from the page, folder by folder.
func (d indexDocument) Href() string {
	parts := strings.Split(d.Name, "/")
	for n, part := range parts {
		parts[n] = url.PathEscape(part)
	}
	return "./" + strings.Join(parts, "/")
}

// indexHTML writes the index as a page that opens the files beside it.
func (b *exportBuilder) indexHTML(w io.Writer) error {
	return exportIndex.Execute(w, exportIndexPage{b.writer, b.office, b.writer.At(b.now.UTC()).Text, b.files, b.index})
}

// indexXLSX writes the index as a workbook.
func (b *exportBuilder) indexXLSX(w io.Writer) error {
	say := b.writer.say
	heads := []string{say("目录", "Heading"), say("题名", "Title"), say("文号", "Number"), say("日期", "Date"), say("单位", "Unit"), say("文件", "File"), "SHA-256", say("缺少", "Missing")}
	sheet := paper.Sheet{Name: say("档案目录", "Index"), Columns: paper.TextColumns(heads), Rows: func(yield func([]paper.Value, error) bool) {
		for _, h := range b.index {
			missing := strings.Join(h.Lacking, say("、", ", "))
			if h.Short > 0 {
				missing = strings.TrimSpace(missing + " " + b.writer.Count(int64(h.Short)).Text + say(" 份", " documents"))
			}
			if !yield(paper.TextCells([]string{h.Title, "", "", "", "", "", "", missing}), nil) {
				return
			}
			for _, d := range h.Documents {
				if !yield(paper.TextCells([]string{"", d.Title, d.Number, d.Dated, d.Unit, d.Name, d.SHA256, ""}), nil) {
					return
				}
			}
		}
	}}
	return sheet.XLSX(w)
}
