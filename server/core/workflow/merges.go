package workflow

import (
	"context"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// knownBefore keeps what a report is said to be a recurrence of, where the reporter may see that it was fixed. A report is never
// refused for it: what it shows is there, whatever became of the other issue meanwhile.
func (svc *Service) knownBefore(ctx context.Context, tx *store.Tx, a *inspect.Actor, r *NewIssue, told *inspect.Report) error {
	old, ok, err := issues.FindVisible(ctx, tx, a, r.Recurs)
	if ok && (old.Status == inspect.Verified || old.Status == inspect.Fixed) {
		told.RecurrenceOf = old.ID
	}
	return err
}

// recurred writes into the record of an issue that it came back.
func (svc *Service) recurred(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.IssueRow) error {
	if row.RecurrenceOf.IsZero() {
		return nil
	}
	if err := tx.LockIssues(ctx, row.RecurrenceOf); err != nil {
		return err
	}
	old, ok, err := tx.Issue(ctx, row.RecurrenceOf)
	if !ok || err != nil {
		return err
	}
	return svc.issues.Save(ctx, tx, &old, &inspect.Event{Type: "issue.recurred", By: a.ID, At: tx.Now, Recurrence: row.ID})
}

// joinKnown merges a new report into the open issue that its reporter takes it for, if the rules allow it still; otherwise it stands on
// its own and the office decides. It comes after the report is on record, since each half of a merge names the head of the other's; a
// report that is sent again makes up for a server that stopped in between. Undoing it is undoing a merge.
func (svc *Service) joinKnown(ctx context.Context, a *inspect.Actor, r *NewIssue) (v *issues.View, err error) {
	return v, svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockIssues(ctx, r.ID, r.Joins); err != nil {
			return err
		}
		row, _, err := tx.Issue(ctx, r.ID)
		if err != nil {
			return err
		}
		into, ok, err := issues.FindVisible(ctx, tx, a, r.Joins)
		if err != nil {
			return err
		}
		if done, err := tx.Actions(ctx, &row); err != nil {
			return err
		} else if ok && len(done) == 0 && slices.Contains(inspect.Merge.From(), into.Status) {
			if err := svc.joins(ctx, tx, a, &row, &into, r); err != nil {
				return err
			}
		}
		v, err = svc.issues.ViewIfVisible(ctx, tx, a, r.ID)
		return err
	})
}

func (svc *Service) joins(ctx context.Context, tx *store.Tx, a *inspect.Actor, row, into *store.IssueRow, r *NewIssue) error {
	late, err := issues.LateWindow(ctx, tx)
	if err != nil {
		return err
	}
	m := &inspect.Transition{Action: inspect.Merge, ID: inspect.NewID(), By: a.ID, DoneAt: r.ReportedAt, SentAt: r.SentAt, ReceivedAt: tx.Now,
		LateWindow: late, Into: &into.Issue}
	e, err := row.Check(m)
	if _, refused := fault.As(err); refused {
		return nil
	}
	if err != nil {
		return err
	}
	d := store.AcceptedAction{ID: m.ID, Issue: row.ID, Kind: m.Action, By: a.ID, ReceivedAt: tx.Now, CreditedAt: e.CreditedAt, Late: e.Late,
		Skew: inspect.Skew(r.SentAt, tx.Now), Settled: true}
	d.ContentSalt, d.ContentSeal = ledger.SealedContent("")
	if err := tx.InsertAction(ctx, d); err != nil {
		return err
	}
	if err := svc.consequences(ctx, tx, row, into, m, e, nil); err != nil {
		return err
	}
	return svc.issues.Save(ctx, tx, row, e)
}
