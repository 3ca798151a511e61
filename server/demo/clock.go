package demo

import (
	"sync/atomic"
	"time"

	"spotcheck/pkg/inspect"
)

// Clock is the time of a story: it stands still until it is set.
type Clock struct{ ms atomic.Int64 }

// Now is the moment of the story.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.ms.Load()).UTC() }

// Set moves the story to another moment.
func (c *Clock) Set(t inspect.Time) { c.ms.Store(int64(t)) }

// hours of a day by how much is reported in each, midnight first: patrols start at seven and rest at noon.
var hours = [24]float64{0, 0, .1, 0, 0, .2, 1, 4, 8, 9, 8, 5, 2, 3, 7, 8, 7, 5, 3, 2, 1, .6, .3, .1}

// weekend is how much less is reported on a Saturday or Sunday.
const weekend = .35

// rush is how much more is found on the last day: an inspection from above is near.
const rush = 5

// rhythm turns shares of a span into moments, so that reports come as a city's do: by day, and on working days.
type rhythm struct {
	from time.Time
	sums []float64 // up to the end of each hour since from
}

func newRhythm(from, until time.Time) *rhythm {
	r := &rhythm{from: from}
	sum := 0.0
	for t := from; t.Before(until); t = t.Add(time.Hour) {
		weight := hours[t.Hour()]
		if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
			weight *= weekend
		}
		if until.Sub(t) <= 24*time.Hour {
			weight *= rush
		}
		sum += weight
		r.sums = append(r.sums, sum)
	}
	return r
}

// at is the moment by which a share (0 to 1) of everything has been reported.
func (r *rhythm) at(share float64) time.Time {
	want := share * r.sums[len(r.sums)-1]
	low, high := 0, len(r.sums)-1
	for low < high {
		if mid := (low + high) / 2; r.sums[mid] > want {
			high = mid
		} else {
			low = mid + 1
		}
	}
	before := 0.0
	if low > 0 {
		before = r.sums[low-1]
	}
	part := 0.0
	if width := r.sums[low] - before; width > 0 {
		part = (want - before) / width
	}
	return r.from.Add(time.Duration((float64(low) + part) * float64(time.Hour)))
}

// desk is the next moment at which an office works: 8:00 to 12:00 and 14:00 to 18:00, on any day.
func desk(t time.Time) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	since := t.Sub(day)
	switch {
	case since < 8*time.Hour:
		return day.Add(8*time.Hour + since%(20*time.Minute))
	case since >= 12*time.Hour && since < 14*time.Hour:
		return day.Add(14*time.Hour + since%(15*time.Minute))
	case since >= 18*time.Hour:
		return day.Add(32*time.Hour + since%(40*time.Minute))
	}
	return t
}
