package closure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
)

// TestRanksAndListsByHand are ranks and lists of one peer group with the numbers written by hand: equals share a rank and stand on a list whole or not at
// all, and who has fewer issues due than the minimum has no rank and stands on no list, however good it is.
func TestRanksAndListsByHand(t *testing.T) {
	t.Parallel()
	type u struct {
		due   int64
		score float64
	}
	for _, c := range []struct {
		what  string
		units []u // A, B, C …
		ranks string
		red   string
		black string
	}{
		{"two firsts and two lasts", []u{{20, 90}, {20, 90}, {20, 70}, {20, 70}}, "1 1 3 3", "AB", "CD"},
		{"one first, three lasts", []u{{20, 90}, {20, 70}, {20, 70}, {20, 70}}, "1 2 2 2", "A", ""},
		{"a tie over the border of the third, above the median", []u{{20, 90}, {20, 80}, {20, 80}, {20, 80}, {20, 70}, {20, 60}, {20, 50}, {20, 40}, {20, 30}},
			"1 2 2 2 5 6 7 8 9", "ABCD", "GHI"},
		{"a tie that reaches the median", []u{{20, 90}, {20, 80}, {20, 80}, {20, 80}, {20, 80}, {20, 10}}, "1 2 2 2 2 6", "A", "F"},
		{"all are equal", []u{{20, 90}, {20, 90}, {20, 90}}, "1 1 1", "", ""},
		{"two have no third", []u{{20, 90}, {20, 80}}, "1 2", "", ""},
		{"two issues due and all of them done are no rank", []u{{2, 100}, {20, 90}, {20, 80}, {20, 70}}, "0 1 2 3", "B", "D"},
		{"nine are one too few, ten are enough", []u{{9, 100}, {10, 90}, {10, 80}, {10, 70}}, "0 1 2 3", "B", "D"},
		{"nobody has enough", []u{{2, 100}, {2, 90}, {2, 80}}, "0 0 0", "", ""},
		{"nothing due", []u{{0, 0}, {20, 90}, {20, 80}, {20, 70}}, "0 1 2 3", "B", "D"},
	} {
		var all []*closure.RankedUnit
		for n, of := range c.units {
			all = append(all, &closure.RankedUnit{PeerGroup: "街道", Name: string(rune('A' + n)), Due: of.due, Score: of.score})
		}
		named := slices.Clone(all)
		slices.Reverse(all)
		closure.Rank(all, 10)
		var ranks []string
		for _, v := range named {
			ranks = append(ranks, fmt.Sprint(v.Rank))
		}
		if got := strings.Join(ranks, " "); got != c.ranks {
			t.Errorf("%s: got ranks %s, want %s", c.what, got, c.ranks)
		}
		var scores []float64
		ranked := slices.DeleteFunc(named, func(v *closure.RankedUnit) bool { return v.Rank == 0 })
		for _, v := range ranked {
			scores = append(scores, v.Score)
		}
		isRed, isBlack := closure.RedAndBlack(scores)
		red, black := "", ""
		for n, v := range ranked {
			if isRed[n] {
				red += v.Name
			}
			if isBlack[n] {
				black += v.Name
			}
		}
		if red != c.red || black != c.black {
			t.Errorf("%s: got red %q and black %q, want %q and %q", c.what, red, black, c.red, c.black)
		}
	}
}

// suspended is a suspension by its letter, or another end of it, with the deadline that it gives.
func (l *life) suspended(t inspect.Time, storm byte, from, to, due inspect.Time) *life {
	return l.event(&inspect.Event{Type: "issue.suspended", At: t, Suspension: unit(storm), PauseFrom: from, Until: to, DueAt: due, OwnDueAt: due, Clock: &l.issue.Clock})
}

