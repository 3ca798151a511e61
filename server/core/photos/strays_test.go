package photos_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/core"
	"spotcheck/server/core/city"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// listed is a blob store that notes which prefixes were listed.
type listed struct {
	blob.Store
	prefixes []string
}

// List notes, then lists.
func (l *listed) List(ctx context.Context, prefix string, f func(string, blob.Info) error) error {
	l.prefixes = append(l.prefixes, prefix)
	return l.Store.List(ctx, prefix, f)
}

// TestASweepOfStraysGoesOnWhereItStopped lets time run out within a sweep, again and again, then asks when the next one begins.
func TestASweepOfStraysGoesOnWhereItStopped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		dir, err := dirblob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		now, tick := time.Now().Add(48*time.Hour), time.Second // what is put now is old
		blobs := &listed{Store: dir}
		c := core.New(core.Options{Store: storetest.Open(t, o), Blobs: blobs, Zone: time.UTC, Log: slog.New(slog.DiscardHandler),
			Now: func() time.Time { now = now.Add(tick); return now }, Gate: photo.NewPixelSemaphore(1)})
		puts := func(n int) {
			t.Helper()
			for k := range n {
				sum := sha256.Sum256(fmt.Append(nil, "stray", k))
				if err := dir.Put(t.Context(), photos.OriginalKey(hex.EncodeToString(sum[:])), []byte("of nobody")); err != nil {
					t.Fatal(err)
				}
			}
		}
		sweeps := func() (removed, turns int) {
			t.Helper()
			for turns = 1; ; turns++ {
				n, err := c.Photos.SweepStrays(t.Context())
				if removed += n; err == nil {
					return removed, turns
				}
				if !errors.Is(err, city.ErrNotYet) || turns > 256 {
					t.Fatalf("turn %d: %v", turns, err)
				}
			}
		}
		puts(40)
		if removed, turns := sweeps(); removed != 40 || turns < 3 {
			t.Errorf("%d strays were removed in %d turns, want 40 in several", removed, turns)
		}
		seen := map[string]int{}
		for _, prefix := range blobs.prefixes {
			seen[prefix]++
		}
		for prefix, n := range seen {
			if n > 1 {
				t.Errorf("%s was listed %d times in one sweep", prefix, n)
			}
		}
		if len(seen) != 256 {
			t.Errorf("%d folders were listed, want all 256", len(seen))
		}
		tick = 0
		puts(3)
		if removed, _ := sweeps(); removed != 0 {
			t.Errorf("%d were removed by a sweep in the same week", removed)
		}
		now = now.Add(7 * 24 * time.Hour)
		if removed, turns := sweeps(); removed != 3 || turns != 1 {
			t.Errorf("a week later %d strays were removed in %d turns, want 3 in one", removed, turns)
		}
	})
}

// TestASweepTakesStraysAlone has more keys in a folder than one question to the database holds, most of which are no digests.
func TestASweepTakesStraysAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		dir, err := dirblob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		c := core.New(core.Options{Store: storetest.Open(t, o), Blobs: dir, Zone: time.UTC, Log: slog.New(slog.DiscardHandler), Gate: photo.NewPixelSemaphore(1),
			Now: func() time.Time { return time.Now().Add(48 * time.Hour) }})
		for n := range 1100 {
			if err := dir.Put(t.Context(), fmt.Sprintf("photo/ab/%d", n), []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		stray := "photo/ab/ab" + strings.Repeat("0", 62)
		if err := dir.Put(t.Context(), stray, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Photos.SweepStrays(t.Context()); n != 1 || err != nil {
			t.Errorf("removed %d, %v, want one", n, err)
		}
		if _, err := dir.Stat(t.Context(), stray); !errors.Is(err, blob.ErrNotExist) {
			t.Errorf("the stray: %v, want none", err)
		}
	})
}
