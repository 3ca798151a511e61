package servertest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"spotcheck/server/core/audit"
	"spotcheck/server/core/photos"
)

// Tamperer changes a record behind the server's back, and puts it back as it was.
type Tamperer struct {
	*Server
	undo []func()
}

// Tampers begins.
func (s *Server) Tampers() *Tamperer { return &Tamperer{Server: s} }

// Restore puts everything back, last change first.
func (m *Tamperer) Restore() {
	m.t.Helper()
	for _, f := range slices.Backward(m.undo) {
		f()
	}
	m.undo = nil
}

// unguarded runs a function on one connection that checks no references and no rules.
func (s *Server) unguarded(f func(exec func(query string, args ...any), each func(scan func(*sql.Rows), query string, args ...any))) {
	s.t.Helper()
	ctx := context.Background()
	off, on := "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
	if s.Postgres() {
		off, on = "SET session_replication_role = replica; SET synchronous_commit = off", "RESET ALL"
	}
	conn, err := s.Core.Store.Writer().Conn(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	exec := func(query string, args ...any) {
		s.t.Helper()
		if _, err := conn.ExecContext(ctx, s.marks(query), args...); err != nil {
			s.t.Fatalf("%s: %v", query, err)
		}
	}
	exec(off)
	defer exec(on)
	f(exec, func(scan func(*sql.Rows), query string, args ...any) {
		s.t.Helper()
		rows, err := conn.QueryContext(ctx, s.marks(query), args...)
		if err != nil {
			s.t.Fatalf("%s: %v", query, err)
		}
		defer rows.Close()
		for rows.Next() {
			scan(rows)
		}
		if err := rows.Err(); err != nil {
			s.t.Fatalf("%s: %v", query, err)
		}
	})
}

// marks writes the marks of arguments as the database wants them.
func (s *Server) marks(query string) string {
	for n := 1; s.Postgres() && strings.Contains(query, "?"); n++ {
		query = strings.Replace(query, "?", "$"+strconv.Itoa(n), 1)
	}
	return query
}

// Postgres says which database this is.
func (s *Server) Postgres() bool { return s.Core.Store.Name() == "postgres" }

// SQL runs a statement; whoever calls it puts things back.
func (s *Server) SQL(query string, args ...any) {
	s.t.Helper()
	s.unguarded(func(exec func(string, ...any), _ func(func(*sql.Rows), string, ...any)) { exec(query, args...) })
}

// Texts reads the first column of a query as text.
func (s *Server) Texts(query string, args ...any) (all []string) {
	s.t.Helper()
	s.unguarded(func(_ func(string, ...any), each func(func(*sql.Rows), string, ...any)) {
		each(func(r *sql.Rows) {
			var v string
			if err := r.Scan(&v); err != nil {
				s.t.Fatal(err)
			}
			all = append(all, v)
		}, query, args...)
	})
	return all
}

// Changes rewrites rows of a table and remembers how they were; a statement reads them as they were from {aside}.
func (m *Tamperer) Changes(table, set, where string) {
	m.t.Helper()
	aside := m.keep(table, where)
	m.SQL("UPDATE " + table + " SET " + strings.ReplaceAll(set, "{aside}", aside) + " WHERE " + where)
}

// Deletes removes rows of a table and remembers them.
func (m *Tamperer) Deletes(table, where string) {
	m.t.Helper()
	m.keep(table, where)
	m.SQL("DELETE FROM " + table + " WHERE " + where)
}

// Inserts adds a row and remembers to take it away.
func (m *Tamperer) Inserts(table, columns, values string) {
	m.t.Helper()
	last := m.Texts("SELECT COALESCE(max(id), 0) FROM " + table)[0]
	m.SQL("INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ")")
	m.undo = append(m.undo, func() { m.SQL("DELETE FROM " + table + " WHERE id > " + last) })
}

// keep copies rows aside; restoring takes whatever has their ids now away and puts them back.
func (m *Tamperer) keep(table, where string) (aside string) {
	m.t.Helper()
	aside = fmt.Sprintf("aside_%d", len(m.undo))
	m.SQL("CREATE TABLE " + aside + " AS SELECT * FROM " + table + " WHERE " + where)
	m.undo = append(m.undo, func() {
		m.t.Helper()
		m.SQL("DELETE FROM " + table + " WHERE id IN (SELECT id FROM " + aside + ")")
		m.SQL("INSERT INTO " + table + " SELECT * FROM " + aside)
		m.SQL("DROP TABLE " + aside)
	})
	return aside
}

// Blob reads what lies under a key, nil when there is nothing.
func (s *Server) Blob(key string) []byte {
	s.t.Helper()
	r, info, err := s.Core.Blobs.Open(context.Background(), key)
	if err != nil {
		return nil
	}
	defer r.Close()
	b := make([]byte, info.Size)
	for n := 0; n < len(b); {
		k, err := r.Read(b[n:])
		if n += k; err != nil && n < len(b) {
			s.t.Fatal(err)
		}
	}
	return b
}

// PutsBlob puts bytes under a key, or nothing.
func (m *Tamperer) PutsBlob(key string, b []byte) {
	m.t.Helper()
	was := m.Blob(key)
	put := func(b []byte) {
		m.t.Helper()
		err := m.Core.Blobs.Delete(context.Background(), key)
		if err == nil && b != nil {
			err = m.Core.Blobs.Put(context.Background(), key, b)
		}
		if err != nil {
			m.t.Fatal(err)
		}
	}
	put(b)
	m.undo = append(m.undo, func() { put(was) })
}

// Findings audits and gives what is wrong, and what is only noted.
func (s *Server) Findings(outside []byte) (wrong, noted []audit.Finding) {
	s.t.Helper()
	if _, err := s.Core.Audit.Audit(context.Background(), outside, func(f audit.Finding) {
		if f.Wrong {
			wrong = append(wrong, f)
		} else if f.Subject != "setting one_person" { // as the cities of stories are begun
			noted = append(noted, f)
		}
	}); err != nil {
		s.t.Fatal(err)
	}
	return wrong, noted
}

// RemovesErased does the jobs that erasures left.
func (s *Server) RemovesErased() {
	s.t.Helper()
	args := "json(args)"
	if s.Postgres() {
		args = "args::text"
	}
	for _, text := range s.Texts("SELECT " + args + " FROM river_job WHERE kind = 'bytes.remove' AND state <> 'completed' ORDER BY id") {
		var job photos.RemoveBytes
		if err := json.Unmarshal([]byte(text), &job); err != nil {
			s.t.Fatal(err)
		}
		if err := s.Core.Photos.Remove(context.Background(), job); err != nil {
			s.t.Fatal(err)
		}
	}
	s.SQL("DELETE FROM river_job WHERE kind = 'bytes.remove'")
}
