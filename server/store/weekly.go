package store

import (
	"context"
	"time"

	"spotcheck/pkg/inspect"
)

// Notification is that people with a role were told of something about an issue.
type Notification struct {
	Issue inspect.ID
	Role  inspect.Role // of whoever was told; empty where nobody has one any more
	Times int64        // of how many happenings, however many people it were
	At    inspect.Time // the last time
}

// NotificationsOf gives for some issues how often, and when last, the people of each role were told of some types of happening. A person of several roles
// counts as the unit's, then as a leader, then as of the office.
func (tx *Tx) NotificationsOf(ctx context.Context, issues []inspect.ID, types ...string) ([]Notification, error) {
	if len(issues) == 0 {
		return nil, nil
	}
	marks, args := in(issues)
	kinds := values{column: "h.type", all: anyOf(types)}
	return list(ctx, tx, func(r scanner) (t Notification, err error) {
		err = r.Scan((*uid)(&t.Issue), (*string)(&t.Role), &t.Times, &t.At)
		return t, err
	}, `SELECT issue, role, count(DISTINCT happening), max(at) FROM (SELECT i.uid AS issue, h.id AS happening, m.created_at AS at,
		COALESCE((SELECT g.role FROM role_grant g JOIN person p ON p.id = g.person WHERE p.uid = m.recipient
			ORDER BY g.until > 0, CASE g.role WHEN 'unit' THEN 1 WHEN 'leader' THEN 2 WHEN 'office' THEN 3 ELSE 4 END, g.role LIMIT 1), '') AS role
		FROM happening h JOIN issue i ON i.id = h.issue
		JOIN message m ON m.happening = h.id AND m.channel = 'inbox' WHERE i.uid IN (`+marks+") AND "+kinds.sql()+") told GROUP BY issue, role ORDER BY issue, role",
		append(args, kinds.all...)...)
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

// latestArrival is how long after it was done something may arrive and still be credited, at most.
const latestArrival = 7 * 24 * time.Hour

// LateArrivals gives what was done in a time and arrived late, in the order of arrival: it enters the figures of the time in which it was done.
func (tx *Tx) LateArrivals(ctx context.Context, from, to inspect.Time, most int) ([]LateArrival, error) {
	return list(ctx, tx, func(r scanner) (a LateArrival, err error) {
		err = r.Scan(&a.Number, (*uid)(&a.Unit), (*uid)(&a.Area), (*string)(&a.Kind), &a.CreditedAt, &a.ReceivedAt)
		return a, err
	}, `SELECT i.number, (SELECT uid FROM unit WHERE id = i.unit), (SELECT uid FROM area WHERE id = i.area), a.kind, a.credited_at, a.received_at FROM action a
		JOIN issue i ON i.id = a.issue WHERE a.late AND a.credited_at >= ? AND a.credited_at < ? AND a.received_at >= ? AND a.received_at < ?
		ORDER BY a.received_at, a.id LIMIT ?`, int64(from), int64(to), int64(from), int64(to.Add(latestArrival)), most)
}

// WantedReply is an issue whose source wants to know by a time what became of it.
type WantedReply struct {
	ID         inspect.ID
	Number     string
	Source     inspect.Source
	Category   string
	Unit, Area inspect.ID
	ReplyBy    inspect.Time
	Feedback   inspect.Feedback
}

// RepliesWanted gives the issues that wanted a reply in a time and were not dismissed or merged, the earliest first.
func (tx *Tx) RepliesWanted(ctx context.Context, from, to inspect.Time, most int) ([]WantedReply, error) {
	return list(ctx, tx, func(r scanner) (w WantedReply, err error) {
		var matters string
		if err = r.Scan((*uid)(&w.ID), &w.Number, (*string)(&w.Source), &w.Category, (*uid)(&w.Unit), (*uid)(&w.Area), &w.ReplyBy, &matters); err != nil || matters == "" {
			return w, err
		}
		var c inspect.Correspondence
		err = readJSON(matters, &c)
		w.Feedback = c.Feedback
		return w, err
	}, `SELECT i.uid, i.number, i.source, COALESCE((SELECT code FROM category WHERE id = i.category), ''), (SELECT uid FROM unit WHERE id = i.unit),
		(SELECT uid FROM area WHERE id = i.area), i.reply_by, i.matters FROM issue i
		WHERE i.reply_by > 0 AND i.reply_by >= ? AND i.reply_by < ? AND i.status NOT IN ('dismissed', 'merged') ORDER BY i.reply_by, i.id LIMIT ?`, int64(from), int64(to), most)
}

// ClosedIssues gives issues that were verified in a time, the last first.
func (tx *Tx) ClosedIssues(ctx context.Context, from, to inspect.Time, most int) ([]IssueRow, error) {
	return list(ctx, tx, scanIssue, issueColumns+`WHERE i.id IN (SELECT f.issue FROM figure_course f WHERE f.counted AND f.gone_at > 0 AND f.gone_at >= ? AND f.gone_at < ?
		AND f.fixed_at > 0 ORDER BY f.gone_at DESC LIMIT ?) ORDER BY i.closed_at DESC, i.id DESC`, int64(from), int64(to), most)
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

// EachUndone calls f for the courses that may count as due and not as disposed of in a period although nobody has to fix them any more: a false
// fix, or a merge after the deadline. Oldest deadline first. What a unit reported of itself is not among them.
func (tx *Tx) EachUndone(ctx context.Context, from, before inspect.Time, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "c.counted AND NOT c.own AND c.status <> 'assigned' AND c.to_fix < 0 AND c.until_at >= ? AND c.due_at < ? ORDER BY +c.due_at, c.issue",
		int64(from), int64(before))
}

// EachOnHold calls f for the courses without a fix that are on hold now, the oldest deadline first, but for what a unit reported of itself.
func (tx *Tx) EachOnHold(ctx context.Context, now inspect.Time, f func(*IssueCourse) error) error {
	return tx.eachCourse(ctx, f, "c.status = 'assigned' AND NOT c.own AND c.held_until > 0 AND c.held_until > ? ORDER BY +c.due_at, c.issue", int64(now))
}

// SuspendedIssueCounts is how many issues each suspension that was declared since a moment has stopped the clock of: each issue once, however often the
// end was moved, and none whose clock an earlier end set going again before it stood still.
func (tx *Tx) SuspendedIssueCounts(ctx context.Context, since inspect.Time) (map[inspect.ID]int64, error) {
	stopped := map[inspect.ID]map[int64]bool{} // by suspension, then by stream of the issue
	err := tx.each(ctx, func(r scanner) error {
		var stream int64
		var body string
		if err := r.Scan(&stream, &body); err != nil {
			return err
		}
		var e struct {
			Suspension inspect.ID   `json:"suspension"`
			From       inspect.Time `json:"pause_from"`
			Until      inspect.Time `json:"until"`
		}
		if err := readJSON(body, &e); err != nil {
			return err
		}
		if stopped[e.Suspension] == nil {
			stopped[e.Suspension] = map[int64]bool{}
		}
		stopped[e.Suspension][stream] = e.Until > e.From
		return nil
	}, "SELECT stream, body FROM event WHERE at >= ? AND type = 'issue.suspended' ORDER BY seq", int64(since))
	n := map[inspect.ID]int64{}
	for id, issues := range stopped {
		for _, stands := range issues {
			if stands {
				n[id]++
			}
		}
	}
	return n, err
}
