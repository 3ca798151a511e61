package issues

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// offered finds what the person may do next: what their roles and the state allow, without what would be refused whatever they wrote.
func (svc *Service) offered(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *View, w inspect.Jurisdiction) (err error) {
	m := inspect.Transition{By: a.ID, ReceivedAt: v.ComputedAt}
	allowed := a.AllowedActions(&v.Issue, w)
	if m.Calendar, err = svc.city.Calendar(ctx, tx); err != nil {
		return err
	}
	category, _, err := tx.Category(ctx, v.Category)
	if err != nil {
		return err
	}
	m.Category = &category
	for _, p := range v.Photos {
		if p.Declarer == a.ID || a.HasRole(inspect.Office) {
			m.Photos = append(m.Photos, p)
		}
	}
	if len(v.Flags) > 0 {
		m.Flag = &v.Flags[0]
	}
	if slices.Contains(allowed, inspect.Verify) {
		if err := Belonging(ctx, tx, &v.IssueRow, &m); err != nil {
			return err
		}
	}
	if slices.Contains(allowed, inspect.PassDown) {
		if m.SubordinateUnits, err = tx.SelfAndDescendants(ctx, store.UnitTree, v.Unit); err != nil {
			return err
		}
	}
	v.May = slices.DeleteFunc(allowed, func(action inspect.Action) bool {
		m.Action = action
		return !v.Issue.Offers(&m) || action == inspect.ReplyPart && len(v.OwnParts) == 0
	})
	if slices.Contains(v.May, inspect.AskAppeal) {
		v.Contestable = v.Issue.Contestable(&m)
	}
	return nil
}

// Belonging finds the units by which the actor has or had a role when the issue was fixed, and those around the fixing
// unit.
func Belonging(ctx context.Context, tx *store.Tx, row *store.IssueRow, m *inspect.Transition) error {
	grants, err := tx.Grants(ctx, m.By, row.FixedAt)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.Scope.Kind == inspect.UnitSubtree {
			m.ActorUnits = append(m.ActorUnits, g.Scope.ID)
		}
	}
	above, err := tx.SelfAndAncestors(ctx, store.UnitTree, row.Unit)
	if err != nil {
		return err
	}
	below, err := tx.SelfAndDescendants(ctx, store.UnitTree, row.Unit)
	m.FixerUnitLine = append(above, below...)
	return err
}
