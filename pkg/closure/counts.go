// Package closure turns what happened to issues into figures: facts from events, counts from facts, rates, scores and ranks from
// counts (pkg/inspect/rules.md, "Figures"). Everything here is pure; the same counts come from a scan of facts and from daily sums of them.
package closure

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Count is something that is counted, always in issues.
type Count int

// The counts. Those from Due to FalseFix are subsets of Due and say how an issue that was due stands now.
const (
	Received             Count = iota // reported, without what a unit reported itself and what was fixed on the spot
	Filed                             // of those received
	Assigned                          // of those received and filed
	AssignedToUnit                    // assigned to the unit
	Due                               // 应处置
	Disposed                          // fixed, not failed since, no false fix
	OnTime                            // of those disposed, by the deadline
	AwaitingVerification              // fixed and not verified yet (待核查)
	Closed                            // verified
	ClosedOnTime                      // of those closed, the fix came by the deadline
	Reworked                          // failed at least once
	Extended                          // got more time at least once
	LongOverdue                       // not fixed, more than twice the limit used
	FalseFix                          // at least one fix was staged
	OnHold                            // would be due, but is on hold
	OwnDue                            // would be due, but the unit reported it itself
	OnTheSpot                         // fixed by the inspector at once
	Returned                          // given back by the unit
	Shirked                           // given back, and the office gave it to the same unit again (推诿)
	DismissedLate                     // dismissed after it was assigned (派遣后作废)
	AssignDue                         // the office should have assigned it
	AssignOnTime                      // and did
	VerifyDue                         // somebody should have verified it
	VerifyOnTime                      // and did
	firstToFix                        // of those disposed: classes of the time from assignment to fix
	firstFound           = firstToFix + classes
	counts               = firstFound + classes // of the time from discovery to fix
)

// keys name the counts, in their order, as the API does.
var keys = [...]string{"received", "filed", "assigned", "given", "due", "disposed", "on_time", "waiting", "closed", "closed_on_time", "reworked", "extended", "long_overdue",
	"false_fix", "on_hold", "own_due", "on_the_spot", "returned", "shirked", "dismissed_late", "assign_due", "assign_on_time", "verify_due", "verify_on_time"}

// CountKeys are the names of all counts.
func CountKeys() []string { return slices.Clone(keys[:]) }

// Key is the name of a count, empty for a class of a time.
func (c Count) Key() string {
	if int(c) >= len(keys) {
		return ""
	}
	return keys[c]
}

// bounds are the upper bounds of the classes of a time, each included; what is longer falls into the last class, which has none.
var bounds = [...]time.Duration{
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, 45 * time.Minute, time.Hour, 90 * time.Minute,
	2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 5 * time.Hour, 6 * time.Hour, 8 * time.Hour, 10 * time.Hour, 12 * time.Hour, 16 * time.Hour, 20 * time.Hour,
	24 * time.Hour, 30 * time.Hour, 36 * time.Hour, 48 * time.Hour, 60 * time.Hour, 72 * time.Hour, 96 * time.Hour, 120 * time.Hour, 168 * time.Hour,
	240 * time.Hour, 360 * time.Hour, 720 * time.Hour, 2160 * time.Hour,
}

const classes = Count(len(bounds) + 1)

// class is the class of a time.
func class(d time.Duration) Count {
	for n, b := range bounds {
		if d <= b {
			return Count(n)
		}
	}
	return classes - 1
}

// Counts are all counts of something: of a unit on a day, of a city in a year.
type Counts [counts]int64

// Add adds other counts so many times.
func (c *Counts) Add(other *Counts, times int64) {
	for n := range other {
		c[n] += times * other[n]
	}
}

// IsZero says whether nothing was counted.
func (c *Counts) IsZero() bool { return *c == Counts{} }

// MarshalText writes the counts in their order, zeros at the end left out. New counts are added at the end only, so that older texts
// stay true.
func (c *Counts) MarshalText() ([]byte, error) {
	last := len(c)
	for last > 0 && c[last-1] == 0 {
		last--
	}
	text := make([]byte, 0, 3*last)
	for n, v := range c[:last] {
		if n > 0 {
			text = append(text, ' ')
		}
		if v != 0 { // a zero is nothing between blanks
			text = strconv.AppendInt(text, v, 10)
		}
	}
	return text, nil
}

// UnmarshalText reads what MarshalText wrote.
func (c *Counts) UnmarshalText(text []byte) error {
	*c = Counts{}
	n, negative, digits := 0, false, false
	for _, b := range text {
		switch {
		case b == ' ':
			if negative && !digits {
				return strconv.ErrSyntax
			}
			if negative {
				c[n] = -c[n]
			}
			if n++; n >= len(c) {
				return strconv.ErrRange
			}
			negative, digits = false, false
		case b == '-' && !negative && !digits:
			negative = true
		case '0' <= b && b <= '9':
			if c[n] > (math.MaxInt64-9)/10 {
				return strconv.ErrRange
			}
			c[n], digits = 10*c[n]+int64(b-'0'), true
		default:
			return strconv.ErrSyntax
		}
	}
	switch {
	case negative && !digits:
		return strconv.ErrSyntax
	case negative:
		c[n] = -c[n]
	}
	return nil
}

// MedianToFix is the median time from assignment to fix, MedianFromDiscovery that from discovery to fix. Inside its class it is interpolated;
// ok is false when nothing was fixed. What lies above the last bound is that bound.
func (c *Counts) MedianToFix() (d time.Duration, ok bool) { return median(c[firstToFix:firstFound]) }

// MedianFromDiscovery is the median time from discovery to fix.
func (c *Counts) MedianFromDiscovery() (d time.Duration, ok bool) { return median(c[firstFound:]) }

// median of a histogram: the point up to which half of all lie, as if those of a class were spread evenly over it.
func median(histogram []int64) (time.Duration, bool) {
	var all int64
	for _, n := range histogram {
		all += n
	}
	if all <= 0 {
		return 0, false
	}
	var below int64
	for k, n := range histogram {
		if 2*(below+n) < all {
			below += n
			continue
		}
		if k == len(bounds) {
			break
		}
		var from time.Duration
		if k > 0 {
			from = bounds[k-1]
		}
		width := bounds[k] - from
		return (from + time.Duration(float64(width)*(float64(all)/2-float64(below))/float64(n))).Round(time.Minute), true
	}
	return bounds[len(bounds)-1], true
}
