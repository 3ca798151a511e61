package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/blob"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// once runs a transaction one time: what Write would try again is given back.
func once(t *testing.T, s *store.Store, f member) error {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var own error
	err := s.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if own = f(ctx, tx); own != nil {
			cancel()
		}
		return own
	})
	if own != nil {
		return own
	}
	return err
}

// bytesRace is one photo on its way in through one copy of the server, while others sweep the same bytes: the trace of an
// upload that crashed before its row.
type bytesRace struct {
	t      *testing.T
	copies [3]*store.Store // the phone's, and one for each sweep
	blobs  blob.Store
	name   string
	issue  *store.IssueRow
}

func (r *bytesRace) key() string { return "photo/" + digest(r.name) }

// phone gives the steps of an upload. A step that has to wait for the sweep gives false.
func (r *bytesRace) phone() []func() bool {
	p := declared(r.name, "issue")
	return []func() bool{
		func() bool {
			return once(r.t, r.copies[0], func(ctx context.Context, tx *store.Tx) error { return tx.InsertPhoto(ctx, r.issue, p) }) == nil
		},
		func() bool {
			if err := r.blobs.Put(r.t.Context(), r.key(), []byte(r.name)); err != nil {
				r.t.Error(err)
			}
			return true
		},
		func() bool {
			marked := false
			write(r.t, r.copies[0], func(ctx context.Context, tx *store.Tx) (err error) {
				if marked, err = tx.SweepMarked(ctx, p.SHA256); err != nil || marked {
					return err
				}
				return tx.SetPhotoSafe(ctx, p)
			})
			return !marked
		},
	}
}

// sweep gives the steps of a sweep, which ends when it may not mark.
func (r *bytesRace) sweep(s *store.Store) []func() bool {
	free := false
	return []func() bool{
		func() bool {
			write(r.t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				free, err = tx.MarkSweep(ctx, digest(r.name))
				return err
			})
			return true
		},
		func() bool {
			if free {
				if err := r.blobs.Delete(r.t.Context(), r.key()); err != nil {
					r.t.Error(err)
				}
			}
			return true
		},
		func() bool {
			if free {
				write(r.t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UnmarkSweep(ctx, digest(r.name)) })
			}
			return true
		},
	}
}

// run takes steps in an order: 0 is the phone. What waits goes on, from the bytes, when the sweeps are over.
func (r *bytesRace) run(order []int) {
	actors := [][]func() bool{r.phone(), r.sweep(r.copies[1]), r.sweep(r.copies[2])}
	if err := r.blobs.Put(r.t.Context(), r.key(), []byte(r.name)); err != nil {
		r.t.Fatal(err)
	}
	at, waits := [3]int{}, false
	for _, actor := range order {
		if actor == 0 && waits {
			continue
		}
		if actors[actor][at[actor]]() {
			at[actor]++
		} else {
			waits = true
		}
	}
	if waits {
		steps := actors[0]
		for n := min(at[0], 1); n < len(steps); n++ {
			if !steps[n]() {
				r.t.Errorf("%v: step %d of the phone still waits when the sweeps are over", order, n)
			}
		}
	}
	body, _, err := r.blobs.Open(r.t.Context(), r.key())
	if err != nil {
		r.t.Errorf("%v: the photo is %s and its bytes are gone: %v", order, photoOf(r.t, r.copies[0], r.name).State, err)
		return
	}
	if err := body.Close(); err != nil {
		r.t.Error(err)
	}
	if got := photoOf(r.t, r.copies[0], r.name).State; got != inspect.PhotoSafe {
		r.t.Errorf("%v: the photo is %s", order, got)
	}
}

// orders gives every way to mix the steps of actors, each of which has three.
func orders(actors int) (all [][]int) {
	var mix func(done []int, left []int)
	mix = func(done, left []int) {
		over := true
		for actor, n := range left {
			if n == 0 {
				continue
			}
			over = false
			left[actor]--
			mix(append(append([]int{}, done...), actor), left)
			left[actor]++
		}
		if over {
			all = append(all, done)
		}
	}
	left := make([]int, actors)
	for n := range left {
		left[n] = 3
	}
	mix(nil, left)
	return all
}

func TestNoSweepTakesThePhotoOfAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		r := &bytesRace{t: t, copies: [3]*store.Store{storetest.Open(t, o), storetest.Open(t, o), storetest.Open(t, o)}}
		found(t, r.copies[0])
		insert(t, r.copies[0], reported("issue"))
		row := issueOf(t, r.copies[0], "issue")
		r.issue = &row
		var err error
		if r.blobs, err = dirblob.Open(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		for _, sweeps := range []int{1, 2} {
			for n, order := range orders(1 + sweeps) {
				if sweeps == 1 || n%13 == 0 { // 20 orders, and some of 1,680
					r.name = fmt.Sprint(sweeps, "/", n)
					r.run(order)
				}
			}
		}
	})
}

func TestSweepMarks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, c := ticking(t, o)
		found(t, s)
		insert(t, s, reported("issue"))
		row := issueOf(t, s, "issue")
		mark := func(name string) (free bool) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				free, err = tx.MarkSweep(ctx, digest(name))
				return err
			})
			return free
		}
		for _, p := range []inspect.Photo{declared("declared", "issue"), declared("safe", "issue"), declared("withdrawn", "issue"), declared("erased", "issue")} {
			declare(t, s, p)
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				switch p.ID {
				case id("safe"):
					return tx.SetPhotoSafe(ctx, p)
				case id("withdrawn"):
					return tx.SetPhotoState(ctx, p, inspect.PhotoWithdrawn, id("action"))
				case id("erased"):
					return tx.SetPhotoState(ctx, p, inspect.PhotoErased, id("action"))
				}
				return nil
			})
		}
		for name, want := range map[string]bool{"declared": false, "safe": false, "withdrawn": true, "erased": true, "stray": true} {
			if got := mark(name); got != want {
				t.Errorf("%s may be swept: got %t, want %t", name, got, want)
			}
			if mark(name) {
				t.Errorf("%s may be swept twice at once", name)
			}
		}
		again := declared("again", "issue")
		again.SHA256 = digest("stray")
		arrive := func(ctx context.Context, tx *store.Tx) error { return tx.InsertPhoto(ctx, &row, again) }
		if err := s.Write(t.Context(), arrive); !errors.Is(err, inspect.ErrUnavailable) {
			t.Errorf("a photo whose bytes are being swept: got %v, want %v", err, inspect.ErrUnavailable)
		}
		c.pass(time.Hour) // whoever marked has died
		if !mark("withdrawn") {
			t.Error("what a sweep that died had marked cannot be swept")
		}
		write(t, s, arrive)
		if mark("stray") {
			t.Error("the bytes of a declared photo may be swept, since a sweep that died had marked them")
		}
	})
}

// TestMarkAndDeclarationTakeTurns holds one transaction open in the middle while the other runs.
func TestMarkAndDeclarationTakeTurns(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, other := storetest.Open(t, o), storetest.Open(t, o)
		found(t, s)
		insert(t, s, reported("issue"))
		row := issueOf(t, s, "issue")
		within := func(first, second member) (errs [2]error) {
			ended := make(chan error)
			errs[0] = s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				err := first(ctx, tx)
				go func() { ended <- once(t, other, second) }()
				if o.URL != "" {
					for raw := storetest.Raw(t, o); ask[int](t, raw, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'") == 0; {
					}
				}
				return err
			})
			errs[1] = <-ended
			return errs
		}
		free := false
		mark := func(ctx context.Context, tx *store.Tx) (err error) {
			free, err = tx.MarkSweep(ctx, digest("photo"))
			return err
		}
		declares := func(ctx context.Context, tx *store.Tx) error {
			return tx.InsertPhoto(ctx, &row, declared("photo", "issue"))
		}
		if errs := within(mark, declares); errs[0] != nil || errs[1] == nil || !free {
			t.Errorf("declared while it was being marked: got %v, marked %t; want the declaration refused", errs, free)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UnmarkSweep(ctx, digest("photo")) })
		if errs := within(declares, mark); errs[0] != nil || errs[1] != nil || free {
			t.Errorf("marked while it was being declared: got %v, marked %t; want it left alone", errs, free)
		}
	})
}
