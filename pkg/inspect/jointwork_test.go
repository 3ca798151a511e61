package inspect_test

import (
	"fmt"
	"slices"
	"testing"

	"spotcheck/pkg/inspect"
)

func TestPartsOfAnIssue(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 600)
	gives := func(unit string) move { return move{Action: inspect.GivePart, Unit: id(unit), Until: minutes(300)} }
	_, err := d.tries("office", gives("longhua"))
	wantPointer(t, err, "/unit")
	_, err = d.tries("office", move{Action: inspect.GivePart, Unit: id("meilan"), Until: d.now})
	wantPointer(t, err, "/until")
	first := d.does("office", gives("meilan"))
	d.refuses("office", gives("meilan"), inspect.ErrHasPart)
	d.does("meilan", move{Action: inspect.ReplyPart, Part: first.ActionID})
	d.refuses("meilan", move{Action: inspect.ReplyPart, Part: first.ActionID}, inspect.ErrNothingAsked)
	again := d.does("office", gives("meilan"))
	ended := d.does("office", gives("police"))
	d.does("office", move{Action: inspect.EndPart, Part: ended.ActionID})
	d.refuses("office", move{Action: inspect.EndPart, Part: ended.ActionID}, inspect.ErrNothingAsked)
	_, err = d.tries("office", move{Action: inspect.EndPart, Part: id("no such part")})
	wantPointer(t, err, "/part")
	if all := d.i.Assisting(); !slices.Equal(all, []inspect.ID{id("meilan")}) {
		t.Errorf("%v assist", all)
	}
	if p := d.i.Part(again.ActionID); p == nil || p.DueAt != minutes(300) || p.By != id("office") || p.Unit != id("meilan") || !p.Open() {
		t.Errorf("the part is %+v", p)
	}
	for n := range inspect.MaxParts - 1 {
		d.does("office", gives(fmt.Sprint("unit ", n)))
	}
	d.refuses("office", gives("one too many"), inspect.ErrHasPart)
	d.does("office", move{Action: inspect.EndPart, Part: again.ActionID})
	d.does("office", gives("one that takes its place"))
}

// TestPartsEndWithTheWork: while the unit works on it they stay, also when it is fixed; those that have their reply keep it.
func TestPartsEndWithTheWork(t *testing.T) {
	for name, leave := range map[string]func(*desk){
		"returned": func(d *desk) { d.does("crew", move{Action: inspect.Return}) },
		"dismissed": func(d *desk) {
			d.does("office", move{Action: inspect.Dismiss})
			d.does("office2", move{Action: inspect.Dismiss})
		},
		"verified": func(d *desk) { d.fixes(); d.verifies(inspect.Pass) },
		"fixed":    func(d *desk) { d.fixes() },
		"failed":   func(d *desk) { d.fixes(); d.verifies(inspect.Fail) },
	} {
		d := newDesk(t, name)
		d.assigns("longhua", 600)
		open := d.does("office", move{Action: inspect.GivePart, Unit: id("meilan"), Until: minutes(300)}).ActionID
		told := d.does("office", move{Action: inspect.GivePart, Unit: id("police"), Until: minutes(300)}).ActionID
		d.does("police", move{Action: inspect.ReplyPart, Part: told})
		d.now = minutes(4)
		leave(d)
		stays := name == "fixed" || name == "failed"
		if p := d.i.Part(open); p.Open() != stays || !stays && p.EndedAt != minutes(4) || !p.SeesIssue() {
			t.Errorf("%s: the part without a reply is %+v", name, *p)
		}
		if p := d.i.Part(told); p.EndedAt != 0 || p.RepliedAt == 0 {
			t.Errorf("%s: the part with its reply is %+v", name, *p)
		}
	}
}
