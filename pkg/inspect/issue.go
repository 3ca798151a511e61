package inspect

import (
	"fmt"
	"time"

	"spotcheck/pkg/geo"
)

// Place is where something was seen: WGS-84, with what the phone gave beside it where that was in another datum.
type Place struct {
	geo.Point
	AccuracyM     *float64    `json:"accuracy_m,omitempty"` // radius in metres, nil when unknown
	Datum         geo.Datum   `json:"datum"`
	OriginalPoint geo.Point   `json:"given"` // as it came, in Datum
	Source        PlaceSource `json:"source,omitempty"`
	CapturedAt    Time        `json:"captured_at,omitzero"`
}

// Issue is one thing that is wrong in a place, as it stands after its last event. Replay makes the same value from the
// events alone; what identifies a person lies apart as Texts.
type Issue struct {
	ID          ID
	Number      string // YYYY-NNNNNN, by the year of receipt in the city's zone
	Status      Status
	Version     int64 // of the workflow: changes only with status, unit, deadline or hold
	Category    string
	Severity    Severity
	Source      Source
	Place       *Place
	Line        *geo.Line // WGS-84, for what a vehicle lost on its way
	Area        ID
	Reporter    ID
	TakenOverBy ID // who looks after it in the place of who reported it, zero for that person
	Spot        ID // the place of the register that it is about

	SignedFront  bool // that place had signed for its front when the report came
	RecurrenceOf ID   // the issue that was fixed and came back as this one

	ExternalNumber string // the number under which its source keeps it, one of a kind in each source; empty where it has none
	ReplyBy        Time   // when the source wants to know what became of it, 0 where it does not
	Import         ID     // that brought it

	Unit      ID   // that holds the issue
	Fixer     ID   // the person whose fix stands
	OnTheSpot bool // fixed by the inspector at once

	ReportedAt       Time // done, corrected by the skew of the phone's clock
	SentAt           Time
	ReceivedAt       Time
	FiledAt          Time
	AssignedAt       Time // when the clock of the present unit started
	DueAt            Time // the earliest of its own and of those that were merged into it since
	OwnDueAt         Time // as it was assigned
	FixedAt          Time // of the fix that stands
	ClosedAt         Time // verified, dismissed or merged
	ChangedAt        Time // credited time of the last step, which the next one cannot precede
	UpdatedAt        Time // receipt of the last event
	DismissalAskedAt Time // when a dismissal was asked for
	DismissalAskedBy ID   // who asked
	DismissalAction  ID   // the action that asked
	Returns          int
	RejectedReturns  int           // returns that the office did not accept (推诿)
	ReturnedBy       ID            // the unit that gave it back last
	TimeUsed         time.Duration // of that unit's limit before it gave the issue back
	Rework           int
	FalseFixes       int
	Late             bool // 补传: some credited time was offline
	Timing
	Correspondence
	MergedInto        ID
	StatusBeforeMerge Status // of merging, to undo it
}

// maxReturns is how often an issue can be given back before the office's choice is final (rules.md, "Life of an issue").
const maxReturns = 2

// Final says whether the unit can no longer give the issue back.
func (i *Issue) Final() bool { return i.Returns >= maxReturns }

// Overdue says whether the fix that stands came after the deadline, or none stands and the deadline is past.
func (i *Issue) Overdue(now Time) bool {
	if i.DueAt == 0 || i.Status == Dismissed || i.Status == Merged {
		return false
	}
	if i.FixedAt != 0 {
		return i.FixedAt > i.DueAt
	}
	return i.Status == Assigned && now > i.DueAt
}

// Texts are what identifies a person or may do so: they lie beside the record, which holds only their seals.
type Texts struct {
	Address, Note, Site, Plate, CallerName, CallerPhone string
}

// Fields are the names under which the texts of an issue are sealed.
func (t *Texts) Fields() map[string]*string {
	return map[string]*string{
		"address": &t.Address, "note": &t.Note, "site": &t.Site, "plate": &t.Plate,
		"caller_name": &t.CallerName, "caller_phone": &t.CallerPhone,
	}
}

// PhotoState is what became of a photo.
type PhotoState string

