package closure

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
)

// ErrPeriod says that a text names no period.
var ErrPeriod = fault.New(fault.Invalid, "period.unknown",
	"There is no such period. Periods are written 2026-11-24, 2026-W47, 2026-11-T1 to T3, 2026-11, 2026-Q4, 2026-H2, 2026 or 2026-11-01..2026-11-20.")

// PeriodKind is how long a period is.
type PeriodKind string

// The kinds of period. A term and a campaign are a span of their own.
const (
	Day     PeriodKind = "day"
	Week    PeriodKind = "week"
	TenDays PeriodKind = "ten_days" // 旬
	Month   PeriodKind = "month"
	Quarter PeriodKind = "quarter"
	Half    PeriodKind = "half_year"
	Year    PeriodKind = "year"
	Between PeriodKind = "span"
)

// PeriodKinds are all of them.
var PeriodKinds = []PeriodKind{Day, Week, TenDays, Month, Quarter, Half, Year, Between}

// Period is a time that a report is about.
type Period struct {
	Kind PeriodKind
	Name string // as it is written: 2026-W47
	Span
}

// most is how many days a period has at most: a term of office and a little.
const most = 6 * 366

var forms = []struct {
	kind    PeriodKind
	pattern *regexp.Regexp
	read    func(n []int, first time.Weekday) (Span, bool)
}{
	{Day, regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)$`), func(n []int, _ time.Weekday) (Span, bool) {
		d := calendar.DayOf(n[0], time.Month(n[1]), n[2])
		return Span{d, d + 1}, d.Date().Day() == n[2] && d.Date().Month() == time.Month(n[1])
	}},
	{Week, regexp.MustCompile(`^(\d{4})-W(\d\d)$`), func(n []int, first time.Weekday) (Span, bool) { return weekOf(n[0], n[1], first) }},
	{TenDays, regexp.MustCompile(`^(\d{4})-(\d\d)-T([1-3])$`), func(n []int, _ time.Weekday) (Span, bool) {
		s, ok := months(n[0], n[1], 1)
		from := s.From + calendar.Day(10*(n[2]-1))
		if n[2] < 3 {
			s.To = from + 10
		}
		return Span{from, s.To}, ok
	}},
	{Month, regexp.MustCompile(`^(\d{4})-(\d\d)$`), func(n []int, _ time.Weekday) (Span, bool) { return months(n[0], n[1], 1) }},
	{Quarter, regexp.MustCompile(`^(\d{4})-Q([1-4])$`), func(n []int, _ time.Weekday) (Span, bool) { return months(n[0], 3*n[1]-2, 3) }},
	{Half, regexp.MustCompile(`^(\d{4})-H([12])$`), func(n []int, _ time.Weekday) (Span, bool) { return months(n[0], 6*n[1]-5, 6) }},
	{Year, regexp.MustCompile(`^(\d{4})$`), func(n []int, _ time.Weekday) (Span, bool) { return months(n[0], 1, 12) }},
	{Between, regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)\.\.(\d{4})-(\d\d)-(\d\d)$`), func(n []int, _ time.Weekday) (Span, bool) {
		from, to := calendar.DayOf(n[0], time.Month(n[1]), n[2]), calendar.DayOf(n[3], time.Month(n[4]), n[5])
		return Span{from, to + 1}, from <= to && to-from < most && from.Date().Day() == n[2] && to.Date().Day() == n[5]
	}},
}

// ParsePeriod reads a period; first is the day on which the office's week begins. It is ErrPeriod when there is none of that name.
func ParsePeriod(text string, first time.Weekday) (Period, error) {
	for _, f := range forms {
		found := f.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		n := make([]int, len(found)-1)
		for k, digits := range found[1:] {
			n[k], _ = strconv.Atoi(digits) // at most four digits, as the pattern says
		}
		if n[0] < 2000 || n[0] > 2099 {
			break
		}
		span, ok := f.read(n, first)
		if !ok {
			break
		}
		return Period{f.kind, text, span}, nil
	}
	return Period{}, ErrPeriod
}

// months are so many months from one on; ok says whether there is that month.
func months(year, month, count int) (Span, bool) {
	return Span{calendar.DayOf(year, time.Month(month), 1), calendar.DayOf(year, time.Month(month+count), 1)}, month >= 1 && month <= 12
}

// weekOf is the office's week with an ISO number: the one whose fourth day lies in the ISO week.
func weekOf(year, week int, first time.Weekday) (Span, bool) {
	fourth := calendar.DayOf(year, time.January, 4) // always in ISO week 1
	monday := fourth - calendar.Day((int(fourth.Date().Weekday())+6)%7) + calendar.Day(7*(week-1))
	if y, w := (monday + 3).Date().ISOWeek(); y != year || w != week {
		return Span{}, false
	}
	from := monday - 3
	for from.Date().Weekday() != first {
		from++
	}
	return Span{from, from + 7}, true
}

// PeriodOf is the period of a kind that holds a day.
func PeriodOf(kind PeriodKind, d calendar.Day, first time.Weekday) (Period, error) {
	date := d.Date()
	year, month, day := date.Date()
	name := ""
	switch kind {
	case Day:
		name = date.Format(time.DateOnly)
	case Week:
		from := d - calendar.Day((int(date.Weekday())-int(first)+7)%7)
		y, w := (from + 3).Date().ISOWeek()
		name = fmt.Sprintf("%04d-W%02d", y, w)
	case TenDays:
		name = fmt.Sprintf("%04d-%02d-T%d", year, month, min((day-1)/10, 2)+1)
	case Month:
		name = date.Format("2006-01")
	case Quarter:
		name = fmt.Sprintf("%04d-Q%d", year, (month-1)/3+1)
	case Half:
		name = fmt.Sprintf("%04d-H%d", year, (month-1)/6+1)
	case Year:
		name = fmt.Sprintf("%04d", year)
	}
	return ParsePeriod(name, first)
}

// Before is the period before it: the same kind, or as many days.
func (p Period) Before(first time.Weekday) (Period, error) {
	if p.Kind == Between {
		return spanned(Span{p.From - (p.To - p.From), p.From}), nil
	}
	return PeriodOf(p.Kind, p.From-1, first)
}

// YearBefore is the same period of the year before; ErrPeriod when that year has none, as with a week 53.
func (p Period) YearBefore(first time.Weekday) (Period, error) {
	if p.Kind == Between {
		back := func(d calendar.Day) calendar.Day {
			y, m, day := d.Date().Date()
			return calendar.DayOf(y-1, m, day)
		}
		return spanned(Span{back(p.From), back(p.To)}), nil
	}
	year, err := strconv.Atoi(p.Name[:4])
	if err != nil {
		return Period{}, ErrPeriod
	}
	return ParsePeriod(fmt.Sprintf("%04d", year-1)+p.Name[4:], first)
}

func spanned(s Span) Period {
	return Period{Between, s.From.String() + ".." + (s.To - 1).String(), s}
}

// ISO is the name of a week as ISO 8601 counts them; a week that does not begin on Monday has a number but no such name.
func (p Period) ISO() string {
	if p.Kind == Week && p.From.Date().Weekday() == time.Monday {
		return p.Name
	}
	return ""
}

// Number is the number of a week in its year, 0 for other periods.
func (p Period) Number() int {
	if p.Kind != Week {
		return 0
	}
	_, n := (p.From + 3).Date().ISOWeek()
	return n
}
