package duties

import (
	"context"
	"strings"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// Alerts are the moments of an issue as the city counts them.
func (svc *Service) Alerts(ctx context.Context, tx *store.Tx, row *store.IssueRow) ([]inspect.Alert, error) {
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	steps, err := issues.Steps(ctx, tx)
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

// ScheduleAlerts sets when somebody has to be told next. What is due already, and that no sweep has seen yet, stays due. An event that gives the
// office or the inspectors something to do says until when.
func (svc *Service) ScheduleAlerts(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	if !strings.HasPrefix(e.Type, "issue.") {
		return nil
	}
	all, err := svc.Alerts(ctx, tx, row)
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
