package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"spotcheck/pkg/inspect"
)

// Bounds of a group commit: what waits shares one fsync, but nobody waits long for others.
const (
	groupMembers = 64
	groupTime    = 5 * time.Millisecond
	memberTime   = 30 * time.Second // after which one that holds up all others is given up
)

// errHeld means that a transaction held the only writer for too long; what it did is taken back.
var errHeld = fmt.Errorf("store: a change held the writer for more than %s", memberTime)

// errBroken means that the shared transaction could not go on; every member of it has failed.
var errBroken = errors.New("store: the shared transaction broke")

// member is one transaction that waits for the writer.
type member struct {
	ctx  context.Context
	run  func(context.Context, *Tx) error
	own  error      // of its function
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

// commitGroup runs members in one transaction, each in a savepoint, and answers them after the commit: also those with an
// error of their own, since they may have seen what others wrote and what would be gone if the commit failed.
func (s *Store) commitGroup(first *member) {
	q, err := s.write.BeginTx(context.Background(), nil)
	if err != nil {
		first.done <- err
		return
	}
	started := s.now()
	var group []*member
	for m := first; m != nil; m = s.waiting(len(group), started) {
		group = append(group, m)
		if broken := s.runMember(q, m); broken != nil {
			// nobody is shown the error of another member
			answer(group, inspect.ErrUnavailable.Because(fmt.Errorf("%w: %v", errBroken, errors.Join(broken, undo(q)))))
			return
		}
	}
	answer(group, s.commit(q))
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

// answer tells the members of a group how the common commit went, or what their own error was.
func answer(group []*member, err error) {
	for _, m := range group {
		if err != nil {
			m.own = err
		}
		m.done <- m.own
	}
}

// runMember runs one member: its own error takes back what it did and nothing else; broken means that this could not be
// done. Its context ends when it has held up the others for too long, and only then; its statements are not interrupted, since SQLite
// would end the whole transaction.
func (s *Store) runMember(q *sql.Tx, m *member) (broken error) {
	if m.own = m.ctx.Err(); m.own != nil {
		return nil
	}
	detached := context.WithoutCancel(m.ctx)
	ctx, cancel := context.WithTimeout(detached, memberTime)
	defer cancel()
	if _, err := q.ExecContext(detached, "SAVEPOINT member"); err != nil {
		return err
	}
	began := s.now()
	m.own = s.run(ctx, &Tx{q: q, whole: true}, m.run)
	s.changed(began)
	if m.own != nil && ctx.Err() != nil {
		m.own = inspect.ErrUnavailable.Because(fmt.Errorf("%w: %w", errHeld, m.own))
	}
	if m.own != nil {
		if _, err := q.ExecContext(detached, "ROLLBACK TO member"); err != nil {
			return errors.Join(m.own, err)
		}
	}
	_, err := q.ExecContext(detached, "RELEASE member")
	return err
}
