package reports

import (
	"context"
	"slices"
	"strings"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// correctedReports is how many issued reports of a series are looked at for what changed in them.
const correctedReports = 4

// corrections are what changed in reports of the same series since the last one was computed: each as it stands now at its own cut-off time, less as
// it stood at the event with which it was computed. What was fixed or closed only after that time is no correction.
func (svc *Service) corrections(ctx context.Context, tx *store.Tx, w *Report, ask Request) error {
	issued, err := tx.LastIssuedReports(ctx, w.Kind, ask.Scope.String(), correctedReports)
	if err != nil || len(issued) == 0 {
		return err
	}
	since := issued[0].CutEvent // what came before was corrected in that one
	changed, err := tx.ChangedIssues(ctx, since)
	if err != nil {
		return err
	}
	for n := range issued {
		if err := svc.correctionsOf(ctx, tx, w, ask.Scope, &issued[n], since, changed); err != nil {
			return err
		}
	}
	slices.SortStableFunc(w.Corrections, func(a, b Correction) int { return strings.Compare(a.Number, b.Number) })
	return nil
}

func (svc *Service) correctionsOf(ctx context.Context, tx *store.Tx, w *Report, scope figures.Scope, p *store.Publication, since int64, changed map[inspect.ID]bool) error {
	a, err := svc.figures.Read(ctx, tx, scope, 0)
	if err != nil {
		return err
	}
	formula, err := figures.ScoreFormula.In(ctx, tx)
	if err != nil {
		return err
	}
	period, err := svc.period(tx, p.Period, &formula)
	if err != nil {
		return err
	}
	b := &renderer{Report: w}
	seen := map[inspect.ID]bool{}
	lines, err := frozenReport(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	var candidates []inspect.ID
	for _, l := range lines.Lines {
		if changed[l.Issue] && !seen[l.Issue] {
			seen[l.Issue], candidates = true, append(candidates, l.Issue)
		}
	}
	if err := tx.EachCourseIn(ctx, closure.StartOfDay(period.From, svc.zone), closure.StartOfDay(period.To, svc.zone), func(c *store.IssueCourse) error {
		if changed[c.Issue] && !seen[c.Issue] {
			seen[c.Issue], candidates = true, append(candidates, c.Issue)
		}
		return nil
	}); err != nil {
		return err
	}
	view := closure.NewView(period.Span, p.CutAt, a.Calendar)
	for _, id := range candidates {
		k, err := a.Correction(ctx, id, view, since)
		if err != nil {
			return err
		}
		if k == nil {
			continue
		}
		w.Corrections = append(w.Corrections, Correction{Report: p.Number, Number: k.Number, Figure: strings.Join(b.countNames(k.Keys), b.say("、", ", ")),
			Was: b.side(k, k.Before), Is: b.side(k, k.After), Why: strings.Join(b.reasons(k.Why), b.say("、", ", ")), Moves: movesOf(k)})
	}
	return nil
}

// side says for each count that differs whether it was counted, and for which unit where the units differ.
func (b *renderer) side(k *figures.IssueChange, side map[string]inspect.ID) string {
	var parts []string
	for _, key := range k.Keys {
		unit, counted := side[key]
		text := b.say("否", "no")
		if counted {
			text = b.say("是", "yes")
			for _, u := range b.Units {
				if u.ID == unit && k.Before[key] != k.After[key] {
					text = u.Name
				}
			}
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, b.say("、", ", "))
}
