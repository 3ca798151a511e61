package inspect_test

import (
	"cmp"
	"reflect"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
)

func TestMergeAndItsUndoing(t *testing.T) {
	ways := map[inspect.Status]func(*desk){
		inspect.Reported: func(*desk) {},
		inspect.Assigned: func(d *desk) { d.assigns("meilan", 120) },
		inspect.Fixed:    func(d *desk) { d.assigns("meilan", 120); d.fixes() },
	}
	for status, way := range ways {
		t.Run(string(status), func(t *testing.T) {
			d, into := newDesk(t, "a"), newDesk(t, "b")
			into.assigns("longhua", 60)
			way(d)
			before := d.i
			d.now = minutes(10)
			d.merges(into)
			if d.wantStatus(inspect.Merged); d.i.MergedInto != id("b") || d.i.ClosedAt != minutes(10) || d.i.Version != before.Version+1 {
				t.Errorf("merged: %+v", d.i)
			}
			d.unmerges(into)
			after := d.i
			after.Version, after.ChangedAt, after.UpdatedAt = before.Version, before.ChangedAt, before.UpdatedAt
			after.Clock = before.Clock // it runs from the undoing on, to the same end since no time passed
			if !reflect.DeepEqual(after, before) {
				t.Errorf("undone: got %+v, want %+v", after, before)
			}
		})
	}
}

func TestWhatCannotBeMerged(t *testing.T) {
	d, into := newDesk(t, "a"), newDesk(t, "b")
	d.refuses("office", move{Action: inspect.Merge}, inspect.ErrMergeTarget)
	d.refuses("office", move{Action: inspect.Merge, Into: &d.i}, inspect.ErrMergeTarget)

	dismissed := newDesk(t, "c")
	dismissed.does("office", move{Action: inspect.Dismiss})
	d.refuses("office", move{Action: inspect.Merge, Into: &dismissed.i}, inspect.ErrMergeTarget)

	into.assigns("longhua", 60)
	last := newDesk(t, "e")
	last.assigns("longhua", 60)
	d.merges(into)
	newDesk(t, "d").refuses("office", move{Action: inspect.Merge, Into: &d.i}, inspect.ErrMergeTarget)
	into.merges(last)
	d.refuses("office", move{Action: inspect.Unmerge, Into: &into.i}, inspect.ErrMergeTarget)
	into.unmerges(last)
	d.unmerges(into)
	d.wantStatus(inspect.Reported)

	verified := newDesk(t, "f")
	verified.assigns("longhua", 60)
	verified.fixes()
	verified.verifies(inspect.Pass)
	verified.refuses("office", move{Action: inspect.Merge, Into: &into.i}, inspect.ErrWrongStatus)
}

// TestTheEarlierDeadlineComesOver within one unit, while it lies ahead.
func TestTheEarlierDeadlineComesOver(t *testing.T) {
	const none = 0
	tests := map[string]struct {
		own, other, want int // minutes; merged at minute 10
		otherUnit        string
		refused          bool
	}{
		"the other's is later":             {own: 60, other: 90, want: 60},
		"the other's is earlier":           {own: 90, other: 60, want: 60},
		"the same":                         {own: 60, other: 60, want: 60},
		"of another unit":                  {own: 60, other: 90, want: 90, otherUnit: "meilan"},
		"that is past":                     {own: 9, other: 90, want: 90},
		"that is now":                      {own: 10, other: 90, want: 90},
		"this has none":                    {own: none, other: 60, want: 60},
		"neither has one":                  {own: none, other: none, want: none},
		"the other has none to be kept in": {own: 60, other: none, refused: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d, into := newDesk(t, "a"), newDesk(t, "b")
			if tt.own != none {
				d.assigns("longhua", tt.own)
			}
			if tt.other != none {
				into.assigns(cmp.Or(tt.otherUnit, "longhua"), tt.other)
			}
			d.now, into.now = minutes(10), minutes(10)
			before := into.i
			if tt.refused {
				d.refuses("office", move{Action: inspect.Merge, Into: &into.i}, inspect.ErrMergeTarget)
				return
			}
			d.merges(into)
			want := inspect.Time(0)
			if tt.want != none {
				want = minutes(tt.want)
			}
			if into.i.DueAt != want || (into.i.Version != before.Version) != (want != before.DueAt) {
				t.Errorf("due %s version %d, want %s", into.i.DueAt, into.i.Version, want)
			}
			d.unmerges(into)
			if into.i.DueAt != before.DueAt || into.i.Status != before.Status {
				t.Errorf("undone: due %s, want %s", into.i.DueAt, before.DueAt)
			}
		})
	}
}

