package figures

import (
	"context"
	"slices"

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

// partLines are the parts of joint work that were due in a span up to the cut-off, each with its issue.
func (a *Reader) partLines(ctx context.Context, span closure.Span) (all []Line, err error) {
	area := inspect.ID{}
	if a.Scope.Kind == inspect.AreaSubtree {
		area = a.Scope.ID
	}
	parts, err := a.Tx.DueParts(ctx, closure.StartOfDay(span.From, a.figures.zone), min(closure.StartOfDay(span.To, a.figures.zone), a.CutOff), area)
	for _, p := range parts {
		if !a.UnitInScope(p.Unit, p.DueAt) {
			continue
		}
		l := Line{Issue: p.Issue, Number: p.Number, Unit: p.Unit, Category: p.Category, Area: p.Area, Status: p.Status, DueAt: p.DueAt,
			FixedAt: p.RepliedAt, Counts: []string{CountParts}}
		if p.RepliedAt != 0 && p.RepliedAt <= min(p.DueAt, a.CutOff) {
			l.Counts = append(l.Counts, CountPartsOnTime)
		}
		all = append(all, l)
	}
	return all, err
}

// IssueShare is what an issue counts for, with the issue.
type IssueShare struct {
	closure.Share
	Issue inspect.ID
}

// EachShare calls f for all that counts in a span and in the scope, issue by issue.
func (a *Reader) EachShare(ctx context.Context, span closure.Span, f func(IssueShare)) error {
	view := a.View(span)
	return a.eachCourse(ctx, view, func(i *store.IssueCourse, c *closure.Course) {
		for _, share := range c.Shares(view) {
			if a.shareInScope(&share) {
				f(IssueShare{share, i.Issue})
			}
		}
	})
}

// Lines give the issues behind the figures of a span, in the order in which they were received, then the parts of joint work. An issue that
// counts for several units has a line for each.
func (a *Reader) Lines(ctx context.Context, span closure.Span) (all []Line, err error) {
	view := a.View(span)
	err = a.eachCourse(ctx, view, func(i *store.IssueCourse, c *closure.Course) { all = append(all, a.linesOf(i, c, view)...) })
	if err != nil {
		return nil, err
	}
	parts, err := a.partLines(ctx, span)
	return append(all, parts...), err
}

// linesOf are the lines of an issue: what belongs to no unit stands with the unit that answers for it.
func (a *Reader) linesOf(i *store.IssueCourse, c *closure.Course, view *closure.View) (all []Line) {
	t := c.Turn()
	answers := t.Holder(t.DueAt)
	for _, share := range c.Shares(view) {
		if !a.shareInScope(&share) {
			continue
		}
		unit := share.Unit
		if unit.IsZero() {
			unit = answers
		}
		n := slices.IndexFunc(all, func(l Line) bool { return l.Unit == unit })
		if n < 0 {
			n = len(all)
			l := Line{Issue: i.Issue, Number: i.Number, Unit: unit, Category: c.Category, Area: c.Area}
			if unit == answers {
				l.Status, l.DueAt, l.ClosedAt = c.Status, t.DueAt, c.ClosedAt()
				if f := c.StandingFix(); f != nil {
					l.FixedAt = f.From
				}
			}
			all = append(all, l)
		}
		for _, of := range share.Counts {
			all[n].Counts = append(all[n].Counts, of.Key())
			all[n].Carried = all[n].Carried || of == closure.Carried || of == closure.CarriedToClose
		}
	}
	return all
}

// InPeriod says whether a line has more than what stands at the cut-off, whatever the period.
func (l *Line) InPeriod() bool {
	return slices.ContainsFunc(l.Counts, func(key string) bool {
		return !slices.ContainsFunc([]closure.Count{closure.Open, closure.OnHold, closure.Overdue}, func(n closure.Count) bool { return n.Key() == key })
	})
}
