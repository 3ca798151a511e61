package places

import (
	"cmp"
	"context"
	"maps"
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
		names, err = namesOfSigners(ctx, tx, all)
		return err
	})
	return all, names, next, err
}

// namesOfSigners are the names of those with whom agreements are.
func namesOfSigners(ctx context.Context, tx *store.Tx, all []inspect.Agreement) (map[inspect.ID]string, error) {
	var spots, units []inspect.ID
	for n := range all {
		spots, units = issues.AppendID(spots, all[n].Spot), issues.AppendID(units, all[n].Unit)
	}
	names, err := tx.NodeNames(ctx, store.UnitTree, units)
	if err != nil {
		return nil, err
	}
	of, err := tx.SpotNames(ctx, spots)
	maps.Copy(of, names)
	return of, err
}

// AgreementsEnding gives those in force that run out within so many days, the earliest first.
func (svc *Service) AgreementsEnding(ctx context.Context, a *inspect.Actor, of store.Signers, days int, after store.AgreementPlace, limit int) (all []inspect.Agreement,
	names map[inspect.ID]string, next store.AgreementPlace, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return nil, nil, next, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, next, err = tx.AgreementsEnding(ctx, of, svc.city.Today(tx), svc.city.Today(tx).Add(days), after, limit); err != nil {
			return err
		}
		names, err = namesOfSigners(ctx, tx, all)
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
	if err := signer(ctx, tx, &v); err != nil {
		return v, false, false, err
	}
	if v.UpdatedAt = tx.Now; !ok {
		v.CreatedAt = tx.Now
	}
	err = SaveAgreement(ctx, tx, by, &v)
	return v, false, !ok, err
}

// signer refuses an agreement with nobody, or with who is not there.
func signer(ctx context.Context, tx *store.Tx, v *inspect.Agreement) (err error) {
	if pointer, why := v.WrongSubject(); why != "" {
		return inspect.InvalidField(pointer, why)
	}
	there, at, what := false, "/place", "the register has no such place"
	if v.Unit.IsZero() {
		_, there, err = tx.Spot(ctx, v.Spot)
	} else {
		at, what = "/unit", "there is no such unit"
		_, there, err = tx.Unit(ctx, v.Unit)
	}
	if err == nil && !there {
		err = inspect.UnknownField(at, what)
	}
	return err
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
	body := map[string]any{"place": v.Spot, "kind": v.Kind, "from": v.From, "to": v.To, "enabled": v.Enabled,
		"scan": v.Scan.SHA256, "scan_bytes": v.Scan.Bytes, "scan_type": v.Scan.Type}
	if !v.Unit.IsZero() { // older programs knew agreements with places only
		body["unit"] = v.Unit
	}
	return body
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

// CoverageRow is how many of the places or units of a kind, or in a part of a tree with all below, have signed.
type CoverageRow struct {
	Kind inspect.SpotKind // of places, or
	Of   inspect.UnitKind // of units, or
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

// CoverageOfUnits gives how many of the units in use have signed with the office: by their kind, or of what lies directly below a unit, each
// with all below it; below nothing, of the roots.
func (svc *Service) CoverageOfUnits(ctx context.Context, a *inspect.Actor, byKind bool, parent inspect.ID) (rows []CoverageRow, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows = nil
		signed, err := tx.UnitsSigned(ctx, svc.city.Today(tx))
		if err != nil {
			return err
		}
		units, err := tx.Units(ctx)
		if err != nil {
			return err
		}
		if byKind {
			rows = unitsByKind(units, signed)
		} else {
			rows = unitsBelow(units, signed, parent)
		}
		return nil
	})
	return rows, err
}

// coverageOf is a unit by itself.
func coverageOf(u *inspect.Unit, signed map[inspect.ID]bool) (c inspect.Coverage) {
	if u.Enabled {
		c.Total = 1
	}
	if signed[u.ID] {
		c.Signed = 1
	}
	return c
}

func unitsByKind(units []inspect.Unit, signed map[inspect.ID]bool) (rows []CoverageRow) {
	sums := map[inspect.UnitKind]inspect.Coverage{}
	for n := range units {
		sums[units[n].Kind] = sums[units[n].Kind].Add(coverageOf(&units[n], signed))
	}
	for kind, sum := range sums {
		rows = append(rows, CoverageRow{Of: kind, Coverage: sum})
	}
	slices.SortFunc(rows, func(a, b CoverageRow) int { return cmp.Compare(a.Of, b.Of) })
	return rows
}

func unitsBelow(units []inspect.Unit, signed map[inspect.ID]bool, parent inspect.ID) (rows []CoverageRow) {
	up := make(map[inspect.ID]inspect.ID, len(units))
	for _, u := range units {
		up[u.ID] = u.Parent
	}
	sums := map[inspect.ID]inspect.Coverage{}
	for n := range units {
		own, id := coverageOf(&units[n], signed), units[n].ID
		for depth := 0; !id.IsZero() && depth < len(units); depth++ {
			sums[id] = sums[id].Add(own)
			id = up[id]
		}
	}
	for _, u := range units {
		if u.Parent == parent {
			rows = append(rows, CoverageRow{ID: u.ID, Name: u.Name, Coverage: sums[u.ID]})
		}
	}
	return rows
}