func TestTwoMergesAreUndoneInAnyOrder(t *testing.T) {
	for name, firstUndone := range map[string]bool{"first merged, first undone": true, "last merged, first undone": false} {
		t.Run(name, func(t *testing.T) {
			a, b, into := newDesk(t, "a"), newDesk(t, "b"), newDesk(t, "c")
			a.assigns("longhua", 100)
			b.assigns("longhua", 90)
			into.assigns("longhua", 120)
			a.merges(into)
			b.merges(into)
			want := func(due int) {
				t.Helper()
				if into.i.DueAt != minutes(due) {
					t.Errorf("due %s, want %s", into.i.DueAt, minutes(due))
				}
			}
			if want(90); firstUndone {
				a.unmerges(into, b)
				want(90)
				b.unmerges(into)
			} else {
				b.unmerges(into, a)
				want(100)
				a.unmerges(into)
			}
			want(120)
		})
	}
}

// TestAMergedIssueDoesNotRun: what was left when it was merged runs from the undoing on.
func TestAMergedIssueDoesNotRun(t *testing.T) {
	hold := func(d *desk, until int) {
		d.does("crew", move{Action: inspect.AskHold, Until: minutes(until)})
		d.does("office2", move{Action: inspect.DecideHold, Answer: inspect.Granted})
	}
	for name, tt := range map[string]struct {
		before      func(*desk) // at minute 10
		merged, due int         // undone at minute 1000
		stays       bool        // the event gives no clock
	}{
		"an hour in":                    {merged: 40, due: 1060},
		"in the last minute":            {merged: 99, due: 1001},
		"at the deadline":               {merged: 100, due: 100},
		"after the deadline":            {merged: 130, due: 100},
		"after the fix":                 {func(d *desk) { d.fixes() }, 40, 100, true},
		"on hold, which ends meanwhile": {func(d *desk) { hold(d, 500) }, 40, 1090, false},
		"on hold, which lasts":          {func(d *desk) { hold(d, 2000) }, 40, 2090, false},
		"with more time": {func(d *desk) {
			d.does("crew", move{Action: inspect.AskExtension, Until: minutes(160)})
			d.does("office2", move{Action: inspect.DecideExtension, Answer: inspect.Granted})
		}, 40, 1120, false},
		"with a hold asked for and not decided": {func(d *desk) { d.does("crew", move{Action: inspect.AskHold, Until: minutes(5000)}) }, 40, 1060, false},
	} {
		t.Run(name, func(t *testing.T) {
			d, into := newDesk(t, "a"), newDesk(t, "b")
			into.assigns("meilan", 60)
			d.assigns("longhua", 100)
			d.now = minutes(10)
			if tt.before != nil {
				tt.before(d)
			}
			d.now, into.now = minutes(tt.merged), minutes(tt.merged)
			d.merges(into)
			if into.i.DueAt != minutes(60) {
				t.Errorf("the other is due %s", into.i.DueAt)
			}
			d.now = minutes(1000)
			m := move{Action: inspect.Unmerge, Into: &into.i}
			e := d.does("office", m)
			if e.DueAt != minutes(tt.due) || d.i.DueAt != e.DueAt || d.i.OwnDueAt != e.DueAt || (e.Clock == nil) != tt.stays {
				t.Errorf("due %s, own %s, on record %s and %v, want minute %d", d.i.DueAt, d.i.OwnDueAt, e.DueAt, e.Clock, tt.due)
			}
		})
	}
}

