package inspect_test

import (
	"slices"
	"testing"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

func storm(from, to int) *inspect.Suspension {
	return &inspect.Suspension{ID: id("storm"), From: minutes(from), To: minutes(to), By: id("office")}
}

// TestASuspensionMovesTheDeadline: assigned at minute 0 with a limit of 100. What is declared and moved later ends as it would have been declared.
func TestASuspensionMovesTheDeadline(t *testing.T) {
	type step struct {
		s       *inspect.Suspension
		changes bool
	}
	for name, c := range map[string]struct {
		steps    []step
		due      int
		from, to int // of its pause, where it has one
	}{
		"declared":                          {[]step{{storm(20, 50), true}}, 130, 20, 50},
		"declared twice":                    {[]step{{storm(20, 50), true}, {storm(20, 50), false}}, 130, 20, 50},
		"made longer":                       {[]step{{storm(20, 50), true}, {storm(20, 70), true}}, 150, 20, 70},
		"made shorter":                      {[]step{{storm(20, 50), true}, {storm(20, 30), true}}, 110, 20, 30},
		"taken back":                        {[]step{{storm(20, 50), true}, {storm(20, 10), true}, {storm(20, 50), true}}, 130, 20, 50},
		"from before it was assigned":       {[]step{{storm(-30, 50), true}}, 150, 0, 50},
		"over when it was assigned":         {[]step{{storm(-30, 0), false}}, 100, 0, 0},
		"over before that":                  {[]step{{storm(-30, -10), false}}, 100, 0, 0},
		"for no time":                       {[]step{{storm(20, 20), false}}, 100, 0, 0},
		"a minute of it":                    {[]step{{storm(-30, 1), true}}, 101, 0, 1},
		"from just before the deadline on":  {[]step{{storm(99, 200), true}}, 201, 99, 200},
		"from the deadline on":              {[]step{{storm(100, 200), true}}, 100, 100, 200},
		"after it":                          {[]step{{storm(150, 200), true}, {storm(150, 200), false}}, 100, 150, 200},
		"after it, made longer":             {[]step{{storm(150, 200), true}, {storm(150, 300), true}}, 100, 150, 300},
		"after it, ended before it began":   {[]step{{storm(150, 200), true}, {storm(150, 120), true}, {storm(150, 130), false}}, 100, 150, 150},
		"after it, for no time":             {[]step{{storm(150, 150), false}}, 100, 0, 0},
		"after it, over before it began":    {[]step{{storm(150, 120), false}}, 100, 0, 0},
		"behind it once, whatever it is on": {[]step{{storm(100, 200), true}, {storm(20, 250), true}}, 100, 100, 250},
	} {
		d := newDesk(t, name)
		d.assigns("longhua", 100)
		for n, s := range c.steps {
			d.now = minutes(5)
			before := d.i.DueAt
			e := d.i.Suspended(work, s.s, d.now)
			if (e != nil) != s.changes {
				t.Errorf("%s, step %d: %+v", name, n, e)
			}
			if e != nil {
				if e.By != id("office") || e.At != d.now || e.Suspension != s.s.ID {
					t.Errorf("%s: %+v", name, e)
				}
				d.apply(e)
			} else if d.i.DueAt != before {
				t.Errorf("%s: it moved", name)
			}
		}
		if d.i.DueAt != minutes(c.due) || d.i.OwnDueAt != minutes(c.due) {
			t.Errorf("%s: due %s, own %s; want minute %d", name, d.i.DueAt, d.i.OwnDueAt, c.due)
		}
		n := slices.IndexFunc(d.i.Pauses, func(p inspect.Pause) bool { return p.Suspension == id("storm") })
		if c.to == 0 {
			if n >= 0 {
				t.Errorf("%s: pauses %+v", name, d.i.Pauses)
			}
		} else if n < 0 || len(d.i.Pauses) != 1 || d.i.Pauses[n].From != minutes(c.from) || d.i.Pauses[n].To != minutes(c.to) {
			t.Errorf("%s: pauses %+v, want %d to %d", name, d.i.Pauses, c.from, c.to)
		}
	}
}

// TestASuspensionBesideAnotherDeadline: at 60 comes one that came over from another issue, at 100 its own.
func TestASuspensionBesideAnotherDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		steps    []*inspect.Suspension
		due, own int
	}{
		"before both":             {[]*inspect.Suspension{storm(20, 50)}, 90, 130},
		"before both, longer":     {[]*inspect.Suspension{storm(20, 50), storm(20, 60)}, 100, 140},
		"before both, shorter":    {[]*inspect.Suspension{storm(20, 50), storm(20, 25)}, 65, 105},
		"just before the first":   {[]*inspect.Suspension{storm(59, 80)}, 81, 121},
		"at the first":            {[]*inspect.Suspension{storm(60, 80)}, 60, 120},
		"between them":            {[]*inspect.Suspension{storm(70, 80)}, 60, 110},
		"at the first, and moved": {[]*inspect.Suspension{storm(60, 80), storm(60, 90)}, 60, 130},
		"between them, and moved": {[]*inspect.Suspension{storm(70, 80), storm(70, 90)}, 60, 120},
	} {
		d, other := newDesk(t, name), newDesk(t, "other")
		d.assigns("longhua", 100)
		other.assigns("longhua", 60)
		other.merges(d)
		for _, s := range c.steps {
			d.suspend(s)
		}
		if d.i.DueAt != minutes(c.due) || d.i.OwnDueAt != minutes(c.own) {
			t.Errorf("%s: due %s, own %s; want minutes %d and %d", name, d.i.DueAt, d.i.OwnDueAt, c.due, c.own)
		}
	}
}

