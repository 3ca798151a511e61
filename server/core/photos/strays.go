package photos

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Bounds of a sweep.
const (
	strayAge   = 24 * time.Hour     // how old bytes are that no row names before a sweep takes them
	strayEvery = 7 * 24 * time.Hour // from the end of one sweep of originals to the next
	strayTime  = 30 * time.Second   // after which a sweep goes on in its next turn
	strayBatch = 500                // keys that the database is asked for at once
)

// SweepStrays asks for originals to be removed that no row names.
type SweepStrays struct{}

// Kind names the job.
func (SweepStrays) Kind() string { return "strays.sweep" }

// Queue keeps it apart: it looks at every key of a city.
func (SweepStrays) Queue() string { return city.UpkeepQueue }

// Unique is that one sweep is enough.
func (SweepStrays) Unique() bool { return true }

// originalFolders are how many folders originals lie in, by the first byte of their digest.
const originalFolders = 256

// SweepStrays removes originals that no row names, the trace of uploads that crashed before their row: once a week, folder by folder.
// It gives ErrNotYet when it goes on later.
func (svc *Service) SweepStrays(ctx context.Context) (removed int, err error) {
	const name = "strays"
	var at store.Upkeep
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		at, err = tx.Upkeep(ctx, name)
		return err
	}); err != nil {
		return 0, err
	}
	began, folder := svc.now(), 0
	if at.Cursor == "" && inspect.At(began) < at.DoneAt.Add(strayEvery) {
		return 0, nil
	}
	if at.Cursor != "" {
		if _, err := fmt.Sscanf(at.Cursor, "%x", &folder); err != nil {
			return 0, fmt.Errorf("photos: sweep from %q: %w", at.Cursor, err)
		}
	}
	for ; folder < originalFolders; folder++ {
		n, err := svc.sweepFolder(ctx, fmt.Sprintf("photo/%02x/", folder))
		if removed += n; err != nil {
			return removed, err
		}
		if at.Cursor = fmt.Sprintf("%02x", folder+1); folder == originalFolders-1 {
			at = store.Upkeep{DoneAt: inspect.At(svc.now())}
		}
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SetUpkeep(ctx, name, at) }); err != nil {
			return removed, err
		}
		if at.Cursor != "" && svc.now().Sub(began) > strayTime {
			return removed, city.ErrNotYet
		}
	}
	return removed, nil
}

// sweepFolder removes the strays of one folder.
func (svc *Service) sweepFolder(ctx context.Context, folder string) (removed int, err error) {
	strays, err := svc.strays(ctx, folder, func(tx *store.Tx, ctx context.Context, keys []string) (map[string]bool, error) {
		sums := make([]string, len(keys))
		for n, key := range keys {
			sums[n] = key[strings.LastIndexByte(key, '/')+1:]
		}
		named, err := tx.DigestsNamed(ctx, sums)
		for n, key := range keys {
			named[key] = named[sums[n]] || len(sums[n]) != 2*sha256.Size // an audit tells of those, nothing takes them
		}
		return named, err
	})
	if err != nil {
		return 0, err
	}
	for _, key := range strays {
		if err := svc.removeOriginal(ctx, key[strings.LastIndexByte(key, '/')+1:]); err == nil {
			removed++
		} else if !errors.Is(err, ErrLocked) { // those are tried again the next time
			return removed, err
		}
	}
	return removed, nil
}

// strays gives what lies under a prefix since strayAge and is not named by any row, as one question for many keys says.
func (svc *Service) strays(ctx context.Context, prefix string, named func(*store.Tx, context.Context, []string) (map[string]bool, error)) (strays []string, err error) {
	var batch []string
	ask := func() error {
		return svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
			known, err := named(tx, ctx, batch)
			for _, key := range batch {
				if err == nil && !known[key] {
					strays = append(strays, key)
				}
			}
			batch = batch[:0]
			return err
		})
	}
	err = svc.blobs.List(ctx, prefix, func(key string, info blob.Info) error {
		if svc.now().Sub(info.ModifiedAt) < strayAge {
			return nil
		}
		if batch = append(batch, key); len(batch) < strayBatch {
			return nil
		}
		return ask()
	})
	if err == nil && len(batch) > 0 {
		err = ask()
	}
	return strays, city.AsUnavailable(err)
}
