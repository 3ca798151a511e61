package inspect_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
)

// TestWhatIsOffered holds each action that asks for more than a state: on the one side of its rule it is offered, on the other not.
func TestWhatIsOffered(t *testing.T) {
	const now = inspect.Time(1_800_000_000_000)
	me, other := id("me"), id("other")
	asked := func(by inspect.ID) inspect.Request { return inspect.Request{At: now - 1, By: by} }
	parts := func(open, over int) (all []inspect.Part) {
		for n := range open + over {
			p := inspect.Part{ID: id(fmt.Sprint("part", n))}
			if n >= open {
				p.EndedAt = now
			}
			all = append(all, p)
		}
		return all
	}
	day := &inspect.Category{ReopenDays: 1}
	for name, c := range map[string]struct {
		status inspect.Status
		action inspect.Action
		yes    func(*inspect.Issue, *inspect.Transition)
		no     []func(*inspect.Issue, *inspect.Transition)
	}{
		"dismissal is confirmed by another": {inspect.Reported, inspect.Dismiss,
			func(i *inspect.Issue, _ *inspect.Transition) { i.DismissalAskedAt, i.DismissalAskedBy = now, other },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.DismissalAskedAt, i.DismissalAskedBy = now, me }}},
		"nobody asked to dismiss": {inspect.Reported, inspect.Dismiss, func(i *inspect.Issue, _ *inspect.Transition) { i.DismissalAskedBy = me },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Status = inspect.Verified }}},
		"two returns are all": {inspect.Assigned, inspect.Return, func(i *inspect.Issue, _ *inspect.Transition) { i.Returns = 1 },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Returns = 2 }}},
		"a fix is verified by others": {inspect.Fixed, inspect.Verify, func(i *inspect.Issue, m *inspect.Transition) {
			i.Fixer, m.ActorUnits, m.FixerUnitLine = other, []inspect.ID{id("mine")}, []inspect.ID{id("theirs")}
		}, []func(*inspect.Issue, *inspect.Transition){
			func(i *inspect.Issue, _ *inspect.Transition) { i.Fixer = me },
			func(_ *inspect.Issue, m *inspect.Transition) { m.FixerUnitLine = []inspect.ID{id("above"), id("mine")} }}},
		"nobody fixed it": {inspect.Fixed, inspect.Verify, func(i *inspect.Issue, m *inspect.Transition) { m.By = inspect.ID{} },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Status = inspect.Assigned }}},
		"reopening in its days": {inspect.Verified, inspect.Reopen, func(i *inspect.Issue, m *inspect.Transition) { m.Category, i.ClosedAt = day, now.Add(-24*time.Hour) },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.ClosedAt-- }}},
		"a photo that has not come is withdrawn": {inspect.Assigned, inspect.WithdrawPhoto,
			func(_ *inspect.Issue, m *inspect.Transition) {
				m.Photos = []inspect.Photo{{State: inspect.PhotoDeclared}}
			},
			[]func(*inspect.Issue, *inspect.Transition){func(_ *inspect.Issue, m *inspect.Transition) { m.Photos = []inspect.Photo{{State: "received"}} },
				func(_ *inspect.Issue, m *inspect.Transition) { m.Photos = nil }}},
		"a flag is decided": {inspect.Assigned, inspect.DecideFlag, func(_ *inspect.Issue, m *inspect.Transition) { m.Flag = &inspect.Flag{} },
			[]func(*inspect.Issue, *inspect.Transition){func(_ *inspect.Issue, m *inspect.Transition) { m.Flag = nil }}},
		"more time before the deadline": {inspect.Assigned, inspect.AskExtension, func(i *inspect.Issue, _ *inspect.Transition) { i.DueAt, i.Extensions = now+1, 1 },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.DueAt = now },
				func(i *inspect.Issue, _ *inspect.Transition) { i.Extensions = 2 },
				func(i *inspect.Issue, _ *inspect.Transition) { i.Extension = asked(me) }}},
		"an extension is decided by another": {inspect.Assigned, inspect.DecideExtension, func(i *inspect.Issue, _ *inspect.Transition) { i.Extension = asked(other) },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Extension = asked(me) },
				func(i *inspect.Issue, _ *inspect.Transition) { i.Extension = inspect.Request{} }}},
		"a hold is asked for once": {inspect.Assigned, inspect.AskHold, func(*inspect.Issue, *inspect.Transition) {},
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Hold = asked(me) },
				func(i *inspect.Issue, _ *inspect.Transition) { i.Holds = 1 }}},
		"a hold is decided by another": {inspect.Assigned, inspect.DecideHold, func(i *inspect.Issue, _ *inspect.Transition) { i.Hold = asked(other) },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Hold = asked(me) },
				func(i *inspect.Issue, _ *inspect.Transition) { i.Hold = inspect.Request{} }}},
		"a hold is ended while it runs": {inspect.Assigned, inspect.Resume, func(i *inspect.Issue, _ *inspect.Transition) { i.HeldUntil = now + 1 },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.HeldUntil = now }}},
		"a letter is answered": {inspect.Assigned, inspect.Reply, func(i *inspect.Issue, _ *inspect.Transition) {
			i.Letters = []inspect.Letter{{RepliedAt: now}, {}}
		}, []func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Letters = i.Letters[:1] }}},
		"it is passed to a unit below": {inspect.Assigned, inspect.PassDown, func(i *inspect.Issue, m *inspect.Transition) {
			i.Unit, m.SubordinateUnits = id("unit"), []inspect.ID{id("unit"), id("crew")}
		}, []func(*inspect.Issue, *inspect.Transition){func(_ *inspect.Issue, m *inspect.Transition) { m.SubordinateUnits = m.SubordinateUnits[:1] }}},
		"somebody was asked to look": {inspect.Reported, inspect.FieldCheck, func(i *inspect.Issue, _ *inspect.Transition) { i.FieldCheckAskedAt = now },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.FieldCheckAskedAt = 0 }}},
		"twenty parts are all": {inspect.Assigned, inspect.GivePart, func(i *inspect.Issue, _ *inspect.Transition) { i.Parts = parts(19, 5) },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Parts = parts(20, 0) }}},
		"a part is taken back": {inspect.Assigned, inspect.EndPart, func(i *inspect.Issue, _ *inspect.Transition) { i.Parts = parts(1, 1) },
			[]func(*inspect.Issue, *inspect.Transition){func(i *inspect.Issue, _ *inspect.Transition) { i.Parts = parts(0, 2) }}},
	} {
		i, m := &inspect.Issue{Status: c.status}, &inspect.Transition{Action: c.action, By: me, ReceivedAt: now}
		c.yes(i, m)
		if !i.Offers(m) {
			t.Errorf("%s: not offered", name)
		}
		for n, spoil := range c.no {
			i, m := &inspect.Issue{Status: c.status}, &inspect.Transition{Action: c.action, By: me, ReceivedAt: now}
			c.yes(i, m)
			if spoil(i, m); i.Offers(m) {
				t.Errorf("%s: offered in case %d", name, n)
			}
		}
	}
}

