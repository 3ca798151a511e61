package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// snapshot copies a database into a file and gives what it names.
func snapshot(t *testing.T, s *store.Store) (made store.Snapshot, path string, named []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "copy")
	made, err := s.Snapshot(t.Context(), path, func(b store.BlobRef) error { named = append(named, b.Name); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return made, path, named
}

func TestASnapshotIsTheWholeDatabase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{storetest.SQLite, storetest.Postgres} {
		files, err := filepath.Glob(filepath.Join(released, "*."+name+".sql"))
		if err != nil || len(files) < 2 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				o := storetest.Empty(t, name)
				load(t, o, file)
				old, err := store.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				defer old.Close()
				made, path, named := snapshot(t, old)
				if made.Dialect != name || made.LastEvent == 0 || len(named) == 0 || len(named) != len(slices.Compact(named)) {
					t.Errorf("got %+v, %v", made, named)
				}
				to := storetest.Empty(t, name)
				if ok, err := store.Empty(t.Context(), to, made); err != nil || !ok {
					t.Fatalf("a new database is not empty: %v, %v", ok, err)
				}
				if err := store.Load(t.Context(), to, made, path); err != nil {
					t.Fatal(err)
				}
				if ok, err := store.Empty(t.Context(), to, made); err != nil || ok {
					t.Errorf("a full database counts as empty: %v, %v", ok, err)
				}
				s := storetest.Open(t, to)
				raw := storetest.Raw(t, to)
				same(t, "tables, columns and indexes", schema(t, raw, name), fresh(t, name))
				wantMud(t, s, raw, 1) // that it was restored
			})
		}
	}
}

func TestASnapshotBeginsANewEpoch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s := storetest.Open(t, o)
		epoch := func(s *store.Store) (e string) {
			if err := s.Read(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
				e, err = tx.Epoch(ctx)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return e
		}
		if err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.NewEpoch(ctx) }); err != nil {
			t.Fatal(err)
		}
		made, path, _ := snapshot(t, s)
		to := storetest.Empty(t, s.Name())
		if err := store.Load(t.Context(), to, made, path); err != nil {
			t.Fatal(err)
		}
		if was, is := epoch(s), epoch(storetest.Open(t, to)); is == "" || was == is {
			t.Errorf("the epoch was %q and is %q", was, is)
		}
	})
}

func TestWhatASnapshotIsNotLoadedInto(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s := storetest.Open(t, o)
		made, path, _ := snapshot(t, s)
		other := map[string]string{storetest.SQLite: storetest.Postgres, storetest.Postgres: storetest.SQLite}[s.Name()]
		if err := store.Load(t.Context(), storetest.Empty(t, other), made, path); !errors.Is(err, store.ErrOtherDatabase) {
			t.Errorf("the other database: got %v", err)
		}
		newer := made
		newer.Schema = store.Newest + 1
		if err := store.Load(t.Context(), storetest.Empty(t, s.Name()), newer, path); !errors.Is(err, store.ErrNewerSchema) {
			t.Errorf("a newer schema: got %v", err)
		}
		empty, err := store.Open(t.Context(), storetest.Empty(t, s.Name()))
		if err != nil {
			t.Fatal(err)
		}
		defer empty.Close()
		if _, err := empty.Snapshot(t.Context(), path+".2", func(store.BlobRef) error { return nil }); !errors.Is(err, store.ErrNoRecord) {
			t.Errorf("a snapshot of nothing: got %v", err)
		}
	})
}

func TestASnapshotThatIsCutIsNotLoaded(t *testing.T) {
	t.Parallel()
	o := storetest.Empty(t, storetest.Postgres)
	s := storetest.Open(t, o)
	made, path, _ := snapshot(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := storetest.Empty(t, storetest.Postgres)
	for _, length := range []int{len(whole) - 20, len(whole) / 2, 3, 0} {
		if err := os.WriteFile(path, whole[:length], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := store.Load(t.Context(), to, made, path); err == nil {
			t.Errorf("%d of %d bytes were taken for all", length, len(whole))
		}
		if ok, err := store.Empty(t.Context(), to, made); err != nil || !ok {
			t.Fatalf("after %d bytes the database is not empty: %v, %v", length, ok, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), to, made, path); err != nil {
		t.Errorf("the whole file, after all: %v", err)
	}
	if diff := cmp.Diff(schema(t, storetest.Raw(t, o), s.Name()), schema(t, storetest.Raw(t, to), s.Name())); diff != "" {
		t.Error(diff)
	}
}
