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
	return all
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
		day, err := ParseDay(row[0])
		working, known := kinds[row[1]]
		switch {
		case err != nil || day < firstDay || int(day-firstDay) >= allDays:
			wrong = append(wrong, fmt.Errorf("line %d: %q is no date from %d to %d as YYYY-MM-DD", line, row[0], firstYear, lastYear))
		case !known:
			wrong = append(wrong, fmt.Errorf("line %d: the kind is holiday or swapped_working_day, not %q", line, row[1]))
		case seen[day]:
			wrong = append(wrong, fmt.Errorf("line %d: %s stands there twice", line, day))
		case !utf8.ValidString(row[2]) || len(row[2]) > 200 || strings.ContainsFunc(row[2], func(r rune) bool { return r < ' ' || r == 0x7f }):
			wrong = append(wrong, fmt.Errorf("line %d: the name is no text of one line, or too long", line))
		case len(all) == maxHolidays:
			return nil, fmt.Errorf("calendar: more than %d days", maxHolidays)
		default:
			seen[day] = true
			all = append(all, Exception{Day: day, Working: working, Name: row[2]})
		}
		if len(wrong) == 100 {
			break
		}
	}
	return all, errors.Join(wrong...)
}
