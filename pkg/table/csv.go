package table

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// plain is the text of a CSV and what parts its cells.
type plain struct {
	text  string
	comma byte
}

// decoded gives the text of a CSV. What is neither UTF-8, UTF-16 nor GB18030 shows as U+FFFD in the cells that hold it.
func decoded(body []byte) (*plain, error) {
	text, err := utf8Of(body)
	if err != nil {
		return nil, err
	}
	t := &plain{text: text}
	if rest, ok := strings.CutPrefix(text, "sep="); ok && len(rest) > 1 && strings.ContainsRune(",;\t|", rune(rest[0])) {
		if line := strings.TrimPrefix(rest[1:], "\r"); strings.HasPrefix(line, "\n") {
			t.comma, t.text = rest[0], line // its line stays as an empty one, so that rows keep their numbers
			return t, nil
		}
	}
	t.comma = separator(text)
	return t, nil
}

func utf8Of(body []byte) (string, error) {
	marked := bytes.HasPrefix(body, []byte("\ufeff"))
	switch rest := bytes.TrimPrefix(body, []byte("\ufeff")); {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}), bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		return with(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), body)
	case wide(body, 1):
		return with(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder(), body)
	case wide(body, 0):
		return with(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder(), body)
	case utf8.Valid(rest):
		return string(rest), nil
	case marked:
		return "", unreadable("the file is said to be UTF-8 and is not: save it as CSV UTF-8")
	}
	return with(simplifiedchinese.GB18030.NewDecoder(), body)
}

func with(t transform.Transformer, body []byte) (string, error) {
	text, _, err := transform.Bytes(t, body)
	if err != nil {
		return "", unreadable("the text of the file cannot be decoded: save it as CSV UTF-8")
	}
	return string(bytes.TrimPrefix(text, []byte("\ufeff"))), nil
}

// wide says whether a file without a mark is UTF-16: its line ends and commas have a zero beside them, on the one side (1) or the other (0).
func wide(body []byte, zero int) bool {
	if len(body)%2 != 0 {
		return false
	}
	part := body[:min(len(body), 4096)]
	found, other := 0, 0
	for n := 0; n+1 < len(part); n += 2 {
		if c := part[n+1-zero]; part[n+zero] == 0 && c < 0x80 && c != 0 {
			found++
		}
		if part[n+1-zero] == 0 {
			other++
		}
	}
	return found > 0 && other == 0 && found >= len(part)/200
}

// separator is what parts the cells of the first filled row.
func separator(text string) byte {
	count := map[byte]int{}
	quoted := false
	for n := range len(text) {
		b := text[n]
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted && len(count) > 0 {
			break
		}
		if !quoted && (b == ',' || b == ';' || b == '\t') {
			count[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t'} {
		if count[b] > count[best] {
			best = b
		}
	}
	return best
}

// exponent is how Excel writes a long number into a CSV: its last digits are gone.
var exponent = regexp.MustCompile(`^[+-]?\d(\.\d+)?[Ee]\+\d{2,3}$`)

// each reads row by row. A quote inside a cell that does not begin with one is a quote.
func (t *plain) each(f func(Row) error) error {
	text := t.text
	for n := 1; text != ""; n++ {
		r := Row{N: n}
		for more := true; more; {
			var cell string
			var ok bool
			if cell, text, more, ok = t.cell(text); !ok {
				return unreadable("row %d: a quotation mark is opened and never closed", n)
			}
			if len(cell) > mostCell {
				return unreadable("row %d has a cell of more than %d characters", n, mostCell)
			}
			r.add(tidy(cell))
			if len(r.Cells) > 20*MostColumns {
				return unreadable("row %d has more than %d columns", n, MostColumns)
			}
		}
		r, filled, err := trimmed(r)
		if err == nil && filled {
			err = f(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Row) add(cell string) {
	switch at := len(r.Cells); {
	case errorValues[cell]:
		r.Doubts = append(r.Doubts, Doubt{at, ErrorValue, cell})
	case exponent.MatchString(cell):
		r.Doubts = append(r.Doubts, Doubt{at, Rounded, cell})
	}
	r.Cells = append(r.Cells, cell)
}

// cell takes a cell off a text; more says that the row goes on behind it.
func (t *plain) cell(text string) (cell, rest string, more, ok bool) {
	start := strings.TrimPrefix(text, "=")
	if !strings.HasPrefix(start, `"`) { // ="08012" is the text 08012
		return t.bare(text, "")
	}
	var b strings.Builder
	for start = start[1:]; ; {
		at := strings.IndexByte(start, '"')
		if at < 0 {
			return "", "", false, false
		}
		b.WriteString(start[:at])
		start = start[at+1:]
		if !strings.HasPrefix(start, `"`) {
			break
		}
		b.WriteByte('"')
		start = start[1:]
	}
	cell = b.String()
	if inner, marked := strings.CutPrefix(cell, `="`); marked && strings.HasSuffix(inner, `"`) { // as a CSV writer quotes it once more
		cell = strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `""`, `"`)
	}
	return t.bare(start, cell)
}

// bare takes what stands before the next separator.
func (t *plain) bare(text, before string) (cell, rest string, more, ok bool) {
	at := strings.IndexAny(text, string([]byte{t.comma, '\n', '\r'}))
	if at < 0 {
		return before + text, "", false, true
	}
	cell, rest = before+text[:at], text[at+1:]
	if text[at] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return cell, rest, text[at] == t.comma, true
}
