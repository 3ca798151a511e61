package store

import (
	"context"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
)

// forever stands for no end of a validity, so that an index by the end finds what goes on.
const forever inspect.Date = "9999-12-31"

// ending is the end of a validity as a column has it.
func ending(d inspect.Date) string {
	if d == "" {
		d = forever
	}
	return string(d)
}

const responsibilityRow = ` r.id, r.uid, r.number, (SELECT uid FROM unit WHERE id = r.unit), (SELECT uid FROM area WHERE id = r.area), r.category, r.grp,
	r.leader, r.contact, r.assisting, r.note, r.valid_from, r.valid_to, r.enabled, r.at_once,
	(SELECT uid FROM person WHERE id = r.leader_person), r.created_at, r.updated_at`

const responsibilityColumns = "SELECT" + responsibilityRow + " FROM responsibility r "

func scanResponsibility(r scanner) (v inspect.Responsibility, err error) {
	_, v, err = scanNumbered(r)
	return v, err
}

func scanNumbered(r scanner) (id int64, v inspect.Responsibility, err error) {
	var assisting string
	if err = r.Scan(&id, (*uid)(&v.ID), &v.Number, (*uid)(&v.Unit), (*uid)(&v.Area), &v.Category, &v.Group, &v.Leader, &v.Contact, &assisting, &v.Note,
		&v.From, &v.To, &v.Enabled, &v.AutoAssign, (*uid)(&v.LeaderID), &v.CreatedAt, &v.UpdatedAt); err != nil {
		return id, v, err
	}
	if v.To == forever {
		v.To = ""
	}
	v.Assisting = idsOf(assisting)
	return id, v, nil
}

// textOf is ids in a column of text; idsOf reads them again. What is none is read as no id, which an audit finds.
func textOf(ids []inspect.ID) string {
	texts := make([]string, len(ids))
	for n, id := range ids {
		texts[n] = id.String()
	}
	return strings.Join(texts, " ")
}

func idsOf(text string) (ids []inspect.ID) {
	for _, part := range strings.Fields(text) {
		id, _ := inspect.ParseID(part)
		ids = append(ids, id)
	}
	return ids
}

// EachResponsibility calls f for every rule.
func (tx *Tx) EachResponsibility(ctx context.Context, f func(inspect.Responsibility) error) error {
	return tx.each(ctx, func(r scanner) error {
		v, err := scanResponsibility(r)
		if err != nil {
			return err
		}
		return f(v)
	}, responsibilityColumns+"ORDER BY r.id")
}

