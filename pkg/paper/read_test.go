package paper_test

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// said is a text as a PDF file places it: page, points from the upper left corner to its baseline.
type said struct {
	page       int
	x, y, size float64
	text       string
}

func (s said) String() string {
	return fmt.Sprintf("%d %6.1f %6.1f %4.1f %s", s.page, s.x, s.y, s.size, s.text)
}

var (
	object  = regexp.MustCompile(`(?s)\n(\d+) 0 obj\n(.*?)endobj\n`)
	glyphs  = regexp.MustCompile(`<([0-9A-F]{4})><[0-9A-F]{4}><([0-9A-F]{4}|[0-9A-F]{8})>`)
	content = regexp.MustCompile(`(?s)BT\n([\d.-]+) ([\d.-]+) TD\n/F(\d+) ([\d.]+) Tf ([\d.]+) Tc\n.*?\[<([0-9A-F]*)>\] TJ`)
)

// readPDF gives all texts of a PDF file in the order in which they are drawn, by what the file itself says.
func readPDF(t testing.TB, file []byte) (all []said) {
	t.Helper()
	tables := map[int]map[string]rune{} // of the characters of a font, by the number of the object; one that comes later takes the place of the other
	var pages []string
	for _, m := range object.FindAllSubmatch(file, -1) {
		if all := glyphs.FindAllSubmatch(m[2], -1); all != nil {
			table := map[string]rune{}
			for _, g := range all {
				units, err := hex.DecodeString(string(g[2]))
				if err != nil {
					t.Fatal(err)
				}
				r := rune(units[0])<<8 | rune(units[1])
				if len(units) == 4 {
					r = utf16.DecodeRune(r, rune(units[2])<<8|rune(units[3]))
				}
				table[string(g[1])] = r
			}
			tables[int(number(t, string(m[1])))] = table
		}
		_, stream, ok := bytes.Cut(m[2], []byte("stream\n"))
		if !ok || !bytes.HasPrefix(m[2], []byte("<<\n/Filter/FlateDecode")) {
			continue
		}
		z, err := zlib.NewReader(bytes.NewReader(stream))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, string(text))
	}
	fonts := slices.Sorted(maps.Keys(tables))
	for n, text := range pages {
		for _, m := range content.FindAllStringSubmatch(text, -1) {
			s := said{page: n + 1, x: number(t, m[1]), y: 841.89 - number(t, m[2]), size: number(t, m[4])}
			runes := tables[fonts[int(number(t, m[3]))-1]]
			for k := 0; k < len(m[6]); k += 4 {
				r, ok := runes[m[6][k:k+4]]
				if !ok {
					t.Fatalf("the glyph %s of font %s stands for nothing", m[6][k:k+4], m[3])
				}
				s.text += string(r)
			}
			all = append(all, s)
		}
	}
	return all
}

func number(t testing.TB, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// lines are the texts of a file without their places.
func lines(all []said) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.text + "\n")
	}
	return b.String()
}

// pagesOf counts the pages of a file.
func pagesOf(all []said) int {
	return slices.MaxFunc(all, func(a, b said) int { return a.page - b.page }).page
}
