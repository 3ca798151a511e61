package demo

import (
	"context"
	"encoding/json"
	"time"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/rounds"
)

// patrolDays is how long before the end of the story the patrols begin.
const patrolDays = 10

// patrol makes a duty of the first district, two to three patrols a week on the streets of it; every evening its rounds are made, but for one that is
// missed and one that is excused.
func (o *office) patrol(ctx context.Context) error {
	district := o.city.districts()[0]
	d := inspect.Duty{ID: o.city.id("duty", "patrols"), Name: "街巷日常巡查", Kind: inspect.Patrol, Subject: inspect.VisitArea, Area: o.city.id("area", district),
		Each: 4, Schedule: duty.Schedule{Every: duty.Week, Least: 2, Most: 3, Weekdays: []int{1, 2, 3, 4, 5, 6}, RestDays: duty.NoHolidays},
		Holds: inspect.Span{From: o.today()}}
	for _, p := range o.city.inspectors[district] {
		d.People = append(d.People, p.ID)
	}
	d.Each = min(d.Each, len(d.People))
	if _, _, _, err := o.core.Rounds.PutDuty(ctx, o.city.clerks["office1"], d); err != nil {
		return err
	}
	evening := o.clock.Now().Truncate(24 * time.Hour).Add(11 * time.Hour) // 19:00 in the city
	for day := range patrolDays {
		o.later(evening.AddDate(0, 0, day), func(ctx context.Context) error { return o.walk(ctx, district, day) })
	}
	return nil
}

// walk makes the rounds of a day, each by whose turn it is.
func (o *office) walk(ctx context.Context, district string, day int) error {
	if err := o.core.Rounds.Open(ctx, rounds.OpenRounds{}); err != nil {
		return err
	}
	n := 0
	for _, by := range o.city.inspectors[district] {
		mine, _, err := o.core.Rounds.MyRounds(ctx, by)
		if err != nil {
			return err
		}
		for _, r := range mine {
			if !r.MyTurn || r.State != inspect.RoundOpen {
				continue
			}
			switch n++; {
			case day == 3 && n == 1: // it is missed
				continue
			case day == 3 && n == 2:
				if _, _, _, err := o.core.Rounds.ExcuseRound(ctx, o.city.clerks["office1"], r.ID, "道路施工封闭"); err != nil {
					return err
				}
				continue
			}
			if err := o.endRound(ctx, by, r, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *office) endRound(ctx context.Context, by *inspect.Actor, r rounds.RoundView, n int) error {
	content, err := json.Marshal(map[string]any{"round": r.ID})
	if err != nil {
		return err
	}
	done := rounds.EndedRound{ID: r.ID, Duty: r.Duty, Target: r.Target, DoneAt: o.now(), SentAt: o.now(), Content: content}
	if n%3 == 0 {
		done.Note = "发现两处积存垃圾，已当场清理"
		done.Quantities = []inspect.Quantity{{Kind: "dirty_spots", Amount: 200, Counted: true}, {Kind: "waste", Amount: 25}}
	}
	_, _, _, err = o.core.Rounds.EndRound(ctx, by, done)
	return err
}
