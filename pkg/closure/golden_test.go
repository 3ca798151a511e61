package closure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
