package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// note is a job that the tests leave behind.
type note struct {
	Name string `json:"name"`
}

// Kind names the job.
func (note) Kind() string { return "test.note" }

// member is what a use case does in a transaction.
type member func(context.Context, *store.Tx) error

var errOwn = errors.New("an error of its own")

// leave leaves a row, an event and a job under one name.
func leave(ctx context.Context, tx *store.Tx, name string) error {
	tx.Record(store.Entry{Stream: evidence.Stream{Kind: store.StreamSetting, ID: name}, Type: "test.left", Schema: 1, Body: map[string]string{"name": name}})
	return errors.Join(tx.Log(ctx, store.LogEntry{Kind: inspect.LogKind(name)}), tx.Enqueue(ctx, note{name}, 0))
}

func leaves(name string) member {
	return func(ctx context.Context, tx *store.Tx) error { return leave(ctx, tx, name) }
}

// left says how many rows, events and jobs there are under a name in SQLite.
func left(t *testing.T, db *sql.DB, name string) [3]int {
	t.Helper()
	return [3]int{
		ask[int](t, db, "SELECT count(*) FROM security_log WHERE kind = '"+name+"'"),
		ask[int](t, db, "SELECT count(*) FROM event e JOIN stream s ON s.id = e.stream WHERE s.name = '"+name+"'"),
		ask[int](t, db, `SELECT count(*) FROM river_job WHERE json(args) LIKE '%"`+name+`"%'`),
	}
}

// together runs members in one group, in this order: the first holds the writer until all others wait for it. It calls
// then with the number of each member and its answer. It runs in a bubble of synctest.
func together(s *store.Store, members []member, then func(n int, err error)) {
	answered := make(chan struct{})
	write := func(n int, f member) {
		then(n, s.Write(context.Background(), f))
		answered <- struct{}{}
	}
	go write(0, func(ctx context.Context, tx *store.Tx) error {
		for n, f := range members[1:] {
			go write(n+1, f)
			synctest.Wait()
		}
		return members[0](ctx, tx)
	})
	for range members {
		<-answered
	}
}

// whom a failure reaches beside the member that fails.
type reach int

const (
	nobody reach = iota
	before       // those in the transaction that broke; who comes after is in the next one
	everybody
)

// injections are all the ways in which a member can fail; some write what a trigger of poison waits for.
var injections = map[string]struct {
	f     member
	want  func(error) bool // of its own answer
	reach reach
}{
	"an error of its own": {func(ctx context.Context, tx *store.Tx) error { return errors.Join(leave(ctx, tx, "bad"), errOwn) }, isOwn, nobody},
	"a fault of its user": {func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(leave(ctx, tx, "bad"), inspect.ErrForbidden)
	}, isKind(fault.Forbidden), nobody},
	"a panic": {func(ctx context.Context, tx *store.Tx) error {
		panic(errors.Join(leave(ctx, tx, "bad"), errOwn))
	}, isKind(fault.Internal), nobody},
	"a statement that fails": {leaves("bad: abort"), isKind(fault.Internal), nobody},
	"an event that cannot be written": {func(ctx context.Context, tx *store.Tx) error {
		err := leave(ctx, tx, "bad")
		tx.Record(store.Entry{Stream: evidence.Stream{Kind: "setting", ID: "bad"}, Type: "test.left", Body: func() {}})
		return err
	}, isKind(fault.Internal), nobody},
	"a transaction that is rolled back under it": {func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(leave(ctx, tx, "bad"), leave(ctx, tx, "bad: rollback"), inspect.ErrForbidden)
	}, isKind(fault.Unavailable), before},
	"a transaction that is rolled back, and nobody looks": {func(ctx context.Context, tx *store.Tx) error {
		_ = tx.Log(ctx, store.LogEntry{Kind: "bad: rollback"})
		return nil
	}, isKind(fault.Unavailable), before},
	"a commit that fails": {leaves("bad: commit"), isKind(fault.Internal), everybody},
}

func isOwn(err error) bool { return errors.Is(err, errOwn) }

func isKind(k fault.Kind) func(error) bool {
	return func(err error) bool { return err != nil && fault.KindOf(err) == k }
}

