package assessments

import (
	"context"
	"reflect"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// inTheCity says whether somebody has a permission over the whole city, as peer groups reach over all of it.
func inTheCity(a *inspect.Actor, p inspect.Permission) bool {
	return a.MayThroughout(p, inspect.Jurisdiction{})
}

// Schemes gives all schemes to who sees the figures of the whole city.
func (svc *Service) Schemes(ctx context.Context, a *inspect.Actor) (all []assessment.Scheme, err error) {
	if !inTheCity(a, inspect.MaySeeReports) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.EachScheme(ctx, func(s *assessment.Scheme) error {
			all = append(all, *s)
			return nil
		})
	})
	return all, err
}

// PutScheme makes a scheme or changes it, which makes its next version; the same again changes nothing. UpdatedAt is what the actor saw. What was drafted
// keeps the version by which it was counted.
func (svc *Service) PutScheme(ctx context.Context, a *inspect.Actor, s assessment.Scheme) (saved assessment.Scheme, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Scheme(ctx, s.ID)
		if err != nil {
			return err
		}
		only, err := city.LeftBy(ctx, tx, a, city.ForbiddenUnless(inTheCity(a, inspect.MayDraftReports)), store.StreamScheme, s.ID.String())
		if err != nil {
			return err
		}
		seen := s.UpdatedAt
		s.Version, s.MadeBy, s.CreatedAt, s.UpdatedAt = old.Version, old.MadeBy, old.CreatedAt, old.UpdatedAt
		saved = old
		if repeated = ok && reflect.DeepEqual(s, old); repeated {
			return nil
		}
		if only {
			return inspect.ErrForbidden
		}
		if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
			return err
		}
		if err := s.Check(); err != nil {
			return err
		}
		s.Version, s.UpdatedAt = old.Version+1, tx.Now
		if created = !ok; created {
			s.MadeBy, s.CreatedAt = a.ID, tx.Now
		}
		saved = s
		ledger.Record(tx, a.ID, store.StreamScheme, s.ID.String(), "assessment_scheme.changed", schemeBody(&s))
		return tx.SaveScheme(ctx, &s)
	})
	return saved, repeated, created, err
}

// schemeBody is what the record keeps of a scheme.
func schemeBody(s *assessment.Scheme) map[string]any {
	return map[string]any{"title": s.Title, "peer_group": s.PeerGroup, "weights": s.Weights, "grades": s.Grades, "least_due": s.LeastDue, "enabled": s.Enabled,
		"version": s.Version, "made_by": s.MadeBy}
}

// Load gives schemes and sheets as the record tells them.
func Load(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	if err := tx.EachScheme(ctx, func(s *assessment.Scheme) error {
		rows[evidence.Stream{Kind: store.StreamScheme, ID: s.ID.String()}] = &ledger.Row{Body: schemeBody(s), CreatedAt: s.CreatedAt, ChangedAt: s.UpdatedAt}
		return nil
	}); err != nil {
		return err
	}
	return tx.EachAssessmentSheet(ctx, func(s *assessment.Sheet) error {
		body, err := sheetBody(s)
		rows[evidence.Stream{Kind: store.StreamSheet, ID: s.ID.String()}] = &ledger.Row{Body: body, CreatedAt: s.CreatedAt, ChangedAt: s.UpdatedAt}
		return err
	})
}
