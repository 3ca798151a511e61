package inspections

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// Standards gives of every standard the version that is in force and its draft.
func (svc *Service) Standards(ctx context.Context, a *inspect.Actor) (all []inspect.Standard, err error) {
	if !a.MayAnywhere(inspect.MaySeeStandards) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Standards(ctx)
		return err
	})
	return all, err
}

// StandardVersions gives all versions of a standard, the newest first.
func (svc *Service) StandardVersions(ctx context.Context, a *inspect.Actor, id inspect.ID) (all []inspect.Standard, err error) {
	if !a.MayAnywhere(inspect.MaySeeStandards) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, err = tx.StandardVersions(ctx, id); err == nil && len(all) == 0 {
			err = inspect.ErrStandardNotFound
		}
		return err
	})
	return all, err
}

// DraftStandard makes or changes the draft of a standard; where a version is in force the draft is of the next one. The same as what stands changes nothing.
func (svc *Service) DraftStandard(ctx context.Context, a *inspect.Actor, s inspect.Standard) (saved inspect.Standard, repeated, created bool, err error) {
	if wrong := s.Check(); len(wrong) > 0 {
		return s, false, false, inspect.ErrContent.At(wrong...)
	}
	err = svc.keepStandard(ctx, a, s.ID, func(ctx context.Context, tx *store.Tx, versions []inspect.Standard) error {
		if err := checkStandardRefs(ctx, tx, &s); err != nil {
			return err
		}
		seen := s.UpdatedAt
		var last inspect.Standard
		if len(versions) > 0 {
			last = versions[0]
		}
		if len(versions) > 0 && sameStandard(&s, &last) {
			saved, repeated = last, true
			return nil
		}
		saved = last
		if err := ledger.CheckSeen(seen, len(versions) > 0, last.UpdatedAt); err != nil {
			return err
		}
		s.Version, s.MadeBy, s.CreatedAt = last.Version+1, a.ID, tx.Now
		if len(versions) > 0 && last.State() == inspect.StandardDraft {
			s.Version, s.MadeBy, s.CreatedAt = last.Version, last.MadeBy, last.CreatedAt
		}
		created = len(versions) == 0
		err := saveStandard(ctx, tx, a.ID, "standard.drafted", &s)
		saved = s
		return err
	})
	return saved, repeated, created, err
}

// sameStandard says whether two versions ask the same.
func sameStandard(a, b *inspect.Standard) bool {
	asked := func(s *inspect.Standard) inspect.Standard {
		return inspect.Standard{Name: s.Name, Subject: s.Subject, Kind: s.Kind, Class: s.Class, Items: s.Items, PassMark: s.PassMark, RecheckMark: s.RecheckMark, Grades: s.Grades}
	}
	return reflect.DeepEqual(asked(a), asked(b))
}

// checkStandardRefs finds what a standard names and the city does not have.
func checkStandardRefs(ctx context.Context, tx *store.Tx, s *inspect.Standard) error {
	kinds, err := places.PlaceKinds.In(ctx, tx)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	if s.Kind != "" && !inspect.KnownKind(s.Kind, kinds) {
		wrong = append(wrong, fault.Field{Pointer: "/kind", Detail: "the city has no such kind of place"})
	}
	for n := range s.Items {
		if s.Items[n].Category == "" {
			continue
		}
		if c, ok, err := tx.Category(ctx, s.Items[n].Category); err != nil {
			return err
		} else if !ok || !c.Enabled {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/items/%d/category", n), Detail: "the catalogue has no such item, or it is switched off"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrUnknownRef.At(wrong...)
	}
	return nil
}

// EnactStandard puts a draft in force; it takes the place of the version before. The same again changes nothing.
func (svc *Service) EnactStandard(ctx context.Context, a *inspect.Actor, id inspect.ID, version int) (saved inspect.Standard, repeated bool, err error) {
	err = svc.keepStandard(ctx, a, id, func(ctx context.Context, tx *store.Tx, versions []inspect.Standard) error {
		at := slices.IndexFunc(versions, func(s inspect.Standard) bool { return s.Version == version })
		if at < 0 {
			return inspect.ErrStandardNotFound
		}
		saved = versions[at]
		switch saved.State() {
		case inspect.StandardInForce:
			repeated = true
			return nil
		case inspect.StandardReplaced:
			return inspect.ErrStandardState
		}
		for n := range versions {
			if versions[n].State() == inspect.StandardInForce {
				versions[n].ReplacedAt = tx.Now
				if err := saveStandard(ctx, tx, a.ID, "standard.replaced", &versions[n]); err != nil {
					return err
				}
			}
		}
		saved.InForceAt = tx.Now
		return saveStandard(ctx, tx, a.ID, "standard.enacted", &saved)
	})
	return saved, repeated, err
}

// EndStandard withdraws the version that is in force: nobody visits by it any more. The same again changes nothing.
func (svc *Service) EndStandard(ctx context.Context, a *inspect.Actor, id inspect.ID) (saved inspect.Standard, repeated bool, err error) {
	err = svc.keepStandard(ctx, a, id, func(ctx context.Context, tx *store.Tx, versions []inspect.Standard) error {
		if len(versions) == 0 {
			return inspect.ErrStandardNotFound
		}
		at := slices.IndexFunc(versions, func(s inspect.Standard) bool { return s.State() == inspect.StandardInForce })
		if at < 0 {
			at = slices.IndexFunc(versions, func(s inspect.Standard) bool { return s.State() == inspect.StandardReplaced })
			if at < 0 {
				return inspect.ErrStandardState
			}
			saved, repeated = versions[at], true
			return nil
		}
		saved = versions[at]
		saved.ReplacedAt = tx.Now
		return saveStandard(ctx, tx, a.ID, "standard.replaced", &saved)
	})
	return saved, repeated, err
}

// keepStandard changes a standard of which all versions are given, the newest first.
func (svc *Service) keepStandard(ctx context.Context, a *inspect.Actor, id inspect.ID, f func(context.Context, *store.Tx, []inspect.Standard) error) error {
	if !a.MayThroughout(inspect.MayKeepStandards, inspect.Jurisdiction{}) {
		return inspect.ErrForbidden
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		versions, err := tx.StandardVersions(ctx, id)
		if err != nil {
			return err
		}
		return f(ctx, tx, versions)
	})
}

func standardStream(s *inspect.Standard) evidence.Stream {
	return evidence.Stream{Kind: store.StreamStandard, ID: fmt.Sprintf("%s.%d", s.ID, s.Version)}
}

func saveStandard(ctx context.Context, tx *store.Tx, by inspect.ID, event string, s *inspect.Standard) error {
	s.UpdatedAt = tx.Now
	ledger.Record(tx, by, store.StreamStandard, standardStream(s).ID, event, standardBody(s))
	return tx.SaveStandard(ctx, *s)
}

// standardBody is what the record keeps of a version of a standard: all of it, so that a score can be counted again.
func standardBody(s *inspect.Standard) map[string]any {
	return map[string]any{"name": s.Name, "subject": s.Subject, "kind": s.Kind, "class": s.Class, "items": s.Items, "pass_mark": s.PassMark,
		"recheck_mark": s.RecheckMark, "grades": s.Grades, "in_force_at": s.InForceAt, "replaced_at": s.ReplacedAt, "made_by": s.MadeBy}
}

// LoadStandards gives standards as the record tells them.
func LoadStandards(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachStandard(ctx, func(s inspect.Standard) error {
		rows[standardStream(&s)] = &ledger.Row{Body: standardBody(&s), CreatedAt: s.CreatedAt, ChangedAt: s.UpdatedAt}
		return nil
	})
}
