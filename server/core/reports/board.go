package reports

import (
	"context"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// Board is the figures of a period as they stand now, without the lists of a report.
type Board struct {
	Period     closure.Period
	Unfinished bool
	CutEvent   int64
	CutAt      inspect.Time
	Formula    closure.Formula
	Sheet      *closure.Breakdown
	Units      []UnitRow // by group and rank
	Categories []CategoryRow
}

// thisWeek is the name of the week that is running, where a board asks for no other period.
const thisWeek = "now"

// Board gives the figures of a period as they stand now. It looks at sums, never at all issues.
func (svc *Service) Board(ctx context.Context, a *inspect.Actor, ask Request) (b *Board, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, err := svc.boardBuilder(ctx, tx, a, ask)
		if err != nil {
			return err
		}
		units, err := tx.Units(ctx)
		if err != nil {
			return err
		}
		for _, u := range units {
			m.units[u.ID] = u
		}
		b = &Board{Period: m.period, Formula: m.formula, CutAt: m.CutOff, Unfinished: closure.StartOfDay(m.period.To, svc.zone) > m.CutOff}
		if b.CutEvent, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if b.Sheet, err = m.Sheet(ctx, m.period.Span, store.RollUpUnits, store.RollUpCategories); err != nil {
			return err
		}
		if err := m.AddFixTimes(ctx, b.Sheet, m.period.Span); err != nil {
			return err
		}
		m.rank(b.Sheet, &previous{})
		m.byCategory(b.Sheet, &previous{})
		b.Units, b.Categories = m.Units, m.Categories
		return nil
	})
	return b, err
}

func (svc *Service) boardBuilder(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask Request) (*builder, error) {
	if err := svc.mayOver(ctx, tx, a, inspect.MaySeeReports, ask.Scope); err != nil {
		return nil, err
	}
	formula, err := figures.ScoreFormula.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	m := &builder{reports: svc, formula: formula, units: map[inspect.ID]inspect.Unit{}, Report: &Report{Language: ask.Language}}
	if ask.Period == thisWeek {
		m.period, err = closure.PeriodOf(closure.Week, closure.DayOf(tx.Now, svc.zone), time.Weekday(m.formula.WeekStart))
	} else {
		m.period, err = svc.period(tx, ask.Period, &m.formula)
	}
	if err != nil {
		return nil, err
	}
	m.Reader, err = svc.read(ctx, tx, ask, m.period)
	return m, err
}

// FigureLines are the issues behind the figures of a period as they stand now.
func (svc *Service) FigureLines(ctx context.Context, a *inspect.Actor, ask Request) (lines []figures.Line, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, err := svc.boardBuilder(ctx, tx, a, ask)
		if err != nil {
			return err
		}
		lines, err = m.Lines(ctx, m.period.Span)
		return err
	})
	return lines, err
}

// Glance is what somebody sees first of an issue behind a figure.
type Glance struct {
	Photo   inspect.ID // its first safe one; zero for none
	Address string
}

// Glances gives those of some issues.
func (svc *Service) Glances(ctx context.Context, ids []inspect.ID) (all map[inspect.ID]Glance, err error) {
	all = make(map[inspect.ID]Glance, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		texts, err := tx.TextsOf(ctx, ids, "address")
		if err != nil {
			return err
		}
		photos, err := tx.FirstPhotos(ctx, ids)
		for _, id := range ids {
			all[id] = Glance{Photo: photos[id], Address: texts[id]["address"]}
		}
		return err
	})
	return all, err
}
