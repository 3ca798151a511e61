package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"spotcheck/server/store"
)

// Ready names a database with nothing in it but the tables; it is gone when the test ends. It is a copy of one that was
// migrated once, and lies in memory where there is room for it.
func Ready(t testing.TB, name string) store.Options {
	t.Helper()
	if name == Postgres {
		return store.Options{URL: database(t, postgresTemplate(t)), Now: Clock}
	}
	file, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(Folder(t), "spotcheck.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return store.Options{Path: path, Now: Clock}
}

// sqliteTemplate is the file of a database with nothing in it but the tables.
var sqliteTemplate = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp(os.Getenv("SPOTCHECK_TEST_MEMORY"), "template-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "spotcheck.db")
	if err := migrated(context.Background(), store.Options{Path: path, Now: Clock}); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// templateLock keeps two processes from making the same template at once.
const templateLock = 7064

// postgresTemplate is the name of a database with nothing in it but the tables. It is made by the first test of a schema and
// serves all others, of other processes too.
func postgresTemplate(t testing.TB) string {
	t.Helper()
	name := "template_" + store.Fingerprint()
	db, address := administered(t)
	if err := makeTemplate(t.Context(), db, name, address(name)); err != nil {
		t.Fatalf("the template of databases: %v", err)
	}
	return name
}

func makeTemplate(ctx context.Context, db *sql.DB, name, address string) (err error) {
	isThere := func() (made bool, err error) {
		err = db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&made)
		return made, err
	}
	if made, err := isThere(); made || err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return err
	}
	defer func() {
		_, unlocked := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", templateLock)
		err = errors.Join(err, unlocked)
	}()
	if made, err := isThere(); made || err != nil {
		return err
	}
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name + " TEMPLATE " + sortsAsChinese} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := migrated(ctx, store.Options{URL: address, Now: Clock}); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+name+" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")
	return err
}

// migrated brings a database up to date and leaves it.
func migrated(ctx context.Context, o store.Options) error {
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return errors.Join(fmt.Errorf("migrate: %w", err), s.Close())
	}
	return s.Close()
}
