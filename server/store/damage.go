package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// ErrDamaged means that the file of a database is not as it was written.
var ErrDamaged = errors.New("store: the database is damaged")

// damageShown is how many places of damage are named.
const damageShown = 20

// Damage reads the whole file of the database and names what is not as it was written, as a list of sentences. PostgreSQL watches
// over its files itself: of it there is never anything.
func (s *Store) Damage(ctx context.Context) ([]string, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.under.Done()
	found, err := s.dialect.damage(ctx, s.read)
	if s.dialect.damaged(err) {
		found, err = append(found, err.Error()), nil
	}
	if len(found) > 0 {
		s.damage.Store(true)
	}
	return found, s.dialect.fault(err)
}

// Damaged says whether Damage has found something since the start.
func (s *Store) Damaged() bool { return s.damage.Load() }

// Path is the file of the database; empty for PostgreSQL.
func (s *Store) Path() string { return s.path }

// inTree is how SQLite says where it found damage, by the first page of a table or an index.
var inTree = regexp.MustCompile(`^Tree (\d+) `)

func damageSQLite(ctx context.Context, db *sql.DB) (found []string, err error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	if err := readWordIndexes(ctx, tx); err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("PRAGMA quick_check(%d)", damageShown))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return found, err
		}
		for line := range strings.Lines(text) { // the first of several names the database, of which there is one
			if line = strings.TrimSpace(line); line != "ok" && !strings.HasPrefix(line, "***") {
				found = append(found, line)
			}
		}
	}
	return found, errors.Join(rows.Err(), nameTrees(ctx, db, found))
}

// readWordIndexes lets FTS5 read its tables anew: a connection remembers how an index of words was laid out when it last used it, and
// quick_check would hold what others have written meanwhile against that.
func readWordIndexes(ctx context.Context, tx *sql.Tx) error {
	names, err := wordIndexes(ctx, tx)
	if err != nil {
		return err
	}
	for _, name := range names {
		var row int64
		if err := tx.QueryRowContext(ctx, fmt.Sprintf("SELECT rowid FROM %q LIMIT 1", name)).Scan(&row); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return nil
}

func wordIndexes(ctx context.Context, tx *sql.Tx) (names []string, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// nameTrees puts the names of tables and indexes to what was found; where the list of them is damaged too, there are none.
func nameTrees(ctx context.Context, db *sql.DB, found []string) error {
	for n, line := range found {
		at := inTree.FindStringSubmatch(line)
		if at == nil {
			continue
		}
		var name, table string
		if err := db.QueryRowContext(ctx, "SELECT name, tbl_name FROM sqlite_master WHERE rootpage = "+at[1]).Scan(&name, &table); err == nil {
			found[n] = fmt.Sprintf("%s of the table %s: %s", name, table, line)
		}
	}
	return ctx.Err()
}
