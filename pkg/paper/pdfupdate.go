package paper

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf16"
)

// endObject ends an object of a file.
const endObject = "endobj"

// object is one of the numbered parts of a file.
type object struct {
	number int
	body   []byte
}

// updated adds to a file what the library leaves out or writes wrong, as an incremental update (ISO 32000-1, 7.5.6): objects anew at the end, and a table
// and a trailer that point to those before.
func updated(file []byte, language string) ([]byte, error) {
	catalog, err := catalogWith(file, language)
	if err != nil {
		return nil, err
	}
	trailer := bytes.LastIndex(file, []byte("trailer\n<<"))
	last := bytes.LastIndex(file, []byte("startxref\n"))
	if trailer < 0 || last < trailer {
		return nil, errors.New("paper: a PDF without a trailer")
	}
	rest := bytes.TrimSpace(file[trailer+len("trailer\n<<") : last])
	table, _, _ := bytes.Cut(file[last+len("startxref\n"):], []byte("\n"))
	b := bytes.NewBuffer(bytes.TrimRight(file, "\n"))
	b.WriteString("\n")
	var entries bytes.Buffer
	for _, o := range append([]object{catalog}, charactersOf(file)...) {
		fmt.Fprintf(&entries, "%d 1\n%010d 00000 n \n", o.number, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\n%s\n\n", o.number, o.body, endObject)
	}
	xref := b.Len()
	fmt.Fprintf(b, "xref\n%strailer\n<<\n%s\n/Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n", entries.Bytes(), bytes.TrimSpace(bytes.TrimSuffix(rest, []byte(">>"))),
		bytes.TrimSpace(table), xref)
	return b.Bytes(), nil
}

// catalogWith is the catalog with the language, and readers show the title in place of the file's name.
func catalogWith(file []byte, language string) (object, error) {
	const begin = "1 0 obj\n"
	at := bytes.Index(file, []byte("\n"+begin)) + 1
	end := bytes.Index(file[max(at, 0):], []byte(endObject)) + at
	if at < 1 || end < at {
		return object{}, errors.New("paper: a PDF without a catalog")
	}
	dictionary := bytes.TrimSpace(file[at+len(begin) : end])
	return object{1, fmt.Appendf(nil, "%s  /Lang (%s)\n  /ViewerPreferences << /DisplayDocTitle true >>\n>>", bytes.TrimSuffix(dictionary, []byte(">>")), language)}, nil
}

var (
	// characterTable is the object that says which characters the glyphs of a font are, for readers who search and copy.
	characterTable = regexp.MustCompile(`(?s)\n(\d+) 0 obj\n<<\n/Length \d+\n>>\nstream\n(/CIDInit /ProcSet.*?)endstream\n`)
	// beyondPlane is a character in it that is not written in UTF-16.
	beyondPlane = regexp.MustCompile(`(<[0-9A-F]{4}><[0-9A-F]{4}>)<([0-9A-F]{5,6})>`)
)

// charactersOf are the tables of characters that the library wrote wrong: those beyond the basic plane are pairs in UTF-16.
func charactersOf(file []byte) (all []object) {
	for _, m := range characterTable.FindAllSubmatch(file, -1) {
		if !beyondPlane.Match(m[2]) {
			continue
		}
		number, err := strconv.Atoi(string(m[1]))
		if err != nil {
			continue
		}
		body := beyondPlane.ReplaceAllFunc(slices.Clone(m[2]), func(line []byte) []byte {
			parts := beyondPlane.FindSubmatch(line)
			r, err := strconv.ParseInt(string(parts[2]), 16, 32)
			if err != nil {
				return line
			}
			high, low := utf16.EncodeRune(rune(r))
			return fmt.Appendf(nil, "%s<%04X%04X>", parts[1], high, low)
		})
		all = append(all, object{number, fmt.Appendf(nil, "<<\n/Length %d\n>>\nstream\n%sendstream", len(body), body)})
	}
	return all
}
