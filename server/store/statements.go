package store

import (
	"context"
	"database/sql/driver"
	"errors"
)

// maxStatements is how many prepared statements a connection keeps. Lists make texts of their own without end; those that
// come after this many are prepared each time.
const maxStatements = 300

// preparing hands out SQLite connections that prepare each text once: without it a third of all work is parsing.
type preparing struct{ driver.Connector }

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
	return &preparedConn{sqliteConn: inner, kept: map[string]*preparedStmt{}}, nil
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

// preparedStmt is a kept statement; it is busy while rows of it are being read.
type preparedStmt struct {
	driver.Stmt
	busy bool
}

// preparedConn is a connection with its statements. database/sql uses it from one goroutine at a time.
type preparedConn struct {
	sqliteConn
	kept map[string]*preparedStmt
}

// Unwrap gives the driver's own connection.
func (c *preparedConn) Unwrap() driver.Conn { return c.sqliteConn }

// Close closes the statements, then the connection.
func (c *preparedConn) Close() error {
	var all error
	for _, s := range c.kept {
		all = errors.Join(all, s.Close())
	}
	c.kept = nil
	return errors.Join(all, c.sqliteConn.Close())
}

// statement is the kept statement of a text, nil when there can be none or when it is being read from.
func (c *preparedConn) statement(ctx context.Context, query string) (*preparedStmt, error) {
	if s, ok := c.kept[query]; ok {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if len(c.kept) >= maxStatements {
		return nil, nil
	}
	made, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &preparedStmt{Stmt: made}
	c.kept[query] = s
	return s, nil
}

// ExecContext runs a change.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
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
	return r.Rows.Close()
}
