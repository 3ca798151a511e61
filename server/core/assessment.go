package core

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// PutAssessmentPoint makes or changes an entry of the assessment of a unit; the same again changes nothing.
func (c *Core) PutAssessmentPoint(ctx context.Context, a *inspect.Actor, p inspect.AssessmentPoint) (saved inspect.AssessmentPoint, repeated, created bool, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
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
		for _, unit := range add([]inspect.ID{p.Unit}, old.Unit) {
			w, err := whereUnit(ctx, tx, unit)
			if err != nil {
				return err
			}
			if !a.MayThroughout(inspect.MayDraftReports, w) {
				return inspect.ErrForbidden
			}
		}
		p.CreatedAt, p.UpdatedAt = old.CreatedAt, old.UpdatedAt
		if repeated = ok && p == old; repeated {
			saved = old
			return nil
		}
		if p.UpdatedAt = tx.Now; !ok {
			p.CreatedAt = tx.Now
		}
		saved, created = p, !ok
		record(tx, a.ID, store.StreamAssessment, p.ID.String(), "assessment_point.changed", pointBody(&p))
		return tx.SaveAssessmentPoint(ctx, p)
	})
	return saved, repeated, created, err
}

// AssessmentPoints gives the entries of some days for the units whose figures the actor sees, with the names of the units.
func (c *Core) AssessmentPoints(ctx context.Context, a *inspect.Actor, from, to inspect.Date) (all []inspect.AssessmentPoint, names map[inspect.ID]string, err error) {
	if !a.MayAnywhere(inspect.MaySeeReports) {
		return nil, nil, inspect.ErrForbidden
	}
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		points, err := tx.AssessmentPoints(ctx, from, to)
		if err != nil {
			return err
		}
		var units []inspect.ID
		for _, p := range points {
			w, err := whereUnit(ctx, tx, p.Unit)
			if err != nil {
				return err
			}
			if a.MayThroughout(inspect.MaySeeReports, w) {
				all, units = append(all, p), add(units, p.Unit)
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

func loadAssessment(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	points, err := tx.AssessmentPoints(ctx, "", "9999-12-31")
	for n := range points {
		p := &points[n]
		rows[evidence.Stream{Kind: store.StreamAssessment, ID: p.ID.String()}] = &registerRow{body: pointBody(p), createdAt: p.CreatedAt, changed: p.UpdatedAt}
	}
	return err
}
