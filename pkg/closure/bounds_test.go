package closure_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// figuresOf are the figures of the week from the 16th as they stood at a moment.
func figuresOf(t *testing.T, l *life, at inspect.Time) counts {
	t.Helper()
	return named(&compute(week47, at, cal(t), nil, l).Total)
}

func wantCount(t *testing.T, what string, got counts, key string, want int64) {
	t.Helper()
	if got[key] != want {
		t.Errorf("%s: %s %d, want %d; all: %v", what, key, got[key], want, got)
	}
}

// TestAtTheDeadlineIsInTime: fix, the office's own step and the inspectors'.
func TestAtTheDeadlineIsInTime(t *testing.T) {
	t.Parallel()
	a, end := unit('a'), at(23, 9)
	for late, want := range map[inspect.Time]int64{-1: 1, 0: 1, 1: 0} {
		fixed := reported(at(17, 8), "patrol").assigned(at(17, 8), a, 8).fixed(at(17, 16) + late).verified(at(17, 20))
		wantCount(t, fmt.Sprintf("fixed %d ms after the deadline", late), figuresOf(t, fixed, end), "on_time", want)
		wantCount(t, fmt.Sprintf("fixed %d ms after the deadline", late), figuresOf(t, fixed, end), "closed_on_time", want)
		assigned := reported(at(17, 8), "patrol").assigned(at(17, 8).Add(30*time.Minute)+late, a, 8)
		wantCount(t, fmt.Sprintf("assigned %d ms after its step", late), figuresOf(t, assigned, end), "assign_on_time", want)
		verified := reported(at(17, 8), "patrol").assigned(at(17, 8), a, 8).fixed(at(17, 10)).verified(at(17, 14) + late)
		wantCount(t, fmt.Sprintf("verified %d ms after its step", late), figuresOf(t, verified, end), "verify_on_time", want)
	}
}

// TestTheCutOffIsIncluded: what happened at the cut-off counts, what happened after it has not happened yet.
func TestTheCutOffIsIncluded(t *testing.T) {
	t.Parallel()
	l := reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 2).fixed(at(18, 9)).verified(at(19, 9))
	for moment, want := range map[inspect.Time]counts{
		at(18, 9) - 1: {"disposed": 0, "waiting": 0, "closed": 0, "long_overdue": 1},
		at(18, 9):     {"disposed": 1, "waiting": 1, "closed": 0, "long_overdue": 0},
		at(19, 9) - 1: {"disposed": 1, "waiting": 1, "closed": 0, "long_overdue": 0},
		at(19, 9):     {"disposed": 1, "waiting": 0, "closed": 1, "long_overdue": 0},
	} {
		got := figuresOf(t, l, moment)
		for key, n := range want {
			wantCount(t, "at "+moment.String(), got, key, n)
		}
		wantCount(t, "at "+moment.String(), got, "due", 1)
	}
	spot := reported(at(17, 8), "patrol").event(&inspect.Event{Type: "issue.fixed_on_the_spot", At: at(18, 8), CreditedAt: at(18, 8), StepDueAt: at(18, 12)})
	wantCount(t, "fixed on the spot at the cut-off", figuresOf(t, spot, at(18, 8)), "on_the_spot", 1)
	wantCount(t, "fixed on the spot after the cut-off", figuresOf(t, spot, at(18, 8)-1), "on_the_spot", 0)
	dismissed := reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 2).step("dismissed", at(18, 8))
	wantCount(t, "dismissed", figuresOf(t, dismissed, at(18, 8)), "dismissed_late", 1)
	wantCount(t, "dismissed after the cut-off", figuresOf(t, dismissed, at(18, 8)-1), "dismissed_late", 0)
}

// TestLongOverdueIsMoreThanTwiceTheLimit: twice the limit to the moment is not yet more.
func TestLongOverdueIsMoreThanTwiceTheLimit(t *testing.T) {
	t.Parallel()
	l := reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 2) // due at ten, twice the limit at twelve
	for moment, want := range map[inspect.Time]int64{at(17, 10): 0, at(17, 12) - 1: 0, at(17, 12): 0, at(17, 12) + 1: 1} {
		wantCount(t, "at "+moment.String(), figuresOf(t, l, moment), "long_overdue", want)
	}
	course := l.course(at(20, 0))
	if got := course.Turn().LongOverdueAt(cal(t)); got != at(17, 12) {
		t.Errorf("twice the limit is used at %s", got)
	}
}