// TestASuspensionAfterADecision: it goes on from the deadline that was decided, and leaves alone what a hold has set since.
func TestASuspensionAfterADecision(t *testing.T) {
	d := newDesk(t, "extended")
	d.assigns("longhua", 100)
	d.does("crew", move{Action: inspect.AskExtension, Until: minutes(150)})
	d.does("office", move{Action: inspect.DecideExtension, Answer: inspect.Granted})
	if d.suspend(storm(20, 50)); d.i.DueAt != minutes(180) || d.i.Clock.FromExtension {
		t.Errorf("extended: due %s, %+v", d.i.DueAt, d.i.Clock)
	}
	for to, want := range map[int]int{60: 0, 90: 0, 91: 1} { // the hold lasts to 90: what ends by then stops nothing more
		h := newDesk(t, "held")
		h.assigns("longhua", 100)
		h.now = minutes(10)
		h.does("crew", move{Action: inspect.AskHold, Until: minutes(90)})
		h.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted})
		due := h.i.DueAt
		if e := h.i.Suspended(work, storm(20, to), h.now); (e != nil) != (want > 0) {
			t.Errorf("to minute %d: %+v", to, e)
		}
		if h.suspend(storm(20, to)); h.i.DueAt.Sub(due).Minutes() != float64(want) {
			t.Errorf("to minute %d: due %s, was %s", to, h.i.DueAt, due)
		}
	}
	since := newDesk(t, "since")
	since.assigns("longhua", 100)
	since.suspend(storm(20, 50))
	since.now = minutes(60)
	since.does("crew", move{Action: inspect.AskHold, Until: minutes(90)})
	since.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted})
	if e := since.i.Suspended(work, storm(20, 70), since.now); e != nil {
		t.Errorf("the hold has set the clock since: %+v", e)
	}
	if e := (&inspect.Issue{Status: inspect.Fixed, DueAt: minutes(100), OwnDueAt: minutes(100)}).Suspended(work, storm(20, 50), minutes(5)); e != nil {
		t.Errorf("nobody works on what is fixed: %+v", e)
	}
}

// TestASuspensionAfterAMergeOrAFailure: what is told again changes nothing; its pause begins where it began.
func TestASuspensionAfterAMergeOrAFailure(t *testing.T) {
	merged := func(s *inspect.Suspension) *desk {
		d, into := newDesk(t, "merged"), newDesk(t, "into")
		d.assigns("longhua", 100)
		into.assigns("longhua", 5000)
		if s != nil {
			d.suspend(s)
		}
		d.now, into.now = minutes(60), minutes(60)
		d.merges(into)
		d.now, into.now = minutes(90), minutes(90)
		d.unmerges(into)
		return d
	}
	d := merged(storm(20, 50))
	if e := d.i.Suspended(work, storm(20, 70), d.now); e != nil || d.i.DueAt != minutes(160) {
		t.Errorf("it is over since before it came back: %+v, due %s", e, d.i.DueAt)
	}
	d = merged(nil)
	if e := d.i.Suspended(work, storm(20, 120), d.now); e == nil || e.PauseFrom != minutes(20) || e.Until != minutes(120) || e.DueAt != minutes(160) {
		t.Errorf("declared when it was back: %+v", e)
	}
	failed := newDesk(t, "failed")
	failed.assigns("longhua", 100)
	failed.now = minutes(20)
	failed.suspend(storm(50, 200))
	failed.now = minutes(40)
	failed.fixes()
	failed.now = minutes(80)
	failed.verifies(inspect.Fail)
	failed.suspend(storm(50, 200))
	if p := failed.i.Pauses; len(p) != 1 || p[0].From != minutes(50) || p[0].To != minutes(200) || failed.i.RemindAt != minutes(260) {
		t.Errorf("the reminder ends at %s, pauses %+v", failed.i.RemindAt, p)
	}
	if e := failed.i.Suspended(work, storm(50, 200), failed.now); e != nil {
		t.Errorf("told again: %+v", e)
	}
	failed.now = minutes(90)
	failed.does("crew", move{Action: inspect.AskHold, Until: minutes(300)})
	failed.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted})
	if e := failed.i.Suspended(work, storm(50, 350), failed.now); e == nil || e.PauseFrom != minutes(50) || e.Until != minutes(350) || e.DueAt != failed.i.DueAt {
		t.Errorf("made longer beside a hold: %+v", e)
	}
	late := newDesk(t, "late")
	late.assigns("longhua", 100)
	late.now = minutes(20)
	late.suspend(storm(50, 200))
	late.now = minutes(40)
	late.fixes()
	late.now = minutes(300)
	late.verifies(inspect.Fail)
	if e := late.i.Suspended(work, storm(50, 280), late.now); e == nil || e.DueAt != minutes(330) || e.PauseFrom != minutes(50) {
		t.Errorf("made longer when it is back: %+v", e)
	}
}

