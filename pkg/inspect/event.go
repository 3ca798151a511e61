package inspect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/geo"
)

// EventSchema is the version of what the body of an issue's event holds.
const EventSchema = 2

// Event is one line of an issue's record: what was done, by whom, when. Its JSON is the body in the evidence chain, and
// Apply makes the issue from it alone.
type Event struct {
	Type string `json:"-"`
	By   ID     `json:"by,omitzero"`
	At   Time   `json:"at"`            // received
	Link ID     `json:"link,omitzero"` // through which it was done, on the word of By

	Report   *Report           `json:"report,omitempty"`
	Declared []Declaration     `json:"declared,omitempty"`
	Received *PhotoReceipt     `json:"received,omitempty"`
	Seals    map[string]string `json:"seals,omitempty"` // of the texts, by field

	Action            Action             `json:"action,omitempty"`
	ActionID          ID                 `json:"action_id,omitzero"`
	DoneAt            Time               `json:"done_at,omitzero"`
	SentAt            Time               `json:"sent_at,omitzero"`
	CreditedAt        Time               `json:"credited_at,omitzero"`
	Late              bool               `json:"late_arrival,omitempty"`
	Uncredited        bool               `json:"uncredited,omitempty"`
	LateWindowMinutes *int64             `json:"late_window_minutes,omitempty"` // the setting in force
	Unit              ID                 `json:"unit,omitzero"`
	Area              ID                 `json:"area,omitzero"`
	DueAt             Time               `json:"due_at,omitzero"`
	Photos            []ID               `json:"photos,omitempty"`
	Verdict           Verdict            `json:"verdict,omitempty"`
	Method            VerificationMethod `json:"how,omitempty"`
	Place             *Place             `json:"place,omitempty"`
	Before            Status             `json:"before,omitempty"`
	Into              ID                 `json:"into,omitzero"`       // the other issue of a merge
	Recurrence        ID                 `json:"recurrence,omitzero"` // the issue as which this one came back
	OtherHead         string             `json:"other_head,omitempty"`
	Rejected          bool               `json:"return_rejected,omitempty"`
	TimeUsedMS        int64              `json:"used_ms,omitempty"`
	ProposedUnit      ID                 `json:"proposed_unit,omitzero"` // of an assignment: what the register of responsibility proposed
	ProposedRule      int64              `json:"proposed_rule,omitempty"`
	AutoAssigned      bool               `json:"by_rule,omitempty"` // nobody clicked: that rule assigned it
	Flags             []RaisedFlag       `json:"flags,omitempty"`
	Flag              ID                 `json:"flag,omitzero"` // that was decided on
	Decision          Decision           `json:"decision,omitempty"`
	Clock             *Clock             `json:"clock,omitempty"`
	Answer            Answer             `json:"answer,omitempty"`
	Until             Time               `json:"until,omitzero"`
	DecideBy          Time               `json:"decide_by,omitzero"`
	RemindAt          Time               `json:"remind_at,omitzero"`
	PauseFrom         Time               `json:"pause_from,omitzero"`
	OwnDueAt          Time               `json:"own_due_at,omitzero"`
	StepDueAt         Time               `json:"step_by,omitzero"` // when the office should have assigned, or somebody verified, what came to them by this
	Suspension        ID                 `json:"suspension,omitzero"`
	Draw              *VisitDraw         `json:"draw,omitempty"` // of a fix that may be verified by photo

	LetterKind       LetterKind       `json:"letter_kind,omitempty"`
	Letter           ID               `json:"letter,omitzero"`
	AppealSubject    AppealSubject    `json:"about,omitempty"`
	Finding          Finding          `json:"finding,omitempty"` // of an upheld appeal about a false fix
	MarkedAt         Time             `json:"mark,omitzero"`     // when what an appeal is about was held against the unit
	ToldAt           Time             `json:"told_at,omitzero"`  // when the unit heard that a fix did not pass, or that a deadline that is past stands
	FieldCheckResult FieldCheckResult `json:"found,omitempty"`
	Mentions         []ID             `json:"mentions,omitempty"` // people whom a comment names
	Part             ID               `json:"part,omitzero"`      // that is replied to, or taken back
	To               ID               `json:"to,omitzero"`        // who looks after the issue from now on
	Paper            ID               `json:"paper,omitzero"`     // that was issued about it
	PaperNumber      string           `json:"paper_number,omitempty"`

	// Of a correction: what is right now, and what stood there before.
	Category    string         `json:"category,omitempty"`
	Severity    Severity       `json:"severity,omitempty"`
	Spot        ID             `json:"place_id,omitzero"`
	SignedFront bool           `json:"signed_front,omitempty"`
	Cleared     []string       `json:"cleared,omitempty"`   // fields that have nothing any more
	Corrected   []string       `json:"corrected,omitempty"` // texts that are others, or none, by field
	Deadline    DeadlineChoice `json:"deadline,omitempty"`
	AssignedAt  Time           `json:"assigned_at,omitzero"` // from which the deadline of another rule is counted
	Was         *Before        `json:"was,omitempty"`
}

