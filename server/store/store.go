// Package store is the SQL: one text for SQLite and PostgreSQL, transactions that carry their own time, and the events
// that every change writes.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"spotcheck/pkg/inspect"
)

// Options say which database to open.
type Options struct {
	URL    string // of PostgreSQL; empty for SQLite
	Path   string // of the SQLite file
	Now    func() time.Time
	NoSync bool       // a commit is not durable when it returns: for data that can be made again
	Bounds ListBounds // of lists; Usual when there are none

	ReadOnly bool // nothing is written, and nothing made beside a file of SQLite

	listener *listener // of its statements
}

// Store is an open database.
type Store struct {
	dialect  dialect
	write    *sql.DB // the only writer connection of SQLite, or the pool
	read     *sql.DB
	jobs     *river.Client[*sql.Tx] // inserts only
	now      func() time.Time
	bounds   ListBounds
	listener *listener
	queue    chan *member
	closing  chan struct{}
	writer   sync.WaitGroup

	taking sync.Mutex // of several connections

	mu     sync.Mutex
	closed bool
	under  sync.WaitGroup // transactions that are under way

	committed chan struct{} // holds one when there are new events

	path     string // of the file of SQLite
	readOnly bool
	damage   atomic.Bool // something is not as it was written

	outdated atomic.Pointer[error] // why this program must not write any more

	lastWrite lastWrite

	commits, committing     atomic.Int64 // since the start, and nanoseconds that they took
	changes, changing, slow atomic.Int64 // functions of Write, nanoseconds that they took, and how many took long

	logJob  Job  // tells others of the security log; nil for none
	logSent bool // there are others to tell, whatever webhooks want
}

// errClosed is what comes after Close.
var errClosed = inspect.ErrUnavailable.Because(errors.New("store: it is closed"))

// Open opens the database and, on SQLite, starts the one writer. It changes nothing in it: see Migrate.
func Open(ctx context.Context, o Options) (*Store, error) {
	d := sqliteDialect
	if o.URL != "" {
		d = postgresDialect
	}
	o.listener = &listener{}
	write, read, err := d.open(o)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", cmp.Or(o.Path, "PostgreSQL"), d.fault(err))
	}
	s := &Store{dialect: d, write: write, read: read, now: o.Now, bounds: cmp.Or(o.Bounds, DefaultListBounds), queue: make(chan *member),
		closing: make(chan struct{}), committed: make(chan struct{}, 1),
		listener: o.listener, path: o.Path, readOnly: o.ReadOnly}
	if err := errors.Join(write.PingContext(ctx), read.PingContext(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", cmp.Or(o.Path, "PostgreSQL"), d.fault(err)), s.Close())
	}
	if s.jobs, err = river.NewClient(d.river(write, nil), &river.Config{Logger: quiet}); err != nil {
		return nil, errors.Join(fmt.Errorf("store: jobs: %w", err), s.Close())
	}
	if d.grouped {
		s.writer.Go(s.groupCommits)
	}
	return s, nil
}

// Close waits for the transactions that are under way and closes the connections. It may be called again; whoever comes
// later with a transaction gets ErrUnavailable.
func (s *Store) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return nil
	}
	s.under.Wait()
	close(s.closing)
	s.writer.Wait()
	if s.read != s.write {
		return errors.Join(s.read.Close(), s.write.Close())
	}
	return s.write.Close()
}

// enter begins something that Close waits for; s.under.Done ends it.
func (s *Store) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.under.Add(1)
	return nil
}

// tooOld is the refusal once the database has moved on too far for this program, nil before.
func (s *Store) tooOld() error {
	if err := s.outdated.Load(); err != nil {
		return *err
	}
	return nil
}

// look finds out whether a newer program has moved the database on too far for this one; once it has, that stays.
func (s *Store) look(ctx context.Context) {
	if _, err := versionIn(ctx, s.read); errors.Is(err, errTooOld) {
		err = inspect.ErrOutdated.Because(fmt.Errorf("store: %w", err))
		s.outdated.Store(&err)
	}
}

// Ping says whether the database answers, to a program that is not too old for it, and keeps what is written: a full disk answers too.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.tooOld(); err != nil {
		return err
	}
	var writes int
	if err := s.dialect.fault(s.read.QueryRowContext(ctx, s.dialect.alive).Scan(&writes)); err != nil {
		return err
	}
	if writes == 0 {
		s.reconnect()
		return inspect.ErrUnavailable.Because(errReadOnly)
	}
	return s.tryWrite(ctx)
}

// tryEvery is how long it holds that a write worked, and tryFor how long one may take before the database counts as away: a server
// that is only busy is there.
const (
	tryEvery = 15 * time.Second
	tryFor   = 20 * time.Second
)

// lastWrite is how the write ended that is tried now and then.
type lastWrite struct {
	sync.Mutex
	running chan struct{} // closed when the write under way has ended; nil while there is none
	at      time.Time     // when one worked last
	err     error         // of the last one
}

// tryWrite writes a line now and then, one at a time, and says how the last one ended. Nobody waits longer for it than ctx lasts.
func (s *Store) tryWrite(ctx context.Context) error {
	w := &s.lastWrite
	w.Lock()
	if since := s.now().Sub(w.at); w.running == nil && (w.err != nil || since < 0 || since >= tryEvery) {
		w.running = make(chan struct{})
		go s.writeOnce(context.WithoutCancel(ctx), w.running)
	}
	running := w.running
	w.Unlock()
	if running != nil {
		select {
		case <-running:
		case <-ctx.Done():
		}
	}
	w.Lock()
	defer w.Unlock()
	return w.err
}

func (s *Store) writeOnce(ctx context.Context, ended chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, tryFor)
	defer cancel()
	err := s.Write(ctx, func(ctx context.Context, tx *Tx) error { return tx.SetUpkeep(ctx, "write", Upkeep{DoneAt: tx.Now}) })
	w := &s.lastWrite
	w.Lock()
	defer w.Unlock()
	if w.running, w.err = nil, err; err == nil {
		w.at = s.now()
	}
	close(ended)
}

// errReadOnly is a database that answers and takes no writes.
var errReadOnly = errors.New("store: the database is read-only: a standby, or a primary that was told to")

// reconnect drops the connections that nobody uses, so that the next ones go to the primary where the address names several servers.
func (s *Store) reconnect() {
	s.write.SetMaxIdleConns(0)
	s.write.SetMaxIdleConns(idlePostgres)
}

// Name is "sqlite" or "postgres".
func (s *Store) Name() string { return s.dialect.name }

// Writer is the database handle that jobs share with the store; only package jobs asks for it.
func (s *Store) Writer() *sql.DB { return s.write }
