package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// leftOut are tables whose rows Load makes itself, or that mean nothing in another place.
var leftOut = []string{"schema_version", "river_migration", "river_leader", "installation", "upload", "upload_chunk"}

// endOfSnapshot is the last line of the file.
const endOfSnapshot = "-- end\n"

// onPgx runs a function on a connection of the driver.
func (s *Store) onPgx(ctx context.Context, f func(*pgx.Conn) error) (err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return conn.Raw(func(c any) error { return f(c.(*stdlib.Conn).Conn()) })
}

// snapshotPostgres writes every table by COPY in one transaction, as psql would read it.
func snapshotPostgres(ctx context.Context, s *Store, path string, name namer) (made Snapshot, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return made, err
	}
	defer func() { _ = f.Close() }() // closed below; this is for errors before
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		return made, err
	}
	if err := s.onPgx(ctx, func(c *pgx.Conn) error {
		tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was changed
		if err := tx.QueryRow(ctx, snapshotFacts).Scan(&made.Schema, &made.Jobs, &made.LastEvent); err != nil {
			return err
		}
		if err := dump(ctx, tx, z); err != nil {
			return err
		}
		for _, n := range namingsOf(made.Schema) {
			r, err := tx.Query(ctx, n.query)
			if err != nil {
				return err
			}
			if err := nameAll(r, n.kind, name); err != nil {
				r.Close()
				return err
			}
		}
		return nil
	}); err != nil {
		return made, err
	}
	return made, errors.Join(z.Close(), f.Sync(), f.Close())
}

// dump writes the tables.
func dump(ctx context.Context, tx pgx.Tx, w io.Writer) error {
	tables, err := tablesOf(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if slices.Contains(leftOut, t.name) {
			continue
		}
		if _, err := fmt.Fprintf(w, "COPY %s FROM stdin;\n", t); err != nil {
			return err
		}
		if _, err := tx.Conn().PgConn().CopyTo(ctx, w, fmt.Sprintf("COPY %s TO STDOUT", t)); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		if _, err := io.WriteString(w, "\\.\n"); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, endOfSnapshot)
	return err
}

// table is a table with its columns.
type table struct {
	name    string
	columns []string
}

// String is the table as COPY wants it.
func (t table) String() string {
	quoted := make([]string, len(t.columns))
	for n, c := range t.columns {
		quoted[n] = pgx.Identifier{c}.Sanitize()
	}
	return pgx.Identifier{t.name}.Sanitize() + " (" + strings.Join(quoted, ", ") + ")"
}

// tablesOf gives the tables of the schema that is in use, each after those that it refers to.
func tablesOf(ctx context.Context, tx pgx.Tx) (sorted []table, err error) {
	all, err := collect(ctx, tx, `SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname`)
	if err != nil {
		return nil, err
	}
	refers, err := collect(ctx, tx, `SELECT f.relname, array_agg(DISTINCT t.relname::text) FROM pg_constraint k
		JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
		WHERE k.contype = 'f' AND f.oid <> t.oid AND f.relnamespace = current_schema()::regnamespace GROUP BY f.relname`)
	if err != nil {
		return nil, err
	}
	placed := map[string]bool{}
	for len(sorted) < len(all) {
		before := len(sorted)
		for _, t := range all {
			waits := slices.IndexFunc(refers, func(r table) bool {
				return r.name == t.name && slices.ContainsFunc(r.columns, func(to string) bool { return !placed[to] })
			}) >= 0
			if !placed[t.name] && !waits {
				placed[t.name] = true
				sorted = append(sorted, t)
			}
		}
		if len(sorted) == before {
			return nil, errors.New("tables refer to one another in a ring")
		}
	}
	return sorted, nil
}

func collect(ctx context.Context, tx pgx.Tx, q string) ([]table, error) {
	r, err := tx.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(r, func(r pgx.CollectableRow) (t table, err error) {
		err = r.Scan(&t.name, &t.columns)
		return t, err
	})
}

