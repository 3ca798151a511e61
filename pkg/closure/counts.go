// Package closure turns what happened to issues into figures: courses from moments, counts from courses, rates, scores and ranks from
// counts (pkg/inspect/rules.md, "Figures"). Everything here is pure; the same counts come from the courses themselves and from daily sums.
package closure

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Count is something that is counted, always in issues.
type Count int

// The counts. Of Due are those from Disposed to FalseFix, ClosedOfDue and Carried; of DueToClose are Closed, ClosedOnTime,
// AwaitingVerification and CarriedToClose. Open, OnHold and Overdue are of the cut-off, whatever the period.
const (
	Received             Count = iota // reported, without what a unit reported itself
	Filed                             // of those received
	Assigned                          // of those received and filed
	AssignedToUnit                    // assigned to the unit
	Due                               // 应处置: deadline in the period, or before it and not fixed at its start
	Disposed                          // fixed, not failed since, no false fix
	OnTime                            // of those disposed, by the deadline
	AwaitingVerification              // fixed and not verified yet (待核查)
	Closed                            // verified
	ClosedOnTime                      // of those closed, the fix came by the deadline and none was staged
	Reworked                          // failed at least once
	Extended                          // got more time at least once
	LongOverdue                       // not fixed, more than twice the limit used by the unit's own clock
	FalseFix                          // at least one fix was staged
	OnHold                            // of those open, on hold (挂账)
	OwnDue                            // would be due, but the unit reported it itself
	OnTheSpot                         // fixed by the inspector at once
	Returned                          // given back by the unit
	Shirked                           // given back without ground (推诿)
	DismissedLate                     // dismissed after it was assigned (派遣后作废)
	AssignDue                         // the office should have assigned it
	AssignOnTime                      // and did
	VerifyDue                         // somebody should have verified it
	VerifyOnTime                      // and did
	DueToClose                        // 应结案: deadline in the period, or before it and not verified at its start
	ClosedOfDue                       // of those due, verified
	Carried                           // of those due, with a deadline before the period
	CarriedToClose                    // of those due to close, with a deadline before the period
	Reopened                          // reopened after it was closed (结案后重开)
	Open                              // what the unit has to fix
	Overdue                           // of those open, past the deadline
	counts
)

// keys name the counts, in their order, as the API does.
var keys = [...]string{"received", "filed", "assigned", "given", "due", "disposed", "on_time", "waiting", "closed", "closed_on_time", "reworked",
	"extended", "long_overdue", "false_fix", "on_hold", "own_due", "on_the_spot", "returned", "shirked", "dismissed_late", "assign_due",
	"assign_on_time", "verify_due", "verify_on_time", "due_to_close", "closed_of_due", "carried", "carried_to_close", "reopened", "open", "overdue"}

// CountKeys are the names of all counts.
func CountKeys() []string { return slices.Clone(keys[:]) }

// Key is the name of a count.
func (c Count) Key() string { return keys[c] }

// AtCutOff says whether a count is of the cut-off, whatever the period.
func (c Count) AtCutOff() bool { return c == Open || c == OnHold || c == Overdue }

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

// Median is the middle one of some times, the mean of the two in the middle of an even number; ok is false for none. It changes their order.
func Median(all []time.Duration) (d time.Duration, ok bool) {
	if len(all) == 0 {
		return 0, false
	}
	middle := len(all) / 2
	partition(all, middle)
	if len(all)%2 == 1 {
		return all[middle], true
	}
	return (slices.Max(all[:middle]) + all[middle]) / 2, true
}

// partition puts that time in its place which would stand there if all were sorted, none larger before it and none smaller after it: only the part in
// which that place lies is looked at again.
func partition(all []time.Duration, place int) {
	for low, high := 0, len(all)-1; low < high; {
		pivot := all[low+(high-low)/2]
		left, right := low, high
		for left <= right {
			for all[left] < pivot {
				left++
			}
			for all[right] > pivot {
				right--
			}
			if left <= right {
				all[left], all[right] = all[right], all[left]
				left, right = left+1, right-1
			}
		}
		switch {
		case place <= right:
			high = right
		case place >= left:
			low = left
		default:
			return
		}
	}
}
