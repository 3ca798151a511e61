// Package dirblob keeps bytes in a folder: temporary file → fsync → rename → fsync of the folder.
package dirblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"spotcheck/server/blob"
)

// Store is a folder. It holds "blobs", and "spool" for what is on its way.
type Store struct {
	blobs, spool string
	made         sync.Map // folders whose names are durable
}

// Open makes the folder if there is none, and clears what a crash left in the spool.
func Open(dir string) (*Store, error) {
	s := OpenRead(dir)
	if err := errors.Join(os.MkdirAll(s.blobs, 0o700), blob.OpenSpool(s.spool)); err != nil {
		return nil, fmt.Errorf("dirblob: %w", err)
	}
	return s, nil
}

// OpenRead opens a folder to read from; nothing is made or changed.
func OpenRead(dir string) *Store {
	return &Store{blobs: filepath.Join(dir, "blobs"), spool: filepath.Join(dir, "spool")}
}

// SpoolDir lies on the same disk as the blobs, so that a finished upload gets a second name instead of being copied.
func (s *Store) SpoolDir() string { return s.spool }

// PutFile gives a file of the spool its key as a second name.
func (s *Store) PutFile(ctx context.Context, key, path string, size int64) error {
	if err := errors.Join(blob.CheckKey(key), ctx.Err()); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return unavailable(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if info, err := f.Stat(); err != nil || info.Size() != size {
		return errors.Join(unavailable(err), fmt.Errorf("dirblob: the file for %s has not %d bytes", key, size))
	}
	name := path + ".put"
	if err := os.Link(path, name); err != nil { // not every disk has second names
		return s.put(key, f)
	}
	defer func() { _ = os.Remove(name) }() // does nothing once it is renamed
	if err := f.Sync(); err != nil {
		return unavailable(err)
	}
	return s.rename(name, key)
}

// Put writes bytes beside the spool and moves them to their key.
func (s *Store) Put(ctx context.Context, key string, b []byte) error {
	if err := errors.Join(blob.CheckKey(key), ctx.Err()); err != nil {
		return err
	}
	return s.put(key, bytes.NewReader(b))
}

func (s *Store) put(key string, r io.Reader) error {
	f, err := os.CreateTemp(s.spool, "put-*")
	if err != nil {
		return unavailable(err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // does nothing once it is renamed
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return unavailable(err)
	}
	return s.rename(f.Name(), key)
}

// rename gives a durable file its key, and makes that durable too. The folder may be taken away meanwhile, by Delete or Tidy of any
// process, as long as nothing is in it.
func (s *Store) rename(from, key string) error {
	to := s.path(key)
	err := fs.ErrNotExist
	for tries := 0; errors.Is(err, fs.ErrNotExist) && tries < renames; tries++ {
		if tries > 0 {
			s.made.Clear()
		}
		if err = s.makeDir(filepath.Dir(to)); err == nil {
			err = os.Rename(from, to)
		}
	}
	if err != nil {
		s.made.Clear()
		return fmt.Errorf("%w: %w", blob.ErrUnavailable, err)
	}
	return syncDir(filepath.Dir(to))
}

// renames is how often a file is given its key whose folder is taken away at the same moment.
const renames = 10

// makeDir makes a folder and makes its name durable in the one above, also when somebody else has just made it.
func (s *Store) makeDir(dir string) error {
	if _, ok := s.made.Load(dir); ok {
		return nil
	}
	if dir != s.blobs {
		if err := s.makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return err
	}
	s.made.Store(dir, true)
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return unavailable(err)
	}
	return unavailable(errors.Join(d.Sync(), d.Close()))
}

// Stat gives the size of what is under a key.
func (s *Store) Stat(_ context.Context, key string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	info, err := os.Stat(s.path(key))
	if err != nil {
		return blob.Info{}, unavailable(err)
	}
	return blob.Info{Size: info.Size(), ModifiedAt: info.ModTime()}, nil
}

// Open opens the file of a key.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, blob.Info, error) {
	info, err := s.Stat(ctx, key)
	if err != nil {
		return nil, info, err
	}
	f, err := os.Open(s.path(key))
	if err != nil {
		return nil, info, unavailable(err)
	}
	return f, info, nil
}

// Delete removes the file of a key.
func (s *Store) Delete(_ context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	err := os.Remove(s.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unavailable(err)
	}
	dir := filepath.Dir(s.path(key))
	if err := syncDir(dir); err != nil && !errors.Is(err, blob.ErrNotExist) {
		return err
	}
	s.removeEmpty(dir)
	return nil
}

// removeEmpty takes a folder away that holds nothing; the system refuses it for any other. After a crash it may be there again.
func (s *Store) removeEmpty(dir string) {
	if dir != s.blobs && os.Remove(dir) == nil {
		s.made.Delete(dir)
	}
}

// Tidy removes what crashes left in the spool, and empty folders below those of the kinds of bytes.
func (s *Store) Tidy(ctx context.Context) error {
	if err := blob.SweepSpool(s.spool); err != nil {
		return unavailable(err)
	}
	kinds, err := os.ReadDir(s.blobs)
	if err != nil {
		return unavailable(err)
	}
	for _, kind := range kinds {
		folders, err := os.ReadDir(filepath.Join(s.blobs, kind.Name()))
		if err != nil {
			continue // a file, or a folder that is gone
		}
		for _, f := range folders {
			if f.IsDir() {
				s.removeEmpty(filepath.Join(s.blobs, kind.Name(), f.Name()))
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// List walks the folder.
func (s *Store) List(ctx context.Context, prefix string, f func(string, blob.Info) error) error {
	root := s.blobs
	if at := strings.LastIndexByte(prefix, '/'); at > 0 && blob.CheckKey(prefix[:at]) == nil {
		root = s.path(prefix[:at])
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return unavailable(err)
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(s.blobs, path)
		if err != nil {
			return err
		}
		key := filepath.ToSlash(rel)
		if !strings.HasPrefix(key, prefix) {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return unavailable(err)
		}
		return f(key, blob.Info{Size: info.Size(), ModifiedAt: info.ModTime()})
	})
}

// Ping writes a small file and takes it away.
func (s *Store) Ping(context.Context) error { return blob.PingSpool(s.spool) }

func (s *Store) path(key string) string { return filepath.Join(s.blobs, filepath.FromSlash(key)) }

// unavailable tells what is missing from what does not work for now.
func unavailable(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", blob.ErrNotExist, err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%w: %w", blob.ErrNotExist, err)
	}
	return fmt.Errorf("%w: %w", blob.ErrUnavailable, err)
}