// TestSuspensionsByHand: one that is declared the evening before, and whose end is moved twice, is one pause of each issue, as long as it was in the end.
func TestSuspensionsByHand(t *testing.T) {
	t.Parallel()
	begun := func() *life { return reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 8) } // until 16:00
	for _, c := range []struct {
		what     string
		life     *life
		pauses   int
		due      inspect.Time
		usedUpAt inspect.Time // twice the limit
	}{
		{"none", begun(), 0, at(17, 16), at(18, 0)},
		{"declared the evening before", begun().suspended(at(17, 8), 's', at(17, 10), at(17, 14), at(17, 20)), 1, at(17, 20), at(18, 4)},
		{"its end moved twice", begun().suspended(at(17, 9), 's', at(17, 10), at(18, 10), at(18, 16)).suspended(at(17, 11), 's', at(17, 10), at(17, 12), at(17, 18)).
			suspended(at(17, 11), 's', at(17, 10), at(17, 14), at(17, 20)), 1, at(17, 20), at(18, 4)},
		{"two that overlap count once where they do", begun().suspended(at(17, 9), 's', at(17, 10), at(17, 14), at(17, 20)).
			suspended(at(17, 11), 'r', at(17, 12), at(17, 16), at(17, 22)), 2, at(17, 22), at(18, 6)},
		{"the deadline was past: it stays, and the time is not used", begun().suspended(at(17, 20), 's', at(17, 20), at(17, 23), at(17, 16)), 1, at(17, 16), at(18, 3)},
	} {
		course := c.life.course(at(23, 9))
		turn := course.Turn()
		if len(turn.Pauses) != c.pauses || turn.DueAt != c.due {
			t.Errorf("%s: got %d pauses, due %s; want %d and %s", c.what, len(turn.Pauses), turn.DueAt, c.pauses, c.due)
		}
		if got := turn.LongOverdueAt(cal(t)); got != c.usedUpAt+1 && got != c.usedUpAt {
			t.Errorf("%s: twice the limit is used at %s, want %s", c.what, got, c.usedUpAt)
		}
	}
}

// TestMergesByHand: a merged issue does not run, a deadline comes over inside one unit only, and lateness stays with the unit that was late.
func TestMergesByHand(t *testing.T) {
	t.Parallel()
	merged := func(l *life, t inspect.Time) *life {
		return l.event(&inspect.Event{Type: "issue.merged", At: t, CreditedAt: t, Into: unit('i')})
	}
	undone := func(l *life, t, due inspect.Time) *life {
		return l.event(&inspect.Event{Type: "issue.unmerged", At: t, CreditedAt: t, DueAt: due, PauseFrom: l.issue.ClosedAt, Clock: &l.issue.Clock})
	}
	from := func(l *life, t, due inspect.Time) *life {
		return l.event(&inspect.Event{Type: "issue.merged_from", At: t, CreditedAt: t, DueAt: due})
	}
	week46 := closure.Span{From: calendar.DayOf(2026, 11, 9), To: calendar.DayOf(2026, 11, 16)}
	four := func() *life { return reported(at(1, 8), "patrol").assigned(at(1, 8), unit('a'), 96) } // until the 5th, 8:00
	for _, c := range []struct {
		what  string
		span  closure.Span
		at    inspect.Time
		lives []*life
		want  string // due, disposed, on time, long overdue and open of each unit
	}{
		{"merged on the 2nd, undone on the 9th: 72 hours are left, so until the 12th", week46, at(10, 9), []*life{undone(merged(four(), at(2, 8)), at(9, 8), at(12, 8))},
			"a 0/0/0/0 open 1"},
		{"fixed by then it is in time", week46, at(16, 0), []*life{undone(merged(four(), at(2, 8)), at(9, 8), at(12, 8)).fixed(at(11, 8))}, "a 1/1/1/0 open 0"},
		{"not fixed, it is overdue from then on", week46, at(16, 0), []*life{undone(merged(four(), at(2, 8)), at(9, 8), at(12, 8))}, "a 1/0/0/0 open 1"},
		{"twice the limit is used on the 16th, 8:00", week47, at(16, 9), []*life{undone(merged(four(), at(2, 8)), at(9, 8), at(12, 8))}, "a 1/0/0/1 open 1"},
		{"merged before its deadline and left so, it is nobody's", week46, at(16, 0), []*life{merged(four(), at(2, 8))}, ""},
		{"overdue in one unit, merged into a fresh one of another: each keeps its own", week47, at(23, 0), []*life{
			merged(reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 8), at(17, 20)),
			from(reported(at(17, 18), "patrol").assigned(at(17, 19), unit('b'), 24), at(17, 20), 0).fixed(at(18, 12))}, "a 1/0/0/0 open 0, b 1/1/1/0 open 0"},
		{"inside one unit the earlier deadline comes over", week47, at(23, 0), []*life{
			merged(reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 28), at(17, 20)),
			from(reported(at(17, 18), "patrol").assigned(at(17, 19), unit('a'), 48), at(17, 20), at(18, 12)).fixed(at(18, 13))}, "a 1/1/0/0 open 0"},
	} {
		s := compute(c.span, c.at, cal(t), nil, c.lives...)
		var got []string
		for _, letter := range []byte{'a', 'b'} {
			if f := s.Units[unit(letter)]; f != nil {
				n := f.Counts
				got = append(got, fmt.Sprintf("%c %d/%d/%d/%d open %d", letter, n[closure.Due], n[closure.Disposed], n[closure.OnTime], n[closure.LongOverdue], n[closure.Open]))
			}
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: got %q, want %q", c.what, text, c.want)
		}
	}
}

