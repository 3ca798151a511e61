package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// open opens a database without migrating it.
func open(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func version(t *testing.T, s *store.Store) int {
	t.Helper()
	v, err := s.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// ask reads one value of a query.
func ask[T any](t *testing.T, db *sql.DB, q string, args ...any) (v T) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), q, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return v
}

// do runs statements.
func do(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, q := range statements {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func TestMigrateFromEmptyAndAgain(t *testing.T) {
	t.Parallel()
	storetest.EachEmpty(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		for n := range 3 {
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatalf("migration %d: %v", n+1, err)
			}
			if got := version(t, s); got != store.Newest {
				t.Errorf("version after migration %d: got %d, want %d", n+1, got, store.Newest)
			}
		}
		raw := storetest.Raw(t, o)
		for _, table := range []string{"issue", "event", "issue_text", "river_job", "river_migration", "river_queue"} {
			if got := ask[int](t, raw, "SELECT count(*) FROM "+table+" WHERE 1 = 0"); got != 0 {
				t.Errorf("%s: got %d rows of none", table, got)
			}
		}
		if got := ask[int](t, raw, "SELECT count(*) FROM river_migration"); got < 6 {
			t.Errorf("got %d migrations of the jobs, want all of them", got)
		}
	})
}

func TestCopiesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for name, rounds := range map[string]int{storetest.SQLite: 6, storetest.Postgres: 2} {
		for round := range rounds {
			t.Run(fmt.Sprintf("%s, round %d", name, round), func(t *testing.T) {
				t.Parallel()
				migrateAtOnce(t, storetest.Empty(t, name))
			})
		}
	}
}

func migrateAtOnce(t *testing.T, o store.Options) {
	all := []*store.Store{open(t, o), open(t, o), open(t, o), open(t, o)}
	start, ended := make(chan struct{}), make(chan error)
	for _, s := range all {
		go func() {
			<-start
			ended <- s.Migrate(context.Background())
		}()
	}
	close(start)
	for range all {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	for n, s := range all {
		if got := version(t, s); got != store.Newest {
			t.Errorf("copy %d: got version %d, want %d", n, got, store.Newest)
		}
	}
}

func TestNewerSchemas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		version, oldest int
		refused         string
	}{
		{"newer, and this program still works beside it", store.Newest + 5, store.Newest, ""},
		{"newer, and this program is too old for it", store.Newest + 5, store.Newest + 2,
			fmt.Sprintf("the database has schema %d, which needs a program of schema %d or newer; this one has %d", store.Newest+5, store.Newest+2, store.Newest)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, o store.Options) {
				storetest.Open(t, o)
				do(t, storetest.Raw(t, o), fmt.Sprintf("UPDATE schema_version SET version = %d, oldest_binary = %d", c.version, c.oldest))
				err := open(t, o).Migrate(t.Context())
				if c.refused == "" {
					if err != nil {
						t.Error(err)
					}
				} else if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("got %v, want %q", err, c.refused)
				}
				if got := ask[int](t, storetest.Raw(t, o), "SELECT version FROM schema_version"); got != c.version {
					t.Errorf("version: got %d, want %d as it was", got, c.version)
				}
			})
		})
	}
}

func TestAMigrationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	storetest.EachEmpty(t, func(t *testing.T, o store.Options) {
		s, raw := open(t, o), storetest.Raw(t, o)
		do(t, raw, "CREATE TABLE photo (id BIGINT)") // in the way, half through the file
		if err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "0001_core.sql") {
			t.Errorf("got %v, want the file that failed", err)
		}
		if err := raw.QueryRowContext(t.Context(), "SELECT count(*) FROM setting").Scan(new(int)); err == nil {
			t.Error("a table of the failed migration stayed")
		}
		do(t, raw, "DROP TABLE photo")
		if err := s.Migrate(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		o          store.Options
	}{
		{"no folder", "open", store.Options{Path: filepath.Join(t.TempDir(), "none", "spotcheck.db")}},
		{"no address", "the database URL cannot be read", store.Options{URL: "postgres://u:secret@host:port:x/"}},
		{"nobody there", "unavailable", store.Options{URL: "postgres://u:secret@127.0.0.1:1/x?sslmode=disable"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), c.o)
			if err == nil {
				t.Fatal(errors.Join(errors.New("it opened"), s.Close()))
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %q and no password", err, c.want)
			}
		})
	}
}

func TestPathsWithOddCharacters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "市 a?b#c%41&d;e.db")
	storetest.Open(t, store.Options{Path: path, Now: storetest.Clock})
	if found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.db")); err != nil || len(found) != 1 || found[0] != path {
		t.Errorf("got %q, %v, want %q", found, err, path)
	}
}