// TestAHoldEndsAtItsEnd: from that moment on the issue is due again.
func TestAHoldEndsAtItsEnd(t *testing.T) {
	t.Parallel()
	l := reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 8).held(at(17, 18), at(20, 0), 0)
	for moment, held := range map[inspect.Time]int64{at(20, 0) - 1: 1, at(20, 0): 0} {
		got := figuresOf(t, l, moment)
		wantCount(t, "at "+moment.String(), got, "on_hold", held)
		wantCount(t, "at "+moment.String(), got, "due", 1-held)
	}
	early := reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 8).held(at(17, 9), at(18, 0), at(18, 7))
	for moment, want := range map[inspect.Time]int64{at(17, 12): 0, at(18, 6): 0, at(18, 7): 1} {
		wantCount(t, "held before the deadline, at "+moment.String(), figuresOf(t, early, moment), "due", want)
	}
	for name, c := range map[string]struct {
		life *life
		want bool
	}{
		"held":     {early, true},
		"fixed":    {reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 8).fixed(at(17, 9)), false},
		"its own":  {reported(at(17, 8), inspect.SourceUnit).assigned(at(17, 8), unit('a'), 8), false},
		"nobody's": {reported(at(17, 8), "patrol"), false},
	} {
		if course := c.life.course(at(30, 0)); course.Unfixed() != c.want {
			t.Errorf("%s: unfixed %t", name, course.Unfixed())
		}
	}
}

// TestTheUnitIsWhoHeldItAtTheDeadline: who got it in that very moment held it.
func TestTheUnitIsWhoHeldItAtTheDeadline(t *testing.T) {
	t.Parallel()
	for late, want := range map[inspect.Time]byte{-1: 'b', 0: 'b', 1: 'a'} {
		l := reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 8).passed(at(17, 16)+late, unit('b'))
		course := l.course(at(30, 0))
		if got := course.Turn().Holder(at(17, 16)); got != unit(want) {
			t.Errorf("passed on %d ms after the deadline: it belongs to %s", late, got)
		}
	}
	var none closure.Turn
	if got := none.Holder(5); !got.IsZero() {
		t.Errorf("what nobody held belongs to %s", got)
	}
	early := closure.Turn{Holders: []closure.Holder{{Unit: unit('a'), From: 9}}}
	if got := early.Holder(5); got != unit('a') {
		t.Errorf("assigned after its deadline it belongs to %s", got)
	}
}

// TestEachDayOfAPeriodAndNoOther: its first day and its last one belong to it.
func TestEachDayOfAPeriodAndNoOther(t *testing.T) {
	t.Parallel()
	for day, want := range map[int]counts{
		15: {"due": 1, "carried": 1, "received": 0}, 16: {"due": 1, "carried": 0, "received": 1}, 22: {"due": 1, "carried": 0, "received": 1}, 23: {"due": 0, "received": 0},
	} {
		l := reported(at(day, 8), "patrol").assigned(at(day, 8), unit('a'), 2)
		got := figuresOf(t, l, at(30, 9))
		for key, n := range want {
			wantCount(t, fmt.Sprintf("on the %d", day), got, key, n)
		}
		wantCount(t, fmt.Sprintf("on the %d", day), got, "long_overdue", want["due"])
	}
	if d := closure.DayOf(at(16, 0), zone); d != week47.From || closure.StartOfDay(d, zone) != at(16, 0) || closure.DayOf(at(16, 0)-1, zone) != d-1 {
		t.Errorf("the 16th is %s and begins %s", d, closure.StartOfDay(d, zone))
	}
	for day, want := range map[int]int64{15: 0, 16: 1} {
		l := reported(at(10, 8), "patrol").assigned(at(10, 8), unit('a'), 2).fixed(at(14, 9)).verified(at(day, 0))
		wantCount(t, fmt.Sprintf("closed on the %d", day), figuresOf(t, l, at(30, 9)), "due_to_close", want)
		wantCount(t, "fixed before", figuresOf(t, l, at(30, 9)), "due", 0)
		l = reported(at(10, 8), "patrol").assigned(at(10, 8), unit('a'), 2).fixed(at(day, 0))
		wantCount(t, fmt.Sprintf("fixed on the %d", day), figuresOf(t, l, at(30, 9)), "due", want)
		wantCount(t, fmt.Sprintf("fixed on the %d", day), figuresOf(t, l, at(30, 9)), "carried", want)
		wantCount(t, fmt.Sprintf("fixed on the %d", day), figuresOf(t, l, at(30, 9)), "carried_to_close", 1)
	}
}

