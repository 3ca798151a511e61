package main

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// rowsAtOnce is how many rows one statement takes.
const rowsAtOnce = 100

// bulk inserts rows of one table by the hundred.
type bulk struct {
	tx       *sql.Tx
	postgres bool
	table    string
	columns  []string
	last     string // the expression of the last column, with a ? in it
	text     string // of a full statement
	args     []any
}

func newBulk(tx *sql.Tx, postgres bool, table, last string, columns ...string) *bulk {
	b := &bulk{tx: tx, postgres: postgres, table: table, columns: columns, last: last}
	b.text = b.statement(rowsAtOnce)
	return b
}

func (b *bulk) statement(rows int) string {
	n := 0
	mark := func() string {
		if n++; b.postgres {
			return "$" + strconv.Itoa(n)
		}
		return "?"
	}
	all := make([]string, rows)
	for r := range all {
		marks := make([]string, len(b.columns))
		for c := range marks {
			if marks[c] = mark(); c == len(marks)-1 {
				marks[c] = strings.Replace(b.last, "?", marks[c], 1)
			}
		}
		all[r] = "(" + strings.Join(marks, ",") + ")"
	}
	return "INSERT INTO " + b.table + " (" + strings.Join(b.columns, ",") + ") VALUES " + strings.Join(all, ",")
}

func (b *bulk) add(ctx context.Context, values ...any) error {
	if len(values) != len(b.columns) {
		return fmt.Errorf("%s: %d values for %d columns", b.table, len(values), len(b.columns))
	}
	if b.args = append(b.args, values...); len(b.args) < rowsAtOnce*len(b.columns) {
		return nil
	}
	return b.flush(ctx)
}

func (b *bulk) flush(ctx context.Context) error {
	if len(b.args) == 0 {
		return nil
	}
	text := b.text
	if rows := len(b.args) / len(b.columns); rows < rowsAtOnce {
		text = b.statement(rows)
	}
	_, err := b.tx.ExecContext(ctx, text, b.args...)
	b.args = b.args[:0]
	if err != nil {
		return fmt.Errorf("%s: %w", b.table, err)
	}
	return nil
}

// index is one, or a trigger, that can be dropped and made again.
type index struct{ name, text string }

// indexes are those of our tables that no constraint needs, and the triggers of SQLite; those of PostgreSQL are switched off.
func indexes(ctx context.Context, db *sql.DB, postgres bool, tables []string) (all []index, err error) {
	q := "SELECT upper(type) || ' ' || name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name IN ('%s')"
	if postgres {
		q = `SELECT 'INDEX ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ('%s')
			AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)`
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf(q, strings.Join(tables, "', '")))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i index
		if err := rows.Scan(&i.name, &i.text); err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, rows.Err()
}
