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
	rows, err := db.QueryContext(ctx, fmt.Sprintf("PRAGMA quick_check(%d)", damageShown))
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
