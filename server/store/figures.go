package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
)

// InsertDelta keeps changes that the course of an issue brings until they are folded into the sums.
func (tx *Tx) InsertDelta(ctx context.Context, i *IssueRow, all []closure.Delta) error {
	return tx.exec(ctx, "INSERT INTO figure_delta (issue, cells) VALUES (?, ?)", i.id, closure.AppendDeltas(nil, all))
}

// Deltas calls f for every change that is not folded yet, with the issue that brought it; an issue whose course is another since sums were folded comes
// at least once, with nil where no sum changes by it.
func (tx *Tx) Deltas(ctx context.Context, f func(issue int64, d *closure.Delta)) error {
	return tx.each(ctx, func(r scanner) error {
		var issue int64
		var kept []byte
		if err := r.Scan(&issue, &kept); err != nil {
			return err
		}
		f(issue, nil)
		return unreadable(closure.ReadDeltas(kept, func(d *closure.Delta) { f(issue, d) }))
	}, "SELECT issue, cells FROM figure_delta ORDER BY id")
}

// unreadable says of an error that something that is kept cannot be read.
func unreadable(err error) error {
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return err
}

// The parts of all of which there are sums.
const (
	RollUpAll        = "all"
	RollUpUnits      = "unit"
	RollUpCategories = "category"
	RollUpAreas      = "area"
)

// dayGrain is the finest of the grains of sums.
const dayGrain = "day"

// The grains of sums, each under its first day.
var grains = []struct {
	name  string
	first func(calendar.Day) calendar.Day
}{
	{"year", func(d calendar.Day) calendar.Day { return calendar.DayOf(d.Date().Year(), time.January, 1) }},
	{"month", func(d calendar.Day) calendar.Day { return calendar.DayOf(d.Date().Year(), d.Date().Month(), 1) }},
	{dayGrain, func(d calendar.Day) calendar.Day { return d }},
}

// RollUpKey names a row of the sums.
type RollUpKey struct {
	Part, Kind, Grain string
	Day               calendar.Day
	Name              string
}

// DailyKey names what a cell adds to under its day: all, a unit, a category, an area.
type DailyKey struct {
	Part     string
	Basis    closure.DateBasis
	Day      calendar.Day
	ID       inspect.ID // of a unit or an area
	Category string
}

// DailyKeys are those of a cell. Of areas only what happened on a day is summed: a part of the city is counted from its facts.
func DailyKeys(c *closure.Cell, f func(DailyKey)) {
	f(DailyKey{Part: RollUpAll, Basis: c.Basis, Day: c.Day})
	f(DailyKey{Part: RollUpUnits, Basis: c.Basis, Day: c.Day, ID: c.Unit})
	f(DailyKey{Part: RollUpCategories, Basis: c.Basis, Day: c.Day, Category: c.Category})
	if c.Basis == closure.ByDay && !c.Area.IsZero() {
		f(DailyKey{Part: RollUpAreas, Basis: c.Basis, Day: c.Day, ID: c.Area})
	}
}

// EachGrain calls f for each grain under which a part has what stands under a day, with the day that it goes by: of areas the day alone.
func EachGrain(part string, day calendar.Day, f func(grain string, first calendar.Day)) {
	for _, g := range grains {
		if part != RollUpAreas || g.name == dayGrain {
			f(g.name, g.first(day))
		}
	}
}

// Name is what the rows of sums call a unit, an area or a category; all has none.
func (d *DailyKey) Name() string {
	if d.Category != "" {
		return d.Category
	}
	return nameOf(d.ID)
}

// RollUpKeys are the rows that a cell belongs to.
func RollUpKeys(c *closure.Cell, f func(RollUpKey)) {
	DailyKeys(c, func(d DailyKey) {
		name := d.Name()
		EachGrain(d.Part, d.Day, func(grain string, first calendar.Day) { f(RollUpKey{d.Part, string(d.Basis), grain, first, name}) })
	})
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

// Folding is what was moved into the sums at once.
type Folding struct {
	Version int64   // of the sums since then
	Issues  []int64 // that brought it; one may come several times
	Cells   []closure.Delta
}

// FoldDeltas moves at most so many deltas into the sums.
func (tx *Tx) FoldDeltas(ctx context.Context, most int) (folded Folding, err error) {
	if _, err := tx.next(ctx, foldings, 0); err != nil { // one at a time
		return folded, err
	}
	sums := map[RollUpKey]*closure.Counts{}
	var ids []any
	err = tx.each(ctx, func(r scanner) error {
		var id, issue int64
		var kept []byte
		if err := r.Scan(&id, &issue, &kept); err != nil {
			return err
		}
		ids, folded.Issues = append(ids, id), append(folded.Issues, issue)
		return unreadable(closure.ReadDeltas(kept, func(d *closure.Delta) {
			folded.Cells = append(folded.Cells, *d)
			RollUpKeys(&d.Cell, func(k RollUpKey) {
				if sums[k] == nil {
					sums[k] = &closure.Counts{}
				}
				for _, of := range d.Counts {
					sums[k][of] += d.Times
				}
			})
		}))
	}, "SELECT id, issue, cells FROM figure_delta ORDER BY id LIMIT ?", most)
	if err != nil || len(ids) == 0 {
		return folded, err
	}
	for k, add := range sums {
		if err := tx.addSum(ctx, k, add); err != nil {
			return folded, err
		}
	}
	if folded.Version, err = tx.next(ctx, foldings, 1); err != nil {
		return folded, err
	}
	return folded, tx.exec(ctx, "DELETE FROM figure_delta WHERE id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
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
		return unreadable(err)
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
	all := []stretch{{dayGrain, from, to}}
	if from == 0 {
		year, month := grains[0].first(to), grains[1].first(to)
		all = []stretch{{"year", 0, year}, {"month", year, month}, {dayGrain, month, to}}
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
				return unreadable(err)
			}
			return f(name, &c)
		}, "SELECT name, counts FROM figure_sum WHERE part = ? AND kind = ? AND grain = ? AND day >= ? AND day < ?", part, string(kind), s.grain, int(s.from),
			int(s.to)); err != nil {
			return err
		}
	}
	return nil
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
			return unreadable(err)
		}
		return f(k, &c)
	}, "SELECT part, kind, grain, day, name, counts FROM figure_sum")
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
