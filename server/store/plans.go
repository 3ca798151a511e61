package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

const planColumns = `SELECT p.id, p.uid, p.year, (SELECT uid FROM unit WHERE id = p.unit), p.title, p.note, p.planned_from, p.planned_to, p.real_from, p.real_to,
	p.budget_fen, p.milestones, p.hold, p.enabled, p.created_at, p.updated_at FROM plan_task p `

func scanPlan(r scanner) (id int64, t inspect.PlanTask, err error) {
	var milestones, hold string
	if err = r.Scan(&id, (*uid)(&t.ID), &t.Year, (*uid)(&t.Unit), &t.Title, &t.Note, &t.Planned.From, &t.Planned.To, &t.Actual.From, &t.Actual.To,
		&t.BudgetFen, &milestones, &hold, &t.Enabled, &t.CreatedAt, &t.UpdatedAt); err != nil {
		return id, t, err
	}
	err = errors.Join(readJSON(milestones, &t.Milestones), readJSON(hold, &t.Hold))
	return id, t, err
}

// PlanTask gives one task; ok is false when there is none.
func (tx *Tx) PlanTask(ctx context.Context, id inspect.ID) (t inspect.PlanTask, ok bool, err error) {
	_, t, err = scanPlan(tx.row(ctx, planColumns+"WHERE p.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return t, ok, err
}

// PlanTasks gives the tasks of a year in the order in which they came, after the one at the cursor, of a unit with all below where it
// is named; the next cursor is 0 at the end.
func (tx *Tx) PlanTasks(ctx context.Context, year int, unit inspect.ID, after int64, limit int) (all []inspect.PlanTask, next int64, err error) {
	q, args := planColumns+"WHERE p.year = ? AND p.id > ?", []any{year, after}
	if !unit.IsZero() {
		q, args = subtree(UnitTree)+" "+q+" AND p.unit IN (SELECT id FROM line)", append([]any{bytesOf(unit)}, args...)
	}
	all, err = list(ctx, tx, func(r scanner) (t inspect.PlanTask, err error) {
		next, t, err = scanPlan(r)
		return t, err
	}, q+" ORDER BY p.id LIMIT ?", append(args, limit)...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// EachPlanTask calls f for every task; of one that cannot be read with what can.
func (tx *Tx) EachPlanTask(ctx context.Context, f func(inspect.PlanTask) error) error {
	return tx.each(ctx, func(r scanner) error {
		_, t, err := scanPlan(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(t)
	}, planColumns+"ORDER BY p.id")
}

// SavePlanTask inserts a task or changes the one with its id.
func (tx *Tx) SavePlanTask(ctx context.Context, t inspect.PlanTask) error {
	milestones, err := asJSON(&t.Milestones)
	if err != nil {
		return err
	}
	hold := ""
	if t.Hold != (inspect.PlanHoldRequest{}) {
		if hold, err = asJSON(&t.Hold); err != nil {
			return err
		}
	}
	return tx.exec(ctx, `INSERT INTO plan_task (uid, year, unit, title, note, planned_from, planned_to, real_from, real_to, budget_fen, milestones, hold, enabled,
			created_at, updated_at)
		VALUES (?, ?, (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET year = excluded.year, unit = excluded.unit, title = excluded.title, note = excluded.note,
			planned_from = excluded.planned_from, planned_to = excluded.planned_to, real_from = excluded.real_from, real_to = excluded.real_to,
			budget_fen = excluded.budget_fen, milestones = excluded.milestones, hold = excluded.hold, enabled = excluded.enabled, updated_at = excluded.updated_at`,
		bytesOf(t.ID), t.Year, bytesOf(t.Unit), t.Title, t.Note, string(t.Planned.From), string(t.Planned.To), string(t.Actual.From), string(t.Actual.To),
		t.BudgetFen, milestones, hold, t.Enabled, int64(t.CreatedAt), int64(t.UpdatedAt))
}
