package inspect

import (
	"fmt"
	"slices"

	"spotcheck/pkg/calendar"
)

// Status is where an issue stands. The first four are the public ones; the other two lie beside the road.
type Status string

// The statuses.
const (
	Reported  Status = "reported"  // 待派遣
	Assigned  Status = "assigned"  // 整改中
	Fixed     Status = "fixed"     // 待核查
	Verified  Status = "verified"  // 已结案
	Dismissed Status = "dismissed" // 已作废
	Merged    Status = "merged"    // 已合并
)

// Statuses are all of them, in the order of life.
var Statuses = []Status{Reported, Assigned, Fixed, Verified, Dismissed, Merged}

// Severity is how bad it looks to whoever reports it.
type Severity string

// Severities, mildest first.
var Severities = []Severity{"minor", "normal", "serious"}

// Source is how the office came to know.
type Source string

// SourceUnit marks what a responsible unit found itself; it stands outside rates and score.
const SourceUnit Source = "own_unit"

// Sources are all of them (rules.md, "Responsibility").
var Sources = []Source{"patrol", "hotline", "media", "inspection", "public", SourceUnit}

// FromPublic says whether a citizen or a caller told the office, somebody whose name stays out of sight.
func (s Source) FromPublic() bool { return s == "hotline" || s == "public" }

// PhotoKind is what a photo is meant to show.
type PhotoKind string

// The kinds of photo.
const (
	PhotoReport PhotoKind = "report" // what is wrong
	PhotoBefore PhotoKind = "before" // what was wrong, of an on-the-spot fix
	PhotoAfter  PhotoKind = "after"  // that it is fixed
	PhotoCheck  PhotoKind = "check"  // what the verifier saw
)

// PhotoKinds are all of them.
var PhotoKinds = []PhotoKind{PhotoReport, PhotoBefore, PhotoAfter, PhotoCheck}

// CaptureMethod is how a phone came by a photo.
type CaptureMethod string

// CaptureMethods are all of them; unknown where a phone does not say.
var CaptureMethods = []CaptureMethod{"unknown", "camera", "gallery", "file"}

// Role is what a person does for the city.
type Role string

// The roles.
const (
	Inspector Role = "inspector" // reports and verifies
	Office    Role = "office"    // files, assigns, decides
	UnitRole  Role = "unit"      // fixes
	Leader    Role = "leader"    // reads, supervises
	Admin     Role = "admin"     // keeps the registers, sees no issue
	Auditor   Role = "auditor"   // reads the security log, accounts and the record, and changes nothing
	Crew      Role = "crew"      // fixes one issue by a link; nobody is given it for good
)

// Roles are all of them.
var Roles = []Role{Inspector, Office, UnitRole, Leader, Admin, Auditor}

// ScopeKind is what a role reaches over.
type ScopeKind string

// The kinds of scope.
const (
	City        ScopeKind = "city"
	AreaSubtree ScopeKind = "area"
	UnitSubtree ScopeKind = "unit"
	OneIssue    ScopeKind = "issue" // of a link that a unit gave to its crew; nobody is given it for good
)

// ScopeKinds are all of them.
var ScopeKinds = []ScopeKind{City, AreaSubtree, UnitSubtree}

// UnitKind is what sort of body a unit is.
type UnitKind string

// UnitKinds are all of them.
var UnitKinds = []UnitKind{"district", "bureau", "street", "community", "contractor", "crew", "other"}

// AreaLevel is how large an area is in the tree.
type AreaLevel string

// AreaLevels are all of them, largest first.
var AreaLevels = []AreaLevel{"city", "district", "street", "community", "grid", "road"}

// LimitUnit is how a time limit counts (rules.md, "Clock").
type LimitUnit = calendar.Unit

// LimitUnits are all of them.
var LimitUnits = calendar.Units

// PlaceSource is what gave a position.
type PlaceSource string

// PlaceSources are all of them.
var PlaceSources = []PlaceSource{"gps", "network", "map", "manual", "exif"}

// FlagKind is something odd that a person should look at; it never refuses anything.
type FlagKind string

