package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/riverqueue/river/rivermigrate"
)

// migrations are numbered and never edited once released: each NNNN_name.sql runs on both databases, then each
// NNNN_name.sqlite.sql or NNNN_name.postgres.sql on one.
//
//go:embed migrations
var migrations embed.FS

// Newest is the version of the schema that this program writes.
const Newest = 9

// Fingerprint is a digest of all migrations, those of the jobs included: where it is the same, so is the schema.
func Fingerprint() string {
	h := sha256.New()
	_ = fs.WalkDir(migrations, ".", func(name string, d fs.DirEntry, err error) error { // reading what is embedded cannot fail
		text, _ := migrations.ReadFile(name)
		fmt.Fprintf(h, "%s\n%s\n", name, text)
		return err
	})
	m, err := rivermigrate.New(postgresDialect.river(nil, nil), &rivermigrate.Config{Logger: quiet})
	if err == nil {
		for _, v := range m.AllVersions() {
			fmt.Fprintf(h, "%d\n%s\n", v.Version, v.SQLUp)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// migrationLock keeps two copies of the server from migrating PostgreSQL at once.
const migrationLock = 7060

// Migrate brings the schema, ours and that of the jobs, to Newest. It may run again and by several copies at once.
func (s *Store) Migrate(ctx context.Context) error { return s.migrateTo(ctx, Newest, 0) }

// migrateTo brings the schema to one version and that of the jobs to another, 0 for its newest.
func (s *Store) migrateTo(ctx context.Context, version, jobs int) (err error) {
	if !s.dialect.grouped {
		conn, err := s.write.Conn(ctx)
		if err != nil {
			return s.dialect.fault(err)
		}
		defer func() { err = errors.Join(err, conn.Close()) }()
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
			return s.dialect.fault(err)
		}
		defer func() {
			_, unlocked := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
			err = errors.Join(err, unlocked)
		}()
	}
	if err := s.afterOthers(ctx, func() error { return s.migrate(ctx, version) }); err != nil {
		return fmt.Errorf("store: migrate: %w", s.dialect.fault(err))
	}
	if err := s.afterOthers(ctx, func() error { return s.migrateJobs(ctx, jobs) }); err != nil {
		return fmt.Errorf("store: migrate jobs: %w", s.dialect.fault(err))
	}
	return nil
}

// patience is how often a copy waits for the busy timeout of SQLite while another one migrates: some minutes in all.
const patience = 30

// afterOthers goes on where SQLite says busy: another copy is at a long step. PostgreSQL has a lock to wait for.
func (s *Store) afterOthers(ctx context.Context, migrate func() error) (err error) {
	for range patience {
		err = migrate()
		if busy, _ := s.dialect.codes(err); !busy || !s.dialect.grouped || ctx.Err() != nil {
			break
		}
	}
	return err
}

// migrateJobs brings the tables of the jobs up to date. SQLite has no lock that outlives a transaction: a copy that loses
// a step against another one goes on from where that one got to, so it loses each step once at most.
func (s *Store) migrateJobs(ctx context.Context, version int) error {
	m, err := rivermigrate.New(s.dialect.river(s.write, nil), &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return err
	}
	for range len(m.AllVersions()) + 1 {
		if _, err = m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: version}); err == nil || !s.dialect.grouped {
			break
		}
	}
	return err
}

func (s *Store) migrate(ctx context.Context, version int) error {
	if _, err := s.write.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_version (
		id BIGINT PRIMARY KEY, version BIGINT NOT NULL, oldest_binary BIGINT NOT NULL)`); err != nil {
		return err
	}
	for {
		at, err := s.Version(ctx)
		if err != nil || at >= version {
			return err
		}
		if err := s.step(ctx, at+1); err != nil {
			return fmt.Errorf("to version %d: %w", at+1, err)
		}
	}
}

// Version is the version of the schema in the database, 0 when it is empty; a schema that this program is too old for is
// an error.
func (s *Store) Version(ctx context.Context) (int, error) { return versionIn(ctx, s.write) }

// Begun says whether a database holds an installation, of whatever schema. It makes nothing.
func (s *Store) Begun(ctx context.Context) (begun bool, err error) {
	if err = s.read.QueryRowContext(ctx, s.dialect.begun).Scan(&begun); err != nil || !begun {
		return false, s.dialect.fault(err)
	}
	err = s.read.QueryRowContext(ctx, "SELECT count(*) > 0 FROM schema_version").Scan(&begun)
	return begun, s.dialect.fault(err)
}

// NamesPhotos says whether a database that was begun knows any photo whose bytes are kept.
func (s *Store) NamesPhotos(ctx context.Context) (named bool, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT count(*) > 0 FROM (SELECT 1 FROM photo WHERE state = 'safe' LIMIT 1) first").Scan(&named)
	return named, s.dialect.fault(err)
}

// errTooOld is that a newer program has moved the database on too far for this one.
var errTooOld = errors.New("needs a program of schema")

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

func versionIn(ctx context.Context, q querier) (int, error) {
	var version, oldest int
	err := q.QueryRowContext(ctx, "SELECT version, oldest_binary FROM schema_version WHERE id = 1").Scan(&version, &oldest)
	if ok, err := ignoreNoRows(err); !ok {
		return 0, err
	}
	if oldest > Newest {
		return 0, fmt.Errorf("the database has schema %d, which %w %d or newer; this one has %d", version, errTooOld, oldest, Newest)
	}
	return version, nil
}

// step takes one migration, unless another copy was first.
func (s *Store) step(ctx context.Context, v int) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	at, err := versionIn(ctx, tx)
	if err == nil && at < v {
		err = s.runStep(ctx, tx, v)
	}
	if err != nil {
		return errors.Join(err, undo(tx))
	}
	return tx.Commit()
}

func (s *Store) runStep(ctx context.Context, tx *sql.Tx, v int) error {
	files, err := fs.Glob(migrations, fmt.Sprintf("migrations/%04d_*.sql", v))
	if err != nil || len(files) == 0 {
		return errors.Join(err, errors.New("no such migration"))
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Compare(len(a), len(b)) }) // the common file first
	for _, file := range files {
		if part := strings.Split(file, "."); len(part) == 3 && part[1] != s.dialect.name {
			continue
		}
		text, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if statement = strings.TrimSpace(statement); statement == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, s.dialect.words.Replace(statement)); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO schema_version (id, version, oldest_binary) VALUES (1, "+strconv.Itoa(v)+", "+strconv.Itoa(Schemas[v-1].Oldest)+
		") ON CONFLICT (id) DO UPDATE SET version = excluded.version, oldest_binary = excluded.oldest_binary")
	return err
}