// TestPartsOfFigures: a filter chooses shares, and parts of which nothing is counted are not there.
func TestPartsOfFigures(t *testing.T) {
	t.Parallel()
	c := cal(t)
	both := []*life{reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 2), reported(at(17, 8), "patrol").assigned(at(17, 8), unit('b'), 2)}
	s := compute(week47, at(23, 9), c, nil, both...)
	if s.Total.Counts[closure.Due] != 2 || s.Unit(unit('a')).Counts[closure.Due] != 1 || s.Category("06010").Counts[closure.Due] != 2 ||
		s.Area(inspect.ID{}).Counts[closure.Due] != 2 {
		t.Errorf("all %v, a %v", named(&s.Total), named(s.Unit(unit('a'))))
	}
	kept := compute(week47, at(23, 9), c, func(s *closure.Share) bool { return s.Unit == unit('a') }, both...)
	if kept.Total.Counts[closure.Due] != 1 || kept.Total.Counts[closure.Received] != 0 {
		t.Errorf("of a alone: %v", named(&kept.Total))
	}
	if _, there := kept.Units[unit('b')]; there || len(kept.Units) != 1 {
		t.Errorf("b is there: %v", kept.Units)
	}
	gone := closure.NewBreakdown()
	for _, times := range []int64{1, -1} {
		gone.Add(&closure.Delta{Cell: closure.Cell{Basis: closure.ByDay, Day: week47.From, Unit: unit('a'), Category: "c", Area: unit('r'),
			Counts: []closure.Count{closure.Received}}, Times: times}, week47)
	}
	if len(gone.Units) != 1 || len(gone.Categories) != 1 || len(gone.Areas) != 1 {
		t.Errorf("before it is dropped: %v", gone)
	}
	if gone.DropEmpty(); len(gone.Units)+len(gone.Categories)+len(gone.Areas) != 0 {
		t.Errorf("after: %v", gone)
	}
	before := reported(at(10, 8), "patrol").assigned(at(10, 8), unit('a'), 2).fixed(at(10, 9)).verified(at(11, 9))
	if s := compute(week47, at(23, 9), c, nil, before); len(s.Units)+len(s.Categories)+len(s.Areas) != 0 {
		t.Errorf("what was over before has parts: %v", s)
	}
	total := closure.NewBreakdown()
	total.AddToTotal(&closure.Delta{Cell: closure.Cell{Basis: closure.ByDay, Day: week47.From, Counts: []closure.Count{closure.Filed}}, Times: 1}, week47)
	if got := total.Total.Counts[closure.Filed]; got != 1 {
		t.Errorf("once is %d", got)
	}
	for _, day := range []calendar.Day{week47.From - 1, week47.From, week47.To - 1, week47.To} {
		total.AddToTotal(&closure.Delta{Cell: closure.Cell{Basis: closure.ByDue, Day: day, Unit: unit('a'),
			Counts: []closure.Count{closure.Due, closure.Closed}}, Times: 2}, week47)
	}
	if f := total.Total; f.Counts[closure.Due] != 6 || f.Counts[closure.Closed] != 6 || f.Counts[closure.Carried] != 2 || f.NewlyDue() != 4 || len(total.Units) != 0 {
		t.Errorf("of all alone: %v", named(&f))
	}
}

// TestRollUpsOfDays adds the sum of a span, or of all days before it.
func TestRollUpsOfDays(t *testing.T) {
	t.Parallel()
	var sum closure.Counts
	sum[closure.Due], sum[closure.Closed], sum[closure.DueToClose] = 3, 2, 4
	for _, c := range []struct {
		basis  closure.DateBasis
		before bool
		want   string // due, closed, carried, carried to close
	}{
		{closure.ByDay, false, "3 2 0 0"}, {closure.ByDue, false, "3 2 0 0"}, {closure.ByClosing, false, "0 0 0 0"}, {closure.ByFix, false, "0 0 0 0"},
		{closure.ByDay, true, "0 0 0 0"}, {closure.ByDue, true, "3 2 3 4"}, {closure.ByClosing, true, "-3 -2 -3 -4"}, {closure.ByFix, true, "-3 -2 -3 -4"},
	} {
		var f closure.Figures
		f.AddRollUp(closure.Portion{Basis: c.basis, Before: c.before}, &sum)
		if got := fmt.Sprint(f.Counts[closure.Due], f.Counts[closure.Closed], f.Counts[closure.Carried], f.Counts[closure.CarriedToClose]); got != c.want {
			t.Errorf("%s, before %t: %s, want %s", c.basis, c.before, got, c.want)
		}
	}
}

// TestMedians are the middle one, or the mean of the two in the middle.
func TestMedians(t *testing.T) {
	t.Parallel()
	const h = time.Hour
	for _, c := range []struct {
		all  []time.Duration
		want time.Duration
	}{{nil, 0}, {[]time.Duration{365*h + 54*time.Minute}, 365*h + 54*time.Minute}, {[]time.Duration{20 * h, 20 * h}, 20 * h}, {[]time.Duration{9 * h, h, 2 * h}, 2 * h},
		{[]time.Duration{4 * h, h, 9 * h, 2 * h}, 3 * h}} {
		if got, ok := closure.Median(c.all); got != c.want || ok != (len(c.all) > 0) {
			t.Errorf("of %v: %v", c.all, got)
		}
	}
	l := reported(at(17, 8), "patrol").assigned(at(17, 9), unit('a'), 8).fixed(at(17, 12)).failed(at(17, 13), inspect.Fail).fixed(at(18, 9))
	s := compute(week47, at(23, 9), cal(t), nil, l)
	toFix, _ := s.Total.MedianToFix()
	found, _ := s.Unit(unit('a')).MedianFromDiscovery()
	if toFix != 24*h || found != 25*h {
		t.Errorf("fixed %v after the assignment and %v after discovery: the fix that stands came after 24 and 25 hours", toFix, found)
	}
	staged := reported(at(17, 8), "patrol").assigned(at(17, 9), unit('a'), 8).fixed(at(17, 12)).failed(at(17, 13), inspect.FalseFix).fixed(at(18, 9))
	if _, ok := compute(week47, at(23, 9), cal(t), nil, staged).Total.MedianToFix(); ok {
		t.Error("what is not disposed has a time to fix")
	}
}

