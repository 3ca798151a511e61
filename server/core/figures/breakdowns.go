package figures

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

// Reader read figures on one snapshot: sums, what is not folded into them yet, and what time alone changes.
type Reader struct {
	figures  *Service
	Tx       *store.Tx
	Calendar *calendar.Calendar
	Within   map[inspect.ID]bool // units or areas of the scope, nil for the whole city
	Scope    Scope
	deltas   []closure.Delta        // not folded yet, and what time alone changes of single facts
	longDays map[calendar.Day]int64 // those long overdue by the day they were due; nil before they are read
}

// Read begins to read figures up to a day.
func (svc *Service) Read(ctx context.Context, tx *store.Tx, scope Scope, to calendar.Day) (*Reader, error) {
	if counted, err := tx.FiguresCounted(ctx); err != nil || !counted {
		return nil, OrElse(err, inspect.ErrFiguresPending)
	}
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	a := &Reader{figures: svc, Tx: tx, Calendar: cal, Scope: scope}
	if scope.Kind != inspect.City {
		tree := store.UnitTree
		if scope.Kind == inspect.AreaSubtree {
			tree = store.AreaTree
		}
		below, err := tx.SelfAndDescendants(ctx, tree, scope.ID)
		if err != nil {
			return nil, err
		}
		a.Within = map[inspect.ID]bool{scope.ID: true}
		for _, id := range below {
			a.Within[id] = true
		}
		if scope.Kind == inspect.AreaSubtree {
			return a, nil // no sums are used
		}
	}
	if err := tx.Deltas(ctx, func(d *closure.Delta) { a.deltas = append(a.deltas, *d) }); err != nil {
		return nil, err
	}
	ever := closure.Span{To: closure.DayOf(max(tx.Now, closure.StartOfDay(to, svc.zone)), svc.zone) + 1}
	return a, tx.EachUnfixedFact(ctx, tx.Now, cal.Fingerprint(), func(f *closure.Fact) { a.deltas = append(a.deltas, f.TimeDeltas(ever, tx.Now, cal)...) })
}

func OrElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// InScope says whether a cell belongs to the scope.
func (a *Reader) InScope(c *closure.Cell) bool {
	switch a.Scope.Kind {
	case inspect.UnitSubtree:
		return a.Within[c.Unit]
	case inspect.AreaSubtree:
		return a.Within[c.Area]
	}
	return true
}

// Sheet gives the figures of a span as they are now; of the city only those of the parts that are named beside all. What is asked of units
// alone, without parts, is the sum of theirs.
func (a *Reader) Sheet(ctx context.Context, span closure.Span, parts ...string) (*closure.Breakdown, error) {
	switch {
	case a.Scope.Kind == inspect.UnitSubtree && len(parts) == 0:
		return a.ofUnits(ctx, span)
	case a.Within != nil:
		return a.fromFacts(ctx, span, a.Tx.Now)
	}
	return a.fromRollUps(ctx, span, parts...)
}

// ofUnits gives the figures of all units of the scope together, from their sums.
func (a *Reader) ofUnits(ctx context.Context, span closure.Span) (*closure.Breakdown, error) {
	all, err := a.fromRollUps(ctx, span, store.RollUpUnits)
	if err != nil {
		return nil, err
	}
	s := closure.NewBreakdown()
	for id, f := range all.Units {
		if a.Within[id] {
			s.Total.Add(f, 1)
		}
	}
	return s, nil
}

// fromRollUps gives the figures of a span from the sums and from what is not folded into them.
func (a *Reader) fromRollUps(ctx context.Context, span closure.Span, parts ...string) (*closure.Breakdown, error) {
	s := closure.NewBreakdown()
	for _, part := range append([]string{store.RollUpAll}, parts...) {
		for _, stretch := range []struct {
			kind     closure.DateBasis
			from, to calendar.Day
		}{{closure.ByDay, span.From, span.To}, {closure.ByDue, span.From, span.To}, {closure.ByDue, 0, span.From}, {closure.ByClosing, 0, span.From}} {
			if part == store.RollUpAreas && stretch.kind != closure.ByDay {
				continue // nobody asks what was due in each road
			}
			sums, err := a.figures.rollUps.between(ctx, a.Tx, rollUpKey{part, stretch.kind, stretch.from, stretch.to})
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
func (a *Reader) addLongOverdue(ctx context.Context, s *closure.Breakdown, to calendar.Day, allAlone bool) error {
	if !allAlone {
		return a.Tx.LongOverdue(ctx, a.Tx.Now, a.Calendar.Fingerprint(), to, func(unit inspect.ID, category string, n int64) {
			for _, f := range []*closure.Figures{&s.Total, s.Unit(unit), s.Category(category)} {
				f.Counts[closure.LongOverdue] += n
			}
		})
	}
	if a.longDays == nil {
		a.longDays = map[calendar.Day]int64{}
		ever := closure.DayOf(a.Tx.Now, a.figures.zone) + 1
		if err := a.Tx.LongOverdueDays(ctx, a.Tx.Now, a.Calendar.Fingerprint(), ever, func(due calendar.Day, n int64) { a.longDays[due] = n }); err != nil {
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
			return nil, fmt.Errorf("figures: sum of %s: %w", part, err)
		}
	}
	if part == store.RollUpUnits {
		return s.Unit(id), nil
	}
	return s.Area(id), nil
}

// fromFacts gives the figures of a span as facts stood at a moment, from the facts themselves.
func (a *Reader) fromFacts(ctx context.Context, span closure.Span, at inspect.Time) (*closure.Breakdown, error) {
	var facts []closure.Fact
	err := a.Tx.EachFactIn(ctx, closure.StartOfDay(span.From, a.figures.zone), closure.StartOfDay(span.To, a.figures.zone), func(c *store.IssueFact) error {
		facts = append(facts, c.Fact)
		return nil
	})
	return closure.Compute(facts, span, at, a.Calendar, a.InScope), err
}

// PeriodNamed is the name of a period; without one it is the last of its kind that is over.
func (svc *Service) PeriodNamed(ctx context.Context, kind closure.PeriodKind, name string) (string, error) {
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
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
		if p, err = closure.PeriodOf(kind, closure.DayOf(tx.Now, svc.zone), first); err == nil {
			p, err = p.Before(first)
		}
		name = p.Name
		return err
	})
	return name, err
}
