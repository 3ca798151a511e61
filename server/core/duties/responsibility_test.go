package duties

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// registers fills a city of 5,000 areas and 10,000 rules: five levels, two rules for each area, a hundred over the whole.
func registers(b *testing.B, c *Service) (areas []inspect.ID) {
	b.Helper()
	groups := []string{"litter", "posters", "street_order", "facility"}
	levels := []struct {
		level inspect.AreaLevel
		up    int // how many share a parent
	}{{"city", 0}, {"district", 1}, {"street", 20}, {"community", 10}, {"grid", 10}, {"road", 5}}
	counts := []int{1, 4, 40, 200, 1200, 3555}
	var all []inspect.Area
	for n, l := range levels {
		above := all
		if n > 0 {
			above = all[len(all)-counts[n-1]:]
		}
		for k := range counts[n] {
			a := inspect.Area{ID: inspect.NewID(), Name: fmt.Sprintf("%s %d", l.level, k), Level: l.level, Enabled: true}
			if n > 0 {
				a.Parent = above[k%len(above)].ID
			}
			all = append(all, a)
		}
	}
	var units []inspect.Unit
	for n := range 40 {
		units = append(units, inspect.Unit{ID: inspect.NewID(), Name: fmt.Sprint("环卫 ", n), Kind: "bureau", Enabled: true})
	}
	write(b, c, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		for n := range 100 {
			if err := tx.SaveCategory(ctx, inspect.Category{Code: fmt.Sprintf("%05d", n), NameZH: "垃圾", NameEN: "litter", Group: groups[n%4],
				Limit: 1, LimitUnit: "working_hour", Enabled: true}); err != nil {
				return err
			}
		}
		for _, u := range units {
			if err := tx.SaveUnit(ctx, u); err != nil {
				return err
			}
		}
		for _, a := range all {
			if err := tx.SaveArea(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
	write(b, c, func(ctx context.Context, tx *store.Tx) error {
		for n := range 10_000 {
			v := inspect.Responsibility{ID: inspect.NewID(), Number: int64(n + 1), Unit: units[n/7%40].ID, Area: all[n*7%len(all)].ID,
				Span: inspect.Span{From: "2020-01-01"}, Enabled: true}
			if n%3 == 0 {
				v.Group = groups[n%4]
			}
			if n < 100 {
				v.Area, v.Group, v.Category = all[0].ID, "", fmt.Sprintf("%05d", n)
			}
			if err := tx.SaveResponsibility(ctx, v); err != nil {
				return err
			}
		}
		return nil
	})
	for _, a := range all[len(all)-1000:] {
		areas = append(areas, a.ID)
	}
	return areas
}

func write(b *testing.B, c *Service, f func(context.Context, *store.Tx) error) {
	b.Helper()
	if err := c.store.Write(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

// office makes the room, with those below it, on a database.
func office(b *testing.B, o store.Options) *Service {
	b.Helper()
	n := Needs{Store: storetest.Open(b, o), Zone: time.FixedZone("city", 8*3600)}
	n.City = city.New(city.Needs{Store: n.Store, Zone: n.Zone})
	n.Issues = issues.New(issues.Needs{Store: n.Store, Zone: n.Zone, City: n.City})
	n.Places = places.New(places.Needs{Store: n.Store, Zone: n.Zone, City: n.City})
	return New(n)
}

func filledOffice(b *testing.B, name string) (*Service, []inspect.ID) {
	b.Helper()
	o := storetest.Empty(b, name)
	c := office(b, o)
	areas := registers(b, c)
	// 60,000 issues, past the store: what is counted is which area and item they name
	if _, err := storetest.Raw(b, o).ExecContext(b.Context(), `INSERT INTO person (uid, name, display_name, staff_number, phone, password, disabled, created_at, updated_at)
		SELECT uid, 'lin', '', '', '', '', FALSE, 0, 0 FROM unit WHERE id = 1`); err != nil {
		b.Fatal(err)
	}
	if _, err := storetest.Raw(b, o).ExecContext(b.Context(), `INSERT INTO issue (uid, number, status, version, category, severity, source, place, line, area, reporter,
		on_the_spot,
			reported_at, sent_at, received_at, filed_at, assigned_at, due_at, fixed_at, closed_at, changed_at, updated_at, asked_at, returns, rejected, used_ms, rework,
			false_fixes, late, before, own_due_at, photos_declared, photos_safe, content_salt, content_seal)
		WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 60000)
		SELECT CAST(CAST(k AS TEXT) AS `+map[string]string{storetest.SQLite: "BLOB",
		storetest.Postgres: "BYTEA"}[name]+`), CAST(k AS TEXT), CASE k % 3 WHEN 0 THEN 'reported' ELSE 'verified' END,
			1, 1 + k % 100, 'normal', 'patrol', '', '', 1 + k * 7 % 5000, 1, FALSE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, FALSE, '', 0, 0, 0, '',
				'' FROM n`); err != nil {
		b.Fatal(err)
	}
	return c, areas
}

// BenchmarkProposal is one proposal of a unit with its reason, as the view of an issue makes it.
func BenchmarkProposal(b *testing.B) {
	for _, name := range []string{storetest.SQLite, storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			c, areas := filledOffice(b, name)
			n := 0
			for b.Loop() {
				v := issues.View{IssueRow: store.IssueRow{Issue: inspect.Issue{Status: inspect.Reported, Area: areas[n%len(areas)], Category: fmt.Sprintf("%05d", n%100)}}}
				if err := c.store.Read(b.Context(), func(ctx context.Context,
					tx *store.Tx) error {
					return c.FindResponsible(ctx, tx, &v)
				}); err != nil || len(v.Responsible) == 0 {
					b.Fatalf("got %v, %v", v.Responsible, err)
				}
				n++
			}
		})
	}
}

// BenchmarkGaps is one page of gaps and clashes.
func BenchmarkGaps(b *testing.B) {
	for _, name := range []string{storetest.SQLite, storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			c, _ := filledOffice(b, name)
			a := &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}}}}
			for b.Loop() {
				if page, err := c.Gaps(b.Context(), a, GapFilter{}, nil, 50); err != nil || page.Total == 0 {
					b.Fatalf("got %+v, %v", page, err)
				}
			}
		})
	}
}

