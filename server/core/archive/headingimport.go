package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// sourceNames are what fills headings as tables call it.
var sourceNames = map[string]inspect.HeadingSource{"报表": inspect.IssuedReports, "文书": inspect.IssuedPapers, "签订率": inspect.SignedShare}

// headingColumns are the columns of a table of headings, each with its names in Chinese and its most characters.
var headingColumns = []struct {
	name string
	also string
	most int
	read func(*headingReader, *inspect.Heading, string) error
}{
	{"number", "编号 序号 目录号", 30, func(_ *headingReader, h *inspect.Heading, text string) error { h.Number = text; return filled(text) }},
	{"title", "目录 标题 名称 指标", 200, func(_ *headingReader, h *inspect.Heading, text string) error { h.Title = text; return filled(text) }},
	{"note", "说明 要求 材料要求", 1000, func(_ *headingReader, h *inspect.Heading, text string) error { h.Note = text; return nil }},
	{"source", "自动归集 来源", 20, func(_ *headingReader, h *inspect.Heading, text string) error {
		if text == "" {
			return nil
		}
		if s, ok := sourceNames[text]; ok {
			h.Source = s
			return nil
		}
		return h.Source.UnmarshalText([]byte(text))
	}},
	{"detail", "归集种类", 20, func(_ *headingReader, h *inspect.Heading, text string) error {
		h.Detail = text
		if err := checkSource(h); err != nil {
			return errors.New("the source gives no such thing")
		}
		return nil
	}},
	{"least", "份数 最少份数", 5, func(_ *headingReader, h *inspect.Heading, text string) error {
		return number(&h.Least, text, mostLeast)
	}},
	{"units", "责任单位 报送单位 单位", 2000, func(r *headingReader, h *inspect.Heading, text string) error { return r.namedUnits(h, text) }},
	{"keep_years", "保管年限 保管期限", 5, func(_ *headingReader, h *inspect.Heading, text string) error {
		return number(&h.KeepYears, strings.TrimSuffix(strings.TrimPrefix(text, "永久"), "年"), MostKeepYears)
	}},
}

// Bounds of what a heading wants.
const (
	mostLeast     = 1000
	MostKeepYears = 100 // for ever is 0
)

func filled(text string) error {
	if text == "" {
		return errors.New("is empty")
	}
	return nil
}

// number reads a whole number; nothing is 0.
func number(into *int, text string, most int) (err error) {
	if text == "" {
		return nil
	}
	if *into, err = strconv.Atoi(text); err != nil || *into < 0 || *into > most {
		return fmt.Errorf("want a whole number from 0 to %d", most)
	}
	return nil
}

// headingReader reads a table of headings. What stands above a heading is told by its number: 1.2 lies below 1.
type headingReader struct {
	places.TableFaults
	units map[string][]inspect.ID
	known map[string]inspect.Heading // by number
	rows  []inspect.Heading
	met   map[string]int // number → row
}

func (r *headingReader) namedUnits(h *inspect.Heading, text string) error {
	for name := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune(";；、,，", c) }) {
		name = strings.TrimSpace(name)
		switch found := r.units[name]; {
		case name == "":
		case len(found) != 1:
			return fmt.Errorf("%d units are called %s", len(found), name)
		case slices.Contains(h.Units, found[0]):
			return fmt.Errorf("%s is named twice", name)
		default:
			h.Units = append(h.Units, found[0])
		}
	}
	return nil
}

