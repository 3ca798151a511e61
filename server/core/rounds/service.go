// Package rounds is planned looking (值守、巡查): duties and who takes turns in them, the rounds that are opened by themselves and what was done on each,
// the plan of a week, how far duties were kept, and what nobody ever looked at.
package rounds

import (
	"context"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store *store.Store   // the database
	zone  *time.Location // of the city
	city  *city.Service  // what day it is, and on which people rest
}

// Needs is what the room is made of.
type Needs struct {
	Store *store.Store   // the database
	Zone  *time.Location // of the city
	City  *city.Service  // what day it is, and on which people rest
}

// New makes the room.
func New(n Needs) *Service { return &Service{store: n.Store, zone: n.Zone, city: n.City} }

// days is what schedules have to know of the city.
func (svc *Service) days(ctx context.Context, tx *store.Tx) (c duty.City, err error) {
	if c.Calendar, err = svc.city.Calendar(ctx, tx); err != nil {
		return c, err
	}
	formula, err := figures.ScoreFormula.In(ctx, tx)
	c.WeekStart = time.Weekday(formula.WeekStart)
	return c, err
}

// dayOf is a date as the calendar counts it; dates were read before.
func dayOf(d inspect.Date) calendar.Day {
	day, err := calendar.ParseDay(string(d))
	if err != nil {
		return 0
	}
	return day
}

func dateOf(d calendar.Day) inspect.Date { return inspect.Date(d.String()) }

// farAway is the last day of what has no end.
const farAway = inspect.Date("2099-12-31")

// spanOf are the days of a duty.
func spanOf(d *inspect.Duty) duty.Span {
	to := d.Holds.To
	if to == "" {
		to = farAway
	}
	return duty.Span{From: dayOf(d.Holds.From), To: dayOf(to)}
}

// locationOf is where an area and a unit lie in the trees.
func locationOf(ctx context.Context, tx *store.Tx, area, unit inspect.ID) (w inspect.Jurisdiction, err error) {
	if w.Areas, err = tx.SelfAndAncestors(ctx, store.AreaTree, area); err != nil {
		return w, err
	}
	w.Units, err = tx.SelfAndAncestors(ctx, store.UnitTree, unit)
	return w, err
}
