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

// New is how many of those due had their deadline in the period.
func (f *Figures) New() int64 { return f.Counts[Due] - f.Carried }

// Add adds the figures of another part so many times.
func (f *Figures) Add(other *Figures, times int64) {
	f.Counts.Add(&other.Counts, times)
	f.Carried += times * other.Carried
}

// Sheet is the figures of a period of all, and of each part of all by its name.
type Sheet struct {
	All        Figures
	Units      map[inspect.ID]*Figures
	Categories map[string]*Figures
	Areas      map[inspect.ID]*Figures
}

// NewSheet is one on which nothing is counted.
func NewSheet() *Sheet {
	return &Sheet{Units: map[inspect.ID]*Figures{}, Categories: map[string]*Figures{}, Areas: map[inspect.ID]*Figures{}}
}

func of[K comparable](m map[K]*Figures, key K) *Figures {
	f := m[key]
	if f == nil {
		f = &Figures{}
		m[key] = f
	}
	return f
}

// parts are all figures of the sheet that a cell belongs to.
func (s *Sheet) parts(c *Cell) [4]*Figures {
	return [...]*Figures{&s.All, of(s.Units, c.Unit), of(s.Categories, c.Category), of(s.Areas, c.Area)}
}

// Add counts the share of a cell in a span, so many times. Due is the union of deadlines in the span and of those before it that were
// still open at its start: all that had their deadline before, less all that were due and closed before.
func (s *Sheet) Add(c *Cell, span Span, times int64) {
	carried := times
	switch {
	case c.Kind == ByDay && span.In(c.Day), c.Kind == ByDue && span.In(c.Day):
		carried = 0
	case c.Kind == ByDue && c.Day < span.From:
	case c.Kind == ByGone && c.Day < span.From:
		times, carried = -times, -carried
	default:
		return
	}
	for _, f := range s.parts(c) {
		for _, n := range c.Of {
			f.Counts[n] += times
			if n == Due {
				f.Carried += carried
			}
		}
	}
}

// Adjust counts what time alone changes: what is on hold is not due, and what has no fix long after its deadline is long overdue.
func (s *Sheet) Adjust(f *Fact, span Span, now inspect.Time, c *calendar.Calendar) {
	day := DayOf(f.DueAt, c.Zone())
	if !f.Unfinished(now) || f.Own || day >= span.To {
		return
	}
	cell := Cell{Kind: ByDue, Day: day, Unit: f.Unit(), Category: f.Category, Area: f.Area, Of: f.standing()}
	switch {
	case f.HeldUntil > now:
		s.Add(&cell, span, -1)
		cell.Of = []Count{OnHold}
	case f.LongAt(c) < now:
		cell.Of = []Count{LongOverdue}
	default:
		return
	}
	s.Add(&cell, span, 1)
}

// Compute counts facts in a span as they stood at a moment. It is what daily sums of cells come to.
func Compute(facts []Fact, span Span, at inspect.Time, c *calendar.Calendar) *Sheet {
	s := NewSheet()
	for n := range facts {
		f := facts[n].asOf(at)
		for _, cell := range f.Cells(c.Zone()) {
			s.Add(&cell, span, 1)
		}
		s.Adjust(&f, span, at, c)
	}
	s.drop()
	return s
}

// drop forgets parts of which nothing is counted.
func (s *Sheet) drop() {
	maps.DeleteFunc(s.Units, func(_ inspect.ID, f *Figures) bool { return *f == Figures{} })
	maps.DeleteFunc(s.Categories, func(_ string, f *Figures) bool { return *f == Figures{} })
	maps.DeleteFunc(s.Areas, func(_ inspect.ID, f *Figures) bool { return *f == Figures{} })
}

// Moment is the first moment of a day in a zone.
func Moment(d calendar.Day, zone *time.Location) inspect.Time {
	date := d.Date()
	return inspect.At(time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, zone))
}
