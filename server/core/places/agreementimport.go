package places

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/store"
)

// agreementNames are the kinds of agreements as tables call them.
var agreementNames = map[string]inspect.AgreementKind{"门前三包": "three_fronts", "门前四包": "four_fronts", "责任书": "letter"}

// agreementColumns are the columns of a table of agreements, each with its names in Chinese and its most characters.
var agreementColumns = []struct {
	name string
	also string
	most int
	read func(*agreementReader, *inspect.Agreement, string) error
}{
	{"unit", "单位 责任单位", 100, func(r *agreementReader, v *inspect.Agreement, text string) error {
		return r.units.find(text, "name", &v.Unit)
	}},
	{"place_kind", "类型 场所类型", 40, func(r *agreementReader, _ *inspect.Agreement, text string) error {
		r.place.Kind = ""
		if text == "" {
			return nil
		}
		return r.place.Kind.UnmarshalText([]byte(text))
	}},
	{"place_number", "编号 场所编号", 50, func(r *agreementReader, _ *inspect.Agreement, text string) error {
		if r.place.Number = text; (text == "") != (r.place.Kind == "") {
			return errors.New("a place is named by its kind and its number")
		}
		return nil
	}},
	{"kind", "种类 协议种类", 20, func(_ *agreementReader, v *inspect.Agreement, text string) error {
		if k, ok := agreementNames[text]; ok {
			text = string(k)
		}
		return v.Kind.UnmarshalText([]byte(text))
	}},
	{"signed_on", "签订日期 签约日期", 10, func(_ *agreementReader, v *inspect.Agreement, text string) error { return day(&v.From, text) }},
	{"valid_to", "截止日期 到期日期", 10, func(_ *agreementReader, v *inspect.Agreement, text string) error {
		if text == "" {
			return nil
		}
		if err := day(&v.To, text); err != nil {
			return err
		}
		if v.To < v.From {
			return errors.New("before signed_on")
		}
		return nil
	}},
	{"signed_by", "签订人 签约人", 100, func(_ *agreementReader, v *inspect.Agreement, text string) error { v.SignedBy = text; return nil }},
}

// agreementNeeds are the columns that no table of agreements goes without.
var agreementNeeds = []string{"kind", "signed_on"}

// agreementReader reads a table of agreements.
type agreementReader struct {
	TableFaults
	units byText
	place inspect.Spot // that the row names, by its kind and number
	rows  []agreementRow
	met   map[string]int // subject, kind and day → row
}

// agreementRow is an agreement whose place is known by its kind and number only.
type agreementRow struct {
	n int
	inspect.Agreement
	place inspect.Spot
}

// ImportAgreements takes a table of agreements with places and units: all of it or, if something is wrong anywhere, nothing. It writes fifty rows at
// a time; the same table again changes nothing, and goes on where a first one stopped. Whom it is with, the kind and the day of signing say which
// agreement a row is about.
func (svc *Service) ImportAgreements(ctx context.Context, a *inspect.Actor, file TableFile) (n CatalogueImport, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return n, inspect.ErrForbidden
	}
	r := agreementReader{units: byText{}, met: map[string]int{}}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		units, err := tx.Units(ctx)
		for _, u := range units {
			r.units[u.Name] = append(r.units[u.Name], u.ID)
		}
		return err
	}); err != nil {
		return n, err
	}
	if err := r.table(ctx, svc.tables, file); err != nil {
		return n, err
	}
	if len(r.wrong) == 0 {
		err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error { return r.findPlaces(ctx, tx) })
		if err != nil {
			return n, err
		}
	}
	if err := r.Err(); err != nil {
		return n, err
	}
	for part := range slices.Chunk(r.rows, importChunk) {
		var done CatalogueImport
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			done, err = importAgreements(ctx, tx, a.ID, part)
			return err
		}); err != nil {
			return n, err
		}
		n.Added, n.Changed, n.Same = n.Added+done.Added, n.Changed+done.Changed, n.Same+done.Same
	}
	return n, nil
}

// importAgreements writes some rows; one that is there is changed, but stays switched on or off.
func importAgreements(ctx context.Context, tx *store.Tx, by inspect.ID, part []agreementRow) (n CatalogueImport, err error) {
	for _, row := range part {
		v := row.Agreement
		old, ok, err := tx.AgreementSigned(ctx, &v)
		if err != nil {
			return n, err
		}
		if v.ID, v.Enabled = inspect.NewID(), true; ok {
			v.ID, v.Enabled = old.ID, old.Enabled
		}
		_, repeated, created, err := putAgreement(ctx, tx, by, v)
		if err != nil {
			return n, err
		}
		n.Count(repeated, created)
	}
	return n, nil
}

// table reads all rows and notes everything that is wrong.
func (r *agreementReader) table(ctx context.Context, read table.Reader, file TableFile) error {
	var columns []table.Column
	for _, c := range agreementColumns {
		columns = append(columns, table.Column{Name: c.name, Also: strings.Fields(c.also), Needed: slices.Contains(agreementNeeds, c.name)})
	}
	return ReadRows(ctx, read, file, columns, r.row, r.Fail)
}

func (r *agreementReader) row(row *table.Record) {
	v := agreementRow{n: row.N}
	r.place = inspect.Spot{}
	before := len(r.wrong)
	for _, c := range agreementColumns {
		r.Cell(row, c.name, c.most, func(text string) error { return c.read(r, &v.Agreement, text) })
	}
	if len(r.wrong) > before {
		return
	}
	v.place = r.place
	switch named := r.place.Number != ""; {
	case named != v.Unit.IsZero():
		r.Fail(row.N, "unit", "want a unit, or a place by its kind and number, and not both")
		return
	case !named && v.Kind != "letter":
		r.Fail(row.N, "kind", "a unit signs a letter of responsibility")
		return
	}
	key := fmt.Sprint(v.Unit, v.place.Kind, "/", v.place.Number, "/", v.Kind, "/", v.From)
	if first := r.met[key]; first > 0 {
		r.Fail(row.N, "signed_on", fmt.Sprintf("stands in row %d as well", first))
	}
	r.met[key] = row.N
	r.rows = append(r.rows, v)
}

// findPlaces looks up the places that rows name.
func (r *agreementReader) findPlaces(ctx context.Context, tx *store.Tx) error {
	for n := range r.rows {
		row := &r.rows[n]
		if row.place.Number == "" {
			continue
		}
		spot, ok, err := tx.SpotNumbered(ctx, row.place.Kind, row.place.Number)
		if err != nil {
			return err
		}
		if !ok {
			r.Fail(row.n, "place_number", "the register has no such place")
		}
		row.Spot = spot.ID
	}
	return nil
}