// ImportHeadings takes a table of headings: all of it or, if something is wrong anywhere, nothing. A number that is there is changed, the same table again
// changes nothing; what the table does not name stays.
func (svc *Service) ImportHeadings(ctx context.Context, a *inspect.Actor, file places.TableFile) (n places.CatalogueImport, err error) {
	if !a.MayThroughout(inspect.MayArchive, inspect.Jurisdiction{}) {
		return n, inspect.ErrForbidden
	}
	r := headingReader{units: map[string][]inspect.ID{}, met: map[string]int{}}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error { return r.know(ctx, tx) }); err != nil {
		return n, err
	}
	if err := r.table(ctx, svc.tables, file); err != nil {
		return n, err
	}
	if err := r.Err(); err != nil {
		return n, err
	}
	for part := range slices.Chunk(r.rows, importChunk) {
		var done places.CatalogueImport
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			done, err = r.importSome(ctx, tx, a, part)
			return err
		}); err != nil {
			return n, err
		}
		n.Added, n.Changed, n.Same = n.Added+done.Added, n.Changed+done.Changed, n.Same+done.Same
	}
	return n, nil
}

// table reads all rows, those above before those below, and notes everything that is wrong.
func (r *headingReader) table(ctx context.Context, read table.Reader, file places.TableFile) error {
	var columns []table.Column
	for _, c := range headingColumns {
		columns = append(columns, table.Column{Name: c.name, Also: strings.Fields(c.also), Needed: c.name == "number" || c.name == "title"})
	}
	if err := places.ReadRows(ctx, read, file, columns, r.row, r.Fail); err != nil {
		return err
	}
	if len(r.rows) > mostHeadings {
		r.Fail(1, "", fmt.Sprintf("want at most %d headings", mostHeadings))
	}
	slices.SortStableFunc(r.rows, func(a, b inspect.Heading) int { return inspect.CompareHeadings(&a, &b) })
	return nil
}

// importChunk is how many headings are written together: others wait for it no longer than 100 ms.
const importChunk = 50

// importSome writes some rows below those that were written before; one that is there is changed, but stays switched on or off.
func (r *headingReader) importSome(ctx context.Context, tx *store.Tx, a *inspect.Actor, part []inspect.Heading) (n places.CatalogueImport, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return n, err
	}
	all, err := tx.Headings(ctx)
	if err != nil {
		return n, err
	}
	r.knows(all)
	for _, h := range part {
		if above, there := r.known[parentNumber(h.Number)]; there {
			h.Parent = above.ID
		}
		if old, there := r.known[h.Number]; there {
			h.ID, h.Enabled = old.ID, old.Enabled
		}
		saved, repeated, created, err := putHeading(ctx, tx, a, all, h)
		if err != nil {
			return n, err
		}
		if n.Count(repeated, created); created {
			all = append(all, saved)
		}
		r.known[h.Number] = saved
	}
	return n, nil
}

// know reads what rows may name.
func (r *headingReader) know(ctx context.Context, tx *store.Tx) error {
	units, err := tx.Units(ctx)
	if err != nil {
		return err
	}
	for _, u := range units {
		r.units[u.Name] = append(r.units[u.Name], u.ID)
	}
	return nil
}

// knows finds headings by their numbers, which those without have none to be found by.
func (r *headingReader) knows(all []inspect.Heading) {
	r.known = map[string]inspect.Heading{}
	for _, h := range all {
		if h.Number != "" {
			r.known[h.Number] = h
		}
	}
}

func (r *headingReader) row(row *table.Record) {
	h := inspect.Heading{ID: inspect.NewID(), Enabled: true}
	before := r.Count()
	for _, c := range headingColumns {
		r.Cell(row, c.name, c.most, func(text string) error { return c.read(r, &h, text) })
	}
	if r.Count() > before {
		return
	}
	if len(h.Units) > 0 && h.Source != "" {
		r.Fail(row.N, "units", "nobody brings anything to a heading that fills itself")
	}
	if first := r.met[h.Number]; first > 0 {
		r.Fail(row.N, "number", fmt.Sprintf("stands in row %d as well", first))
	}
	r.met[h.Number] = row.N
	r.rows = append(r.rows, h)
}

// parentNumber is the number above another one: 1.2 above 1.2.3, nothing above 1.
func parentNumber(number string) string {
	at := strings.LastIndexAny(strings.TrimRight(number, "."), ".-")
	if at < 0 {
		return ""
	}
	return number[:at]
}
