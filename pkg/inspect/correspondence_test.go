package inspect_test

import (
	"testing"

	"spotcheck/pkg/inspect"
)

func TestLettersAndTheirReplies(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 600)
	_, err := d.tries("leader", move{Action: inspect.Supervise, LetterKind: "key", Until: d.now})
	wantPointer(t, err, "/until")
	letter := d.does("leader", move{Action: inspect.Supervise, LetterKind: "key", Until: minutes(30)}).ActionID
	_, err = d.tries("crew", move{Action: inspect.Reply, Letter: id("no such letter")})
	wantPointer(t, err, "/letter")
	if e := d.does("crew", move{Action: inspect.Reply, Letter: letter}); e.Unit != id("longhua") || d.i.Letters[0].RepliedBy != id("crew") {
		t.Errorf("replied for %s: %+v", e.Unit, d.i.Letters)
	}
	d.refuses("crew", move{Action: inspect.Reply, Letter: letter}, inspect.ErrNothingAsked)
}

func TestAnIssueIsPassedDown(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 600)
	for _, to := range []string{"longhua", "meilan"} {
		_, err := d.tries("crew", move{Action: inspect.PassDown, Unit: id(to), SubordinateUnits: []inspect.ID{id("longhua"), id("team")}})
		wantPointer(t, err, "/unit")
	}
	version, due := d.i.Version, d.i.DueAt
	if d.does("crew", move{Action: inspect.PassDown, Unit: id("team"), SubordinateUnits: []inspect.ID{id("team")}}); d.i.Unit != id("team") || d.i.Version != version+1 || d.i.DueAt != due {
		t.Errorf("passed to %s, version %d, due %s", d.i.Unit, d.i.Version, d.i.DueAt)
	}
}

func TestSomebodyLooksWhetherItIsReal(t *testing.T) {
	d := newDesk(t, "a")
	looks := move{Action: inspect.FieldCheck, FieldCheckResult: "real", Photos: []inspect.Photo{d.photo("seen", inspect.PhotoCheck)}}
	d.refuses("wang", looks, inspect.ErrNothingAsked)
	d.now = minutes(5)
	d.does("office", move{Action: inspect.AskFieldCheck})
	if d.i.FieldCheckAskedAt != minutes(5) {
		t.Errorf("asked at %s", d.i.FieldCheckAskedAt)
	}
	d.refuses("wang", move{Action: inspect.FieldCheck, FieldCheckResult: "real", Photos: []inspect.Photo{d.photo("after", inspect.PhotoAfter)}}, inspect.ErrPhotoNeeded)
	d.now = minutes(9)
	if d.does("wang", looks); d.i.FieldCheckedAt != minutes(9) || d.i.FieldCheckResult != "real" || d.i.FieldCheckAskedAt != 0 {
		t.Errorf("looked at %s and found %q, asked at %s", d.i.FieldCheckedAt, d.i.FieldCheckResult, d.i.FieldCheckAskedAt)
	}
	d.refuses("wang", looks, inspect.ErrNothingAsked)
}

func TestFeedbackKeepsItsFirstTime(t *testing.T) {
	d := newDesk(t, "a")
	d.now = minutes(5)
	d.does("office", move{Action: inspect.GiveFeedback})
	d.now = minutes(9)
	last := d.does("office2", move{Action: inspect.GiveFeedback})
	if want := (inspect.Feedback{At: minutes(5), By: id("office2"), Action: last.ActionID}); d.i.Feedback != want {
		t.Errorf("got %+v, want %+v", d.i.Feedback, want)
	}
}
