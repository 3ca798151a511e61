package issues

import (
	"context"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// recomputeBatch is how many issues get their new deadline in one transaction.
const recomputeBatch = 50

// Recompute gives every running deadline in working time its place in the calendar of now; what did not move, or is past, stays. It
// may run any number of times.
func (svc *Service) Recompute(ctx context.Context, job city.RecomputeDeadlines) error {
	by, _ := inspect.ParseID(job.By) // nobody when the program itself asks
	return svc.EachRunning(ctx, func(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
		cal, err := svc.city.Calendar(ctx, tx)
		if err != nil {
			return err
		}
		if e := row.Rescheduled(cal, tx.Now, by); e != nil {
			return svc.Save(ctx, tx, row, e)
		}
		return nil
	})
}

// EachRunning calls f for every issue that a unit works on, some in each transaction.
func (svc *Service) EachRunning(ctx context.Context, f func(context.Context, *store.Tx, *store.IssueRow) error) error {
	for after := int64(0); ; {
		next := int64(0)
		err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, n, err := tx.RunningIssues(ctx, after, recomputeBatch)
			if next = n; err != nil || len(ids) == 0 {
				return err
			}
			if err := tx.LockIssues(ctx, ids...); err != nil {
				return err
			}
			for _, id := range ids {
				row, ok, err := tx.Issue(ctx, id)
				if err != nil {
					return err
				}
				if ok && row.Status == inspect.Assigned {
					if err := f(ctx, tx, &row); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if after = next; err != nil || after == 0 {
			return err
		}
	}
}

// DeadlineExplanation is how a deadline came about, for people to read.
type DeadlineExplanation struct {
	Rule        inspect.Rule // as it was when the issue was assigned; without an id when the catalogue or the office decided
	Skipped     []calendar.Exception
	Provisional bool // it reaches into a year without published holidays
	Overdue     bool // the mark may still go
	Steps       []WorkingStep
	StepDueAt   inspect.Time // of the office or an inspector
	Zone        *time.Location
}

// explainDeadline explains the deadline of an issue.
func (svc *Service) explainDeadline(ctx context.Context, tx *store.Tx, v *View) error {
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	late, err := LateWindow(ctx, tx)
	if err != nil {
		return err
	}
	steps, err := Steps(ctx, tx)
	if err != nil {
		return err
	}
	w := &DeadlineExplanation{Zone: svc.zone, Overdue: v.OverdueProvisional(v.ComputedAt, late)}
	limit := v.Clock.Unit
	if v.DueAt == 0 && v.Proposed != nil {
		limit = v.Proposed.Unit
	}
	w.StepDueAt = v.StepDue(cal, steps, limit)
	if v.DueAt != 0 && v.Clock.CalendarLimit().DependsOnDays() {
		from, to := v.AssignedAt.UTC(), v.OwnDueAt.UTC()
		w.Skipped, w.Provisional = cal.ExceptionsBetween(from, to), cal.Provisional(from, to)
	}
	if !v.Clock.Rule.IsZero() {
		if w.Rule, _, err = tx.Rule(ctx, v.Clock.Rule, v.Clock.Version); err != nil {
			return err
		}
	}
	if v.Deadline = w; v.DueAt != 0 {
		w.Steps = workingOf(cal, v)
	}
	return nil
}

// Explained is an issue with the working of the deadline that it has, or would have.
func (svc *Service) Explained(ctx context.Context, tx *store.Tx, row store.IssueRow) (*View, error) {
	v := &View{IssueRow: row, ComputedAt: tx.Now}
	return v, svc.explainDeadline(ctx, tx, v)
}

// Trial is the deadline of an issue that is assigned at a moment under a limit, with its working, for people who try out a rule. Days are counted
// as the limit says, or as the city does.
func (svc *Service) Trial(ctx context.Context, from inspect.Time, limit calendar.Limit) (v View, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		cal, err := svc.city.Calendar(ctx, tx)
		if err != nil {
			return err
		}
		counting, err := city.DayCounting.In(ctx, tx)
		if err != nil {
			return err
		}
		limit = (&inspect.Rule{Limit: limit.N, LimitUnit: limit.Unit, Counting: limit.Counting}).CalendarLimit(counting)
		v.AssignedAt, v.Clock = from, inspect.Clock{Limit: limit.N, Unit: limit.Unit, Counting: limit.Counting,
			From: inspect.At(cal.CountedFrom(from.UTC(), limit)), RemainingMS: cal.Duration(limit).Milliseconds()}
		v.DueAt = inspect.At(cal.Deadline(from.UTC(), limit))
		v.OwnDueAt = v.DueAt
		v.Deadline = &DeadlineExplanation{Zone: svc.zone}
		if limit.DependsOnDays() {
			v.Deadline.Skipped, v.Deadline.Provisional = cal.ExceptionsBetween(from.UTC(), v.DueAt.UTC()), cal.Provisional(from.UTC(), v.DueAt.UTC())
		}
		v.Deadline.Steps = workingOf(cal, &v)
		return nil
	})
	return v, err
}
