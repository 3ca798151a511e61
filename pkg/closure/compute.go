package closure

import (
	"maps"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// Span is the days of a period: From is its first, To the first after it.
type Span struct{ From, To calendar.Day }

// In says whether a day lies in the span.
func (s Span) In(d calendar.Day) bool { return s.From <= d && d < s.To }

// Figures are the counts of a period. Of those due, Carried had their deadline before it; the others are new.
type Figures struct {
	Counts  Counts
	Carried int64
}

// NewlyDue is how many of those due had their deadline in the period.
func (f *Figures) NewlyDue() int64 { return f.Counts[Due] - f.Carried }

// Add adds the figures of another part so many times.
func (f *Figures) Add(other *Figures, times int64) {
	f.Counts.Add(&other.Counts, times)
	f.Carried += times * other.Carried
}

// Breakdown is the figures of a period of all, and of each part of all by its name.
type Breakdown struct {
	Total      Figures
	Units      map[inspect.ID]*Figures
	Categories map[string]*Figures
	Areas      map[inspect.ID]*Figures
}

// NewBreakdown is one on which nothing is counted.
func NewBreakdown() *Breakdown {
	return &Breakdown{Units: map[inspect.ID]*Figures{}, Categories: map[string]*Figures{}, Areas: map[inspect.ID]*Figures{}}
}

func of[K comparable](m map[K]*Figures, key K) *Figures {
	f := m[key]
	if f == nil {
		f = &Figures{}
		m[key] = f
	}
	return f
}

// Unit are the figures of a unit.
func (s *Breakdown) Unit(id inspect.ID) *Figures { return of(s.Units, id) }

// Category are the figures of a category.
func (s *Breakdown) Category(code string) *Figures { return of(s.Categories, code) }

// Area are the figures of what lies in an area itself.
func (s *Breakdown) Area(id inspect.ID) *Figures { return of(s.Areas, id) }

// parts are all figures of the sheet that a cell belongs to.
func (s *Breakdown) parts(c *Cell) [4]*Figures {
	return [...]*Figures{&s.Total, of(s.Units, c.Unit), of(s.Categories, c.Category), of(s.Areas, c.Area)}
}

// AddRollUp counts a sum of days: of the span itself, or of all days before it.
func (f *Figures) AddRollUp(kind DateBasis, before bool, c *Counts) {
	switch {
	case !before && kind != ByClosing:
		f.Counts.Add(c, 1)
	case before && kind == ByDue:
		f.Counts.Add(c, 1)
		f.Carried += c[Due]
	case before && kind == ByClosing:
		f.Counts.Add(c, -1)
		f.Carried -= c[Due]
	}
}

// Add counts the share of a cell in a span, so many times. Due is the union of deadlines in the span and of those before it that were
// still open at its start: all that had their deadline before, less all that were due and closed before.
func (s *Breakdown) Add(c *Cell, span Span, times int64) {
	if times, carried := c.share(span, times); times != 0 {
		for _, f := range s.parts(c) {
			f.add(c, times, carried)
		}
	}
}

// AddToTotal counts the share of a cell in the figures of all alone.
func (s *Breakdown) AddToTotal(c *Cell, span Span, times int64) {
	if times, carried := c.share(span, times); times != 0 {
		s.Total.add(c, times, carried)
	}
}

// share is how often a cell counts in a span, and how much of that was carried into it.
func (c *Cell) share(span Span, times int64) (_, carried int64) {
	switch {
	case c.Basis == ByDay && span.In(c.Day), c.Basis == ByDue && span.In(c.Day):
		return times, 0
	case c.Basis == ByDue && c.Day < span.From:
		return times, times
	case c.Basis == ByClosing && c.Day < span.From:
		return -times, -times
	}
	return 0, 0
}

func (f *Figures) add(c *Cell, times, carried int64) {
	for _, n := range c.Counts {
		f.Counts[n] += times
		if n == Due {
			f.Carried += carried
		}
	}
}

// TimeDeltas is what time alone changes: what is on hold is not due, and what has no fix long after its deadline is long overdue.
func (f *Fact) TimeDeltas(span Span, now inspect.Time, c *calendar.Calendar) []Delta {
	day := DayOf(f.DueAt, c.Zone())
	if !f.Unfinished(now) || f.OwnReport || day >= span.To {
		return nil
	}
	cell := Cell{Basis: ByDue, Day: day, Unit: f.Unit(), Category: f.Category, Area: f.Area}
	with := func(times int64, of ...Count) Delta {
		d := Delta{cell, times}
		d.Counts = of
		return d
	}
	switch {
	case f.HeldUntil > now:
		return []Delta{with(-1, f.standing()...), with(1, OnHold)}
	case f.LongOverdueAt(c) < now:
		return []Delta{with(1, LongOverdue)}
	}
	return nil
}

// Compute counts facts in a span as they stood at a moment; keep chooses the cells, nil for all. It is what daily sums of cells come to.
func Compute(facts []Fact, span Span, at inspect.Time, c *calendar.Calendar, keep func(*Cell) bool) *Breakdown {
	s := NewBreakdown()
	for n := range facts {
		for _, cell := range facts[n].DeltasIn(span, at, c) {
			if keep == nil || keep(&cell.Cell) {
				s.Add(&cell.Cell, span, cell.Times)
			}
		}
	}
	s.DropEmpty()
	return s
}

// DeltasIn are the cells of a fact in a span, as it stood at a moment, with what time alone changes.
func (f Fact) DeltasIn(span Span, at inspect.Time, c *calendar.Calendar) (all []Delta) {
	f = f.asOf(at)
	for _, cell := range f.Cells(c.Zone()) {
		all = append(all, Delta{cell, 1})
	}
	return append(all, f.TimeDeltas(span, at, c)...)
}

// DropEmpty forgets parts of which nothing is counted.
func (s *Breakdown) DropEmpty() {
	maps.DeleteFunc(s.Units, func(_ inspect.ID, f *Figures) bool { return *f == Figures{} })
	maps.DeleteFunc(s.Categories, func(_ string, f *Figures) bool { return *f == Figures{} })
	maps.DeleteFunc(s.Areas, func(_ inspect.ID, f *Figures) bool { return *f == Figures{} })
}

// StartOfDay is the first moment of a day in a zone.
func StartOfDay(d calendar.Day, zone *time.Location) inspect.Time {
	date := d.Date()
	return inspect.At(time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, zone))
}
