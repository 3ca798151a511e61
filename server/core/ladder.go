package core

import (
	"context"
	"fmt"
	"strings"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// SweepAlerts asks for people to be told of deadlines whose time has come.
type SweepAlerts struct{}

// Kind names the job.
func (SweepAlerts) Kind() string { return "alerts.sweep" }

// swept is how many issues one transaction of the sweep takes: few enough for the writer to be free again soon.
const swept = 25

// Sweep tells people of every alert whose time has come. What it costs goes by what is due and not by what is open. It may run any
// number of times and by several copies at once: the same alert is told once.
func (c *Core) Sweep(ctx context.Context, _ SweepAlerts) error {
	for {
		n := 0
		if err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, err := tx.DueAlerts(ctx, swept)
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			if err := tx.LockIssues(ctx, ids...); err != nil {
				return err
			}
			rows, err := tx.Issues(ctx, ids)
			if err != nil {
				return err
			}
			var notices []Notice
			for n := range rows {
				some, err := c.alert(ctx, tx, &rows[n])
				if err != nil {
					return err
				}
				notices = append(notices, some...)
			}
			if err := c.tellThese(ctx, tx, notices); err != nil {
				return err
			}
			return tx.SetAlerts(ctx, rows)
		}); err != nil {
			return fmt.Errorf("core: sweep of alerts: %w", err)
		}
		if n < swept {
			return nil
		}
	}
}

// alert gives what has come about with an issue since it was looked at last, and sets when something will next.
func (c *Core) alert(ctx context.Context, tx *store.Tx, row *store.IssueRow) (notices []Notice, err error) {
	all, err := c.alerts(ctx, tx, row)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.At < row.AlertAt || a.At > tx.Now || row.AlertAt == 0 {
			continue
		}
		to, err := told(ctx, tx, row, &inspect.Event{Type: a.Kind})
		if err != nil {
			return nil, err
		}
		notices = append(notices, NoticeOf(row, a.Kind, a.At.String(), tx.Now, to...))
	}
	row.AlertAt = inspect.NextAlert(all, tx.Now)
	return notices, nil
}

// alerts are the moments of an issue as the city counts them.
func (c *Core) alerts(ctx context.Context, tx *store.Tx, row *store.IssueRow) ([]inspect.Alert, error) {
	cal, err := c.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	steps, err := Steps(ctx, tx)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(ctx, tx, row)
	return row.Alerts(cal, steps, limit), err
}

// limitOf is the unit of the limit that an issue has, or would get if it were assigned now.
func limitOf(ctx context.Context, tx *store.Tx, row *store.IssueRow) (calendar.Unit, error) {
	switch {
	case row.Clock.SetManually: // runs day and night, whatever it is about
		category, _, err := tx.Category(ctx, row.Category)
		return category.LimitUnit, err
	case row.Clock.Unit != "" || row.Status != inspect.Reported:
		return row.Clock.Unit, nil
	}
	rules, err := rulesFor(ctx, tx, row)
	if err != nil {
		return "", err
	}
	return rules[0].LimitUnit, nil
}

// expects sets when somebody has to be told next. What is due already, and that no sweep has seen yet, stays due. An event that gives the
// office or the inspectors something to do says until when.
func (c *Core) expects(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	if !strings.HasPrefix(e.Type, "issue.") {
		return nil
	}
	all, err := c.alerts(ctx, tx, row)
	if e.StartsStep(row.Status) {
		e.StepDueAt = inspect.StepDueAt(all)
	}
	after := tx.Now
	if row.AlertAt != 0 {
		after = min(after, row.AlertAt-1)
	}
	row.AlertAt = inspect.NextAlert(all, after)
	return err
}
