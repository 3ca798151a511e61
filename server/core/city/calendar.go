package city

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// shiftWire and dayWire are working time as a setting holds it.
type shiftWire struct{ From, To string }

type dayWire struct {
	Date     string `json:"date"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Official bool   `json:"official,omitempty"` // of the arrangement as it was published
}

// calendars keeps the calendar that the settings describe, since making one takes a while. The zero one is ready.
type calendars struct {
	mu           sync.Mutex
	shifts, days string // as the settings have them
	last         *calendar.Calendar
}

// Calendar is the city's working time as the settings in the transaction have it.
func (svc *Service) Calendar(ctx context.Context, tx *store.Tx) (*calendar.Calendar, error) {
	all, err := tx.Settings(ctx)
	if err != nil {
		return nil, err
	}
	k := &svc.calendars
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last != nil && k.shifts == all[WorkingHours.Key] && k.days == all[Holidays.Key] {
		return k.last, nil
	}
	made, err := makeCalendar(svc.zone, all[WorkingHours.Key], all[Holidays.Key])
	if err != nil {
		return nil, fmt.Errorf("city: calendar: %w", err)
	}
	k.last, k.shifts, k.days = made, all[WorkingHours.Key], all[Holidays.Key]
	return made, nil
}

// CalendarWith is the city's working time as it would be with another value of a setting, which may be any.
func (svc *Service) CalendarWith(ctx context.Context, tx *store.Tx, key string, value json.RawMessage) (*calendar.Calendar, error) {
	all, err := tx.Settings(ctx)
	if err != nil {
		return nil, err
	}
	would := maps.Clone(all)
	would[key] = string(value)
	made, err := makeCalendar(svc.zone, would[WorkingHours.Key], would[Holidays.Key])
	if err != nil {
		return nil, inspect.InvalidField("/value", err.Error())
	}
	return made, nil
}

// CheckSetting refuses a value that a setting cannot have, and who may not change it.
func (svc *Service) CheckSetting(ctx context.Context, tx *store.Tx, a *inspect.Actor, key string, value json.RawMessage) error {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return inspect.ErrForbidden
	}
	s := svc.setting(key)
	switch {
	case s == nil:
		return inspect.ErrNotFound
	case s.fixed():
		return inspect.ErrSettingFixed
	}
	check, err := s.checked(value)
	if err != nil {
		return inspect.InvalidField("/value", err.Error())
	}
	return check(ctx, tx)
}

// makeCalendar reads both settings; working time that is empty is as it comes with the program, days are added to those of the program.
func makeCalendar(zone *time.Location, shifts, days string) (*calendar.Calendar, error) {
	work, free := calendar.Shifts, calendar.China()
	var err error
	if shifts != "" {
		if work, err = readShifts(json.RawMessage(shifts)); err != nil {
			return nil, err
		}
	}
	if days != "" {
		own, err := readDays(json.RawMessage(days))
		if err != nil {
			return nil, err
		}
		free = calendar.Added(free, own)
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
		e.Official = d.Official
		all = append(all, e)
	}
	_, err := calendar.New(time.UTC, calendar.Shifts, all)
	return all, err
}

// Holidays gives the city's exceptions from the week, in order.
func (svc *Service) Holidays(ctx context.Context) (all []calendar.Exception, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		cal, err := svc.Calendar(ctx, tx)
		if err == nil {
			all = cal.Exceptions()
		}
		return err
	})
	return all, err
}

// RecomputeDeadlines asks for the deadlines that run to follow a changed calendar.
type RecomputeDeadlines struct {
	By string `json:"by"` // who changed it
}

// Kind names the job.
func (RecomputeDeadlines) Kind() string { return "deadlines.recompute" }

// Today is the day of a transaction in the city's zone.
func (svc *Service) Today(tx *store.Tx) inspect.Date { return inspect.DateOf(tx.Now, svc.zone) }