// BenchmarkNearSpots is the look for places that a report of mud may be about, among 20,000 places of a city of 10 by 10 km.
func BenchmarkNearSpots(b *testing.B) {
	for _, name := range []string{storetest.SQLite, storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			c := office(b, storetest.Empty(b, name))
			r := rand.New(rand.NewPCG(5, 5))
			anywhere := func() geo.Point { return geo.Point{Lat: 20 + 0.09*r.Float64(), Lon: 110.3 + 0.095*r.Float64()} }
			write(b, c, func(ctx context.Context, tx *store.Tx) error {
				for n := range 20_000 {
					kind := inspect.SpotKinds[n%len(inspect.SpotKinds)]
					if err := tx.SaveSpot(ctx, inspect.Spot{ID: inspect.NewID(), Kind: kind, Point: anywhere(),
						Span: inspect.Span{From: "2020-01-01"}, Enabled: true}); err != nil {
						return err
					}
				}
				return errors.Join(tx.LockRegisters(ctx), tx.SaveCategory(ctx, inspect.Category{Code: "08012", Group: places.RoadMud}))
			})
			for b.Loop() {
				v := issues.View{IssueRow: store.IssueRow{Issue: inspect.Issue{Status: inspect.Reported, Category: "08012", Place: &inspect.Place{Point: anywhere()}}}}
				if err := c.store.Read(b.Context(), func(ctx context.Context, tx *store.Tx) error { return c.places.NearSpotsOf(ctx, tx, &v) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
