package intake

import (
	"context"
	"encoding/json"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// visibleImport gives an import whose rows are all here, to who sent it and to offices of the whole city that handle its source.
func (svc *Service) visibleImport(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (i store.IssueImport, err error) {
	if !a.MayAnywhere(inspect.MayImport) {
		return i, inspect.ErrForbidden
	}
	i, ok, err := tx.IssueImport(ctx, id)
	if err != nil {
		return i, err
	}
	if !ok || i.State == store.IssueImportStaging || i.By != a.ID && !a.MayThroughoutAll(inspect.MayImport, inspect.Jurisdiction{}) {
		return i, inspect.ErrNotFound
	}
	desks, err := issues.SourceDesks.In(ctx, tx)
	if err == nil && !desks.Handle(a.ID, i.Source) {
		err = issues.ErrOtherDesk
	}
	return i, err
}

// IssueImport gives an import: its first rows as they are read, and the first with something wrong. Who called is left out.
func (svc *Service) IssueImport(ctx context.Context, a *inspect.Actor, id inspect.ID) (done IssueImport, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if done.IssueImport, err = svc.visibleImport(ctx, tx, a, id); err != nil {
			return err
		}
		orders, err := svc.ordersOf(ctx, tx, &done.IssueImport)
		if err != nil {
			return err
		}
		rows, err := tx.StagedRows(ctx, id, "", 0, previewRows)
		if err != nil {
			return err
		}
		if done.Rows, err = svc.readRows(id, orders, rows); err != nil {
			return err
		}
		if rows, err = tx.StagedRows(ctx, id, store.RowInvalid, 0, wrongShown); err != nil {
			return err
		}
		if done.Wrong, err = svc.wrongRows(id, orders, rows); err != nil {
			return err
		}
		return svc.nameRows(ctx, tx, &done)
	})
	return done, err
}

// wrongRows says what is wrong with rows.
func (svc *Service) wrongRows(id inspect.ID, orders *intake.RowReader, rows []store.StagedRow) (all []WrongRow, err error) {
	read, err := svc.readRows(id, orders, rows)
	if err != nil {
		return nil, err
	}
	for n := range rows {
		w := WrongRow{N: rows[n].N, Number: read[n].Number}
		if err := json.Unmarshal([]byte(rows[n].Findings), &w.Findings); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// nameRows looks up what the shown rows name.
func (svc *Service) nameRows(ctx context.Context, tx *store.Tx, i *IssueImport) (err error) {
	var named []store.IssueRow
	for n := range i.Rows {
		o := &i.Rows[n]
		o.Texts.CallerName, o.Texts.CallerPhone, o.Cells = "", "", nil
		if o.Place != nil {
			o.Place.OriginalPoint, o.Place.Point = o.Place.Point, geo.ToWGS84(o.Place.Point, o.Place.Datum)
		}
		named = append(named, store.IssueRow{Issue: inspect.Issue{Category: o.Category, Area: o.Area, Unit: o.Unit}})
	}
	i.Names, err = issues.NamesOf(ctx, tx, named, func(add func(inspect.ID)) { add(i.By) })
	return err
}

// IssueImports gives imports that the actor may see, newest first; the next cursor is 0 at the end.
func (svc *Service) IssueImports(ctx context.Context, a *inspect.Actor, before int64, limit int) (all []store.IssueImport,
	people map[inspect.ID]store.PersonRef, next int64, err error) {
	if !a.MayAnywhere(inspect.MayImport) {
		return nil, nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		desks, err := issues.SourceDesks.In(ctx, tx)
		if err != nil {
			return err
		}
		page, after, err := tx.IssueImports(ctx, before, limit)
		if err != nil {
			return err
		}
		next = after
		var ids []inspect.ID
		for _, i := range page {
			if desks.Handle(a.ID, i.Source) && (i.By == a.ID || a.MayThroughoutAll(inspect.MayImport, inspect.Jurisdiction{})) {
				all, ids = append(all, i), issues.AppendID(ids, i.By)
			}
		}
		people, err = tx.PeopleRefs(ctx, ids)
		return err
	})
	return all, people, next, err
}
