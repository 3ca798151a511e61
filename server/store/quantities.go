package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

const workColumns = `SELECT w.id, w.uid, w.source, (SELECT uid FROM issue WHERE id = w.issue), (SELECT uid FROM area WHERE id = w.area),
	(SELECT uid FROM unit WHERE id = w.unit), w.category, w.day, w.person, w.received_at FROM work_done w `

type workRow struct {
	inspect.WorkDone
	id int64
}

func scanWork(r scanner) (w workRow, err error) {
	err = r.Scan(&w.id, (*uid)(&w.ID), &w.Source, (*uid)(&w.Issue), (*uid)(&w.Area), (*uid)(&w.Unit), &w.Category, &w.Day, (*uid)(&w.By), &w.At)
	return w, err
}

// InsertWorkDone keeps how much was done at a fix or on a round.
func (tx *Tx) InsertWorkDone(ctx context.Context, w *inspect.WorkDone) error {
	var id int64
	if err := tx.row(ctx, `INSERT INTO work_done (uid, source, issue, area, unit, category, day, person, received_at)
		VALUES (?, ?, (SELECT id FROM issue WHERE uid = ?), (SELECT id FROM area WHERE uid = ?), (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?) RETURNING id`,
		bytesOf(w.ID), string(w.Source), bytesOf(w.Issue), bytesOf(w.Area), bytesOf(w.Unit), w.Category, string(w.Day), bytesOf(w.By), int64(w.At)).Scan(&id); err != nil {
		return err
	}
	for _, q := range w.Quantities {
		if err := tx.exec(ctx, "INSERT INTO quantity (work, kind, amount, counted) VALUES (?, ?, ?, ?)", id, q.Kind, int64(q.Amount), q.Counted); err != nil {
			return err
		}
	}
	return nil
}

// workOf reads work with its quantities, in the order in which it came.
func (tx *Tx) workOf(ctx context.Context, where string, args ...any) (all []inspect.WorkDone, err error) {
	at := map[int64]int{}
	if err := tx.each(ctx, func(r scanner) error {
		w, err := scanWork(r)
		at[w.id] = len(all)
		all = append(all, w.WorkDone)
		return err
	}, workColumns+where+" ORDER BY w.id", args...); err != nil {
		return nil, err
	}
	return all, tx.each(ctx, func(r scanner) error {
		var work int64
		var q inspect.Quantity
		err := r.Scan(&work, &q.Kind, &q.Amount, &q.Counted)
		if n, ok := at[work]; err == nil && ok {
			all[n].Quantities = append(all[n].Quantities, q)
		}
		return err
	}, "SELECT q.work, q.kind, q.amount, q.counted FROM quantity q JOIN work_done w ON w.id = q.work "+where+" ORDER BY q.id", args...)
}

// AllWorkDone gives all that was told of work.
func (tx *Tx) AllWorkDone(ctx context.Context) ([]inspect.WorkDone, error) { return tx.workOf(ctx, "") }

// WorkDoneOf gives what was told of work at some fixes and rounds.
func (tx *Tx) WorkDoneOf(ctx context.Context, ids []inspect.ID) (map[inspect.ID][]inspect.Quantity, error) {
	marks, args := in(ids)
	all, err := tx.workOf(ctx, "WHERE w.uid IN ("+marks+")", args...)
	of := map[inspect.ID][]inspect.Quantity{}
	for _, w := range all {
		of[w.ID] = w.Quantities
	}
	return of, err
}

// WorkOfIssue gives what was told of work at the fixes of an issue.
func (tx *Tx) WorkOfIssue(ctx context.Context, issue inspect.ID) ([]inspect.WorkDone, error) {
	return tx.workOf(ctx, "WHERE w.issue = (SELECT id FROM issue WHERE uid = ?)", bytesOf(issue))
}

// QuantityFilter says which work is summed. What is empty does not filter.
type QuantityFilter struct {
	Area, Unit inspect.ID // with all below
	From, To   inspect.Date
	Source     inspect.QuantitySource
	For        *inspect.Actor // sees only what is theirs to see
}

// QuantitySum is how much was done in a unit, an area, a category or a month.
type QuantitySum struct {
	ID                inspect.ID // of the unit or the area
	Name              string     // of the category, or the month
	Kind              string
	Counted, Reported inspect.Amount
	Times             int // how often it was told
}

// QuantityKey is what quantities are summed by.
type QuantityKey string

// What quantities are summed by.
const (
	SumByUnit     QuantityKey = "unit"
	SumByArea     QuantityKey = "area"
	SumByCategory QuantityKey = "category"
	SumByMonth    QuantityKey = "month"
	SumByDay      QuantityKey = "day"
)

// quantityKeys are the columns of the keys.
var quantityKeys = map[QuantityKey]string{SumByUnit: "(SELECT uid FROM unit WHERE id = w.unit), ''", SumByArea: "(SELECT uid FROM area WHERE id = w.area), ''",
	SumByCategory: "NULL, w.category", SumByMonth: "NULL, substr(w.day, 1, 7)", SumByDay: "NULL, w.day"}

// SumQuantities sums what was done by kind and a key; what was counted on site and what was only reported stand apart.
func (tx *Tx) SumQuantities(ctx context.Context, f QuantityFilter, by QuantityKey) ([]QuantitySum, error) {
	var c condition
	and := func(sql string, args ...any) { c.sql, c.args = c.sql+" AND "+sql, append(c.args, args...) }
	if f.From != "" {
		and("w.day >= ?", string(f.From))
	}
	if f.To != "" {
		and("w.day <= ?", string(f.To))
	}
	if f.Source != "" {
		and("w.source = ?", string(f.Source))
	}
	if !f.Area.IsZero() {
		and("w.area IN ("+subtree(AreaTree)+" SELECT id FROM line)", bytesOf(f.Area))
	}
	if !f.Unit.IsZero() {
		and("w.unit IN ("+subtree(UnitTree)+" SELECT id FROM line)", bytesOf(f.Unit))
	}
	if f.For != nil {
		sql, args := inSightOf(f.For.ID, f.For.RoundGrants(), "w.person", "w.unit", "w.area")
		and(sql, args...)
	}
	return list(ctx, tx, func(r scanner) (s QuantitySum, err error) {
		err = r.Scan((*uid)(&s.ID), &s.Name, &s.Kind, &s.Counted, &s.Reported, &s.Times)
		return s, err
	}, "SELECT "+quantityKeys[by]+`, q.kind, sum(CASE WHEN q.counted THEN q.amount ELSE 0 END), sum(CASE WHEN q.counted THEN 0 ELSE q.amount END), count(*)
		FROM work_done w JOIN quantity q ON q.work = w.id WHERE 1 = 1`+c.sql+" GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", c.args...)
}
