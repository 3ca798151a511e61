package places

import (
	"context"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Agreements gives those of a filter in the order in which they came, with the names of their places.
func (svc *Service) Agreements(ctx context.Context, a *inspect.Actor, f store.AgreementFilter, after store.AgreementPlace,
	limit int) (all []inspect.Agreement, names map[inspect.ID]string, next store.AgreementPlace, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return nil, nil, next, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, next, err = tx.Agreements(ctx, f, after, limit); err != nil {
			return err
		}
		names, err = namesOfPlaces(ctx, tx, all)
		return err
	})
	return all, names, next, err
}

// namesOfPlaces are the names of what agreements are about.
func namesOfPlaces(ctx context.Context, tx *store.Tx, all []inspect.Agreement) (map[inspect.ID]string, error) {
	var spots []inspect.ID
	for n := range all {
		spots = issues.AppendID(spots, all[n].Spot)
	}
	return tx.SpotNames(ctx, spots)
}

// AgreementsEnding gives those in force that run out within so many days, the earliest first.
func (svc *Service) AgreementsEnding(ctx context.Context, a *inspect.Actor, days int, after store.AgreementPlace, limit int) (all []inspect.Agreement,
	names map[inspect.ID]string, next store.AgreementPlace, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return nil, nil, next, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, next, err = tx.AgreementsEnding(ctx, svc.city.Today(tx), svc.city.Today(tx).Add(days), after, limit); err != nil {
			return err
		}
		names, err = namesOfPlaces(ctx, tx, all)
		return err
	})
	return all, names, next, err
}

// PutAgreement makes or changes an agreement; the same again changes nothing.
func (svc *Service) PutAgreement(ctx context.Context, a *inspect.Actor, v inspect.Agreement) (saved inspect.Agreement, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamAgreement, v.ID.String())
	if err != nil {
		return saved, false, false, err
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		saved, repeated, created, err = putAgreement(ctx, tx, a.ID, v)
		return err
	}))
	return saved, repeated, created, err
}

func putAgreement(ctx context.Context, tx *store.Tx, by inspect.ID, v inspect.Agreement) (_ inspect.Agreement, repeated, created bool, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return v, false, false, err
	}
	old, ok, err := tx.Agreement(ctx, v.ID)
	if err != nil {
		return v, false, false, err
	}
	seen := v.UpdatedAt
	v.CreatedAt, v.UpdatedAt, v.Scan = old.CreatedAt, old.UpdatedAt, old.Scan
	if ok && v == old {
		return v, true, false, nil
	}
	if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
		return old, false, false, err
	}
	if _, there, err := tx.Spot(ctx, v.Spot); err != nil {
		return v, false, false, err
	} else if !there {
		return v, false, false, inspect.UnknownField("/place", "the register has no such place")
	}
	if v.UpdatedAt = tx.Now; !ok {
		v.CreatedAt = tx.Now
	}
	return v, false, !ok, SaveAgreement(ctx, tx, by, &v)
}

// SaveAgreement keeps an agreement and tells the record.
func SaveAgreement(ctx context.Context, tx *store.Tx, by inspect.ID, v *inspect.Agreement) (err error) {
	body := agreementBody(v)
	if body["seals"], err = tx.SealTexts(ctx, v.ID, agreementTexts(v)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamAgreement, v.ID.String(), "agreement.changed", body)
	return tx.SaveAgreement(ctx, *v)
}

// agreementBody is what the record keeps of an agreement, agreementTexts what it keeps as seals only.
func agreementBody(v *inspect.Agreement) map[string]any {
	return map[string]any{"place": v.Spot, "kind": v.Kind, "from": v.From, "to": v.To, "enabled": v.Enabled,
		"scan": v.Scan.SHA256, "scan_bytes": v.Scan.Bytes, "scan_type": v.Scan.Type}
}

func agreementTexts(v *inspect.Agreement) map[string]string {
	return map[string]string{"signed_by": v.SignedBy}
}

func LoadAgreements(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachAgreement(ctx, func(v inspect.Agreement) error {
		rows[evidence.Stream{Kind: store.StreamAgreement, ID: v.ID.String()}] = &ledger.Row{Body: agreementBody(&v), Owner: v.ID, Texts: agreementTexts(&v),
			CreatedAt: v.CreatedAt, ChangedAt: v.UpdatedAt}
		return nil
	})
}

// CoverageRow is how many of the places of a kind, or in a part of a tree with all below, have signed.
type CoverageRow struct {
	Kind inspect.SpotKind // or
	ID   inspect.ID
	Name string
	inspect.Coverage
}

// CoverageByKind gives the coverage by agreements of each kind of place; whole is false when there are too many places to count.
func (svc *Service) CoverageByKind(ctx context.Context, a *inspect.Actor) (rows []CoverageRow, whole bool, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return nil, false, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows = nil
		local, err := PlaceKinds.In(ctx, tx)
		if err != nil {
			return err
		}
		all, enough, err := tx.CoverageByKind(ctx, svc.city.Today(tx))
		whole = enough
		kinds := slices.Clone(inspect.SpotKinds)
		for _, k := range local {
			kinds = append(kinds, k.Code)
		}
		for k := range all {
			if !slices.Contains(kinds, k) { // the city has taken it away since
				kinds = append(kinds, k)
			}
		}
		for _, k := range kinds {
			rows = append(rows, CoverageRow{Kind: k, Coverage: all[k]})
		}
		return err
	})
	return rows, whole, err
}

// CoverageBelow gives the coverage of what lies directly below a node of a tree, each with all below it; below nothing, of the
// roots.
func (svc *Service) CoverageBelow(ctx context.Context, a *inspect.Actor, t store.Tree, parent inspect.ID, kind inspect.SpotKind) (rows []CoverageRow, whole bool, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return nil, false, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows = nil
		nodes, err := tx.Nodes(ctx, t)
		if err != nil {
			return err
		}
		all, enough, err := tx.CoverageIn(ctx, t, kind, svc.city.Today(tx))
		whole = enough
		up := make(map[inspect.ID]inspect.ID, len(nodes))
		for _, n := range nodes {
			up[n.ID] = n.Parent
		}
		sums := map[inspect.ID]inspect.Coverage{}
		for id, own := range all {
			for depth := 0; !id.IsZero() && depth < len(nodes); depth++ {
				sums[id] = sums[id].Add(own)
				id = up[id]
			}
		}
		for _, n := range nodes {
			if n.Parent == parent {
				rows = append(rows, CoverageRow{ID: n.ID, Name: n.Name, Coverage: sums[n.ID]})
			}
		}
		return err
	})
	return rows, whole, err
}