// RaisedFlag is a flag as the event tells that raised it.
type RaisedFlag struct {
	ID    ID       `json:"id,omitzero"`
	Kind  FlagKind `json:"kind"`
	Photo ID       `json:"photo,omitzero"`
	Other ID       `json:"other,omitzero"`
}

// UnmarshalJSON reads also the kind alone, as schema 1 has it.
func (r *RaisedFlag) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.Kind)
	}
	type plain RaisedFlag
	return json.Unmarshal(b, (*plain)(r))
}

// Report is what the first event of an issue says of it.
type Report struct {
	Number         string     `json:"number"`
	Category       string     `json:"category"`
	Severity       Severity   `json:"severity"`
	Source         Source     `json:"source"`
	Place          *Place     `json:"place,omitempty"`
	LineStart      *geo.Point `json:"line_start,omitempty"`
	LineEnd        *geo.Point `json:"line_end,omitempty"`
	Area           ID         `json:"area,omitzero"`
	Spot           ID         `json:"place_id,omitzero"` // of the register
	SignedFront    bool       `json:"signed_front,omitempty"`
	RecurrenceOf   ID         `json:"recurs,omitzero"` // the issue that was fixed and came back as this one
	ExternalNumber string     `json:"outside_number,omitempty"`
	ReplyBy        Time       `json:"reply_by,omitzero"`
	Import         ID         `json:"import,omitzero"` // that brought it
	ReportedAt     Time       `json:"reported_at"`
}

// PhotoReceipt is what the event of a photo's arrival says of it.
type PhotoReceipt struct {
	ID     ID            `json:"id"`
	SHA256 string        `json:"sha256"` // as the server computed it
	Bytes  int64         `json:"bytes"`
	SkewMS *int64        `json:"skew_ms,omitempty"`
	Facts  PhotoMetadata `json:"facts"`
}

