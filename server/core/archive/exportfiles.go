package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"spotcheck/pkg/casefile"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/city"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// exportBuilder gathers the files of an export: the tree as folders, then the index.
type exportBuilder struct {
	svc    *Service
	actor  *inspect.Actor
	ask    ExportRequest
	writer writer

	now     inspect.Time
	office  string
	entries []exportEntry
	pages   bytes.Buffer // that were made for it
	taken   map[string]bool
	files   int // without the index
	sums    casefile.Sums
	index   []indexHeading
	units   map[inspect.ID]string
}

// indexHeading is a heading in the index with what lies below it.
type indexHeading struct {
	Depth     int
	Title     string
	Documents []indexDocument
	Short     int
	Lacking   []string
}

// indexDocument is a line of the index.
type indexDocument struct{ Title, Number, Dated, Unit, Name, SHA256 string }

func (svc *Service) writer(language inspect.Language) writer {
	return writer{paper.Formatter{Language: language, Zone: svc.zone}}
}

// build gathers everything.
func (b *exportBuilder) build(ctx context.Context) error {
	var headings []HeldHeading
	leaves, documents := map[inspect.ID][]Leaf{}, map[inspect.ID][]inspect.Document{}
	if err := b.svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		b.now = tx.Now
		if b.office, err = city.Name.In(ctx, tx); err != nil {
			return err
		}
		if headings, err = b.chosen(ctx, tx); err != nil {
			return err
		}
		f, err := b.svc.filter(ctx, tx, b.actor, DocumentQuery{Heading: b.ask.Heading, Year: b.ask.Year})
		if err != nil {
			return err
		}
		found := 0
		var named []inspect.ID
		if err := tx.EachDocument(ctx, f, func(d *inspect.Document) error {
			if found++; found > mostExported {
				return inspect.ErrExportTooLarge
			}
			if d.Counts() {
				documents[d.Heading], named = append(documents[d.Heading], *d), append(named, d.Unit)
			}
			return nil
		}); err != nil {
			return err
		}
		for n := range headings {
			named = append(named, headings[n].Lacking...)
			if headings[n].Source == "" {
				continue
			}
			some, err := b.svc.leaves(ctx, tx, b.actor, &headings[n].Heading, b.ask.Year)
			if err != nil {
				return err
			}
			for _, l := range some {
				named = append(named, l.Unit)
			}
			leaves[headings[n].ID] = some
		}
		b.units, err = tx.NodeNames(ctx, store.UnitTree, named)
		return err
	}); err != nil {
		return err
	}
	folders := map[inspect.ID]string{}
	for n := range headings {
		h := &headings[n]
		folders[h.ID] = b.free(folders[h.Parent] + stablezip.SafeName(strings.TrimSpace(h.Number+" "+h.Title)))
		folders[h.ID] += "/"
		b.index = append(b.index, indexHeading{Depth: strings.Count(folders[h.ID], "/"), Title: strings.TrimSpace(h.Number + " " + h.Title), Short: h.Short})
		line := &b.index[len(b.index)-1]
		for _, unit := range h.Lacking {
			line.Lacking = append(line.Lacking, b.units[unit])
		}
		for n := range documents[h.ID] {
			b.document(folders[h.ID], &documents[h.ID][n])
		}
		for n := range leaves[h.ID] {
			if err := b.leaf(ctx, folders[h.ID], &leaves[h.ID][n]); err != nil {
				return err
			}
		}
	}
	switch b.files = len(b.entries); {
	case b.files == 0:
		return inspect.ErrExportEmpty
	case b.files > mostExported:
		return inspect.ErrExportTooLarge
	}
	return b.end()
}

// chosen are the headings that are exported, the way down, the first of them at the top.
func (b *exportBuilder) chosen(ctx context.Context, tx *store.Tx) (some []HeldHeading, err error) {
	all, err := b.svc.held(ctx, tx, b.actor, b.ask.Year)
	if err != nil {
		return nil, err
	}
	in := map[inspect.ID]bool{}
	for _, h := range all {
		if in[h.ID] = h.ID == b.ask.Heading || in[h.Parent] || b.ask.Heading.IsZero(); in[h.ID] && h.Enabled {
			some = append(some, h)
		}
	}
	if len(some) == 0 && !b.ask.Heading.IsZero() {
		return nil, inspect.ErrHeadingNotFound
	}
	return some, nil
}

