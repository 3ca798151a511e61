package calendar

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"spotcheck/pkg/table"
)

// holidayColumns are the columns of a table of holidays; the kinds are holiday and swapped_working_day.
var holidayColumns = []table.Column{{Name: "date", Also: []string{"日期"}, Needed: true}, {Name: "kind", Also: []string{"类型", "种类"}, Needed: true},
	{Name: "name", Also: []string{"名称", "节日"}, Needed: true}}

var kinds = map[string]bool{"holiday": false, "swapped_working_day": true}

// kindsZH are what tables call the kinds in Chinese.
var kindsZH = map[string]string{"放假": "holiday", "休息": "holiday", "节假日": "holiday", "上班": "swapped_working_day", "调休上班": "swapped_working_day"}

// china are the holidays and swapped working days that the State Council published (国务院办公厅关于部分节假日安排的通知).
//
//go:embed china.csv
var china []byte

// China gives the published days that come with the program.
func China() []Exception {
	all, err := ReadHolidays(context.Background(), table.Read, china, table.Options{})
	if err != nil {
		panic(err) // it is built in, and a test reads it
	}
	for n := range all {
		all[n].Official = true
	}
	return all
}

// Kind is what a file calls the exception.
func (e Exception) Kind() string {
	for kind, working := range kinds {
		if working == e.Working {
			return kind
		}
	}
	return ""
}

// ParseException reads a date as YYYY-MM-DD, holiday or swapped_working_day, and a name of one line.
func ParseException(date, kind, name string) (Exception, error) {
	if known, chinese := kindsZH[kind]; chinese {
		kind = known
	}
	day, err := ParseDay(date)
	working, known := kinds[kind]
	switch {
	case err != nil || day < firstDay || int(day-firstDay) >= allDays:
		return Exception{}, fmt.Errorf("%q is no date from %d to %d as YYYY-MM-DD", date, firstYear, lastYear)
	case !known:
		return Exception{}, fmt.Errorf("the kind is holiday or swapped_working_day, not %q", kind)
	case !utf8.ValidString(name) || len(name) > 200 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return Exception{}, errors.New("the name is no text of one line, or too long")
	}
	return Exception{Day: day, Working: working, Name: name}, nil
}

// maxHolidays is how many days a file may have.
const maxHolidays = 10_000

// ReadHolidays reads a table of holidays; its error names every wrong row.
func ReadHolidays(ctx context.Context, read table.Reader, body []byte, o table.Options) ([]Exception, error) {
	var all []Exception
	var wrong []error
	seen := map[Day]bool{}
	_, err := table.ReadColumns(ctx, read, body, o, holidayColumns, func(r *table.Record) error {
		date := r.Text("date")
		if at, ok := table.ParseDay(date); ok {
			date = at.Format(time.DateOnly)
		}
		e, err := ParseException(date, r.Text("kind"), r.Text("name"))
		if doubt := errors.Join(r.Doubt("date"), r.Doubt("kind"), r.Doubt("name")); doubt != nil {
			err = doubt
		}
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Errorf("row %d: %w", r.N, err))
		case seen[e.Day]:
			wrong = append(wrong, fmt.Errorf("row %d: %s stands there twice", r.N, e.Day))
		case len(all) == maxHolidays:
			return &table.Unreadable{Why: fmt.Sprintf("more than %d days", maxHolidays)}
		default:
			seen[e.Day] = true
			all = append(all, e)
		}
		if len(wrong) == 100 {
			return errMany
		}
		return nil
	})
	if errors.Is(err, errMany) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return all, errors.Join(wrong...)
}

// errMany ends a reading when enough is wrong.
var errMany = errors.New("calendar: enough is wrong")

// Added are days with others added to them, in order; of two on one date the added one holds. An official day that is added once more by the city
// itself stays official.
func Added(all, more []Exception) []Exception {
	byDay := map[Day]Exception{}
	for _, e := range all {
		byDay[e.Day] = e
	}
	for _, e := range more {
		if was, there := byDay[e.Day]; there && was.Official && was.Working == e.Working {
			e = Exception{Day: e.Day, Working: e.Working, Name: e.Name, Official: true}
		}
		byDay[e.Day] = e
	}
	sum := make([]Exception, 0, len(byDay))
	for _, e := range byDay {
		sum = append(sum, e)
	}
	inOrder(sum)
	return sum
}

// TakenAway are the days before that are not there after, or say the opposite.
func TakenAway(before, after []Exception) (lost []Exception) {
	kept := map[Day]Exception{}
	for _, e := range after {
		kept[e.Day] = e
	}
	for _, e := range before {
		if now, there := kept[e.Day]; !there || now.Working != e.Working {
			lost = append(lost, e)
		}
	}
	return lost
}
