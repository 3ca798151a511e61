package issues

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// assisting are the units that have a part in an issue, each with all above.
func assisting(ctx context.Context, tx *store.Tx, row *store.IssueRow) (all []inspect.ID, err error) {
	for _, unit := range row.Assisting() {
		line, err := tx.SelfAndAncestors(ctx, store.UnitTree, unit)
		if err != nil {
			return nil, err
		}
		all = append(all, line...)
	}
	return all, nil
}

// RepliesTo says whether somebody works for the unit of a part, or for one above it.
func RepliesTo(ctx context.Context, tx *store.Tx, a *inspect.Actor, p *inspect.Part) (bool, error) {
	line, err := tx.SelfAndAncestors(ctx, store.UnitTree, p.Unit)
	return a.MayThroughout(inspect.Permission(inspect.ReplyPart), inspect.Jurisdiction{Units: line}), err
}

// ownParts finds the parts that the person may reply to.
func ownParts(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *View) error {
	for n := range v.Parts {
		p := &v.Parts[n]
		if !p.Open() {
			continue
		}
		own, err := RepliesTo(ctx, tx, a, p)
		if err != nil {
			return err
		}
		if own {
			v.OwnParts = append(v.OwnParts, p.ID)
		}
	}
	return nil
}
