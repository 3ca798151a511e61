package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Scope is whose figures are wanted: of the whole city, or of what lies under a unit or an area.
type Scope struct {
	Kind inspect.ScopeKind
	ID   inspect.ID
}

// UnmarshalText reads city, unit:ID or area:ID.
func (s *Scope) UnmarshalText(text []byte) error {
	kind, id, _ := strings.Cut(string(text), ":")
	switch kind {
	case "city":
		*s = Scope{Kind: inspect.City}
		if id == "" {
			return nil
		}
	case "unit":
		s.Kind = inspect.UnitSubtree
		if s.ID.UnmarshalText([]byte(id)) == nil {
			return nil
		}
	case "area":
		s.Kind = inspect.AreaSubtree
		if s.ID.UnmarshalText([]byte(id)) == nil {
			return nil
		}
	}
	return errors.New("want city, unit:ID or area:ID")
}

// String is the scope as UnmarshalText reads it.
func (s Scope) String() string {
	switch s.Kind {
	case inspect.UnitSubtree:
		return "unit:" + s.ID.String()
	case inspect.AreaSubtree:
		return "area:" + s.ID.String()
	}
	return "city"
}

// accounts read figures on one snapshot: sums, what is not folded into them yet, and what time alone changes.
type accounts struct {
	core     *Core
	tx       *store.Tx
	calendar *calendar.Calendar
	within   map[inspect.ID]bool // units or areas of the scope, nil for the whole city
	scope    Scope
	deltas   []closure.Delta        // not folded yet, and what time alone changes of single facts
	longDays map[calendar.Day]int64 // those long overdue by the day they were due; nil before they are read
}

