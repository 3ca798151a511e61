package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"
)

// prepares is a connection whose prepared statements are counted.
type prepares struct {
	sqliteConn
	made, closed map[string]int
}

// countedStmt tells when it is closed.
type countedStmt struct {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	closes func()
}

// Close counts.
func (s countedStmt) Close() error { s.closes(); return s.Stmt.Close() }

// PrepareContext counts.
func (p prepares) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := p.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.made[query]++
	return countedStmt{s, s.(driver.StmtExecContext), s.(driver.StmtQueryContext), func() { p.closed[query]++ }}, nil
}

// counted is a connection to an empty database.
func counted(t *testing.T) (*preparedConn, prepares) {
	t.Helper()
	open, err := sqlite.NewConnector(sqliteDSN(filepath.Join(t.TempDir(), "x.db"), ""))
	if err != nil {
		t.Fatal(err)
	}
	c, err := preparing{Connector: open}.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn := c.(*preparedConn)
	p := prepares{conn.sqliteConn, map[string]int{}, map[string]int{}}
	conn.sqliteConn = p
	return conn, p
}

// asks runs a query and reads its one number.
func asks(t *testing.T, c *preparedConn, query string) int64 {
	t.Helper()
	rows, err := c.QueryContext(t.Context(), query, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]driver.Value, 1)
	if err := rows.Next(v); err != nil {
		t.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	return v[0].(int64)
}

func TestTheStatementsThatAreUsedAreKept(t *testing.T) {
	t.Parallel()
	c, p := counted(t)
	odd := 0
	for range 400 { // a search of its own, then what every request asks
		odd++
		if got := asks(t, c, fmt.Sprintf("SELECT %d", odd)); got != int64(odd) {
			t.Fatalf("got %d, want %d", got, odd)
		}
		asks(t, c, "SELECT 'often' = 'often'")
	}
	asks(t, c, "SELECT 'late' = 'late'")
	asks(t, c, "SELECT 'late' = 'late'")
	for query, want := range map[string]int{"SELECT 'often' = 'often'": 1, "SELECT 'late' = 'late'": 1} {
		if p.made[query] != want {
			t.Errorf("%s was prepared %d times, want %d", query, p.made[query], want)
		}
	}
	if c.kept.Len() != maxStatements || len(p.made)-len(p.closed) != maxStatements {
		t.Errorf("%d are kept, %d made and %d closed; want %d open", c.kept.Len(), len(p.made), len(p.closed), maxStatements)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for query, n := range p.made {
		if p.closed[query] != n {
			t.Errorf("%s was prepared %d times and closed %d times", query, n, p.closed[query])
		}
	}
}

func TestAStatementIsReadToItsEndAfterItWasDropped(t *testing.T) {
	t.Parallel()
	c, p := counted(t)
	const long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n"
	rows, err := c.QueryContext(t.Context(), long, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range maxStatements + 1 {
		asks(t, c, fmt.Sprintf("SELECT %d", n))
	}
	if c.kept.Contains(long) || p.closed[long] != 0 {
		t.Errorf("kept: %t, closed %d times; want dropped and open", c.kept.Contains(long), p.closed[long])
	}
	v, n := make([]driver.Value, 1), 0
	for ; err == nil; n++ {
		err = rows.Next(v)
	}
	if err != io.EOF || n != 101 || v[0] != int64(100) {
		t.Errorf("got %d rows until %v, the last %v", n-1, err, v[0])
	}
	if err := rows.Close(); err != nil || p.closed[long] != 1 {
		t.Errorf("closed %d times: %v", p.closed[long], err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}
