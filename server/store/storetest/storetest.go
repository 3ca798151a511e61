// Package storetest brings the databases that tests run on: SQLite in a folder of the test, and a PostgreSQL database of
// the test's own.
package storetest

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // to make databases

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/needs"
	"spotcheck/server/store"
)

// The two databases that an installation can have.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Each runs a test on both databases, with nothing in them but the tables.
func Each(t *testing.T, test func(*testing.T, store.Options)) {
	t.Helper()
	each(t, Ready, test)
}

// EachEmpty runs a test on both databases without a table.
func EachEmpty(t *testing.T, test func(*testing.T, store.Options)) {
	t.Helper()
	each(t, Empty, test)
}

func each(t *testing.T, brings func(testing.TB, string) store.Options, test func(*testing.T, store.Options)) {
	t.Helper()
	for _, name := range []string{SQLite, Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, brings(t, name))
		})
	}
}

// sortsAsChinese is the template of a database that sorts text as Chinese people do, unlike our columns, so that what leans on the
// order of the database shows.
const sortsAsChinese = "template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh' LOCALE 'C.UTF-8'"

// EachOpen runs a test on both databases, open and migrated.
func EachOpen(t *testing.T, test func(*testing.T, *store.Store)) {
	t.Helper()
	Each(t, func(t *testing.T, o store.Options) { test(t, Open(t, o)) })
}

// Empty names an empty database; it is gone when the test ends.
func Empty(t testing.TB, name string) store.Options {
	t.Helper()
	if name == Postgres {
		return store.Options{URL: database(t, sortsAsChinese), Now: Clock}
	}
	return store.Options{Path: filepath.Join(t.TempDir(), "spotcheck.db"), Now: Clock}
}

// Open opens a database, brings it up to date and closes it when the test ends.
func Open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Raw opens the same database without the store, to look at it or to break it.
func Raw(t testing.TB, o store.Options) *sql.DB {
	t.Helper()
	driver, source := "sqlite", o.Path
	if o.URL != "" {
		driver, source = "pgx", o.URL
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Folder is a folder of the test's own, in memory where SPOTCHECK_TEST_MEMORY names a folder there: for what need not outlive the
// machine.
func Folder(t testing.TB) string {
	t.Helper()
	memory := os.Getenv("SPOTCHECK_TEST_MEMORY")
	if memory == "" {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// database makes a PostgreSQL database for a test, like another one, and gives its address.
func database(t testing.TB, template string) string {
	t.Helper()
	db, address := administered(t)
	name := "test_" + strings.ReplaceAll(inspect.NewID().String(), "-", "")
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return address(name)
}

// administered is the database of PostgreSQL in which others are made, and the address of another one.
func administered(t testing.TB) (db *sql.DB, address func(name string) string) {
	t.Helper()
	u, err := url.Parse(needs.Service(t, "SPOTCHECK_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	if db, err = sql.Open("pgx", u.String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, func(name string) string {
		other := *u
		other.Path = "/" + name
		return other.String()
	}
}