// TestCorrectionsAreDecisions: what was decided later about what was before stands, what was done later does not.
func TestCorrectionsAreDecisions(t *testing.T) {
	t.Parallel()
	cut := at(23, 9)
	view := closure.NewView(week47, cut, cal(t))
	count := func(moments []closure.Moment) counts {
		c, _ := closure.CourseOf(closure.Corrected(moments, cut), cut)
		return named(&closure.Compute([]closure.Course{c}, view, nil).Total)
	}
	begun := func() *life { return reported(at(17, 8), "patrol").assigned(at(17, 8), unit('a'), 8) }
	for name, c := range map[string]struct {
		life *life
		key  string
		want int64
	}{
		"an appeal":             {begun().fixed(at(17, 20)).verified(at(17, 21)).upheld(at(24, 8), inspect.AppealOverdue), "on_time", 1},
		"the wrong unit":        {begun().upheld(at(24, 8), inspect.AppealWrongUnit), "due", 0},
		"a dismissal":           {begun().step("dismissed", at(24, 8)), "due", 0},
		"a fix":                 {begun().fixed(at(24, 8)), "disposed", 0},
		"a failed verification": {begun().fixed(at(17, 9)).failed(at(24, 8), inspect.Fail), "disposed", 1},
		"a hold from before": {begun().event(&inspect.Event{Type: "issue.hold_granted", At: at(24, 8), CreditedAt: at(24, 8), PauseFrom: at(17, 9),
			Until: at(30, 0)}), "due", 0},
		"a hold from after it":        {begun().held(at(24, 8), at(30, 0), 0), "due", 1},
		"reopened after it is closed": {begun().fixed(at(17, 9)).verified(at(17, 10)).step("reopened", at(24, 8)), "closed", 1},
	} {
		wantCount(t, name, count(c.life.moments), c.key, c.want)
	}
}

// TestMomentsAreKept: what is kept is what was told, in the order of the record, with all that a moment may have.
func TestMomentsAreKept(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		l := random(rand.New(rand.NewPCG(seed, 3)))
		kept := closure.AppendMoments(nil, l.moments)
		if got, err := closure.ReadMoments(kept); err != nil || !slices.Equal(got, l.moments) {
			t.Fatalf("%x is read as %v, %v, was %v", kept, got, err, l.moments)
		}
		for n := range kept {
			if got, err := closure.ReadMoments(kept[:n]); err == nil && len(got) >= len(l.moments) {
				t.Errorf("%d bytes of %x are read as %v", n, kept, got)
			}
		}
	}
	full := closure.Moment{Kind: 'a', At: at(17, 8)}
	for n := range reflect.TypeFor[closure.Moment]().NumField() {
		switch f := reflect.ValueOf(&full).Elem().Field(n); f.Kind() {
		case reflect.String:
			f.SetString("06010")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int64:
			f.SetInt(int64(at(18, n)))
		case reflect.Array:
			f.Set(reflect.ValueOf(unit(byte('a' + n))))
		case reflect.Struct:
			f.Set(reflect.ValueOf(calendar.Limit{N: 2.5, Unit: calendar.WorkingDay, Counting: calendar.CivilCode}))
		}
	}
	odd := closure.Moment{Kind: 'a', Limit: calendar.Limit{N: 1, Unit: "fortnight", Counting: "any"}, About: "the weather", Finding: "none"}
	if got, err := closure.ReadMoments(closure.AppendMoments(nil, []closure.Moment{full, odd, {}, full})); err != nil ||
		!slices.Equal(got, []closure.Moment{full, odd, {}, full}) {
		t.Errorf("got %v, %v, want %v", got, err, []closure.Moment{full, odd, {}, full})
	}
	for _, kept := range []string{"", "\x00", "[]", "\x01a", "\x01a\x00", "\x01a\x01\x00", "\x01a\x04\x00\x09x", "\x01a\xff\xff\xff\x00\x00",
		"\x01a\x04\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"} {
		if got, err := closure.ReadMoments([]byte(kept)); err == nil {
			t.Errorf("%q is read as %v", kept, got)
		}
	}
	if c, ok := closure.CourseOf([]closure.Moment{{Kind: 'f', At: at(17, 8)}}, at(30, 0)); ok {
		t.Errorf("what was never reported has a course: %v", c)
	}
}

