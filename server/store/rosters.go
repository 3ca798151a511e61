package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

const leaveColumns = `SELECT l.uid, (SELECT uid FROM person WHERE id = l.person), l.valid_from, l.valid_to, l.withdrawn, l.created_at, l.updated_at FROM leave_of l `

func scanLeave(r scanner) (l inspect.Leave, err error) {
	err = r.Scan((*uid)(&l.ID), (*uid)(&l.Person), &l.From, &l.To, &l.Withdrawn, &l.CreatedAt, &l.UpdatedAt)
	return l, err
}

// Leave gives one leave; ok is false when there is none.
func (tx *Tx) Leave(ctx context.Context, id inspect.ID) (l inspect.Leave, ok bool, err error) {
	l, err = scanLeave(tx.row(ctx, leaveColumns+"WHERE l.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return l, ok, err
}

// Leaves gives the leaves that touch some days and were not withdrawn, by their first day.
func (tx *Tx) Leaves(ctx context.Context, from, to inspect.Date) ([]inspect.Leave, error) {
	return list(ctx, tx, scanLeave, leaveColumns+"WHERE l.valid_to >= ? AND l.valid_from <= ? AND NOT l.withdrawn ORDER BY l.valid_from, l.id", string(from), string(to))
}

// EachLeave calls f for every leave.
func (tx *Tx) EachLeave(ctx context.Context, f func(inspect.Leave) error) error {
	return tx.each(ctx, func(r scanner) error {
		l, err := scanLeave(r)
		if err != nil {
			return err
		}
		return f(l)
	}, leaveColumns+"ORDER BY l.id")
}

// SaveLeave inserts a leave or changes the one with its id.
func (tx *Tx) SaveLeave(ctx context.Context, l inspect.Leave) error {
	return tx.exec(ctx, `INSERT INTO leave_of (uid, person, valid_from, valid_to, withdrawn, created_at, updated_at)
		VALUES (?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET person = excluded.person, valid_from = excluded.valid_from, valid_to = excluded.valid_to, withdrawn = excluded.withdrawn,
			updated_at = excluded.updated_at`,
		bytesOf(l.ID), bytesOf(l.Person), string(l.From), string(l.To), l.Withdrawn, int64(l.CreatedAt), int64(l.UpdatedAt))
}

const rosterColumns = `SELECT d.uid, c.day, c.people, c.reason, c.created_at, c.updated_at FROM roster_change c JOIN duty d ON d.id = c.duty `

func scanRosterChange(r scanner) (c inspect.RosterChange, err error) {
	var people string
	if err = r.Scan((*uid)(&c.Duty), &c.Day, &people, &c.Reason, &c.CreatedAt, &c.UpdatedAt); err != nil {
		return c, err
	}
	err = readJSON(people, &c.People)
	return c, err
}

// RosterChanges gives who was exchanged in a duty in some days, by day.
func (tx *Tx) RosterChanges(ctx context.Context, duty inspect.ID, from, to inspect.Date) ([]inspect.RosterChange, error) {
	return list(ctx, tx, scanRosterChange, rosterColumns+"WHERE d.uid = ? AND c.day >= ? AND c.day <= ? ORDER BY c.day", bytesOf(duty), string(from), string(to))
}

// EachRosterChange calls f for every exchange; of one that cannot be read with what can.
func (tx *Tx) EachRosterChange(ctx context.Context, f func(inspect.RosterChange) error) error {
	return tx.each(ctx, func(r scanner) error {
		c, err := scanRosterChange(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(c)
	}, rosterColumns+"ORDER BY c.id")
}

// SaveRosterChange keeps who takes the rounds of a duty on a day.
func (tx *Tx) SaveRosterChange(ctx context.Context, c *inspect.RosterChange) error {
	people, err := asJSON(&c.People)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO roster_change (duty, day, people, reason, created_at, updated_at) VALUES ((SELECT id FROM duty WHERE uid = ?), ?, ?, ?, ?, ?)
		ON CONFLICT (duty, day) DO UPDATE SET people = excluded.people, reason = excluded.reason, updated_at = excluded.updated_at`,
		bytesOf(c.Duty), string(c.Day), people, c.Reason, int64(c.CreatedAt), int64(c.UpdatedAt))
}