// TestWhatRanWhileMergedIsNotUsed: a hold that was asked for before the merge takes back what ran since, and nothing of the time merged.
func TestWhatRanWhileMergedIsNotUsed(t *testing.T) {
	d, into := newDesk(t, "a"), newDesk(t, "b")
	into.assigns("longhua", 60)
	d.assigns("longhua", 100)
	d.now = minutes(10)
	d.does("crew", move{Action: inspect.AskHold, Until: minutes(3000)})
	d.now = minutes(30)
	d.merges(into)
	d.now = minutes(1000)
	d.unmerges(into)
	d.does("office2", move{Action: inspect.DecideHold, Answer: inspect.Granted})
	if d.i.DueAt != minutes(3090) {
		t.Errorf("due %s, want 90 minutes after the hold", d.i.DueAt)
	}

	rework := newDesk(t, "c")
	rework.assigns("longhua", 100)
	rework.failsAt(minutes(20), minutes(20), inspect.FalseFix)
	reminds := rework.i.RemindAt
	rework.now = minutes(30)
	rework.merges(into)
	rework.now = minutes(130)
	rework.unmerges(into)
	if rework.i.RemindAt != reminds.Add(100*time.Minute) {
		t.Errorf("the reminder runs until %s, want 100 minutes after %s", rework.i.RemindAt, reminds)
	}
}

// TestSuspensionsWhileMerged count from the undoing on, where they still run.
func TestSuspensionsWhileMerged(t *testing.T) {
	span := func(name string, from, to int) *inspect.Suspension {
		return &inspect.Suspension{ID: id(name), From: minutes(from), To: minutes(to), By: id("office")}
	}
	for name, tt := range map[string]struct {
		before, after *inspect.Suspension // as it was before the merge at minute 40, and as it is at the undoing at minute 1000
		due           int
	}{
		"over before the undoing":                 {nil, span("storm", 100, 900), 1060},
		"lasts":                                   {nil, span("storm", 100, 1200), 1260},
		"begins later":                            {nil, span("storm", 1010, 1100), 1150},
		"began before, and lasts":                 {span("storm", 20, 1200), span("storm", 20, 1200), 1280},
		"began before, and was over meanwhile":    {span("storm", 20, 500), span("storm", 20, 500), 1080},
		"began before, and was ended meanwhile":   {span("storm", 20, 1200), span("storm", 20, 600), 1080},
		"began before, and was made longer":       {span("storm", 20, 500), span("storm", 20, 1300), 1380},
		"began before, and was made still longer": {span("storm", 20, 1100), span("storm", 20, 1300), 1380},
	} {
		t.Run(name, func(t *testing.T) {
			d, into := newDesk(t, "a"), newDesk(t, "b")
			into.assigns("meilan", 60)
			d.assigns("longhua", 100)
			suspends := func(s *inspect.Suspension) {
				if s == nil {
					return
				}
				if e := d.i.Suspended(work, s, d.now); e != nil {
					d.apply(e)
				}
			}
			d.now = minutes(30)
			suspends(tt.before)
			d.now, into.now = minutes(40), minutes(40)
			d.merges(into)
			d.now = minutes(1000)
			d.unmerges(into)
			suspends(tt.after)
			suspends(tt.after) // again changes nothing
			if d.i.DueAt != minutes(tt.due) || d.i.OwnDueAt != d.i.DueAt {
				t.Errorf("due %s, want minute %d; pauses %v", d.i.DueAt, tt.due, d.i.Pauses)
			}
		})
	}
}

func TestUndoingAMergeGivesNoDeadlineToWhatNobodyHolds(t *testing.T) {
	d, into := newDesk(t, "a"), newDesk(t, "b")
	into.assigns("longhua", 60)
	d.merges(into)
	into.does("crew", move{Action: inspect.Return})
	d.unmerges(into)
	if into.i.DueAt != 0 || into.i.Status != inspect.Reported {
		t.Errorf("got %s, due %s", into.i.Status, into.i.DueAt)
	}
}

func TestANewAssignmentCountsFromItself(t *testing.T) {
	a, b, into := newDesk(t, "a"), newDesk(t, "b"), newDesk(t, "c")
	a.assigns("longhua", 70)
	b.assigns("longhua", 80)
	into.assigns("longhua", 90)
	a.now, b.now = minutes(1), minutes(1)
	a.merges(into)
	b.merges(into)
	into.now = minutes(2)
	into.does("crew", move{Action: inspect.Return})
	into.now = minutes(3)
	into.assigns("meilan", 200)
	b.now = minutes(4)
	b.unmerges(into, a)
	if into.i.DueAt != minutes(200) {
		t.Errorf("due %s, want what the new unit was given", into.i.DueAt)
	}
}
