package store

import (
	"context"
	"slices"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// unfixed are the courses of which time alone changes what they count for.
const unfixed = "status = 'assigned' AND NOT own"

// EachUnfixed calls f for the courses without a fix of which daily sums and OpenCourses do not say all: those on hold at a moment, also what a unit reported
// itself, those that failed a verification, and those whose time was worked out by another calendar than the one with this fingerprint. Each may come twice.
func (tx *Tx) EachUnfixed(ctx context.Context, at inspect.Time, fingerprint int64, f func(*IssueCourse) error) error {
	for _, q := range []struct {
		where string
		arg   int64
	}{
		{"c.held_until > 0 AND c.held_until > ?", int64(at)}, {"NOT c.own AND c.failed_at > 0 AND c.failed_at > ?", 0},
		{"NOT c.own AND c.calendar < ?", fingerprint}, {"NOT c.own AND c.calendar > ?", fingerprint},
	} {
		if err := tx.eachCourse(ctx, f, "c.status = 'assigned' AND c.summable AND +c.last_at <= ? AND "+q.where, int64(at), q.arg); err != nil {
			return err
		}
	}
	return nil
}

// OpenCourse is what is looked up of a course that a unit has to fix. Its row is that of now.
type OpenCourse struct {
	Issue     int64
	Holder    inspect.ID // the unit that has it
	Unit      inspect.ID // the unit that had it at its deadline
	Category  string
	DueDay    calendar.Day
	OverdueAt inspect.Time
	LongAt    inspect.Time // by the calendar of this fingerprint
	Calendar  int64
	HeldUntil inspect.Time
	Failed    bool // a verification
	Summable  bool
	LastAt    inspect.Time
}

// OpenCourses gives what units have to fix; of that what changed since sums were folded stands in UnfoldedOpenCourses as well.
func (tx *Tx) OpenCourses(ctx context.Context) ([]OpenCourse, error) { return tx.openCourses(ctx, "") }

// UnfoldedOpenCourses gives of what units have to fix what changed since sums were folded.
func (tx *Tx) UnfoldedOpenCourses(ctx context.Context) ([]OpenCourse, error) {
	return tx.openCourses(ctx, " AND "+unfolded)
}

// OpenCoursesOf gives of what units have to fix what is of some issues.
func (tx *Tx) OpenCoursesOf(ctx context.Context, issues []int64) (all []OpenCourse, err error) {
	for some := range slices.Chunk(issues, 500) {
		part, err := tx.openCourses(ctx, " AND issue IN ("+marks(len(some))+")", anyOf(some)...)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// unfolded are the courses that changed since sums were folded.
const unfolded = "issue IN (SELECT issue FROM figure_delta)"

func (tx *Tx) openCourses(ctx context.Context, where string, args ...any) ([]OpenCourse, error) {
	names := map[string]string{} // one text for each category
	return list(ctx, tx, func(r scanner) (o OpenCourse, err error) {
		var category []byte
		var failed inspect.Time
		err = r.Scan(&o.Issue, (*uid)(&o.Holder), (*uid)(&o.Unit), &category, &o.DueDay, &o.OverdueAt, &o.LongAt, &o.Calendar, &o.HeldUntil, &failed, &o.Summable, &o.LastAt)
		o.Category, o.Failed = oneOf(names, category), failed > 0
		return o, err
	}, `SELECT issue, holder, unit, category, due_day, overdue_at, long_at, calendar, held_until, failed_at, summable, last_at FROM figure_course
		WHERE `+unfixed+where, args...)
}

// oneOf gives a text that many rows have once for all of them.
func oneOf(names map[string]string, text []byte) string {
	name, ok := names[string(text)]
	if !ok {
		name = string(text)
		names[name] = name
	}
	return name
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

// FixTime is how long a fix took that counts in a period. Its row is that of now.
type FixTime struct {
	Issue        int64
	Unit         inspect.ID
	Category     string
	DueAt        inspect.Time
	LastAt       inspect.Time
	Failed       bool  // due before the period and failed in it: another fix may have stood when it began, only its moments tell
	ToFix, Found int64 // milliseconds
}

// FixTimes gives the fixes of what had its deadline from one moment on before another, and of what had it before and was fixed from the first moment
// on; of that what changed since sums were folded stands in UnfoldedFixTimes as well.
func (tx *Tx) FixTimes(ctx context.Context, from, to inspect.Time) ([]FixTime, error) {
	due, err := tx.fixTimes(ctx, "FALSE", "due_at >= ? AND due_at < ?", int64(from), int64(to))
	if err != nil {
		return nil, err
	}
	carried, err := tx.fixTimes(ctx, "failed_at >= ?", "fixed_at >= ? AND due_at < ?", int64(from), int64(from), int64(from))
	return append(due, carried...), err
}

// UnfoldedFixTimes gives of FixTimes what changed since sums were folded.
func (tx *Tx) UnfoldedFixTimes(ctx context.Context, from, to inspect.Time) ([]FixTime, error) {
	return tx.fixTimesWhere(ctx, from, to, unfolded)
}

// FixTimesOf gives of FixTimes what is of some issues.
func (tx *Tx) FixTimesOf(ctx context.Context, from, to inspect.Time, issues []int64) (all []FixTime, err error) {
	for some := range slices.Chunk(issues, 500) {
		part, err := tx.fixTimesWhere(ctx, from, to, "issue IN ("+marks(len(some))+")", anyOf(some)...)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

func (tx *Tx) fixTimesWhere(ctx context.Context, from, to inspect.Time, where string, args ...any) ([]FixTime, error) {
	args = append([]any{int64(from), int64(from)}, args...)
	return tx.fixTimes(ctx, "due_at < ? AND failed_at >= ?", where+" AND +due_at < ? AND (+due_at >= ? OR +fixed_at >= ?)",
		append(args, int64(to), int64(from), int64(from))...)
}

func (tx *Tx) fixTimes(ctx context.Context, failed, where string, args ...any) ([]FixTime, error) {
	names := map[string]string{}
	return list(ctx, tx, func(r scanner) (t FixTime, err error) {
		var category []byte
		err = r.Scan(&t.Issue, (*uid)(&t.Unit), &category, &t.DueAt, &t.LastAt, &t.ToFix, &t.Found, &t.Failed)
		t.Category = oneOf(names, category)
		return t, err
	}, "SELECT issue, unit, category, due_at, last_at, to_fix, found, "+failed+" FROM figure_course WHERE counted AND summable AND to_fix >= 0 AND "+where, args...)
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
