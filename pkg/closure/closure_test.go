package closure_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
)

// named gives the counts that are not zero by their names.
func named(f *closure.Figures) map[string]int64 {
	all := map[string]int64{}
	for n, key := range closure.CountKeys() {
		if v := f.Counts[n]; v != 0 {
			all[key] = v
		}
	}
	return all
}

type counts = map[string]int64

// TestEverySentenceOfTheDefinitions counts one issue for each sentence of pkg/inspect/rules.md, "Figures", with figures that were worked out by hand. All are seen
// from Monday the 23rd, 9:00, for the week from the 16th to the 22nd.
func TestEverySentenceOfTheDefinitions(t *testing.T) {
	t.Parallel()
	a, b, crew := unit('a'), unit('b'), unit('c')
	patrol := inspect.Source("patrol")
	in := counts{"received": 1, "filed": 1, "assigned": 1, "given": 1, "assign_due": 1, "assign_on_time": 1}
	with := func(of counts, more ...counts) counts {
		all := counts{}
		for _, m := range append(more, of) {
			for k, v := range m {
				all[k] += v
			}
		}
		return all
	}
	begun := func(day int) *life { return reported(at(day, 8), patrol).assigned(at(day, 8), a, 8) }
	for _, c := range []struct {
		sentence string
		life     *life
		want     counts
		of       inspect.ID // the unit to which what is due belongs; a when zero
	}{
		{"deadline in the period: fixed by it and verified", begun(17).fixed(at(17, 12)).verified(at(17, 15)),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "closed": 1, "closed_on_time": 1, "verify_due": 1, "verify_on_time": 1, "due_to_close": 1,
				"closed_of_due": 1}, in), a},
		{"nothing done", begun(17), with(counts{"due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), a},
		{"not yet more than twice the limit used", reported(at(22, 20), patrol).assigned(at(22, 20), a, 3).event(&inspect.Event{Type: "issue.commented", At: at(22, 21)}),
			with(counts{"due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), a},
		{"twice the limit is not used up at the cut-off", reported(at(22, 13), patrol).assigned(at(22, 13), a, 10),
			with(counts{"due": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), a},
		{"deadline before the period and still open at its start: carried", begun(10).fixed(at(18, 9)).verified(at(18, 10)),
			counts{"due": 1, "carried": 1, "disposed": 1, "closed": 1, "verify_due": 1, "verify_on_time": 1, "carried_to_close": 1, "due_to_close": 1, "closed_of_due": 1}, a},
		{"deadline before it and closed before its start: not due", begun(10).fixed(at(11, 9)).verified(at(12, 10)), counts{}, a},
		{"fixed but not verified at its start is open", begun(10).fixed(at(10, 9)), counts{"waiting": 1, "carried_to_close": 1, "due_to_close": 1}, a},
		{"deadline after it", reported(at(20, 8), patrol).assigned(at(20, 8), a, 100), with(counts{"open": 1}, in), a},
		{"closed early counts in the period of its deadline", reported(at(13, 8), patrol).assigned(at(13, 8), a, 100).fixed(at(13, 9)).verified(at(13, 10)),
			counts{"due": 1, "disposed": 1, "on_time": 1, "closed": 1, "closed_on_time": 1, "closed_of_due": 1, "due_to_close": 1}, a},
		{"less on hold at the cut-off", begun(17).held(at(17, 18), at(30, 0), 0), with(counts{"on_hold": 1, "overdue": 1, "open": 1}, in), a},
		{"a hold that is over takes nothing away", begun(17).held(at(17, 10), at(18, 0), at(18, 6)),
			with(counts{"due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), a},
		{"less dismissed, which is counted as 派遣后作废", begun(17).step("dismissed", at(18, 8)), with(counts{"dismissed_late": 1}, in), a},
		{"dismissed before assignment is received and no more", reported(at(17, 8), patrol).step("dismissed", at(17, 9)), counts{"received": 1}, a},
		{"less merged", begun(17).event(&inspect.Event{Type: "issue.merged", At: at(17, 12), CreditedAt: at(17, 12)}), in, a},
		{"merged after its deadline it stays in its unit's figures, as it stood then",
			begun(17).event(&inspect.Event{Type: "issue.merged", At: at(17, 20), CreditedAt: at(17, 20)}),
			with(counts{"due": 1, "due_to_close": 1}, in), a},
		{"and is not carried into a period that begins after the merge",
			begun(10).event(&inspect.Event{Type: "issue.merged", At: at(15, 20), CreditedAt: at(15, 20)}), counts{}, a},
		{"a merge that is undone counts again", begun(17).event(&inspect.Event{Type: "issue.merged", At: at(18, 8),
			CreditedAt: at(18, 8)}).event(&inspect.Event{Type: "issue.unmerged", At: at(18, 9), CreditedAt: at(18, 9)}),
			with(counts{"due": 1, "long_overdue": 1, "due_to_close": 1, "overdue": 1, "open": 1}, in), a},
		{"less appealed away as the wrong unit", begun(17).upheld(at(17, 10), inspect.AppealWrongUnit), with(counts{"assign_due": 1}, in), a},
		{"the wrong unit, found out after it was closed", begun(17).fixed(at(17, 9)).verified(at(17, 10)).upheld(at(18, 8), inspect.AppealWrongUnit),
			with(counts{"verify_due": 1, "verify_on_time": 1}, in), a},
		{"the deadline is that before rework", begun(17).fixed(at(17, 9)).failed(at(17, 20), inspect.Fail).fixed(at(18, 9)).verified(at(18, 10)),
			with(counts{"due": 1, "disposed": 1, "closed": 1, "reworked": 1, "verify_due": 2, "verify_on_time": 1, "due_to_close": 1, "closed_of_due": 1}, in), a},
		{"on time is the time of the fix that later passed, never the verifier's", begun(17).fixed(at(17, 15)).verified(at(22, 10)),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "closed": 1, "closed_on_time": 1, "verify_due": 1, "due_to_close": 1, "closed_of_due": 1}, in), a},
		{"failed since is not disposed", begun(17).fixed(at(17, 9)).failed(at(17, 10), inspect.Fail),
			with(counts{"due": 1, "reworked": 1, "long_overdue": 1, "verify_due": 1, "verify_on_time": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), a},
		{"a false fix counts as not disposed and reworked even if it passes later",
			begun(17).fixed(at(17, 9)).failed(at(17, 10), inspect.FalseFix).fixed(at(17, 11)).verified(at(17, 12)),
			with(counts{"due": 1, "closed": 1, "reworked": 1, "false_fix": 1, "verify_due": 2, "verify_on_time": 2, "due_to_close": 1, "closed_of_due": 1}, in), a},
		{"an appeal upheld on a false fix takes it back", begun(17).fixed(at(17, 9)).failed(at(17, 10),
			inspect.FalseFix).fixed(at(17, 11)).verified(at(17, 12)).upheld(at(18, 8), inspect.AppealFalseFix),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "closed": 1, "closed_on_time": 1, "reworked": 1, "verify_due": 2, "verify_on_time": 2, "due_to_close": 1,
				"closed_of_due": 1}, in), a},
		{"an appeal upheld on rework takes it back", begun(17).fixed(at(17, 9)).failed(at(17, 10),
			inspect.Fail).fixed(at(17, 11)).verified(at(17, 12)).upheld(at(18, 8), inspect.AppealRework),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "closed": 1, "closed_on_time": 1, "verify_due": 2, "verify_on_time": 2, "due_to_close": 1,
				"closed_of_due": 1}, in), a},
		{"an appeal upheld on overdue counts as on time", begun(17).fixed(at(17, 20)).verified(at(17, 21)).upheld(at(18, 8), inspect.AppealOverdue),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "closed": 1, "closed_on_time": 1, "verify_due": 1, "verify_on_time": 1, "due_to_close": 1,
				"closed_of_due": 1}, in), a},
		{"approved extensions move the deadline", begun(17).extended(at(17, 10), at(24, 8)), with(counts{"open": 1}, in), a},
		{"extended and in time", begun(17).extended(at(17, 10), at(18, 8)).fixed(at(18, 7)),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "waiting": 1, "extended": 1, "verify_due": 1, "due_to_close": 1}, in), a},
		{"belongs to the unit that held it at the deadline: passed on before it", begun(17).passed(at(17, 9), crew),
			with(counts{"due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), crew},
		{"belongs to the unit that held it at the deadline: passed on after it", begun(17).passed(at(17, 20), crew),
			with(counts{"due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), a},
		{"given back, and another unit gets a full limit", begun(17).returned(at(17, 9)).assigned(at(17, 10), b, 8).fixed(at(17, 17)),
			with(counts{"given": 1, "returned": 1, "assign_due": 1, "due": 1, "disposed": 1, "on_time": 1, "waiting": 1, "verify_due": 1, "due_to_close": 1}, in), b},
		{"given to the same unit again is 推诿", begun(17).returned(at(17, 9)).event(&inspect.Event{Type: "issue.assigned", At: at(17, 9),
			CreditedAt: at(17, 9), Unit: a, DueAt: at(17, 16), Rejected: true,
			Clock: &inspect.Clock{Limit: 8, Unit: calendar.UrgentHour, From: at(17, 9), RemainingMS: 7 * 3_600_000}}),
			with(counts{"given": 1, "returned": 1, "shirked": 1, "assign_due": 1, "assign_on_time": 1, "due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1,
				"open": 1}, in), a},
		{"given to the same unit again is 推诿, also when the office dismissed and reopened it in between",
			begun(17).returned(at(17, 9)).step("dismissed", at(17, 10)).step("reopened", at(17, 11)).
				event(&inspect.Event{Type: "issue.assigned", At: at(17, 12), CreditedAt: at(17, 12), Unit: a, DueAt: at(17, 19), Rejected: true,
					Clock: &inspect.Clock{Limit: 8, Unit: calendar.UrgentHour, From: at(17, 12), RemainingMS: 7 * 3_600_000}}),
			with(counts{"given": 1, "returned": 1, "shirked": 1, "due": 1, "long_overdue": 1, "reopened": 1, "overdue": 1, "due_to_close": 1, "open": 1}, in), a},
		{"what the unit reported itself stands in a column of its own", reported(at(17, 8), inspect.SourceUnit).assigned(at(17, 8), a, 8),
			counts{"given": 1, "own_due": 1}, a},
		{"on-the-spot fixes stand in a column of their own",
			reported(at(17, 8), patrol).event(&inspect.Event{Type: "issue.fixed_on_the_spot", At: at(17, 8), CreditedAt: at(17, 8), StepDueAt: at(17, 12)}).verified(at(17, 9)),
			counts{"on_the_spot": 1, "verify_due": 1, "verify_on_time": 1, "received": 1, "filed": 1}, a},
		{"assigned late", reported(at(17, 8), patrol).assigned(at(17, 10), a, 8),
			with(counts{"received": 1, "filed": 1, "assigned": 1, "given": 1, "assign_due": 1, "due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1, "open": 1}), a},
		{"received and not assigned", reported(at(17, 8), patrol), counts{"received": 1, "assign_due": 1}, a},
		{"received before, assigned in it: the cohort is that of receipt", reported(at(15, 23), patrol).assigned(at(16, 8), a, 4),
			counts{"given": 1, "due": 1, "long_overdue": 1, "overdue": 1, "due_to_close": 1, "open": 1}, a},
		{"verified wrongly and reopened is open again", begun(10).fixed(at(10, 9)).verified(at(11, 9)).event(&inspect.Event{Type: "issue.reopened",
			At: at(17, 9), CreditedAt: at(17, 9), RemindAt: at(18, 9)}),
			counts{"open": 1, "reopened": 1, "overdue": 1}, a},
		{"a fix that the phone did in time and the server received late counts as done",
			begun(17).event(&inspect.Event{Type: "issue.fixed", At: at(17, 23), CreditedAt: at(17, 15), Late: true, StepDueAt: at(18, 9)}),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "waiting": 1, "verify_due": 1, "due_to_close": 1}, in), a},
		{"closed before the period and reopened after it: it was closed all that time",
			begun(10).fixed(at(10, 9)).verified(at(11, 9)).event(&inspect.Event{Type: "issue.reopened", At: at(23, 8), CreditedAt: at(23, 8)}),
			counts{"open": 1, "overdue": 1}, a},
		{"closed in the period and reopened after it: the period stays as it was",
			begun(17).fixed(at(17, 9)).verified(at(17, 10)).event(&inspect.Event{Type: "issue.reopened", At: at(23, 8), CreditedAt: at(23, 8)}),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "due_to_close": 1, "closed": 1, "closed_of_due": 1, "closed_on_time": 1, "verify_due": 1,
				"verify_on_time": 1, "open": 1, "overdue": 1}, in), a},
		{"reopened before the period and not fixed: carried over",
			begun(10).fixed(at(10, 9)).verified(at(11, 9)).event(&inspect.Event{Type: "issue.reopened", At: at(15, 9), CreditedAt: at(15, 9)}),
			counts{"due": 1, "carried": 1, "due_to_close": 1, "carried_to_close": 1, "long_overdue": 1, "open": 1, "overdue": 1}, a},
		{"a fix after an eighth of the limit that failed days later: what waited for the verdict is not used", // one hour, and 13 since 20:00 of the 22nd
			begun(17).fixed(at(17, 9)).failed(at(22, 20), inspect.Fail),
			with(counts{"due": 1, "due_to_close": 1, "reworked": 1, "verify_due": 1, "open": 1, "overdue": 1}, in), a},
		{"an appeal upheld on a false fix that was good leaves no rework", begun(17).fixed(at(17, 9)).failed(at(17, 10),
			inspect.FalseFix).fixed(at(17, 11)).verified(at(17, 12)).upheldAs(at(18, 8), inspect.FixGood),
			with(counts{"due": 1, "disposed": 1, "on_time": 1, "due_to_close": 1, "closed": 1, "closed_of_due": 1, "closed_on_time": 1, "verify_due": 2,
				"verify_on_time": 2}, in), a},
		{"an appeal upheld on an open overdue issue gives a new deadline", begun(17).newDeadline(at(18, 8), at(24, 8)), with(counts{"open": 1}, in), a},
		{"fixed in time and not verified for weeks burdens the office, never the unit again", begun(3).fixed(at(3, 9)),
			counts{"due_to_close": 1, "carried_to_close": 1, "waiting": 1}, a},
		{"failed in the period and fixed before: the unit owes it from the next period on", begun(10).fixed(at(10, 9)).failed(at(18, 9), inspect.Fail),
			counts{"due_to_close": 1, "carried_to_close": 1, "open": 1, "overdue": 1}, a},
	} {
		s := compute(week47, at(23, 9), cal(t), nil, c.life)
		got := named(&s.Total)
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
		for id, f := range s.Units {
			if f.Counts[closure.Due] > 0 && id != c.of {
				t.Errorf("%s: due for unit %s, want %s", c.sentence, id, c.of)
			}
		}
	}
}

// TestFiguresAreTheSameByEveryWay holds sums of days, deltas and a count of all courses against each other over random lives, and the figures
// against what has to be true of any.
func TestFiguresAreTheSameByEveryWay(t *testing.T) {
	t.Parallel()
	c := cal(t)
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		var lives []*life
		for range 40 {
			lives = append(lives, random(r))
		}
		now := at(120, 0) // everything has come by then
		from := calendar.DayOf(2026, 11, 1+r.IntN(30))
		span := closure.Span{From: from, To: from + calendar.Day(1+r.IntN(10))}
		whole := compute(span, now, c, nil, lives...)

		bySums, byDeltas := closure.NewBreakdown(), closure.NewBreakdown()
		var deltas []closure.Delta
		for _, l := range lives {
			course := l.course(now)
			var half []closure.Delta
			if before, ok := closure.CourseOf(l.moments[:len(l.moments)/2], now); ok {
				half = before.Cells(zone)
			}
			deltas = append(deltas, closure.Changes(nil, half)...) // any way there is, is a way
			deltas = append(deltas, closure.Changes(half, course.Cells(zone))...)
			// What sums do not tell is counted one by one.
			view := closure.NewView(span, now, c)
			for _, share := range course.Shares(view) {
				if share.Counts = slices.DeleteFunc(share.Counts, func(n closure.Count) bool {
					return course.Summable() && n != closure.LongOverdue && !n.AtCutOff()
				}); len(share.Counts) > 0 {
					bySums.AddShare(&share, 1)
					byDeltas.AddShare(&share, 1)
				}
			}
		}
		for n := range deltas {
			d := &deltas[n]
			byDeltas.Add(d, span)
			var sum closure.Counts
			for _, of := range d.Counts {
				sum[of] += d.Times
			}
			if d.Day < span.To {
				bySums.Total.AddRollUp(closure.Portion{Basis: d.Basis, Before: d.Day < span.From}, &sum)
			}
		}
		for name, s := range map[string]*closure.Breakdown{"sums": bySums, "deltas": byDeltas} {
			if s.Total.Counts != whole.Total.Counts {
				t.Fatalf("seed %d, %v: %s give %v, all courses %v", seed, span, name, named(&s.Total), named(&whole.Total))
			}
		}
		now = at(20+r.IntN(20), r.IntN(24))
		earlier, later := compute(span, now, c, nil, lives...), compute(span, now.Add(24*time.Hour), c, nil, lives...)
		consistent(t, seed, earlier)
		consistent(t, seed, later)
	}
}

// consistent holds what is true of any figures.
func consistent(t *testing.T, seed uint64, s *closure.Breakdown) {
	t.Helper()
	f := &s.Total
	for _, n := range []closure.Count{closure.Disposed, closure.Reworked, closure.Extended, closure.LongOverdue, closure.FalseFix, closure.ClosedOfDue,
		closure.Carried} {
		if f.Counts[n] > f.Counts[closure.Due] {
			t.Errorf("seed %d: %s %d is more than due %d", seed, n.Key(), f.Counts[n], f.Counts[closure.Due])
		}
	}
	for _, pair := range [][2]closure.Count{{closure.Filed, closure.Received}, {closure.Assigned, closure.Filed}, {closure.OnTime, closure.Disposed},
		{closure.ClosedOnTime, closure.Closed}, {closure.Closed, closure.DueToClose}, {closure.AwaitingVerification, closure.DueToClose},
		{closure.CarriedToClose, closure.DueToClose}, {closure.Due, closure.DueToClose}, {closure.OnHold, closure.Open}, {closure.Overdue, closure.Open},
		{closure.AssignOnTime, closure.AssignDue}, {closure.VerifyOnTime, closure.VerifyDue}, {closure.Shirked, closure.Returned}} {
		if f.Counts[pair[0]] > f.Counts[pair[1]] {
			t.Errorf("seed %d: %s %d is more than %s %d", seed, pair[0].Key(), f.Counts[pair[0]], pair[1].Key(), f.Counts[pair[1]])
		}
	}
	for n, v := range f.Counts {
		if v < 0 || f.NewlyDue() < 0 {
			t.Errorf("seed %d: %s is %d, %d are new", seed, closure.Count(n).Key(), v, f.NewlyDue())
		}
	}
	var units, categories closure.Figures
	for _, u := range s.Units {
		units.Add(u, 1)
	}
	for _, k := range s.Categories {
		categories.Add(k, 1)
	}
	if units.Counts != f.Counts || categories.Counts != f.Counts {
		t.Errorf("seed %d: units add up to %v, categories to %v, all is %v", seed, named(&units), named(&categories), named(f))
	}
}

// TestAnIssueIsNewOnce counts an issue over consecutive weeks: new in one of them, carried in the later ones while it is open.
func TestAnIssueIsNewOnce(t *testing.T) {
	t.Parallel()
	seeds := uint64(200)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		l := random(rand.New(rand.NewPCG(seed, 11)))
		fresh := int64(0)
		for from := calendar.DayOf(2026, 10, 26); from < calendar.DayOf(2027, 3, 1); from += 7 {
			s := compute(closure.Span{From: from, To: from + 7}, at(200, 0), cal(t), nil, l)
			if fresh += s.Total.NewlyDue(); s.Total.Counts[closure.Due] > 1 {
				t.Errorf("seed %d: due %d times in one week", seed, s.Total.Counts[closure.Due])
			}
		}
		// What is reopened and goes to another unit has a deadline of its own there; the period of the first one stays as it was.
		if course := l.course(at(200, 0)); fresh > int64(1+len(course.Reopenings)) {
			t.Errorf("seed %d: new in %d weeks", seed, fresh)
		}
	}
}
