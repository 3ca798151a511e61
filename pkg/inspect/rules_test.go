package inspect_test

import (
	"testing"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

type move = inspect.Transition

func TestOnePersonDismissesWhatIsNotAssigned(t *testing.T) {
	d := newDesk(t, "a")
	d.does("office", move{Action: inspect.File})
	e := d.does("office", move{Action: inspect.Dismiss})
	wantTypes(t, []*inspect.Event{e}, "issue.dismissed")
	if d.wantStatus(inspect.Dismissed); d.i.ClosedAt != d.now || d.i.FiledAt != d.now {
		t.Errorf("closed at %s, filed at %s", d.i.ClosedAt, d.i.FiledAt)
	}
}

func TestASecondPersonConfirmsADismissalAfterAssignment(t *testing.T) {
	ways := map[string]func(*desk){
		"assigned": func(d *desk) { d.assigns("longhua", 60) },
		"fixed":    func(d *desk) { d.assigns("longhua", 60); d.fixes() },
		"returned": func(d *desk) { d.assigns("longhua", 60); d.does("crew", move{Action: inspect.Return}) },
		"rework":   func(d *desk) { d.assigns("longhua", 60); d.fixes(); d.verifies(inspect.Fail) },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			way(d)
			before := d.i
			asked := d.does("office", move{Action: inspect.Dismiss})
			if d.i.Status != before.Status || d.i.Version != before.Version || d.i.DismissalAskedBy != id("office") {
				t.Errorf("asking made it %s version %d, asked by %s", d.i.Status, d.i.Version, d.i.DismissalAskedBy)
			}
			d.refuses("office", move{Action: inspect.Dismiss}, inspect.ErrSecondPerson)
			done := d.does("office2", move{Action: inspect.Dismiss})
			wantTypes(t, []*inspect.Event{asked, done}, "issue.dismissal_asked", "issue.dismissed")
			if d.wantStatus(inspect.Dismissed); d.i.DismissalAskedAt != 0 || d.i.AssignedAt == 0 {
				t.Errorf("the dismissal still waits (%s), or nobody knows that it was assigned (%s)", d.i.DismissalAskedAt, d.i.AssignedAt)
			}
			if d.i.Overdue(minutes(1000)) {
				t.Error("what was dismissed is overdue")
			}
		})
	}
}

func TestAStepTakesBackADismissalThatWasAskedFor(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	d.does("office", move{Action: inspect.Dismiss})
	d.fixes()
	e := d.does("office2", move{Action: inspect.Dismiss})
	wantTypes(t, []*inspect.Event{e}, "issue.dismissal_asked")
	d.wantStatus(inspect.Fixed)
}

func TestFilingIsImpliedByAssigning(t *testing.T) {
	d := newDesk(t, "a")
	version := d.i.Version
	d.now = minutes(5)
	d.does("office", move{Action: inspect.File, Area: id("meilan")})
	if d.i.FiledAt != minutes(5) || d.i.Version != version || d.i.Area != id("meilan") {
		t.Errorf("filed at %s, version %d, area %s", d.i.FiledAt, d.i.Version, d.i.Area)
	}
	d.now = minutes(9)
	if d.assigns("longhua", 60); d.i.FiledAt != minutes(5) || d.i.AssignedAt != minutes(9) || d.i.Version != version+1 {
		t.Errorf("filed at %s, assigned at %s, version %d", d.i.FiledAt, d.i.AssignedAt, d.i.Version)
	}
	other := newDesk(t, "b")
	if other.assigns("longhua", 60); other.i.FiledAt != other.i.AssignedAt || other.i.FiledAt == 0 {
		t.Errorf("assigned at %s, filed at %s", other.i.AssignedAt, other.i.FiledAt)
	}
}

func TestADeadlineLiesAfterTheAssignment(t *testing.T) {
	d := newDesk(t, "a")
	d.now = minutes(10)
	for _, due := range []int{-5, 9, 10} {
		d.refuses("office", move{Action: inspect.Assign, Unit: id("longhua"), DueAt: minutes(due)}, inspect.ErrContent)
	}
	d.assigns("longhua", 11)
}

