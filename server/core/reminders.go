package core

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// What people are told of beside issues. The number is that of the paper, or the year.
const (
	remindHolidays = "holidays.missing"
	remindUnsigned = "paper.unsigned"
)

// Times of reminders.
const (
	holidaysFrom  = time.November     // from its first day on next year's holidays should be known
	unsignedAfter = 24 * time.Hour    // a paper nobody has signed for goes up the ladder
	unsignedFor   = 8 * unsignedAfter // older ones were told of, or the server stood still for a week
	unsignedMost  = 2000              // papers looked at in one round
)

// Remind tells people what nobody did. It may run any number of times: each is told once, holidays once a week.
func (c *Core) Remind(ctx context.Context) error {
	var all []Notice
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, part := range []func(context.Context, *store.Tx) ([]Notice, error){c.missingHolidays, unsignedPapers} {
			some, err := part(ctx, tx)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("core: reminders: %w", err)
	}
	return c.TellAll(ctx, all)
}

// missingHolidays asks for next year's holidays, from 1 November on, until somebody has imported them.
func (c *Core) missingHolidays(ctx context.Context, tx *store.Tx) ([]Notice, error) {
	now := tx.Now.UTC().In(c.Zone)
	if now.Month() < holidaysFrom {
		return nil, nil
	}
	next := time.Date(now.Year()+1, time.January, 1, 0, 0, 0, 0, c.Zone)
	cal, err := c.calendar(ctx, tx)
	if err != nil || !cal.Provisional(next, next.AddDate(0, 0, 1)) {
		return nil, err
	}
	var to []Told
	for _, role := range []inspect.Role{inspect.Office, inspect.Admin} {
		holders, err := tx.HoldersOver(ctx, role, nil, nil)
		if err != nil {
			return nil, err
		}
		for _, people := range holders {
			for _, p := range people {
				to = append(to, Told{p, inspect.Normal})
			}
		}
	}
	year, week := now.ISOWeek()
	return []Notice{{To: to, Happening: store.Happening{Ref: fmt.Sprintf("%s/%d/%d-W%02d", remindHolidays, next.Year(), year, week),
		Type: remindHolidays, At: tx.Now, Facts: store.Facts{Number: strconv.Itoa(next.Year())}}}}, nil
}

// unsignedPapers tells those above a unit, and who issued it, of papers that nobody has signed for.
func unsignedPapers(ctx context.Context, tx *store.Tx) (all []Notice, err error) {
	papers, err := tx.UnsignedPapers(ctx, tx.Now.Add(-unsignedFor), tx.Now.Add(-unsignedAfter), unsignedMost)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		to, err := aboveUnsigned(ctx, tx, &p)
		if err != nil {
			return nil, err
		}
		all = append(all, Notice{To: to, Happening: store.Happening{Ref: remindUnsigned + "/" + p.ID.String(), Type: remindUnsigned, At: tx.Now,
			Facts: store.Facts{Number: p.Number, Unit: p.Unit}}})
	}
	return all, nil
}

func aboveUnsigned(ctx context.Context, tx *store.Tx, p *store.Paper) ([]Told, error) {
	people, err := contacts(ctx, tx, p.Unit)
	if err != nil {
		return nil, err
	}
	line, err := tx.Above(ctx, store.UnitTree, p.Unit)
	if err != nil {
		return nil, err
	}
	if len(line) > 1 {
		above, err := contacts(ctx, tx, line[1])
		if err != nil {
			return nil, err
		}
		people = append(people, above...)
	}
	var to []Told
	for _, id := range people {
		to = append(to, Told{id, inspect.Normal})
	}
	return append(to, Told{p.Issuer, inspect.Low}), nil
}