// accounts begins to read figures up to a day.
func (c *Core) accounts(ctx context.Context, tx *store.Tx, scope Scope, to calendar.Day) (*accounts, error) {
	if counted, err := tx.FiguresCounted(ctx); err != nil || !counted {
		return nil, orElse(err, inspect.ErrFiguresPending)
	}
	cal, err := c.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	a := &accounts{core: c, tx: tx, calendar: cal, scope: scope}
	if scope.Kind != inspect.City {
		tree := store.UnitTree
		if scope.Kind == inspect.AreaSubtree {
			tree = store.AreaTree
		}
		below, err := tx.SelfAndDescendants(ctx, tree, scope.ID)
		if err != nil {
			return nil, err
		}
		a.within = map[inspect.ID]bool{scope.ID: true}
		for _, id := range below {
			a.within[id] = true
		}
		if scope.Kind == inspect.AreaSubtree {
			return a, nil // no sums are used
		}
	}
	if err := tx.Deltas(ctx, func(d *closure.Delta) { a.deltas = append(a.deltas, *d) }); err != nil {
		return nil, err
	}
	ever := closure.Span{To: closure.DayOf(max(tx.Now, closure.StartOfDay(to, c.Zone)), c.Zone) + 1}
	return a, tx.EachUnfixedFact(ctx, tx.Now, cal.Fingerprint(), func(f *closure.Fact) { a.deltas = append(a.deltas, f.TimeDeltas(ever, tx.Now, cal)...) })
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// keeps says whether a cell belongs to the scope.
func (a *accounts) keeps(c *closure.Cell) bool {
	switch a.scope.Kind {
	case inspect.UnitSubtree:
		return a.within[c.Unit]
	case inspect.AreaSubtree:
		return a.within[c.Area]
	}
	return true
}

// sheet gives the figures of a span as they are now; of the city only those of the parts that are named beside all. What is asked of units
// alone, without parts, is the sum of theirs.
func (a *accounts) sheet(ctx context.Context, span closure.Span, parts ...string) (*closure.Breakdown, error) {
	switch {
	case a.scope.Kind == inspect.UnitSubtree && len(parts) == 0:
		return a.ofUnits(ctx, span)
	case a.within != nil:
		return a.computed(ctx, span, a.tx.Now)
	}
	return a.summed(ctx, span, parts...)
}

// ofUnits gives the figures of all units of the scope together, from their sums.
func (a *accounts) ofUnits(ctx context.Context, span closure.Span) (*closure.Breakdown, error) {
	all, err := a.summed(ctx, span, store.RollUpUnits)
	if err != nil {
		return nil, err
	}
	s := closure.NewBreakdown()
	for id, f := range all.Units {
		if a.within[id] {
			s.Total.Add(f, 1)
		}
	}
	return s, nil
}

// summed gives the figures of a span from the sums and from what is not folded into them.
func (a *accounts) summed(ctx context.Context, span closure.Span, parts ...string) (*closure.Breakdown, error) {
	s := closure.NewBreakdown()
	for _, part := range append([]string{store.RollUpAll}, parts...) {
		for _, stretch := range []struct {
			kind     closure.DateBasis
			from, to calendar.Day
		}{{closure.ByDay, span.From, span.To}, {closure.ByDue, span.From, span.To}, {closure.ByDue, 0, span.From}, {closure.ByClosing, 0, span.From}} {
			if part == store.RollUpAreas && stretch.kind != closure.ByDay {
				continue // nobody asks what was due in each road
			}
			sums, err := a.core.sums.over(ctx, a.tx, sumsKey{part, stretch.kind, stretch.from, stretch.to})
			if err != nil {
				return nil, err
			}
			for name, c := range sums {
				f, err := figuresOf(s, part, name)
				if err != nil {
					return nil, err
				}
				f.AddRollUp(stretch.kind, stretch.from == 0, c)
			}
		}
	}
	add := s.Add
	if len(parts) == 0 {
		add = s.AddToTotal
	}
	for n := range a.deltas {
		if d := &a.deltas[n]; d.Day < span.To {
			add(&d.Cell, span, d.Times)
		}
	}
	if err := a.addLongOverdue(ctx, s, span.To, !slices.Contains(parts, store.RollUpUnits)); err != nil {
		return nil, err
	}
	s.DropEmpty()
	return s, nil
}

// addLongOverdue counts what is long overdue now, of what was due before a day: of all alone, or of units and categories too.
func (a *accounts) addLongOverdue(ctx context.Context, s *closure.Breakdown, to calendar.Day, allAlone bool) error {
	if !allAlone {
		return a.tx.LongOverdue(ctx, a.tx.Now, a.calendar.Fingerprint(), to, func(unit inspect.ID, category string, n int64) {
			for _, f := range []*closure.Figures{&s.Total, s.Unit(unit), s.Category(category)} {
				f.Counts[closure.LongOverdue] += n
			}
		})
	}
	if a.longDays == nil {
		a.longDays = map[calendar.Day]int64{}
		ever := closure.DayOf(a.tx.Now, a.core.Zone) + 1
		if err := a.tx.LongOverdueDays(ctx, a.tx.Now, a.calendar.Fingerprint(), ever, func(due calendar.Day, n int64) { a.longDays[due] = n }); err != nil {
			return err
		}
	}
	for due, n := range a.longDays {
		if due < to {
			s.Total.Counts[closure.LongOverdue] += n
		}
	}
	return nil
}

// figuresOf are the figures of a part of a sheet by the name that its sums have.
func figuresOf(s *closure.Breakdown, part, name string) (*closure.Figures, error) {
	var id inspect.ID
	switch part {
	case store.RollUpAll:
		return &s.Total, nil
	case store.RollUpCategories:
		return s.Category(name), nil
	}
	if name != "" {
		if err := id.UnmarshalText([]byte(name)); err != nil {
			return nil, fmt.Errorf("core: sum of %s: %w", part, err)
		}
	}
	if part == store.RollUpUnits {
		return s.Unit(id), nil
	}
	return s.Area(id), nil
}

// computed gives the figures of a span as facts stood at a moment, from the facts themselves.
func (a *accounts) computed(ctx context.Context, span closure.Span, at inspect.Time) (*closure.Breakdown, error) {
	var facts []closure.Fact
	err := a.tx.EachFactIn(ctx, closure.StartOfDay(span.From, a.core.Zone), closure.StartOfDay(span.To, a.core.Zone), func(c *store.IssueFact) error {
		facts = append(facts, c.Fact)
		return nil
	})
	return closure.Compute(facts, span, at, a.calendar, a.keeps), err
}

// PeriodNamed is the name of a period; without one it is the last of its kind that is over.
func (c *Core) PeriodNamed(ctx context.Context, kind closure.PeriodKind, name string) (string, error) {
	err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		formula, err := ScoreFormula.In(ctx, tx)
		if err != nil {
			return err
		}
		first := time.Weekday(formula.WeekStart)
		var p closure.Period
		if name != "" {
			if p, err = closure.ParsePeriod(name, first); err == nil && p.Kind != kind {
				err = closure.ErrPeriod
			}
			return err
		}
		if p, err = closure.PeriodOf(kind, closure.DayOf(tx.Now, c.Zone), first); err == nil {
			p, err = p.Before(first)
		}
		name = p.Name
		return err
	})
	return name, err
}
