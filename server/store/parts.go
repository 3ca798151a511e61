package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// saveParts keeps what the lists and the reports ask of the parts of an issue; the issue itself holds them whole.
func (tx *Tx) saveParts(ctx context.Context, i *Row) error {
	for n := range i.Parts {
		p := &i.Parts[n]
		if err := tx.exec(ctx, `INSERT INTO issue_part (uid, issue, unit, due_at, replied_at, ended_at, assists)
			VALUES (?, ?, (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?)
			ON CONFLICT (uid) DO UPDATE SET due_at = excluded.due_at, replied_at = excluded.replied_at, ended_at = excluded.ended_at, assists = excluded.assists`,
			bytesOf(p.ID), i.id, bytesOf(p.Unit), int64(p.DueAt), int64(p.RepliedAt), int64(p.EndedAt), p.Assists()); err != nil {
			return err
		}
	}
	return nil
}

// Part is what the lists and the reports see of a part of joint work.
type Part struct {
	ID, Unit                  inspect.ID
	DueAt, RepliedAt, EndedAt inspect.Time
	Assists                   bool
}

// PartOf is what they see of a part.
func PartOf(p *inspect.Part) Part {
	return Part{p.ID, p.Unit, p.DueAt, p.RepliedAt, p.EndedAt, p.Assists()}
}

// Parts gives the parts of an issue in the order in which they were given.
func (tx *Tx) Parts(ctx context.Context, i *Row) ([]Part, error) {
	return list(ctx, tx, func(r scanner) (p Part, err error) {
		err = r.Scan((*uid)(&p.ID), (*uid)(&p.Unit), &p.DueAt, &p.RepliedAt, &p.EndedAt, &p.Assists)
		return p, err
	}, "SELECT p.uid, u.uid, p.due_at, p.replied_at, p.ended_at, p.assists FROM issue_part p JOIN unit u ON u.id = p.unit WHERE p.issue = ? ORDER BY p.id", i.id)
}

// PartsDue counts the parts of each unit that were due in a time, from inclusive, to exclusive, and those of them whose reply came by their
// deadline; with an area, only those of issues that lie there.
func (tx *Tx) PartsDue(ctx context.Context, from, to inspect.Time, area inspect.ID, f func(unit inspect.ID, due, onTime int64)) error {
	within, args := "", []any{int64(from), int64(to)}
	if !area.IsZero() {
		ids, err := tx.idsIn(ctx, subtree(AreaTree)+" SELECT id FROM line", bytesOf(area))
		if err != nil {
			return err
		}
		within, args = " AND (SELECT i.area FROM issue i WHERE i.id = p.issue) IN ("+marks(len(ids))+")", append(args, ids...)
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
		FROM issue_part p WHERE p.due_at >= ? AND p.due_at < ? AND (p.ended_at = 0 OR p.ended_at >= p.due_at)`+within+` GROUP BY p.unit) c JOIN unit u ON u.id = c.unit`, args...)
}
