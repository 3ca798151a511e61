package campaign

import (
	"fmt"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// Activity is what many do together on a day: a clean-up (周五大扫除), publicity (宣传), voluntary work (志愿服务). Who took part is a number; nobody is named
// but who signs in by themselves with a name.
type Activity struct {
	ID         inspect.ID
	Kind       ActivityKind
	Title      string
	Note       string
	Area, Unit inspect.ID   // where it is, and who holds it
	Spots      []inspect.ID // places of the register
	StartsAt   inspect.Time
	EndsAt     inspect.Time
	SignInCode string // under which people sign in; empty for no sign-in, as it is unless somebody wants one
	Outcome    ActivityOutcome
	Cancelled  inspect.Withdrawal
	Photos     []ActivityPhoto
	MadeBy     inspect.ID
	CreatedAt  inspect.Time
	UpdatedAt  inspect.Time
}

// ActivityOutcome is what came of an activity.
type ActivityOutcome struct {
	Note     string
	People   int64          // that took part (人次)
	Places   int64          // that were cleaned (处)
	Vehicles int64          // that were used (车次)
	Tonnes   inspect.Amount // that were carried away
	Counted  bool           // on site; otherwise only reported
	At       inspect.Time   // when it was told; 0 while nothing came of it
	By       inspect.ID
}

// ActivityPhoto is a photo of an activity.
type ActivityPhoto struct {
	Stage      PhotoStage
	SHA256     string
	Bytes      int64
	Type       string // jpeg, png …
	By         inspect.ID
	ReceivedAt inspect.Time
}

// SignIn is somebody who signed in to an activity by its code, with a name only where they gave one.
type SignIn struct {
	ID       inspect.ID
	Activity inspect.ID
	Name     string
	At       inspect.Time
}

// ActivityKind is what is done together.
type ActivityKind string

// The kinds of activity.
const (
	CleanUp      ActivityKind = "clean_up"
	Publicity    ActivityKind = "publicity"
	Volunteering ActivityKind = "volunteering"
)

// ActivityKinds are all of them.
var ActivityKinds = []ActivityKind{CleanUp, Publicity, Volunteering}

// UnmarshalText reads a kind and refuses all else.
func (k *ActivityKind) UnmarshalText(text []byte) (err error) {
	*k, err = inspect.OneOf(*k, text, ActivityKinds)
	return
}

// ActivityState is how far an activity is.
type ActivityState string

// The states of an activity.
const (
	ActivityPlanned   ActivityState = "planned"
	ActivityDone      ActivityState = "done"
	ActivityCancelled ActivityState = "cancelled"
)

// ActivityStates are all of them.
var ActivityStates = []ActivityState{ActivityPlanned, ActivityDone, ActivityCancelled}

// UnmarshalText reads a state and refuses all else.
func (s *ActivityState) UnmarshalText(text []byte) (err error) {
	*s, err = inspect.OneOf(*s, text, ActivityStates)
	return
}

// PhotoStage is whether a photo was taken before or after the work.
type PhotoStage string

// The stages of a photo.
const (
	BeforeWork PhotoStage = "before"
	AfterWork  PhotoStage = "after"
)

// PhotoStages are all of them.
var PhotoStages = []PhotoStage{BeforeWork, AfterWork}

// UnmarshalText reads a stage and refuses all else.
func (s *PhotoStage) UnmarshalText(text []byte) (err error) {
	*s, err = inspect.OneOf(*s, text, PhotoStages)
	return
}

// Bounds of an activity.
const (
	MostActivityPhotos = 100
	signInTime         = 24 * 60 * 60 * 1000 // after its end, in milliseconds
	mostCount          = 1_000_000           // of people, places, vehicles
)

// State is how far an activity is.
func (v *Activity) State() ActivityState {
	switch {
	case v.Cancelled.At != 0:
		return ActivityCancelled
	case v.Outcome.At != 0:
		return ActivityDone
	}
	return ActivityPlanned
}

// SignsIn says whether people can sign in at a moment: on the day of the activity until a day after its end.
func (v *Activity) SignsIn(now inspect.Time) bool {
	return v.SignInCode != "" && v.Cancelled.At == 0 && now >= v.StartsAt-signInTime/2 && now <= v.EndsAt+signInTime
}

// Check says what is wrong with an activity by itself.
func (v *Activity) Check() (wrong []fault.Field) {
	if v.EndsAt <= v.StartsAt {
		wrong = append(wrong, fault.Field{Pointer: "/ends_at", Detail: "ends before it begins"})
	} else if v.EndsAt-v.StartsAt > 31*signInTime {
		wrong = append(wrong, fault.Field{Pointer: "/ends_at", Detail: "an activity lasts at most 31 days"})
	}
	for n, id := range v.Spots {
		if slices.Contains(v.Spots[:n], id) {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/places/%d", n), Detail: "stands twice"})
		}
	}
	if v.Area.IsZero() && v.Unit.IsZero() {
		wrong = append(wrong, fault.Field{Pointer: "/area", Detail: "an activity has an area or a unit"})
	}
	return wrong
}

// Check says what is wrong with an outcome by itself.
func (o *ActivityOutcome) Check() (wrong []fault.Field) {
	for _, c := range []struct {
		at string
		n  int64
	}{{"/people", o.People}, {"/places", o.Places}, {"/vehicles", o.Vehicles}} {
		if c.n < 0 || c.n > mostCount {
			wrong = append(wrong, fault.Field{Pointer: c.at, Detail: fmt.Sprintf("want 0 to %d", mostCount)})
		}
	}
	return wrong
}
