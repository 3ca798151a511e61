package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Snapshot says what a copy of a database is of.
type Snapshot struct {
	Dialect   string `json:"dialect"` // "sqlite" or "postgres"
	Schema    int    `json:"schema"`
	Jobs      int    `json:"jobs"` // version of the tables of the jobs
	LastEvent int64  `json:"last_event"`
}

// BlobKind is a kind of bytes beside the database.
type BlobKind int

// The kinds, in the order in which a snapshot names them.
const (
	BlobCheckpoint BlobKind = iota
	BlobOriginal
	BlobRendition
	BlobPaper
)

// BlobRef are some that a snapshot needs: Name is their digest, or the date of a checkpoint, whose Body is given.
type BlobRef struct {
	Kind BlobKind
	Name string
	Size int64
	Body []byte
}

// ErrNoRecord means that a database is empty.
var ErrNoRecord = errors.New("store: there is no record in this database")

// ErrNewerSchema means that a copy was made by a newer program.
var ErrNewerSchema = errors.New("store: the copy was made by a newer program")

// ErrOtherDatabase means that a copy is of the other kind of database.
var ErrOtherDatabase = errors.New("store: the copy is of the other kind of database")

// Snapshot writes the database as it is at one moment into a file, durably, while others go on writing, and calls name for
// all bytes that belong to it, ordered by kind and name. It takes a schema of any age as it is.
func (s *Store) Snapshot(ctx context.Context, path string, name func(BlobRef) error) (Snapshot, error) {
	if err := s.enter(); err != nil {
		return Snapshot{}, err
	}
	defer s.under.Done()
	if v, err := s.Version(ctx); err != nil || v == 0 {
		return Snapshot{}, fmt.Errorf("%w: %w", ErrNoRecord, err)
	}
	made, err := s.dialect.snapshot(ctx, s, path, name)
	if err != nil {
		return made, fmt.Errorf("store: snapshot: %w", s.dialect.fault(err))
	}
	made.Dialect = s.dialect.name
	return made, nil
}

// Load makes an empty database from the file of a snapshot, brings it up to date, and begins a new epoch. The record shows
// at once or not at all. Uploads that were on their way are forgotten: their parts are in no snapshot.
func Load(ctx context.Context, o Options, of Snapshot, path string) error {
	d, load := sqliteDialect, loadSQLite
	if o.URL != "" {
		d, load = postgresDialect, loadPostgres
	}
	switch {
	case of.Dialect != d.name:
		return ErrOtherDatabase
	case of.Schema > Newest:
		return fmt.Errorf("%w: it has schema %d, this program %d", ErrNewerSchema, of.Schema, Newest)
	}
	if err := load(ctx, o, of, path); err != nil {
		return fmt.Errorf("store: load: %w", d.fault(err))
	}
	return nil
}

// Empty says whether a database can take a snapshot: it holds nothing, or only the tables that Load made before it was
// interrupted.
func Empty(ctx context.Context, o Options, of Snapshot) (bool, error) {
	if o.URL != "" {
		ok, err := emptyPostgres(ctx, o, of)
		return ok, postgresDialect.fault(err)
	}
	_, err := os.Stat(o.Path)
	if !errors.Is(err, os.ErrNotExist) {
		return false, err
	}
	for _, end := range []string{"-wal", "-shm", "-journal"} { // SQLite would take them for those of the restored file
		switch _, err := os.Stat(o.Path + end); {
		case err == nil:
			return false, fmt.Errorf("%s%s is left of another database: move it away first", o.Path, end)
		case !errors.Is(err, os.ErrNotExist):
			return false, err
		}
	}
	return true, nil
}

// namer takes what a snapshot names.
type namer = func(BlobRef) error

// naming is a query by which a snapshot names its bytes of a kind, in order, on every schema since one.
type naming struct {
	kind  BlobKind
	since int
	query string
}