func TestReturnWindow(t *testing.T) {
	tests := map[string]struct {
		limit, last int // minutes after the assignment
	}{
		"the first quarter":     {4 * 60, 60},
		"at least five minutes": {15, 5},
		"exactly five minutes":  {20, 5},
		"never after deadline":  {3, 3},
		"at most a working day": {100 * 60, 24 * 60}, // until nine the next morning
		"a quarter of a day":    {24 * 60, 6 * 60},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			d.assigns("longhua", tt.limit)
			d.now = minutes(tt.last) + 1
			d.refuses("crew", move{Action: inspect.Return}, inspect.ErrReturnTooLate)
			d.now = minutes(tt.last)
			d.does("crew", move{Action: inspect.Return})
			d.wantStatus(inspect.Reported)
			if !d.i.Unit.IsZero() || d.i.DueAt != 0 || d.i.OwnDueAt != 0 || d.i.Returns != 1 || d.i.ReturnedBy != id("longhua") {
				t.Errorf("after the return: %+v", d.i)
			}
			if want := time.Duration(tt.last) * time.Minute; d.i.TimeUsed != want {
				t.Errorf("used %s, want %s", d.i.TimeUsed, want)
			}
		})
	}
}

func TestAReworkCannotBeReturned(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 240)
	d.now = minutes(90)
	d.fixes()
	d.verifies(inspect.Fail)
	d.refuses("crew", move{Action: inspect.Return}, inspect.ErrReturnTooLate)
}

func TestTimeUsedStaysUsedForTheSameUnit(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 240)
	d.now = minutes(30)
	d.does("crew", move{Action: inspect.Return})
	d.now = minutes(40)
	d.assigns("longhua", 280)
	if d.i.RejectedReturns != 1 || d.i.TimeUsed != 30*time.Minute {
		t.Errorf("given again: %d returns rejected, %s used", d.i.RejectedReturns, d.i.TimeUsed)
	}
	d.now = minutes(50)
	if d.does("crew", move{Action: inspect.Return}); d.i.TimeUsed != 40*time.Minute || d.i.Returns != 2 {
		t.Errorf("returned again: %s used, %d returns", d.i.TimeUsed, d.i.Returns)
	}
	if d.assigns("meilan", 400); d.i.TimeUsed != 0 || d.i.RejectedReturns != 1 {
		t.Errorf("another unit: %s used, %d rejected", d.i.TimeUsed, d.i.RejectedReturns)
	}
}

func TestAfterTwoReturnsTheUnitIsFinal(t *testing.T) {
	d := newDesk(t, "a")
	for n, unit := range []string{"longhua", "meilan"} {
		if d.assigns(unit, 60); d.i.Final() {
			t.Errorf("final after %d returns", n)
		}
		d.does("crew", move{Action: inspect.Return})
	}
	d.assigns("longhua", 60)
	if !d.i.Final() || d.i.RejectedReturns != 0 {
		t.Errorf("final %t, %d returns rejected", d.i.Final(), d.i.RejectedReturns)
	}
	d.refuses("crew", move{Action: inspect.Return}, inspect.ErrFinalUnit)
}

func TestAFixNeedsAnAfterPhotoThatProvedNothingElse(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	fix := func(photos ...inspect.Photo) move { return move{Action: inspect.Fix, Photos: photos} }
	d.refuses("crew", fix(), inspect.ErrPhotoNeeded)
	d.refuses("crew", fix(d.photo("report", inspect.PhotoReport), d.photo("check", inspect.PhotoCheck)), inspect.ErrPhotoNeeded)
	first := d.does("crew", fix(d.photo("after", inspect.PhotoAfter)))
	if d.i.Fixer != id("crew") || d.i.FixedAt != d.now || d.has("after").UsedBy != first.ActionID {
		t.Errorf("fixed by %s at %s, the photo proves %s", d.i.Fixer, d.i.FixedAt, d.has("after").UsedBy)
	}
	d.verifies(inspect.Fail)
	d.refuses("crew", fix(d.has("after")), inspect.ErrPhotoUsed)
	second := d.does("crew", fix(d.has("after"), d.photo("after 2", inspect.PhotoAfter)))
	if d.has("after").UsedBy != first.ActionID || d.has("after 2").UsedBy != second.ActionID {
		t.Errorf("the photos prove %s and %s", d.has("after").UsedBy, d.has("after 2").UsedBy)
	}
}

