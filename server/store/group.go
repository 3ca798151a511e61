package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Bounds of a group commit: what waits shares one fsync, but nobody waits long for others.
const (
	groupMembers = 64
	groupTime    = 5 * time.Millisecond
)

// errBroken means that the shared transaction could not go on; every member of it has failed.
var errBroken = errors.New("store: the transaction broke")

// member is one transaction that waits for the writer.
type member struct {
	ctx  context.Context
	run  func(context.Context, *Tx) error
	done chan error // holds one
}

// join hands a transaction to the writer and waits for the common commit.
func (s *Store) join(ctx context.Context, f func(context.Context, *Tx) error) error {
	m := &member{ctx: ctx, run: f, done: make(chan error, 1)}
	select {
	case s.queue <- m:
		return <-m.done
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return sql.ErrConnDone
	}
}

// groupCommits is the writer: it takes what waits until the store closes.
func (s *Store) groupCommits() {
	for {
		select {
		case first := <-s.queue:
			s.commitGroup(first)
		case <-s.closing:
			return
		}
	}
}

// commitGroup runs members in one transaction, each in a savepoint, and answers them after the commit.
func (s *Store) commitGroup(first *member) {
	q, err := s.write.BeginTx(context.Background(), nil)
	if err != nil {
		first.done <- err
		return
	}
	started := s.now()
	var kept []*member
	m := first
	for n := 1; ; n++ {
		own, broken := s.runMember(q, m)
		switch {
		case broken != nil:
			m.done <- broken
			s.answer(kept, errors.Join(broken, undo(q)))
			return
		case own != nil:
			m.done <- own
		default:
			kept = append(kept, m)
		}
		if m = s.waiting(n, started); m == nil {
			break
		}
	}
	s.answer(kept, q.Commit())
}

// waiting is the next member that is there already, nil when the group is full.
func (s *Store) waiting(n int, started time.Time) *member {
	if n >= groupMembers || s.now().Sub(started) > groupTime {
		return nil
	}
	select {
	case m := <-s.queue:
		return m
	default:
		return nil
	}
}

// answer tells all members how the common commit went.
func (s *Store) answer(members []*member, err error) {
	for _, m := range members {
		m.done <- err
	}
}

// runMember runs one member: its own error takes back what it did and nothing else; broken means that this could not be
// done. The member's context is detached, since SQLite ends the whole transaction when a statement is interrupted.
func (s *Store) runMember(q *sql.Tx, m *member) (own, broken error) {
	if err := m.ctx.Err(); err != nil {
		return err, nil
	}
	ctx := context.WithoutCancel(m.ctx)
	if _, err := q.ExecContext(ctx, "SAVEPOINT member"); err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	if own = s.run(ctx, q, m.run); own != nil {
		if _, err := q.ExecContext(ctx, "ROLLBACK TO member"); err != nil {
			return nil, fmt.Errorf("%w: %w: %w", errBroken, own, err)
		}
	}
	if _, err := q.ExecContext(ctx, "RELEASE member"); err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	return own, nil
}
