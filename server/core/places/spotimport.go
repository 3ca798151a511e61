package places

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/store"
)

// spotColumns are the columns of a table of places, each with its names in Chinese and its most characters.
var spotColumns = []struct {
	name string
	also string
	most int
	read func(*spotReader, *inspect.Spot, string) error
}{
	{"kind", "类型 场所类型", 40, func(r *spotReader, v *inspect.Spot, text string) error {
		if err := v.Kind.UnmarshalText([]byte(text)); err != nil {
			return err
		}
		if !inspect.KnownKind(v.Kind, r.kinds) {
			return errors.New("the city has no such kind of place")
		}
		return nil
	}},
	{"number", "编号", 50, func(_ *spotReader, v *inspect.Spot, text string) error { v.Number = text; return filled(text) }},
	{"name", "名称", 100, func(_ *spotReader, v *inspect.Spot, text string) error { v.Name = text; return filled(text) }},
	{"lat", "纬度", 30, func(_ *spotReader, v *inspect.Spot, text string) error {
		return degrees(text, 90, &v.OriginalPoint.Lat)
	}},
	{"lon", "经度", 30, func(_ *spotReader, v *inspect.Spot, text string) error {
		return degrees(text, 180, &v.OriginalPoint.Lon)
	}},
	{"datum", "坐标系", 10, func(_ *spotReader, v *inspect.Spot, text string) error { return v.Datum.UnmarshalText([]byte(text)) }},
	{"area", "区域 网格 区域编码", 30, func(r *spotReader, v *inspect.Spot, text string) error { return r.areas.find(text, "code", &v.Area) }},
	{"unit", "单位 责任单位", 100, func(r *spotReader, v *inspect.Spot, text string) error { return r.units.find(text, "name", &v.Unit) }},
	{"contact", "联系方式 联系人", 200, func(_ *spotReader, v *inspect.Spot, text string) error { v.Contact = text; return nil }},
	{"contractor", "施工单位", 100, func(_ *spotReader, v *inspect.Spot, text string) error { v.Contractor = text; return onlySite(v, text) }},
	{"permit", "许可证号", 100, func(_ *spotReader, v *inspect.Spot, text string) error { v.Permit = text; return onlySite(v, text) }},
	{"vehicles", "车牌 车辆", 2000, func(_ *spotReader, v *inspect.Spot, text string) error { return plates(v, text) }},
	{"valid_from", "起始日期 生效日期", 10, func(_ *spotReader, v *inspect.Spot, text string) error { return day(&v.From, text) }},
	{"valid_to", "截止日期 失效日期", 10, func(_ *spotReader, v *inspect.Spot, text string) error {
		if text == "" {
			return nil
		}
		if err := day(&v.To, text); err != nil {
			return err
		}
		if v.To < v.From {
			return errors.New("before valid_from")
		}
		return nil
	}},
}

// day reads a day in any way in which tables write one.
func day(into *inspect.Date, text string) error {
	if at, ok := table.ParseDay(text); ok {
		text = at.Format(time.DateOnly)
	}
	return into.UnmarshalText([]byte(text))
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
	TableFaults
	met map[string]int // kind and number → row
}

// ImportSpots takes a table of places: all of it or, if something is wrong anywhere, nothing. It writes fifty rows at a
// time; the same table again changes nothing, and goes on where a first one stopped.
func (svc *Service) ImportSpots(ctx context.Context, a *inspect.Actor, file TableFile) (n CatalogueImport, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return n, inspect.ErrForbidden
	}
	r := spotReader{areas: byText{}, units: byText{}, met: map[string]int{}}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error { return svc.known(ctx, tx, &r) }); err != nil {
		return n, err
	}
	if err := r.table(ctx, svc.tables, file); err != nil {
		return n, err
	}
	if err := r.Err(); err != nil {
		return n, err
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
		_, repeated, created, err := svc.putSpot(ctx, tx, by, v)
		if err != nil {
			return n, err
		}
		n.Count(repeated, created)
	}
	return n, nil
}

// table reads all rows and notes everything that is wrong.
func (r *spotReader) table(ctx context.Context, read table.Reader, file TableFile) error {
	var columns []table.Column
	for _, c := range spotColumns {
		columns = append(columns, table.Column{Name: c.name, Also: strings.Fields(c.also), Needed: slices.Contains(spotNeeds, c.name)})
	}
	return ReadRows(ctx, read, file, columns, r.row, r.Fail)
}

// spotNeeds are the columns that no table of places goes without.
var spotNeeds = []string{"kind", "number", "name", "lat", "lon", "datum", "valid_from"}

func (r *spotReader) row(row *table.Record) {
	var v inspect.Spot
	before := len(r.wrong)
	for _, c := range spotColumns {
		r.Cell(row, c.name, c.most, func(text string) error { return c.read(r, &v, text) })
	}
	if len(r.wrong) > before {
		return
	}
	if v.OriginalPoint == (geo.Point{}) {
		r.Fail(row.N, "lat", "0, 0 is no position")
	}
	key := string(v.Kind) + "/" + v.Number
	if first := r.met[key]; first > 0 {
		r.Fail(row.N, "number", fmt.Sprintf("stands in row %d as well", first))
	}
	r.met[key] = row.N
	r.spots = append(r.spots, v)
}