var namings = []naming{
	{BlobCheckpoint, 1, "SELECT date, 0, body FROM checkpoint ORDER BY date"},
	{BlobOriginal, 1, "SELECT sha256, max(bytes), '' FROM photo WHERE state = 'safe' GROUP BY sha256 ORDER BY sha256"},
	{BlobOriginal, 4, `SELECT sha256, max(bytes), '' FROM (SELECT sha256, bytes FROM photo WHERE state = 'safe'
		UNION ALL SELECT scan, scan_bytes FROM agreement WHERE scan <> '') original GROUP BY sha256 ORDER BY sha256`},
	{BlobOriginal, 9, `SELECT sha256, max(bytes), '' FROM (SELECT sha256, bytes FROM photo WHERE state = 'safe'
		UNION ALL SELECT scan, scan_bytes FROM agreement WHERE scan <> '' UNION ALL SELECT sha256, bytes FROM archive_file
		UNION ALL SELECT sha256, bytes FROM activity_photo) original GROUP BY sha256 ORDER BY sha256`},
	{BlobRendition, 1, "SELECT sha256, max(bytes), '' FROM rendition GROUP BY sha256 ORDER BY sha256"},
	{BlobPaper, 4, `SELECT sum, max(bytes), '' FROM (SELECT pdf AS sum, pdf_bytes AS bytes FROM paper UNION ALL SELECT docx, docx_bytes FROM paper
		UNION ALL SELECT signature, signature_bytes FROM paper_receipt) f WHERE sum <> '' GROUP BY sum ORDER BY sum`},
	{BlobPaper, 6, `SELECT sum, max(bytes), '' FROM (SELECT pdf AS sum, pdf_bytes AS bytes FROM paper UNION ALL SELECT docx, docx_bytes FROM paper
		UNION ALL SELECT signature, signature_bytes FROM paper_receipt UNION ALL SELECT sha256, bytes FROM publication_file) f WHERE sum <> '' GROUP BY sum ORDER BY sum`},
}

// namingsOf gives the newest query of each kind that a schema knows.
func namingsOf(schema int) (all []naming) {
	for _, n := range namings {
		switch last := len(all) - 1; {
		case n.since > schema:
		case last >= 0 && all[last].kind == n.kind:
			all[last] = n
		default:
			all = append(all, n)
		}
	}
	return all
}

// snapshotFacts are the fields of a Snapshot.
const snapshotFacts = `SELECT (SELECT version FROM schema_version WHERE id = 1), (SELECT COALESCE(max(version), 0) FROM river_migration),
	(SELECT COALESCE(max(seq), 0) FROM event)`

// rows is what both drivers give.
type rows interface {
	scanner
	Next() bool
	Err() error
}

func nameAll(r rows, kind BlobKind, name namer) error {
	for r.Next() {
		b := BlobRef{Kind: kind}
		var body string
		if err := r.Scan(&b.Name, &b.Size, &body); err != nil {
			return err
		}
		b.Body = []byte(body)
		if err := name(b); err != nil {
			return err
		}
	}
	return r.Err()
}

// restarted begins the new epoch of a record that came from a snapshot, which the record says from then on.
func restarted(ctx context.Context, s *Store, of Snapshot) error {
	return s.Write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, table := range []string{"upload_chunk", "upload", "installation"} {
			if err := tx.exec(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		tx.happened(restores, "installation.restored", of)
		return tx.NewEpoch(ctx)
	})
}

// snapshotSQLite copies by VACUUM INTO: one read transaction, and nothing of what was deleted before.
func snapshotSQLite(ctx context.Context, s *Store, path string, name namer) (made Snapshot, err error) {
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil { // it counts the copy as writing
		return made, err
	}
	_, err = conn.ExecContext(ctx, "VACUUM INTO ?", path)
	_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = 1")
	if err := errors.Join(err, back, syncFile(path)); err != nil {
		return made, err
	}
	db, err := openPrepared(sqliteDSN(path, "mode=ro&immutable=1"), nil)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, snapshotFacts).Scan(&made.Schema, &made.Jobs, &made.LastEvent); err != nil {
		return made, err
	}
	for _, n := range namingsOf(made.Schema) {
		if err := nameSQLite(ctx, db, n.kind, n.query, name); err != nil {
			return made, err
		}
	}
	return made, nil
}

func nameSQLite(ctx context.Context, db *sql.DB, kind BlobKind, q string, name namer) error {
	r, err := db.QueryContext(ctx, q)
	if err != nil {
		return err
	}
	defer r.Close()
	return errors.Join(nameAll(r, kind, name), r.Err())
}

// loadSQLite makes the file beside its place and gives it its name last.
func loadSQLite(ctx context.Context, o Options, of Snapshot, path string) error {
	beside := o
	beside.Path = o.Path + ".restoring"
	for _, left := range []string{beside.Path, beside.Path + "-wal", beside.Path + "-shm"} {
		if err := os.Remove(left); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := copyFile(path, beside.Path); err != nil {
		return err
	}
	s, err := Open(ctx, beside)
	if err != nil {
		return err
	}
	err = s.Migrate(ctx)
	if err == nil {
		err = restarted(ctx, s, of)
	}
	if err := errors.Join(err, s.Close()); err != nil { // closing writes the WAL into the file and removes it
		return err
	}
	if err := errors.Join(syncFile(beside.Path), os.Rename(beside.Path, o.Path)); err != nil {
		return err
	}
	return syncFile(filepath.Dir(o.Path))
}