// folds says what each type of event does to the issue; what has no row leaves the workflow alone.
var folds = map[string]func(*Issue, *Event){
	"issue.reported":            reported,
	"issue.filed":               func(i *Issue, e *Event) { i.file(e) },
	"issue.assigned":            assigned,
	"issue.returned":            returned,
	"issue.fixed":               fixed,
	"issue.fixed_on_the_spot":   func(i *Issue, e *Event) { i.file(e); fixed(i, e); i.OnTheSpot = true },
	"issue.verified":            func(i *Issue, e *Event) { i.move(Verified, e); i.ClosedAt = e.CreditedAt },
	"issue.verification_failed": failed,
	"issue.false_fix":           func(i *Issue, e *Event) { failed(i, e); i.FalseFixes++ },
	"issue.reopened":            func(i *Issue, e *Event) { i.backToWork(e) },
	"issue.dismissal_asked": func(i *Issue, e *Event) {
		i.DismissalAskedAt, i.DismissalAskedBy, i.DismissalAction = e.At, e.By, e.ActionID
	},
	"issue.dismissed":          func(i *Issue, e *Event) { i.move(Dismissed, e); i.ClosedAt = e.CreditedAt },
	"issue.merged":             merged,
	"issue.unmerged":           unmerged,
	"issue.merged_from":        func(i *Issue, e *Event) { i.setDue(e.DueAt) },
	"issue.unmerged_from":      func(i *Issue, e *Event) { i.setDue(e.DueAt) },
	"issue.extension_asked":    func(i *Issue, e *Event) { i.Extension = requestOf(e) },
	"issue.extension_granted":  extended,
	"issue.extension_refused":  func(i *Issue, e *Event) { i.Extension = Request{}; i.deadlineStands(e) },
	"issue.hold_asked":         func(i *Issue, e *Event) { i.Hold = requestOf(e) },
	"issue.hold_granted":       held,
	"issue.hold_refused":       func(i *Issue, e *Event) { i.Hold = Request{}; i.deadlineStands(e) },
	"issue.resumed":            resumed,
	"issue.supervised":         supervised,
	"issue.replied":            replied,
	"issue.appealed":           appealed,
	"issue.appeal_decided":     appealDecided,
	"issue.unit_appealed_away": appealedAway,
	"issue.passed":             passed,
	"issue.look_asked":         func(i *Issue, e *Event) { i.FieldCheckAskedAt = e.CreditedAt },
	"issue.looked": func(i *Issue, e *Event) {
		i.FieldCheckedAt, i.FieldCheckResult, i.FieldCheckAskedAt = e.CreditedAt, e.FieldCheckResult, 0
	},
	"issue.rescheduled":     rescheduled,
	"issue.suspended":       suspended,
	"issue.fed_back":        fedBack,
	"issue.part_given":      partGiven,
	"issue.part_replied":    partReplied,
	"issue.part_ended":      partEnded,
	"issue.handed_over":     func(i *Issue, e *Event) { i.TakenOverBy = e.To },
	"issue.corrected":       corrected,
	"issue.recurred":        nil,
	"issue.commented":       nil,
	"issue.photo_withdrawn": nil,
	"issue.flag_decided":    nil,
	"issue.erasure_asked":   nil,
	"issue.erased":          nil,
	"issue.paper_cancelled": nil,
	"issue.paper_issued":    nil,
	"photo.declared":        nil,
	"photo.received":        nil,
	"photo.checked":         nil,
}

// IssueEventTypes are the types of event of an issue, in alphabetical order; those of its photos are not among them.
func IssueEventTypes() (all []string) {
	for t := range folds {
		if strings.HasPrefix(t, "issue.") {
			all = append(all, t)
		}
	}
	slices.Sort(all)
	return all
}

// ChangesIssue says whether a type of event can change how an issue stands.
func ChangesIssue(eventType string) bool { return folds[eventType] != nil }

// Apply makes the issue as it is after the event. It checks nothing but that it knows the type: what stands in the
// record has happened.
func (i *Issue) Apply(e *Event) error {
	fold, known := folds[e.Type]
	if !known {
		return fmt.Errorf("inspect: event of unknown type %q", e.Type)
	}
	if fold != nil {
		fold(i, e)
	}
	i.Late = i.Late || e.Late
	i.UpdatedAt = e.At
	return nil
}

// move is a step of the workflow: it takes back a dismissal that was only asked for.
func (i *Issue) move(to Status, e *Event) {
	i.Status = to
	i.Version++
	i.ChangedAt = e.CreditedAt
	i.DismissalAskedAt, i.DismissalAskedBy, i.DismissalAction = 0, ID{}, ID{}
	i.lapse(e)
}

func (i *Issue) file(e *Event) {
	if i.FiledAt == 0 {
		i.FiledAt = e.CreditedAt
	}
	if !e.Area.IsZero() {
		i.Area = e.Area
	}
}

// backToWork takes the fix away; who has no unit goes back to the office.
func (i *Issue) backToWork(e *Event) {
	to := Assigned
	if i.Unit.IsZero() {
		to = Reported
	}
	i.move(to, e)
	i.FixedAt, i.ClosedAt, i.Fixer, i.OnTheSpot, i.VisitDrawn = 0, 0, ID{}, false, false
	i.RemindAt = e.RemindAt
}

// setDue changes the deadline, if there is another one.
func (i *Issue) setDue(due Time) {
	if due != 0 && due != i.DueAt {
		i.DueAt = due
		i.Version++
	}
}

