package calendar

import (
	"strings"
	"time"
)

// fixedHolidays are the statutory holidays whose date the law fixes (全国年节及纪念日放假办法, as in force from 2025); the others go by the moon,
// and how weekends are swapped is arranged anew for each year.
var fixedHolidays = []struct {
	month time.Month
	day   int
	name  string
}{{time.January, 1, "元旦"}, {time.May, 1, "劳动节"}, {time.May, 2, "劳动节"}, {time.October, 1, "国庆节"}, {time.October, 2, "国庆节"}, {time.October, 3, "国庆节"}}

// withFixedHolidays are the exceptions that were declared, and the fixed holidays of years that are not published.
func (c *Calendar) withFixedHolidays() []Exception {
	all, declared := append([]Exception{}, c.given...), map[Day]bool{}
	for _, e := range c.given {
		declared[e.Day] = true
	}
	for year := firstYear; year <= lastYear; year++ {
		if c.published[year] {
			continue
		}
		for _, h := range fixedHolidays {
			if d := DayOf(year, h.month, h.day); !declared[d] {
				all = append(all, Exception{Day: d, Name: h.name})
			}
		}
	}
	inOrder(all)
	return all
}

// statutory are the seven statutory holidays, by what files call them.
var statutory = [][]string{{"元旦", "new year"}, {"春节", "spring festival"}, {"清明", "qingming", "tomb"}, {"劳动", "五一", "labour", "labor", "may day"},
	{"端午", "dragon boat"}, {"中秋", "mid-autumn"}, {"国庆", "national day"}}

// MissingStatutory are those of the seven statutory holidays that are not among the holidays of a year: such a list is not the official one.
func MissingStatutory(all []Exception, year int) (missing []string) {
	for _, names := range statutory {
		found := false
		for _, e := range all {
			for _, name := range names {
				found = found || !e.Working && e.Day.Date().Year() == year && strings.Contains(strings.ToLower(e.Name), name)
			}
		}
		if !found {
			missing = append(missing, names[0])
		}
	}
	return missing
}
