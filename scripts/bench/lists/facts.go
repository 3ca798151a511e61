package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// factColumns are those of a fact, in the order in which addFact gives them.
const factColumns = `issue n spell run last category area status own reported_at received_at filed assigned aside assign_by assigned_at taken holders due_at time_limit
	limit_unit held_until extended reworks false_fixes upheld wrong given_at shirked fixed_at on_the_spot verify_by checked_at closed_at unit counted gone_at due_day long_at calendar`

// addFact keeps what the figures count of an issue, and adds it to their sums.
func (f *filler) addFact(ctx context.Context, issue int64, category string, area inspect.ID, source inspect.Source, at int64, l *life) error {
	v := closure.Fact{Last: true, Category: category, Area: area, Status: l.status, Own: source == inspect.SourceUnit, ReportedAt: inspect.Time(at), ReceivedAt: inspect.Time(at + 2000),
		Filed: l.assigned != 0, Assigned: l.assigned != 0, AssignBy: inspect.Time(at + 1_800_000), AssignedAt: inspect.Time(l.assigned), Taken: l.assigned != 0, DueAt: inspect.Time(l.due),
		Limit: calendar.Limit{N: int((l.due - l.assigned) / 3_600_000), Unit: calendar.UrgentHour}, FixedAt: inspect.Time(l.fixed), ClosedAt: inspect.Time(l.closed)}
	v.Aside = v.Own
	holders := ""
	if l.assigned != 0 {
		v.Holders = []closure.Holder{{Unit: l.holder, From: v.AssignedAt}}
		holders = fmt.Sprintf("%s@%d", l.holder, l.assigned)
	}
	if l.fixed != 0 {
		v.VerifyBy = v.FixedAt + 4*3_600_000
		if l.status == inspect.Verified {
			v.CheckedAt = v.ClosedAt
		}
	}
	for _, c := range v.Cells(f.app.Core.Zone) {
		store.SumKeys(&c, func(k store.SumKey) {
			if f.sums[k] == nil {
				f.sums[k] = &closure.Counts{}
			}
			for _, of := range c.Of {
				f.sums[k][of]++
			}
		})
	}
	day, long := closure.DayOf(v.DueAt, f.app.Core.Zone), v.LongAt(f.calendar)
	unit := v.Unit()
	var unitBytes any
	if !unit.IsZero() {
		unitBytes = unit[:]
	}
	return f.fact.add(ctx, issue, 0, 0, 0, true, category, area[:], string(v.Status), v.Own, at, at+2000, v.Filed, v.Assigned, v.Aside, int64(v.AssignBy), l.assigned, v.Taken, holders, l.due,
		v.Limit.N, string(v.Limit.Unit), 0, false, 0, 0, false, false, 0, false, l.fixed, false, int64(v.VerifyBy), int64(v.CheckedAt), l.closed, unitBytes, v.Counted(), int64(v.GoneAt()),
		int(day), int64(long), f.calendar.Mark())
}

// writeSums keeps the sums of all facts.
func (f *filler) writeSums(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	b := newBulk(tx, f.postgres, "figure_sum", "?", strings.Fields("part kind grain day name counts")...)
	for k, c := range f.sums {
		text, err := c.MarshalText()
		if err != nil {
			return err
		}
		if err := b.add(ctx, k.Part, k.Kind, k.Grain, int(k.Day), k.Name, string(text)); err != nil {
			return err
		}
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	return tx.Commit()
}
