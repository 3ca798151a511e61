package reports

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// PutAssessmentPoint makes or changes an entry of the assessment of a unit; the same again changes nothing.
func (svc *Service) PutAssessmentPoint(ctx context.Context, a *inspect.Actor, p inspect.AssessmentPoint) (saved inspect.AssessmentPoint, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		if gone, err := tx.UnknownUnits(ctx, []inspect.ID{p.Unit}); err != nil {
			return err
		} else if len(gone) > 0 {
			return inspect.UnknownField("/unit", "there is no such unit")
		}
		old, ok, err := tx.AssessmentPoint(ctx, p.ID)
		if err != nil {
			return err
		}
		may := true
		for _, unit := range issues.AppendID([]inspect.ID{p.Unit}, old.Unit) {
			w, err := workflow.LocationOfUnit(ctx, tx, unit)
			if err != nil {
				return err
			}
			may = may && a.MayThroughout(inspect.MayDraftReports, w)
		}
		only, err := city.LeftBy(ctx, tx, a, city.ForbiddenUnless(may), store.StreamAssessment, p.ID.String())
		if err != nil {
			return err
		}
		seen := p.UpdatedAt
		p.CreatedAt, p.UpdatedAt = old.CreatedAt, old.UpdatedAt
		if repeated = ok && p == old; repeated {
			saved = old
			return nil
		}
		if only {
			return inspect.ErrForbidden
		}
		if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
			saved = old
			return err
		}
		if p.UpdatedAt = tx.Now; !ok {
			p.CreatedAt = tx.Now
		}
		saved, created = p, !ok
		ledger.Record(tx, a.ID, store.StreamAssessment, p.ID.String(), "assessment_point.changed", pointBody(&p))
		return tx.SaveAssessmentPoint(ctx, p)
	})
	return saved, repeated, created, err
}

// AssessmentPoints gives the entries of some days for the units whose figures the actor sees, with the names of the units.
func (svc *Service) AssessmentPoints(ctx context.Context, a *inspect.Actor, from, to inspect.Date) (all []inspect.AssessmentPoint, names map[inspect.ID]string, err error) {
	if !a.MayAnywhere(inspect.MaySeeReports) {
		return nil, nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		points, err := tx.AssessmentPoints(ctx, from, to)
		if err != nil {
			return err
		}
		var units []inspect.ID
		for _, p := range points {
			w, err := workflow.LocationOfUnit(ctx, tx, p.Unit)
			if err != nil {
				return err
			}
			if a.MayThroughout(inspect.MaySeeReports, w) {
				all, units = append(all, p), issues.AppendID(units, p.Unit)
			}
		}
		names, err = tx.NodeNames(ctx, store.UnitTree, units)
		return err
	})
	return all, names, err
}

// pointBody is what the record keeps of an entry.
func pointBody(p *inspect.AssessmentPoint) map[string]any {
	return map[string]any{"unit": p.Unit, "day": p.Day, "hundredths": p.Hundredths, "reason": p.Reason, "withdrawn": p.Withdrawn}
}

func LoadAssessment(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	points, err := tx.AssessmentPoints(ctx, "", "9999-12-31")
	for n := range points {
		p := &points[n]
		rows[evidence.Stream{Kind: store.StreamAssessment, ID: p.ID.String()}] = &ledger.Row{Body: pointBody(p), CreatedAt: p.CreatedAt, ChangedAt: p.UpdatedAt}
	}
	return err
}
