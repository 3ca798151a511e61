package inspect_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

func TestFlagsAreReadInBothForms(t *testing.T) {
	for text, want := range map[string]inspect.RaisedFlag{
		`"late"`:          {Kind: "late"},
		`{"kind":"late"}`: {Kind: "late"},
		`{"id":"` + id("flag").String() + `","kind":"reused","photo":"` + id("photo").String() + `"}`: {ID: id("flag"), Kind: "reused", Photo: id("photo")},
	} {
		var got inspect.RaisedFlag
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	if err := new(inspect.RaisedFlag).UnmarshalJSON(nil); err == nil {
		t.Error("nothing is a flag")
	}
}

func TestWhatAReportSays(t *testing.T) {
	start, end := geo.Point{Lat: 20.03, Lon: 110.33}, geo.Point{Lat: 20.04, Lon: 110.34}
	r := inspect.Report{Number: "2026-000001", Category: "06010", Severity: "serious", Source: "hotline", LineStart: &start, LineEnd: &end, Area: id("binhai"),
		Spot: id("shop"), SignedFront: true, RecurrenceOf: id("old"), ExternalNumber: "12345-1", ReplyBy: minutes(90), Import: id("table"), ReportedAt: minutes(1)}
	var i inspect.Issue
	if err := i.Apply(&inspect.Event{Type: "issue.reported", By: id("lin"), At: minutes(3), SentAt: minutes(2), Late: true, Report: &r}); err != nil {
		t.Fatal(err)
	}
	want := inspect.Issue{Number: r.Number, Category: r.Category, Severity: r.Severity, Source: r.Source, Line: &geo.Line{Start: start, End: &end}, Area: r.Area,
		Spot: r.Spot, SignedFront: true, RecurrenceOf: r.RecurrenceOf, ExternalNumber: r.ExternalNumber, ReplyBy: r.ReplyBy, Import: r.Import, Reporter: id("lin"),
		ReportedAt: minutes(1), SentAt: minutes(2), ReceivedAt: minutes(3), UpdatedAt: minutes(3), ChangedAt: minutes(1), Status: inspect.Reported, Version: 1, Late: true}
	if !reflect.DeepEqual(i, want) {
		t.Errorf("got  %+v\nwant %+v", i, want)
	}
	if err := i.Apply(&inspect.Event{Type: "issue.commented", At: minutes(5)}); err != nil || !i.Late || i.UpdatedAt != minutes(5) || i.Version != 1 {
		t.Errorf("after a comment: late %t, changed at %s, version %d, %v", i.Late, i.UpdatedAt, i.Version, err)
	}
	for event, want := range map[string]bool{"issue.assigned": true, "issue.commented": false, "photo.received": false, "unknown": false} {
		if inspect.ChangesIssue(event) != want {
			t.Errorf("%s changes an issue: %t", event, !want)
		}
	}
}

// TestAPhotoProvesOneThing: what is shown to prove something is spent by the first that it proved.
func TestAPhotoProvesOneThing(t *testing.T) {
	for _, c := range []struct {
		action  inspect.Action
		verdict inspect.Verdict
		want    bool
	}{
		{inspect.Fix, "", true}, {inspect.OnTheSpotFix, "", true}, {inspect.FieldCheck, "", true}, {inspect.Verify, inspect.Fail, true},
		{inspect.Verify, inspect.FalseFix, true}, {inspect.Verify, inspect.Pass, false}, {inspect.Comment, "", false}, {inspect.Return, "", false},
	} {
		if e := (&inspect.Event{Action: c.action, Verdict: c.verdict}); e.SpendsPhotos() != c.want {
			t.Errorf("%s %s spends its photos: %t", c.action, c.verdict, !c.want)
		}
	}
	photos, skew := map[inspect.ID]*inspect.Photo{}, int64(1500)
	at := minutes(0)
	step := func(e *inspect.Event) { at++; e.At = at; inspect.ApplyPhotos(photos, e) }
	step(&inspect.Event{Type: "photo.declared", By: id("lin"), Declared: []inspect.Declaration{{ID: id("one"), Kind: inspect.PhotoAfter}}})
	p := photos[id("one")]
	if p.State != inspect.PhotoDeclared || p.Declarer != id("lin") || p.DeclaredAt != at {
		t.Errorf("declared: %+v", *p)
	}
	step(&inspect.Event{Type: "photo.received", Received: &inspect.PhotoReceipt{ID: id("nobody's"), SHA256: "00"}})
	step(&inspect.Event{Type: "photo.received", Received: &inspect.PhotoReceipt{ID: id("one"), SHA256: "11", Bytes: 9, SkewMS: &skew}})
	if p.State != inspect.PhotoSafe || p.SHA256 != "11" || p.Bytes != 9 || p.ReceivedAt != at || p.Skew == nil || *p.Skew != 1500*time.Millisecond || len(photos) != 1 {
		t.Errorf("received: %+v", *p)
	}
	names := []inspect.ID{id("one"), id("nobody's")}
	step(&inspect.Event{Type: "issue.commented", Action: inspect.Comment, ActionID: id("comment"), Photos: names})
	if !p.UsedBy.IsZero() {
		t.Error("a comment spent it")
	}
	step(&inspect.Event{Type: "issue.fixed", Action: inspect.Fix, ActionID: id("fix"), Photos: names})
	step(&inspect.Event{Type: "issue.fixed", Action: inspect.Fix, ActionID: id("again"), Photos: names})
	if p.UsedBy != id("fix") {
		t.Errorf("it was spent by %s, want the first", p.UsedBy)
	}
}

// TestWhatABadFixLeaves: nothing of the fix, and its unit under the clock of the reminder; older programs said nothing of it.
func TestWhatABadFixLeaves(t *testing.T) {
	fixed := inspect.Issue{Status: inspect.Fixed, OnTheSpot: true, FixedAt: 5, ClosedAt: 6, Fixer: id("crew")}
	fixed.VisitDrawn, fixed.FailedAt = true, 3
	for name, e := range map[string]inspect.Event{
		"of older programs": {Type: "issue.verification_failed", CreditedAt: 9, By: id("wang"), Verdict: inspect.Fail},
		"told":              {Type: "issue.verification_failed", CreditedAt: 9, By: id("wang"), Verdict: inspect.Fail, RemindAt: 20, ToldAt: 8, ActionID: id("check")},
	} {
		i := fixed
		if err := i.Apply(&e); err != nil {
			t.Fatal(err)
		}
		if i.Status != inspect.Reported || i.OnTheSpot || i.VisitDrawn || i.FixedAt != 0 || i.ClosedAt != 0 || !i.Fixer.IsZero() || i.Rework != 1 {
			t.Errorf("%s: %+v", name, i)
		}
		if older := e.RemindAt == 0; older != (i.FailedAt == 3) || older != (len(i.Failures) == 0) || i.RemindAt != e.RemindAt {
			t.Errorf("%s: failed at %s, %+v", name, i.FailedAt, i.Failures)
		}
	}
}

// TestWhatAUnitLeaves: whoever gives an issue back leaves no clock, no wish and no pause, and neither does who had it before another.
func TestWhatAUnitLeaves(t *testing.T) {
	had := inspect.Issue{Status: inspect.Assigned, Unit: id("longhua"), DueAt: 90, OwnDueAt: 90}
	had.Timing = inspect.Timing{Clock: inspect.ManualClock(1, 90), ClockAt: 1, Pauses: []inspect.Pause{{From: 2, To: 3}}, HeldUntil: 3, RemindAt: 95,
		Extension: inspect.Request{At: 5}, Hold: inspect.Request{At: 6}}
	had.AssignedBy = id("office")
	for _, event := range []string{"issue.returned", "issue.unit_appealed_away"} {
		i := had
		i.ReturnedBy, i.TimeUsed = id("before"), time.Hour
		i.Appeals = []inspect.Appeal{{Subject: inspect.AppealWrongUnit}}
		if err := i.Apply(&inspect.Event{Type: event, CreditedAt: 50, AppealSubject: inspect.AppealWrongUnit, Answer: inspect.Granted, TimeUsedMS: 2}); err != nil {
			t.Fatal(err)
		}
		if i.Status != inspect.Reported || !i.Unit.IsZero() || i.DueAt != 0 || i.OwnDueAt != 0 || !reflect.DeepEqual(i.Timing, inspect.Timing{}) {
			t.Errorf("%s: %+v", event, i)
		}
		if returned := event == "issue.returned"; returned != (i.ReturnedBy == id("longhua")) || returned != (i.Returns == 1) || !returned != (i.TimeUsed == 0) ||
			!returned != (i.Appeals[0].Answer == inspect.Granted) {
			t.Errorf("%s: returned by %s, %d times, %s used, %+v", event, i.ReturnedBy, i.Returns, i.TimeUsed, i.Appeals)
		}
	}
	i := had
	if err := i.Apply(&inspect.Event{Type: "issue.assigned", CreditedAt: 50, Unit: id("meilan"), DueAt: 200}); err != nil {
		t.Fatal(err)
	}
	if want := (inspect.Timing{Clock: inspect.ManualClock(50, 200), ClockAt: 50}); !reflect.DeepEqual(i.Timing, want) {
		t.Errorf("given to another: %+v", i.Timing)
	}
}

// TestAnEventChangesOnlyItsIssue: what was read before stays as it was, lists and all.
func TestAnEventChangesOnlyItsIssue(t *testing.T) {
	var before inspect.Issue
	before.Status, before.Unit = inspect.Assigned, id("longhua")
	before.Letters = []inspect.Letter{{ID: id("letter")}}
	before.Appeals = []inspect.Appeal{{Subject: inspect.AppealRework, At: 1}}
	before.Parts = []inspect.Part{{ID: id("part"), Unit: id("meilan"), DueAt: 9}, {ID: id("done"), RepliedAt: 2}}
	letters, appeals, parts := slices.Clone(before.Letters), slices.Clone(before.Appeals), slices.Clone(before.Parts)
	for _, e := range []*inspect.Event{
		{Type: "issue.replied", Letter: id("letter"), CreditedAt: 5, By: id("crew")},
		{Type: "issue.appeal_decided", AppealSubject: inspect.AppealRework, Answer: inspect.Refused, CreditedAt: 5},
		{Type: "issue.part_replied", Part: id("part"), CreditedAt: 5},
		{Type: "issue.part_ended", Part: id("part"), CreditedAt: 5, ActionID: id("end")},
		{Type: "issue.part_replied", Part: id("no such part"), CreditedAt: 5},
		{Type: "issue.part_ended", Part: id("no such part"), CreditedAt: 5},
		{Type: "issue.dismissed", CreditedAt: 5},
	} {
		i := before
		if err := i.Apply(e); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(before.Letters, letters) || !slices.Equal(before.Appeals, appeals) || !slices.Equal(before.Parts, parts) {
			t.Fatalf("%s changed what was read before", e.Type)
		}
	}
}
