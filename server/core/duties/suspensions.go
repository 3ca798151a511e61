package duties

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// SuspendClocks asks for the clocks that a suspension names to stand still.
type SuspendClocks struct {
	Suspension string `json:"suspension"`
}

// Kind names the job.
func (SuspendClocks) Kind() string { return "clocks.suspend" }

// Suspensions gives those that end after a moment.
func (svc *Service) Suspensions(ctx context.Context, after inspect.Time) (all []inspect.Suspension, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Suspensions(ctx, after)
		return err
	})
	return all, err
}

// PutSuspension declares a suspension, or moves its end; the same again changes nothing. A job stops the clocks, one event each.
func (svc *Service) PutSuspension(ctx context.Context, a *inspect.Actor, v inspect.Suspension) (saved inspect.Suspension, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		saved = v
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		only, err := city.LeftBy(ctx, tx, a, mayStop(ctx, tx, a, &v), store.StreamSuspension, v.ID.String())
		if err != nil {
			return err
		}
		old, ok, err := tx.Suspension(ctx, v.ID)
		if err != nil {
			return err
		}
		if repeated = only && ok && sameSuspension(&old, &v); only {
			saved = old
			return city.ForbiddenUnless(repeated)
		}
		saved.By, saved.CreatedAt, saved.UpdatedAt = a.ID, tx.Now, tx.Now
		created = !ok
		if err := ledger.CheckSeen(v.UpdatedAt, ok, old.UpdatedAt); err != nil && (!ok || !sameSuspension(&old, &v)) {
			saved = old
			return err
		}
		if ok {
			if old.Area != v.Area || old.From != v.From || old.Reason != v.Reason || !slices.Equal(old.Categories, v.Categories) {
				return inspect.ErrSuspensionFixed
			}
			saved.By, saved.CreatedAt = old.By, old.CreatedAt
			if repeated = old.To == v.To; repeated {
				saved = old
				return nil
			}
		}
		ledger.Record(tx, a.ID, store.StreamSuspension, v.ID.String(), "suspension.declared", suspensionBody(&saved))
		if err := tx.SaveSuspension(ctx, saved); err != nil {
			return err
		}
		return tx.Enqueue(ctx, SuspendClocks{Suspension: v.ID.String()}, 0)
	})
	return saved, repeated, created, err
}

// sameSuspension says whether two suspensions stop the same.
func sameSuspension(a, b *inspect.Suspension) bool {
	return a.Area == b.Area && a.From == b.From && a.To == b.To && a.Reason == b.Reason && slices.Equal(a.Categories, b.Categories)
}

// mayStop checks that the office answers for the place, and that what is named is there.
func mayStop(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *inspect.Suspension) error {
	line, err := tx.SelfAndAncestors(ctx, store.AreaTree, v.Area)
	if err != nil {
		return err
	}
	if !v.Area.IsZero() && len(line) == 0 {
		return inspect.UnknownField("/area", "there is no such area")
	}
	if !a.MayThroughout(inspect.MaySuspend, inspect.Jurisdiction{Areas: line}) {
		return inspect.ErrForbidden
	}
	known, err := tx.CategoriesOf(ctx, v.Categories)
	for _, code := range v.Categories {
		if !slices.ContainsFunc(known, func(c inspect.Category) bool { return c.Code == code }) && err == nil {
			return inspect.UnknownField("/categories", "the catalogue has no item "+code)
		}
	}
	return err
}

// suspensionBody is what the record keeps of a suspension.
func suspensionBody(v *inspect.Suspension) map[string]any {
	return map[string]any{"area": v.Area, "categories": append([]string{}, v.Categories...), "from": v.From, "to": v.To, "reason": v.Reason}
}

// Suspend stops the clocks that a suspension names. It may run any number of times.
func (svc *Service) Suspend(ctx context.Context, job SuspendClocks) error {
	id, err := inspect.ParseID(job.Suspension)
	if err != nil {
		return err
	}
	return svc.issues.EachRunning(ctx, func(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
		s, ok, err := tx.Suspension(ctx, id)
		if err != nil || !ok {
			return err
		}
		return svc.SuspendIssue(ctx, tx, row, []inspect.Suspension{s})
	})
}

// SuspendIssue stops the clock of one issue as some suspensions have it.
func (svc *Service) SuspendIssue(ctx context.Context, tx *store.Tx, row *store.IssueRow, all []inspect.Suspension) error {
	if len(all) == 0 {
		return nil
	}
	areas, err := tx.SelfAndAncestors(ctx, store.AreaTree, row.Area)
	if err != nil {
		return err
	}
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	for n := range all {
		s := &all[n]
		if e := row.Suspended(cal, s, tx.Now); s.AppliesTo(&row.Issue, areas) && e != nil {
			if err := svc.issues.Save(ctx, tx, row, e); err != nil {
				return err
			}
		}
	}
	return nil
}
