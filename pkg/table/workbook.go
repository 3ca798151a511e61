package table

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// What a workbook may be unpacked, all its parts and readings together: some text compresses a thousand times.
const (
	mostUnpacked = 1 << 30
	mostParts    = 5000
	mostShared   = 96 << 20 // bytes of the texts that its cells share
	mostSheets   = 100
)

// book is a workbook that is open.
type book struct {
	ctx       context.Context
	parts     map[string]*zip.File
	sheets    []bookSheet
	since1904 bool
	formats   []format // by style
	shared    []string
	left      int64 // bytes that may still be unpacked
}

// bookSheet is a sheet of a workbook.
type bookSheet struct {
	name, part string
	hidden     bool
}

// readWorkbook reads one sheet of a workbook: the one that is said, or the first of those that can be seen and name the most columns.
func readWorkbook(ctx context.Context, body []byte, o Options, head func(Head) error, row func(Row) error) error {
	b, err := openBook(ctx, body)
	if err != nil {
		return b.explained(err)
	}
	choice, err := b.candidates(o.Sheet)
	if err != nil {
		return err
	}
	best, most := -1, -1
	var h Head
	for _, n := range choice {
		at, score, err := guess(ctx, &sheetRows{book: b, sheet: &b.sheets[n], most: looked}, &o)
		if err != nil {
			return b.explained(err)
		}
		if score > most {
			best, most, h.N = n, score, at
		}
		if len(o.Names) > 0 && score == len(o.Names) {
			break
		}
	}
	chosen := &b.sheets[best]
	h.Sheet = chosen.name
	for _, s := range b.sheets {
		if !s.hidden {
			h.Sheets = append(h.Sheets, s.name)
		}
	}
	rows := &sheetRows{book: b, sheet: chosen, heads: h.N}
	if rows.merged, err = b.merges(chosen); err != nil {
		return b.explained(err)
	}
	return b.explained(below(ctx, rows, h, head, row))
}

// explained makes a sentence of what is wrong with a file. Errors of whoever takes the rows are passed on.
func (b *book) explained(err error) error {
	switch {
	case err == nil || !errors.As(err, new(badPart)):
		return err
	case b.ctx.Err() != nil:
		return b.ctx.Err()
	case errors.As(err, new(*Unreadable)):
		return err
	}
	return unreadable("the workbook cannot be read: %s", err)
}

// badPart is an error of a file.
type badPart struct{ error }

// Unwrap gives the error.
func (e badPart) Unwrap() error { return e.error }

