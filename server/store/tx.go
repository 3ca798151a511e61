package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"spotcheck/pkg/inspect"
)

// errStale means that another transaction changed the same row first; Write tries again.
var errStale = errors.New("store: changed meanwhile")

// attempts is how often Write tries a transaction that lost against another one.
const attempts = 8

// Tx is a transaction with one moment of its own. Its events are kept back until just before it commits. It ends at the
// first error of the database: PostgreSQL would take nothing more, and SQLite may have rolled everything back, so that a
// further statement would stand alone and stay.
type Tx struct {
	Now    inspect.Time
	q      *sql.Tx
	store  *Store
	events []Entry
	failed error // of the database, the first one
	whole  bool  // its statements run to their end, whatever becomes of their context

	locked     bool              // nobody else changes registers and settings until the commit
	settings   map[string]string // once they were read
	above      map[treeNode][]inspect.ID
	categories map[string]inspect.Category
	rules      map[string][]inspect.Rule // by category
	webhooks   []Webhook                 // nil before they were read
	holders    map[string]map[inspect.ID][]inspect.ID
	held       map[inspect.ID]bool // issues that nobody else changes until the commit
	grants     map[inspect.ID][]inspect.Grant
	logging    bool // others will be told of its lines of the security log
}

// treeNode is a node of one of the trees.
type treeNode struct {
	tree Tree
	id   inspect.ID
}

// Write runs a function in a transaction that is durable when Write returns nil. The function may run more than once and
// gets a context of its own: on SQLite it shares its commit with others and is not interrupted in the middle.
func (s *Store) Write(ctx context.Context, f func(context.Context, *Tx) error) error {
	err := s.enter()
	if err != nil {
		return err
	}
	defer s.under.Done()
	if s.readOnly {
		return inspect.ErrUnavailable.Because(errReadOnly)
	}
	if err := s.tooOld(); err != nil {
		return err
	}
	var before error
	for try := range attempts {
		if err = s.attempt(ctx, f); err == nil || !s.dialect.again(err, before) {
			break
		}
		before = err
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1<<try) * time.Millisecond):
		}
	}
	if err == nil {
		select {
		case s.committed <- struct{}{}:
		default: // whoever watches has not looked yet
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
	began := s.now()
	err = s.run(ctx, &Tx{q: q}, f)
	s.changed(began)
	if err != nil {
		return errors.Join(err, undo(q))
	}
	return s.commit(q)
}

// run is one function and the events that it left, in an open transaction.
func (s *Store) run(ctx context.Context, tx *Tx, f func(context.Context, *Tx) error) (err error) {
	tx.Now, tx.store = inspect.At(s.now()), s
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: panic in a transaction: %v\n%s", p, debug.Stack()) // for the log: nobody else sees where it was
		}
	}()
	if err := f(ctx, tx); err != nil {
		return err
	}
	if err := tx.flush(ctx); err != nil {
		return err
	}
	return tx.failed
}

// Read runs a function on one snapshot of the database.
func (s *Store) Read(ctx context.Context, f func(context.Context, *Tx) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.under.Done()
	o := &sql.TxOptions{ReadOnly: !s.dialect.grouped}
	if o.ReadOnly {
		o.Isolation = sql.LevelRepeatableRead
	}
	q, err := s.read.BeginTx(ctx, o)
	if err != nil {
		return s.dialect.fault(err)
	}
	return s.dialect.fault(errors.Join(s.run(ctx, &Tx{q: q}, f), undo(q)))
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

// The methods by which a job says how it waits.
type (
	queued      interface{ Queue() string }
	lowPriority interface{ LowPriority() bool } // others go before it
	unique      interface{ Unique() bool }      // there is no second one while one waits or runs
)

// lastPriority is that of jobs that others go before; 1 is the first.
const lastPriority = 3

// stillThere are the states of a job that is not done with.
var stillThere = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning,
	rivertype.JobStateScheduled}

