package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// write runs a transaction that has to work.
func write(t *testing.T, s *store.Store, f member) {
	t.Helper()
	if err := s.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// read runs a function on a snapshot, which has to work.
func read(t *testing.T, s *store.Store, f member) {
	t.Helper()
	if err := s.Read(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// logged says how many lines of a kind the security log has.
func logged(t *testing.T, s *store.Store, kind inspect.LogKind) (n int) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		lines, err := tx.SecurityLog(ctx, store.LogFilter{Kind: kind, Before: 1 << 60, Limit: 10_000})
		n = len(lines)
		return err
	})
	return n
}

func TestTransactionsThatFailLeaveNothing(t *testing.T) {
	t.Parallel()
	failures := map[string]member{
		"an error": func(ctx context.Context, tx *store.Tx) error { return errors.Join(leave(ctx, tx, "bad"), errOwn) },
		"a panic":  func(ctx context.Context, tx *store.Tx) error { panic(leave(ctx, tx, "bad")) },
		"a statement that fails": func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(leave(ctx, tx, "bad"), nobodys(ctx, tx))
		},
		"a failure that nobody looks at": func(ctx context.Context, tx *store.Tx) error { _ = nobodys(ctx, tx); return leave(ctx, tx, "bad") },
		"a failure at the end, unseen": func(ctx context.Context, tx *store.Tx) error {
			err := leave(ctx, tx, "bad")
			_ = nobodys(ctx, tx)
			return err
		},
	}
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, raw := storetest.Open(t, o), storetest.Raw(t, o)
		for name, f := range failures {
			for range 25 { // more often than there are connections
				if err := s.Write(t.Context(), f); err == nil {
					t.Errorf("%s: got nil", name)
				}
			}
		}
		if n := ask[int](t, raw, "SELECT (SELECT count(*) FROM security_log) + (SELECT count(*) FROM river_job)"); n != 0 {
			t.Errorf("got %d lines and jobs", n)
		}
		write(t, s, leaves("good"))
		if got := wantChains(t, s); got != 1 {
			t.Errorf("got %d events, want 1", got)
		}
	})
}

// nobodys fails in the database: there is no such person to give a role to.
func nobodys(ctx context.Context, tx *store.Tx) error {
	return tx.AddGrant(ctx, inspect.NewID(), inspect.Grant{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}})
}

// TestOnlyWhatARetryCuresIsTriedAgain counts how often a transaction runs that meets a key which is taken.
func TestOnlyWhatARetryCuresIsTriedAgain(t *testing.T) {
	t.Parallel()
	account := func(login string) inspect.Person {
		return inspect.Person{ID: inspect.NewID(), Name: login}
	}
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s := storetest.Open(t, o)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SavePerson(ctx, account("there")) })
		most := map[bool]int{true: 1, false: 2}[o.URL == ""] // one writer of SQLite has nobody beside it
		ran := 0
		if err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			ran++
			return tx.SavePerson(ctx, account("there"))
		}); err == nil || ran != most {
			t.Errorf("a key that was there: got %v after %d tries, want an error after %d", err, ran, most)
		}
		if o.URL == "" {
			return
		}
		ran = 0 // each number that it takes was just taken by another
		next := func() string { return fmt.Sprintf("number-%d", ran) }
		if err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if ran++; ran < 5 {
				if err := s.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SavePerson(ctx, account(next())) }); err != nil {
					return err
				}
			}
			return tx.SavePerson(ctx, account(next()))
		}); err != nil || ran != 5 {
			t.Errorf("a key that others took meanwhile: got %v after %d tries, want success after 5", err, ran)
		}
	})
}

func TestAPanicKeepsItsStack(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		breaks := func(context.Context, *store.Tx) error { panic(errOwn) }
		for way, err := range map[string]error{"write": s.Write(t.Context(), breaks), "read": s.Read(t.Context(), breaks)} {
			if err == nil || !strings.Contains(err.Error(), errOwn.Error()) || !strings.Contains(err.Error(), "TestAPanicKeepsItsStack") {
				t.Errorf("%s: got %v, want the panic with its stack", way, err)
			}
		}
	})
}

func TestReadsLeaveNoConnectionBehind(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for n := range 30 { // more often than there are connections
			if err := s.Read(ctx, func(context.Context, *store.Tx) error { panic(errOwn) }); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("panic %d: got %v", n, err)
			}
			if err := s.Read(ctx, func(context.Context, *store.Tx) error { return errOwn }); !errors.Is(err, errOwn) {
				t.Fatalf("error %d: got %v, want %v", n, err, errOwn)
			}
		}
		if err := s.Read(ctx, leaves("bad")); err == nil {
			t.Error("a snapshot took a change")
		}
		if n := logged(t, s, "bad"); n != 0 {
			t.Errorf("got %d lines of a snapshot", n)
		}
	})
}

