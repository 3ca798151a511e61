package messages

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// What people are told of beside issues. The number is that of the paper, the year, or what the step of a plan is called.
const (
	remindHolidays = "holidays.missing"
)

// Times of reminders.
const (
	holidaysFrom = time.November // from its first day on next year's holidays should be known
	StepDays     = 8             // steps of plans, and returns, that are late for longer were told of

)

// MissingHolidays asks for next year's holidays, from 1 November on, and from 1 January on for those of the year that runs, until somebody has
// imported them.
func (svc *Service) MissingHolidays(ctx context.Context, tx *store.Tx) ([]Notification, error) {
	now := tx.Now.UTC().In(svc.zone)
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	var missing []int
	if !cal.Published(now.Year()) {
		missing = append(missing, now.Year())
	}
	if now.Month() >= holidaysFrom && !cal.Published(now.Year()+1) {
		missing = append(missing, now.Year()+1)
	}
	if len(missing) == 0 {
		return nil, nil
	}
	var to []Recipient
	for _, role := range []inspect.Role{inspect.Office, inspect.Admin} {
		holders, err := tx.RoleHolders(ctx, role, nil, nil)
		if err != nil {
			return nil, err
		}
		for _, people := range holders {
			for _, p := range people {
				to = append(to, Recipient{p, inspect.Normal})
			}
		}
	}
	var all []Notification
	year, week := now.ISOWeek()
	for _, wanted := range missing {
		all = append(all, Notification{To: to, NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%d/%d-W%02d", remindHolidays, wanted, year, week),
			Type: remindHolidays, At: tx.Now, Facts: store.IssueSummary{Number: strconv.Itoa(wanted)}}})
	}
	return all, nil
}

// UnitAndAbove are the contacts of a unit and of the one above, and the line of both.
func UnitAndAbove(ctx context.Context, tx *store.Tx, unit inspect.ID) (people, line []inspect.ID, err error) {
	if people, err = Contacts(ctx, tx, unit); err != nil {
		return nil, nil, err
	}
	if line, err = tx.SelfAndAncestors(ctx, store.UnitTree, unit); err != nil || len(line) < 2 {
		return people, line, err
	}
	above, err := Contacts(ctx, tx, line[1])
	return append(people, above...), line, err
}

func AtNormalUrgency(people []inspect.ID) (to []Recipient) {
	for _, id := range people {
		to = append(to, Recipient{id, inspect.Normal})
	}
	return to
}

// StepRecipients are those whom a unit's coming deadline concerns: its contacts.
func StepRecipients(ctx context.Context, tx *store.Tx, unit inspect.ID) ([]Recipient, error) {
	people, err := Contacts(ctx, tx, unit)
	return AtNormalUrgency(people), err
}

// LateStepRecipients are those whom a deadline that passed concerns: the contacts of the unit and of the one above it, and the
// offices that oversee it.
func LateStepRecipients(ctx context.Context, tx *store.Tx, unit inspect.ID) ([]Recipient, error) {
	people, line, err := UnitAndAbove(ctx, tx, unit)
	if err != nil {
		return nil, err
	}
	offices, err := tx.RoleHolders(ctx, inspect.Office, line, nil)
	for _, some := range offices {
		for _, p := range some {
			people = issues.AppendID(people, p)
		}
	}
	return AtNormalUrgency(people), err
}

// AlertOnCall is what those on call are told of at once: a limit that runs by night, and no rule that assigns by itself.
const AlertOnCall = "issue.on_call"
