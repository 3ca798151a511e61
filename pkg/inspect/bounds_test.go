package inspect_test

import (
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// TestAFaultNamesItsField: a person at a form sees which one it is.
func TestAFaultNamesItsField(t *testing.T) {
	d := newDesk(t, "a")
	says := func(want, by string, m move) {
		t.Helper()
		_, err := d.tries(by, m)
		wantPointer(t, err, want)
	}
	d.now = minutes(5)
	says("/due_at", "office", move{Action: inspect.Assign, Unit: id("longhua"), DueAt: minutes(5)})
	says("/photos", "lin", move{Action: inspect.OnTheSpotFix})
	says("/flag", "office", move{Action: inspect.DecideFlag})
	d.assigns("longhua", 60)
	says("/photos", "crew", move{Action: inspect.Fix})
	says("/until", "crew", move{Action: inspect.AskExtension, Until: minutes(60)})
	says("/until", "crew", move{Action: inspect.AskExtension, Until: minutes(1000)})
	d.does("crew", move{Action: inspect.AskExtension, Until: minutes(70)})
	says("/until", "office", move{Action: inspect.DecideExtension, Answer: inspect.Granted, Until: minutes(71)})
	says("/until", "office", move{Action: inspect.DecideExtension, Answer: inspect.Granted, Until: minutes(60)})
	d.does("office", move{Action: inspect.DecideExtension, Answer: inspect.Refused})
	d.now = minutes(100)
	d.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealOverdue})
	decides := move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealOverdue, Answer: inspect.Granted}
	says("/due_at", "office2", decides)
	decides.DueAt = minutes(100)
	says("/due_at", "office2", decides)
	decides.Finding, decides.DueAt = inspect.FixGood, minutes(200)
	says("/finding", "office2", decides)
	says("/due_at", "office2", move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealOverdue, Answer: inspect.Refused, DueAt: minutes(200)})
}

// TestWhoseFixIsVerifiedHow: a category may be verified by photo, but not a fix that was drawn for a visit.
func TestWhoseFixIsVerifiedHow(t *testing.T) {
	for name, c := range map[string]struct {
		byPhoto, drawn bool
		method         inspect.VerificationMethod
		want           *fault.Error
	}{
		"on site":                      {false, false, inspect.OnSite, nil},
		"on site, though drawn":        {true, true, inspect.OnSite, nil},
		"by photo":                     {true, false, inspect.ByPhoto, nil},
		"by photo, drawn for a visit":  {true, true, inspect.ByPhoto, inspect.ErrDrawnForVisit},
		"by photo, not this category":  {false, false, inspect.ByPhoto, inspect.ErrOnSite},
		"by photo, neither of the two": {false, true, inspect.ByPhoto, inspect.ErrOnSite},
	} {
		d := newDesk(t, name)
		d.assigns("longhua", 60)
		d.category.ByPhoto = c.byPhoto
		share := 0
		if c.drawn {
			share = 100
		}
		e := d.does("crew", move{Action: inspect.Fix, Seed: "seed", VisitShare: share, Photos: []inspect.Photo{d.photo(inspect.NewID().String(), inspect.PhotoAfter)}})
		if (e.Draw != nil) != c.byPhoto || e.Draw != nil && (e.Draw.Seed != "seed" || e.Draw.Visit != c.drawn) || e.Unit != id("longhua") {
			t.Errorf("%s: fixed by %s, drawn %+v", name, e.Unit, e.Draw)
		}
		d.i.VisitDrawn = c.drawn
		m := move{Action: inspect.Verify, Verdict: inspect.Pass, Method: c.method}
		if c.want != nil {
			d.refuses("wang", m, c.want)
		} else if e := d.does("wang", m); e.Unit != id("longhua") {
			t.Errorf("%s: verified for %s", name, e.Unit)
		}
	}
	// Nobody is known who fixed it, and nobody who verifies it: they are not one.
	i := inspect.Issue{Status: inspect.Fixed, FixedAt: minutes(1)}
	if _, err := i.Check(&move{Action: inspect.Verify, Verdict: inspect.Pass, Method: inspect.OnSite, Category: &inspect.Category{}, Calendar: work}); err != nil {
		t.Error(err)
	}
}