func TestCountsAsText(t *testing.T) {
	t.Parallel()
	var c closure.Counts
	wide := len(c)
	set := func(values map[int]int64) (all closure.Counts) {
		for n, v := range values {
			all[n] = v
		}
		return all
	}
	for text, want := range map[string]closure.Counts{
		"": {}, "7": set(map[int]int64{0: 7}), "-7": set(map[int]int64{0: -7}), " 5": set(map[int]int64{1: 5}),
		"1 -2  10": set(map[int]int64{0: 1, 1: -2, 3: 10}), "190": set(map[int]int64{0: 190}),
		strings.Repeat(" ", wide-1) + "3": set(map[int]int64{wide - 1: 3}), "922337203685477579": set(map[int]int64{0: 922337203685477579}),
		"9223372036854775799": set(map[int]int64{0: 9223372036854775799}),
	} {
		c = set(map[int]int64{0: 99, 5: 99})
		if err := c.UnmarshalText([]byte(text)); err != nil || c != want {
			t.Errorf("%q is read as %v, %v", text, c, err)
		}
		if got, err := want.MarshalText(); err != nil || string(got) != text {
			t.Errorf("%v is written %q, %v, want %q", want, got, err, text)
		}
		if want.IsZero() != (text == "") {
			t.Errorf("%q: zero %t", text, want.IsZero())
		}
	}
	for _, text := range []string{"-", "- 1", "1 -", "--1", "1-", "1-2", "x", "1,2", "/", ":", "1\t2", strings.Repeat(" ", wide),
		strings.Repeat("9", 20), "92233720368547758000", "9223372036854775800"} {
		if err := c.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, c)
		}
	}
	for n, key := range closure.CountKeys() {
		if got := closure.Count(n).Key(); got != key {
			t.Errorf("count %d is %s, want %s", n, got, key)
		}
	}
	if n := len(closure.CountKeys()); n != len(c) {
		t.Errorf("%d keys for %d counts", n, len(c))
	}
}

// TestDeltasAreKept: what is kept is what was told, in its order; what cannot be is refused.
func TestDeltasAreKept(t *testing.T) {
	t.Parallel()
	day := calendar.DayOf(2026, 11, 16)
	cell := closure.Cell{Basis: closure.ByDue, Day: day, Unit: unit('a'), Category: "06010", Area: unit('b'), Counts: []closure.Count{closure.Received, closure.Due}}
	bare := closure.Cell{Basis: closure.ByDay, Day: -day}
	want := []closure.Delta{{Cell: cell, Times: 1}, {Cell: bare, Times: -1}}
	for _, basis := range []closure.DateBasis{closure.ByDay, closure.ByDue, closure.ByFix, closure.ByClosing} {
		cell.Basis = basis
		cell.Counts = []closure.Count{closure.Count(len(closure.Counts{}) - 1)}
		want = append(want, closure.Delta{Cell: cell, Times: 300})
	}
	read := func(kept []byte) (all []closure.Delta, err error) {
		err = closure.ReadDeltas(kept, func(d *closure.Delta) { all = append(all, *d) })
		return all, err
	}
	kept := closure.AppendDeltas(nil, want)
	if got, err := read(kept); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%x is read as %v, %v, want %v", kept, got, err, want)
	}
	if got, err := read(closure.AppendDeltas(nil, nil)); err != nil || len(got) > 0 {
		t.Errorf("nothing is read as %v, %v", got, err)
	}
	for n := range kept {
		if got, err := read(kept[:n]); err == nil && len(got) >= len(want) {
			t.Errorf("%d bytes of %x are read as %v", n, kept, got)
		}
	}
	for _, kept := range []string{"", "\x00", "[]", "\x01\x02\x04\x02\x00\x00\x00\x00", "\x01\x02\x00\x02\x01a\x00\x00\x00", "\x01\x02\x00\x02\x00\x00\x01a\x00",
		"\x01\x02\x00\x02\x00\x00\x00\x01\xff", "\x01\x02\x00\x02\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		if got, err := read([]byte(kept)); err == nil {
			t.Errorf("%q is read as %v", kept, got)
		}
	}
}

