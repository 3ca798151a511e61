// Package blobtest is the suite that every blob store passes.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"spotcheck/server/blob"
)

// Run holds a store to every promise of blob.Store; open makes an empty one.
func Run(t *testing.T, open func(*testing.T) blob.Store) {
	tests := map[string]func(*testing.T, blob.Store){
		"what is put is read":               putAndRead,
		"a file may be put twice":           putFileTwice,
		"a file outlives the key it gave":   putAfterDelete,
		"put replaces":                      replace,
		"a missing key fails at Open":       missing,
		"a key may go while it is read":     deletedOpen,
		"a range can be read":               ranged,
		"reading outlives its request":      outlives,
		"delete may come twice":             deleteTwice,
		"list gives a prefix":               listPrefix,
		"list stops at the first error":     listStops,
		"bad keys are refused":              badKeys,
		"many put the same key":             concurrent,
		"a wrong size keeps nothing":        wrongSize,
		"a cancelled context keeps nothing": cancelled,
		"it answers":                        ping,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s blob.Store, key string) []byte {
	t.Helper()
	r, info, err := s.Open(t.Context(), key)
	must(t, err)
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	must(t, err)
	if info.Size != int64(len(b)) {
		t.Errorf("%s: Info says %d bytes, got %d", key, info.Size, len(b))
	}
	return b
}

func spool(t *testing.T, s blob.Store, b []byte) string {
	t.Helper()
	f, err := os.CreateTemp(s.SpoolDir(), "test-*")
	must(t, err)
	_, err = f.Write(b)
	must(t, errors.Join(err, f.Close()))
	return f.Name()
}

func putAndRead(t *testing.T, s blob.Store) {
	for _, size := range []int{0, 1, 4096, 9 << 20} {
		want := make([]byte, size)
		rand.Read(want)
		key := fmt.Sprintf("photo/ab/size-%d", size)
		must(t, s.PutFile(t.Context(), key, spool(t, s, want), int64(size)))
		if got := read(t, s, key); !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back as %d others", size, len(got))
		}
	}
}

func putFileTwice(t *testing.T, s blob.Store) {
	want := []byte("the same bytes again")
	path := spool(t, s, want)
	for range 2 {
		must(t, s.PutFile(t.Context(), "photo/ab/twice", path, int64(len(want))))
	}
	must(t, s.PutFile(t.Context(), "photo/ab/twice", spool(t, s, want), int64(len(want))))
	if got := read(t, s, "photo/ab/twice"); !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func putAfterDelete(t *testing.T, s blob.Store) {
	want := []byte("put, swept, put again")
	path := spool(t, s, want)
	must(t, s.PutFile(t.Context(), "photo/ab/swept", path, int64(len(want))))
	must(t, s.Delete(t.Context(), "photo/ab/swept"))
	must(t, s.PutFile(t.Context(), "photo/ab/swept", path, int64(len(want))))
	if got := read(t, s, "photo/ab/swept"); !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	must(t, os.Remove(path))
	if got := read(t, s, "photo/ab/swept"); !bytes.Equal(got, want) {
		t.Errorf("without the file: got %q, want %q", got, want)
	}
	Leftovers(t, s)
}

func replace(t *testing.T, s blob.Store) {
	must(t, s.Put(t.Context(), "checkpoint/day.json", []byte("first")))
	must(t, s.Put(t.Context(), "checkpoint/day.json", []byte("second")))
	if got := read(t, s, "checkpoint/day.json"); string(got) != "second" {
		t.Errorf("got %q, want second", got)
	}
}

func missing(t *testing.T, s blob.Store) {
	_, _, err := s.Open(t.Context(), "photo/ab/none")
	if !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Open: got %v, want ErrNotExist", err)
	}
	if _, err := s.Stat(t.Context(), "photo/ab/none"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Stat: got %v, want ErrNotExist", err)
	}
}

func deletedOpen(t *testing.T, s blob.Store) {
	want := []byte("still here")
	must(t, s.Put(t.Context(), "photo/ab/going", want))
	r, _, err := s.Open(t.Context(), "photo/ab/going")
	must(t, err)
	defer func() { _ = r.Close() }()
	must(t, s.Delete(t.Context(), "photo/ab/going"))
	if b, err := io.ReadAll(r); err == nil && !bytes.Equal(b, want) || err != nil && !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("got %q, %v; want all of it or ErrNotExist", b, err)
	}
}

