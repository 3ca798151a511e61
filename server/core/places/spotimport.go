package places

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Bounds of an import of places.
const (
	importRows  = 10_000
	importChunk = 50  // rows of a transaction: others wait for it no longer than 100 ms
	importTold  = 100 // faults that are named

)

// spotColumns are the columns of a table of places, in order, each with its most characters.
var spotColumns = []struct {
	name string
	most int
	read func(*spotReader, *inspect.Spot, string) error
}{
	{"kind", 40, func(r *spotReader, v *inspect.Spot, text string) error {
		if err := v.Kind.UnmarshalText([]byte(text)); err != nil {
			return err
		}
		if !inspect.KnownKind(v.Kind, r.kinds) {
			return errors.New("the city has no such kind of place")
		}
		return nil
	}},
	{"number", 50, func(_ *spotReader, v *inspect.Spot, text string) error { v.Number = text; return filled(text) }},
	{"name", 100, func(_ *spotReader, v *inspect.Spot, text string) error { v.Name = text; return filled(text) }},
	{"lat", 30, func(_ *spotReader, v *inspect.Spot, text string) error {
		return degrees(text, 90, &v.OriginalPoint.Lat)
	}},
	{"lon", 30, func(_ *spotReader, v *inspect.Spot, text string) error {
		return degrees(text, 180, &v.OriginalPoint.Lon)
	}},
	{"datum", 10, func(_ *spotReader, v *inspect.Spot, text string) error { return v.Datum.UnmarshalText([]byte(text)) }},
	{"area", 30, func(r *spotReader, v *inspect.Spot, text string) error { return r.areas.find(text, "code", &v.Area) }},
	{"unit", 100, func(r *spotReader, v *inspect.Spot, text string) error { return r.units.find(text, "name", &v.Unit) }},
	{"contact", 200, func(_ *spotReader, v *inspect.Spot, text string) error { v.Contact = text; return nil }},
	{"contractor", 100, func(_ *spotReader, v *inspect.Spot, text string) error { v.Contractor = text; return onlySite(v, text) }},
	{"permit", 100, func(_ *spotReader, v *inspect.Spot, text string) error { v.Permit = text; return onlySite(v, text) }},
	{"vehicles", 2000, func(_ *spotReader, v *inspect.Spot, text string) error { return plates(v, text) }},
	{"valid_from", 10, func(_ *spotReader, v *inspect.Spot, text string) error { return v.From.UnmarshalText([]byte(text)) }},
	{"valid_to", 10, func(_ *spotReader, v *inspect.Spot, text string) error {
		if text == "" {
			return nil
		}
		if err := v.To.UnmarshalText([]byte(text)); err != nil {
			return err
		}
		if v.To < v.From {
			return errors.New("before valid_from")
		}
		return nil
	}},
}

func filled(text string) error {
	if text == "" {
		return errors.New("is empty")
	}
	return nil
}

func degrees(text string, most float64, into *float64) (err error) {
	if *into, err = strconv.ParseFloat(text, 64); err != nil || !(*into >= -most && *into <= most) {
		return fmt.Errorf("want degrees from -%.0f to %.0f", most, most)
	}
	return nil
}

func onlySite(v *inspect.Spot, text string) error {
	if text != "" && v.Kind != inspect.ConstructionSite {
		return errors.New("only a construction site has this")
	}
	return nil
}

// maxPlates is how many vehicles a construction site has.
const maxPlates = 100

func plates(v *inspect.Spot, text string) error {
	for plate := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '；' }) {
		if plate = strings.TrimSpace(plate); plate != "" {
			v.Vehicles = append(v.Vehicles, plate)
		}
		if len([]rune(plate)) > 20 || len(v.Vehicles) > maxPlates {
			return errors.New("want at most 100 plates of 20 characters, with semicolons between")
		}
	}
	return onlySite(v, text)
}

// byText finds a row of a register by a text that people know it by.
type byText map[string][]inspect.ID

func (m byText) find(text, what string, into *inspect.ID) error {
	found := m[text]
	switch {
	case text == "":
	case len(found) == 0:
		return errors.New("there is none with this " + what)
	case len(found) > 1:
		return fmt.Errorf("%d have this %s", len(found), what)
	default:
		*into = found[0]
	}
	return nil
}

// spotReader reads a table of places.
type spotReader struct {
	kinds        []inspect.LocalKind
	areas, units byText
	spots        []inspect.Spot
	wrong        []fault.Field
	met          map[string]int // kind and number → row
}