// TestChangesAreWhatDiffers: what stays the same is not told, whatever differs is told as gone and come.
func TestChangesAreWhatDiffers(t *testing.T) {
	t.Parallel()
	is := closure.Delta{Cell: closure.Cell{Basis: closure.ByDue, Day: 5, Unit: unit('a'), Category: "06010", Area: unit('r'), Counts: []closure.Count{closure.Due}}, Times: 1}
	gone := is
	gone.Times = -1
	if got := closure.Changes([]closure.Delta{is}, []closure.Delta{is}); got != nil {
		t.Errorf("of the same: %v", got)
	}
	for name, change := range map[string]func(*closure.Delta){
		"basis": func(d *closure.Delta) { d.Basis = closure.ByFix }, "day": func(d *closure.Delta) { d.Day = 6 }, "unit": func(d *closure.Delta) { d.Unit = unit('b') },
		"category": func(d *closure.Delta) { d.Category = "08012" }, "area": func(d *closure.Delta) { d.Area = unit('s') },
		"counts": func(d *closure.Delta) { d.Counts = []closure.Count{closure.Due, closure.Extended} }, "times": func(d *closure.Delta) { d.Times = -1 },
	} {
		changed := is
		change(&changed)
		if got := closure.Changes([]closure.Delta{is}, []closure.Delta{changed}); fmt.Sprint(got) != fmt.Sprint([]closure.Delta{changed, gone}) {
			t.Errorf("another %s: got %v", name, got)
		}
	}
	if got := closure.Changes([]closure.Delta{is, is}, []closure.Delta{is}); fmt.Sprint(got) != fmt.Sprint([]closure.Delta{gone}) {
		t.Errorf("one of two gone: %v", got)
	}
}

// TestTheIndicatorsAreMadeOfTheseCounts, as pkg/inspect/rules.md, "Figures", lists them.
func TestTheIndicatorsAreMadeOfTheseCounts(t *testing.T) {
	t.Parallel()
	var got []string
	var c closure.Counts
	for n := range c {
		c[n] = int64(100 + n)
	}
	for _, i := range closure.Indicators {
		got = append(got, i.Key+": "+i.Numerator.Key()+" of "+i.Denominator.Key())
		if n, of := i.Rate(&c); n != int64(100+i.Numerator) || of != int64(100+i.Denominator) {
			t.Errorf("%s: %d of %d", i.Key, n, of)
		}
	}
	want := []string{"acceptance: filed of received", "assignment: assigned of filed", "disposal: disposed of due", "on_time_disposal: on_time of due",
		"closure: closed of due_to_close",
		"on_time_closure: closed_on_time of due_to_close", "rework: reworked of due", "extension: extended of due", "long_overdue: long_overdue of due",
		"hold: on_hold of open",
		"assigned_in_time: assign_on_time of assign_due", "verified_in_time: verify_on_time of verify_due"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestPeriodsAtTheirBounds: the known years, months, weeks and the longest span.
func TestPeriodsAtTheirBounds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2000-01-01": "2000-01-01 2000-01-02", "2099-12-31": "2099-12-31 2100-01-01", "1999-12-31": "", "2100-01-01": "", "2026-02-29": "", "2024-02-29": "2024-02-29 2024-03-01",
		"2026-13-01": "", "2026-00-10": "", "2026-11-31": "", "2026-04-31": "", "2026-13": "", "2026-00": "", "2026-01": "2026-01-01 2026-02-01",
		"2026-12": "2026-12-01 2027-01-01", "2026-12-T3": "2026-12-21 2027-01-01",
		"2026-02-T2": "2026-02-11 2026-02-21", "2026-02-T1": "2026-02-01 2026-02-11", "2026-02-T4": "", "2026-13-T1": "",
		"2026-W53": "2026-12-28 2027-01-04", "2025-W53": "", "2026-W00": "", "2026-W54": "", "2026-W01": "2025-12-29 2026-01-05",
		"2026-11-20..2026-11-20": "2026-11-20 2026-11-21", "2026-11-20..2026-11-19": "", "2026-02-30..2026-03-02": "", "2026-02-01..2026-02-30": "",
		"2020-01-01..2026-01-03": "2020-01-01 2026-01-04", "2020-01-01..2026-01-05": "",
		"2020-01-01..2026-01-04": "2020-01-01 2026-01-05", "2026-Q4": "2026-10-01 2027-01-01", "2026-H1": "2026-01-01 2026-07-01",
		"2026": "2026-01-01 2027-01-01", "26": "", "": "",
	} {
		p, err := closure.ParsePeriod(text, time.Monday)
		got := ""
		if err == nil {
			got = p.From.String() + " " + p.To.String()
		}
		if got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
		if (err != nil) != closure.ErrPeriod.Is(err) || err != nil && p != (closure.Period{}) {
			t.Errorf("%q: %v, %v", text, p, err)
		}
	}
	if closure.ErrPeriod.Code != "period.unknown" || fault.KindOf(closure.ErrPeriod) != fault.Invalid {
		t.Errorf("the code is %s", closure.ErrPeriod.Code)
	}
}

