package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanner reads the XML of a workbook tag by tag. It knows what spreadsheets write and nothing else: no entities but the five and numbers, no
// document types. encoding/xml takes ten times as long, and a sheet of styled empty rows is large.
type scanner struct {
	r    *bufio.Reader
	long []byte // a piece that is longer than the buffer
}

// errXML is that a part is not what it should be.
var errXML = errors.New("its XML cannot be read")

func newScanner(r io.Reader) *scanner { return &scanner{r: bufio.NewReaderSize(r, 64<<10)} }

// until gives what stands before a byte, which is taken too. The piece is good until the next call.
func (s *scanner) until(end byte) ([]byte, error) {
	piece, err := s.r.ReadSlice(end)
	if err == nil {
		return piece[:len(piece)-1], nil
	}
	s.long = append(s.long[:0], piece...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if piece, err = s.r.ReadSlice(end); len(s.long) > mostCell {
			return nil, fmt.Errorf("a cell has more than %d bytes", mostCell)
		}
		s.long = append(s.long, piece...)
	}
	if err != nil {
		return s.long, err
	}
	return s.long[:len(s.long)-1], nil
}

// tag is the next tag without its brackets; text says what stood before it, where that is asked for. io.EOF is the end.
func (s *scanner) tag(text *strings.Builder) (t []byte, err error) {
	for {
		before, err := s.until('<')
		if err != nil {
			return nil, err
		}
		if text != nil {
			if err := unescape(text, before); err != nil {
				return nil, err
			}
		}
		if t, err = s.until('>'); err != nil {
			return nil, errXML
		}
		switch {
		case bytes.HasPrefix(t, []byte("![CDATA[")):
			err = s.rest(t, "]]", text)
		case bytes.HasPrefix(t, []byte("!--")):
			err = s.rest(t, "--", nil)
		case len(t) > 0 && t[0] == '!':
			return nil, errXML
		case len(t) > 0 && t[0] == '?':
		default:
			for bytes.Count(t, []byte{'"'})%2 != 0 || bytes.Count(t, []byte{'\''})%2 != 0 && bytes.IndexByte(t, '"') < 0 { // a bracket in a value
				whole := append(bytes.Clone(t), '>')
				if t, err = s.until('>'); err != nil || len(whole) > mostCell {
					return nil, errXML
				}
				t = append(whole, t...)
			}
			return t, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// rest reads up to the end of a comment or of a text that is marked as such.
func (s *scanner) rest(t []byte, end string, text *strings.Builder) error {
	whole := bytes.Clone(t)
	for !bytes.HasSuffix(whole, []byte(end)) {
		more, err := s.until('>')
		if err != nil || len(whole) > mostCell {
			return errXML
		}
		whole = append(append(whole, '>'), more...)
	}
	if text != nil {
		text.Write(bytes.TrimSuffix(bytes.TrimPrefix(whole, []byte("![CDATA[")), []byte(end)))
	}
	return nil
}

// named gives the name of a tag without its namespace; an end has a slash before it, and single says that it has no inside.
func nameOf(t []byte) (name string, single bool) {
	single = bytes.HasSuffix(t, []byte{'/'})
	end := bytes.HasPrefix(t, []byte{'/'})
	at := 0
	if end {
		at = 1
	}
	stop := at
	for stop < len(t) && t[stop] > ' ' && (t[stop] != '/' || stop == 0) {
		if t[stop] == ':' {
			at = stop + 1
		}
		stop++
	}
	if end {
		return "/" + string(t[at:stop]), false
	}
	return string(t[at:stop]), single
}

// attribute gives the value of an attribute, by its name with or without a namespace; empty for none.
func attribute(t []byte, name string) string {
	for from := 0; ; {
		at := bytes.Index(t[from:], []byte(name+"="))
		if at < 0 {
			return ""
		}
		at += from
		from = at + len(name) + 1
		if at > 0 && t[at-1] > ' ' && t[at-1] != ':' || from >= len(t) {
			continue
		}
		quote := t[from]
		if quote != '"' && quote != '\'' {
			continue
		}
		end := bytes.IndexByte(t[from+1:], quote)
		if end < 0 {
			return ""
		}
		var b strings.Builder
		if unescape(&b, t[from+1:from+1+end]) != nil {
			return ""
		}
		return b.String()
	}
}

var entities = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// unescape writes a piece of text with its entities read.
func unescape(b *strings.Builder, piece []byte) error {
	if b.Len()+len(piece) > mostCell {
		return fmt.Errorf("a cell has more than %d bytes", mostCell)
	}
	for {
		at := bytes.IndexByte(piece, '&')
		if at < 0 {
			b.Write(piece)
			return nil
		}
		b.Write(piece[:at])
		end := bytes.IndexByte(piece[at:], ';')
		if end < 0 {
			return errXML
		}
		word := string(piece[at+1 : at+end])
		piece = piece[at+end+1:]
		if r, known := entities[word]; known {
			b.WriteRune(r)
			continue
		}
		digits, base := strings.TrimPrefix(word, "#"), 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		n, err := strconv.ParseUint(digits, base, 31)
		if err != nil || word == digits || !utf8.ValidRune(rune(n)) {
			return errXML
		}
		b.WriteRune(rune(n))
	}
}