func openBook(ctx context.Context, body []byte) (*book, error) {
	b := &book{ctx: ctx, parts: map[string]*zip.File{}, left: mostUnpacked}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return b, badPart{err}
	}
	if len(z.File) > mostParts {
		return b, unreadable("the workbook has more than %d parts", mostParts)
	}
	for _, f := range z.File {
		b.parts[partName(f.Name)] = f
	}
	if b.parts["mimetype"] != nil && b.parts["content.xml"] != nil {
		return b, unreadable("the file is an OpenDocument table (.ods): open it, and save it as .xlsx")
	}
	main, err := b.mainPart()
	if err != nil {
		return b, err
	}
	links, err := b.links(main)
	if err != nil {
		return b, err
	}
	if err := b.workbook(main, links); err != nil {
		return b, err
	}
	for _, l := range links {
		switch {
		case strings.HasSuffix(l.kind, "/styles"):
			err = b.styles(l.target)
		case strings.HasSuffix(l.kind, "/sharedStrings"):
			err = b.texts(l.target)
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// partName is the name of a part as parts are compared: writers disagree about case and slashes.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// candidates are the sheets among which to look.
func (b *book) candidates(asked string) (all []int, err error) {
	var hidden []int
	for n, s := range b.sheets {
		switch {
		case asked != "" && (s.name == asked || Fold(s.name) == Fold(asked) || strconv.Itoa(n+1) == asked):
			return []int{n}, nil
		case s.hidden:
			hidden = append(hidden, n)
		default:
			all = append(all, n)
		}
	}
	switch {
	case asked != "":
		return nil, unreadable("the workbook has no sheet %q", asked)
	case len(b.sheets) == 0:
		return nil, unreadable("the workbook has no sheet")
	}
	if len(all) == 0 {
		return hidden, nil
	}
	return all, nil
}

// bounded counts what is unpacked, and ends with the request.
type bounded struct {
	book *book
	r    io.Reader
}

// Read reads on while something may still be unpacked.
func (b *bounded) Read(p []byte) (int, error) {
	if err := b.book.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	if b.book.left -= int64(n); b.book.left < 0 {
		return 0, unreadable("the workbook is more than %d MiB when it is unpacked", mostUnpacked>>20)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = badPart{err}
	}
	return n, err
}

// open opens a part.
func (b *book) open(name string) (io.Reader, func(), error) {
	f := b.parts[partName(name)]
	if f == nil {
		return nil, nil, badPart{fmt.Errorf("%s is missing", name)}
	}
	r, err := f.Open()
	if err != nil {
		return nil, nil, badPart{err}
	}
	return &bounded{b, r}, func() { _ = r.Close() }, nil // it was only read
}

// tags calls f for each tag of a part, which may read on in it.
func (b *book) tags(part string, f func(s *scanner, name string, tag []byte, single bool) error) error {
	r, done, err := b.open(part)
	if err != nil {
		return err
	}
	defer done()
	s := newScanner(r)
	for {
		t, err := s.tag(nil)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badPart{err}
		}
		name, single := nameOf(t)
		if err := f(s, name, t, single); err != nil {
			return err
		}
	}
}

// link is a relation of a part to another one.
type link struct{ id, kind, target string }

func (b *book) mainPart() (string, error) {
	all, err := b.links("")
	if err != nil {
		return "", err
	}
	for _, l := range all {
		if strings.HasSuffix(l.kind, "/officeDocument") {
			return l.target, nil
		}
	}
	return "", badPart{errors.New("it is a ZIP file and no workbook")}
}

// links are the relations of a part, empty for the whole file.
func (b *book) links(of string) (all []link, err error) {
	dir, file := path.Split(of)
	part := dir + "_rels/" + file + ".rels"
	if b.parts[partName(part)] == nil {
		if of == "" {
			return nil, badPart{errors.New("it is a ZIP file and no workbook")}
		}
		return nil, nil
	}
	err = b.tags(part, func(_ *scanner, name string, t []byte, _ bool) error {
		if name == "Relationship" && attribute(t, "TargetMode") != "External" {
			target := attribute(t, "Target")
			if rest, whole := strings.CutPrefix(target, "/"); whole {
				target = rest
			} else {
				target = path.Join(dir, target)
			}
			all = append(all, link{attribute(t, "Id"), attribute(t, "Type"), target})
		}
		return nil
	})
	return all, err
}

func (b *book) workbook(part string, links []link) error {
	return b.tags(part, func(_ *scanner, name string, t []byte, _ bool) error {
		switch name {
		case "workbookPr":
			v := attribute(t, "date1904")
			b.since1904 = v == "1" || v == "true"
		case "sheet":
			id := attribute(t, "r:id")
			if id == "" {
				id = attribute(t, "id")
			}
			for _, l := range links {
				if l.id == id && strings.HasSuffix(l.kind, "/worksheet") {
					state := attribute(t, "state")
					b.sheets = append(b.sheets, bookSheet{attribute(t, "name"), l.target, state == "hidden" || state == "veryHidden"})
				}
			}
			if len(b.sheets) > mostSheets {
				return unreadable("the workbook has more than %d sheets", mostSheets)
			}
		}
		return nil
	})
}

// styles reads how each style shows numbers.
func (b *book) styles(part string) error {
	codes, cells := map[int]string{}, false
	return b.tags(part, func(_ *scanner, name string, t []byte, single bool) error {
		switch name {
		case "numFmt":
			if id, err := strconv.Atoi(attribute(t, "numFmtId")); err == nil && len(codes) < 10_000 {
				codes[id] = attribute(t, "formatCode")
			}
		case "cellXfs", "/cellXfs":
			cells = name == "cellXfs" && !single
		case "xf":
			if !cells || len(b.formats) > 100_000 {
				return nil
			}
			id, _ := strconv.Atoi(attribute(t, "numFmtId"))
			if code, own := codes[id]; own {
				b.formats = append(b.formats, formatOf(code))
			} else {
				b.formats = append(b.formats, format{look: builtIn(id)})
			}
		}
		return nil
	})
}

// texts reads the texts that cells share.
func (b *book) texts(part string) error {
	room := mostShared
	return b.tags(part, func(s *scanner, name string, _ []byte, single bool) (err error) {
		if name != "si" {
			return nil
		}
		text := ""
		if !single {
			if text, err = s.texts("/si"); err != nil {
				return badPart{err}
			}
		}
		if room -= len(text) + 16; room < 0 {
			return unreadable("the workbook holds more than %d MiB of text", mostShared>>20)
		}
		b.shared = append(b.shared, text)
		return nil
	})
}

// texts joins the texts up to the end of a tag; how they are pronounced is left out.
func (s *scanner) texts(end string) (string, error) {
	var whole, piece strings.Builder
	spoken := false
	for {
		piece.Reset()
		t, err := s.tag(&piece)
		if err != nil {
			return "", errXML
		}
		name, single := nameOf(t)
		switch name {
		case "/t":
			if !spoken {
				whole.WriteString(piece.String())
			}
		case "rPh", "/rPh":
			spoken = name == "rPh" && !single
		case end:
			return unmasked(whole.String()), nil
		}
		if whole.Len() > mostCell {
			return "", errXML
		}
	}
}

// unmasked reads characters that XML cannot hold, which are written as _x000D_.
func unmasked(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for {
		at := strings.Index(text, "_x")
		if at < 0 || at+7 > len(text) {
			return b.String() + text
		}
		b.WriteString(text[:at])
		n, err := strconv.ParseUint(text[at+2:at+6], 16, 16)
		if err != nil || text[at+6] != '_' {
			b.WriteString("_x")
			text = text[at+2:]
			continue
		}
		b.WriteRune(rune(n))
		text = text[at+7:]
	}
}