// ImportSpots takes a table of places: all of it or, if something is wrong anywhere, nothing. It writes fifty rows at a
// time; the same table again changes nothing, and goes on where a first one stopped.
func (svc *Service) ImportSpots(ctx context.Context, a *inspect.Actor, table []byte) (n CatalogueImport, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return n, inspect.ErrForbidden
	}
	r := spotReader{areas: byText{}, units: byText{}, met: map[string]int{}}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error { return svc.known(ctx, tx, &r) }); err != nil {
		return n, err
	}
	if r.table(table); len(r.wrong) > 0 {
		return n, inspect.ErrContent.At(r.wrong[:min(len(r.wrong), importTold)]...)
	}
	for part := range slices.Chunk(r.spots, importChunk) {
		var done CatalogueImport
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			done, err = svc.importSome(ctx, tx, a.ID, part)
			return err
		}); err != nil {
			return n, err
		}
		n.Added, n.Changed, n.Same = n.Added+done.Added, n.Changed+done.Changed, n.Same+done.Same
	}
	return n, nil
}

// known is what the rows of a table may name.
func (svc *Service) known(ctx context.Context, tx *store.Tx, r *spotReader) error {
	kinds, err := PlaceKinds.In(ctx, tx)
	if err != nil {
		return err
	}
	r.kinds = kinds
	areas, err := tx.Areas(ctx)
	if err != nil {
		return err
	}
	for _, v := range areas {
		r.areas[v.Code] = append(r.areas[v.Code], v.ID)
	}
	units, err := tx.Units(ctx)
	for _, u := range units {
		r.units[u.Name] = append(r.units[u.Name], u.ID)
	}
	return err
}

// importSome writes some rows; whoever is there under the same kind and number is changed, but stays switched on or off.
func (svc *Service) importSome(ctx context.Context, tx *store.Tx, by inspect.ID, part []inspect.Spot) (n CatalogueImport, err error) {
	for _, v := range part {
		old, ok, err := tx.SpotNumbered(ctx, v.Kind, v.Number)
		if err != nil {
			return n, err
		}
		if v.ID, v.Enabled = inspect.NewID(), true; ok {
			v.ID, v.Enabled = old.ID, old.Enabled
		}
		switch _, repeated, created, err := svc.putSpot(ctx, tx, by, v); {
		case err != nil:
			return n, err
		case created:
			n.Added++
		case repeated:
			n.Same++
		default:
			n.Changed++
		}
	}
	return n, nil
}

func (r *spotReader) fail(row int, column, detail string) {
	at := fmt.Sprintf("/%d", row)
	if column != "" {
		at += "/" + column
	}
	r.wrong = append(r.wrong, fault.Field{Pointer: at, Detail: detail})
}

// table reads all rows and notes everything that is wrong.
func (r *spotReader) table(raw []byte) {
	if !utf8.Valid(raw) {
		r.fail(1, "", "the table is not UTF-8: save it as CSV UTF-8")
		return
	}
	t := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	t.FieldsPerRecord = -1
	var header []string
	for _, c := range spotColumns {
		header = append(header, c.name)
	}
	for row := 1; ; row++ {
		fields, err := t.Read()
		switch {
		case errors.Is(err, io.EOF) && row > 1:
			return
		case err != nil:
			r.fail(row, "", "cannot be read as CSV")
			return
		case row == 1 && !slices.Equal(fields, header):
			r.fail(row, "", "want the columns "+strings.Join(header, ","))
			return
		case row > importRows+1:
			r.fail(row, "", fmt.Sprintf("a table has at most %d rows", importRows))
			return
		case row > 1:
			r.row(row, fields)
		}
	}
}

func (r *spotReader) row(row int, fields []string) {
	if len(fields) != len(spotColumns) {
		r.fail(row, "", fmt.Sprintf("want %d columns, not %d", len(spotColumns), len(fields)))
		return
	}
	var v inspect.Spot
	before := len(r.wrong)
	for n, c := range spotColumns {
		text := strings.TrimSpace(fields[n])
		if len([]rune(text)) > c.most || strings.ContainsFunc(text, func(c rune) bool { return c < 32 || c == 127 }) {
			r.fail(row, c.name, fmt.Sprintf("want at most %d characters, none of control", c.most))
		} else if err := c.read(r, &v, text); err != nil {
			r.fail(row, c.name, err.Error())
		}
	}
	if len(r.wrong) > before {
		return
	}
	if v.OriginalPoint == (geo.Point{}) {
		r.fail(row, "lat", "0, 0 is no position")
	}
	key := string(v.Kind) + "/" + v.Number
	if first := r.met[key]; first > 0 {
		r.fail(row, "number", fmt.Sprintf("stands in row %d as well", first))
	}
	r.met[key] = row
	r.spots = append(r.spots, v)
}
