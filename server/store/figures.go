package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

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
	Standing   int64        // what it counts for once it is due, a bit for each count
	ToFix      int64        // milliseconds from assignment to the fix that stands, -1 where it is not disposed
	Found      int64        // from discovery
}

const courseFields = `moments, category, area, unit, holder, status, own, counted, summable, received_at, until_at, steps_at, due_at, due_day, overdue_at, long_at,
	calendar, held_until, fixed_at, failed_at, gone_at, standing, to_fix, found`

func (x *CourseIndex) pointers() []any {
	return []any{&x.Category, (*uid)(&x.Area), (*uid)(&x.Unit), (*uid)(&x.Holder), &x.Status, &x.Own, &x.Counted, &x.Summable, &x.ReceivedAt, &x.UntilAt,
		&x.StepsAt, &x.DueAt, &x.DueDay, &x.OverdueAt, &x.LongAt, &x.Calendar, &x.HeldUntil, &x.FixedAt, &x.FailedAt, &x.GoneAt, &x.Standing, &x.ToFix, &x.Found}
}

// CourseColumns are the columns of a course, in the order of Row.
func CourseColumns() (all []string) {
	for name := range strings.SplitSeq(courseFields, ",") {
		all = append(all, strings.TrimSpace(name))
	}
	return all
}

// Row is a course as it is kept.
func (c *Course) Row() ([]any, error) {
	text, err := json.Marshal(c.Moments)
	x := &c.Index
	return []any{string(text), x.Category, bytesOf(x.Area), bytesOf(x.Unit), bytesOf(x.Holder), string(x.Status), x.Own, x.Counted, x.Summable, int64(x.ReceivedAt),
		int64(x.UntilAt), int64(x.StepsAt), int64(x.DueAt), int(x.DueDay), int64(x.OverdueAt), int64(x.LongAt), x.Calendar, int64(x.HeldUntil),
		int64(x.FixedAt), int64(x.FailedAt), int64(x.GoneAt), x.Standing, x.ToFix, x.Found}, err
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
	row, err := c.Row()
	if err != nil {
		return err
	}
	values := append([]any{i.id}, row...)
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

// InsertDelta keeps changes until they are folded into the sums.
func (tx *Tx) InsertDelta(ctx context.Context, all []closure.Delta) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return tx.exec(ctx, "INSERT INTO figure_delta (cells) VALUES (?)", string(text))
}

// Deltas calls f for every change that is not folded yet.
func (tx *Tx) Deltas(ctx context.Context, f func(*closure.Delta)) error {
	return tx.each(ctx, func(r scanner) error {
		var text string
		if err := r.Scan(&text); err != nil {
			return err
		}
		var all []closure.Delta
		if err := readJSON(text, &all); err != nil {
			return err
		}
		for n := range all {
			f(&all[n])
		}
		return nil
	}, "SELECT cells FROM figure_delta ORDER BY id")
}

// The parts of all of which there are sums.
const (
	RollUpAll        = "all"
	RollUpUnits      = "unit"
	RollUpCategories = "category"
	RollUpAreas      = "area"
)

// The grains of sums, each under its first day.
var grains = []struct {
	name  string
	first func(calendar.Day) calendar.Day
}{

	{"year", func(d calendar.Day) calendar.Day { return calendar.DayOf(d.Date().Year(), time.January, 1) }},
	{"month", func(d calendar.Day) calendar.Day { return calendar.DayOf(d.Date().Year(), d.Date().Month(), 1) }},
	{"day", func(d calendar.Day) calendar.Day { return d }},
}

// RollUpKey names a row of the sums.
type RollUpKey struct {
	Part, Kind, Grain string
	Day               calendar.Day
	Name              string
}

// RollUpKeys are the rows that a cell belongs to. Of areas only what happened on a day is summed: a part of the city is counted from its facts.
func RollUpKeys(c *closure.Cell, f func(RollUpKey)) {
	for _, part := range [...][2]string{{RollUpAll, ""}, {RollUpUnits, nameOf(c.Unit)}, {RollUpCategories, c.Category}} {
		for _, g := range grains {
			f(RollUpKey{part[0], string(c.Basis), g.name, g.first(c.Day), part[1]})
		}
	}
	if c.Basis == closure.ByDay && !c.Area.IsZero() {
		f(RollUpKey{RollUpAreas, string(c.Basis), grains[2].name, c.Day, nameOf(c.Area)})
	}
}

