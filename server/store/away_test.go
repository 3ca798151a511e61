package store_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// wire is the way to a database, which can be cut and mended.
type wire struct {
	to    string
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
	done  sync.WaitGroup
}

// through puts a wire between a store and its database.
func through(t *testing.T, o store.Options) (*wire, store.Options) {
	t.Helper()
	u, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: u.Host}
	u.Host = listener.Addr().String()
	o.URL = u.String()
	w.done.Go(func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return
			}
			w.carry(here)
		}
	})
	t.Cleanup(func() {
		w.set(true)
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		w.done.Wait()
	})
	return w, o
}

// carry carries one connection, or drops it while the wire is cut.
func (w *wire) carry(here net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	there, err := net.Dial("tcp", w.to)
	if w.cut || err != nil {
		_ = here.Close()
		if err == nil {
			_ = there.Close()
		}
		return
	}
	w.conns = append(w.conns, here, there)
	for _, way := range [][2]net.Conn{{here, there}, {there, here}} {
		w.done.Go(func() {
			_, _ = io.Copy(way[0], way[1]) // ends when either side is gone
			_, _ = way[0].Close(), way[1].Close()
		})
	}
}

// set cuts the wire, with all that goes through it, or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut = cut; cut {
		for _, c := range w.conns {
			_ = c.Close()
		}
		w.conns = nil
	}
}

// comesBack writes until it works: each connection that was lost may fail once.
func comesBack(t *testing.T, s *store.Store, name string) {
	t.Helper()
	for range 30 {
		err := s.Write(t.Context(), leaves(name))
		if err == nil {
			return
		}
		if !errors.Is(err, inspect.ErrUnavailable) {
			t.Fatalf("on the way back: got %v, want %v", err, inspect.ErrUnavailable)
		}
	}
	t.Fatal("it does not come back")
}

// TestPostgresGoesAwayAndComesBack cuts the way to the database in every phase of a transaction.
func TestPostgresGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	direct := storetest.Empty(t, storetest.Postgres)
	w, o := through(t, direct)
	s, raw := storetest.Open(t, o), storetest.Raw(t, direct)
	look := func(ctx context.Context, tx *store.Tx) error { _, err := tx.LastSeq(ctx); return err }
	phases := map[string]func() error{
		"before a write": func() error { w.set(true); return s.Write(t.Context(), leaves("cut")) },
		"before a read":  func() error { w.set(true); return s.Read(t.Context(), look) },
		"within a write": func() error {
			return s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				err := leave(ctx, tx, "cut")
				w.set(true)
				return err
			})
		},
		"within a write that goes on": func() error {
			return s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				err := leave(ctx, tx, "cut")
				w.set(true)
				return errors.Join(err, leave(ctx, tx, "cut"))
			})
		},
		"within a read": func() error {
			return s.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				err := look(ctx, tx)
				w.set(true)
				return errors.Join(err, look(ctx, tx))
			})
		},
		"with a connection that the driver has given up": func() error {
			return s.Write(t.Context(), func(context.Context, *store.Tx) error { return driver.ErrBadConn })
		},
		"before a ping": func() error { w.set(true); return s.Ping(t.Context()) },
	}
	for name, phase := range phases {
		comesBack(t, s, "before")
		if err := phase(); !errors.Is(err, inspect.ErrUnavailable) {
			t.Errorf("%s: got %v, want %v", name, err, inspect.ErrUnavailable)
		}
		w.set(false)
	}
	comesBack(t, s, "after")
	if n := logged(t, s, "before"); n != len(phases) {
		t.Errorf("got %d lines, want %d", n, len(phases))
	}
	if n := ask[int](t, raw, "SELECT count(*) FROM security_log WHERE kind = 'cut'"); n != 0 {
		t.Errorf("got %d lines of transactions that were cut", n)
	}
	wantChains(t, s)
}

// TestPostgresEndsAConnection is what a restart of the database does to those that are open.
func TestPostgresEndsAConnection(t *testing.T) {
	t.Parallel()
	o := storetest.Empty(t, storetest.Postgres)
	s, raw := storetest.Open(t, o), storetest.Raw(t, o)
	const end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		err := leave(ctx, tx, "cut")
		_, errEnd := raw.ExecContext(ctx, end)
		return errors.Join(err, errEnd, leave(ctx, tx, "cut"))
	})
	if !errors.Is(err, inspect.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, inspect.ErrUnavailable)
	}
	comesBack(t, s, "back")
	if n := logged(t, s, "cut"); n != 0 {
		t.Errorf("got %d lines of what was cut", n)
	}
}

// TestPostgresThatOnlyReadsIsAway: a standby, or a primary that was told to read only, answers questions and keeps nothing.
func TestPostgresThatOnlyReadsIsAway(t *testing.T) {
	t.Parallel()
	direct := storetest.Empty(t, storetest.Postgres)
	s, raw := storetest.Open(t, direct), storetest.Raw(t, direct)
	name := ask[string](t, raw, "SELECT current_database()")
	set := func(how string) {
		t.Helper()
		for _, q := range []string{"ALTER DATABASE " + name + " " + how,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"} {
			if _, err := raw.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	comesBack(t, s, "before")
	set("SET default_transaction_read_only = on")
	for range 10 { // each connection that was ended fails once
		if err := s.Write(t.Context(), leaves("cut")); !errors.Is(err, inspect.ErrUnavailable) {
			t.Fatalf("a write: got %v, want %v", err, inspect.ErrUnavailable)
		}
	}
	if err := s.Ping(t.Context()); !errors.Is(err, inspect.ErrUnavailable) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a ping: got %v, want %v", err, inspect.ErrUnavailable)
	}
	set("RESET default_transaction_read_only")
	comesBack(t, s, "after")
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestADatabaseThatTakesNoWritesIsAway answers every question while each write fails, as on a full disk.
func TestADatabaseThatTakesNoWritesIsAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		var ahead atomic.Int64
		o.Now = func() time.Time { return storetest.Clock().Add(time.Duration(ahead.Load())) }
		s, raw := storetest.Open(t, o), storetest.Raw(t, o)
		full, mended := []string{"CREATE TRIGGER full_disk BEFORE INSERT ON upkeep BEGIN SELECT RAISE(ABORT, 'injected'); END"}, "DROP TRIGGER full_disk"
		if o.URL != "" {
			full = []string{"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''injected'' USING ERRCODE = ''53100''; END'",
				"CREATE TRIGGER full_disk BEFORE INSERT ON upkeep EXECUTE FUNCTION full_disk()"}
			mended += " ON upkeep"
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		do(t, raw, full...)
		ahead.Add(int64(time.Minute))
		if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "injected") {
			t.Errorf("got %v while no write works", err)
		}
		do(t, raw, mended)
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// TestADatabaseThatIsBusyIsThere holds the writer longer than who asks is ready to wait.
func TestADatabaseThatIsBusyIsThere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		var ahead atomic.Int64
		o.Now = func() time.Time { return storetest.Clock().Add(time.Duration(ahead.Load())) }
		s := storetest.Open(t, o)
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		ahead.Add(int64(time.Minute))
		err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SetUpkeep(ctx, "write", store.Upkeep{DoneAt: tx.Now}); err != nil {
				return err
			}
			soon, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			return s.Ping(soon)
		})
		if err != nil {
			t.Errorf("while something else is written: %v", err)
		}
	})
}
