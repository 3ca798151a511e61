// Package store is the SQL: one text for SQLite and PostgreSQL, transactions that carry their own time, and the events
// that every change writes.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"
)

// Options say which database to open.
type Options struct {
	URL     string // of PostgreSQL; empty for SQLite
	Path    string // of the SQLite file
	Now     func() time.Time
	Relaxed bool // a commit is not durable when it returns: for data that can be made again
}

// Store is an open database.
type Store struct {
	dialect dialect
	write   *sql.DB // the only writer connection of SQLite, or the pool
	read    *sql.DB
	jobs    *river.Client[*sql.Tx] // inserts only
	now     func() time.Time
	queue   chan *member
	closing chan struct{}
	done    sync.WaitGroup
}

// Open opens the database and, on SQLite, starts the one writer. It changes nothing in it: see Migrate.
func Open(ctx context.Context, o Options) (*Store, error) {
	d := sqliteDialect
	if o.URL != "" {
		d = postgresDialect
	}
	write, read, err := d.open(o)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	s := &Store{dialect: d, write: write, read: read, now: o.Now, queue: make(chan *member), closing: make(chan struct{})}
	if err := errors.Join(write.PingContext(ctx), read.PingContext(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open: %w", d.fault(err)), s.Close())
	}
	if s.jobs, err = river.NewClient(d.river(write, nil), &river.Config{Logger: quiet}); err != nil {
		return nil, errors.Join(fmt.Errorf("store: jobs: %w", err), s.Close())
	}
	if d.grouped {
		s.done.Go(s.groupCommits)
	}
	return s, nil
}

// Close waits for what is being written and closes the connections.
func (s *Store) Close() error {
	close(s.closing)
	s.done.Wait()
	if s.read != s.write {
		return errors.Join(s.read.Close(), s.write.Close())
	}
	return s.write.Close()
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.dialect.fault(s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}

// Name is "sqlite" or "postgres".
func (s *Store) Name() string { return s.dialect.name }

// Writer is the database handle that jobs share with the store; only package jobs asks for it.
func (s *Store) Writer() *sql.DB { return s.write }
