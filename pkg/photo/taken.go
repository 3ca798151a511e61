package photo

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// TimeSource is which part of its EXIF a picture's time is from.
type TimeSource string

// The sources, the best first.
const (
	TimeOriginal TimeSource = "original"  // of the shutter
	TimeCreated  TimeSource = "created"   // when it was digitised
	TimeGPS      TimeSource = "satellite" // of the satellites, when the position was found
)

// spoken is a time as EXIF may hold it: what says the moment, its fraction of a second, and where its offset from UTC may stand.
type spoken struct {
	from     TimeSource
	text     tag
	fraction tag
	offsets  []tag
}

// spokens are tried one after the other.
var spokens = []spoken{
	{TimeOriginal, tagTaken, tagFraction, []tag{tagOffset, tagOffsetMain, tagOffsetMade}},
	{TimeCreated, tagCreated, tagFractionOf, []tag{tagOffsetMade, tagOffsetMain, tagOffset}},
}

// readTime reads when the picture was taken, in the offset that stands with it or else in the city's zone.
func (f *Metadata) readTime(e *exif, zone *time.Location) {
	for _, s := range spokens {
		local, offset, ok := moment(clean(e.text(s.text)))
		if !ok {
			continue
		}
		if local.Nanosecond() == 0 {
			local = local.Add(fraction(clean(e.text(s.fraction))))
		}
		for _, t := range s.offsets {
			if offset == nil {
				offset = offsetFromUTC(clean(e.text(t)))
			}
		}
		if f.took(local, offset, zone, s.from) {
			return
		}
	}
	if at, ok := gpsMoment(e); ok {
		f.took(at, time.UTC, zone, TimeGPS)
	}
}

// took notes a time that cameras could have seen.
func (f *Metadata) took(local time.Time, offset, zone *time.Location, from TimeSource) bool {
	in := zone
	if offset != nil {
		in = offset
	}
	t := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), in)
	_, seconds := t.Zone()
	t = t.UTC()
	if t.Year() < 1970 || t.Year() >= 2100 {
		return false
	}
	f.TakenAt, f.TakenFrom, f.OffsetKnown, f.OffsetMinutes = &t, from, offset != nil, seconds/60
	return true
}

// dateAndTime are the marks between numbers that programs write, and what may follow.
var dateAndTime = regexp.MustCompile(`^(\d{4})[:/.\-\s](\d{1,2})[:/.\-\s](\d{1,2})[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?\s*(.*)$`)

// moment reads a date and a time, taken for UTC, and the offset that may stand behind them. Hour 24 is what one way of writing calls the first
// hour of the day with its minutes; 24:00:00 is the end of the day (ISO 8601).
func moment(text string) (t time.Time, offset *time.Location, ok bool) {
	m := dateAndTime.FindStringSubmatch(text)
	if m == nil {
		return t, nil, false
	}
	var n [6]int
	for k := range n {
		n[k], _ = strconv.Atoi(m[k+1]) // digits only, or none
	}
	year, month, day, hour, minute, second := n[0], n[1], n[2], n[3], n[4], n[5]
	if hour == 24 && minute+second > 0 {
		hour = 0
	}
	if hour > 24 || minute > 59 || second > 60 {
		return t, nil, false
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Year() != year || int(date.Month()) != month || date.Day() != day {
		return t, nil, false // there is no such day
	}
	t = date.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + fraction(m[7]))
	return t, offsetFromUTC(m[8]), true
}

// fraction reads the digits behind the point of a second.
func fraction(digits string) time.Duration {
	const places = 9
	digits = strings.TrimSpace(digits)
	if len(digits) > places {
		digits = digits[:places]
	}
	n, err := strconv.ParseUint(digits+strings.Repeat("0", places-len(digits)), 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(n)
}

var offsetForm = regexp.MustCompile(`^([+-])(\d{1,2}):?(\d{2})?$`)

// mostOffset is that of the farthest zone, in hours.
const mostOffset = 14

// offsetFromUTC reads +08:00, +0800, +8 or Z; nil when it is none of these.
func offsetFromUTC(text string) *time.Location {
	if text = strings.ToUpper(text); text == "Z" || text == "UTC" {
		return time.UTC
	}
	m := offsetForm.FindStringSubmatch(strings.ReplaceAll(text, " ", ""))
	if m == nil {
		return nil
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi(m[3]) // none are 0
	if hours > mostOffset || minutes > 59 {
		return nil
	}
	seconds := 3600*hours + 60*minutes
	if m[1] == "-" {
		seconds = -seconds
	}
	return time.FixedZone("", seconds)
}

// gpsMoment is the date and the time of day of the satellites.
func gpsMoment(e *exif) (t time.Time, ok bool) {
	n, ok := e.numbers(tagGPSTime)
	if !ok || len(n) < 3 || n[0] < 0 || n[0] >= 24 || n[1] < 0 || n[1] >= 60 || n[2] < 0 || n[2] > 60 {
		return t, false
	}
	day, _, ok := moment(strings.TrimSpace(clean(e.text(tagGPSDate))) + " 00:00")
	return day.Add(time.Duration((n[0]*3600 + n[1]*60 + n[2]) * float64(time.Second))), ok
}