func TestVerify(t *testing.T) {
	line := []inspect.ID{id("district"), id("longhua"), id("crew-unit")}
	tests := map[string]struct {
		by      string
		move    move
		byPhoto bool
		want    *fault.Error
		status  inspect.Status
		event   string
	}{
		"pass on site":           {by: "wang", move: move{Verdict: inspect.Pass, Method: inspect.OnSite}, status: inspect.Verified, event: "issue.verified"},
		"pass by photo":          {by: "wang", move: move{Verdict: inspect.Pass, Method: inspect.ByPhoto}, byPhoto: true, status: inspect.Verified, event: "issue.verified"},
		"by photo, on-site item": {by: "wang", move: move{Verdict: inspect.Pass, Method: inspect.ByPhoto}, want: inspect.ErrOnSite},
		"by who fixed it":        {by: "crew", move: move{Verdict: inspect.Pass, Method: inspect.OnSite}, want: inspect.ErrOwnFix},
		"by the same unit":       {by: "wang", move: move{Verdict: inspect.Pass, Method: inspect.OnSite, ActorUnits: []inspect.ID{id("longhua")}}, want: inspect.ErrOwnFix},
		"by the unit above": {by: "wang", move: move{Verdict: inspect.Pass, Method: inspect.OnSite,
			ActorUnits: []inspect.ID{id("meilan"), id("district")}}, want: inspect.ErrOwnFix},
		"by the crew below": {by: "wang", move: move{Verdict: inspect.Fail, Method: inspect.OnSite, ActorUnits: []inspect.ID{id("crew-unit")}}, want: inspect.ErrOwnFix},
		"by another unit": {by: "wang", move: move{Verdict: inspect.Pass, Method: inspect.OnSite, ActorUnits: []inspect.ID{id("meilan")}},
			status: inspect.Verified, event: "issue.verified"},
		"fail without a photo":  {by: "wang", move: move{Verdict: inspect.Fail, Method: inspect.OnSite}, want: inspect.ErrPhotoNeeded},
		"false without a photo": {by: "wang", move: move{Verdict: inspect.FalseFix, Method: inspect.OnSite}, want: inspect.ErrPhotoNeeded},
		"fail by the after": {by: "wang", move: move{Verdict: inspect.Fail, Method: inspect.OnSite,
			Photos: []inspect.Photo{{Declaration: inspect.Declaration{Kind: inspect.PhotoAfter}}}}, want: inspect.ErrPhotoNeeded},
		"fail by a used check": {by: "wang", move: move{Verdict: inspect.Fail, Method: inspect.OnSite,
			Photos: []inspect.Photo{{Declaration: inspect.Declaration{Kind: inspect.PhotoCheck}, UsedBy: id("x")}}}, want: inspect.ErrPhotoUsed},
		"fail": {by: "wang", move: move{Verdict: inspect.Fail, Method: inspect.OnSite,
			Photos: []inspect.Photo{{Declaration: inspect.Declaration{Kind: inspect.PhotoCheck}}}}, status: inspect.Assigned, event: "issue.verification_failed"},
		"false fix": {by: "wang", move: move{Verdict: inspect.FalseFix, Method: inspect.OnSite,
			Photos: []inspect.Photo{{Declaration: inspect.Declaration{Kind: inspect.PhotoCheck}}}}, status: inspect.Assigned, event: "issue.false_fix"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			d.category.ByPhoto = tt.byPhoto
			d.assigns("longhua", 60)
			d.fixes()
			tt.move.Action, tt.move.FixerUnitLine = inspect.Verify, line
			if tt.want != nil {
				d.refuses(tt.by, tt.move, tt.want)
				return
			}
			before := d.i
			e := d.does(tt.by, tt.move)
			d.wantStatus(tt.status)
			wantTypes(t, []*inspect.Event{e}, tt.event)
			if tt.status == inspect.Verified {
				if d.i.ClosedAt != d.now || d.i.FixedAt != before.FixedAt || d.i.Rework != 0 {
					t.Errorf("verified: %+v", d.i)
				}
				return
			}
			if d.i.Rework != 1 || d.i.FixedAt != 0 || !d.i.Fixer.IsZero() || d.i.DueAt != before.DueAt || d.i.Unit != before.Unit {
				t.Errorf("rework: %+v", d.i)
			}
			if want := map[string]int{"issue.false_fix": 1}[tt.event]; d.i.FalseFixes != want {
				t.Errorf("%d false fixes, want %d", d.i.FalseFixes, want)
			}
		})
	}
}

func TestReopen(t *testing.T) {
	tests := map[string]struct {
		days    int
		after   time.Duration
		refused bool
	}{
		"litter is not reopened":    {0, time.Second, true},
		"posters within seven days": {7, 7 * 24 * time.Hour, false},
		"posters later":             {7, 7*24*time.Hour + time.Millisecond, true},
		"a facility after a month":  {30, 30 * 24 * time.Hour, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			d.category.ReopenDays = tt.days
			d.assigns("longhua", 60)
			d.fixes()
			d.verifies(inspect.Pass)
			before := d.i
			d.now = d.i.ClosedAt.Add(tt.after)
			if tt.refused {
				d.refuses("office", move{Action: inspect.Reopen}, inspect.ErrReopenTooLate)
				return
			}
			d.does("office", move{Action: inspect.Reopen})
			d.wantStatus(inspect.Assigned)
			if d.i.Unit != before.Unit || d.i.DueAt != before.DueAt || d.i.AssignedAt != before.AssignedAt || d.i.FiledAt != before.FiledAt {
				t.Errorf("reopening lost what stays: %+v", d.i)
			}
			if d.i.FixedAt != 0 || d.i.ClosedAt != 0 || !d.i.Fixer.IsZero() || d.i.Rework != 0 || !d.i.Overdue(d.now) {
				t.Errorf("reopening kept what goes: %+v", d.i)
			}
		})
	}
}

