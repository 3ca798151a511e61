package store

import (
	"context"
	"slices"
	"strings"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
)

// Course is what figures keep of an issue: its moments, and what lists and sums ask of the course that they make.
type Course struct {
	Moments []closure.Moment
	Index   CourseIndex
}

// CourseIndex is what is looked up of a course without its moments. Times are 0 for none.
type CourseIndex struct {
	Category   string
	Area       inspect.ID
	Unit       inspect.ID // that held it at the deadline
	Holder     inspect.ID // that has it
	Status     inspect.Status
	Own        bool
	Counted    bool // it can be due
	Summable   bool // daily sums tell what it counts for
	ReceivedAt inspect.Time
	UntilAt    inspect.Time // the last moment at which something of it counts, far away while it is open
	StepsAt    inspect.Time // the last limit of a step of the office or an inspector
	DueAt      inspect.Time
	DueDay     calendar.Day
	OverdueAt  inspect.Time // when it is overdue without a fix, far away where that was overturned
	LongAt     inspect.Time // when it is long overdue without a fix, by the calendar of this fingerprint, far away for never
	Calendar   int64
	HeldUntil  inspect.Time
	FixedAt    inspect.Time // of the fix that stands
	FailedAt   inspect.Time // when the last fix that does not stand ended
	GoneAt     inspect.Time // closed
	LastAt     inspect.Time // the last of its moments: from then on it is as it is now
	Standing   int64        // what it counts for once it is due, a bit for each count
	ToFix      int64        // milliseconds from assignment to the fix that stands, -1 where it is not disposed
	Found      int64        // from discovery
}

const courseFields = `moments, category, area, unit, holder, status, own, counted, summable, received_at, until_at, steps_at, due_at, due_day, overdue_at, long_at,
	calendar, held_until, fixed_at, failed_at, gone_at, last_at, standing, to_fix, found`

func (x *CourseIndex) pointers() []any {
	return []any{&x.Category, (*uid)(&x.Area), (*uid)(&x.Unit), (*uid)(&x.Holder), &x.Status, &x.Own, &x.Counted, &x.Summable, &x.ReceivedAt, &x.UntilAt,
		&x.StepsAt, &x.DueAt, &x.DueDay, &x.OverdueAt, &x.LongAt, &x.Calendar, &x.HeldUntil, &x.FixedAt, &x.FailedAt, &x.GoneAt, &x.LastAt, &x.Standing, &x.ToFix, &x.Found}
}

// CourseColumns are the columns of a course, in the order of Row.
func CourseColumns() (all []string) {
	for name := range strings.SplitSeq(courseFields, ",") {
		all = append(all, strings.TrimSpace(name))
	}
	return all
}

// Row is a course as it is kept.
func (c *Course) Row() []any {
	x := &c.Index
	return []any{closure.AppendMoments(nil, c.Moments), x.Category, bytesOf(x.Area), bytesOf(x.Unit), bytesOf(x.Holder), string(x.Status), x.Own, x.Counted, x.Summable,
		int64(x.ReceivedAt),
		int64(x.UntilAt), int64(x.StepsAt), int64(x.DueAt), int(x.DueDay), int64(x.OverdueAt), int64(x.LongAt), x.Calendar, int64(x.HeldUntil),
		int64(x.FixedAt), int64(x.FailedAt), int64(x.GoneAt), int64(x.LastAt), x.Standing, x.ToFix, x.Found}
}

// Moments gives the moments of an issue that figures keep, in the order of its record; nil for none.
func (tx *Tx) Moments(ctx context.Context, i *IssueRow) (all []closure.Moment, err error) {
	var text []byte
	if ok, err := ignoreNoRows(tx.row(ctx, "SELECT moments FROM figure_course WHERE issue = ?", i.id).Scan(&text)); !ok {
		return nil, err
	}
	return closure.ReadMoments(text)
}

// SaveCourse keeps the moments of an issue and what is looked up of them.
func (tx *Tx) SaveCourse(ctx context.Context, i *IssueRow, c *Course) error {
	values := append([]any{i.id}, c.Row()...)
	return tx.exec(ctx, "INSERT INTO figure_course (issue, "+courseFields+") VALUES ("+marks(len(values))+") ON CONFLICT (issue) DO UPDATE SET "+
		courseUpdates, values...)
}

// courseUpdates replaces all fields of a row.
var courseUpdates = func() string {
	var all []string
	for _, name := range CourseColumns() {
		all = append(all, name+" = excluded."+name)
	}
	return strings.Join(all, ", ")
}()

// IssueCourse is the course of an issue.
type IssueCourse struct {
	Issue   inspect.ID
	Number  string
	Moments []closure.Moment
}

const courseColumns = "SELECT i.uid, i.number, c.moments FROM figure_course c JOIN issue i ON i.id = c.issue WHERE "