// emptyPostgres looks for tables; those that an interrupted Load left are of the right version and hold nothing.
func emptyPostgres(ctx context.Context, o Options, of Snapshot) (empty bool, err error) {
	s, err := Open(ctx, o)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var tables int
	if err := s.read.QueryRowContext(ctx,
		"SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v', 'm')").Scan(&tables); err != nil || tables == 0 {
		return err == nil, err
	}
	at, err := s.Version(ctx)
	if err != nil || at == 0 || at > of.Schema {
		return false, nil // not ours, or beyond the snapshot
	}
	for _, t := range []string{"event", "person", "setting"} {
		var there, rows bool
		if err := s.read.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", t).Scan(&there); err != nil {
			return false, err
		}
		if !there {
			continue
		}
		if err := s.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+t+")").Scan(&rows); err != nil || rows {
			return false, err
		}
	}
	return true, nil
}

// loadPostgres makes the tables as they were, fills them in one transaction, and brings them up to date. Until the new
// epoch stands there is none, and whatever starts on the database makes one.
func loadPostgres(ctx context.Context, o Options, of Snapshot, path string) (err error) {
	s, err := Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.migrateTo(ctx, of.Schema, of.Jobs); err != nil {
		return err
	}
	if err := s.onPgx(ctx, func(c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			if err := fill(ctx, tx, path); err != nil {
				return err
			}
			return countOn(ctx, tx)
		})
	}); err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return restarted(ctx, s, of)
}

// fill reads the tables of a snapshot.
func fill(ctx context.Context, tx pgx.Tx, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for r := bufio.NewReaderSize(z, 1<<16); ; {
		head, err := r.ReadString('\n')
		switch {
		case head == endOfSnapshot:
			return nil
		case err != nil:
			return fmt.Errorf("the copy of the database ends before its end: %w", err)
		case !strings.HasPrefix(head, "COPY "):
			return fmt.Errorf("the copy of the database has a line that is not understood: %.80q", head)
		}
		if err := fillTable(ctx, tx, strings.TrimSuffix(head, ";\n"), r); err != nil {
			return fmt.Errorf("%.80s: %w", head, err)
		}
	}
}

// fillTable reads the rows of one table. What its triggers would write stands in the snapshot as well.
func fillTable(ctx context.Context, tx pgx.Tx, command string, r *bufio.Reader) error {
	table := strings.Fields(command)[1]
	if _, err := tx.Exec(ctx, "ALTER TABLE "+table+" DISABLE TRIGGER USER"); err != nil {
		return err
	}
	if _, err := tx.Conn().PgConn().CopyFrom(ctx, &section{r: r, fresh: true}, command); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "ALTER TABLE "+table+" ENABLE TRIGGER USER")
	return err
}

// section reads the rows of one table, up to the line \. behind them.
type section struct {
	r     *bufio.Reader
	rest  []byte
	fresh bool // at the beginning of a line
	ended bool
}

// Read fails with io.ErrUnexpectedEOF when the end of the rows is missing.
func (s *section) Read(b []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.ended {
			return 0, io.EOF
		}
		line, err := s.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, io.ErrUnexpectedEOF
		}
		if s.fresh && bytes.Equal(line, []byte("\\.\n")) {
			s.ended = true
			return 0, io.EOF
		}
		s.rest, s.fresh = line, err == nil
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// countOn has the columns that number themselves go on behind the rows that were filled in.
func countOn(ctx context.Context, tx pgx.Tx) error {
	counted, err := collect(ctx, tx, `SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
		GROUP BY c.relname`)
	if err != nil {
		return err
	}
	for _, t := range counted {
		for _, column := range t.columns {
			name, id := pgx.Identifier{t.name}.Sanitize(), pgx.Identifier{column}.Sanitize()
			if _, err := tx.Exec(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence($1, $2), (SELECT COALESCE(max(%s), 0) + 1 FROM %s), false)",
				id, name), name, column); err != nil {
				return err
			}
		}
	}
	return nil
}
