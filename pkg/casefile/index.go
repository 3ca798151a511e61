package casefile

import (
	_ "embed"
	"html/template"
	"io"

	"spotcheck/pkg/inspect"
)

// Index is the page that leads through case files.
type Index struct {
	Language   inspect.Language
	Office     string
	Made       string // when, in the city's time
	Checkpoint string // the day of it; empty where there is none
	Rows       []IndexRow
}

// IndexRow is one issue.
type IndexRow struct {
	Number, Category, Address string
	Folder, PDF               string
	Photos                    int // originals that are here
	Absent                    int // photos that never came, were withdrawn or erased
}

//go:embed index.html
var indexHTML string

var indexPage = template.Must(template.New("index").Parse(indexHTML))

// Say is a text in the language of the page.
func (i *Index) Say(chinese, english string) string {
	if i.Language == inspect.English {
		return english
	}
	return chinese
}

// WriteHTML writes the page.
func (i *Index) WriteHTML(w io.Writer) error { return indexPage.Execute(w, i) }
