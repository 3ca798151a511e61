package issues

import (
	"context"
	"encoding/json"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Bounds of what is looked at to say what another calendar would move.
const (
	maxLooked     = 2000
	maxMovesShown = 5
)

// DeadlineMoves are the deadlines that a change of the calendar would move.
type DeadlineMoves struct {
	Looked  int  // issues that a unit works on
	More    bool // there are more, at which nobody looked
	Moved   int
	Earlier int            // of those that moved
	First   []DeadlineMove // a few of them
}

// DeadlineMove is one of them.
type DeadlineMove struct {
	Issue   inspect.ID
	Number  string
	Was, Is inspect.Time
}

// MovesBy says which running deadlines another value of a setting would move. Nothing is changed.
func (svc *Service) MovesBy(ctx context.Context, a *inspect.Actor, key string, value json.RawMessage) (m DeadlineMoves, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m = DeadlineMoves{}
		if err := svc.city.CheckSetting(ctx, tx, a, key, value); err != nil {
			return err
		}
		if key != city.WorkingHours.Key && key != city.Holidays.Key {
			return nil
		}
		would, err := svc.city.CalendarWith(ctx, tx, key, value)
		if err != nil {
			return err
		}
		ids, next, err := tx.RunningIssues(ctx, 0, maxLooked)
		if err != nil || len(ids) == 0 {
			return err
		}
		rows, err := tx.Issues(ctx, ids)
		m.Looked, m.More = len(rows), next != 0
		for n := range rows {
			e := rows[n].Rescheduled(would, tx.Now, inspect.ID{})
			if e == nil {
				continue
			}
			m.Moved++
			if e.DueAt < rows[n].DueAt {
				m.Earlier++
			}
			if len(m.First) < maxMovesShown {
				m.First = append(m.First, DeadlineMove{rows[n].ID, rows[n].Number, rows[n].DueAt, e.DueAt})
			}
		}
		return err
	})
	return m, err
}