func TestWhatAnActionLeavesInItsEvent(t *testing.T) {
	d := newDesk(t, "a")
	d.photo("kept", inspect.PhotoReport)
	if e, err := d.tries("office", move{Action: inspect.Erase, Photos: []inspect.Photo{d.has("kept")}}); err != nil || len(e.Photos) != 0 {
		t.Errorf("who erases texts erases no photo: %+v, %v", e, err)
	}
	flag := inspect.Flag{ID: id("flag")}
	if e := d.does("office", move{Action: inspect.DecideFlag, Flag: &flag, Decided: "cleared"}); e.Flag != flag.ID || e.Decision != "cleared" {
		t.Errorf("decided on %s: %q", e.Flag, e.Decision)
	}
	d.does("lin", move{Action: inspect.OnTheSpotFix, Photos: []inspect.Photo{d.has("kept"), d.photo("clean", inspect.PhotoAfter)}})
	if e := d.does("office", move{Action: inspect.Dismiss}); e.Type != "issue.dismissal_asked" {
		t.Errorf("what was fixed on the spot is dismissed by one: %s", e.Type)
	}
	into, other := newDesk(t, "b"), newDesk(t, "c")
	other.merges(into)
	e := other.does("office", move{Action: inspect.Unmerge, Into: &into.i})
	if e.Into != into.i.ID || e.Before != inspect.Reported {
		t.Errorf("undone from %s, before it was %s", e.Into, e.Before)
	}
	back := newDesk(t, "d")
	back.assigns("longhua", 60)
	back.now = minutes(20)
	back.fixes()
	back.category.ReopenDays = 7
	back.verifies(inspect.Pass)
	back.now = minutes(200)
	if e := back.does("office", move{Action: inspect.Reopen}); e.RemindAt != minutes(240) || back.i.RemindAt != e.RemindAt {
		t.Errorf("reopened, to be done by %s, want the 40 minutes that were left", e.RemindAt)
	}
}

// TestAnAppealThatTakesTheIssueAway: the unit was not the right one, and the office gives it to another.
func TestAnAppealThatTakesTheIssueAway(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		d := newDesk(t, "a")
		d.assigns("longhua", 6000)
		d.does("crew", move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealWrongUnit})
		d.does("crew", move{Action: inspect.AskExtension, Until: minutes(6100)})
		if fixed {
			d.fixes()
		}
		e := d.does("office2", move{Action: inspect.DecideAppeal, AppealSubject: inspect.AppealWrongUnit, Answer: inspect.Granted})
		want := "issue.unit_appealed_away"
		if fixed {
			want = "issue.appeal_decided"
		}
		if e.Type != want || d.i.Unit.IsZero() == fixed || (d.i.Status == inspect.Reported) == fixed || !d.i.AppealUpheld(inspect.AppealWrongUnit) {
			t.Errorf("fixed %t: %s, %s with %s", fixed, e.Type, d.i.Status, d.i.Unit)
		}
		if d.i.AppealUpheld(inspect.AppealRework) {
			t.Error("it was about the unit, not about rework")
		}
	}
	i := inspect.Issue{}
	i.Appeals = []inspect.Appeal{{Subject: inspect.AppealRework, Answer: inspect.Refused}}
	if i.AppealUpheld(inspect.AppealRework) {
		t.Error("what was refused was upheld")
	}
}