// poison makes SQLite itself fail at rows with certain names.
func poison(t *testing.T, db *sql.DB) {
	t.Helper()
	do(t, db,
		"CREATE TABLE parent (id INTEGER PRIMARY KEY)",
		"CREATE TABLE promise (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
		"CREATE TRIGGER abort AFTER INSERT ON security_log WHEN NEW.kind = 'bad: abort' BEGIN SELECT RAISE(ABORT, 'injected'); END",
		"CREATE TRIGGER rolls AFTER INSERT ON security_log WHEN NEW.kind = 'bad: rollback' BEGIN SELECT RAISE(ROLLBACK, 'injected'); END",
		"CREATE TRIGGER late AFTER INSERT ON security_log WHEN NEW.kind = 'bad: commit' BEGIN INSERT INTO promise VALUES (1); END")
}

func TestFailureAtEveryPositionOfAGroup(t *testing.T) {
	t.Parallel()
	for name, injected := range injections {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := storetest.Empty(t, storetest.SQLite)
				s, raw := storetest.Open(t, o), storetest.Raw(t, o)
				poison(t, raw)
				const members = 5
				for at := range members {
					group := make([]member, members)
					for n := range group {
						group[n] = leaves(fmt.Sprintf("good %d of %d", n, at))
					}
					group[at] = injected.f
					together(s, group, func(n int, err error) {
						good := fmt.Sprintf("good %d of %d", n, at)
						switch {
						case n == at:
							if !injected.want(err) {
								t.Errorf("position %d: got %v of the member that fails", at, err)
							}
						case injected.reach == everybody || injected.reach == before && n < at:
							if err == nil || errors.Is(err, inspect.ErrForbidden) {
								t.Errorf("position %d, member %d: got %v, want an error that is nobody else's", at, n, err)
							}
							wantLeft(t, raw, good, 0)
						case err != nil:
							t.Errorf("position %d, member %d: got %v, want nil", at, n, err)
						default:
							wantLeft(t, raw, good, 1) // another connection sees it as soon as it is answered
						}
					})
					for _, bad := range []string{"bad", "bad: abort", "bad: rollback", "bad: commit"} {
						wantLeft(t, raw, bad, 0)
					}
				}
				if err := s.Write(t.Context(), leaves("after")); err != nil {
					t.Errorf("afterwards: %v", err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				wantLeft(t, storetest.Raw(t, o), "after", 1)
				wantChains(t, storetest.Open(t, o))
			})
		})
	}
}

func wantLeft(t *testing.T, db *sql.DB, name string, n int) {
	t.Helper()
	if got, want := left(t, db, name), [3]int{n, n, n}; got != want {
		t.Errorf("%s: got %v rows, events and jobs, want %v", name, got, want)
	}
}

// wantChains checks the whole record: numbers without a gap and every chain up to its head. It gives the number of events.
func wantChains(t *testing.T, s *store.Store) (events int64) {
	t.Helper()
	chains, heads, seqs := map[evidence.Stream]*evidence.ChainVerifier{}, map[evidence.Stream]evidence.Head{}, map[int64]bool{}
	err := s.Read(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		if events, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		return errors.Join(tx.EachHead(ctx, func(s evidence.Stream, h evidence.Head) error {
			heads[s], chains[s] = h, &evidence.ChainVerifier{Stream: s}
			return nil
		}), tx.EachEvent(ctx, events, func(e store.RecordedEvent) error {
			if seqs[e.Seq] = true; chains[e.Stream] == nil {
				return fmt.Errorf("%s has events and no head", e.Stream)
			}
			chains[e.Stream].Add(e.RecordedEvent)
			return nil
		}))
	})
	if err != nil {
		t.Error(err)
	}
	for s, c := range chains {
		for _, f := range c.End(heads[s]) {
			t.Error(f)
		}
	}
	if int64(len(seqs)) != events || events > 0 && (!seqs[1] || !seqs[events]) {
		t.Errorf("got %d numbers up to %d, want no gap", len(seqs), events)
	}
	return events
}

func TestOwnErrorWaitsForTheCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := storetest.Empty(t, storetest.SQLite)
		s := storetest.Open(t, o)
		poison(t, storetest.Raw(t, o))
		refuse := func(ctx context.Context, tx *store.Tx) error {
			if lines, err := tx.SecurityLog(ctx, store.LogFilter{Kind: "first", Before: 1 << 60, Limit: 1}); err != nil || len(lines) == 0 {
				return errors.Join(err, errors.New("the member before is not seen"))
			}
			return errOwn // because of what the member before wrote
		}
		together(s, []member{leaves("first"), refuse, leaves("bad: commit")}, func(n int, err error) {
			if err == nil || errors.Is(err, errOwn) {
				t.Errorf("member %d: got %v, want the error of the commit: what it saw never was", n, err)
			}
		})
		together(s, []member{leaves("first"), refuse}, func(n int, err error) {
			if want := []error{nil, errOwn}[n]; !errors.Is(err, want) {
				t.Errorf("member %d: got %v, want %v", n, err, want)
			}
		})
	})
}