// TestAHoldThatAMergeInterrupts: asked for at 90, merged from 95 to 120, granted until 200. The reminder, of 60 from minute 80 on, stood still from 90 on.
func TestAHoldThatAMergeInterrupts(t *testing.T) {
	for name, c := range map[string]struct{ asked, merged, undone, remind int }{
		"asked for before it":       {90, 95, 120, 250},
		"asked for at that moment":  {95, 95, 120, 245},
		"asked for after it":        {125, 95, 120, 240},
		"asked for, and not merged": {90, 0, 0, 250},
	} {
		d, into := newDesk(t, name), newDesk(t, "into")
		d.assigns("longhua", 100)
		into.assigns("longhua", 5000)
		d.now = minutes(40)
		d.fixes()
		d.now = minutes(80)
		d.verifies(inspect.Fail) // 60 were left: until 140
		asks := func() {
			d.now = minutes(c.asked)
			d.does("crew", move{Action: inspect.AskHold, Until: minutes(200)})
		}
		if c.asked <= 95 {
			asks()
		}
		if c.merged > 0 {
			d.now, into.now = minutes(c.merged), minutes(c.merged)
			d.merges(into)
			d.now, into.now = minutes(c.undone), minutes(c.undone)
			d.unmerges(into)
		}
		if c.asked > 95 {
			asks()
		}
		d.now = minutes(130)
		if d.does("office", move{Action: inspect.DecideHold, Answer: inspect.Granted}); d.i.RemindAt != minutes(c.remind) {
			t.Errorf("%s: until %s, want minute %d; pauses %+v", name, d.i.RemindAt, c.remind, d.i.Pauses)
		}
	}
}

func TestWordsThatPeopleRead(t *testing.T) {
	for level, want := range map[inspect.AreaLevel][2]string{"city": {"市", "city"}, "district": {"区", "district"}, "street": {"街道", "street"},
		"community": {"社区", "community"}, "grid": {"网格", "grid"}, "road": {"路段", "road section"}} {
		r := inspect.Responsibility{Number: 7}
		zh, en := r.Reason(&inspect.Area{Level: level, Name: "名"}, "龙华环卫", &inspect.Category{})
		if zh != want[0]+" 名，全部事项 → 龙华环卫，规则 7" || en != want[1]+" 名, everything → 龙华环卫, rule 7" {
			t.Errorf("%s: %q, %q", level, zh, en)
		}
	}
	if !slices.Equal(inspect.Answers, []inspect.Answer{"grant", "refuse"}) {
		t.Errorf("answers: %q", inspect.Answers)
	}
	var a inspect.Answer
	if err := a.UnmarshalText([]byte("grant")); err != nil || a != inspect.Granted {
		t.Errorf("%q, %v", a, err)
	}
	if p := (&inspect.Paper{}); p.HasFiles() {
		t.Error("nothing was made")
	}
	if p := (&inspect.Paper{PDF: inspect.PaperFile{SHA256: "00"}}); !p.HasFiles() {
		t.Error("it was made")
	}
	if must, _ := inspect.Verify.Needs(""); slices.Contains(must, inspect.NeedReason) {
		t.Errorf("whatever the verdict is, %q are needed", must)
	}
	if must, _ := inspect.Fix.Needs(inspect.Fail); slices.Contains(must, inspect.NeedReason) {
		t.Errorf("a fix has no verdict, and needs %q", must)
	}
	// The same action that comes twice proves itself by the photo that it spent.
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	p := d.photo("after", inspect.PhotoAfter)
	p.UsedBy = id("the fix")
	if _, err := d.tries("crew", move{ID: id("the fix"), Action: inspect.Fix, Photos: []inspect.Photo{p}}); err != nil {
		t.Error(err)
	}
	d.refuses("crew", move{ID: id("another"), Action: inspect.Fix, Photos: []inspect.Photo{p}}, inspect.ErrPhotoUsed)
	if due := (&inspect.Issue{Status: inspect.Reported, ReceivedAt: minutes(0)}).StepDue(work, inspect.StepLimits{Assign: 30 * 60e9}, calendar.UrgentHour); due != minutes(30) {
		t.Errorf("the office assigns by %s", due)
	}
}
