package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

const spotColumns = `SELECT p.id, p.uid, p.kind, p.name, p.number, p.lat, p.lon, p.cell, p.datum, p.given_lat, p.given_lon,
	(SELECT uid FROM area WHERE id = p.area), (SELECT uid FROM unit WHERE id = p.unit), p.contact, p.contractor, p.permit, p.vehicles,
	p.valid_from, p.valid_to, p.enabled, p.created_at, p.updated_at FROM place p `

// spotRow is a place of the register as the database holds it.
type spotRow struct {
	inspect.Spot
	id, cell int64
}

func scanSpot(r scanner) (v spotRow, err error) {
	var vehicles string
	err = r.Scan(&v.id, (*uid)(&v.ID), &v.Kind, &v.Name, &v.Number, &v.Point.Lat, &v.Point.Lon, &v.cell, &v.Datum, &v.OriginalPoint.Lat, &v.OriginalPoint.Lon,
		(*uid)(&v.Area), (*uid)(&v.Unit), &v.Contact, &v.Contractor, &v.Permit, &vehicles, &v.From, &v.To, &v.Enabled, &v.CreatedAt, &v.UpdatedAt)
	if vehicles != "" {
		v.Vehicles = strings.Split(vehicles, "\n")
	}
	if v.To == forever {
		v.To = ""
	}
	return v, err
}

// EachSpot calls f for every place of the register; misplaced says that its cell is not the one of its position.
func (tx *Tx) EachSpot(ctx context.Context, f func(v inspect.Spot, misplaced bool) error) error {
	return tx.each(ctx, func(r scanner) error {
		v, err := scanSpot(r)
		if err != nil {
			return err
		}
		return f(v.Spot, v.cell != geo.Cell(v.Point))
	}, spotColumns+"ORDER BY p.id")
}

// Spot gives one place of the register; ok is false when there is none.
func (tx *Tx) Spot(ctx context.Context, id inspect.ID) (inspect.Spot, bool, error) {
	v, err := scanSpot(tx.row(ctx, spotColumns+"WHERE p.uid = ?", bytesOf(id)))
	ok, err := ignoreNoRows(err)
	return v.Spot, ok, err
}

// SpotNumbered finds the place of a kind with a number, which is not empty.
func (tx *Tx) SpotNumbered(ctx context.Context, kind inspect.SpotKind, number string) (inspect.Spot, bool, error) {
	v, err := scanSpot(tx.row(ctx, spotColumns+"WHERE p.kind = ? AND p.number = ? AND p.number <> ''", string(kind), number))
	ok, err := ignoreNoRows(err)
	return v.Spot, ok, err
}

// SpotNames gives the names of the places with these ids.
func (tx *Tx) SpotNames(ctx context.Context, ids []inspect.ID) (map[inspect.ID]string, error) {
	marks, args := in(ids)
	names := map[inspect.ID]string{}
	err := tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		var name string
		err := r.Scan((*uid)(&id), &name)
		names[id] = name
		return err
	}, "SELECT uid, name FROM place WHERE uid IN ("+marks+")", args...)
	return names, err
}

// SpotFilter says which places a list holds. What is empty does not filter.
type SpotFilter struct {
	Kind       inspect.SpotKind
	Area, Unit inspect.ID // with all below
	Text       string     // part of the name or the number
	After      int64
	Limit      int
}

// partOf is a pattern of what holds a text, for LIKE with ! as its escape.
func partOf(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(text)) + "%"
}

// SpotsExamined is how many places one page of a list looks at, at the most.
const SpotsExamined = 50_000

// Spots gives places in the order in which they came, after the one at the cursor. The next cursor is 0 at the end only: a page
// that looked at SpotsExamined places may hold few, or none, and goes on.
func (tx *Tx) Spots(ctx context.Context, f SpotFilter) (all []inspect.Spot, next int64, err error) {
	var looked int
	if err := tx.row(ctx, "SELECT count(*), COALESCE(max(id), 0) FROM (SELECT id FROM place WHERE id > ? ORDER BY id LIMIT ?) part", f.After, SpotsExamined).
		Scan(&looked, &next); err != nil {
		return nil, 0, err
	}
	q, args := "WHERE p.id > ? AND p.id <= ?", []any{f.After, next}
	and := func(sql string, more ...any) { q, args = q+" AND "+sql, append(args, more...) }
	if f.Kind != "" {
		and("p.kind = ?", string(f.Kind))
	}
	for _, below := range []struct {
		column string
		tree   Tree
		id     inspect.ID
	}{{"p.area", AreaTree, f.Area}, {"p.unit", UnitTree, f.Unit}} {
		if !below.id.IsZero() {
			and(below.column+" IN ("+subtree(below.tree)+" SELECT id FROM line)", bytesOf(below.id))
		}
	}
	if f.Text != "" {
		part := partOf(f.Text)
		and("(lower(p.name) LIKE ? ESCAPE '!' OR lower(p.number) LIKE ? ESCAPE '!')", part, part)
	}
	last := int64(0)
	all, err = list(ctx, tx, func(r scanner) (inspect.Spot, error) {
		v, err := scanSpot(r)
		last = v.id
		return v.Spot, err
	}, spotColumns+q+" ORDER BY p.id LIMIT ?", append(args, f.Limit)...)
	switch {
	case len(all) == f.Limit:
		next = last
	case looked < SpotsExamined:
		next = 0
	}
	return all, next, err
}