// expired is a context that ends just after its member was taken.
type expired struct{ context.Context }

// Err says that the context is over, while Done does not tell.
func (expired) Err() error { return context.Canceled }

func TestAMemberWhoseContextIsOverDoesNotRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := storetest.Empty(t, storetest.SQLite)
		s, raw := storetest.Open(t, o), storetest.Raw(t, o)
		gone, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			for _, ctx := range []context.Context{expired{t.Context()}, gone} {
				go func() { ended <- s.Write(ctx, leaves("late")) }()
				synctest.Wait()
			}
			cancel()
			return errors.Join(<-ended, leave(ctx, tx, "first")) // who waits in the queue need not wait for the writer
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("in the queue: got %v, want %v", err, context.Canceled)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("when it was taken: got %v, want %v", err, context.Canceled)
		}
		wantLeft(t, raw, "late", 0)
	})
}

// TestAMemberThatHoldsUpTheOthersIsGivenUp waits in the middle of a group for something that does not come.
func TestAMemberThatHoldsUpTheOthersIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := storetest.Empty(t, storetest.SQLite)
		o.Now = time.Now // of the bubble
		s, raw := storetest.Open(t, o), storetest.Raw(t, o)
		holds := func(ctx context.Context, tx *store.Tx) error {
			err := leave(ctx, tx, "held")
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			_ = leave(ctx, tx, "held") // and takes no notice
			return err
		}
		began := time.Now()
		together(s, []member{leaves("good 0"), holds, leaves("good 2")}, func(n int, err error) {
			if held := n == 1; (err != nil) != held || held && fault.KindOf(err) != fault.Unavailable {
				t.Errorf("member %d: got %v", n, err)
			}
		})
		for name, want := range map[string]int{"good 0": 1, "held": 0, "good 2": 1} {
			wantLeft(t, raw, name, want)
		}
		if took := time.Since(began); took > 35*time.Second {
			t.Errorf("the others waited %s", took)
		}
		if _, in, slow := s.ChangeStats(); slow != 1 || in < 5*time.Second {
			t.Errorf("%d changes were slow, %s in all, want one that counts", slow, in)
		}
	})
}

func TestAGroupIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		o := storetest.Empty(t, storetest.SQLite)
		o.Now = func() time.Time { return time.Unix(1_700_000_000, 0).Add(time.Duration(ahead.Load())) }
		s := storetest.Open(t, o)
		committed := func() (n int) { // as another connection sees it
			if err := s.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				lines, err := tx.SecurityLog(ctx, store.LogFilter{Before: 1 << 60, Limit: 1000})
				n = len(lines)
				return err
			}); err != nil {
				t.Error(err)
			}
			return n
		}
		run := func(members int, each time.Duration) (before []int, nows map[inspect.Time]bool) {
			nows = map[inspect.Time]bool{}
			group := make([]member, members)
			for n := range group {
				group[n] = func(ctx context.Context, tx *store.Tx) error {
					before, nows[tx.Now] = append(before, committed()), true
					ahead.Add(int64(each))
					return leave(ctx, tx, "one")
				}
			}
			together(s, group, func(n int, err error) {
				if err != nil {
					t.Errorf("member %d: %v", n, err)
				}
			})
			return before, nows
		}
		before, nows := run(150, 0)
		if got, want := []int{before[0], before[63], before[64], before[127], before[128], before[149]}, []int{0, 0, 64, 64, 128, 128}; !slices.Equal(got, want) {
			t.Errorf("what members 0, 63, 64, 127, 128 and 149 saw committed: got %v, want %v", got, want)
		}
		if len(nows) != 1 {
			t.Errorf("got %d moments while no time passed", len(nows))
		}
		before, nows = run(6, 2*time.Millisecond)
		if want := []int{150, 150, 150, 153, 153, 153}; !slices.Equal(before, want) {
			t.Errorf("with 2 ms a member: got %v, want %v", before, want)
		}
		if len(nows) != 6 {
			t.Errorf("got %d moments, want one for each of 6 members", len(nows))
		}
	})
}
