package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// TestAPageIsBounded looks for one issue behind many: each page says how far it got, and says the same when it is asked again.
func TestAPageIsBounded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		o.Bounds = store.ListBounds{Examined: 50, Small: 10, Sampled: 20}
		s := storetest.Open(t, o)
		found(t, s)
		var rows []store.IssueRow
		for n := range 240 {
			row := reported(fmt.Sprint(n))
			row.Source = "patrol"
			if n == 3 {
				row.Source = "media"
			}
			rows = append(rows, row)
		}
		insert(t, s, rows...)
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			f := store.IssueFilter{Source: "media", Sort: store.NewestFirst, Limit: 10}
			for n := range 5 {
				page, next, err := tx.ListIssues(ctx, f)
				again, nextAgain, errAgain := tx.ListIssues(ctx, f)
				if err = errors.Join(err, errAgain); err != nil {
					return err
				}
				if len(again) != len(page) || (next == nil) != (nextAgain == nil) || next != nil && *next != *nextAgain {
					t.Errorf("page %d: got %d until %v, then %d until %v", n, len(page), next, len(again), nextAgain)
				}
				if last := n == 4; len(page) != map[bool]int{true: 1}[last] || (next == nil) != last {
					t.Errorf("page %d: got %d issues and more %v", n, len(page), next != nil)
				}
				f.Cursor = next
			}
			return nil
		})
	})
}

// TestNearIsExact asks for every distance around one, in places where a plane would be off.
func TestNearIsExact(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		r := rand.New(rand.NewPCG(7, 7))
		var points []geo.Point
		var rows []store.IssueRow
		for n := range 40 {
			p := geo.Point{Lat: 53 + r.Float64() - 0.5, Lon: 122 + 2*(r.Float64()-0.5)} // Mohe, the far north
			row := reported(fmt.Sprint(n))
			row.Place = &inspect.Place{Point: p, Datum: geo.WGS84, OriginalPoint: p}
			points, rows = append(points, p), append(rows, row)
		}
		insert(t, s, rows...)
		centre := geo.Point{Lat: 53, Lon: 122}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, p := range points {
				d := geo.Distance(centre, p)
				for _, radius := range []float64{d * 0.9999, d * 1.0001} {
					want := 0
					for _, q := range points {
						if geo.Distance(centre, q) <= radius {
							want++
						}
					}
					if got, _, err := tx.CountIssues(ctx, store.IssueFilter{Near: &centre, RadiusM: radius}); err != nil || got != want {
						t.Errorf("within %.1f m: got %d, %v, want %d", radius, got, err, want)
					}
				}
			}
			return nil
		})
	})
}
