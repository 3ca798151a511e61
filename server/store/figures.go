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

const factFields = `n, spell, run, last, category, area, status, own, reported_at, received_at, filed, assigned, aside, assign_by, assigned_at, taken,
	holders, due_at, time_limit, limit_unit, held_until, extended, reworks, false_fixes, upheld, wrong, given_at, shirked, fixed_at, on_the_spot,
	verify_by, checked_at, closed_at`

func scanFact(r scanner, more ...any) (f closure.Fact, err error) {
	var n int
	var holders string
	err = r.Scan(append([]any{&n, &f.Spell, &f.Run, &f.Last, &f.Category, (*uid)(&f.Area), &f.Status, &f.OwnReport, &f.ReportedAt, &f.ReceivedAt, &f.Filed, &f.Assigned,
		&f.ExcludedFromRates, &f.AssignDueAt, &f.AssignedAt, &f.NewlyAssigned, &holders, &f.DueAt, &f.Limit.N, &f.Limit.Unit, &f.HeldUntil, &f.Extended, &f.Reworks, &f.FalseFixes,
		&f.OverdueOverturned, &f.WrongUnit, &f.ReturnedAt, &f.Shirked, &f.FixedAt, &f.OnTheSpot, &f.VerifyDueAt, &f.VerdictAt, &f.ClosedAt}, more...)...)
	if err != nil {
		return f, err
	}
	err = readHolders(holders, &f.Holders)
	return f, err
}