// The states of a photo.
const (
	PhotoDeclared  PhotoState = "declared"  // its bytes are still on the phone
	PhotoSafe      PhotoState = "safe"      // its bytes are here, checked and durable
	PhotoWithdrawn PhotoState = "withdrawn" // lost before it came, on record
	PhotoErased    PhotoState = "erased"    // its bytes were erased by decision, on record
)

// Declaration is what a phone says of a photo before its bytes come.
type Declaration struct {
	ID            ID            `json:"id"`
	SHA256        string        `json:"sha256"` // 64 lower-case hexadecimal digits
	Bytes         int64         `json:"bytes"`
	Kind          PhotoKind     `json:"kind"`
	CapturedAt    Time          `json:"captured_at,omitzero"` // by the phone's clock
	CaptureMethod CaptureMethod `json:"taken"`
}

// RenditionState is how far a derived picture is.
type RenditionState string

// The states of a rendition.
const (
	RenditionNone    RenditionState = "none"
	RenditionPending RenditionState = "pending"
	RenditionReady   RenditionState = "ready"
	RenditionFailed  RenditionState = "failed"
)

// PhotoMetadata are what a picture says of itself, read when its bytes came.
type PhotoMetadata struct {
	Type           string     `json:"type"`
	Width          int        `json:"width"` // as stored, pixels
	Height         int        `json:"height"`
	UprightWidth   int        `json:"upright_width"`
	UprightHeight  int        `json:"upright_height"`
	Orientation    int        `json:"orientation,omitempty"` // as in EXIF, 1 to 8
	TakenAt        Time       `json:"taken_at,omitzero"`
	OffsetKnown    bool       `json:"offset_known,omitempty"` // otherwise the city's offset from UTC was taken
	OffsetMinutes  int        `json:"offset_minutes,omitempty"`
	TakenFrom      string     `json:"taken_from,omitempty"` // original, created or satellite
	Point          *geo.Point `json:"point,omitempty"`      // WGS-84
	PointAccuracyM *float64   `json:"point_accuracy_m,omitempty"`
	Datum          string     `json:"datum,omitempty"` // as it is written in the picture, from which Point was converted
	AltitudeM      *float64   `json:"altitude_m,omitempty"`
	HeadingDeg     *float64   `json:"heading_deg,omitempty"` // where the camera looked, clockwise from north
	Magnetic       bool       `json:"magnetic,omitempty"`    // HeadingDeg is from magnetic north
	Screen         bool       `json:"screen,omitempty"`      // it says that it is a picture of a screen
	Make           string     `json:"make,omitempty"`
	Model          string     `json:"model,omitempty"`
	Software       string     `json:"software,omitempty"`
	Damaged        string     `json:"damaged,omitempty"` // why, empty when it is whole
}

// Photo is one picture of an issue: what was declared, what came, and what the picture says of itself.
type Photo struct {
	Declaration
	Issue         ID
	State         PhotoState
	Declarer      ID
	DeclaredAt    Time
	ReceivedAt    Time
	Skew          *time.Duration // received − sent by the phone's clock, nil when it did not say
	UsedBy        ID             // the action that it proves
	RemovalAction ID             // the action that withdrew or erased it, and says why

	Facts          PhotoMetadata
	Renditions     RenditionState
	RenditionError string
}

// earliestCapture is before what phones have photographed.
var earliestCapture = At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))

// CorrectedCapture is when the photo was taken: by the phone's clock, corrected by its skew where that is known; 0 when nobody says, or it cannot be.
func (p *Photo) CorrectedCapture() Time {
	at := p.CapturedAt
	if at != 0 && p.Skew != nil {
		at = at.Add(*p.Skew)
	}
	if at < earliestCapture || p.ReceivedAt != 0 && at.Sub(p.ReceivedAt) > 24*time.Hour {
		return 0
	}
	return at
}

// Flag is something odd about an issue that a person should look at.
type Flag struct {
	ID     ID
	Kind   FlagKind
	Photo  ID
	Other  ID // the photo that it resembles
	Detail string
	At     Time

	Decision  Decision // empty while nobody has decided
	DecidedBy ID
	DecidedAt Time
	Decided   ID // the action that decided, and says why
}

// IssueNumber is the readable number of an issue: the year, and its place in it.
func IssueNumber(year int, n int64) string { return fmt.Sprintf("%d-%06d", year, n) }