// JobOptions are how a job waits, by its methods.
func JobOptions(j Job) *river.InsertOpts {
	o := &river.InsertOpts{}
	if q, ok := j.(queued); ok {
		o.Queue = q.Queue()
	}
	if p, ok := j.(lowPriority); ok && p.LowPriority() {
		o.Priority = lastPriority
	}
	if u, ok := j.(unique); ok && u.Unique() {
		o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: stillThere}
	}
	return o
}

// Enqueue leaves a job that starts once the transaction is committed, after a delay if there is one.
func (tx *Tx) Enqueue(ctx context.Context, j Job, delay time.Duration) error {
	o := JobOptions(j)
	if delay > 0 {
		o.ScheduledAt = tx.Now.UTC().Add(delay)
	}
	ctx, err := tx.on(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.store.jobs.InsertTx(ctx, tx.q, j, o); tx.fails(err) {
		return fmt.Errorf("store: enqueue %s: %w", j.Kind(), err)
	}
	return nil
}

// fails notes an error of the database.
func (tx *Tx) fails(err error) bool {
	if err != nil && tx.failed == nil {
		tx.failed = err
	}
	return err != nil
}

// on gives the context of the next statement; an error when there is none any more.
func (tx *Tx) on(ctx context.Context) (context.Context, error) {
	if tx.failed != nil || !tx.whole {
		return ctx, tx.failed
	}
	if tx.fails(ctx.Err()) {
		return ctx, tx.failed
	}
	return context.WithoutCancel(ctx), nil
}

func (tx *Tx) exec(ctx context.Context, q string, args ...any) error {
	_, err := tx.change(ctx, q, args...)
	return err
}

// change runs a statement and gives how many rows it met.
func (tx *Tx) change(ctx context.Context, q string, args ...any) (n int64, err error) {
	if ctx, err = tx.on(ctx); err != nil {
		return 0, err
	}
	r, err := tx.q.ExecContext(ctx, tx.store.dialect.rebind(q), args...)
	if err == nil {
		n, err = r.RowsAffected()
	}
	tx.fails(err)
	return n, err
}

// execOne runs a change that has to meet exactly one row.
func (tx *Tx) execOne(ctx context.Context, q string, args ...any) error {
	if n, err := tx.change(ctx, q, args...); err != nil {
		return err
	} else if n != 1 {
		return errStale
	}
	return nil
}

// row is the one row of a query, which runs when it is scanned.
func (tx *Tx) row(ctx context.Context, q string, args ...any) scanner {
	return only(func(into ...any) error {
		seen := false
		err := tx.each(ctx, func(r scanner) error {
			if seen {
				return nil
			}
			seen = true
			return r.Scan(into...)
		}, q, args...)
		if err == nil && !seen {
			return sql.ErrNoRows
		}
		return err
	})
}

// only scans one row.
type only func(...any) error

// Scan reads the row; none is sql.ErrNoRows.
func (o only) Scan(into ...any) error { return o(into...) }

// each calls scan for every row of a query.
func (tx *Tx) each(ctx context.Context, scan func(scanner) error, q string, args ...any) error {
	ctx, err := tx.on(ctx)
	if err != nil {
		return err
	}
	rows, err := tx.q.QueryContext(ctx, tx.store.dialect.rebind(q), args...)
	if tx.fails(err) {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	err = rows.Err()
	tx.fails(err)
	return err
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

// textSet reads the texts of a query as a set.
func (tx *Tx) textSet(ctx context.Context, q string, args ...any) (map[string]bool, error) {
	all := map[string]bool{}
	err := tx.each(ctx, func(r scanner) error {
		var text string
		err := r.Scan(&text)
		all[text] = true
		return err
	}, q, args...)
	return all, err
}

// ignoreNoRows turns "no row" into false.
func ignoreNoRows(err error) (bool, error) {
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
