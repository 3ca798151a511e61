package calendar

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// holidayColumns are the columns of a file of holidays, in order; the kinds are holiday and swapped_working_day.
var holidayColumns = []string{"date", "kind", "name"}

var kinds = map[string]bool{"holiday": false, "swapped_working_day": true}

// china are the holidays and swapped working days that the State Council published (国务院办公厅关于部分节假日安排的通知).
//
//go:embed china.csv
var china []byte

// China gives the published days that come with the program.
func China() []Exception {
	all, err := ReadHolidays(bytes.NewReader(china))
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

// ReadHolidays reads a file of holidays; its error names every wrong line.
func ReadHolidays(r io.Reader) ([]Exception, error) {
	t := csv.NewReader(io.LimitReader(r, 1<<20))
	t.FieldsPerRecord = len(holidayColumns)
	var all []Exception
	var wrong []error
	seen := map[Day]bool{}
	for n := 0; ; n++ {
		row, err := t.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("calendar: %w", err)
		}
		if n == 0 {
			if row[0] = strings.TrimPrefix(row[0], "\ufeff"); strings.Join(row, ",") != strings.Join(holidayColumns, ",") {
				return nil, fmt.Errorf("calendar: the first line has to be %s", strings.Join(holidayColumns, ","))
			}
			continue
		}
		line, _ := t.FieldPos(0)
		e, err := ParseException(row[0], row[1], row[2])
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Errorf("line %d: %w", line, err))
		case seen[e.Day]:
			wrong = append(wrong, fmt.Errorf("line %d: %s stands there twice", line, e.Day))
		case len(all) == maxHolidays:
			return nil, fmt.Errorf("calendar: more than %d days", maxHolidays)
		default:
			seen[e.Day] = true
			all = append(all, e)
		}
		if len(wrong) == 100 {
			break
		}
	}
	return all, errors.Join(wrong...)
}

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
