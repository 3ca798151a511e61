package inspect

import (
	"errors"
	"time"
)

// Date is a day of the city's calendar as YYYY-MM-DD; empty is no day. Dates compare as texts.
type Date string

// DateOf is the day in a zone on which a moment falls.
func DateOf(t Time, zone *time.Location) Date { return Date(t.UTC().In(zone).Format(time.DateOnly)) }

// Add is the day so many days later.
func (d Date) Add(days int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, days).Format(time.DateOnly))
}

// AddYears is the day so many years later.
func (d Date) AddYears(years int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(years, 0, 0).Format(time.DateOnly))
}

// UnmarshalText reads YYYY-MM-DD, from 2000 to 2099.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return errors.New("want a date such as 2026-11-24, from 2000 to 2099")
	}
	*d = Date(text)
	return nil
}

// Span is the days from one to another, both included; without an end it goes on.
type Span struct{ From, To Date }

// Holds says whether a day lies in the span.
func (s Span) Holds(d Date) bool { return s.From <= d && (s.To == "" || d <= s.To) }