func scanCourse(r scanner) (c IssueCourse, err error) {
	var text []byte
	if err := r.Scan((*uid)(&c.Issue), &c.Number, &text); err != nil {
		return c, err
	}
	c.Moments, err = closure.ReadMoments(text)
	return c, err
}

func (tx *Tx) eachCourse(ctx context.Context, f func(*IssueCourse) error, where string, args ...any) error {
	return tx.each(ctx, func(r scanner) error {
		c, err := scanCourse(r)
		if err != nil {
			return err
		}
		return f(&c)
	}, courseColumns+where, args...)
}

// EachCourseIn calls f for every course that may count in the time from one moment up to another, in the order in which they were received.
func (tx *Tx) EachCourseIn(ctx context.Context, from, to inspect.Time, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "c.until_at >= ? AND c.received_at < ? ORDER BY c.issue", int64(from), int64(to))
}

// EachMomentsIn calls f for the moments of what EachCourseIn gives, in no order, without a look at the issues.
func (tx *Tx) EachMomentsIn(ctx context.Context, from, to inspect.Time, f func([]closure.Moment) error) error {
	return tx.eachMoments(ctx, f, "until_at >= ? AND received_at < ?", int64(from), int64(to))
}

// EachMomentsOf calls f for the moments of some issues, in no order.
func (tx *Tx) EachMomentsOf(ctx context.Context, issues []int64, f func([]closure.Moment) error) error {
	for some := range slices.Chunk(issues, 500) {
		if err := tx.eachMoments(ctx, f, "issue IN ("+marks(len(some))+")", anyOf(some)...); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) eachMoments(ctx context.Context, f func([]closure.Moment) error, where string, args ...any) error {
	return tx.each(ctx, func(r scanner) error {
		var text []byte
		if err := r.Scan(&text); err != nil {
			return err
		}
		all, err := closure.ReadMoments(text)
		if err != nil {
			return err
		}
		return f(all)
	}, "SELECT moments FROM figure_course WHERE "+where, args...)
}

// EachSingleCourseIn is EachCourseIn for those that daily sums do not tell, and that are as they were at a moment.
func (tx *Tx) EachSingleCourseIn(ctx context.Context, from, to, at inspect.Time, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "NOT c.summable AND c.until_at >= ? AND c.received_at < ? AND +c.last_at <= ?", int64(from), int64(to), int64(at))
}

// EachCourseSince calls f for the moments of every course that was received before a moment and is not as it was at another one, in no order.
func (tx *Tx) EachCourseSince(ctx context.Context, at, before inspect.Time, f func([]closure.Moment) error) error {
	return tx.eachMoments(ctx, f, "last_at > ? AND received_at < ?", int64(at), int64(before))
}

// EachCourseWithSteps calls f for every course with a step of the office or an inspector whose limit is after a moment at which it was as it is now,
// and that sums tell.
func (tx *Tx) EachCourseWithSteps(ctx context.Context, at inspect.Time, f func([]closure.Moment) error) error {
	return tx.eachMoments(ctx, f, "summable AND steps_at > ? AND +last_at <= ?", int64(at), int64(at))
}

// StoredCourse is a course as it is kept.
type StoredCourse struct {
	Issue  inspect.ID
	Number string
	Kept   []byte // moments as closure.AppendMoments writes them
	Index  CourseIndex
}

// CoursesBetween gives the courses of the issues after one id up to another, by issue; without the other up to the end.
func (tx *Tx) CoursesBetween(ctx context.Context, after, upTo inspect.ID) ([]StoredCourse, error) {
	q, args := "WHERE i.uid > ?", []any{after[:]}
	if !upTo.IsZero() {
		q, args = q+" AND i.uid <= ?", append(args, upTo[:])
	}
	return list(ctx, tx, func(r scanner) (k StoredCourse, err error) {
		err = r.Scan(append([]any{(*uid)(&k.Issue), &k.Number, &k.Kept}, k.Index.pointers()...)...)
		return k, err
	}, "SELECT i.uid, i.number, c."+strings.Join(CourseColumns(), ", c.")+" FROM figure_course c JOIN issue i ON i.id = c.issue "+q+" ORDER BY i.uid", args...)
}

// IssuesWithoutCourse gives some issues that figures do not know yet, after the one with a number, and the number to go on after.
func (tx *Tx) IssuesWithoutCourse(ctx context.Context, after int64, limit int) (ids []inspect.ID, next int64, err error) {
	err = tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		if err := r.Scan(&next, (*uid)(&id)); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	}, "SELECT i.id, i.uid FROM issue i WHERE i.id > ? AND NOT EXISTS (SELECT 1 FROM figure_course c WHERE c.issue = i.id) ORDER BY i.id LIMIT ?", after, limit)
	return ids, next, err
}
