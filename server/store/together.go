package store

import (
	"context"
	"database/sql"
	"errors"
	"runtime"

	"spotcheck/pkg/inspect"
)

// sideBySide is how many transactions ReadTogether begins: at most half of the connections that SQLite has for reading.
func sideBySide() int { return max(4, runtime.NumCPU()) / 2 }

// ReadTogether runs a function with several transactions that read side by side on one snapshot of the database, one for each two connections: for what
// reads everything.
func (s *Store) ReadTogether(ctx context.Context, f func(context.Context, []*Tx) error) (err error) {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.under.Done()
	conns, err := s.take(ctx, sideBySide())
	defer func() {
		for _, c := range conns {
			err = errors.Join(err, c.Close())
		}
		err = s.dialect.fault(err)
	}()
	if err != nil {
		return err
	}
	begun := make([]*sql.Tx, len(conns))
	defer func() {
		for _, q := range begun {
			if q != nil {
				err = errors.Join(err, undo(q))
			}
		}
	}()
	if err := s.dialect.together(ctx, s, conns, begun); err != nil {
		return err
	}
	now := inspect.At(s.now())
	all := make([]*Tx, len(begun))
	for n, q := range begun {
		all[n] = &Tx{Now: now, q: q, store: s}
	}
	err = f(ctx, all)
	for _, tx := range all {
		err = errors.Join(err, tx.failed)
	}
	return err
}

// take takes some connections at once: two that each have a part of what they want would wait for each other.
func (s *Store) take(ctx context.Context, n int) (conns []*sql.Conn, err error) {
	s.taking.Lock()
	defer s.taking.Unlock()
	for len(conns) < n {
		c, err := s.read.Conn(ctx)
		if err != nil {
			return conns, err
		}
		conns = append(conns, c)
	}
	return conns, nil
}

// togetherSQLite begins transactions while the one writer is kept from committing.
func togetherSQLite(ctx context.Context, s *Store, conns []*sql.Conn, begun []*sql.Tx) error {
	return s.Write(ctx, func(ctx context.Context, _ *Tx) (err error) {
		for n, c := range conns {
			if begun[n] != nil { // it runs again
				if err := undo(begun[n]); err != nil {
					return err
				}
			}
			if begun[n], err = c.BeginTx(context.WithoutCancel(ctx), nil); err != nil {
				return err
			}
			var some int
			if err := begun[n].QueryRowContext(ctx, "SELECT count(*) FROM schema_version").Scan(&some); err != nil { // the snapshot is that of the first look
				return err
			}
		}
		return nil
	})
}

// togetherPostgres begins transactions on the snapshot of the first.
func togetherPostgres(ctx context.Context, _ *Store, conns []*sql.Conn, begun []*sql.Tx) (err error) {
	snapshot := ""
	for n, c := range conns {
		if begun[n], err = c.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}); err != nil {
			return err
		}
		if n == 0 {
			err = begun[n].QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot)
		} else {
			_, err = begun[n].ExecContext(ctx, "SET TRANSACTION SNAPSHOT '"+snapshot+"'") // the database named it, and takes no parameter there
		}
		if err != nil {
			return err
		}
		if _, err := begun[n].ExecContext(ctx, readRanges); err != nil {
			return err
		}
	}
	return nil
}

// readRanges are the settings for many small ranges by an index, side by side already: to compile each query, or to start helpers for it, takes longer than to
// read it.
const readRanges = "SELECT set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)"