// TestWhatAHearingAsksByHand has issues of one unit over the weeks from the 9th, the 16th and the 23rd, with what a unit may contest counted by hand.
func TestWhatAHearingAsksByHand(t *testing.T) {
	t.Parallel()
	week := func(n int) closure.Span {
		return closure.Span{From: calendar.DayOf(2026, 11, 2+7*n), To: calendar.DayOf(2026, 11, 9+7*n)}
	}
	begun := func() *life { return reported(at(10, 8), "patrol").assigned(at(10, 8), unit('a'), 8) } // until 16:00
	staged := func() *life { return begun().fixed(at(10, 9)).failed(at(10, 10), inspect.FalseFix) }
	for _, c := range []struct {
		what string
		life *life
		at   inspect.Time
		want [3]string // of each week: due/disposed/on time, due to close/closed/closed on time, reworked, false fixes; open and overdue at the moment
	}{
		{"closed in the first week and reopened in the third: the first stays, in the second it was closed", begun().fixed(at(10, 9)).verified(at(10, 11)).
			event(&inspect.Event{Type: "issue.reopened", At: at(24, 9), CreditedAt: at(24, 9)}), at(30, 0),
			[3]string{"1/1/1 1/1/1 0 0 1 1", "0/0/0 0/0/0 0 0 1 1", "0/0/0 0/0/0 0 0 1 1"}},
		{"fixed in time and verified by nobody: the unit owes nothing in the second week, the office does", begun().fixed(at(10, 9)), at(30, 0),
			[3]string{"1/1/1 1/0/0 0 0 0 0", "0/0/0 1/0/0 0 0 0 0", "0/0/0 1/0/0 0 0 0 0"}},
		{"open all the time: carried into each week", begun(), at(30, 0), [3]string{"1/0/0 1/0/0 0 0 1 1", "1/0/0 1/0/0 0 0 1 1", "1/0/0 1/0/0 0 0 1 1"}},
		{"fixed late in the second week and verified in the third", begun().fixed(at(18, 9)).verified(at(24, 9)), at(30, 0),
			[3]string{"1/1/0 1/1/0 0 0 0 0", "1/1/0 1/1/0 0 0 0 0", "0/0/0 1/1/0 0 0 0 0"}},
		{"a false fix made good in time is neither disposed of nor closed on time", staged().fixed(at(10, 11)).verified(at(10, 12)), at(30, 0),
			[3]string{"1/0/0 1/1/0 1 1 0 0", "0/0/0 0/0/0 0 0 0 0", "0/0/0 0/0/0 0 0 0 0"}},
		{"found insufficient, it is a rework and no more", staged().fixed(at(10, 11)).verified(at(10, 12)).upheld(at(11, 8), inspect.AppealFalseFix), at(30, 0),
			[3]string{"1/1/1 1/1/1 1 0 0 0", "0/0/0 0/0/0 0 0 0 0", "0/0/0 0/0/0 0 0 0 0"}},
		{"and the rework contested too, it is none", staged().fixed(at(10, 11)).verified(at(10, 12)).upheld(at(11, 8), inspect.AppealFalseFix).
			upheld(at(12, 8), inspect.AppealRework), at(30, 0), [3]string{"1/1/1 1/1/1 0 0 0 0", "0/0/0 0/0/0 0 0 0 0", "0/0/0 0/0/0 0 0 0 0"}},
		{"found good, there was no rework", staged().fixed(at(10, 11)).verified(at(10, 12)).upheldAs(at(11, 8), inspect.FixGood), at(30, 0),
			[3]string{"1/1/1 1/1/1 0 0 0 0", "0/0/0 0/0/0 0 0 0 0", "0/0/0 0/0/0 0 0 0 0"}},
		{"past its deadline and fixed is not overdue any more", begun().fixed(at(10, 20)), at(11, 0),
			[3]string{"1/1/0 1/0/0 0 0 0 0", "0/0/0 0/0/0 0 0 0 0", "0/0/0 0/0/0 0 0 0 0"}},
	} {
		for n := range 3 {
			f := compute(week(n+1), c.at, cal(t), nil, c.life).Total.Counts
			if got := fmt.Sprintf("%d/%d/%d %d/%d/%d %d %d %d %d", f[closure.Due], f[closure.Disposed], f[closure.OnTime], f[closure.DueToClose], f[closure.Closed],
				f[closure.ClosedOnTime], f[closure.Reworked], f[closure.FalseFix], f[closure.Open], f[closure.Overdue]); got != c.want[n] {
				t.Errorf("%s: week %d has %s, want %s", c.what, n+1, got, c.want[n])
			}
		}
	}
}