func TestReadIsOneSnapshot(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for n := range 2 {
				lines, err := tx.SecurityLog(ctx, store.LogFilter{Before: 1 << 60, Limit: 10})
				if err != nil || len(lines) != 0 {
					return fmt.Errorf("look %d: got %d lines, %w", n, len(lines), err)
				}
				if err := s.Write(ctx, leaves("later")); err != nil {
					return err
				}
			}
			return nil
		})
		if n := logged(t, s, "later"); n != 2 {
			t.Errorf("got %d lines afterwards, want 2", n)
		}
	})
}

func TestWhatIsAnsweredIsTrueWhenTheCallerLeaves(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Write(gone, leaves("before")); !errors.Is(err, context.Canceled) {
			t.Errorf("gone before: got %v, want %v", err, context.Canceled)
		}
		going, cancel := context.WithCancel(t.Context())
		err := s.Write(going, func(ctx context.Context, tx *store.Tx) error {
			defer cancel()
			return leave(ctx, tx, "within")
		})
		if n := logged(t, s, "within"); (err == nil) != (n == 1) {
			t.Errorf("gone within: answered %v with %d lines", err, n)
		}
		if n := logged(t, s, "before"); n != 0 {
			t.Errorf("gone before: got %d lines", n)
		}
	})
}

func TestCloseWaitsForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s := storetest.Open(t, o)
		held, release, closed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		answers := make(chan error)
		for _, in := range []func(context.Context, func(context.Context, *store.Tx) error) error{s.Write, s.Read} {
			go func() {
				answers <- in(context.Background(), func(ctx context.Context, tx *store.Tx) error {
					held <- struct{}{}
					<-release
					_, err := tx.LastSeq(ctx)
					return err
				})
			}()
			<-held
		}
		go func() { closed <- s.Close() }()
		for s.Read(t.Context(), func(context.Context, *store.Tx) error { return nil }) == nil { // until Close has begun
		}
		select {
		case err := <-closed:
			t.Errorf("it closed while transactions were under way: %v", err)
		default:
		}
		close(release)
		for range 2 {
			if err := <-answers; err != nil {
				t.Errorf("under way: %v", err)
			}
		}
		if err := errors.Join(<-closed, s.Close()); err != nil {
			t.Errorf("close, and close again: %v", err)
		}
		for name, err := range map[string]error{"write": s.Write(t.Context(), leaves("late")), "read": s.Read(t.Context(), leaves("late"))} {
			if !errors.Is(err, inspect.ErrUnavailable) {
				t.Errorf("%s after close: got %v, want %v", name, err, inspect.ErrUnavailable)
			}
		}
	})
}

func TestCloseWhileMembersWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := storetest.Empty(t, storetest.SQLite)
		s, raw := storetest.Open(t, o), storetest.Raw(t, o)
		const members = 100
		answers, closed := make(chan error, members), make(chan error, 1)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for range members {
				go func() { answers <- s.Write(context.Background(), leaves("waited")) }()
			}
			synctest.Wait()
			go func() { closed <- s.Close() }()
			synctest.Wait()
			return leave(ctx, tx, "first")
		})
		served := 0
		for range members {
			if err := <-answers; err == nil {
				served++
			}
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if served != members {
			t.Errorf("%d of %d were served that waited when it closed", served, members)
		}
		wantLeft(t, raw, "waited", served)
	})
}

func TestCloseRacesWithMembers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s := storetest.Open(t, o)
		var done sync.WaitGroup
		served := make([]int, 8)
		enough := make(chan struct{}, len(served))
		for n := range served {
			done.Go(func() {
				for {
					err := s.Write(context.Background(), leaves("one"))
					if err != nil {
						if fault.KindOf(err) != fault.Unavailable {
							t.Error(err)
						}
						return
					}
					if served[n]++; served[n] == 10 {
						enough <- struct{}{}
					}
				}
			})
		}
		for range served {
			<-enough
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		done.Wait()
		total := 0
		for _, n := range served {
			total += n
		}
		again := storetest.Open(t, o)
		if n := logged(t, again, "one"); n != total {
			t.Errorf("%d were answered with success, %d are there", total, n)
		}
		if events := wantChains(t, again); events != int64(total) {
			t.Errorf("got %d events, want %d", events, total)
		}
	})
}

// TestARowThatCannotBeReadEndsNothing lets an audit go on after a row that this program never wrote.
func TestARowThatCannotBeReadEndsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s := storetest.Open(t, o)
		found(t, s)
		insert(t, s, reported("issue"))
		do(t, storetest.Raw(t, o), "UPDATE person SET uid = CAST('short' AS "+map[bool]string{true: "BYTEA", false: "BLOB"}[o.URL != ""]+") WHERE name = 'lin'")
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			if _, _, err := tx.Issue(ctx, id("issue")); err == nil {
				t.Error("a reporter whose id has five bytes: got nil")
			}
			n, err := tx.CountPeople(ctx)
			if n != len(people) {
				t.Errorf("got %d people afterwards, want %d", n, len(people))
			}
			return err
		})
	})
}
