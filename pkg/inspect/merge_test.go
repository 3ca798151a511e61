package inspect_test

import (
	"reflect"
	"testing"

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

func TestTheEarlierDeadlineStays(t *testing.T) {
	const none = 0
	tests := map[string]struct {
		own, other, want int // minutes
		refused          bool
	}{
		"the other's is later":             {own: 60, other: 90, want: 60},
		"the other's is earlier":           {own: 90, other: 60, want: 60},
		"the same":                         {own: 60, other: 60, want: 60},
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
				into.assigns("meilan", tt.other)
			}
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