// Responsibilities gives rules in the order in which they came, after the one at the cursor, of a unit and of an area where
// they are named; the next cursor is 0 at the end.
func (tx *Tx) Responsibilities(ctx context.Context, unit, area inspect.ID, after int64, limit int) (all []inspect.Responsibility, next int64, err error) {
	q, args := responsibilityColumns+"WHERE r.id > ?", []any{after}
	if !unit.IsZero() {
		q, args = q+" AND r.unit = (SELECT id FROM unit WHERE uid = ?)", append(args, bytesOf(unit))
	}
	if !area.IsZero() {
		q, args = q+" AND r.area = (SELECT id FROM area WHERE uid = ?)", append(args, bytesOf(area))
	}
	all, err = list(ctx, tx, func(r scanner) (v inspect.Responsibility, err error) {
		next, v, err = scanNumbered(r)
		return v, err
	}, q+" ORDER BY r.id LIMIT ?", append(args, limit)...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// Responsibility gives one rule; ok is false when there is none.
func (tx *Tx) Responsibility(ctx context.Context, id inspect.ID) (v inspect.Responsibility, ok bool, err error) {
	v, err = scanResponsibility(tx.row(ctx, responsibilityColumns+"WHERE r.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// NextResponsibilityNumber draws the number of a new rule.
func (tx *Tx) NextResponsibilityNumber(ctx context.Context) (int64, error) {
	return tx.next(ctx, "responsibility", 1)
}

// SaveResponsibility inserts a rule or changes the one with its id, but for its number.
func (tx *Tx) SaveResponsibility(ctx context.Context, v inspect.Responsibility) error {
	return tx.exec(ctx, `INSERT INTO responsibility (uid, number, unit, area, category, grp, leader, contact, assisting, note, valid_from, valid_to, enabled,
			at_once, leader_person, created_at, updated_at)
		VALUES (?, ?, (SELECT id FROM unit WHERE uid = ?), (SELECT id FROM area WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
			(SELECT id FROM person WHERE uid = ?), ?, ?)
		ON CONFLICT (uid) DO UPDATE SET unit = excluded.unit, area = excluded.area, category = excluded.category, grp = excluded.grp,
			leader = excluded.leader, contact = excluded.contact, assisting = excluded.assisting, note = excluded.note,
			valid_from = excluded.valid_from, valid_to = excluded.valid_to, enabled = excluded.enabled, at_once = excluded.at_once,
			leader_person = excluded.leader_person, updated_at = excluded.updated_at`,
		bytesOf(v.ID), v.Number, bytesOf(v.Unit), bytesOf(v.Area), v.Category, v.Group, v.Leader, v.Contact, textOf(v.Assisting), v.Note, string(v.From), ending(v.To),
		v.Enabled, v.AutoAssign, bytesOf(v.LeaderID), int64(v.CreatedAt), int64(v.UpdatedAt))
}

// CountEquivalentResponsibilities counts the rules that are switched on, do not end before a day, and are about the same area and subject as one.
func (tx *Tx) CountEquivalentResponsibilities(ctx context.Context, v *inspect.Responsibility, on inspect.Date) (n int, err error) {
	err = tx.row(ctx, `SELECT count(*) FROM responsibility r WHERE r.enabled AND r.area = (SELECT id FROM area WHERE uid = ?) AND r.category = ? AND r.grp = ?
		AND r.valid_to >= ? AND r.uid <> ?`, bytesOf(v.Area), v.Category, v.Group, string(on), bytesOf(v.ID)).Scan(&n)
	return n, err
}

// ResponsibilityNames are the names of what a rule is about: its area and its unit.
type ResponsibilityNames struct {
	Area inspect.Area // name and level
	Unit string
}

// ResponsibilitiesFor gives the rules in force on a day for an item of a group in one of some areas, with names by the number of the rule;
// whose unit is switched off is left out. It looks at what the index by area and subject holds for them, and at nothing else.
func (tx *Tx) ResponsibilitiesFor(ctx context.Context, areas []inspect.ID, category, group string, on inspect.Date) (rules []inspect.Responsibility,
	names map[int64]ResponsibilityNames, err error) {
	marks, args := in(areas)
	names = map[int64]ResponsibilityNames{}
	from := "responsibility r"
	if hint := tx.store.dialect.hint; hint != "" { // a missing index is an error there, and no scan
		from += hint + "responsibility_for"
	}
	rules, err = list(ctx, tx, func(r scanner) (v inspect.Responsibility, err error) {
		var n ResponsibilityNames
		v, err = scanResponsibility(more{r, []any{&n.Area.Name, &n.Area.Level, &n.Unit}})
		names[v.Number] = n
		return v, err
	}, "SELECT"+responsibilityRow+", a.name, a.level, u.name FROM area a JOIN "+from+" ON r.area = a.id JOIN unit u ON u.id = r.unit WHERE a.uid IN ("+marks+`)
		AND r.category IN (?, '') AND r.grp IN (?, '') AND r.enabled AND r.valid_to >= ? AND r.valid_from <= ? AND u.enabled`,
		append(args, category, group, string(on), string(on))...)
	return rules, names, err
}

// AreaUnit is a unit that answers for something in an area.
type AreaUnit struct {
	Area, Unit inspect.ID
	Name       string
}

// UnitsOfAreas gives the units in use that rules in force on a day name in some areas, by name.
func (tx *Tx) UnitsOfAreas(ctx context.Context, areas []inspect.ID, on inspect.Date) ([]AreaUnit, error) {
	marks, args := in(areas)
	return list(ctx, tx, func(r scanner) (u AreaUnit, err error) {
		err = r.Scan((*uid)(&u.Area), (*uid)(&u.Unit), &u.Name)
		return u, err
	}, `SELECT a.uid, u.uid, u.name FROM area a JOIN responsibility r ON r.area = a.id JOIN unit u ON u.id = r.unit
		WHERE a.uid IN (`+marks+`) AND r.enabled AND r.valid_to >= ? AND r.valid_from <= ? AND u.enabled GROUP BY a.uid, u.uid, u.name ORDER BY u.name`,
		append(args, string(on), string(on))...)
}

// more reads columns behind those that a scan knows of.
type more struct {
	scanner
	into []any
}

func (m more) Scan(into ...any) error { return m.scanner.Scan(append(into, m.into...)...) }

// rulesInForce are rules on a day whose unit is in use.
const rulesInForce = `r.enabled AND r.valid_to >= ? AND r.valid_from <= ? AND EXISTS (SELECT 1 FROM unit u WHERE u.id = r.unit AND u.enabled)`

// ResponsibilitiesInForce gives the first rules in force on a day; whose unit is switched off is left out.
func (tx *Tx) ResponsibilitiesInForce(ctx context.Context, on inspect.Date, most int) ([]inspect.Responsibility, error) {
	return list(ctx, tx, scanResponsibility, responsibilityColumns+"WHERE "+rulesInForce+" ORDER BY r.id LIMIT ?", string(on), string(on), most)
}

// IssueTally counts issues, but for those that were dismissed or merged.
type IssueTally struct{ All, Open int }

// TallyKey is what is counted: an area and an item of the catalogue.
type TallyKey struct {
	Area     inspect.ID
	Category string
}

// RecentTallies counts the newest issues by area and item; looked is how many there were to look at.
func (tx *Tx) RecentTallies(ctx context.Context, newest int) (all map[TallyKey]IssueTally, looked int, err error) {
	all = map[TallyKey]IssueTally{}
	err = tx.each(ctx, func(r scanner) error {
		var at TallyKey
		var n, counted, open int
		if err := r.Scan((*uid)(&at.Area), &at.Category, &n, &counted, &open); err != nil {
			return err
		}
		looked += n
		all[at] = IssueTally{counted, open}
		return nil
	}, `SELECT (SELECT uid FROM area WHERE id = t.area), COALESCE((SELECT code FROM category WHERE id = t.category), ''), t.n, t.counted, t.open
		FROM (SELECT area, category, count(*) AS n, sum(CASE WHEN status IN ('dismissed', 'merged') THEN 0 ELSE 1 END) AS counted,
			sum(CASE WHEN status IN ('reported', 'assigned', 'fixed') THEN 1 ELSE 0 END) AS open
			FROM (SELECT area, category, status FROM issue ORDER BY id DESC LIMIT ?) newest GROUP BY area, category) t`, newest)
	return all, looked, err
}

// UnknownUnits gives those of some ids that no unit has.
func (tx *Tx) UnknownUnits(ctx context.Context, ids []inspect.ID) ([]inspect.ID, error) {
	known, err := tx.NodeNames(ctx, UnitTree, ids)
	return slices.DeleteFunc(slices.Clone(ids), func(id inspect.ID) bool { _, ok := known[id]; return ok }), err
}