// NearbySpot is a place of the register with its distance in metres.
type NearbySpot struct {
	inspect.Spot
	Metres float64
}

// Bounds of a look around a point.
const (
	nearExamined = 5_000 // places looked at
	nearRanges   = 8     // of cells: those of a small box are few
)

// NearbySpots gives the nearest places that are in use on a day within a radius in metres, of one kind where it is named. It is
// whole unless more than 5,000 places lie so near.
func (tx *Tx) NearbySpots(ctx context.Context, at geo.Point, radiusM float64, kind inspect.SpotKind, on inspect.Date, most int) (near []NearbySpot, whole bool, err error) {
	var parts []string
	var args []any
	for _, r := range geo.CellRanges(geo.BoxAround(at, radiusM), nearRanges) {
		part := "SELECT id FROM place WHERE cell BETWEEN ? AND ?"
		if args = append(args, r.Lo, r.Hi); kind != "" {
			part, args = part+" AND kind = ?", append(args, string(kind))
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return nil, true, nil
	}
	looked := 0
	metres := map[int64]float64{}
	var ids []int64
	err = tx.each(ctx, func(r scanner) error {
		var id int64
		var p geo.Point
		var used bool
		looked++
		err := r.Scan(&id, &p.Lat, &p.Lon, &used)
		if d := geo.Distance(at, p); used && d <= radiusM {
			ids, metres[id] = append(ids, id), d
		}
		return err
	}, "SELECT p.id, p.lat, p.lon, p.enabled AND p.valid_from <= ? AND p.valid_to >= ? FROM (SELECT id FROM ("+strings.Join(parts, " UNION ALL ")+
		") around LIMIT ?) here JOIN place p ON p.id = here.id", append(append([]any{string(on), string(on)}, args...), nearExamined+1)...)
	if err != nil || len(ids) == 0 {
		return nil, looked <= nearExamined, err
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(cmp.Compare(metres[a], metres[b]), cmp.Compare(a, b)) })
	ids = ids[:min(len(ids), most)]
	near, err = tx.spotsAt(ctx, ids, metres)
	return near, looked <= nearExamined, err
}

// spotsAt gives places by the number of their row, in order.
func (tx *Tx) spotsAt(ctx context.Context, ids []int64, metres map[int64]float64) ([]NearbySpot, error) {
	near := make([]NearbySpot, len(ids))
	args := make([]any, len(ids))
	for n, id := range ids {
		args[n] = id
	}
	v := values{column: "p.id", all: padded(args)}
	return near, tx.each(ctx, func(r scanner) error {
		s, err := scanSpot(r)
		if err == nil {
			near[slices.Index(ids, s.id)] = NearbySpot{s.Spot, metres[s.id]}
		}
		return err
	}, spotColumns+"WHERE "+v.sql(), v.all...)
}

// SaveSpot inserts a place of the register or changes the one with its id.
func (tx *Tx) SaveSpot(ctx context.Context, v inspect.Spot) error {
	return tx.exec(ctx, `INSERT INTO place (uid, kind, name, number, lat, lon, cell, datum, given_lat, given_lon, area, unit, contact, contractor, permit, vehicles,
			valid_from, valid_to, enabled, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM area WHERE uid = ?), (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET kind = excluded.kind, name = excluded.name, number = excluded.number, lat = excluded.lat, lon = excluded.lon,
			cell = excluded.cell, datum = excluded.datum, given_lat = excluded.given_lat, given_lon = excluded.given_lon, area = excluded.area,
			unit = excluded.unit, contact = excluded.contact, contractor = excluded.contractor, permit = excluded.permit, vehicles = excluded.vehicles,
			valid_from = excluded.valid_from, valid_to = excluded.valid_to, enabled = excluded.enabled, updated_at = excluded.updated_at`,
		bytesOf(v.ID), string(v.Kind), v.Name, v.Number, v.Point.Lat, v.Point.Lon, geo.Cell(v.Point), string(v.Datum), v.OriginalPoint.Lat, v.OriginalPoint.Lon,
		bytesOf(v.Area), bytesOf(v.Unit), v.Contact, v.Contractor, v.Permit, strings.Join(v.Vehicles, "\n"), string(v.From), ending(v.To), v.Enabled,
		int64(v.CreatedAt), int64(v.UpdatedAt))
}