// TestWhatIsPending holds what waits for somebody beside the status, in which states, and its place in a row of the database.
func TestWhatIsPending(t *testing.T) {
	for kind, c := range map[inspect.Pending]struct {
		change   func(*inspect.Issue)
		statuses []inspect.Status
		bit      int64
	}{
		inspect.PendingExtension: {func(i *inspect.Issue) { i.Extension.At = 1 }, []inspect.Status{inspect.Assigned, inspect.Fixed}, 1},
		inspect.PendingHold:      {func(i *inspect.Issue) { i.Hold.At = 1 }, []inspect.Status{inspect.Assigned, inspect.Fixed}, 2},
		inspect.PendingAppeal: {func(i *inspect.Issue) {
			i.Appeals = []inspect.Appeal{{Answer: inspect.Refused}, {}}
		}, inspect.Statuses, 4},
		inspect.PendingDismissal: {func(i *inspect.Issue) { i.DismissalAskedAt = 1 }, []inspect.Status{inspect.Reported, inspect.Assigned, inspect.Fixed, inspect.Verified}, 8},
		inspect.PendingReply: {func(i *inspect.Issue) {
			i.Letters = []inspect.Letter{{RepliedAt: 1}, {}}
		}, []inspect.Status{inspect.Assigned, inspect.Fixed}, 16},
		inspect.PendingReturned: {func(i *inspect.Issue) { i.ReturnedBy = id("unit") }, []inspect.Status{inspect.Reported}, 32},
		inspect.PendingRework:   {func(i *inspect.Issue) { i.Rework = 1 }, []inspect.Status{inspect.Assigned}, 64},
		inspect.PendingLook:     {func(i *inspect.Issue) { i.FieldCheckAskedAt = 1 }, []inspect.Status{inspect.Reported}, 128},
	} {
		for _, status := range inspect.Statuses {
			i := &inspect.Issue{Status: status}
			if i.PendingBits() != 0 || len(i.Pending()) != 0 {
				t.Errorf("%s: %v waits for nothing", status, i.Pending())
			}
			c.change(i)
			var want []inspect.Pending
			bits := int64(0)
			if slices.Contains(c.statuses, status) {
				want, bits = []inspect.Pending{kind}, c.bit
			}
			if got := i.Pending(); !slices.Equal(got, want) || i.PendingBits() != bits {
				t.Errorf("%s, %s: got %v in %b, want %v in %b", kind, status, got, i.PendingBits(), want, bits)
			}
		}
		if kind.Bit() != c.bit {
			t.Errorf("the bit of %s is %d, want %d: rows of databases have it", kind, kind.Bit(), c.bit)
		}
	}
	i := &inspect.Issue{Status: inspect.Assigned, Rework: 1, Correspondence: inspect.Correspondence{Appeals: []inspect.Appeal{{}}}}
	if got := i.PendingBits(); got != 68 {
		t.Errorf("an appeal and rework are %b", got)
	}
	for _, letters := range [][]inspect.Letter{nil, {{RepliedAt: 1}}} {
		if i := (&inspect.Issue{Status: inspect.Assigned, Correspondence: inspect.Correspondence{Letters: letters,
			Appeals: []inspect.Appeal{{Answer: inspect.Granted}}}}); len(i.Pending()) != 0 {
			t.Errorf("what was answered waits: %v", i.Pending())
		}
	}
}