func ranged(t *testing.T, s blob.Store) {
	must(t, s.Put(t.Context(), "photo/ab/range", []byte("0123456789")))
	r, _, err := s.Open(t.Context(), "photo/ab/range")
	must(t, err)
	defer func() { _ = r.Close() }()
	_, err = r.Seek(4, io.SeekStart)
	must(t, err)
	part := make([]byte, 3)
	_, err = io.ReadFull(r, part)
	must(t, err)
	if string(part) != "456" {
		t.Errorf("got %q, want 456", part)
	}
}

func outlives(t *testing.T, s blob.Store) {
	want := make([]byte, 3<<20)
	rand.Read(want)
	must(t, s.Put(t.Context(), "photo/ab/long", want))
	ctx, cancel := context.WithCancel(t.Context())
	r, _, err := s.Open(ctx, "photo/ab/long")
	must(t, err)
	defer func() { _ = r.Close() }()
	cancel()
	got, err := io.ReadAll(r)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
}

func deleteTwice(t *testing.T, s blob.Store) {
	must(t, s.Put(t.Context(), "photo/ab/gone", []byte("x")))
	for range 2 {
		must(t, s.Delete(t.Context(), "photo/ab/gone"))
	}
	if _, err := s.Stat(t.Context(), "photo/ab/gone"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
}

func listPrefix(t *testing.T, s blob.Store) {
	for _, key := range []string{"photo/aa/1", "photo/ab/2", "rendition/aa/3"} {
		must(t, s.Put(t.Context(), key, []byte(key)))
	}
	for prefix, want := range map[string][]string{
		"photo/": {"photo/aa/1", "photo/ab/2"}, "photo/ab": {"photo/ab/2"}, "": {"photo/aa/1", "photo/ab/2", "rendition/aa/3"}, "none/": nil,
	} {
		var got []string
		must(t, s.List(t.Context(), prefix, func(key string, info blob.Info) error {
			if info.Size != int64(len(key)) || info.ModifiedAt.IsZero() {
				t.Errorf("%s: got %+v", key, info)
			}
			got = append(got, key)
			return nil
		}))
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("prefix %q: got %v, want %v", prefix, got, want)
		}
	}
}

func listStops(t *testing.T, s blob.Store) {
	must(t, s.Put(t.Context(), "photo/aa/1", nil))
	must(t, s.Put(t.Context(), "photo/aa/2", nil))
	enough := errors.New("enough")
	n := 0
	err := s.List(t.Context(), "photo/", func(string, blob.Info) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("got %v after %d keys, want the error of f after 1", err, n)
	}
}

func badKeys(t *testing.T, s blob.Store) {
	for _, key := range []string{"", "/etc/passwd", "../up", "photo/../../up", "Photo", "a//b", "a/", "a b", "a\x00b", "a\\b"} {
		if err := s.Put(t.Context(), key, nil); !errors.Is(err, blob.ErrKey) {
			t.Errorf("Put %q: got %v, want ErrKey", key, err)
		}
		if _, _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrKey) {
			t.Errorf("Open %q: got %v, want ErrKey", key, err)
		}
	}
}

func concurrent(t *testing.T, s blob.Store) {
	want := bytes.Repeat([]byte("same"), 50_000)
	var all sync.WaitGroup
	for range 8 {
		path := spool(t, s, want)
		all.Go(func() {
			if err := s.PutFile(t.Context(), "photo/ab/many", path, int64(len(want))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := read(t, s, "photo/ab/many"); !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
}

func wrongSize(t *testing.T, s blob.Store) {
	if err := s.PutFile(t.Context(), "photo/ab/short", spool(t, s, []byte("abc")), 4); err == nil {
		t.Error("a file of another size was taken")
	}
	if _, err := s.Stat(t.Context(), "photo/ab/short"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
}

func cancelled(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.PutFile(ctx, "photo/ab/cancelled", spool(t, s, []byte("abc")), 3); err == nil {
		t.Error("a cancelled call succeeded")
	}
	if _, err := s.Stat(t.Context(), "photo/ab/cancelled"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
}

func ping(t *testing.T, s blob.Store) {
	must(t, s.Ping(t.Context()))
	Leftovers(t, s)
	must(t, os.RemoveAll(s.SpoolDir()))
	if err := s.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("without a spool: got %v, want ErrUnavailable", err)
	}
}

// Leftovers fails when files are left in the spool.
func Leftovers(t *testing.T, s blob.Store) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(s.SpoolDir(), "*"))
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left in the spool: %v", left)
	}
}