// readHolders reads what holdersText wrote: units with the milliseconds from which they had the issue.
func readHolders(text string, into *[]closure.Holder) error {
	for part := range strings.FieldsSeq(text) {
		unit, from, _ := strings.Cut(part, "@")
		var h closure.Holder
		if err := h.Unit.UnmarshalText([]byte(unit)); err != nil {
			return fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		if _, err := fmt.Sscan(from, (*int64)(&h.From)); err != nil {
			return fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		*into = append(*into, h)
	}
	return nil
}

func holdersText(all []closure.Holder) string {
	var text []string
	for _, h := range all {
		text = append(text, fmt.Sprintf("%s@%d", h.Unit, int64(h.From)))
	}
	return strings.Join(text, " ")
}

// FactHistory gives the facts of an issue, oldest first.
func (tx *Tx) FactHistory(ctx context.Context, i *IssueRow) (closure.FactHistory, error) {
	return list(ctx, tx, func(r scanner) (closure.Fact, error) { return scanFact(r) }, "SELECT "+factFields+" FROM figure_fact WHERE issue = ? ORDER BY n", i.id)
}

// SaveFact keeps the n-th fact of an issue.
func (tx *Tx) SaveFact(ctx context.Context, i *IssueRow, n int, f *closure.Fact, o Overdue) error {
	return tx.exec(ctx, `INSERT INTO figure_fact (issue, `+factFields+`, unit, counted, gone_at, due_day, long_at, calendar)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (issue, n) DO UPDATE SET last = excluded.last, area = excluded.area, status = excluded.status, filed = excluded.filed,
			assigned = excluded.assigned, aside = excluded.aside, assign_by = excluded.assign_by, assigned_at = excluded.assigned_at, taken = excluded.taken,
			holders = excluded.holders, due_at = excluded.due_at, time_limit = excluded.time_limit, limit_unit = excluded.limit_unit,
			held_until = excluded.held_until, extended = excluded.extended, reworks = excluded.reworks, false_fixes = excluded.false_fixes,
			upheld = excluded.upheld, wrong = excluded.wrong, given_at = excluded.given_at, shirked = excluded.shirked, fixed_at = excluded.fixed_at,
			on_the_spot = excluded.on_the_spot, verify_by = excluded.verify_by, checked_at = excluded.checked_at, closed_at = excluded.closed_at,
			unit = excluded.unit, counted = excluded.counted, gone_at = excluded.gone_at, due_day = excluded.due_day, long_at = excluded.long_at,
			calendar = excluded.calendar`, append(append([]any{i.id}, factValues(n, f)...), int(o.Day), int64(o.LongOverdueAt), o.Calendar)...)
}

func factValues(n int, f *closure.Fact) []any {
	return []any{n, f.Spell, f.Run, f.Last, f.Category, bytesOf(f.Area), string(f.Status), f.OwnReport, int64(f.ReportedAt), int64(f.ReceivedAt),
		f.Filed, f.Assigned, f.ExcludedFromRates,
		int64(f.AssignDueAt), int64(f.AssignedAt), f.NewlyAssigned, holdersText(f.Holders), int64(f.DueAt), f.Limit.N, string(f.Limit.Unit), int64(f.HeldUntil), f.Extended,
		f.Reworks, f.FalseFixes, f.OverdueOverturned, f.WrongUnit, int64(f.ReturnedAt), f.Shirked, int64(f.FixedAt), f.OnTheSpot, int64(f.VerifyDueAt), int64(f.VerdictAt),
		int64(f.ClosedAt), bytesOf(f.Unit()), f.CanBeDue(), int64(f.VerifiedAt())}
}

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

// IssueFact is a fact with its issue.
type IssueFact struct {
	closure.Fact
	Issue  inspect.ID
	Number string
}

func scanCounted(r scanner) (c IssueFact, err error) {
	c.Fact, err = scanFact(r, (*uid)(&c.Issue), &c.Number)
	return c, err
}

var countedColumns = "SELECT f." + strings.ReplaceAll(strings.ReplaceAll(factFields, "\n\t", " "), ", ",
	", f.") + ", i.uid, i.number FROM figure_fact f JOIN issue i ON i.id = f.issue "

// touching are the ways in which a fact can count in a time, each with an index of its own.
var touching = []string{
	"f.counted AND f.due_at >= ? AND f.due_at < ?",
	"f.n = 0 AND f.received_at >= ? AND f.received_at < ?",
	"f.taken AND f.assigned_at >= ? AND f.assigned_at < ?",
	"f.assign_by > 0 AND f.assign_by >= ? AND f.assign_by < ?",
	"f.verify_by > 0 AND f.verify_by >= ? AND f.verify_by < ?",
	"f.given_at > 0 AND f.given_at >= ? AND f.given_at < ?",
	"f.on_the_spot AND f.fixed_at >= ? AND f.fixed_at < ?",
	"f.status = 'dismissed' AND f.closed_at >= ? AND f.closed_at < ?",
}

// EachFactIn calls f for every fact that counts in the time from one moment up to another, once each: what happened in it, what was due in it,
// and what was due before and still open at its start.
func (tx *Tx) EachFactIn(ctx context.Context, from, to inspect.Time, f func(*IssueFact) error) error {
	var parts []string
	var args []any
	for _, t := range touching {
		parts, args = append(parts, "SELECT f.id FROM figure_fact f WHERE "+t), append(args, int64(from), int64(to))
	}
	parts = append(parts, "SELECT f.id FROM figure_fact f WHERE f.counted AND f.gone_at = 0 AND f.due_at < ?",
		"SELECT f.id FROM figure_fact f WHERE f.counted AND f.gone_at >= ? AND f.due_at < ?")
	args = append(args, int64(from), int64(from), int64(from))
	return tx.each(ctx, func(r scanner) error {
		c, err := scanCounted(r)
		if err != nil {
			return err
		}
		return f(&c)
	}, countedColumns+"WHERE f.id IN ("+strings.Join(parts, " UNION ")+") ORDER BY f.issue, f.n", args...)
}

// StoredFact is a fact as it is kept, with its place among those of its issue.
type StoredFact struct {
	IssueFact
	N       int
	Overdue Overdue
}

// FactsBetween gives the facts of the issues after one id up to another, by issue and place; without the other up to the end.
func (tx *Tx) FactsBetween(ctx context.Context, after, upTo inspect.ID) ([]StoredFact, error) {
	q, args := "WHERE i.uid > ?", []any{after[:]}
	if !upTo.IsZero() {
		q, args = q+" AND i.uid <= ?", append(args, upTo[:])
	}
	return list(ctx, tx, func(r scanner) (k StoredFact, err error) {
		k.Fact, err = scanFact(r, (*uid)(&k.Issue), &k.Number, &k.N, &k.Overdue.Day, &k.Overdue.LongOverdueAt, &k.Overdue.Calendar)
		return k, err
	}, strings.Replace(countedColumns, "i.number FROM", "i.number, f.n, f.due_day, f.long_at, f.calendar FROM", 1)+q+" ORDER BY i.uid, f.n", args...)
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

// IssuesWithoutFacts gives some issues that have no facts yet, after the one with a number, and the number to go on after.
func (tx *Tx) IssuesWithoutFacts(ctx context.Context, after int64, limit int) (ids []inspect.ID, next int64, err error) {
	err = tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		if err := r.Scan(&next, (*uid)(&id)); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	}, "SELECT i.id, i.uid FROM issue i WHERE i.id > ? AND NOT EXISTS (SELECT 1 FROM figure_fact f WHERE f.issue = i.id AND f.n = 0) ORDER BY i.id LIMIT ?", after, limit)
	return ids, next, err
}

// figuresCounted names the counter that says that every issue has its facts.
const figuresCounted = "figures_counted"

// FiguresCounted says whether every issue has its facts, also those from before there were figures.
func (tx *Tx) FiguresCounted(ctx context.Context) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT value FROM counter WHERE name = ?", figuresCounted).Scan(new(int64)))
}

// SetFiguresCounted notes that they have.
func (tx *Tx) SetFiguresCounted(ctx context.Context) error {
	if _, err := tx.next(ctx, foldings, 1); err != nil { // sums that somebody remembers are none any more
		return err
	}
	_, err := tx.next(ctx, figuresCounted, 1)
	return err
}
