package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// Notification is that somebody was told of something about an issue.
type Notification struct {
	Issue  inspect.ID
	Type   string
	At     inspect.Time
	Person string
}

// NotificationsOf gives who was told of some types of happening of some issues, oldest first.
func (tx *Tx) NotificationsOf(ctx context.Context, issues []inspect.ID, types ...string) ([]Notification, error) {
	if len(issues) == 0 {
		return nil, nil
	}
	marks, args := in(issues)
	kinds := values{column: "h.type", all: anyOf(types)}
	return list(ctx, tx, func(r scanner) (t Notification, err error) {
		err = r.Scan((*uid)(&t.Issue), &t.Type, &t.At, &t.Person)
		return t, err
	}, `SELECT i.uid, h.type, m.created_at, COALESCE((SELECT p.display_name FROM person p WHERE p.uid = m.recipient), '') FROM happening h JOIN issue i ON i.id = h.issue
		JOIN message m ON m.happening = h.id AND m.channel = 'inbox' WHERE i.uid IN (`+marks+") AND "+kinds.sql()+" ORDER BY m.created_at, m.id", append(args, kinds.all...)...)
}

func anyOf[T any](values []T) (all []any) {
	for _, v := range values {
		all = append(all, v)
	}
	return all
}

// LateArrival is an action that counts at the time at which it was done.
type LateArrival struct {
	Number     string
	Unit, Area inspect.ID
	Kind       inspect.Action
	CreditedAt inspect.Time
	ReceivedAt inspect.Time
}

// LateArrivals gives what came late in a time, oldest first.
func (tx *Tx) LateArrivals(ctx context.Context, from, to inspect.Time, most int) ([]LateArrival, error) {
	return list(ctx, tx, func(r scanner) (a LateArrival, err error) {
		err = r.Scan(&a.Number, (*uid)(&a.Unit), (*uid)(&a.Area), (*string)(&a.Kind), &a.CreditedAt, &a.ReceivedAt)
		return a, err
	}, `SELECT i.number, (SELECT uid FROM unit WHERE id = i.unit), (SELECT uid FROM area WHERE id = i.area), a.kind, a.credited_at, a.received_at FROM action a
		JOIN issue i ON i.id = a.issue WHERE a.late AND a.received_at >= ? AND a.received_at < ? ORDER BY a.received_at, a.id LIMIT ?`, int64(from), int64(to), most)
}

// ClosedIssues gives issues that were verified in a time, the last first.
func (tx *Tx) ClosedIssues(ctx context.Context, from, to inspect.Time, most int) ([]IssueRow, error) {
	return list(ctx, tx, scanIssue, issueColumns+`WHERE i.id IN (SELECT f.issue FROM figure_course f WHERE f.counted AND f.gone_at > 0 AND f.gone_at >= ? AND f.gone_at < ? AND f.fixed_at > 0
		ORDER BY f.gone_at DESC LIMIT ?) ORDER BY i.closed_at DESC, i.id DESC`, int64(from), int64(to), most)
}

// RecurrencesReported gives issues that were reported in a time as what had been fixed and came back, the last first.
func (tx *Tx) RecurrencesReported(ctx context.Context, from, to inspect.Time, most int) ([]IssueRow, error) {
	return list(ctx, tx, scanIssue, issueColumns+"WHERE i.recurs IS NOT NULL AND i.received_at >= ? AND i.received_at < ? ORDER BY i.received_at DESC, i.id DESC LIMIT ?",
		int64(from), int64(to), most)
}

// EachOverdue calls f for at most so many courses without a fix whose deadline is before a moment and that are not on hold now, the oldest
// deadline first. What a unit reported of itself is not among them.
func (tx *Tx) EachOverdue(ctx context.Context, before, now inspect.Time, most int, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "c.status = 'assigned' AND NOT c.own AND c.due_at < ? AND c.held_until <= ? ORDER BY c.due_at, c.issue LIMIT ?",
		int64(before), int64(now), most)
}

// EachOnHold calls f for the courses without a fix that are on hold now, the oldest deadline first, but for what a unit reported of itself.
func (tx *Tx) EachOnHold(ctx context.Context, now inspect.Time, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "c.status = 'assigned' AND NOT c.own AND c.held_until > 0 AND c.held_until > ? ORDER BY +c.due_at, c.issue", int64(now))
}

// SuspendedIssueCounts is how many issues a suspension stopped the clock of since a moment.
func (tx *Tx) SuspendedIssueCounts(ctx context.Context, since inspect.Time) (n map[inspect.ID]int64, err error) {
	n = map[inspect.ID]int64{}
	err = tx.each(ctx, func(r scanner) error {
		var body string
		if err := r.Scan(&body); err != nil {
			return err
		}
		var e struct{ Suspension inspect.ID }
		if err := readJSON(body, &e); err != nil {
			return err
		}
		n[e.Suspension]++
		return nil
	}, "SELECT body FROM event WHERE at >= ? AND type = 'issue.suspended'", int64(since))
	return n, err
}
