package store

import (
	"context"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// unfixed are the courses of which time alone changes what they count for.
const unfixed = "status = 'assigned' AND NOT own"

// EachUnfixed calls f for the courses without a fix of which daily sums and LongOverdue do not say all: those on hold at a moment, those that
// failed a verification, and those whose time was worked out by another calendar than the one with this fingerprint. Each may come twice.
func (tx *Tx) EachUnfixed(ctx context.Context, at inspect.Time, fingerprint int64, f func(*IssueCourse) error) error {
	for _, q := range []struct {
		where string
		arg   int64
	}{
		{" AND c.held_until > 0 AND c.held_until > ?", int64(at)}, {" AND c.failed_at > 0 AND c.failed_at > ?", 0},
		{" AND c.calendar < ?", fingerprint}, {" AND c.calendar > ?", fingerprint},
	} {
		if err := tx.eachCourse(ctx, f, "c.status = 'assigned' AND NOT c.own AND c.summable AND +c.last_at <= ?"+q.where, int64(at), q.arg); err != nil {
			return err
		}
	}
	return nil
}

// longOverdue are those long overdue at a moment that never failed a verification and are not on hold, of those due before a day.
const longOverdue = " FROM figure_course WHERE " + unfixed + ` AND summable AND calendar = ? AND due_day < ? AND long_at < ? AND held_until <= ? AND failed_at = 0
	AND +last_at <= ? GROUP BY `

// LongOverdue calls f for each unit and category with how many issues are long overdue at a moment, of those due before a day, but for those
// that EachUnfixed gives.
func (tx *Tx) LongOverdue(ctx context.Context, at inspect.Time, fingerprint int64, to calendar.Day, f func(unit inspect.ID, category string, n int64)) error {
	return tx.each(ctx, func(r scanner) error {
		var unit inspect.ID
		var category string
		var n int64
		if err := r.Scan((*uid)(&unit), &category, &n); err != nil {
			return err
		}
		f(unit, category, n)
		return nil
	}, "SELECT unit, category, count(*)"+longOverdue+"unit, category", fingerprint, int(to), int64(at), int64(at), int64(at))
}

// LongOverdueDays is LongOverdue of all, by the day on which they were due.
func (tx *Tx) LongOverdueDays(ctx context.Context, at inspect.Time, fingerprint int64, to calendar.Day, f func(due calendar.Day, n int64)) error {
	return tx.each(ctx, func(r scanner) error {
		var due calendar.Day
		var n int64
		if err := r.Scan(&due, &n); err != nil {
			return err
		}
		f(due, n)
		return nil
	}, "SELECT due_day, count(*)"+longOverdue+"due_day", fingerprint, int(to), int64(at), int64(at), int64(at))
}

// OpenIssues is how many issues units have to fix.
type OpenIssues struct {
	Holder   inspect.ID // the unit that has them
	Unit     inspect.ID // the unit that had them at their deadline
	Category string
	Open     int64
	OnHold   int64
	Overdue  int64
}

// OpenIssues gives what units have to fix at a moment, by unit and category.
func (tx *Tx) OpenIssues(ctx context.Context, at inspect.Time) ([]OpenIssues, error) {
	return list(ctx, tx, func(r scanner) (o OpenIssues, err error) {
		err = r.Scan((*uid)(&o.Holder), (*uid)(&o.Unit), &o.Category, &o.Open, &o.OnHold, &o.Overdue)
		return o, err
	}, `SELECT holder, unit, category, count(*), COALESCE(sum(CASE WHEN held_until > ? THEN 1 ELSE 0 END), 0),
		COALESCE(sum(CASE WHEN overdue_at < ? THEN 1 ELSE 0 END), 0) FROM figure_course WHERE `+unfixed+` AND +last_at <= ?
		GROUP BY holder, unit, category`, int64(at), int64(at), int64(at))
}

// StandingCounts is how many issues of a unit and category stand alike.
type StandingCounts struct {
	Unit     inspect.ID
	Category string
	Standing int64 // what each counts for, as bits
	Issues   int64
}

// StandingCounts gives what stands at a moment under deadlines after it and before another. What is on hold is left out.
func (tx *Tx) StandingCounts(ctx context.Context, at, to inspect.Time) ([]StandingCounts, error) {
	return list(ctx, tx, func(r scanner) (s StandingCounts, err error) {
		err = r.Scan((*uid)(&s.Unit), &s.Category, &s.Standing, &s.Issues)
		return s, err
	}, `SELECT unit, category, standing, count(*) FROM figure_course WHERE counted AND summable AND due_at > ? AND due_at < ? AND held_until <= ?
		AND +last_at <= ? GROUP BY unit, category, standing`, int64(at), int64(to), int64(at), int64(at))
}

// FixTime is how long a fix took that counts in a period.
type FixTime struct {
	Unit         inspect.ID
	Category     string
	ToFix, Found int64 // milliseconds
}

// EachFixTime calls f for the fixes, as they stood at a moment, of what had its deadline from one moment on before another, and of what had it before
// and was fixed from the first moment on. Of the latter those that had failed a verification are told by their moments, as another fix may have stood then.
func (tx *Tx) EachFixTime(ctx context.Context, from, to, at inspect.Time, f func(*FixTime), failed func(*IssueCourse) error) error {
	scan := func(r scanner) error {
		var t FixTime
		err := r.Scan((*uid)(&t.Unit), &t.Category, &t.ToFix, &t.Found)
		if err == nil {
			f(&t)
		}
		return err
	}
	const columns = "SELECT unit, category, to_fix, found FROM figure_course WHERE counted AND summable AND to_fix >= 0 AND +last_at <= ? AND "
	if err := tx.each(ctx, scan, columns+"due_at >= ? AND due_at < ?", int64(at), int64(from), int64(to)); err != nil {
		return err
	}
	if err := tx.each(ctx, scan, columns+"fixed_at >= ? AND due_at < ? AND failed_at < ?", int64(at), int64(from), int64(from), int64(from)); err != nil {
		return err
	}
	return tx.eachCourse(ctx, failed, "c.counted AND c.summable AND c.to_fix >= 0 AND +c.last_at <= ? AND c.fixed_at >= ? AND c.due_at < ? AND c.failed_at >= ?",
		int64(at), int64(from), int64(from), int64(from))
}

// CoursesOfOtherCalendar gives at most so many courses without a fix whose time was worked out by another calendar than the one with this
// fingerprint, by the ids of their issues.
func (tx *Tx) CoursesOfOtherCalendar(ctx context.Context, fingerprint int64, most int) (all []inspect.ID, err error) {
	for _, q := range []string{" AND c.calendar < ?", " AND c.calendar > ?"} {
		if err := tx.each(ctx, func(r scanner) error {
			var id inspect.ID
			err := r.Scan((*uid)(&id))
			all = append(all, id)
			return err
		}, "SELECT i.uid FROM figure_course c JOIN issue i ON i.id = c.issue WHERE c.status = 'assigned' AND NOT c.own"+q+" LIMIT ?", fingerprint, most-len(all)); err != nil {
			return nil, err
		}
	}
	return all, nil
}
