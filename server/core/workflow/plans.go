package workflow

import (
	"context"
	"reflect"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// PlannedTask is a task with how it stands today.
type PlannedTask struct {
	inspect.PlanTask
	State inspect.PlanState
	Due   inspect.Date
}

func (svc *Service) planned(tx *store.Tx, t inspect.PlanTask) PlannedTask {
	return PlannedTask{t, t.State(svc.city.Today(tx)), t.Due()}
}

// PlanTasks gives the tasks of a year that the actor may see, of a unit with all below where it is named.
func (svc *Service) PlanTasks(ctx context.Context, a *inspect.Actor, year int, unit inspect.ID, after int64, limit int) (all []PlannedTask,
	names map[inspect.ID]string, next int64, err error) {
	if !a.MayAnywhere(inspect.MaySeePlans) {
		return nil, nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		tasks, at, err := tx.PlanTasks(ctx, year, unit, after, limit)
		if err != nil {
			return err
		}
		next = at
		var units []inspect.ID
		for _, t := range tasks {
			w, err := LocationOfUnit(ctx, tx, t.Unit)
			if err != nil {
				return err
			}
			if a.MayThroughout(inspect.MaySeePlans, w) {
				all, units = append(all, svc.planned(tx, t)), issues.AppendID(units, t.Unit)
			}
		}
		names, err = tx.NodeNames(ctx, store.UnitTree, units)
		return err
	})
	return all, names, next, err
}

// LocationOfUnit is the place of what only a unit has.
func LocationOfUnit(ctx context.Context, tx *store.Tx, unit inspect.ID) (inspect.Jurisdiction, error) {
	line, err := tx.SelfAndAncestors(ctx, store.UnitTree, unit)
	return inspect.Jurisdiction{Units: line}, err
}

// PutPlanTask makes or changes a task; the same again changes nothing. The office plans; the unit tells how far it is and asks for a
// hold. A hold is decided by DecidePlanHold alone.
func (svc *Service) PutPlanTask(ctx context.Context, a *inspect.Actor, t inspect.PlanTask) (saved PlannedTask, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		repeated = false
		old, ok, err := tx.PlanTask(ctx, t.ID)
		if err != nil {
			return err
		}
		if gone, err := tx.UnknownUnits(ctx, []inspect.ID{t.Unit}); err != nil {
			return err
		} else if len(gone) > 0 {
			return inspect.UnknownField("/unit", "there is no such unit")
		}
		only, err := city.LeftBy(ctx, tx, a, mayPlan(ctx, tx, a, &t, &old, ok), store.StreamPlan, t.ID.String())
		if err != nil {
			return err
		}
		asked, seen := t.Hold, t.UpdatedAt
		t.CreatedAt, t.UpdatedAt, t.Hold = old.CreatedAt, old.UpdatedAt, old.Hold
		if asked.Reason != "" && (asked.Reason != old.Hold.Reason || asked.From != old.Hold.From || asked.To != old.Hold.To) {
			if old.Hold.Answer == inspect.Granted {
				return inspect.InvalidField("/hold", "the task was on hold once already")
			}
			t.Hold = inspect.PlanHoldRequest{Reason: asked.Reason, From: asked.From, To: asked.To, AskedBy: a.ID, AskedAt: tx.Now}
		}
		if repeated = ok && reflect.DeepEqual(t, old); repeated {
			saved = svc.planned(tx, old)
			return nil
		}
		if only {
			return inspect.ErrForbidden
		}
		if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
			saved = svc.planned(tx, old)
			return err
		}
		if t.UpdatedAt = tx.Now; !ok {
			t.CreatedAt = tx.Now
		}
		created, saved = !ok, svc.planned(tx, t)
		return savePlan(ctx, tx, a.ID, t)
	})
	return saved, repeated, created, err
}

