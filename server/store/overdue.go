package store

import (
	"context"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
)

// Overdue is the day on which a fact is due, when it becomes long overdue, and the mark of the calendar that says so; nothing of one that does
// not count.
type Overdue struct {
	Day           calendar.Day
	LongOverdueAt inspect.Time
	Calendar      int64
}

// unfixed are the facts of which time alone changes what they count for.
const unfixed = "counted AND fixed_at = 0 AND NOT own"

// EachUnfixedFact calls f for the facts without a fix of which the sums of LongOverdue say nothing: those on hold at a moment, and those that were
// worked out by another calendar. They hold what their cells need and no more.
func (tx *Tx) EachUnfixedFact(ctx context.Context, now inspect.Time, mark int64, f func(*closure.Fact)) error {
	const columns = "SELECT category, area, unit, due_at, time_limit, limit_unit, held_until, extended, reworks, false_fixes FROM figure_fact WHERE " + unfixed
	scan := func(r scanner) error {
		fact := closure.Fact{Last: true, Status: inspect.Assigned}
		var unit inspect.ID
		err := r.Scan(&fact.Category, (*uid)(&fact.Area), (*uid)(&unit), &fact.DueAt, &fact.Limit.N, &fact.Limit.Unit, &fact.HeldUntil,
			&fact.Extended, &fact.Reworks, &fact.FalseFixes)
		if err == nil {
			fact.Holders = []closure.Holder{{Unit: unit}}
			f(&fact)
		}
		return err
	}
	if err := tx.each(ctx, scan, columns+" AND held_until > 0 AND held_until > ? AND calendar = ?", int64(now), mark); err != nil {
		return err
	}
	if err := tx.each(ctx, scan, columns+" AND calendar < ?", mark); err != nil {
		return err
	}
	return tx.each(ctx, scan, columns+" AND calendar > ?", mark)
}

const longOverdue = " FROM figure_fact WHERE " + unfixed + " AND calendar = ? AND due_day < ? AND long_at < ? AND held_until <= ? GROUP BY "

// LongOverdue calls f for each unit and category with how many facts are long overdue at a moment, of those due before a day.
func (tx *Tx) LongOverdue(ctx context.Context, now inspect.Time, mark int64, to calendar.Day, f func(unit inspect.ID, category string, n int64)) error {
	return tx.each(ctx, func(r scanner) error {
		var unit inspect.ID
		var category string
		var n int64
		if err := r.Scan((*uid)(&unit), &category, &n); err != nil {
			return err
		}
		f(unit, category, n)
		return nil
	}, "SELECT unit, category, count(*)"+longOverdue+"unit, category", mark, int(to), int64(now), int64(now))
}

// LongOverdueDays is LongOverdue of all, by the day on which they were due.
func (tx *Tx) LongOverdueDays(ctx context.Context, now inspect.Time, mark int64, to calendar.Day, f func(due calendar.Day, n int64)) error {
	return tx.each(ctx, func(r scanner) error {
		var due calendar.Day
		var n int64
		if err := r.Scan(&due, &n); err != nil {
			return err
		}
		f(due, n)
		return nil
	}, "SELECT due_day, count(*)"+longOverdue+"due_day", mark, int(to), int64(now), int64(now))
}

// FactsOfOtherCalendar gives at most so many facts without a fix that were worked out by another calendar than the one with this mark.
func (tx *Tx) FactsOfOtherCalendar(ctx context.Context, mark int64, most int) (all []FactDeadline, err error) {
	for _, q := range []string{" AND calendar < ?", " AND calendar > ?"} {
		if err := tx.each(ctx, func(r scanner) error {
			var l FactDeadline
			err := r.Scan(&l.id, &l.DueAt, &l.Limit.N, &l.Limit.Unit)
			all = append(all, l)
			return err
		}, "SELECT id, due_at, time_limit, limit_unit FROM figure_fact WHERE "+unfixed+q+" LIMIT ?", mark, most-len(all)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// FactDeadline is the deadline of a fact, with the limit that led to it.
type FactDeadline struct {
	id    int64
	DueAt inspect.Time
	Limit calendar.Limit
}

// SetOverdue notes when a fact becomes long overdue, unless it has another deadline meanwhile.
func (tx *Tx) SetOverdue(ctx context.Context, l *FactDeadline, o Overdue) error {
	return tx.exec(ctx, "UPDATE figure_fact SET due_day = ?, long_at = ?, calendar = ? WHERE id = ? AND due_at = ? AND time_limit = ? AND limit_unit = ?",
		int(o.Day), int64(o.LongOverdueAt), o.Calendar, l.id, int64(l.DueAt), l.Limit.N, string(l.Limit.Unit))
}
