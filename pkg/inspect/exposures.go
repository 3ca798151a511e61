package inspect

// ExposureState is how far a photo is on its way to the public.
type ExposureState string

// The states of an exposure. One that was taken down can be proposed anew.
const (
	ExposureProposed  ExposureState = "proposed" // masks are drawn; a second person looks
	ExposureReleased  ExposureState = "released"
	ExposureTakenDown ExposureState = "taken_down"
)

// Mask is a part of a picture that nobody may recognise, in ten-thousandths of its width and height from the upper left corner.
type Mask struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Valid says whether a mask lies in the picture and covers something.
func (m Mask) Valid() bool {
	const whole = 10_000
	return m.X >= 0 && m.Y >= 0 && m.W > 0 && m.H > 0 && m.X <= whole-m.W && m.Y <= whole-m.H
}

// Exposure is a photo that the public may see once a second person has released it (曝光). What is shown is a picture of its own, with masks over
// whatever tells who somebody is; the photo stays as it is.
type Exposure struct {
	ID, Photo, Issue ID
	State            ExposureState
	Masks            string // JSON: rectangles in ten-thousandths of the sides
	Caption          string
	SHA256           string // of the picture with the masks
	Bytes            int64
	MadeBy           ID
	MadeAt           Time
	DecidedBy        ID // who released it, took it down, or kept it after an objection
	DecidedAt        Time
	Reason           string
	Objection        string // of somebody of the public, empty once it was answered
	ObjectedAt       Time   // 0 for none that waits
}

// ExposureAnswer is what is decided about an exposure.
type ExposureAnswer string

// The answers.
const (
	ReleaseExposure  ExposureAnswer = "release" // by somebody else than who drew the masks
	KeepExposure     ExposureAnswer = "keep"    // in spite of an objection
	TakeDownExposure ExposureAnswer = "take_down"
)

// Decided says whether somebody gave this answer last, with the same reason: it is known again.
func (e *Exposure) Decided(answer ExposureAnswer, by ID, reason string) bool {
	state := ExposureReleased
	if answer == TakeDownExposure {
		state = ExposureTakenDown
	}
	return e.State == state && e.DecidedBy == by && e.Reason == reason && e.ObjectedAt == 0
}

// Decide applies an answer of somebody at a time, or says why it cannot be given.
func (e *Exposure) Decide(answer ExposureAnswer, by ID, at Time, reason string) error {
	switch {
	case answer == ReleaseExposure && e.State != ExposureProposed, answer == KeepExposure && (e.State != ExposureReleased || e.ObjectedAt == 0),
		answer == TakeDownExposure && e.State == ExposureTakenDown:
		return ErrExposureState
	case answer == ReleaseExposure && e.MadeBy == by:
		return ErrSecondPerson.With("A photo is released by somebody else than who drew the masks.")
	}
	switch answer {
	case ReleaseExposure:
		e.State = ExposureReleased
	case TakeDownExposure:
		e.State = ExposureTakenDown
	}
	e.DecidedBy, e.DecidedAt, e.Reason, e.Objection, e.ObjectedAt = by, at, reason, "", 0
	return nil
}
