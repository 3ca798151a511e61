package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// shiftWire and dayWire are working time as a setting holds it.
type shiftWire struct{ From, To string }

type dayWire struct {
	Date string `json:"date"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// calendars keeps the calendar that the settings describe, since making one takes a while. The zero one is ready.
type calendars struct {
	mu           sync.Mutex
	shifts, days string // as the settings have them
	last         *calendar.Calendar
}

// calendar is the city's working time as the settings in the transaction have it.
func (c *Core) calendar(ctx context.Context, tx *store.Tx) (*calendar.Calendar, error) {
	all, err := tx.Settings(ctx)
	if err != nil {
		return nil, err
	}
	k := &c.calendars
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last != nil && k.shifts == all[WorkingHours.Key] && k.days == all[Holidays.Key] {
		return k.last, nil
	}
	made, err := makeCalendar(c.Zone, all[WorkingHours.Key], all[Holidays.Key])
	if err != nil {
		return nil, fmt.Errorf("core: calendar: %w", err)
	}
	k.last, k.shifts, k.days = made, all[WorkingHours.Key], all[Holidays.Key]
	return made, nil
}

// makeCalendar reads both settings; what is empty is as it comes with the program.
func makeCalendar(zone *time.Location, shifts, days string) (*calendar.Calendar, error) {
	work, free := calendar.Shifts, calendar.China()
	var err error
	if shifts != "" {
		if work, err = readShifts(json.RawMessage(shifts)); err != nil {
			return nil, err
		}
	}
	if days != "" {
		if free, err = readDays(json.RawMessage(days)); err != nil {
			return nil, err
		}
	}
	return calendar.New(zone, work, free)
}

func readShifts(v json.RawMessage) (all []calendar.Shift, err error) {
	var in []shiftWire
	if err := json.Unmarshal(v, &in); err != nil {
		return nil, errors.New(`want a list of {"from": "08:00", "to": "12:00"}`)
	}
	for _, s := range in {
		from, errFrom := clockTime(s.From)
		to, errTo := clockTime(s.To)
		if err := errors.Join(errFrom, errTo); err != nil {
			return nil, err
		}
		all = append(all, calendar.Shift{From: from, To: to})
	}
	_, err = calendar.New(time.UTC, all, nil)
	return all, err
}

// clockTime reads HH:MM; 24:00 is the end of a day.
func clockTime(s string) (time.Duration, error) {
	if s == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of the day such as 08:00", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

func readDays(v json.RawMessage) ([]calendar.Exception, error) {
	var in []dayWire
	if err := json.Unmarshal(v, &in); err != nil {
		return nil, errors.New(`want a list of {"date": "2026-01-01", "kind": "holiday", "name": "元旦"}`)
	}
	var all []calendar.Exception
	for _, d := range in {
		e, err := calendar.ParseException(d.Date, d.Kind, d.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	_, err := calendar.New(time.UTC, calendar.Shifts, all)
	return all, err
}

// ImportHolidays takes a file of holidays: those of its years replace what was known of them, other years stay. What runs in working
// time gets its new deadline by a job, on record; what is past stays.
func (c *Core) ImportHolidays(ctx context.Context, a *inspect.Actor, r io.Reader) (years []int, repeated bool, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return nil, false, inspect.ErrForbidden
	}
	fresh, err := calendar.ReadHolidays(r)
	if err != nil {
		return nil, false, inspect.ErrContent.With("The file of holidays has errors: %s", err)
	}
	for _, e := range fresh {
		if y := e.Day.Date().Year(); !slices.Contains(years, y) {
			years = append(years, y)
		}
	}
	slices.Sort(years)
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, err := c.calendar(ctx, tx)
		if err != nil {
			return err
		}
		all := slices.Clone(fresh)
		for _, e := range now.Exceptions() {
			if !slices.Contains(years, e.Day.Date().Year()) {
				all = append(all, e)
			}
		}
		slices.SortFunc(all, func(a, b calendar.Exception) int { return int(a.Day - b.Day) })
		wire := make([]dayWire, len(all))
		for n, e := range all {
			wire[n] = dayWire{e.Day.String(), e.Kind(), e.Name}
		}
		canonical, err := evidence.CanonicalOf(wire)
		if err != nil {
			return err
		}
		kept, err := tx.Settings(ctx)
		if err != nil {
			return err
		}
		if repeated = kept[Holidays.Key] == string(canonical); repeated {
			return nil
		}
		return c.PutSetting(ctx, tx, a.ID, &Holidays, canonical)
	})
	return years, repeated, err
}

// recomputed is how many issues get their new deadline in one transaction.
const recomputed = 50

// Recompute gives every running deadline in working time its place in the calendar of now; what did not move, or is past, stays. It
// may run any number of times.
func (c *Core) Recompute(ctx context.Context, job RecomputeDeadlines) error {
	by, _ := inspect.ParseID(job.By) // nobody when the program itself asks
	return c.eachRunning(ctx, func(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
		cal, err := c.calendar(ctx, tx)
		if err != nil {
			return err
		}
		if e := row.Rescheduled(cal, tx.Now, by); e != nil {
			return c.saveIssue(ctx, tx, row, e)
		}
		return nil
	})
}

// eachRunning calls f for every issue that a unit works on, some in each transaction.
func (c *Core) eachRunning(ctx context.Context, f func(context.Context, *store.Tx, *store.IssueRow) error) error {
	for after := int64(0); ; {
		next := int64(0)
		err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, n, err := tx.RunningIssues(ctx, after, recomputed)
			if next = n; err != nil || len(ids) == 0 {
				return err
			}
			if err := tx.LockIssues(ctx, ids...); err != nil {
				return err
			}
			for _, id := range ids {
				row, ok, err := tx.Issue(ctx, id)
				if err != nil {
					return err
				}
				if ok && row.Status == inspect.Assigned {
					if err := f(ctx, tx, &row); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if after = next; err != nil || after == 0 {
			return err
		}
	}
}

// Working is how a deadline came about, for people to read.
type Working struct {
	Rule        inspect.Rule // as it was when the issue was assigned; without an id when the catalogue or the office decided
	Skipped     []calendar.Exception
	Provisional bool         // it reaches into a year without published holidays
	Overdue     bool         // the mark may still go
	StepDueAt   inspect.Time // of the office or an inspector
	Zone        *time.Location
}

// working explains the deadline of an issue.
func (c *Core) working(ctx context.Context, tx *store.Tx, v *View) error {
	cal, err := c.calendar(ctx, tx)
	if err != nil {
		return err
	}
	late, err := LateWindow(ctx, tx)
	if err != nil {
		return err
	}
	steps, err := Steps(ctx, tx)
	if err != nil {
		return err
	}
	w := &Working{Zone: c.Zone, Overdue: v.OverdueProvisional(v.ComputedAt, late)}
	limit := v.Clock.Unit
	if v.DueAt == 0 && v.Proposed != nil {
		limit = v.Proposed.Unit
	}
	w.StepDueAt = v.StepDue(cal, steps, limit)
	if v.DueAt != 0 && v.Clock.Unit.Working() {
		from, to := v.AssignedAt.UTC(), v.OwnDueAt.UTC()
		w.Skipped, w.Provisional = cal.ExceptionsBetween(from, to), cal.Provisional(from, to)
	}
	if !v.Clock.Rule.IsZero() {
		w.Rule, _, err = tx.Rule(ctx, v.Clock.Rule, v.Clock.Version)
	}
	v.Working = w
	return err
}

// Trial is the deadline of an issue that is assigned at a moment under a limit, with its working, for people who try out a rule.
func (c *Core) Trial(ctx context.Context, from inspect.Time, limit calendar.Limit) (v View, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		cal, err := c.calendar(ctx, tx)
		if err != nil {
			return err
		}
		v.AssignedAt, v.Clock = from, inspect.Clock{Limit: limit.N, Unit: limit.Unit, From: from}
		v.DueAt = inspect.At(cal.Deadline(from.UTC(), limit))
		v.Working = &Working{Zone: c.Zone}
		if limit.Unit.Working() {
			v.Working.Skipped, v.Working.Provisional = cal.ExceptionsBetween(from.UTC(), v.DueAt.UTC()), cal.Provisional(from.UTC(), v.DueAt.UTC())
		}
		return nil
	})
	return v, err
}

// proposal is the deadline that whoever assigns is offered: by the rules that fit, less what the same unit used before it gave the
// issue back.
func (c *Core) proposal(ctx context.Context, tx *store.Tx, v *View) error {
	if v.Status != inspect.Reported {
		return nil
	}
	cal, err := c.calendar(ctx, tx)
	if err != nil {
		return err
	}
	rules, err := rulesFor(ctx, tx, &v.IssueRow)
	if err != nil {
		return err
	}
	first := rules[0]
	v.Proposed = &Proposal{Limit: first.Limit, Unit: first.LimitUnit, Rules: rules, DueAt: inspect.At(cal.Deadline(tx.Now.UTC(), first.CalendarLimit()))}
	if !v.ReturnedBy.IsZero() {
		left := max(cal.Duration(first.CalendarLimit())-v.TimeUsed, inspect.LeastLeft)
		v.Proposed.Again = &Again{Unit: v.ReturnedBy, Used: v.TimeUsed, DueAt: inspect.At(cal.Add(tx.Now.UTC(), left, first.LimitUnit))}
	}
	return nil
}

// Holidays gives the city's exceptions from the week, in order.
func (c *Core) Holidays(ctx context.Context) (all []calendar.Exception, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		cal, err := c.calendar(ctx, tx)
		if err == nil {
			all = cal.Exceptions()
		}
		return err
	})
	return all, err
}
