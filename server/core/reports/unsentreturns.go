package reports

import (
	"context"
	"fmt"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// What people are told of returns.
const (
	remindReturn  = "return.due"     // on the day on which it is due
	remindMissing = "return.missing" // once that time is over

)

// UnsentReturns tells units on the day on which a return is due, and after that those above them and the office as well.
func (svc *Service) UnsentReturns(ctx context.Context, tx *store.Tx) (all []messages.Notification, err error) {
	formula, err := figures.ScoreFormula.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	today := closure.DayOf(tx.Now, svc.zone)
	owed, err := svc.owedReturns(ctx, tx, closure.StartOfDay(today-messages.StepDays, svc.zone), closure.StartOfDay(today+1, svc.zone), time.Weekday(formula.WeekStart))
	if err != nil {
		return nil, err
	}
	var units []inspect.ID
	for n := range owed {
		units = issues.AppendID(units, owed[n].Unit)
	}
	names, err := tx.NodeNames(ctx, store.UnitTree, units)
	if err != nil {
		return nil, err
	}
	type late struct {
		unit inspect.ID
		late bool
	}
	told := map[late][]messages.Recipient{} // a unit owes much in a week, and its people are looked up once
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
			recipients := messages.StepRecipients
			if who.late {
				recipients = messages.LateStepRecipients
			}
			if to, err = recipients(ctx, tx, who.unit); err != nil {
				return nil, err
			}
			told[who] = to
		}
		all = append(all, messages.Notification{To: to, NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%s/%s/%s", kind, o.Form.ID,
			o.From, o.Unit), Type: kind, At: tx.Now,
			Facts: store.IssueSummary{Number: names[o.Unit] + " " + o.Form.Name + " " + o.Period, Unit: o.Unit}}})
	}
	return all, nil
}
