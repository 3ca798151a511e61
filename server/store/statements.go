package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/jackc/pgx/v5"
)

// maxStatements is how many prepared statements a connection keeps. Lists make texts of their own without end: the one that
// was not used for the longest time goes.
const maxStatements = 300

// listener is told of each statement before it runs.
type listener struct{ told atomic.Pointer[func(string)] }

func (l *listener) tell(query string) {
	if l == nil {
		return
	}
	if told := l.told.Load(); told != nil {
		(*told)(query)
	}
}

// TraceQueryStart is where pgx tells.
func (l *listener) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	l.tell(d.SQL)
	return ctx
}

// TraceQueryEnd is nobody's concern.
func (*listener) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// OnStatement has a function told of each statement before it runs, by whoever runs it: what a use case costs is counted so, and how its queries are planned is
// looked at. None ends it.
func (s *Store) OnStatement(told func(query string)) {
	if told == nil {
		s.listener.told.Store(nil)
		return
	}
	s.listener.told.Store(&told)
}

// preparing hands out SQLite connections that prepare each text once: without it a third of all work is parsing.
type preparing struct {
	driver.Connector
	listener *listener
}

// Connect opens a connection.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: the SQLite driver has changed its connections"), c.Close())
	}
	kept, err := simplelru.NewLRU[string, *preparedStmt](maxStatements, nil)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &preparedConn{sqliteConn: inner, kept: kept, listener: p.listener}, nil
}

// sqliteConn is what every connection of the driver can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparedStmt is a kept statement; it is busy while rows of it are being read, and dropped when it is kept no longer.
type preparedStmt struct {
	driver.Stmt
	busy, dropped bool
}

// drop closes a statement that is kept no longer, at once or when its rows are read.
func (s *preparedStmt) drop() error {
	s.dropped = true
	if s.busy {
		return nil
	}
	return s.Close()
}

// preparedConn is a connection with its statements. database/sql uses it from one goroutine at a time.
type preparedConn struct {
	sqliteConn
	kept     *simplelru.LRU[string, *preparedStmt]
	listener *listener
}

// Unwrap gives the driver's own connection.
func (c *preparedConn) Unwrap() driver.Conn { return c.sqliteConn }

// Close closes the statements, then the connection.
func (c *preparedConn) Close() error {
	var all error
	for _, s := range c.kept.Values() {
		all = errors.Join(all, s.Close())
	}
	c.kept.Purge()
	return errors.Join(all, c.sqliteConn.Close())
}

// statement is the kept statement of a text, nil when it is being read from.
func (c *preparedConn) statement(ctx context.Context, query string) (*preparedStmt, error) {
	if s, ok := c.kept.Get(query); ok {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	made, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if c.kept.Len() >= maxStatements {
		if _, oldest, ok := c.kept.RemoveOldest(); ok {
			if err := oldest.drop(); err != nil {
				return nil, errors.Join(err, made.Close())
			}
		}
	}
	s := &preparedStmt{Stmt: made}
	c.kept.Add(query, s)
	return s, nil
}

// ExecContext runs a change.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.listener.tell(query)
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a query.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.listener.tell(query)
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &preparedRows{rows, s}, nil
}

// preparedRows give their statement back when they are closed.
type preparedRows struct {
	driver.Rows
	of *preparedStmt
}

// Close ends the reading.
func (r *preparedRows) Close() error {
	r.of.busy = false
	err := r.Rows.Close()
	if r.of.dropped {
		err = errors.Join(err, r.of.Close())
	}
	return err
}
