package inspect_test

import (
	"errors"
	"testing"

	"spotcheck/pkg/inspect"
)

func TestMasksLieInThePicture(t *testing.T) {
	for m, valid := range map[inspect.Mask]bool{{X: 0, Y: 0, W: 10_000, H: 10_000}: true, {X: 9999, Y: 0, W: 1, H: 1}: true, {}: false,
		{X: -1, W: 1, H: 1}: false, {X: 9000, W: 2000, H: 10}: false,
		{W: 10}: false, {X: 5, Y: 5, W: 1 << 62, H: 1}: false, {X: 1 << 62, Y: 5, W: 1 << 62, H: 1}: false} {
		if m.Valid() != valid {
			t.Errorf("%+v: valid is %t, want %t", m, !valid, valid)
		}
	}
}

// TestAnExposureIsDecidedInOrder tries every answer in every state, by who drew the masks and by another.
func TestAnExposureIsDecidedInOrder(t *testing.T) {
	maker, other := inspect.NewID(), inspect.NewID()
	for _, state := range []inspect.ExposureState{inspect.ExposureProposed, inspect.ExposureReleased, inspect.ExposureTakenDown} {
		for _, answer := range []inspect.ExposureAnswer{inspect.ReleaseExposure, inspect.KeepExposure, inspect.TakeDownExposure} {
			for _, by := range []inspect.ID{maker, other} {
				for _, objected := range []inspect.Time{0, 5} {
					e := inspect.Exposure{State: state, MadeBy: maker, ObjectedAt: objected, Objection: "?"}
					err := e.Decide(answer, by, 9, "why")
					var want error
					switch {
					case answer == inspect.ReleaseExposure && state != inspect.ExposureProposed, answer == inspect.KeepExposure &&
						(state != inspect.ExposureReleased || objected == 0),
						answer == inspect.TakeDownExposure && state == inspect.ExposureTakenDown:
						want = inspect.ErrExposureState
					case answer == inspect.ReleaseExposure && by == maker:
						want = inspect.ErrSecondPerson
					}
					if !errors.Is(err, want) {
						t.Errorf("%s of %s, objected at %d: got %v, want %v", answer, state, objected, err, want)
					}
					if err == nil && (e.ObjectedAt != 0 || e.Objection != "" || e.DecidedBy != by || e.DecidedAt != 9) {
						t.Errorf("%s of %s leaves %+v", answer, state, e)
					}
					if err != nil && (e.State != state || e.DecidedAt != 0) {
						t.Errorf("%s of %s was refused and changed %+v", answer, state, e)
					}
				}
			}
		}
	}
}
