package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// patrol is a duty whose rounds are kept by hand.
func patrol() *inspect.Duty {
	return &inspect.Duty{ID: inspect.NewID(), Name: "patrol", Kind: inspect.Patrol, Subject: inspect.VisitArea, People: []inspect.ID{inspect.NewID()},
		Schedule: duty.Schedule{Every: duty.Week, Least: 2, Most: 3}, Holds: inspect.Span{From: "2026-01-01"}, MadeBy: inspect.NewID()}
}

// TestARoundStandsInSQLAsInGo holds the state of random rounds in the database against that of inspect.Round.
func TestARoundStandsInSQLAsInGo(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		r := rand.New(rand.NewPCG(20, 23))
		running, ended := patrol(), patrol()
		const start = inspect.Time(1_000_000)
		near := func(now inspect.Time) inspect.Time { return now + inspect.Time(r.IntN(7)-3) }
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			ended.EndedAt = near(tx.Now)
			for _, d := range []*inspect.Duty{running, ended} {
				if err := tx.SaveDuty(ctx, d); err != nil {
					return err
				}
			}
			for n := range 600 {
				d := []*inspect.Duty{running, ended}[n%2]
				row := store.RoundRow{Round: inspect.Round{ID: inspect.NewID(), Duty: d.ID, Subject: inspect.VisitArea, Target: inspect.NewID(), Day: "2026-11-23", Period: "2026-11-23"}}
				if r.IntN(5) > 0 {
					row.Plan = inspect.RoundPlan{OpenedOn: "2026-11-23", N: 1, OpensAt: near(tx.Now) - 2, ClosesAt: near(tx.Now) + 2}
				}
				if r.IntN(3) == 0 || !row.Planned() {
					row.DoneAt = near(tx.Now)
				}
				if r.IntN(4) == 0 && row.Planned() {
					row.Excuse.At = start
				}
				if err := tx.SaveRound(ctx, &row); err != nil {
					return err
				}
			}
			all, _, err := tx.Rounds(ctx, store.RoundFilter{Limit: 1000})
			if err != nil {
				return err
			}
			want := map[inspect.RoundState]int{}
			for n := range all {
				want[all[n].State(tx.Now)]++
			}
			for _, state := range inspect.RoundStates {
				some, _, err := tx.Rounds(ctx, store.RoundFilter{State: state, Limit: 1000})
				if err != nil {
					return err
				}
				if len(some) != want[state] || want[state] == 0 {
					t.Errorf("%s: the database finds %d, Go %d", state, len(some), want[state])
				}
			}
			return nil
		})
	})
}

// TestComplianceIsThatOfItsRounds holds how far duties were kept by the database against windows that are counted in Go.
func TestComplianceIsThatOfItsRounds(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		r := rand.New(rand.NewPCG(31, 1))
		duties := []*inspect.Duty{patrol(), patrol(), patrol()}
		targets := []inspect.ID{inspect.NewID(), inspect.NewID(), inspect.NewID()}
		periods := []inspect.Date{"2026-11-16", "2026-11-23", "2026-11-30"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			near := func() inspect.Time { return tx.Now + inspect.Time(r.IntN(9)-4) }
			duties[1].EndedAt = near()
			for _, d := range duties {
				if err := tx.SaveDuty(ctx, d); err != nil {
					return err
				}
			}
			for n := range 300 {
				row := store.RoundRow{Round: inspect.Round{ID: inspect.NewID(), Duty: duties[r.IntN(3)].ID, Subject: inspect.VisitArea, Target: targets[r.IntN(3)],
					Day: "2026-11-23", Period: periods[r.IntN(3)]}}
				if r.IntN(4) > 0 {
					row.Plan = inspect.RoundPlan{OpenedOn: "2026-11-23", N: n, OpensAt: near() - 2, ClosesAt: near() + 2}
				}
				if r.IntN(2) == 0 || !row.Planned() {
					row.DoneAt = near()
				}
				if r.IntN(5) == 0 && row.Planned() {
					row.Excuse.At = 1
				}
				if err := tx.SaveRound(ctx, &row); err != nil {
					return err
				}
			}
			all, _, err := tx.Rounds(ctx, store.RoundFilter{From: "2026-11-01", Limit: 1000})
			if err != nil {
				return err
			}
			type window struct {
				duty, target inspect.ID
				period       inspect.Date
			}
			windows := map[window]duty.Window{}
			for n := range all {
				row := &all[n]
				if row.Period > periods[1] {
					continue
				}
				key := window{row.Duty, row.Target, row.Period}
				w := windows[key]
				switch state := row.State(tx.Now); {
				case state == inspect.RoundExcused:
					w.Excused++
					w.Planned++
				case state == inspect.RoundDone && !row.Planned():
					w.Done++
				case state == inspect.RoundDone:
					w.Done++
					w.Planned++
				case state == inspect.RoundMissed && row.Planned():
					w.Planned++
				}
				windows[key] = w
			}
			for _, by := range []store.ComplianceKey{store.ByDuty, store.ByTarget, store.ByPeriod} {
				want, got := map[window]duty.Compliance{}, map[window]duty.Compliance{}
				for key, w := range windows {
					key = map[store.ComplianceKey]window{store.ByDuty: {duty: key.duty}, store.ByTarget: {target: key.target}, store.ByPeriod: {period: key.period}}[by]
					c := want[key]
					c.Add(w, 1)
					want[key] = c
				}
				kept, err := tx.Compliance(ctx, store.RoundFilter{From: periods[0], To: periods[1]}, by)
				if err != nil {
					return err
				}
				for _, k := range kept {
					key := window{k.Duty, k.Target, k.Period}
					c := got[key]
					c.Add(k.Window, k.Times)
					got[key] = c
				}
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(window{})); diff != "" || len(want) < 2 {
					t.Errorf("by %s (-Go +database):\n%s", by, diff)
				}
			}
			return nil
		})
	})
}

