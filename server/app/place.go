package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"spotcheck/server/blob"
	"spotcheck/server/config"
	"spotcheck/server/store"
)

// OpenExisting opens an installation for a command that asks or changes and never begins one: where there is none, nothing is made.
func OpenExisting(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time) (*App, error) {
	return open(ctx, c, log, now, opening{existing: true, ready: (*store.Store).Migrate})
}

// OpenReadOnly opens an installation or a copy of one in which nothing is written and nothing made. Its schema has to be that of this
// program.
func OpenReadOnly(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time) (*App, error) {
	return open(ctx, c, log, now, opening{existing: true, readOnly: true, ready: func(s *store.Store, ctx context.Context) error {
		at, err := s.Version(ctx)
		if err == nil && at != store.Newest {
			err = fmt.Errorf("the copy has schema %d, this program %d: take a program of its schema, or a place where it can be written", at, store.Newest)
		}
		return err
	}})
}

// Writable says whether the data folder of an installation that is there can be written.
func Writable(c config.Config) bool { return tryFile(c.Data) == nil }

func tryFile(dir string) error {
	f, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// wantWritable makes a folder; one in which this program can keep nothing is refused by its name.
func wantWritable(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = tryFile(dir)
	}
	if err != nil {
		return fmt.Errorf("the data folder %s cannot be written by user %d: %w", dir, os.Getuid(), err)
	}
	return nil
}

// damaged says what to do with a database that cannot even be opened; any other error stays as it is.
func damaged(c *config.Config, err error) error {
	if !errors.Is(err, store.ErrDamaged) {
		return err
	}
	return fmt.Errorf("the database %s is damaged: keep the file, and restore the last backup into an empty place (spotcheck restore): %w", databaseIn(c), err)
}

// opening is how an installation is opened.
type opening struct {
	existing bool // where there is none, it is an error
	readOnly bool
	ready    func(*store.Store, context.Context) error
}

// photosIn is where the bytes of an installation without a bucket lie, databaseIn where its database does without PostgreSQL.
func photosIn(c *config.Config) string   { return filepath.Join(c.Data, "photos") }
func databaseIn(c *config.Config) string { return filepath.Join(c.Data, "spotcheck.db") }

// wantFolder refuses a folder without what an installation that is there keeps in it. Nothing is made.
func wantFolder(c *config.Config) error {
	var wanted []string
	if c.DatabaseURL == "" {
		wanted = append(wanted, databaseIn(c))
	}
	if c.S3Endpoint == "" {
		wanted = append(wanted, photosIn(c))
	}
	for _, path := range wanted {
		switch _, err := os.Stat(path); {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("there is no city in %s: %s is missing; look at --data", c.Data, path)
		case err != nil:
			return fmt.Errorf("app: %w", err)
		}
	}
	return nil
}

// besideFolder refuses to begin an empty database of SQLite in a folder that holds what another city left, before the file is made.
func besideFolder(c *config.Config) error {
	if c.BeginEmpty || c.DatabaseURL != "" {
		return nil
	}
	if there, err := exists(databaseIn(c)); there || err != nil {
		return err
	}
	if there, err := exists(databaseIn(c) + "-wal"); there || err != nil {
		return errors.Join(err, notEmpty("%s-wal holds changes of a database that is gone", databaseIn(c)))
	}
	return besidePhotos(c, "no database")
}

// besideDatabase refuses to begin an empty PostgreSQL beside a folder that holds a city.
func besideDatabase(c *config.Config) error {
	if c.BeginEmpty || c.DatabaseURL == "" {
		return nil
	}
	if there, err := exists(databaseIn(c)); there || err != nil {
		return errors.Join(err, notEmpty("%s holds a city, and the database of --database-url is empty", c.Data))
	}
	return besidePhotos(c, "an empty database at --database-url")
}

// besidePhotos refuses photos in a folder without the database that knows them.
func besidePhotos(c *config.Config, with string) error {
	there, err := holdsFiles(photosIn(c))
	if !there || err != nil {
		return err
	}
	return notEmpty("%s holds photos of a city, and there is %s", photosIn(c), with)
}

// besideBytes refuses a place of bytes that is empty though the database names photos, and an empty database where there are bytes.
func besideBytes(ctx context.Context, c *config.Config, s *store.Store, blobs blob.Store, begun bool) error {
	if c.BeginEmpty {
		return nil
	}
	err := blobs.List(ctx, "", func(string, blob.Info) error { return errFilled })
	filled := errors.Is(err, errFilled)
	if err != nil && !filled {
		return err
	}
	place := photosIn(c)
	if c.S3Endpoint != "" {
		place = "the bucket " + c.S3Bucket
	}
	switch {
	case filled && !begun:
		return notEmpty("%s holds photos of a city, and the database is empty", place)
	case filled || !begun:
		return nil
	}
	named, err := s.NamesPhotos(ctx)
	if !named || err != nil {
		return err
	}
	return notEmpty("the database is that of a city with photos, and %s is empty", place)
}

// notEmpty is the refusal, with what to do.
func notEmpty(format string, args ...any) error {
	return fmt.Errorf(format+": look at --data, --database-url and --s3-endpoint, or say --begin-empty=yes if an empty place is meant", args...)
}

// errFilled ends the search at the first file.
var errFilled = errors.New("app: not empty")

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// holdsFiles says whether a folder of bytes holds any; what is on its way in the spool does not count.
func holdsFiles(dir string) (bool, error) {
	err := filepath.WalkDir(filepath.Join(dir, "blobs"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			err = errFilled
		}
		return err
	})
	switch {
	case errors.Is(err, errFilled):
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return false, err
}