// TestReceptionIsCountedOnceByHand: of six received one is dismissed later, one fixed on the spot, one the unit's own, one merged before anybody had it, and
// two go to units. What the city received never shrinks, and the units' share is what was given to them.
func TestReceptionIsCountedOnceByHand(t *testing.T) {
	t.Parallel()
	begun := func(letter byte) *life { return reported(at(17, 8), "patrol").assigned(at(17, 9), unit(letter), 8) }
	lives := []*life{begun('a').step("dismissed", at(25, 8)), begun('a'), begun('b').fixed(at(17, 12)),
		reported(at(17, 8), "patrol").event(&inspect.Event{Type: "issue.fixed_on_the_spot", At: at(17, 8), CreditedAt: at(17, 8), StepDueAt: at(17, 12)}),
		reported(at(17, 8), inspect.SourceUnit).assigned(at(17, 9), unit('a'), 8),
		reported(at(17, 8), "patrol").event(&inspect.Event{Type: "issue.merged", At: at(17, 12), CreditedAt: at(17, 12)})}
	for _, moment := range []inspect.Time{at(23, 9), at(26, 9)} { // before the dismissal, and after it
		s := compute(week47, moment, cal(t), nil, lives...)
		f, a, b := &s.Total.Counts, s.Units[unit('a')], s.Units[unit('b')]
		got := fmt.Sprintf("received %d filed %d assigned %d given %d = %d + %d, on the spot %d", f[closure.Received], f[closure.Filed], f[closure.Assigned],
			f[closure.AssignedToUnit], a.Counts[closure.AssignedToUnit], b.Counts[closure.AssignedToUnit], f[closure.OnTheSpot])
		if want := "received 5 filed 4 assigned 3 given 4 = 3 + 1, on the spot 1"; got != want {
			t.Errorf("at %s: got %s, want %s", moment, got, want)
		}
	}
}