// The flags that intake raises.
const (
	FlagSkew       FlagKind = "clock.skew"        // the phone's clock is over two minutes off
	FlagNoPlace    FlagKind = "place.none"        // no position at all
	FlagOutside    FlagKind = "place.outside"     // outside the city's box
	FlagInaccurate FlagKind = "place.inaccurate"  // accuracy over 5,000 m
	FlagDamaged    FlagKind = "photo.damaged"     // true to its digest, broken inside
	FlagLate       FlagKind = "action.late"       // 补传: a credited offline time
	FlagUncredited FlagKind = "action.uncredited" // the time done could not be credited
	FlagTimeLost   FlagKind = "time.dropped"      // a time that cannot be was left out
	FlagPlaceLost  FlagKind = "place.dropped"     // something of the position that makes no sense was left out
	FlagStale      FlagKind = "place.stale"       // the position is not of the moment of the photo
	FlagUnseen     FlagKind = "photo.unseen"      // no picture of it can be made

	FlagReused       FlagKind = "photo.reused"        // the same bytes are another photo as well
	FlagSimilar      FlagKind = "photo.similar"       // it looks like a copy of another photo
	FlagBeforeReport FlagKind = "photo.before_report" // an after-photo that was taken before the report
	FlagFar          FlagKind = "photo.far"           // an after-photo, or a fix, from elsewhere
	FlagPlaceDiffers FlagKind = "photo.place_differs" // the picture says another place than the report
	FlagTimeDiffers  FlagKind = "photo.time_differs"  // the picture says another time than the phone
	FlagDark         FlagKind = "photo.dark"          // next to nothing can be seen
	FlagBlurred      FlagKind = "photo.blurred"       // nothing has an edge
	FlagScreenshot   FlagKind = "photo.screenshot"    // a picture of a screen
	FlagEdited       FlagKind = "photo.edited"        // a program for changing pictures has signed it
	FlagCapturedAt   FlagKind = "photo.captured_at"   // taken in the future, or over a day before it was reported
)

// FlagKinds are all of them.
var FlagKinds = []FlagKind{FlagSkew, FlagNoPlace, FlagOutside, FlagInaccurate, FlagDamaged, FlagLate, FlagUncredited, FlagReused, FlagSimilar, FlagBeforeReport,
	FlagFar, FlagPlaceDiffers, FlagTimeDiffers, FlagDark, FlagBlurred, FlagScreenshot, FlagEdited, FlagTimeLost, FlagPlaceLost, FlagStale, FlagCapturedAt,
	FlagUnseen}

// Decision is what a person decided about a flag.
type Decision string

// The decisions.
const (
	Confirmed Decision = "confirm" // it is as it seems
	Explained Decision = "dismiss" // there is a good reason
)

// Decisions are all of them.
var Decisions = []Decision{Confirmed, Explained}

// OneOf reads a name of a vocabulary and refuses all else.
func OneOf[T ~string](name T, text []byte, all []T) (T, error) {
	if read := T(text); slices.Contains(all, read) {
		return read, nil
	}
	return name, fmt.Errorf("want one of %v", all)
}

// UnmarshalText reads a status and refuses all else.
func (s *Status) UnmarshalText(text []byte) (err error) { *s, err = OneOf(*s, text, Statuses); return }

// UnmarshalText reads a severity and refuses all else.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, Severities)
	return
}

// UnmarshalText reads a source and refuses all else.
func (s *Source) UnmarshalText(text []byte) (err error) { *s, err = OneOf(*s, text, Sources); return }

// UnmarshalText reads a kind of photo and refuses all else.
func (k *PhotoKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, PhotoKinds)
	return
}

// UnmarshalText reads how a photo was taken and refuses all else.
func (t *CaptureMethod) UnmarshalText(text []byte) (err error) {
	*t, err = OneOf(*t, text, CaptureMethods)
	return
}

// UnmarshalText reads a role and refuses all else.
func (r *Role) UnmarshalText(text []byte) (err error) { *r, err = OneOf(*r, text, Roles); return }

// UnmarshalText reads a kind of scope and refuses all else.
func (k *ScopeKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, ScopeKinds)
	return
}

// UnmarshalText reads a kind of unit and refuses all else.
func (k *UnitKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, UnitKinds)
	return
}

// UnmarshalText reads a level and refuses all else.
func (l *AreaLevel) UnmarshalText(text []byte) (err error) {
	*l, err = OneOf(*l, text, AreaLevels)
	return
}

// UnmarshalText reads what gave a position and refuses all else.
func (s *PlaceSource) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, PlaceSources)
	return
}

// UnmarshalText reads an action and refuses all else.
func (a *Action) UnmarshalText(text []byte) (err error) { *a, err = OneOf(*a, text, Actions); return }

// UnmarshalText reads a verdict and refuses all else.
func (v *Verdict) UnmarshalText(text []byte) (err error) { *v, err = OneOf(*v, text, Verdicts); return }

// UnmarshalText reads a decision and refuses all else.
func (d *Decision) UnmarshalText(text []byte) (err error) {
	*d, err = OneOf(*d, text, Decisions)
	return
}

// UnmarshalText reads a way to verify and refuses all else.
func (m *VerificationMethod) UnmarshalText(text []byte) (err error) {
	*m, err = OneOf(*m, text, VerificationMethods)
	return
}
