package intake

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Mapping says under a name how tables of work from elsewhere are read.
type Mapping struct {
	ID      inspect.ID
	Name    string
	Enabled bool
	intake.Mapping
	CreatedAt, UpdatedAt inspect.Time
}

func mappingOf(m *store.ImportMapping) (v Mapping, err error) {
	v = Mapping{ID: m.ID, Name: m.Name, Enabled: m.Enabled, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt}
	err = json.Unmarshal([]byte(m.Mapping), &v.Mapping)
	return v, err
}

// Mappings gives all mappings in the order of their names.
func (svc *Service) Mappings(ctx context.Context, a *inspect.Actor) (all []Mapping, err error) {
	if !a.MayAnywhere(inspect.MayImport) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, err := tx.ImportMappings(ctx)
		for n := range kept {
			m, err := mappingOf(&kept[n])
			if err != nil {
				return err
			}
			all = append(all, m)
		}
		return err
	})
	return all, err
}

// PutMapping makes or changes a mapping; the same again changes nothing. An import that was checked keeps the one that it was read with.
func (svc *Service) PutMapping(ctx context.Context, a *inspect.Actor, m Mapping) (saved Mapping, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayImport), store.StreamMapping, m.ID.String())
	if err != nil {
		return m, false, false, err
	}
	if wrong := m.Check(); len(wrong) > 0 {
		return m, false, false, inspect.ErrContent.At(wrong...)
	}
	text, err := evidence.CanonicalOf(&m.Mapping)
	if err != nil {
		return m, false, false, inspect.InvalidField("", "cannot be kept")
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.ImportMapping(ctx, m.ID)
		if err != nil {
			return err
		}
		v := store.ImportMapping{ID: m.ID, Name: m.Name, Mapping: string(text), Enabled: m.Enabled, CreatedAt: old.CreatedAt, UpdatedAt: old.UpdatedAt}
		saved = m
		if repeated = ok && v == old; repeated {
			saved.CreatedAt, saved.UpdatedAt = old.CreatedAt, old.UpdatedAt
			return nil
		}
		if err := ledger.CheckSeen(m.UpdatedAt, ok, old.UpdatedAt); err != nil {
			if ok {
				if saved, err = mappingOf(&old); err != nil {
					return err
				}
			}
			return inspect.ErrRowChanged
		}
		if named, taken, err := tx.MappingNamed(ctx, m.Name); err != nil {
			return err
		} else if taken && named.ID != m.ID {
			return inspect.ErrMappingName
		}
		if err := checkCodes(ctx, tx, &m.Mapping); err != nil {
			return err
		}
		if v.UpdatedAt = tx.Now; !ok {
			v.CreatedAt = tx.Now
		}
		created, saved.CreatedAt, saved.UpdatedAt = !ok, v.CreatedAt, v.UpdatedAt
		ledger.Record(tx, a.ID, store.StreamMapping, v.ID.String(), "import_mapping.changed", mappingBody(&v))
		return tx.SaveMapping(ctx, v)
	}))
	return saved, repeated, created, err
}

// checkCodes refuses items that the catalogue does not have.
func checkCodes(ctx context.Context, tx *store.Tx, m *intake.Mapping) error {
	all, err := tx.Categories(ctx)
	if err != nil {
		return err
	}
	has := func(code string) bool {
		return slices.ContainsFunc(all, func(v inspect.Category) bool { return v.Code == code && v.Enabled })
	}
	var wrong []fault.Field
	if m.DefaultCategory != "" && !has(m.DefaultCategory) {
		wrong = append(wrong, fault.Field{Pointer: "/otherwise", Detail: "the catalogue has no such item, or it is switched off"})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Categories)) {
		if code := m.Categories[name]; !has(code) {
			wrong = append(wrong, fault.Field{Pointer: "/categories/" + name, Detail: "the catalogue has no item " + code + ", or it is switched off"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrUnknownRef.At(wrong...)
	}
	return nil
}

// mappingBody is what the record keeps of a mapping.
func mappingBody(m *store.ImportMapping) map[string]any {
	return map[string]any{"name": m.Name, "mapping": json.RawMessage(m.Mapping), "enabled": m.Enabled}
}

func LoadIntake(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	all, err := tx.ImportMappings(ctx)
	if err != nil {
		return err
	}
	for n := range all {
		m := &all[n]
		rows[evidence.Stream{Kind: store.StreamMapping, ID: m.ID.String()}] = &ledger.Row{Body: mappingBody(m), CreatedAt: m.CreatedAt, ChangedAt: m.UpdatedAt}
	}
	return tx.EachRequestedIssueImport(ctx, func(i store.IssueImport) error {
		rows[evidence.Stream{Kind: store.StreamIntake, ID: i.ID.String()}] = &ledger.Row{Body: intakeBody(&i), ChangedAt: i.UpdatedAt}
		return nil
	})
}