func TestOnTheSpotFix(t *testing.T) {
	d := newDesk(t, "a")
	spot := func(photos ...inspect.Photo) move { return move{Action: inspect.OnTheSpotFix, Photos: photos} }
	before, after, report := d.photo("before", inspect.PhotoBefore), d.photo("after", inspect.PhotoAfter), d.photo("report", inspect.PhotoReport)
	d.refuses("lin", spot(), inspect.ErrPhotoNeeded)
	d.refuses("lin", spot(before, report), inspect.ErrPhotoNeeded)
	d.refuses("lin", spot(after), inspect.ErrPhotoNeeded)
	e := d.does("lin", spot(report, after))
	wantTypes(t, []*inspect.Event{e}, "issue.fixed_on_the_spot")
	if d.wantStatus(inspect.Fixed); !d.i.OnTheSpot || d.i.FiledAt == 0 || d.i.Fixer != id("lin") || !d.i.Unit.IsZero() || d.i.DueAt != 0 {
		t.Errorf("fixed on the spot: %+v", d.i)
	}
	d.refuses("lin", move{Action: inspect.Verify, Verdict: inspect.Pass, Method: inspect.OnSite}, inspect.ErrOwnFix)
	d.verifies(inspect.Fail)
	if d.wantStatus(inspect.Reported); d.i.OnTheSpot || d.i.FixedAt != 0 {
		t.Errorf("what nobody holds goes back to the office: %+v", d.i)
	}
	d.refuses("lin", spot(before, d.has("after")), inspect.ErrPhotoUsed)
}

func TestOnlyAPhotoThatNeverCameIsWithdrawn(t *testing.T) {
	tests := map[inspect.PhotoState]*fault.Error{
		inspect.PhotoDeclared: nil, inspect.PhotoSafe: inspect.ErrPhotoSafe, inspect.PhotoWithdrawn: inspect.ErrPhotoGone, inspect.PhotoErased: inspect.ErrPhotoGone,
	}
	for state, want := range tests {
		d := newDesk(t, "a")
		p := inspect.Photo{Declaration: inspect.Declaration{ID: id("lost")}, State: state}
		if want != nil {
			d.refuses("lin", move{Action: inspect.WithdrawPhoto, Photo: &p}, want)
			continue
		}
		d.photos[p.ID] = &p
		version := d.i.Version
		if d.does("lin", move{Action: inspect.WithdrawPhoto, Photo: &p}); d.has("lost").State != inspect.PhotoWithdrawn || d.i.Version != version {
			t.Errorf("the photo is %s, version %d", d.has("lost").State, d.i.Version)
		}
	}
	newDesk(t, "a").refuses("lin", move{Action: inspect.WithdrawPhoto}, inspect.ErrPhotoNotFound)
}

func TestTwoPeopleErase(t *testing.T) {
	d := newDesk(t, "a")
	p := d.photo("report", inspect.PhotoReport)
	asked := d.does("office", move{Action: inspect.Erase, Photo: &p})
	if d.has("report").State != inspect.PhotoSafe {
		t.Error("one person erased a photo")
	}
	d.refuses("office", move{Action: inspect.Erase, Photo: &p, AskedBy: id("office")}, inspect.ErrSecondPerson)
	done := d.does("office2", move{Action: inspect.Erase, Photo: &p, AskedBy: id("office")})
	wantTypes(t, []*inspect.Event{asked, done}, "issue.erasure_asked", "issue.erased")
	gone := d.has("report")
	if gone.State != inspect.PhotoErased || gone.SHA256 == "" {
		t.Errorf("erased: %+v", gone)
	}
	d.refuses("office", move{Action: inspect.Erase, Photo: &gone}, inspect.ErrPhotoGone)
	texts := []*inspect.Event{d.does("office", move{Action: inspect.Erase}), d.does("office2", move{Action: inspect.Erase, AskedBy: id("office")})}
	wantTypes(t, texts, "issue.erasure_asked", "issue.erased")
}
