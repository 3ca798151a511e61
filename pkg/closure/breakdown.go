package closure

import (
	"maps"
	"time"

	"spotcheck/pkg/inspect"
)

// Figures are the counts of a period, with the times to fix behind its medians where they were read.
type Figures struct {
	Counts Counts
	ToFix  []time.Duration // from assignment to the fix that stands, of those disposed
	Found  []time.Duration // from discovery to it
}

// NewlyDue is how many of those due had their deadline in the period.
func (f *Figures) NewlyDue() int64 { return f.Counts[Due] - f.Counts[Carried] }

// MedianToFix is the median time from assignment to fix of those disposed; ok is false for none.
func (f *Figures) MedianToFix() (time.Duration, bool) { return Median(f.ToFix) }

// MedianFromDiscovery is the median time from discovery to fix.
func (f *Figures) MedianFromDiscovery() (time.Duration, bool) { return Median(f.Found) }

// Add adds the figures of another part so many times.
func (f *Figures) Add(other *Figures, times int64) {
	f.Counts.Add(&other.Counts, times)
	if times > 0 {
		f.ToFix, f.Found = append(f.ToFix, other.ToFix...), append(f.Found, other.Found...)
	}
}

// AddTimes notes how long a fix took.
func (f *Figures) AddTimes(toFix, found time.Duration) {
	f.ToFix, f.Found = append(f.ToFix, toFix), append(f.Found, found)
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

// Of are the figures of all, of a unit and of a category: those that an issue of theirs counts in.
func (s *Breakdown) Of(unit inspect.ID, category string) [3]*Figures {
	return [...]*Figures{&s.Total, s.Unit(unit), s.Category(category)}
}

// parts are all figures that something belongs to.
func (s *Breakdown) parts(unit inspect.ID, category string, area inspect.ID) [4]*Figures {
	return [...]*Figures{&s.Total, of(s.Units, unit), of(s.Categories, category), of(s.Areas, area)}
}

// AddShare counts the share of an issue so many times; times to fix are noted where it counts more.
func (s *Breakdown) AddShare(share *Share, times int64) {
	for _, f := range s.parts(share.Unit, share.Category, share.Area) {
		for _, n := range share.Counts {
			f.Counts[n] += times
			if n == Disposed && times > 0 {
				f.AddTimes(share.ToFix, share.Found)
			}
		}
	}
}

// Portion says how a sum of days counts in a period: of which kind it is, and whether its days lie before the period or in it.
type Portion struct {
	Basis  DateBasis
	Before bool
}

// Portions are those that make the figures of a period.
var Portions = []Portion{{ByDay, false}, {ByDue, false}, {ByDue, true}, {ByFix, true}, {ByClosing, true}}

// carriedAs is under what a count of what was due before a period stands besides in it.
var carriedAs = map[Count]Count{Due: Carried, DueToClose: CarriedToClose}

// AddRollUp counts a sum of days.
func (f *Figures) AddRollUp(p Portion, c *Counts) {
	times := p.times()
	f.Counts.Add(c, times)
	for due, carried := range carriedAs {
		if p.Before {
			f.Counts[carried] += times * c[due]
		}
	}
}

// times is how often the counts of a portion count.
func (p Portion) times() int64 {
	switch {
	case p.Basis == ByDay && p.Before, !p.Before && (p.Basis == ByFix || p.Basis == ByClosing):
		return 0
	case p.Before && p.Basis != ByDue:
		return -1
	}
	return 1
}

// Add counts what is in daily sums, or will be, so many times in a span.
func (s *Breakdown) Add(d *Delta, span Span) {
	s.each(d, span, s.parts(d.Unit, d.Category, d.Area))
}

// AddToTotal counts it in the figures of all alone.
func (s *Breakdown) AddToTotal(d *Delta, span Span) { s.each(d, span, [4]*Figures{&s.Total}) }

func (s *Breakdown) each(d *Delta, span Span, parts [4]*Figures) {
	p := Portion{d.Basis, d.Day < span.From}
	times := p.times() * d.Times
	if d.Day >= span.To || times == 0 {
		return
	}
	for _, f := range parts {
		if f == nil {
			continue
		}
		for _, n := range d.Counts {
			f.Counts[n] += times
			if carried, ok := carriedAs[n]; ok && p.Before {
				f.Counts[carried] += times
			}
		}
	}
}

// DropEmpty forgets parts of which nothing is counted.
func (s *Breakdown) DropEmpty() {
	maps.DeleteFunc(s.Units, func(_ inspect.ID, f *Figures) bool { return f.Counts.IsZero() })
	maps.DeleteFunc(s.Categories, func(_ string, f *Figures) bool { return f.Counts.IsZero() })
	maps.DeleteFunc(s.Areas, func(_ inspect.ID, f *Figures) bool { return f.Counts.IsZero() })
}

// Compute counts courses one by one, those in the scope.
func Compute(courses []Course, v *View, inScope func(*Share) bool) *Breakdown {
	s := NewBreakdown()
	for n := range courses {
		for _, share := range courses[n].Shares(v) {
			if inScope == nil || inScope(&share) {
				s.AddShare(&share, 1)
			}
		}
	}
	s.DropEmpty()
	return s
}

// IsEmpty says whether nothing of the period is counted, whatever stands at the cut-off.
func (f *Figures) IsEmpty() bool {
	for n, v := range f.Counts {
		if v != 0 && !Count(n).AtCutOff() {
			return false
		}
	}
	return true
}
