package calendar_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/table"
)

func off(name string, year int, month time.Month, day int) calendar.Exception {
	return calendar.Exception{Day: calendar.DayOf(year, month, day), Name: name}
}

// TestDaysThatAreAdded: the added one of two holds, an official one that the city adds again stays official, and all are in order.
func TestDaysThatAreAdded(t *testing.T) {
	first, second, third := off("一", 2026, time.May, 1), off("二", 2026, time.May, 2), off("三", 2026, time.May, 3)
	official := first
	official.Official = true
	worked, again := first, first
	worked.Working = true
	again.Name, again.Official = "again", true
	unofficial := first
	unofficial.Name = "again"
	for name, c := range map[string]struct{ all, more, want []calendar.Exception }{
		"in order":                    {[]calendar.Exception{third, first}, []calendar.Exception{second}, []calendar.Exception{first, second, third}},
		"the added one holds":         {[]calendar.Exception{first, second}, []calendar.Exception{unofficial}, []calendar.Exception{unofficial, second}},
		"an official one stays":       {[]calendar.Exception{official}, []calendar.Exception{unofficial}, []calendar.Exception{again}},
		"it is worked after all":      {[]calendar.Exception{official}, []calendar.Exception{worked}, []calendar.Exception{worked}},
		"nothing":                     {nil, nil, nil},
		"one that was not there":      {nil, []calendar.Exception{worked}, []calendar.Exception{worked}},
		"one of the city stays hers":  {[]calendar.Exception{first}, []calendar.Exception{first}, []calendar.Exception{first}},
		"of two that are added, last": {nil, []calendar.Exception{first, unofficial}, []calendar.Exception{unofficial}},
	} {
		if got := calendar.Added(c.all, c.more); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if lost := calendar.TakenAway([]calendar.Exception{first, second, third}, []calendar.Exception{worked, third}); !slices.Equal(lost, []calendar.Exception{first, second}) {
		t.Errorf("taken away are %+v, want the first, which says the opposite, and the second", lost)
	}
}

// TestATableOfHolidays has its heads and kinds in two languages, all of them, and dates as people write them.
func TestATableOfHolidays(t *testing.T) {
	read := func(text string) ([]calendar.Exception, error) {
		return calendar.ReadHolidays(t.Context(), table.Read, []byte(text), table.Options{})
	}
	for kind, working := range map[string]bool{"holiday": false, "放假": false, "休息": false, "节假日": false, "swapped_working_day": true, "上班": true, "调休上班": true} {
		for _, heads := range []string{"date,kind,name", "日期,类型,名称", "日期,种类,节日"} {
			for _, date := range []string{"2026-05-01", "2026/5/1", "2026年5月1日"} {
				all, err := read(fmt.Sprintf("%s\n%s,%s,劳动节\n", heads, date, kind))
				want := calendar.Exception{Day: calendar.DayOf(2026, time.May, 1), Name: "劳动节", Working: working}
				if err != nil || !slices.Equal(all, []calendar.Exception{want}) {
					t.Errorf("%s, %s, %s: %+v, %v", heads, date, kind, all, err)
				}
			}
		}
	}
	for _, without := range []string{"date,kind\n2026-05-01,holiday\n", "date,name\n2026-05-01,x\n", "kind,name\nholiday,x\n"} {
		if _, err := read(without); err == nil {
			t.Errorf("a column is missing: %q", without)
		}
	}
	// A workbook may be in doubt about a cell though the cell reads well.
	for column := range 3 {
		doubtful := func(_ context.Context, _ []byte, _ table.Options, head func(table.Head) error, row func(table.Row) error) error {
			return errors.Join(head(table.Head{N: 1, Names: []string{"date", "kind", "name"}}), row(table.Row{N: 2, Cells: []string{"2026-05-01", "holiday", "x"},
				Doubts: []table.Doubt{{Column: column, Kind: table.ErrorValue, Read: "#REF!"}}}))
		}
		if all, err := calendar.ReadHolidays(t.Context(), doubtful, nil, table.Options{}); err == nil || !strings.Contains(err.Error(), "row 2") {
			t.Errorf("column %d is in doubt: %+v, %v", column, all, err)
		}
	}
}

// TestTheLawFixesHolidays of each year that is not published, to the last one, unless somebody declared the day.
func TestTheLawFixesHolidays(t *testing.T) {
	declared := calendar.Exception{Day: calendar.DayOf(2050, time.October, 2), Working: true, Name: "上班"}
	official := off("元旦", 2051, time.January, 1)
	official.Official = true
	c, err := calendar.New(shanghai, calendar.Shifts, []calendar.Exception{declared, official})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []struct {
		year  int
		month time.Month
		day   int
		free  bool
	}{
		{2000, time.May, 1, true}, {2050, time.May, 1, true}, {2050, time.May, 2, true}, {2050, time.October, 3, true}, {2100, time.January, 1, true},
		{2100, time.October, 1, true}, {2052, time.October, 2, true}, {2052, time.January, 1, true}, {2052, time.January, 2, false}, {2052, time.May, 1, true}, {2052, time.May, 3, false},
		{2050, time.October, 4, false},                             // all of them would be working days by their weekday, but for weekends
		{2051, time.May, 1, false}, {2051, time.October, 2, false}, // published
	} {
		day := calendar.DayOf(d.year, d.month, d.day)
		if weekday := day.Date().Weekday(); c.IsWorkingDay(day) == d.free && weekday != time.Saturday && weekday != time.Sunday {
			t.Errorf("%s, a %s: working %t", day, weekday, !d.free)
		}
	}
	if !c.IsWorkingDay(declared.Day) {
		t.Error("what was declared to be worked is free")
	}
	for day := calendar.DayOf(2050, time.January, 1); day < calendar.DayOf(2051, time.January, 1); day++ {
		if on := c.ExceptionsBetween(day.Date().Add(-8*time.Hour), day.Date().Add(time.Hour)); len(on) > 1 {
			t.Errorf("%s is two things: %+v", day, on)
		}
	}
	for _, name := range []string{"元旦", "New Year's Day", "春节", "Spring Festival", "清明节", "Qingming", "Tomb-sweeping", "劳动节", "五一", "Labour Day", "Labor Day", "May Day",
		"端午节", "Dragon Boat Festival", "中秋节", "Mid-Autumn", "国庆节", "National Day"} {
		if missing := calendar.MissingStatutory([]calendar.Exception{off(name, 2026, time.June, 1)}, 2026); len(missing) != 6 {
			t.Errorf("%s is none of the seven: %v are missing", name, missing)
		}
	}
}

func TestWhatALimitIs(t *testing.T) {
	if !slices.Equal(calendar.Countings, []calendar.Counting{"elapsed", "civil_code"}) {
		t.Errorf("ways of counting: %q", calendar.Countings)
	}
	for n, want := range map[float64]string{3: "3", .5: "0.5", 10_000: "10000", 2.5: "2.5"} {
		if got := (calendar.Limit{N: n}).Amount(); got != want {
			t.Errorf("%v is written %q", n, got)
		}
	}
	for _, l := range []struct {
		unit  calendar.Unit
		count calendar.Counting
		want  bool
	}{
		{calendar.Minute, calendar.CivilCode, false}, {calendar.UrgentHour, calendar.Elapsed, false}, {calendar.WorkingHour, calendar.Elapsed, true},
		{calendar.WorkingDay, calendar.Elapsed, true}, {calendar.CalendarDay, calendar.Elapsed, false}, {calendar.CalendarDay, calendar.CivilCode, true},
	} {
		if got := (calendar.Limit{N: 1, Unit: l.unit, Counting: l.count}).DependsOnDays(); got != l.want {
			t.Errorf("%s, %s: depends on days %t", l.unit, l.count, got)
		}
	}
	c := china(t)
	if c.DayEnds() != 18*time.Hour {
		t.Errorf("the day ends at %s", c.DayEnds())
	}
	// Behind the last day that is known nothing is worked: the search ends there.
	if end := c.EndOfWorkingDayAfter(time.Date(2100, time.December, 31, 12, 0, 0, 0, shanghai), 5); !end.Equal(time.Date(2101, time.January, 2, 0, 0, 0, 0, shanghai)) {
		t.Errorf("after the last year: %s", end)
	}
	// To the minute a day that ends on a Saturday ends on it, and so does an hour of working time by either count.
	for _, counting := range []calendar.Counting{calendar.Elapsed, ""} {
		if end := c.Deadline(at(t, "Fri 2026-03-06 10:00"), calendar.Limit{N: 1, Unit: calendar.CalendarDay, Counting: counting}); !end.Equal(at(t, "Sat 2026-03-07 10:00")) {
			t.Errorf("a day %q: %s", counting, end)
		}
	}
}