// BenchmarkAYearOfRounds reads the plan of a week, compliance of the year and what nobody looked at: 2,000 sections twice a week for a year, 50,000 places.
func BenchmarkAYearOfRounds(b *testing.B) {
	s := storetest.Open(b, storetest.Ready(b, "sqlite"))
	d, sections := patrol(), make([]inspect.ID, 2000)
	for n := range sections {
		sections[n] = inspect.NewID()
	}
	first := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	must := func(f func(context.Context, *store.Tx) error) {
		b.Helper()
		if err := s.Write(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	must(func(ctx context.Context, tx *store.Tx) error { return tx.SaveDuty(ctx, d) })
	for week := range 52 {
		must(func(ctx context.Context, tx *store.Tx) error {
			for n, target := range sections {
				for k := range 2 {
					at := first.AddDate(0, 0, 7*week+3*k)
					row := store.RoundRow{Round: inspect.Round{ID: inspect.NewID(), Duty: d.ID, Subject: inspect.VisitArea, Target: target, Day: inspect.Date(at.Format(time.DateOnly)),
						Period: inspect.Date(first.AddDate(0, 0, 7*week).Format(time.DateOnly)), Plan: inspect.RoundPlan{OpenedOn: "2026-01-05", N: 1, OpensAt: inspect.At(at),
							ClosesAt: inspect.At(at.AddDate(0, 0, 1))}}}
					if (n+week+k)%9 > 0 {
						row.DoneAt = inspect.At(at.Add(time.Hour))
					}
					if err := tx.SaveRound(ctx, &row); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	for part := range 50 {
		must(func(ctx context.Context, tx *store.Tx) error {
			for n := range 1000 {
				if err := tx.SaveSpot(ctx, inspect.Spot{ID: inspect.NewID(), Kind: "bin", Name: fmt.Sprint(part, "-", n), Enabled: true, Span: inspect.Span{From: "2026-01-01"}}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for name, f := range map[string]func(context.Context, *store.Tx) error{
		"plan of a week": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.PlanCells(ctx, store.RoundFilter{From: "2026-11-23", To: "2026-11-29"})
			return err
		},
		"compliance of the year": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Compliance(ctx, store.RoundFilter{From: "2026-01-01", To: "2026-12-31"}, store.ByDuty)
			return err
		},
		"never visited of 50,000": func(ctx context.Context, tx *store.Tx) error {
			_, _, _, err := tx.NeverVisited(ctx, store.NeverLookedAt{Subject: inspect.VisitPlace, Kind: "bin", On: "2026-11-23", Limit: 50})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := s.Read(b.Context(), f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
