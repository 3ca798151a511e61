package core

import (
	"context"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
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
	Units      []WeekUnit // by group and rank
	Categories []WeekCategory
}

// thisWeek is the name of the week that is running, where a board asks for no other period.
const thisWeek = "now"

// Board gives the figures of a period as they stand now. It looks at sums, never at all issues.
func (c *Core) Board(ctx context.Context, a *inspect.Actor, ask ReportAsk) (b *Board, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, err := c.boardMaker(ctx, tx, a, ask)
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
		b = &Board{Period: m.period, Formula: m.formula, CutAt: tx.Now, Unfinished: closure.StartOfDay(m.period.To, c.Zone) > tx.Now}
		if b.CutEvent, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if b.Sheet, err = m.sheet(ctx, m.period.Span, store.RollUpUnits, store.RollUpCategories); err != nil {
			return err
		}
		none := closure.NewBreakdown()
		m.rank(b.Sheet, none)
		m.byCategory(b.Sheet, none)
		b.Units, b.Categories = m.Units, m.Categories
		return nil
	})
	return b, err
}

func (c *Core) boardMaker(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask ReportAsk) (*weekMaker, error) {
	if err := c.mayOver(ctx, tx, a, inspect.MaySeeReports, ask.Scope); err != nil {
		return nil, err
	}
	formula, err := ScoreFormula.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	m := &weekMaker{core: c, formula: formula, units: map[inspect.ID]inspect.Unit{}, Week: &Week{Language: ask.Language}}
	if ask.Period == thisWeek {
		m.period, err = closure.PeriodOf(closure.Week, closure.DayOf(tx.Now, c.Zone), time.Weekday(m.formula.WeekStart))
	} else {
		m.period, err = c.period(tx, ask.Period, &m.formula)
	}
	if err != nil {
		return nil, err
	}
	m.accounts, err = c.accounts(ctx, tx, ask.Scope, m.period.To)
	return m, err
}

// FigureLines are the issues behind the figures of a period as they stand now.
func (c *Core) FigureLines(ctx context.Context, a *inspect.Actor, ask ReportAsk) (lines []ReportLine, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, err := c.boardMaker(ctx, tx, a, ask)
		if err != nil {
			return err
		}
		lines, err = m.lines(ctx, m.period.Span)
		return err
	})
	return lines, err
}
