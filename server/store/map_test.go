package store_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// counted is the map of a city in Go.
func counted(city []listed, f geo.CellGrid, sees func(*listed) bool) (clusters map[int64]store.Cluster) {
	clusters = map[int64]store.Cluster{}
	for n := range city {
		i := &city[n]
		if i.Place == nil || !sees(i) {
			continue
		}
		cell := geo.CellAt(geo.Cell(i.Place.Point), f.Level)
		c := clusters[cell]
		counter := map[inspect.Status]*int64{inspect.Reported: &c.Reported, inspect.Assigned: &c.Assigned, inspect.Fixed: &c.Fixed, inspect.Verified: &c.Verified}[i.Status]
		if counter == nil || !f.Contains(cell) {
			continue
		}
		before := float64(c.N())
		*counter++
		c.Cell = cell
		c.Middle = geo.Point{Lat: (c.Middle.Lat*before + i.Place.Lat) / (before + 1), Lon: (c.Middle.Lon*before + i.Place.Lon) / (before + 1)}
		clusters[cell] = c
	}
	return clusters
}

// live does something at random to some issues, in transactions of a few.
func live(t *testing.T, s *store.Store, r *rand.Rand, city []listed) {
	t.Helper()
	for range 30 {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for range 1 + r.IntN(8) {
				i := &city[r.IntN(len(city))].IssueRow
				if err := tx.LockIssues(ctx, i.ID); err != nil {
					return err
				}
				row, _, err := tx.Issue(ctx, i.ID)
				if err != nil {
					return err
				}
				work(r, &row)
				row.Area = areas[r.IntN(len(areas))].ID
				if r.IntN(5) == 0 {
					row.Area = inspect.ID{}
				}
				if err := tx.UpdateIssue(ctx, &row); err != nil {
					return err
				}
				*i = row
			}
			return nil
		})
	}
}

func TestTheMapAgainstAModel(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]store.ListBounds{"usual": {}, "walking": {Examined: 50_000, Small: 1, Sampled: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, o store.Options) {
				o.Bounds = b
				s, city := settle(t, o, 20261125, 300)
				r := rand.New(rand.NewPCG(4, 4))
				live(t, s, r, city)
				holdTheMap(t, s, r, city)
				write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.RebuildMap(ctx) })
				live(t, s, r, city)
				holdTheMap(t, s, r, city)
			})
		})
	}
}

// holdTheMap compares the map of everybody in many boxes with the model.
func holdTheMap(t *testing.T, s *store.Store, r *rand.Rand, city []listed) {
	t.Helper()
	everybody := sights(parentsOf())
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		wrong, err := tx.MapMiscounts(ctx, 10)
		if err != nil || len(wrong) > 0 {
			t.Errorf("got miscounts %v, %v, want none", wrong, err)
		}
		for n := range 80 {
			size := math.Pow(10, -3+4*r.Float64())
			b := geo.Box{South: 19.9 + 0.2*r.Float64(), West: 110.2 + 0.2*r.Float64()}
			b.North, b.East = b.South+size, b.West+size
			f := store.MapGrid(b, n%23)
			person := everybody[n%len(everybody)]
			var who store.IssueFilter
			person.set(&who)
			got, whole, err := tx.MapClusters(ctx, who.Viewer, f)
			if err != nil || !whole {
				t.Fatalf("got whole %v, %v", whole, err)
			}
			clusters := map[int64]store.Cluster{}
			for _, c := range got {
				clusters[c.Cell] = c
			}
			if d := cmp.Diff(counted(city, f, person.keep), clusters, cmpopts.IgnoreUnexported(store.Cluster{}), cmpopts.EquateApprox(0, 1e-6)); d != "" {
				t.Errorf("%v at zoom %d as %+v (-want +got):\n%s", b, n%23, who.Viewer.Grants, d)
			}
			if len(got) > 1024 || f.Size() > 1024 {
				t.Errorf("%v at zoom %d has %d clusters in %d cells", b, n%23, len(got), f.Size())
			}
		}
		return nil
	})
}

// TestMiscountsAreFound breaks the counts of the map in every way.
func TestMiscountsAreFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, _ := settle(t, o, 3, 30)
		db := storetest.Raw(t, o)
		for _, change := range []string{"UPDATE map_cell SET fixed = fixed + 1 WHERE level = 18", "DELETE FROM map_cell WHERE level = 8",
			"INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon) VALUES (10, 1, 0, 1, 0, 0, 0, 1, 1)",
			"UPDATE map_cell SET lat = lat + 1 WHERE level = 12"} {
			if _, err := db.ExecContext(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				wrong, err := tx.MapMiscounts(ctx, 5)
				if len(wrong) == 0 {
					t.Errorf("%s: got no miscount", change)
				}
				return err
			})
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.RebuildMap(ctx) })
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				wrong, err := tx.MapMiscounts(ctx, 5)
				if len(wrong) > 0 {
					t.Errorf("after counting anew: got %v, want none", wrong)
				}
				return err
			})
		}
	})
}
