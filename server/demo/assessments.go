package demo

import (
	"context"
	"time"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/score"
)

// assess makes a scheme for the offices of construction, and a sheet for each month that ends in the story: drafted and checked by two of the office and issued
// by the leader; that of the last month is still to be issued.
func (o *office) assess(ctx context.Context, from time.Time) error {
	s := assessment.Scheme{ID: o.city.id("scheme", "construction"), Enabled: true, Rules: assessment.Rules{Title: "渣土与工地整治月度考核", PeerGroup: "住建",
		Weights: []assessment.Weight{{Part: assessment.Closure, Weight: 80 * score.One}, {Part: assessment.Visits, Weight: 20 * score.One}},
		Grades:  score.Grades(), LeastDue: 3}}
	if _, _, _, err := o.core.Assessments.PutScheme(ctx, o.city.clerks["office1"], s); err != nil {
		return err
	}
	for month := from.AddDate(0, 0, 1-from.Day()); ; month = month.AddDate(0, 1, 0) {
		over := month.AddDate(0, 1, 0).Add(9 * time.Hour)
		if !over.Before(o.end.UTC()) {
			return nil
		}
		last := !month.AddDate(0, 2, 0).Add(9 * time.Hour).Before(o.end.UTC())
		o.later(over, func(ctx context.Context) error { return o.draftSheet(ctx, &s, month.Format("2006-01"), last) })
	}
}

func (o *office) draftSheet(ctx context.Context, s *assessment.Scheme, month string, last bool) error {
	id := o.city.id("sheet", month)
	draft, _, err := o.core.Assessments.DraftSheet(ctx, o.city.clerks["office1"], id, s.ID, month)
	if err != nil {
		return err
	}
	revision := draft.Revision
	o.later(o.clock.Now().Add(90*time.Minute), func(ctx context.Context) error {
		_, _, err := o.core.Assessments.CheckSheet(ctx, o.city.clerks["office2"], id, revision)
		return err
	})
	if !last {
		o.later(o.clock.Now().Add(5*time.Hour), func(ctx context.Context) error {
			_, _, err := o.core.Assessments.IssueSheet(ctx, o.city.leader, id, revision)
			return err
		})
	}
	return nil
}
