package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// happens is an event of a test in a stream.
func happens(stream, what string) store.Entry {
	return store.Entry{Stream: evidence.Stream{Kind: store.StreamUnit, ID: stream}, Type: "test." + what, Schema: 1, Body: map[string]string{"what": what}}
}

// eventsOf gives the events of a stream of tests after a number.
func eventsOf(t *testing.T, s *store.Store, stream evidence.Stream, n int64, limit int) (all []store.RecordedEvent) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = tx.Events(ctx, stream, n, limit)
		return err
	})
	return all
}

func TestEventsAreReadBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, raw := storetest.Open(t, o), storetest.Raw(t, o)
		found(t, s)
		row := reported("issue")
		row.Unit, row.DueAt, row.Status = id("bureau"), at(5), inspect.Assigned
		e := &inspect.Event{Type: "issue.assigned", By: id("office"), At: at(6), Unit: id("bureau"), DueAt: at(5), Seals: map[string]string{"note": "<&>\u2028泥"}}
		var now inspect.Time
		var before, after evidence.Head
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			now = tx.Now
			tx.RecordIssue(&row.Issue, e, store.Custody{})
			tx.RecordIssue(&row.Issue, &inspect.Event{Type: "issue.commented"}, store.Custody{})
			before, err = tx.Head(ctx, store.IssueStream(row.ID))
			return err
		})
		stream := store.IssueStream(row.ID)
		all := eventsOf(t, s, stream, 0, 10)
		read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			after, err = tx.Head(ctx, stream)
			return err
		})
		body, err := evidence.CanonicalOf(e)
		if err != nil {
			t.Fatal(err)
		}
		first, err := evidence.Head{}.Next(stream, "issue.assigned", inspect.EventSchema, e)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != 2 || before != (evidence.Head{}) || after != (evidence.Head{N: 2, Hash: all[1].Hash}) {
			t.Fatalf("got %d events, head %v before and %v after", len(all), before, after)
		}
		got := all[0]
		if got.Seq != 1 || got.At != now || got.By != id("office") || got.Hash != first.Hash() || !bytes.Equal(got.Body, body) {
			t.Errorf("got %d at %s by %s: %s, want %s", got.Seq, got.At, got.By, got.Body, body)
		}
		same(t, "event", got.Event, first)
		if !all[1].By.IsZero() || all[1].Prev != first.Hash() {
			t.Errorf("the second: by %s after %s, want nobody after %s", all[1].By, all[1].Prev, first.Hash())
		}
		if n := ask[int](t, raw, fmt.Sprintf("SELECT count(*) FROM event WHERE seq = 1 AND due_at = %d AND status = 'assigned'", at(5))); n != 1 {
			t.Error("the columns for figures are not those of the issue")
		}
		same(t, "after the first", eventsOf(t, s, stream, 1, 10), all[1:])
		same(t, "one", eventsOf(t, s, stream, 0, 1), all[:1])
		same(t, "of another stream", eventsOf(t, s, store.IssueStream(id("other")), 0, 10), nil)
	})
}

// TestOrderOfNumbersIsOrderOfCommits lets many write at once, some of them in vain, while a reader follows: once it has
// seen a number, nothing may appear before it.
func TestOrderOfNumbersIsOrderOfCommits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		copies := []*store.Store{storetest.Open(t, o), storetest.Open(t, o)} // two servers
		const writers, each = 12, 15
		stop, followed := make(chan struct{}), make(chan error, 1)
		go func() { followed <- follow(copies[0], stop) }()
		var wrote sync.WaitGroup
		var kept [writers]int
		for w := range writers {
			wrote.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), 1))
				for n := range each {
					fails := r.IntN(4) == 0
					err := copies[w%2].Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
						for range 1 + n%3 {
							tx.Record(happens(fmt.Sprint("stream ", r.IntN(4)), "written"))
						}
						if fails {
							return errOwn
						}
						return nil
					})
					if fails != (err != nil) {
						t.Errorf("writer %d: fails is %t, got %v", w, fails, err)
					}
					if err == nil {
						kept[w] += 1 + n%3
					}
				}
			})
		}
		wrote.Wait()
		close(stop)
		if err := <-followed; err != nil {
			t.Error(err)
		}
		want := 0
		for _, n := range kept {
			want += n
		}
		if got := wantChains(t, copies[1]); got != int64(want) {
			t.Errorf("got %d events, want %d", got, want)
		}
	})
}