// TestAUnitCountsWhereItStoodByHand: a unit belongs to one office up to the 18th and to another from then on. What was due before counts for the first, and what is
// carried over stays where it was due.
func TestAUnitCountsWhereItStoodByHand(t *testing.T) {
	t.Parallel()
	lives := []*life{reported(at(16, 8), "patrol").assigned(at(16, 8), unit('a'), 8), reported(at(19, 8), "patrol").assigned(at(19, 8), unit('a'), 8)}
	first := func(s *closure.Share) bool { return s.Unit == unit('a') && s.Moment < at(18, 0) }
	second := func(s *closure.Share) bool { return s.Unit == unit('a') && s.Moment >= at(18, 0) }
	for _, c := range []struct {
		span  closure.Span
		in    func(*closure.Share) bool
		given int64
		due   int64
	}{{week47, first, 1, 1}, {week47, second, 1, 1}, {closure.Span{From: week47.To, To: week47.To + 7}, first, 0, 1},
		{closure.Span{From: week47.To, To: week47.To + 7}, second, 0, 1}} {
		f := compute(c.span, at(30, 0), cal(t), c.in, lives...).Total.Counts
		if f[closure.AssignedToUnit] != c.given || f[closure.Due] != c.due {
			t.Errorf("in %v: got %d given, %d due; want %d and %d", c.span, f[closure.AssignedToUnit], f[closure.Due], c.given, c.due)
		}
	}
}

// TestOwnTimeHoldsAndCutOffsByHand: what only the unit's own clock used, what is on hold of what is open, and what is due so far.
func TestOwnTimeHoldsAndCutOffsByHand(t *testing.T) {
	t.Parallel()
	early := func() *life { // 30 hours from the 16th, 8:00; fixed after 5, failed three days later
		return reported(at(16, 8), "patrol").assigned(at(16, 8), unit('a'), 30).fixed(at(16, 13)).failed(at(19, 13), inspect.Fail)
	}
	open := func() *life { return reported(at(16, 8), "patrol").assigned(at(16, 8), unit('a'), 8) } // until 16:00
	held := func() *life { return open().held(at(16, 9), at(26, 9), at(26, 16)) }
	for _, c := range []struct {
		what  string
		at    inspect.Time
		lives []*life
		want  string // due, disposed, long overdue, open, on hold, overdue
	}{
		{"five minutes of rework on it: 5 of 30 hours are used", at(19, 13).Add(5 * time.Minute), []*life{early()}, "1 0 0 1 0 1"},
		{"55 hours of rework on it: 60 are used, which is twice and no more", at(21, 20), []*life{early()}, "1 0 0 1 0 1"},
		{"and a minute more", at(21, 20).Add(time.Minute), []*life{early()}, "1 0 1 1 0 1"},
		{"four of seven on hold, three overdue for more than twice 8 hours", at(17, 9), []*life{held(), held(), held(), held(), open(), open(), open()}, "3 0 3 7 4 3"},
		{"when the hold is over it is due again", at(26, 10), []*life{held()}, "0 0 0 1 0 0"},
		{"on Monday, 9:00, nothing is due so far", at(16, 9), []*life{open(), open(), open()}, "0 0 0 3 0 0"},
		{"at 16:00 it is, by the deadline and not before", at(16, 16), []*life{open().fixed(at(16, 16)), open()}, "2 1 0 1 0 0"},
	} {
		f := compute(week47, c.at, cal(t), nil, c.lives...).Total.Counts
		if got := fmt.Sprint(f[closure.Due], f[closure.Disposed], f[closure.LongOverdue], f[closure.Open], f[closure.OnHold], f[closure.Overdue]); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
}