// TestEveryDayLiesInOnePeriodOfEachKind, whose name leads back to it; periods follow one another without a gap.
func TestEveryDayLiesInOnePeriodOfEachKind(t *testing.T) {
	t.Parallel()
	kinds := []closure.PeriodKind{closure.Day, closure.Week, closure.TenDays, closure.Month, closure.Quarter, closure.Half, closure.Year}
	if want := append(slices.Clone(kinds), closure.Between); !slices.Equal(closure.PeriodKinds, want) {
		t.Errorf("kinds %v", closure.PeriodKinds)
	}
	for _, kind := range kinds {
		for d := calendar.DayOf(2024, 1, 1); d < calendar.DayOf(2027, 3, 1); d++ {
			p, err := closure.PeriodOf(kind, d, time.Monday)
			if err != nil || !p.In(d) || p.Kind != kind {
				t.Fatalf("%s of %s: %v, %v", kind, d, p, err)
			}
			before, err := p.Before(time.Monday)
			if err != nil || before.To != p.From || before.Kind != kind {
				t.Fatalf("before %s: %v, %v", p.Name, before, err)
			}
			if p.In(p.From-1) || !p.In(p.From) || !p.In(p.To-1) || p.In(p.To) {
				t.Fatalf("%s holds its neighbours or not its ends", p.Name)
			}
			if (p.Number() != 0) != (kind == closure.Week) || (p.ISO() != "") != (kind == closure.Week) {
				t.Fatalf("%s is week %d, %q", p.Name, p.Number(), p.ISO())
			}
		}
	}
	if p, err := closure.PeriodOf(closure.Between, 20000, time.Monday); err == nil {
		t.Errorf("of no kind: %v", p)
	}
	sunday, err := closure.PeriodOf(closure.Week, calendar.DayOf(2026, 11, 24), time.Sunday)
	if err != nil || sunday.ISO() != "" || sunday.Number() != 48 || sunday.From != calendar.DayOf(2026, 11, 22) {
		t.Errorf("a week from Sunday: %v, %q, %d, %v", sunday, sunday.ISO(), sunday.Number(), err)
	}
	monday, err := closure.ParsePeriod("2026-W48", time.Monday)
	if err != nil || monday.ISO() != "2026-W48" {
		t.Errorf("%v, %q", err, monday.ISO())
	}
	for text, want := range map[string]string{"2026-W53": "", "2026-W52": "2025-W52", "2024-02-29": "", "2026-02": "2025-02",
		"2026-11-20..2026-11-24": "2025-11-20..2025-11-24", "2000": "", "2026-Q1": "2025-Q1"} {
		p, err := closure.ParsePeriod(text, time.Monday)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.YearBefore(time.Monday); got.Name != want || (err != nil) != (want == "") {
			t.Errorf("the year before %s: %v, %v, want %s", text, got, err, want)
		} else if p.Kind == closure.Between && got.Kind != closure.Between {
			t.Errorf("the year before %s is a %s", text, got.Kind)
		}
	}
	span, err := closure.ParsePeriod("2026-11-20..2026-11-24", time.Monday)
	if err != nil {
		t.Fatal(err)
	}
	if before, err := span.Before(time.Monday); err != nil || before.Name != "2026-11-15..2026-11-19" || before.Kind != closure.Between || before.To != span.From {
		t.Errorf("before %s: %v, %v", span.Name, before, err)
	}
	if _, err := (closure.Period{Kind: closure.Year, Name: "abcd"}).YearBefore(time.Monday); err == nil {
		t.Error("a year that is no number has a year before")
	}
}