// free is a path that nothing has yet, also where capitals do not count.
func (b *exportBuilder) free(path string) string {
	name, ending := path, ""
	if dot := strings.LastIndexByte(path, '.'); dot > strings.LastIndexByte(path, '/') && len(path)-dot < 6 {
		name, ending = path[:dot], path[dot:]
	}
	for n := 2; b.taken[strings.ToLower(path)]; n++ {
		path = fmt.Sprintf("%s (%d)%s", name, n, ending)
	}
	b.taken[strings.ToLower(path)] = true
	return path
}

// add notes a file and its line of the index.
func (b *exportBuilder) add(folder, title string, e exportEntry, line indexDocument, ending string) {
	if most := 60; len([]rune(title)) > most {
		title = string([]rune(title)[:most])
	}
	e.Name = b.free(folder + stablezip.SafeName(strings.TrimSpace(line.Dated+" "+title)) + "." + ending)
	line.Name, line.SHA256 = e.Name, e.SHA256
	b.entries = append(b.entries, e)
	b.sums.Add(e.SHA256, e.Name)
	at := &b.index[len(b.index)-1]
	at.Documents = append(at.Documents, line)
}

// document adds the last version of the file of a document.
func (b *exportBuilder) document(folder string, d *inspect.Document) {
	f := d.File()
	b.add(folder, d.Title, exportEntry{SHA256: f.SHA256, Bytes: f.Bytes, CRC32: f.CRC32, At: f.ReceivedAt, Key: photos.OriginalKey(f.SHA256)},
		indexDocument{Title: d.Title, Number: d.Number, Dated: string(d.Dated), Unit: b.units[d.Unit]}, f.Type)
}

// leaf adds what was made here; one whose file is not made yet stands in the index alone.
func (b *exportBuilder) leaf(ctx context.Context, folder string, l *Leaf) error {
	line := indexDocument{Title: l.Title, Number: l.Number, Dated: string(l.Dated), Unit: b.units[l.Unit]}
	switch {
	case l.ID.IsZero():
		list, err := b.svc.Coverage(ctx, b.actor, b.ask.Language)
		if err == nil {
			b.add(folder, l.Title, b.page(list), line, l.Type)
		}
		return err
	case l.SHA256 == "":
		at := &b.index[len(b.index)-1]
		at.Documents = append(at.Documents, line)
		return nil
	}
	body, _, err := b.svc.blobs.Open(ctx, leafKey(l))
	if err != nil {
		return city.AsUnavailable(err)
	}
	defer body.Close()
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, body); err != nil {
		return city.AsUnavailable(err)
	}
	name := strings.TrimSpace(l.Title + " " + l.Number)
	b.add(folder, name, exportEntry{SHA256: l.SHA256, Bytes: l.Bytes, CRC32: sum.Sum32(), At: b.now, Key: leafKey(l)}, line, l.Type)
	return nil
}

// page keeps bytes that were made for the export.
func (b *exportBuilder) page(text []byte) exportEntry {
	sum := sha256.Sum256(text)
	e := exportEntry{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(text)), CRC32: crc32.ChecksumIEEE(text), At: b.now, Page: int64(b.pages.Len())}
	b.pages.Write(text)
	return e
}

// end adds the index as a page and as a workbook, and the list of digests.
func (b *exportBuilder) end() error {
	for _, p := range []struct {
		name  string
		write func(io.Writer) error
	}{{"index.html", b.indexHTML}, {"index.xlsx", b.indexXLSX}, {casefile.SumsName, func(w io.Writer) error { _, err := io.WriteString(w, b.sums.String()); return err }}} {
		var text bytes.Buffer
		if err := p.write(&text); err != nil {
			return err
		}
		e := b.page(text.Bytes())
		e.Name = b.free(p.name)
		b.entries = append(b.entries, e)
		b.sums.Add(e.SHA256, e.Name)
	}
	return nil
}