// TestMarksOfOlderPrograms: they kept the last failed verification alone, and appeals without the mark that they were about.
func TestMarksOfOlderPrograms(t *testing.T) {
	failed := func(at inspect.Time, appeals ...inspect.Appeal) *inspect.Issue {
		i := &inspect.Issue{Status: inspect.Assigned, Unit: id("longhua"), AssignedAt: minutes(10), DueAt: minutes(600), OwnDueAt: minutes(600)}
		i.FailedAt, i.FailedBy, i.FailVerdict, i.Appeals = at, id("wang"), inspect.Fail, appeals
		return i
	}
	old := func(at inspect.Time) inspect.Appeal {
		return inspect.Appeal{Subject: inspect.AppealRework, At: at, Answer: inspect.Refused}
	}
	for name, c := range map[string]struct {
		i    *inspect.Issue
		want *fault.Error
	}{
		"it failed":                          {failed(minutes(20)), nil},
		"as it was given":                    {failed(minutes(10)), nil},
		"before it was given":                {failed(minutes(10) - 1), inspect.ErrNothingToAppeal},
		"it never failed":                    {failed(0), inspect.ErrNothingToAppeal},
		"appealed against before it failed":  {failed(minutes(20), old(minutes(20)-1)), nil},
		"appealed against at that moment":    {failed(minutes(20), old(minutes(20))), inspect.ErrAppealedBefore},
		"appealed against later":             {failed(minutes(20), old(minutes(25))), inspect.ErrAppealedBefore},
		"appealed against by another mark":   {failed(minutes(20), inspect.Appeal{Subject: inspect.AppealRework, At: minutes(25), Mark: minutes(15), Answer: "refuse"}), nil},
		"appealed against for another thing": {failed(minutes(20), inspect.Appeal{Subject: inspect.AppealOverdue, At: minutes(25)}), nil},
	} {
		e, err := c.i.Check(&move{Action: inspect.AskAppeal, AppealSubject: inspect.AppealRework, By: id("crew"), ReceivedAt: minutes(30), SentAt: minutes(30),
			DoneAt: minutes(30), Calendar: work})
		if f, _ := fault.As(err); (err == nil) != (c.want == nil) || err != nil && f.Code != c.want.Code || err == nil && e.MarkedAt != c.i.FailedAt {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	// A refused appeal changes nothing, whatever else stands in it: the false fix stays one, and is no rework beside.
	staged := failed(minutes(20), inspect.Appeal{Subject: inspect.AppealFalseFix, Mark: minutes(20), DecidedAt: minutes(25), Answer: inspect.Refused,
		Finding: inspect.FixInsufficient})
	staged.FailVerdict = inspect.FalseFix
	if about := staged.Contestable(&move{By: id("crew"), ReceivedAt: minutes(30), Calendar: work}); slices.Contains(about, inspect.AppealRework) {
		t.Errorf("contestable: %v", about)
	}
	// Who set a mark does not decide on it, also where the appeal does not name it; nobody is not somebody.
	open := failed(minutes(20), inspect.Appeal{Subject: inspect.AppealRework, At: minutes(25), By: id("crew")})
	for by, want := range map[inspect.ID]bool{id("wang"): false, id("office"): true, id("crew"): false} {
		if got := open.Offers(&move{Action: inspect.DecideAppeal, By: by, ReceivedAt: minutes(30), Calendar: work}); got != want {
			t.Errorf("%s may decide: %t", by, got)
		}
	}
	two := failed(minutes(40), inspect.Appeal{Subject: inspect.AppealRework, At: minutes(45), By: id("crew"), Mark: minutes(20)})
	two.Failures = []inspect.Failure{{At: minutes(20), Told: minutes(20), By: id("wang"), Found: inspect.Fail}, {At: minutes(40), Told: minutes(40), By: id("zhao"), Found: inspect.Fail}}
	for by, want := range map[string]bool{"wang": false, "zhao": true} {
		if got := two.Offers(&move{Action: inspect.DecideAppeal, By: id(by), ReceivedAt: minutes(50), Calendar: work}); got != want {
			t.Errorf("%s may decide on the first mark: %t", by, got)
		}
	}
	open.FailedBy = inspect.ID{}
	if !open.Offers(&move{Action: inspect.DecideAppeal, ReceivedAt: minutes(30), Calendar: work}) {
		t.Error("nobody knows who set the mark, and nobody may decide")
	}
}

func TestOffersOfWhatNeedsNoMore(t *testing.T) {
	i := &inspect.Issue{Status: inspect.Assigned, AssignedAt: minutes(0), DueAt: minutes(80), OwnDueAt: minutes(80)}
	i.Clock = inspect.ManualClock(minutes(0), minutes(80))
	for _, a := range []inspect.Action{inspect.Comment, inspect.Fix, inspect.Supervise} {
		if !i.Offers(&move{Action: a}) {
			t.Errorf("%s is not offered", a)
		}
	}
	late := &inspect.Issue{Status: inspect.Fixed, Unit: id("longhua"), FixedAt: minutes(81), DueAt: minutes(80), OwnDueAt: minutes(80)}
	if !late.Offers(&move{Action: inspect.AskAppeal, By: id("crew"), ReceivedAt: minutes(85), Calendar: work}) {
		t.Error("one mark can be appealed against, and is not offered")
	}
	for at, want := range map[inspect.Time]bool{minutes(20): true, minutes(20) + 1: false} {
		if i.Offers(&move{Action: inspect.Return, ReceivedAt: at, Calendar: work}) != want {
			t.Errorf("a return at %s is offered: %t", at, !want)
		}
	}
}

// TestAlertsOfWhatIsOver: what waits for nobody any more alerts nobody.
func TestAlertsOfWhatIsOver(t *testing.T) {
	kinds := func(i *inspect.Issue) (all []string) {
		for _, a := range i.Alerts(work, inspect.StepLimits{Assign: time.Minute, Verify: time.Minute}, calendar.Minute) {
			all = append(all, a.Kind)
		}
		return all
	}
	i := &inspect.Issue{Status: inspect.Fixed, FixedAt: minutes(10), DueAt: minutes(80), OwnDueAt: minutes(80)}
	i.Clock = inspect.ManualClock(minutes(0), minutes(80))
	i.Extension, i.Hold = inspect.Request{At: 1, DecideBy: minutes(20)}, inspect.Request{At: 1, DecideBy: minutes(30)}
	i.Letters = []inspect.Letter{{ReplyBy: minutes(40)}, {ReplyBy: minutes(45), RepliedAt: 1}}
	if got, want := kinds(i), []string{inspect.AlertVerify, inspect.AlertDecision, inspect.AlertDecision, inspect.AlertReply}; !slices.Equal(got, want) {
		t.Errorf("fixed: %v, want %v", got, want)
	}
	i.Status = inspect.Verified
	if got := kinds(i); len(got) != 0 {
		t.Errorf("verified: %v", got)
	}
	i.ReplyBy = minutes(50)
	if got := kinds(i); !slices.Equal(got, []string{inspect.AlertFeedback}) {
		t.Errorf("who told it waits: %v", got)
	}
	ladder := &inspect.Issue{Status: inspect.Assigned, DueAt: minutes(80), OwnDueAt: minutes(80)}
	ladder.Clock = inspect.ManualClock(minutes(0), minutes(80))
	for name, c := range map[string]struct {
		change func(*inspect.Issue)
		want   []string
		due    inspect.Time
	}{
		"as it is":           {func(*inspect.Issue) {}, []string{inspect.AlertSoon, inspect.AlertDue, inspect.AlertLate, inspect.AlertLong}, minutes(80)},
		"of another":         {func(i *inspect.Issue) { i.DueAt = minutes(70) }, []string{inspect.AlertDue, inspect.AlertLate, inspect.AlertLong}, minutes(70)},
		"a quarter is left":  {func(i *inspect.Issue) { i.Clock.RemainingMS = 20 * 60_000 }, []string{inspect.AlertDue, inspect.AlertLate, inspect.AlertLong}, minutes(80)},
		"a reminder runs":    {func(i *inspect.Issue) { i.RemindAt = minutes(95) }, []string{inspect.AlertDue, inspect.AlertLate, inspect.AlertLong}, minutes(95)},
		"more than that":     {func(i *inspect.Issue) { i.Clock.RemainingMS = 20*60_000 + 1 }, []string{inspect.AlertSoon, inspect.AlertDue, inspect.AlertLate, inspect.AlertLong}, minutes(80)},
		"less than that":     {func(i *inspect.Issue) { i.Clock.RemainingMS = 60_000 }, []string{inspect.AlertDue, inspect.AlertLate, inspect.AlertLong}, minutes(80)},
		"on hold until then": {func(i *inspect.Issue) { i.HeldUntil, i.DueAt = minutes(60), minutes(70) }, []string{inspect.AlertHold, inspect.AlertDue, inspect.AlertLate, inspect.AlertLong}, minutes(70)},
	} {
		i := *ladder
		c.change(&i)
		all := i.Alerts(work, inspect.StepLimits{}, calendar.Minute)
		if got := kinds(&i); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if n := slices.IndexFunc(all, func(a inspect.Alert) bool { return a.Kind == inspect.AlertDue }); all[n].At != c.due {
			t.Errorf("%s: due at %s, want %s", name, all[n].At, c.due)
		}
		if inspect.StepDueAt(all) != 0 {
			t.Errorf("%s: somebody has a step", name)
		}
	}
	for _, kind := range []string{inspect.AlertAssign, inspect.AlertVerify} {
		if at := inspect.StepDueAt([]inspect.Alert{{At: 3, Kind: inspect.AlertPart}, {At: 7, Kind: kind}}); at != 7 {
			t.Errorf("%s is due at %d", kind, at)
		}
	}
}

// TestANewCalendarMovesWhatRunsByDays: not what is past, decided, at nobody, or runs day and night.
func TestANewCalendarMovesWhatRunsByDays(t *testing.T) {
	with, err := calendar.New(work.Zone(), calendar.Shifts, append(calendar.China(), calendar.Exception{Day: calendar.DayOf(2026, time.November, 25), Name: "停工"}))
	if err != nil {
		t.Fatal(err)
	}
	given := func() *desk {
		d := newDesk(t, "a")
		d.does("office", move{Action: inspect.Assign, Unit: id("longhua"), Rule: inspect.Rule{Limit: 2, LimitUnit: calendar.WorkingDay}})
		return d
	}
	was := given().i.DueAt
	is := was.Add(24 * time.Hour)
	for name, c := range map[string]struct {
		change      func(*inspect.Issue)
		now         inspect.Time
		due, ownDue inspect.Time // 0 where nothing moves
	}{
		"a day later":                   {func(*inspect.Issue) {}, minutes(5), is, is},
		"not when it is fixed":          {func(i *inspect.Issue) { i.Status = inspect.Fixed }, minutes(5), 0, 0},
		"not when it is over":           {func(*inspect.Issue) {}, was, 0, 0},
		"still just before":             {func(*inspect.Issue) {}, was - 1, is, is},
		"not what was decided":          {func(i *inspect.Issue) { i.Clock.FromExtension = true }, minutes(5), 0, 0},
		"not what runs day and night":   {func(i *inspect.Issue) { i.Clock.Unit = calendar.Minute }, minutes(5), 0, 0},
		"the deadline of another stays": {func(i *inspect.Issue) { i.DueAt = minutes(30) }, minutes(5), minutes(30), is},
	} {
		i := given().i
		c.change(&i)
		e := i.Rescheduled(with, c.now, id("admin"))
		if (e == nil) != (c.due == 0) || e != nil && (e.DueAt != c.due || e.OwnDueAt != c.ownDue || e.At != c.now || e.By != id("admin")) {
			t.Errorf("%s: %+v, want %s", name, e, c.due)
		}
	}
	i := given().i
	if e := i.Rescheduled(work, minutes(5), id("admin")); e != nil {
		t.Errorf("the same calendar moved it: %+v", e)
	}
	// Another way round: a day that is worked after all brings the deadline before now, and it stays.
	i.OwnDueAt, i.DueAt = is, is
	if e := i.Rescheduled(work, was, id("admin")); e != nil {
		t.Errorf("it moved into the past: %+v", e)
	}
	if e := i.Rescheduled(work, was-1, id("admin")); e == nil || e.DueAt != was {
		t.Errorf("got %+v, want %s", e, was)
	}
}

func TestAClashNamesItsRulesOnce(t *testing.T) {
	area := inspect.Area{ID: id("street"), Enabled: true}
	items := []inspect.Category{{Code: "1", Group: "g", Enabled: true}, {Code: "2", Group: "g", Enabled: true}, {Code: "3", Group: "g"}}
	rule := func(n int64, unit string) inspect.Responsibility {
		return inspect.Responsibility{ID: id(unit), Number: n, Unit: id(unit), Area: area.ID, Enabled: true}
	}
	all := inspect.CoverageGaps([]inspect.Area{area, {ID: id("closed")}}, items, []inspect.Responsibility{rule(9, "b"), rule(2, "a")}, "2026-11-24")
	if len(all) != 1 || all[0].Kind != inspect.SeveralResponsible || !slices.Equal(all[0].Items, []string{"1", "2"}) || len(all[0].Rules) != 2 || all[0].Rules[0].Number != 2 {
		t.Errorf("got %+v", all)
	}
	two := []inspect.Area{{ID: id("east"), Parent: id("city"), Enabled: true}, {ID: id("west"), Parent: id("city"), Enabled: true}}
	if all := inspect.CoverageGaps(two, items, nil, "2026-11-24"); len(all) != 2 || len(all[0].Items) != 2 || len(all[1].Items) != 2 {
		t.Errorf("areas that share what holds above them: %+v", all)
	}
}
