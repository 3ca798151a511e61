package workflow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// SimilarIssue is an open issue near by that may be the same thing, with how far it is in metres.
type SimilarIssue struct {
	issues.ListRow
	DistanceM float64
}

// SimilarIssues are similar issues, the nearest first.
type SimilarIssues struct {
	issues.Page                  // of all
	Similar     []SimilarIssue   // open; the new one may be the same
	Before      []SimilarIssue   // verified lately; the new one may be a recurrence
	WithinM     float64          // how near they were looked for
	Area        issues.NamedUnit // the smallest in which a report from there would lie; the zero one where no outline reaches
	Unit        issues.NamedUnit // that would be proposed for it; the zero one when none answers
}

// recurrenceTime is how long ago an issue was closed of which one that looks alike may be a recurrence.
const recurrenceTime = 30 * 24 * time.Hour

// similarLooked bounds how many issues near by are measured.
const similarLooked = 200

// SimilarTo gives the open issues of a category's group that lie near a point or line in WGS-84 and that the actor may see.
func (svc *Service) SimilarTo(ctx context.Context, a *inspect.Actor, category string, at geo.Line) (p SimilarIssues, err error) {
	if !a.MayAnywhere(inspect.MaySee) {
		return p, inspect.ErrForbidden
	}
	chain, err := svc.places.AreasAt(ctx, at.Start)
	if err != nil {
		return p, err
	}
	return p, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		item, ok, err := tx.Category(ctx, category)
		if err != nil {
			return err
		}
		if !ok {
			return inspect.UnknownField("query:category", "the catalogue has no such item")
		}
		if err := svc.similar(ctx, tx, a, &item, at, inspect.ID{}, &p); err != nil || len(chain) == 0 {
			return err
		}
		p.Area = issues.NamedUnit{ID: chain[0].ID, Name: chain[0].Name}
		f, err := svc.duties.MatchingRules(ctx, tx, p.Area.ID, category)
		if len(f.Rules) > 0 {
			p.Unit = issues.NamedUnit{ID: f.Rules[0].Unit, Name: f.Names[f.Rules[0].Number].Unit}
		}
		return err
	})
}

// SimilarToIssue gives the open issues that may be the same as one.
func (svc *Service) SimilarToIssue(ctx context.Context, a *inspect.Actor, id inspect.ID) (p SimilarIssues, err error) {
	return p, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := issues.Visible(ctx, tx, a, id, inspect.MaySee)
		if err != nil {
			return err
		}
		at, ok := row.AsLine()
		item, _, err := tx.Category(ctx, row.Category)
		if !ok || err != nil {
			return err
		}
		return svc.similar(ctx, tx, a, &item, at, id, &p)
	})
}

func (svc *Service) similar(ctx context.Context, tx *store.Tx, a *inspect.Actor, item *inspect.Category, at geo.Line, but inspect.ID, p *SimilarIssues) error {
	p.WithinM = inspect.SimilarWithin(item.Group)
	box, reach := at.BoxAround(p.WithinM), at.BoxAround(p.WithinM+inspect.MaxLineMetres)
	apart := map[inspect.ID]float64{}
	near := func(f store.IssueFilter) ([]store.IssueRow, error) {
		f.Viewer, f.Groups, f.Box, f.Limit = a, []string{item.Group}, &box, similarLooked
		rows, _, err := tx.ListIssues(ctx, f)
		if err != nil {
			return nil, err
		}
		f.Lines, f.Box = true, &reach // an issue lies in a box by the start of its line
		lines, _, err := tx.ListIssues(ctx, f)
		rows = slices.DeleteFunc(rows, func(r store.IssueRow) bool { return r.Line != nil }) // those are among the lines
		rows = append(rows, lines...)
		rows = slices.DeleteFunc(rows, func(r store.IssueRow) bool {
			there, ok := r.AsLine()
			apart[r.ID] = geo.LineDistance(at, there)
			return !ok || r.ID == but || apart[r.ID] > p.WithinM
		})
		slices.SortFunc(rows, func(x, y store.IssueRow) int {
			return cmp.Or(cmp.Compare(apart[x.ID], apart[y.ID]), cmp.Compare(x.Number, y.Number))
		})
		return rows[:min(len(rows), inspect.MaxSimilar)], err
	}
	open, err := near(store.IssueFilter{Status: []inspect.Status{inspect.Reported, inspect.Assigned, inspect.Fixed}})
	if err != nil {
		return err
	}
	before, err := near(store.IssueFilter{Status: []inspect.Status{inspect.Verified}, ClosedFrom: tx.Now.Add(-recurrenceTime)})
	if err != nil {
		return err
	}
	if err := svc.issues.FillPage(ctx, tx, a, append(open, before...), nil, &p.Page); err != nil {
		return err
	}
	for n, r := range p.Issues {
		to := &p.Similar
		if n >= len(open) {
			to = &p.Before
		}
		*to = append(*to, SimilarIssue{r, apart[r.ID]})
	}
	return nil
}
