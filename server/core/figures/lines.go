package figures

import (
	"context"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Line is an issue behind the figures of a report, in one spell of responsibility, with all that it counts for.
type Line struct {
	Issue    inspect.ID     `json:"issue"`
	Number   string         `json:"number"`
	Unit     inspect.ID     `json:"unit,omitzero"`
	Category string         `json:"category"`
	Area     inspect.ID     `json:"area,omitzero"`
	Status   inspect.Status `json:"status,omitempty"`
	DueAt    inspect.Time   `json:"due_at,omitzero"`
	FixedAt  inspect.Time   `json:"fixed_at,omitzero"`
	ClosedAt inspect.Time   `json:"closed_at,omitzero"`
	Carried  bool           `json:"carried,omitempty"`
	Counts   []string       `json:"counts"`
}

// Counts that are no figures of closure: parts of joint work (协办), by the unit that assists.
const (
	CountParts       = "parts"
	CountPartsOnTime = "parts_on_time"
)

// partLines are the parts of joint work that were due in a span until now, each with its issue.
func (a *Reader) partLines(ctx context.Context, span closure.Span) (all []Line, err error) {
	area := inspect.ID{}
	if a.Scope.Kind == inspect.AreaSubtree {
		area = a.Scope.ID
	}
	parts, err := a.Tx.DueParts(ctx, closure.StartOfDay(span.From, a.figures.zone), min(closure.StartOfDay(span.To, a.figures.zone), a.Tx.Now), area)
	for _, p := range parts {
		if a.Scope.Kind == inspect.UnitSubtree && !a.Within[p.Unit] {
			continue
		}
		l := Line{Issue: p.Issue, Number: p.Number, Unit: p.Unit, Category: p.Category, Area: p.Area, Status: p.Status, DueAt: p.DueAt,
			FixedAt: p.RepliedAt, Counts: []string{CountParts}}
		if p.RepliedAt != 0 && p.RepliedAt <= p.DueAt {
			l.Counts = append(l.Counts, CountPartsOnTime)
		}
		all = append(all, l)
	}
	return all, err
}

// Lines give the issues behind the figures of a span, in the order in which they were received, then the parts of joint work.
func (a *Reader) Lines(ctx context.Context, span closure.Span) (all []Line, err error) {
	err = a.Tx.EachFactIn(ctx, closure.StartOfDay(span.From, a.figures.zone), closure.StartOfDay(span.To, a.figures.zone), func(c *store.IssueFact) error {
		l := Line{Issue: c.Issue, Number: c.Number, Unit: c.Unit(), Category: c.Category, Area: c.Area, Status: c.Status, DueAt: c.DueAt, FixedAt: c.FixedAt, ClosedAt: c.ClosedAt}
		if l.Counts, l.Carried = a.countsOf(&c.Fact, span, a.Tx.Now); len(l.Counts) > 0 {
			all = append(all, l)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	parts, err := a.partLines(ctx, span)
	return append(all, parts...), err
}

// countsOf are the names of all that a fact counts for in a span and scope, as it stood at a moment, and whether it was carried into the span.
func (a *Reader) countsOf(f *closure.Fact, span closure.Span, at inspect.Time) (names []string, carried bool) {
	s := closure.NewBreakdown()
	for _, d := range f.DeltasIn(span, at, a.Calendar) {
		if a.InScope(&d.Cell) {
			s.Add(&d.Cell, span, d.Times)
		}
	}
	for n, times := range s.Total.Counts {
		if key := closure.Count(n).Key(); key != "" && times > 0 {
			names = append(names, key)
		}
	}
	return names, s.Total.Carried > 0
}