// TestTheFormulaAtItsBounds works scores out by hand.
func TestTheFormulaAtItsBounds(t *testing.T) {
	t.Parallel()
	f := closure.DefaultFormula
	if f != (closure.Formula{Version: 1, Disposal: 40, OnTime: 30, Long: 10, Rework: 10, Extension: 10, FalseFix: 1, LeastDue: 10, WeekStart: 1}) {
		t.Errorf("the formula is %+v", f)
	}
	for name, c := range map[string]struct {
		due, disposed, onTime, long, reworked, extended, falseFix int64
		want                                                      float64
	}{
		"all done":                       {due: 10, disposed: 10, onTime: 10, want: 100},
		"one due, done":                  {due: 1, disposed: 1, onTime: 1, want: 100},
		"nothing done":                   {due: 10, want: 0},
		"half done, late":                {due: 10, disposed: 5, want: 35},
		"half done, half long overdue":   {due: 10, disposed: 5, long: 5, want: 32.5},
		"all done, half reworked":        {due: 10, disposed: 10, onTime: 10, reworked: 5, want: 95},
		"all done, half extended":        {due: 10, disposed: 10, onTime: 10, extended: 5, want: 95},
		"a false fix of ten":             {due: 10, disposed: 9, onTime: 9, reworked: 1, falseFix: 1, want: 79.1}, // 36 + 27 + 0.9·(10 + 9 + 10) − 10
		"a false fix of two hundred":     {due: 200, disposed: 200, onTime: 200, falseFix: 1, want: 99},           // costs at least a point
		"two false fixes of a hundred":   {due: 100, disposed: 100, onTime: 100, falseFix: 2, want: 98},           //
		"false fixes only, never below":  {due: 2, falseFix: 2, want: 0},                                          //
		"rounded to hundredths":          {due: 3, disposed: 1, onTime: 1, want: 33.33},                           //
		"rounded up from half and above": {due: 3, disposed: 2, onTime: 2, want: 66.67},
	} {
		var n closure.Counts
		n[closure.Due], n[closure.Disposed], n[closure.OnTime], n[closure.LongOverdue], n[closure.Reworked], n[closure.Extended],
			n[closure.FalseFix] = c.due, c.disposed, c.onTime, c.long, c.reworked, c.extended, c.falseFix
		if got, ok := f.Score(&n); !ok || got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got, ok := f.Score(new(closure.Counts)); ok || got != 0 {
		t.Errorf("without anything due: %v", got)
	}
	zh, en := f.Text(inspect.Chinese), f.Text(inspect.English)
	if zh != "v1：40·处置率＋30·按期处置率＋处置率·（10·（1−严重超期率）＋10·（1−返工率）＋10·（1−延期率））−max（1，100÷应处置）·虚假整改件数" ||
		en != "v1: 40·disposal + 30·on-time disposal + disposal·(10·(1−long overdue) + 10·(1−rework) + 10·(1−extension)) − max(1, 100÷due)·false fixes" {
		t.Errorf("it reads %s and %s", zh, en)
	}
}

// TestRanksAtTheirBounds: groups apart, equals share, those with too few come last and have none.
func TestRanksAtTheirBounds(t *testing.T) {
	t.Parallel()
	unit := func(group, name string, due int64, score float64) *closure.RankedUnit {
		return &closure.RankedUnit{PeerGroup: group, Name: name, Due: due, Score: score, Rank: 77}
	}
	for _, c := range []struct {
		least int64
		want  string
	}{
		{10, "g1/best 1, g1/a 2, g1/b 2, g1/last 4, g1/few 0, g1/none 0, g2/alone 1, g3/x 1, g3/y 1, g4/one 0"},
		{11, "g1/best 1, g1/a 2, g1/last 3, g1/b 0, g1/few 0, g1/none 0, g2/alone 0, g3/x 1, g3/y 1, g4/one 0"},
		{0, "g1/few 1, g1/best 2, g1/a 3, g1/b 3, g1/last 5, g1/none 0, g2/alone 1, g3/x 1, g3/y 1, g4/one 1"},
		{1, "g1/few 1, g1/best 2, g1/a 3, g1/b 3, g1/last 5, g1/none 0, g2/alone 1, g3/x 1, g3/y 1, g4/one 1"},
		{2, "g1/few 1, g1/best 2, g1/a 3, g1/b 3, g1/last 5, g1/none 0, g2/alone 1, g3/x 1, g3/y 1, g4/one 0"},
		{3, "g1/best 1, g1/a 2, g1/b 2, g1/last 4, g1/few 0, g1/none 0, g2/alone 1, g3/x 1, g3/y 1, g4/one 0"},
	} {
		all := []*closure.RankedUnit{unit("g2", "alone", 10, 80), unit("g1", "none", 0, 90), unit("g1", "last", 11, 10), unit("g1", "b", 10, 80),
			unit("g1", "few", 2, 99), unit("g1", "a", 12, 80), unit("g1", "best", 11, 90), unit("g3", "x", 30, 50), unit("g3", "y", 30, 50), unit("g4", "one", 1, 5)}
		closure.Rank(all, c.least)
		var got []string
		for _, u := range all {
			got = append(got, fmt.Sprintf("%s/%s %d", u.PeerGroup, u.Name, u.Rank))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("at least %d: got %s, want %s", c.least, text, c.want)
		}
	}
}

// FuzzKept reads anything as moments and as changes of sums: what can be read is written as it can be read again.
func FuzzKept(f *testing.F) {
	f.Add(closure.AppendMoments(nil, random(rand.New(rand.NewPCG(1, 3))).moments))
	f.Add([]byte("\x010\xe11\x80\u0396\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\x80\u043b0\x00\x00\x00\x00\x00\x00\x00\x80\x000"))
	f.Add(closure.AppendDeltas(nil, []closure.Delta{{Cell: closure.Cell{Basis: closure.ByFix, Day: 5, Counts: []closure.Count{closure.Due}}, Times: 2}}))
	f.Fuzz(func(t *testing.T, kept []byte) {
		if all, err := closure.ReadMoments(kept); err == nil {
			again, err := closure.ReadMoments(closure.AppendMoments(nil, all))
			if err != nil || fmt.Sprint(again) != fmt.Sprint(all) { // a limit may be no number
				t.Fatalf("%v is read again as %v, %v", all, again, err)
			}
		}
		var all, again []closure.Delta
		if closure.ReadDeltas(kept, func(d *closure.Delta) { all = append(all, *d) }) != nil {
			return
		}
		if err := closure.ReadDeltas(closure.AppendDeltas(nil, all), func(d *closure.Delta) { again = append(again, *d) }); err != nil ||
			fmt.Sprint(again) != fmt.Sprint(all) {
			t.Fatalf("%v is read again as %v, %v", all, again, err)
		}
	})
}
