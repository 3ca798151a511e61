package store_test

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

func TestTheOtherRegistersAreReadBack(t *testing.T) {
	t.Parallel()
	rule := inspect.Responsibility{ID: id("rule"), Number: 12, Unit: id("bureau"), Area: id("Longhua"), Category: "08012", Group: "street", Leader: "陈",
		LeaderID: id("leader"), Contact: "王",
		Assisting: []inspect.ID{id("north crew"), id("contractor")}, Note: "两巡", Span: inspect.Span{From: "2026-01-01", To: "2026-12-31"},
		AutoAssign: true, Enabled: true, CreatedAt: at(1), UpdatedAt: at(2)}
	front := inspect.Agreement{ID: id("front"), Spot: id("shop"), Unit: id("bureau"), Kind: "letter", Span: rule.Span, SignedBy: "李",
		Scan: inspect.Scan{SHA256: "5a", Bytes: 90, Type: "jpeg"}, Enabled: true, CreatedAt: at(1), UpdatedAt: at(2)}
	wantFilled(t, rule)
	wantFilled(t, shop)
	wantFilled(t, front)
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		wantRegisters(t, s, rule, shop, front)
		rule, shop, front := rule, shop, front
		rule.Unit, rule.Area, rule.Category, rule.Group, rule.Leader, rule.Contact, rule.Assisting, rule.Note, rule.AutoAssign = id("contractor"),
			id("Meilan"), "", "", "", "", nil, "", false
		rule.LeaderID = inspect.ID{}
		rule.Span, rule.Enabled, rule.UpdatedAt = inspect.Span{From: "2027-01-01"}, false, at(9)
		shop.Kind, shop.Name, shop.Number, shop.Point, shop.Datum, shop.OriginalPoint, shop.Area, shop.Unit = "bin", "桶", "",
			geo.Point{Lat: 1, Lon: 2}, geo.WGS84, geo.Point{Lat: 1, Lon: 2}, inspect.ID{}, inspect.ID{}
		shop.Contact, shop.Contractor, shop.Permit, shop.Vehicles, shop.Span, shop.Enabled, shop.UpdatedAt = "", "", "", nil, rule.Span, false, at(9)
		front.Spot, front.Unit = inspect.ID{}, id("contractor")
		front.Kind, front.Span, front.SignedBy, front.Scan, front.Enabled, front.UpdatedAt = "three_fronts", rule.Span, "", inspect.Scan{}, false, at(9)
		wantRegisters(t, s, rule, shop, front)
	})
}

// wantRegisters saves a row of each register and reads it back.
func wantRegisters(t *testing.T, s *store.Store, rule inspect.Responsibility, spot inspect.Spot, front inspect.Agreement) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.SaveResponsibility(ctx, rule), tx.SaveSpot(ctx, spot), tx.SaveAgreement(ctx, front))
	})
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		gotRule, okRule, errRule := tx.Responsibility(ctx, rule.ID)
		gotSpot, okSpot, errSpot := tx.Spot(ctx, spot.ID)
		gotFront, okFront, errFront := tx.Agreement(ctx, front.ID)
		same(t, "rule", gotRule, rule)
		same(t, "place", gotSpot, spot)
		same(t, "agreement", gotFront, front)
		if !okRule || !okSpot || !okFront {
			t.Errorf("got %t, %t, %t, want all there", okRule, okSpot, okFront)
		}
		errEach := tx.EachSpot(ctx, func(v inspect.Spot, misplaced bool) error {
			if misplaced {
				t.Errorf("%s lies elsewhere", v.Name)
			}
			return nil
		})
		return errors.Join(errRule, errSpot, errFront, errEach)
	})
}

func TestSpotsNearAgainstAllSpots(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		r := rand.New(rand.NewPCG(5, 26))
		anywhere := func() geo.Point { return geo.Point{Lat: 20 + 0.02*r.Float64(), Lon: 110.3 + 0.02*r.Float64()} }
		var all []inspect.Spot
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			all = nil
			for n := range 600 {
				v := inspect.Spot{ID: inspect.NewID(), Kind: inspect.SpotKinds[n%3], Point: anywhere(), Span: inspect.Span{From: "2026-01-01"}, Enabled: n%7 > 0}
				switch n % 11 {
				case 1:
					v.To = "2026-11-24"
				case 2:
					v.From = "2026-11-26"
				case 3:
					v.To = "2026-11-25"
				}
				if err := tx.SaveSpot(ctx, v); err != nil {
					return err
				}
				all = append(all, v)
			}
			return nil
		})
		met := 0
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for n := range 200 {
				here, radius, kind := anywhere(), 1000*r.Float64(), append(inspect.SpotKinds[:3:3], "")[n%4]
				want := []inspect.ID{}
				for _, v := range nearestFirst(all, here) {
					if v.InUse("2026-11-25") && geo.Distance(here, v.Point) <= radius && (kind == "" || v.Kind == kind) && len(want) < 10 {
						want = append(want, v.ID)
					}
				}
				near, whole, err := tx.NearbySpots(ctx, here, radius, kind, "2026-11-25", 10)
				if err != nil || !whole {
					t.Fatalf("got whole %t, %v", whole, err)
				}
				got := []inspect.ID{}
				for _, v := range near {
					if got = append(got, v.ID); v.Metres != geo.Distance(here, v.Point) {
						t.Errorf("got %f m, want %f", v.Metres, geo.Distance(here, v.Point))
					}
				}
				if met += len(got); !slices.Equal(got, want) {
					t.Errorf("%s within %.0f m of %v: got %v, want %v", kind, radius, here, got, want)
				}
			}
			return nil
		})
		if met < 500 {
			t.Errorf("only %d places were near", met)
		}
	})
}

func nearestFirst(all []inspect.Spot, here geo.Point) []inspect.Spot {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b inspect.Spot) int {
		return cmp.Compare(geo.Distance(here, a.Point), geo.Distance(here, b.Point))
	})
	return all
}