func reported(i *Issue, e *Event) {
	r := e.Report
	i.Number, i.Category, i.Severity, i.Source = r.Number, r.Category, r.Severity, r.Source
	i.Place, i.Area, i.Reporter, i.Spot, i.SignedFront, i.RecurrenceOf = r.Place, r.Area, e.By, r.Spot, r.SignedFront, r.RecurrenceOf
	i.ExternalNumber, i.ReplyBy, i.Import = r.ExternalNumber, r.ReplyBy, r.Import
	if r.LineStart != nil {
		i.Line = &geo.Line{Start: *r.LineStart, End: r.LineEnd}
	}
	i.ReportedAt, i.SentAt, i.ReceivedAt = r.ReportedAt, e.SentAt, e.At
	i.Status, i.Version, i.ChangedAt = Reported, 1, r.ReportedAt
}

func assigned(i *Issue, e *Event) {
	i.move(Assigned, e)
	i.file(e)
	if e.Unit != i.ReturnedBy {
		i.TimeUsed = 0
	}
	if e.Rejected {
		i.RejectedReturns++
	}
	i.noClock()
	i.Unit, i.DueAt, i.OwnDueAt, i.AssignedAt, i.ClockAt = e.Unit, e.DueAt, e.DueAt, e.CreditedAt, e.CreditedAt
	if i.Clock = ManualClock(e.CreditedAt, e.DueAt); e.Clock != nil { // older programs left the clock to the office
		i.Clock, i.AssignedBy = *e.Clock, e.By
	}
}

func returned(i *Issue, e *Event) {
	i.move(Reported, e)
	i.Returns++
	i.ReturnedBy, i.TimeUsed = i.Unit, i.TimeUsed+time.Duration(e.TimeUsedMS)*time.Millisecond
	i.Unit, i.DueAt, i.OwnDueAt = ID{}, 0, 0
	i.noClock()
}

func fixed(i *Issue, e *Event) {
	i.move(Fixed, e)
	i.FixedAt, i.Fixer, i.VisitDrawn = e.CreditedAt, e.By, e.Draw != nil && e.Draw.Visit
	i.endHold(e)
}

func failed(i *Issue, e *Event) {
	i.backToWork(e)
	i.Rework++
	if e.RemindAt != 0 { // older programs knew no appeals
		i.FailedAt, i.FailedBy, i.FailVerdict = e.CreditedAt, e.By, e.Verdict
	}
	if e.ToldAt != 0 {
		i.Failures = append(slices.Clone(i.Failures), Failure{At: e.CreditedAt, Told: e.ToldAt, By: e.By, Found: e.Verdict, Action: e.ActionID})
	}
}

// SpendsPhotos says whether the photos that the event names are spent: they cannot prove anything else later.
func (e *Event) SpendsPhotos() bool {
	return e.Action == Fix || e.Action == OnTheSpotFix || e.Action == FieldCheck || e.Action == Verify && e.Verdict != Pass
}

// ApplyPhotos keeps what the events say of an issue's photos.
func ApplyPhotos(photos map[ID]*Photo, e *Event) {
	for _, d := range e.Declared {
		photos[d.ID] = &Photo{Declaration: d, State: PhotoDeclared, DeclaredAt: e.At, Declarer: e.By}
	}
	if r := e.Received; r != nil && photos[r.ID] != nil {
		p := photos[r.ID]
		p.State, p.ReceivedAt, p.SHA256, p.Bytes, p.Facts = PhotoSafe, e.At, r.SHA256, r.Bytes, r.Facts
		if r.SkewMS != nil {
			skew := time.Duration(*r.SkewMS) * time.Millisecond
			p.Skew = &skew
		}
	}
	for _, id := range e.Photos {
		if p := photos[id]; p != nil {
			switch e.Type {
			case "issue.photo_withdrawn":
				p.State, p.RemovalAction = PhotoWithdrawn, e.ActionID
			case "issue.erased":
				p.State, p.RemovalAction = PhotoErased, e.ActionID
			default:
				if e.SpendsPhotos() && p.UsedBy.IsZero() { // what it proved first
					p.UsedBy = e.ActionID
				}
			}
		}
	}
}