// nameOf names a unit or an area; none has no name.
func nameOf(id inspect.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// foldings counts the changes of the sums.
const foldings = "figures"

// RollUpVersion is how often the sums changed: while it is the same, so are they.
func (tx *Tx) RollUpVersion(ctx context.Context) (n int64, err error) {
	_, err = ignoreNoRows(tx.row(ctx, "SELECT value FROM counter WHERE name = ?", foldings).Scan(&n))
	return n, err
}

// FoldDeltas moves at most so many deltas into the sums, and says how many it moved.
func (tx *Tx) FoldDeltas(ctx context.Context, most int) (folded int, err error) {
	if _, err := tx.next(ctx, foldings, 0); err != nil { // one at a time
		return 0, err
	}
	sums := map[RollUpKey]*closure.Counts{}
	var ids []any
	err = tx.each(ctx, func(r scanner) error {
		var id int64
		var text string
		if err := r.Scan(&id, &text); err != nil {
			return err
		}
		ids = append(ids, id)
		var all []closure.Delta
		if err := readJSON(text, &all); err != nil {
			return err
		}
		for n := range all {
			RollUpKeys(&all[n].Cell, func(k RollUpKey) {
				if sums[k] == nil {
					sums[k] = &closure.Counts{}
				}
				for _, of := range all[n].Counts {
					sums[k][of] += all[n].Times
				}
			})
		}
		return nil
	}, "SELECT id, cells FROM figure_delta ORDER BY id LIMIT ?", most)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	for k, add := range sums {
		if err := tx.addSum(ctx, k, add); err != nil {
			return 0, err
		}
	}
	if _, err := tx.next(ctx, foldings, 1); err != nil {
		return 0, err
	}
	return len(ids), tx.exec(ctx, "DELETE FROM figure_delta WHERE id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
}

func (tx *Tx) addSum(ctx context.Context, k RollUpKey, add *closure.Counts) error {
	if add.IsZero() {
		return nil
	}
	var sum closure.Counts
	var text string
	err := tx.row(ctx, "SELECT counts FROM figure_sum WHERE part = ? AND kind = ? AND grain = ? AND day = ? AND name = ?", k.Part, k.Kind, k.Grain, int(k.Day), k.Name).Scan(&text)
	if _, err := ignoreNoRows(err); err != nil {
		return err
	}
	if err := sum.UnmarshalText([]byte(text)); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	sum.Add(add, 1)
	now, err := sum.MarshalText()
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO figure_sum (part, kind, grain, day, name, counts) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (part, kind, grain, day, name) DO UPDATE SET counts = excluded.counts`, k.Part, k.Kind, k.Grain, int(k.Day), k.Name, string(now))
}

// EachRollUp calls f for the sums of every name of a part and kind over the days from one up to another, which is not included; a name may come
// several times. From day 0 on, whole years and months are taken together.
func (tx *Tx) EachRollUp(ctx context.Context, part string, kind closure.DateBasis, from, to calendar.Day, f func(name string, c *closure.Counts) error) error {
	type stretch struct {
		grain    string
		from, to calendar.Day
	}
	all := []stretch{{"day", from, to}}
	if from == 0 {
		year, month := grains[0].first(to), grains[1].first(to)
		all = []stretch{{"year", 0, year}, {"month", year, month}, {"day", month, to}}
	}
	for _, s := range all {
		if s.from >= s.to {
			continue
		}
		if err := tx.each(ctx, func(r scanner) error {
			var name, text string
			if err := r.Scan(&name, &text); err != nil {
				return err
			}
			var c closure.Counts
			if err := c.UnmarshalText([]byte(text)); err != nil {
				return fmt.Errorf("%w: %w", ErrUnreadable, err)
			}
			return f(name, &c)
		}, "SELECT name, counts FROM figure_sum WHERE part = ? AND kind = ? AND grain = ? AND day >= ? AND day < ?", part, string(kind), s.grain, int(s.from),
			int(s.to)); err != nil {
			return err
		}
	}
	return nil
}

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
	}, "SELECT moments FROM figure_course WHERE until_at >= ? AND received_at < ?", int64(from), int64(to))
}

// EachSingleCourseIn is EachCourseIn for those that daily sums do not tell.
func (tx *Tx) EachSingleCourseIn(ctx context.Context, from, to inspect.Time, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "NOT c.summable AND c.until_at >= ? AND c.received_at < ?", int64(from), int64(to))
}

// EachCourseWithSteps calls f for every course with a step of the office or an inspector whose limit is after a moment, and that sums tell.
func (tx *Tx) EachCourseWithSteps(ctx context.Context, after inspect.Time, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "c.summable AND c.steps_at > ?", int64(after))
}

// StoredCourse is a course as it is kept.
type StoredCourse struct {
	IssueCourse
	Index CourseIndex
}

// CoursesBetween gives the courses of the issues after one id up to another, by issue; without the other up to the end.
func (tx *Tx) CoursesBetween(ctx context.Context, after, upTo inspect.ID) ([]StoredCourse, error) {
	q, args := "WHERE i.uid > ?", []any{after[:]}
	if !upTo.IsZero() {
		q, args = q+" AND i.uid <= ?", append(args, upTo[:])
	}
	return list(ctx, tx, func(r scanner) (k StoredCourse, err error) {
		var text []byte
		if err := r.Scan(append([]any{(*uid)(&k.Issue), &k.Number, &text}, k.Index.pointers()...)...); err != nil {
			return k, err
		}
		k.Moments, err = closure.ReadMoments(text)
		return k, err
	}, "SELECT i.uid, i.number, c."+strings.Join(CourseColumns(), ", c.")+" FROM figure_course c JOIN issue i ON i.id = c.issue "+q+" ORDER BY i.uid", args...)
}

// EachRollUpOfAll calls f for every sum.
func (tx *Tx) EachRollUpOfAll(ctx context.Context, f func(RollUpKey, *closure.Counts) error) error {
	return tx.each(ctx, func(r scanner) error {
		var k RollUpKey
		var text string
		if err := r.Scan(&k.Part, &k.Kind, &k.Grain, &k.Day, &k.Name, &text); err != nil {
			return err
		}
		var c closure.Counts
		if err := c.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		return f(k, &c)
	}, "SELECT part, kind, grain, day, name, counts FROM figure_sum")
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

// figuresCounted names the counter that says that figures know every issue.
const figuresCounted = "figures_counted"

// FiguresCounted says whether figures know every issue, also those from before they were counted so.
func (tx *Tx) FiguresCounted(ctx context.Context) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT value FROM counter WHERE name = ?", figuresCounted).Scan(new(int64)))
}

// SetFiguresCounted notes that they do.
func (tx *Tx) SetFiguresCounted(ctx context.Context) error {
	if _, err := tx.next(ctx, foldings, 1); err != nil { // sums that somebody remembers are none any more
		return err
	}
	_, err := tx.next(ctx, figuresCounted, 1)
	return err
}
