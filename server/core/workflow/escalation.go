package workflow

import (
	"context"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// SweepAlerts asks for people to be told of deadlines whose time has come.
type SweepAlerts struct{}

// Kind names the job.
func (SweepAlerts) Kind() string { return "alerts.sweep" }

// Queue is that of messages, which it leads to.
func (SweepAlerts) Queue() string { return messages.SendingQueue }

// swept is how many issues one transaction of the sweep takes: few enough for the writer to be free again soon.
const swept = 25

// Sweep tells people of every alert whose time has come. What it costs goes by what is due and not by what is open. It may run any
// number of times and by several copies at once: the same alert is told once.
func (svc *Service) Sweep(ctx context.Context, _ SweepAlerts) error {
	for {
		n := 0
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, err := tx.DueAlerts(ctx, swept)
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			rows, err := tx.LockedIssues(ctx, ids)
			if err != nil {
				return err
			}
			var notices []messages.Notification
			for n := range rows {
				some, err := svc.alert(ctx, tx, &rows[n])
				if err != nil {
					return err
				}
				notices = append(notices, some...)
			}
			if err := svc.messages.TellSome(ctx, tx, notices); err != nil {
				return err
			}
			return tx.SetAlerts(ctx, rows)
		}); err != nil {
			return fmt.Errorf("workflow: sweep of alerts: %w", err)
		}
		if n < swept {
			return nil
		}
	}
}

// alert gives what has come about with an issue since it was looked at last, and sets when something will next.
func (svc *Service) alert(ctx context.Context, tx *store.Tx, row *store.IssueRow) (notices []messages.Notification, err error) {
	all, err := svc.duties.Alerts(ctx, tx, row)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.At < row.AlertAt || a.At > tx.Now || row.AlertAt == 0 {
			continue
		}
		to, err := messages.RecipientsOf(ctx, tx, row, &inspect.Event{Type: a.Kind})
		if err != nil {
			return nil, err
		}
		notices = append(notices, messages.NotificationOf(row, a.Kind, a.At.String(), tx.Now, to...))
	}
	row.AlertAt = inspect.NextAlert(all, tx.Now)
	return notices, nil
}
