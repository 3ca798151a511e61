package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

const agreementColumns = `SELECT g.id, g.uid, (SELECT uid FROM place WHERE id = g.place), (SELECT uid FROM unit WHERE id = g.unit), g.kind, g.signed_on, g.valid_to, g.signed_by,
	g.scan, g.scan_bytes, g.scan_type, g.enabled,
	g.created_at, g.updated_at FROM agreement g `

func scanAgreement(r scanner) (id int64, v inspect.Agreement, err error) {
	err = r.Scan(&id, (*uid)(&v.ID), (*uid)(&v.Spot), (*uid)(&v.Unit), &v.Kind, &v.From, &v.To, &v.SignedBy, &v.Scan.SHA256, &v.Scan.Bytes, &v.Scan.Type, &v.Enabled,
		&v.CreatedAt, &v.UpdatedAt)
	if v.To == forever {
		v.To = ""
	}
	return id, v, err
}

// EachAgreement calls f for every agreement.
func (tx *Tx) EachAgreement(ctx context.Context, f func(inspect.Agreement) error) error {
	return tx.each(ctx, func(r scanner) error {
		_, v, err := scanAgreement(r)
		if err != nil {
			return err
		}
		return f(v)
	}, agreementColumns+"ORDER BY g.id")
}

// Agreement gives one agreement; ok is false when there is none.
func (tx *Tx) Agreement(ctx context.Context, id inspect.ID) (v inspect.Agreement, ok bool, err error) {
	_, v, err = scanAgreement(tx.row(ctx, agreementColumns+"WHERE g.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// AgreementPlace is where a page of agreements ended: the day on which the last one ends where they go by that, and its row.
type AgreementPlace struct {
	Ends inspect.Date
	ID   int64
}

// AgreementFilter says which agreements a list holds. What is empty does not filter.
type AgreementFilter struct {
	Of   Signers
	Spot inspect.ID
	Unit inspect.ID
	Text string // part of the name or number of the place, of the name of the unit, or of who signed
}

// Signers are those with whom agreements are: places, or units.
type Signers string

// Both kinds.
const (
	SignedPlaces Signers = "place"
	SignedUnits  Signers = "unit"
)

// UnmarshalText reads one of them and refuses all else.
func (s *Signers) UnmarshalText(text []byte) error {
	if *s = Signers(text); *s != SignedPlaces && *s != SignedUnits {
		return errors.New("want place or unit")
	}
	return nil
}

// condition holds for agreements g with them.
func (s Signers) condition() string {
	if s == SignedUnits {
		return "g.unit IS NOT NULL"
	}
	return "g.place IS NOT NULL"
}

// Agreements gives agreements in the order in which they came, after a place in the list.
func (tx *Tx) Agreements(ctx context.Context, f AgreementFilter, after AgreementPlace, limit int) ([]inspect.Agreement, AgreementPlace, error) {
	q, args := agreementColumns+"WHERE g.id > ? AND "+f.Of.condition(), []any{after.ID}
	if f.Text != "" {
		part := partOf(f.Text)
		q += ` AND (lower(g.signed_by) LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM place p WHERE p.id = g.place AND
			(lower(p.name) LIKE ? ESCAPE '!' OR lower(p.number) LIKE ? ESCAPE '!')) OR
			EXISTS (SELECT 1 FROM unit u WHERE u.id = g.unit AND lower(u.name) LIKE ? ESCAPE '!'))`
		args = append(args, part, part, part, part)
	}
	if !f.Spot.IsZero() {
		q, args = q+" AND g.place = (SELECT id FROM place WHERE uid = ?)", append(args, bytesOf(f.Spot))
	}
	if !f.Unit.IsZero() {
		q, args = q+" AND g.unit = (SELECT id FROM unit WHERE uid = ?)", append(args, bytesOf(f.Unit))
	}
	return tx.agreements(ctx, limit, q+" ORDER BY g.id LIMIT ?", append(args, limit)...)
}

// AgreementsEnding gives those that hold on a day and end by another one, the earliest end first.
func (tx *Tx) AgreementsEnding(ctx context.Context, of Signers, on, by inspect.Date, after AgreementPlace, limit int) ([]inspect.Agreement, AgreementPlace, error) {
	return tx.agreements(ctx, limit, agreementColumns+`WHERE g.enabled AND `+of.condition()+` AND g.signed_on <= ? AND g.valid_to >= ? AND g.valid_to <= ?
		AND (g.valid_to, g.id) > (?, ?) ORDER BY g.valid_to, g.id LIMIT ?`, string(on), string(max(on, after.Ends)), string(by), string(after.Ends), after.ID, limit)
}

func (tx *Tx) agreements(ctx context.Context, limit int, q string, args ...any) (all []inspect.Agreement, next AgreementPlace, err error) {
	all, err = list(ctx, tx, func(r scanner) (v inspect.Agreement, err error) {
		next.ID, v, err = scanAgreement(r)
		next.Ends = v.To
		return v, err
	}, q, args...)
	if len(all) < limit {
		next = AgreementPlace{}
	}
	return all, next, err
}

// SaveAgreement inserts an agreement or changes the one with its id.
func (tx *Tx) SaveAgreement(ctx context.Context, v inspect.Agreement) error {
	return tx.exec(ctx, `INSERT INTO agreement (uid, place, unit, kind, signed_on, valid_to, signed_by, scan, scan_bytes, scan_type, enabled, created_at, updated_at)
		VALUES (?, (SELECT id FROM place WHERE uid = ?), (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET place = excluded.place, unit = excluded.unit, kind = excluded.kind, signed_on = excluded.signed_on, valid_to = excluded.valid_to,
			signed_by = excluded.signed_by, scan = excluded.scan, scan_bytes = excluded.scan_bytes, scan_type = excluded.scan_type, enabled = excluded.enabled,
				updated_at = excluded.updated_at`,
		bytesOf(v.ID), bytesOf(v.Spot), bytesOf(v.Unit), string(v.Kind), string(v.From), ending(v.To), v.SignedBy, v.Scan.SHA256, v.Scan.Bytes, v.Scan.Type, v.Enabled,
		int64(v.CreatedAt), int64(v.UpdatedAt))
}

// AgreementSigned gives what a place or a unit signed of a kind on a day; ok is false where it did not.
func (tx *Tx) AgreementSigned(ctx context.Context, g *inspect.Agreement) (v inspect.Agreement, ok bool, err error) {
	of, id := "g.place = (SELECT id FROM place WHERE uid = ?)", g.Spot
	if !g.Unit.IsZero() {
		of, id = "g.unit = (SELECT id FROM unit WHERE uid = ?)", g.Unit
	}
	_, v, err = scanAgreement(tx.row(ctx, agreementColumns+"WHERE "+of+" AND g.kind = ? AND g.signed_on = ? ORDER BY g.id LIMIT 1", bytesOf(id), string(g.Kind), string(g.From)))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// signedOn is the condition that a place p has an agreement in force on a day, which it takes twice.
const signedOn = "EXISTS (SELECT 1 FROM agreement g WHERE g.place = p.id AND g.enabled AND g.valid_to >= ? AND g.signed_on <= ?)"

// SpotSigned says whether a place has an agreement in force on a day; no place has none.
func (tx *Tx) SpotSigned(ctx context.Context, spot inspect.ID, on inspect.Date) (signed bool, err error) {
	if spot.IsZero() {
		return false, nil
	}
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM place p WHERE p.uid = ? AND "+signedOn, bytesOf(spot), string(on), string(on)).Scan(new(int)))
}

// coverageExamined is how many places a sum of coverage looks at, at the most.
const coverageExamined = 200_000

// coverage counts the places in use on a day and those of them that signed, by an expression over p.
func (tx *Tx) coverage(ctx context.Context, by string, kind inspect.SpotKind, on inspect.Date, f func(scan func(key any) (inspect.Coverage, error)) error) (whole bool, err error) {
	where, args := "p.enabled AND p.valid_from <= ? AND p.valid_to >= ?", []any{string(on), string(on), string(on), string(on)}
	if kind != "" {
		where, args = where+" AND p.kind = ?", append(args, string(kind))
	}
	n := 0
	err = tx.each(ctx, func(r scanner) error {
		return f(func(key any) (c inspect.Coverage, err error) {
			err = r.Scan(key, &c.Total, &c.Signed)
			n += c.Total
			return c, err
		})
	}, "SELECT "+by+", count(*), sum(CASE WHEN "+signedOn+" THEN 1 ELSE 0 END) FROM (SELECT id, kind, area, unit FROM place p WHERE "+where+" LIMIT ?) p GROUP BY 1",
		append(args, coverageExamined+1)...)
	return n <= coverageExamined, err
}

// CoverageByKind counts the places in use on a day by kind; whole is false when there are more than were looked at.
func (tx *Tx) CoverageByKind(ctx context.Context, on inspect.Date) (all map[inspect.SpotKind]inspect.Coverage, whole bool, err error) {
	all = map[inspect.SpotKind]inspect.Coverage{}
	whole, err = tx.coverage(ctx, "p.kind", "", on, func(scan func(any) (inspect.Coverage, error)) error {
		var kind inspect.SpotKind
		c, err := scan(&kind)
		all[kind] = c
		return err
	})
	return all, whole, err
}

// CoverageIn counts the places in use on a day, of one kind where it is named, by the node of a tree that they name themselves.
func (tx *Tx) CoverageIn(ctx context.Context, t Tree, kind inspect.SpotKind, on inspect.Date) (all map[inspect.ID]inspect.Coverage, whole bool, err error) {
	all = map[inspect.ID]inspect.Coverage{}
	whole, err = tx.coverage(ctx, "(SELECT x.uid FROM "+string(t)+" x WHERE x.id = p."+string(t)+")", kind, on, func(scan func(any) (inspect.Coverage, error)) error {
		var id inspect.ID
		c, err := scan((*uid)(&id))
		all[id] = c
		return err
	})
	return all, whole, err
}

// UnitsSigned are the units in use with an agreement in force on a day.
func (tx *Tx) UnitsSigned(ctx context.Context, on inspect.Date) (map[inspect.ID]bool, error) {
	signed := map[inspect.ID]bool{}
	err := tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		err := r.Scan((*uid)(&id))
		signed[id] = true
		return err
	}, `SELECT u.uid FROM unit u WHERE u.enabled AND
		EXISTS (SELECT 1 FROM agreement g WHERE g.unit = u.id AND g.enabled AND g.valid_to >= ? AND g.signed_on <= ?)`, string(on), string(on))
	return signed, err
}
