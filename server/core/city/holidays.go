package city

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/store"
)

// HolidayFile is a file of holidays, and how it is meant.
type HolidayFile struct {
	Official  bool // the arrangement of its years as it was published, otherwise days of the city's own
	Confirmed bool // whoever sends it knows which days it takes away
	Body      []byte
	Options   table.Options
}

// ImportHolidays takes a file of holidays. Days of the city's own are added to those that are there. An official file is the arrangement of its
// years: it takes the place of the one before, and the city's own days stay. What would take away a day that is there, or turn it round, is
// refused with all such days until it is confirmed. What runs gets its new deadline by a job, on record; what is past stays.
func (svc *Service) ImportHolidays(ctx context.Context, a *inspect.Actor, file HolidayFile) (years []int, repeated bool, err error) {
	only, err := Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamSetting, Holidays.Key)
	if err != nil {
		return nil, false, err
	}
	fresh, err := calendar.ReadHolidays(ctx, svc.tables, file.Body, file.Options)
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	if err != nil {
		return nil, false, inspect.ErrContent.With("The file of holidays has errors: %s", err).At(linesOf(err)...)
	}
	for n := range fresh {
		fresh[n].Official = file.Official
	}
	years = yearsOf(fresh)
	if err := wholeYears(fresh); err != nil {
		return nil, false, inspect.ErrContent.With("The file of holidays has errors: %s", err)
	}
	err = svc.store.Write(ctx, OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		own, err := Holidays.In(ctx, tx)
		if err != nil {
			return err
		}
		all := calendar.Added(own, fresh)
		if file.Official {
			all = arranged(own, fresh, years)
		}
		lost := calendar.TakenAway(calendar.Added(calendar.China(), own), calendar.Added(calendar.China(), all))
		if len(lost) > 0 && !file.Confirmed {
			return inspect.ErrHolidaysLost.At(namesOf(lost)...)
		}
		canonical, err := evidence.CanonicalOf(wiresOf(all))
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
		return svc.PutSetting(ctx, tx, a, &Holidays, canonical)
	}))
	return years, repeated, err
}

// linesOf are the errors of a file, one for each row.
func linesOf(err error) (all []fault.Field) {
	for line := range strings.SplitSeq(strings.TrimPrefix(err.Error(), "calendar: "), "\n") {
		all = append(all, fault.Field{Detail: line})
	}
	return all
}

// arranged are the city's days with the official arrangement of some years in the place of the one before. A day that came with the program
// and is not in it is what its weekday says.
func arranged(own, fresh []calendar.Exception, years []int) []calendar.Exception {
	isOf := func(e calendar.Exception) bool { return slices.Contains(years, e.Day.Date().Year()) }
	kept := slices.DeleteFunc(slices.Clone(own), func(e calendar.Exception) bool { return e.Official && isOf(e) })
	all := calendar.Added(kept, fresh)
	for _, e := range calendar.China() {
		weekday := e.Day.Date().Weekday()
		weekend := weekday == time.Saturday || weekday == time.Sunday
		missing := !slices.ContainsFunc(all, func(o calendar.Exception) bool { return o.Day == e.Day })
		if isOf(e) && missing && e.Working == weekend {
			all = calendar.Added(all, []calendar.Exception{{Day: e.Day, Working: !weekend, Name: "按星期：原" + e.Name, Official: true}})
		}
	}
	return all
}

func yearsOf(all []calendar.Exception) (years []int) {
	for _, e := range all {
		if y := e.Day.Date().Year(); !slices.Contains(years, y) {
			years = append(years, y)
		}
	}
	slices.Sort(years)
	return years
}

// wholeYears refuses an official year without all of the statutory holidays: it would count as published and is not.
func wholeYears(all []calendar.Exception) error {
	official := slices.DeleteFunc(slices.Clone(all), func(e calendar.Exception) bool { return !e.Official })
	for _, year := range yearsOf(official) {
		if missing := calendar.MissingStatutory(official, year); len(missing) > 0 {
			return fmt.Errorf("the official arrangement of %d has all seven statutory holidays; it lacks %s", year, strings.Join(missing, "、"))
		}
	}
	return nil
}

func wiresOf(all []calendar.Exception) []dayWire {
	wires := make([]dayWire, len(all))
	for n, e := range all {
		wires[n] = dayWire{e.Day.String(), e.Kind(), e.Name, e.Official}
	}
	return wires
}

// namesOf lists days in an answer.
func namesOf(all []calendar.Exception) (fields []fault.Field) {
	for _, e := range all {
		fields = append(fields, fault.Field{Pointer: "/" + e.Day.String(), Detail: e.Kind() + " " + e.Name})
	}
	return fields
}
