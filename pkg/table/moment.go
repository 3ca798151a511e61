package table

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Years that a table may speak of.
const (
	firstYear = 1990
	lastYear  = 2100
)

// written are the ways in which tables write a day whose parts nobody can mistake: the year has four digits.
var (
	written = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d{2})(\d{2}))`)
	english = regexp.MustCompile(`^(\d{1,2})[- ]([A-Za-z]{3})[A-Za-z]*[- ,]+(\d{4})`)
	weekday = regexp.MustCompile(`^[ ,(]*(?:星期|周|礼拜)[一二三四五六日天][ )]*`)
	hour    = regexp.MustCompile(`^(凌晨|早上|上午|中午|下午|晚上|AM|PM)? ?(\d{1,2})(?:[:时点](\d{1,2})?分?)?(?:[:]?(\d{1,2})(?:\.\d+)?秒?)? ?(AM|PM)?$`)
	compact = regexp.MustCompile(`^(\d{2})(\d{2})(\d{2})?$`)
)

// narrow writes full-width digits and marks as ASCII.
func narrow(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0' || r == '\t' || r == '\n':
			return ' '
		case r == '。':
			return '.'
		}
		return r
	}, text))
}

// ParseMoment reads a day, or a day and a time, in a zone or with an offset of its own, as any of the ways in which spreadsheets and people write
// them; day says that there is no time. What could be read in two ways, such as 3/9/26 or a serial number, is not read.
func ParseMoment(text string, zone *time.Location) (at time.Time, day, ok bool) {
	text = narrow(text)
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, false, at.Year() >= firstYear && at.Year() <= lastYear
	}
	y, m, d, rest := dayIn(text)
	if y < firstYear || y > lastYear {
		return at, false, false
	}
	at = time.Date(y, time.Month(m), d, 0, 0, 0, 0, zone)
	if at.Month() != time.Month(m) || at.Day() != d {
		return at, false, false
	}
	rest = strings.TrimSpace(weekday.ReplaceAllString(rest, " "))
	if rest == "" {
		return at, true, true
	}
	h, minute, s, ok := clock(strings.TrimPrefix(rest, "T"))
	return time.Date(y, time.Month(m), d, h, minute, s, 0, zone), false, ok
}

// ParseDay reads a day, and a moment at midnight as one.
func ParseDay(text string) (time.Time, bool) {
	at, day, ok := ParseMoment(text, time.UTC)
	return at, ok && (day || at.Equal(at.Truncate(24*time.Hour)))
}

func dayIn(text string) (y, m, d int, rest string) {
	if found := written.FindStringSubmatch(text); found != nil {
		y, _ = strconv.Atoi(found[1])
		for n := 2; n < len(found); n += 2 {
			if found[n] != "" {
				m, _ = strconv.Atoi(found[n])
				d, _ = strconv.Atoi(found[n+1])
			}
		}
		return y, m, d, text[len(found[0]):]
	}
	if found := english.FindStringSubmatch(text); found != nil {
		if at, err := time.Parse("2-Jan-2006", found[1]+"-"+strings.ToUpper(found[2][:1])+strings.ToLower(found[2][1:])+"-"+found[3]); err == nil {
			return at.Year(), int(at.Month()), at.Day(), text[len(found[0]):]
		}
	}
	return 0, 0, 0, ""
}

// clock reads a time of the day.
func clock(text string) (h, m, s int, ok bool) {
	if found := compact.FindStringSubmatch(text); found != nil {
		h, _ = strconv.Atoi(found[1])
		m, _ = strconv.Atoi(found[2])
		s, _ = strconv.Atoi(found[3])
		return h, m, s, h < 24 && m < 60 && s < 60
	}
	found := hour.FindStringSubmatch(strings.ToUpper(text))
	if found == nil || found[3] == "" && !strings.ContainsAny(text, "时点") {
		return 0, 0, 0, false
	}
	h, _ = strconv.Atoi(found[2])
	m, _ = strconv.Atoi(found[3])
	s, _ = strconv.Atoi(found[4])
	half := found[1] + found[5]
	switch half {
	case "下午", "晚上", "PM":
		if h < 12 {
			h += 12
		}
	case "AM", "凌晨":
		if h == 12 {
			h = 0
		}
	}
	return h, m, s, h < 24 && m < 60 && s < 60
}
