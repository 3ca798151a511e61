package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// saveParts keeps what the lists and the reports ask of the parts of an issue; the issue itself holds them whole.
func (tx *Tx) saveParts(ctx context.Context, i *IssueRow) error {
	for n := range i.Parts {
		p := &i.Parts[n]
		if err := tx.exec(ctx, `INSERT INTO issue_part (uid, issue, unit, due_at, replied_at, ended_at, assists)
			VALUES (?, ?, (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?)
			ON CONFLICT (uid) DO UPDATE SET due_at = excluded.due_at, replied_at = excluded.replied_at, ended_at = excluded.ended_at, assists = excluded.assists`,
			bytesOf(p.ID), i.id, bytesOf(p.Unit), int64(p.DueAt), int64(p.RepliedAt), int64(p.EndedAt), p.SeesIssue()); err != nil {
			return err
		}
	}
	return nil
}

// PartSummary is what the lists and the reports see of a part of joint work.
type PartSummary struct {
	ID, Unit                  inspect.ID
	DueAt, RepliedAt, EndedAt inspect.Time
	Assists                   bool
}

// PartSummaryOf is what they see of a part.
func PartSummaryOf(p *inspect.Part) PartSummary {
	return PartSummary{p.ID, p.Unit, p.DueAt, p.RepliedAt, p.EndedAt, p.SeesIssue()}
}

// Parts gives the parts of an issue in the order in which they were given.
func (tx *Tx) Parts(ctx context.Context, i *IssueRow) ([]PartSummary, error) {
	return list(ctx, tx, func(r scanner) (p PartSummary, err error) {
		err = r.Scan((*uid)(&p.ID), (*uid)(&p.Unit), &p.DueAt, &p.RepliedAt, &p.EndedAt, &p.Assists)
		return p, err
	}, "SELECT p.uid, u.uid, p.due_at, p.replied_at, p.ended_at, p.assists FROM issue_part p JOIN unit u ON u.id = p.unit WHERE p.issue = ? ORDER BY p.id", i.id)
}

// dueParts is the condition that a part p was due in a time, from inclusive, to exclusive, and in an area where one is named.
func (tx *Tx) dueParts(ctx context.Context, from, to inspect.Time, area inspect.ID) (where string, args []any, err error) {
	where, args = "p.due_at >= ? AND p.due_at < ? AND (p.ended_at = 0 OR p.ended_at > p.due_at)", []any{int64(from), int64(to)}
	if area.IsZero() {
		return where, args, nil
	}
	ids, err := tx.idsIn(ctx, subtree(AreaTree)+" SELECT id FROM line", bytesOf(area))
	return where + " AND (SELECT i.area FROM issue i WHERE i.id = p.issue) IN (" + marks(len(ids)) + ")", append(args, ids...), err
}

// CountDueParts counts the parts of each unit that were due in a time, from inclusive, to exclusive, and those of them whose reply came by their
// deadline; with an area, only those of issues that lie there.
func (tx *Tx) CountDueParts(ctx context.Context, from, to inspect.Time, area inspect.ID, f func(unit inspect.ID, due, onTime int64)) error {
	where, args, err := tx.dueParts(ctx, from, to, area)
	if err != nil {
		return err
	}
	return tx.each(ctx, func(r scanner) error {
		var unit inspect.ID
		var due, onTime int64
		err := r.Scan((*uid)(&unit), &due, &onTime)
		if err == nil {
			f(unit, due, onTime)
		}
		return err
	}, `SELECT u.uid, c.due, c.on_time FROM (SELECT p.unit AS unit, count(*) AS due, sum(CASE WHEN p.replied_at > 0 AND p.replied_at <= p.due_at THEN 1 ELSE 0 END) AS on_time
		FROM issue_part p WHERE `+where+` GROUP BY p.unit) c JOIN unit u ON u.id = c.unit`, args...)
}

// DuePart is a part that CountDueParts counts, with its issue.
type DuePart struct {
	Issue, Unit, Area inspect.ID
	Number, Category  string
	Status            inspect.Status
	DueAt, RepliedAt  inspect.Time
}

// DueParts gives the parts that CountDueParts counts, in the order in which their issues were received.
func (tx *Tx) DueParts(ctx context.Context, from, to inspect.Time, area inspect.ID) ([]DuePart, error) {
	where, args, err := tx.dueParts(ctx, from, to, area)
	if err != nil {
		return nil, err
	}
	return list(ctx, tx, func(r scanner) (p DuePart, err error) {
		err = r.Scan((*uid)(&p.Issue), (*uid)(&p.Unit), (*uid)(&p.Area), &p.Number, &p.Category, &p.Status, &p.DueAt, &p.RepliedAt)
		return p, err
	}, `SELECT i.uid, (SELECT uid FROM unit WHERE id = p.unit), (SELECT uid FROM area WHERE id = i.area), i.number, (SELECT code FROM category WHERE id = i.category),
		i.status, p.due_at, p.replied_at
		FROM issue_part p JOIN issue i ON i.id = p.issue WHERE `+where+" ORDER BY i.id, p.id", args...)
}
