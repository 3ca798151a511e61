package httpapi

import (
	"fmt"
	"testing"
	"time"
)

func TestBudgetsAreByNetworkAndInAll(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	asks := func(b *budget, times int, at time.Time, from func(n int) string) (let int) {
		for n := range times {
			if b.take(from(n), at) {
				let++
			}
		}
		return let
	}
	one := func(address string) func(int) string { return func(int) string { return address } }
	b := &budget{network: 30, share: 5, all: 100}
	if got := asks(b, 200, now, one("192.0.2.1")); got != 30 {
		t.Errorf("one address asked %d times in a minute, want 30", got)
	}
	if got := asks(b, 200, now, func(n int) string { return fmt.Sprintf("2001:db8:0:7::%x", n) }); got != 30 {
		t.Errorf("the addresses of one /64 asked %d times, want 30", got)
	}
	if got := asks(b, 30, now, one("192.0.2.2")) + asks(b, 30, now, one("192.0.2.3")); got != 30+30 {
		t.Errorf("two more asked %d times, want as often as each may", got)
	}
	if got := asks(b, 30, now, one("192.0.2.4")); got != 5 {
		t.Errorf("when all have used what is for all, the next asked %d times, want its share", got)
	}
	if got := asks(b, 30, now.Add(time.Minute), one("192.0.2.1")); got != 30 {
		t.Errorf("in the next minute it asked %d times", got)
	}
	wide := &budget{network: 30, share: 30, all: 0}
	if got := asks(wide, 1000, now, func(n int) string { return fmt.Sprintf("2001:db8:0:%x::1", n) }); got != 120 {
		t.Errorf("a thousand networks of one /48 asked %d times, want four times what one may", got)
	}
}
