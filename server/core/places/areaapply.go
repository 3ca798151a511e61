package places

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// ApplyAreas makes an import visible. The record is told of every area that will change first, a few at a time; then one
// short transaction switches over. Interrupted, it goes on when it is asked again; applied before, it changes nothing.
func (svc *Service) ApplyAreas(ctx context.Context, a *inspect.Actor, id inspect.ID) (done AreaImport, repeated bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamImport, id.String())
	if err != nil {
		return done, false, err
	}
	if only {
		if done.AreaImport, repeated, err = svc.appliedBefore(ctx, id); err == nil {
			err = city.ForbiddenUnless(repeated)
		}
		return done, repeated, err
	}
	for told := false; !told; {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if repeated, err = svc.applicable(ctx, tx, id); err != nil || repeated {
				told = true
				return err
			}
			told, err = tell(ctx, tx, a.ID, id)
			return err
		}); err != nil {
			return done, false, err
		}
	}
	if !repeated {
		if err := svc.prepareIndex(ctx, id); err != nil {
			return done, false, err
		}
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if repeated, err = svc.applicable(ctx, tx, id); err != nil || repeated {
				return err
			}
			return switchOver(ctx, tx, a.ID, id)
		}); err != nil {
			return done, false, err
		}
		if err := svc.unstage(ctx, id); err != nil {
			return done, false, err
		}
	}
	done, err = svc.AreaImport(ctx, a, id)
	return done, repeated, err
}

// appliedBefore is an import without its findings, and whether it was applied.
func (svc *Service) appliedBefore(ctx context.Context, id inspect.ID) (i store.AreaImport, applied bool, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		i, _, err = tx.AreaImport(ctx, id)
		return err
	})
	return i, i.State == store.AreaImportApplied, err
}

// applicable says whether an import may be applied now, or was before.
func (svc *Service) applicable(ctx context.Context, tx *store.Tx, id inspect.ID) (applied bool, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return false, err
	}
	kept, err := checkedImport(ctx, tx, id)
	if err != nil {
		return false, err
	}
	version, err := tx.AreasVersion(ctx)
	switch {
	case err != nil:
		return false, err
	case kept.State == store.AreaImportApplied:
		return true, nil
	case kept.Errors > 0:
		return false, inspect.ErrImportErrors
	case kept.AreasVersion != version:
		return false, inspect.ErrImportStale
	}
	return false, nil
}

// tell leaves lines about the next staged areas; they count once the line about the import says that it was applied.
func tell(ctx context.Context, tx *store.Tx, by, id inspect.ID) (all bool, err error) {
	areas, err := tx.UnrecordedAreas(ctx, id, areasAtOnce)
	if err != nil {
		return false, err
	}
	for n := range areas {
		v := &areas[n]
		body := areaBody(v)
		body["import"] = id
		ledger.Record(tx, by, store.StreamArea, v.ID.String(), AreaStaged, body)
		if err := tx.SetAreaRecorded(ctx, id, v.ID); err != nil {
			return false, err
		}
	}
	return len(areas) < areasAtOnce, nil
}

// switchOver makes staged areas those that everybody sees.
func switchOver(ctx context.Context, tx *store.Tx, by, id inspect.ID) error {
	kept, _, err := tx.AreaImport(ctx, id)
	if err != nil {
		return err
	}
	version := kept.AreasVersion
	if kept.NewAreas+kept.ChangedAreas > 0 {
		if version, err = tx.SwitchAreas(ctx, id); err != nil {
			return err
		}
		if err := tx.BumpTreeVersion(ctx); err != nil { // everybody fetches the areas anew
			return err
		}
	}
	ledger.Record(tx, by, store.StreamImport, id.String(), "areas.imported", importBody(&kept))
	return tx.SetAreaImportState(ctx, id, store.AreaImportChecked, store.AreaImportApplied, version, tx.Now)
}
