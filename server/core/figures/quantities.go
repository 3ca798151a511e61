package figures

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// QuantityKinds are the kinds of work that the city counts.
var QuantityKinds = city.Setting[[]inspect.QuantityKind]{Key: "quantity_kinds", Default: inspect.QuantityKinds, Read: quantityKinds}

// mostQuantityKinds is how many kinds of work a city counts at most.
const mostQuantityKinds = 50

func quantityKinds(v json.RawMessage) ([]inspect.QuantityKind, error) {
	var kinds []inspect.QuantityKind
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&kinds); err != nil || len(kinds) > mostQuantityKinds {
		return nil, errors.New("want a list of code, name_zh, name_en, unit_zh, unit_en")
	}
	for n, k := range kinds {
		for _, text := range []string{k.NameZH, k.NameEN, k.UnitZH, k.UnitEN} {
			if length := len([]rune(text)); length < 1 || length > 50 {
				return nil, fmt.Errorf("kind %d: want names and units of 1 to 50 characters", n)
			}
		}
		if new(inspect.SpotKind).UnmarshalText([]byte(k.Code)) != nil {
			return nil, fmt.Errorf("kind %d: want a code of lower-case letters, digits and _", n)
		}
		if slices.ContainsFunc(kinds[:n], func(o inspect.QuantityKind) bool { return o.Code == k.Code }) {
			return nil, fmt.Errorf("kind %d: there is a kind %s already", n, k.Code)
		}
	}
	return kinds, nil
}

// TakeQuantities keeps how much work was done at a fix or on a round, in the transaction of that; nothing where nothing was told.
func TakeQuantities(ctx context.Context, tx *store.Tx, w *inspect.WorkDone) error {
	if len(w.Quantities) == 0 {
		return nil
	}
	kinds, err := QuantityKinds.In(ctx, tx)
	if err != nil {
		return err
	}
	if at, detail := inspect.CheckQuantities(w.Quantities, kinds); at >= 0 {
		return inspect.UnknownField(fmt.Sprintf("/quantities/%d/kind", at), detail)
	}
	w.At = tx.Now
	ledger.Record(tx, w.By, store.StreamWork, w.ID.String(), "work.told", workBody(w))
	return tx.InsertWorkDone(ctx, w)
}

func workBody(w *inspect.WorkDone) map[string]any {
	return map[string]any{"source": w.Source, "issue": w.Issue, "area": w.Area, "unit": w.Unit, "category": w.Category, "day": w.Day, "done_by": w.By,
		"quantities": w.Quantities}
}

// LoadQuantities gives what was told of work as the record tells it.
func LoadQuantities(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	all, err := tx.AllWorkDone(ctx)
	for n := range all {
		w := &all[n]
		rows[evidence.Stream{Kind: store.StreamWork, ID: w.ID.String()}] = &ledger.Row{Body: workBody(w), CreatedAt: w.At, ChangedAt: w.At}
	}
	return err
}

// QuantitySums are sums of work with the names of what they are for.
type QuantitySums struct {
	Kinds []inspect.QuantityKind
	Sums  []store.QuantitySum
	Names map[inspect.ID]string
}

// SumQuantities sums what was done by kind and by unit, area, category, month or day, of what the actor may see. Areas are those right below the one that is
// asked for.
func (svc *Service) SumQuantities(ctx context.Context, a *inspect.Actor, f store.QuantityFilter, by store.QuantityKey) (all QuantitySums, err error) {
	if !a.MayAnywhere(inspect.MaySeeRounds) {
		return all, inspect.ErrForbidden
	}
	f.For = a
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all.Kinds, err = QuantityKinds.In(ctx, tx); err != nil {
			return err
		}
		if all.Sums, err = tx.SumQuantities(ctx, f, by); err != nil {
			return err
		}
		tree := store.UnitTree
		if by == store.SumByArea {
			tree = store.AreaTree
			if all.Sums, err = rolledUp(ctx, tx, all.Sums, f.Area); err != nil {
				return err
			}
		}
		var ids []inspect.ID
		for _, s := range all.Sums {
			ids = append(ids, s.ID)
		}
		all.Names, err = tx.NodeNames(ctx, tree, ids)
		return err
	})
	return all, err
}

// rolledUp adds sums of areas to those of the areas right below one, or of the topmost where none is named.
func rolledUp(ctx context.Context, tx *store.Tx, sums []store.QuantitySum, below inspect.ID) (up []store.QuantitySum, err error) {
	at := map[string]int{}
	for _, s := range sums {
		line, err := tx.SelfAndAncestors(ctx, store.AreaTree, s.ID)
		if err != nil {
			return nil, err
		}
		for _, id := range line {
			if id == below {
				break
			}
			s.ID = id
		}
		key := s.ID.String() + s.Kind
		if n, ok := at[key]; ok {
			up[n].Counted, up[n].Reported, up[n].Times = up[n].Counted+s.Counted, up[n].Reported+s.Reported, up[n].Times+s.Times
			continue
		}
		at[key] = len(up)
		up = append(up, s)
	}
	return up, nil
}
