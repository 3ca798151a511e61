package paper

import (
	"fmt"
	"io"
)

// FileFormat is what a report is written as.
type FileFormat string

// The forms of a report.
const (
	AsPDF  FileFormat = "pdf"
	AsXLSX FileFormat = "xlsx"
	AsDOCX FileFormat = "docx"
	AsHTML FileFormat = "html"
	AsCSV  FileFormat = "csv"
	AsJSON FileFormat = "json"
)

// FileFormats are all of them.
var FileFormats = []FileFormat{AsPDF, AsXLSX, AsDOCX, AsHTML, AsCSV, AsJSON}

// form is how one is made.
type form struct {
	media string
	write func(*Document, io.Writer, Pictures, *Sheet) error
}

// whole writes a form that is made in memory.
func whole(w io.Writer, file []byte, err error) error {
	if err == nil {
		_, err = w.Write(file)
	}
	return err
}

var forms = map[FileFormat]form{
	AsPDF: {"application/pdf", func(d *Document, w io.Writer, p Pictures, _ *Sheet) error {
		file, err := d.PDF(p)
		return whole(w, file, err)
	}},
	AsXLSX: {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(d *Document, w io.Writer, _ Pictures, s *Sheet) error { return d.XLSX(w, s) }},
	AsDOCX: {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", func(d *Document, w io.Writer, p Pictures, _ *Sheet) error {
		file, err := d.DOCX(p)
		return whole(w, file, err)
	}},
	AsHTML: {"text/html; charset=utf-8", func(d *Document, w io.Writer, p Pictures, _ *Sheet) error { return whole(w, d.HTML(p), nil) }},
	AsCSV:  {"application/zip", func(d *Document, w io.Writer, _ Pictures, _ *Sheet) error { return d.CSV(w) }},
	AsJSON: {"application/json", func(d *Document, w io.Writer, _ Pictures, _ *Sheet) error {
		file, err := d.JSON()
		return whole(w, file, err)
	}},
}

// MediaType is the media type of a form; it is empty for what is no form.
func (f FileFormat) MediaType() string { return forms[f].media }

// CSVMediaType is the media type of one table as CSV.
const CSVMediaType = "text/csv; charset=utf-8"

// Ending is how the name of a file of the form ends: tables as CSV lie in a ZIP.
func (f FileFormat) Ending() string {
	if f == AsCSV {
		return "csv.zip"
	}
	return string(f)
}

// Write writes the report in a form. Pictures stand in PDF, DOCX and HTML, the issues behind the figures, which may be nil,
// in XLSX.
func (d *Document) Write(w io.Writer, f FileFormat, p Pictures, behind *Sheet) error {
	how, ok := forms[f]
	if !ok {
		return fmt.Errorf("paper: there is no form %q", f)
	}
	return how.write(d, w, p, behind)
}