// follow reads what is new, as a feed would, and holds it against the whole at the end.
func follow(s *store.Store, stop chan struct{}) error {
	var seen []int64
	for over := false; !over; {
		select {
		case <-stop:
			over = true
		default:
		}
		var all []int64
		err := s.Read(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			last, err := tx.LastSeq(ctx)
			if err != nil {
				return err
			}
			return tx.EachEvent(ctx, last, func(e store.RecordedEvent) error { all = append(all, e.Seq); return nil })
		})
		if err != nil {
			return err
		}
		slices.Sort(all)
		if len(all) < len(seen) || !slices.Equal(all[:len(seen)], seen) {
			return errors.New("something appeared before a number that was seen already")
		}
		for n, seq := range all {
			if seq != int64(n+1) {
				return fmt.Errorf("number %d is missing while %d is there", n+1, seq)
			}
		}
		seen = all
	}
	return nil
}

// TestOrderOfStreamsIsThatOfBytes has names that every locale orders in its own way.
func TestOrderOfStreamsIsThatOfBytes(t *testing.T) {
	t.Parallel()
	names := []string{"a", "B", "b", "A", "Ä", "z", "10", "9", "_", "-", "a b", "ab", "泥", "龙", "", "é", "e\u0301", "\U00020BB7", "\uFFFD", "~"}
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, name := range names {
				tx.Record(happens(name, "first"))
				tx.Record(store.Entry{Stream: evidence.Stream{Kind: "Unit", ID: name}, Type: "test.first", Schema: 1, Body: 1})
				tx.Record(happens(name, "second"))
			}
			return nil
		})
		var want []string
		for _, kind := range []string{"unit", "Unit"} {
			for _, name := range names {
				want = append(want, kind+"/"+name)
			}
		}
		slices.SortFunc(want, func(a, b string) int {
			return strings.Compare(strings.Replace(a, "/", "\x00", 1), strings.Replace(b, "/", "\x00", 1))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			var heads, events []string
			var tree evidence.MerkleTree
			snapshot := evidence.SnapshotAt(1 << 60)
			errHeads := tx.EachHead(ctx, func(s evidence.Stream, h evidence.Head) error {
				heads = append(heads, s.String())
				return tree.Add(s, h)
			})
			errEvents := tx.EachEvent(ctx, 1<<60, func(e store.RecordedEvent) error {
				if e.N == 1 {
					events = append(events, e.Stream.String())
				}
				return snapshot.Add(e.RecordedEvent)
			})
			same(t, "heads", heads, want)
			same(t, "events", events, want)
			streams, root, last, errEnd := snapshot.End()
			if streams != tree.Streams() || root != tree.Root() || last != int64(3*len(names)) {
				t.Errorf("the events make %d streams and root %s up to %d, the heads %d and %s", streams, root, last, tree.Streams(), tree.Root())
			}
			return errors.Join(errHeads, errEvents, errEnd)
		})
	})
}

func TestEventsUpToANumber(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		for n := range 6 {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				tx.Record(happens(fmt.Sprint(n%2), "written"))
				return nil
			})
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			var got []int64
			err := tx.EachEvent(ctx, 4, func(e store.RecordedEvent) error { got = append(got, e.Seq); return nil })
			same(t, "by stream, up to the fourth", got, []int64{1, 3, 2, 4})
			if stop := tx.EachEvent(ctx, 4, func(store.RecordedEvent) error { return errOwn }); !errors.Is(stop, errOwn) {
				t.Errorf("each with an error: got %v, want %v", stop, errOwn)
			}
			return err
		})
	})
}

func TestCheckpointsAreKept(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		for _, c := range [][2]string{{"2026-11-25", `{"n":2}`}, {"2026-11-24", `{"n":1}`}, {"2026-11-25", `{"n":3}`}} {
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveCheckpoint(ctx, c[0], []byte(c[1])) })
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Checkpoints(ctx)
			same(t, "checkpoints", got, []json.RawMessage{json.RawMessage(`{"n":1}`), json.RawMessage(`{"n":2}`)})
			return err
		})
	})
}

func TestIssuesThatTheRecordDoesNotKnow(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		insert(t, s, reported("known"), reported("unknown"))
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			row, _, err := tx.Issue(ctx, id("known"))
			tx.RecordIssue(&row.Issue, &inspect.Event{Type: "issue.commented"}, store.Custody{})
			return err
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			var got []string
			err := tx.EachIssueWithoutEvents(ctx, func(id inspect.ID, number string) error { got = append(got, number); return nil })
			same(t, "without events", got, []string{"2026-unknown"})
			return err
		})
	})
}