// mayPlan says who may change what: offices plan for the units in their scope, units report what they do themselves.
func mayPlan(ctx context.Context, tx *store.Tx, a *inspect.Actor, t, old *inspect.PlanTask, known bool) error {
	for _, unit := range []inspect.ID{t.Unit, old.Unit} {
		if unit.IsZero() {
			continue
		}
		w, err := LocationOfUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		switch {
		case a.MayThroughout(inspect.MayPlan, w):
		case !known || !a.MayThroughout(inspect.MayReportProgress, w):
			return inspect.ErrForbidden
		default:
			if !samePlan(t, old) {
				return inspect.ErrForbidden.With("A unit reports how far a task is; what is planned is for the office to change.")
			}
		}
	}
	return nil
}

// samePlan says whether only progress and a wish for a hold tell two tasks apart.
func samePlan(a, b *inspect.PlanTask) bool {
	planned := func(t inspect.PlanTask) inspect.PlanTask {
		t.Actual, t.Hold, t.CreatedAt, t.UpdatedAt = inspect.Span{}, inspect.PlanHoldRequest{}, 0, 0
		t.Milestones = slices.Clone(t.Milestones)
		for n := range t.Milestones {
			t.Milestones[n].Done = ""
		}
		return t
	}
	return reflect.DeepEqual(planned(*a), planned(*b))
}

// DecidePlanHold grants or refuses the hold that a unit asked for; not by who asked.
func (svc *Service) DecidePlanHold(ctx context.Context, a *inspect.Actor, id inspect.ID, answer inspect.Answer, reason string) (saved PlannedTask, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		t, ok, err := tx.PlanTask(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			return inspect.ErrNotFound
		}
		w, err := LocationOfUnit(ctx, tx, t.Unit)
		if err != nil {
			return err
		}
		only, err := city.LeftBy(ctx, tx, a, city.ForbiddenUnless(a.MayThroughout(inspect.MayPlan, w)), store.StreamPlan, id.String())
		switch h := &t.Hold; {
		case err != nil:
			return err
		case only && h.DecidedBy != a.ID:
			return inspect.ErrForbidden
		case h.Reason == "":
			return inspect.ErrNothingAsked
		case h.Answer == answer && h.Decision == reason && h.DecidedBy == a.ID:
			saved, repeated = svc.planned(tx, t), true
			return nil
		case only:
			return inspect.ErrForbidden
		case h.Answer != "":
			return inspect.ErrNothingAsked
		case h.AskedBy == a.ID:
			return inspect.ErrSecondPerson
		default:
			h.Answer, h.Decision, h.DecidedBy, h.DecidedAt = answer, reason, a.ID, tx.Now
		}
		t.UpdatedAt = tx.Now
		saved = svc.planned(tx, t)
		return savePlan(ctx, tx, a.ID, t)
	})
	return saved, repeated, err
}

func savePlan(ctx context.Context, tx *store.Tx, by inspect.ID, t inspect.PlanTask) error {
	ledger.Record(tx, by, store.StreamPlan, t.ID.String(), "plan_task.changed", planBody(&t))
	return tx.SavePlanTask(ctx, t)
}

// planBody is what the record keeps of a task.
func planBody(t *inspect.PlanTask) map[string]any {
	body := map[string]any{"year": t.Year, "unit": t.Unit, "title": t.Title, "note": t.Note, "planned_from": t.Planned.From, "planned_to": t.Planned.To,
		"real_from": t.Actual.From, "real_to": t.Actual.To, "budget_fen": t.BudgetFen, "milestones": append([]inspect.Milestone{}, t.Milestones...), "enabled": t.Enabled}
	if t.Hold != (inspect.PlanHoldRequest{}) {
		body["hold"] = t.Hold
	}
	return body
}

func LoadPlans(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachPlanTask(ctx, func(t inspect.PlanTask) error {
		rows[evidence.Stream{Kind: store.StreamPlan, ID: t.ID.String()}] = &ledger.Row{Body: planBody(&t), CreatedAt: t.CreatedAt, ChangedAt: t.UpdatedAt}
		return nil
	})
}
