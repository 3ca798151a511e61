package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"spotcheck/pkg/inspect"
)

// errStale means that another transaction changed the same row first; Write tries again.
var errStale = errors.New("store: changed meanwhile")

// attempts is how often Write tries a transaction that lost against another one.
const attempts = 8

// Tx is a transaction with one moment of its own. Its events are kept back until just before it commits.
type Tx struct {
	Now    inspect.Time
	q      *sql.Tx
	store  *Store
	events []Entry
}

// Write runs a function in a transaction that is durable when Write returns nil. The function may run more than once and
// gets a context of its own: on SQLite it shares its commit with others and is not interrupted in the middle.
func (s *Store) Write(ctx context.Context, f func(context.Context, *Tx) error) error {
	var err error
	for try := range attempts {
		if err = s.attempt(ctx, f); err == nil || !s.dialect.again(err) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1<<try) * time.Millisecond):
		}
	}
	return s.dialect.fault(err)
}

func (s *Store) attempt(ctx context.Context, f func(context.Context, *Tx) error) error {
	if s.dialect.grouped {
		return s.join(ctx, f)
	}
	q, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.run(ctx, q, f); err != nil {
		return errors.Join(err, undo(q))
	}
	return q.Commit()
}

// run is one function and the events that it left, in an open transaction.
func (s *Store) run(ctx context.Context, q *sql.Tx, f func(context.Context, *Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: panic in a transaction: %v", p)
		}
	}()
	tx := &Tx{Now: inspect.At(s.now()), q: q, store: s}
	if err := f(ctx, tx); err != nil {
		return err
	}
	return tx.flush(ctx)
}

// Read runs a function on one snapshot of the database.
func (s *Store) Read(ctx context.Context, f func(context.Context, *Tx) error) error {
	o := &sql.TxOptions{ReadOnly: !s.dialect.grouped}
	if o.ReadOnly {
		o.Isolation = sql.LevelRepeatableRead
	}
	q, err := s.read.BeginTx(ctx, o)
	if err != nil {
		return s.dialect.fault(err)
	}
	err = f(ctx, &Tx{Now: inspect.At(s.now()), q: q, store: s})
	return s.dialect.fault(errors.Join(err, undo(q)))
}

// undo ends a transaction without keeping anything.
func undo(q *sql.Tx) error {
	if err := q.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// Job is work for later; package jobs has a worker for each kind.
type Job = river.JobArgs

// Enqueue leaves a job that starts once the transaction is committed, after a delay if there is one.
func (tx *Tx) Enqueue(ctx context.Context, j Job, delay time.Duration) error {
	o := &river.InsertOpts{}
	if delay > 0 {
		o.ScheduledAt = tx.Now.UTC().Add(delay)
	}
	if _, err := tx.store.jobs.InsertTx(ctx, tx.q, j, o); err != nil {
		return fmt.Errorf("store: enqueue %s: %w", j.Kind(), err)
	}
	return nil
}

func (tx *Tx) exec(ctx context.Context, q string, args ...any) error {
	_, err := tx.q.ExecContext(ctx, tx.store.dialect.rebind(q), args...)
	return err
}

// must runs a change that has to meet exactly one row.
func (tx *Tx) must(ctx context.Context, q string, args ...any) error {
	r, err := tx.q.ExecContext(ctx, tx.store.dialect.rebind(q), args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errStale)
	}
	return nil
}

func (tx *Tx) row(ctx context.Context, q string, args ...any) *sql.Row {
	return tx.q.QueryRowContext(ctx, tx.store.dialect.rebind(q), args...)
}

// each calls scan for every row of a query.
func (tx *Tx) each(ctx context.Context, scan func(scanner) error, q string, args ...any) error {
	rows, err := tx.q.QueryContext(ctx, tx.store.dialect.rebind(q), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanner is a row to read: *sql.Row or *sql.Rows.
type scanner interface{ Scan(...any) error }

// list reads all rows of a query with one function.
func list[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), q string, args ...any) ([]T, error) {
	all := []T{}
	err := tx.each(ctx, func(r scanner) error {
		one, err := scan(r)
		all = append(all, one)
		return err
	}, q, args...)
	return all, err
}

// found turns "no row" into false.
func found(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// next draws the next number of a counter.
func (tx *Tx) next(ctx context.Context, counter string, by int64) (int64, error) {
	var n int64
	err := tx.row(ctx, `INSERT INTO counter (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value`, counter, by).Scan(&n)
	return n, err
}
