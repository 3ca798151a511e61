package core

import (
	"context"
	"fmt"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"time"
)

// What people are told of returns.
const (
	remindReturn  = "return.due"     // on the day on which it is due
	remindMissing = "return.missing" // once that time is over
)

// unsentReturns tells units on the day on which a return is due, and after that those above them and the office as well.
func (c *Core) unsentReturns(ctx context.Context, tx *store.Tx) (all []Notice, err error) {
	formula, err := ScoreFormula.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	today := closure.DayOf(tx.Now, c.Zone)
	owed, err := c.owedReturns(ctx, tx, closure.StartOfDay(today-stepDays, c.Zone), closure.StartOfDay(today+1, c.Zone), time.Weekday(formula.WeekStart))
	if err != nil {
		return nil, err
	}
	var units []inspect.ID
	for n := range owed {
		units = add(units, owed[n].Unit)
	}
	names, err := tx.NodeNames(ctx, store.UnitTree, units)
	if err != nil {
		return nil, err
	}
	type late struct {
		unit inspect.ID
		late bool
	}
	told := map[late][]Told{} // a unit owes much in a week, and its people are looked up once
	for n := range owed {
		o := &owed[n]
		if o.Sent > 0 {
			continue
		}
		kind := remindReturn
		if o.State == inspect.ReturnMissing {
			kind = remindMissing
		}
		who := late{o.Unit, kind == remindMissing}
		to, known := told[who]
		if !known {
			if to, err = stepTo(ctx, tx, who.unit, who.late); err != nil {
				return nil, err
			}
			told[who] = to
		}
		all = append(all, Notice{To: to, NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%s/%s/%s", kind, o.Form.ID, o.From, o.Unit), Type: kind, At: tx.Now,
			Facts: store.IssueSummary{Number: names[o.Unit] + " " + o.Form.Name + " " + o.Period, Unit: o.Unit}}})
	}
	return all, nil
}
