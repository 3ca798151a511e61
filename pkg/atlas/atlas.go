// Package atlas reads files of areas with outlines, finds what is wrong with them, and says what would change.
package atlas

import (
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// Severity says whether a finding stops an import.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// FindingKind is what a finding is about.
type FindingKind string

// The kinds of finding, besides the flaws of outlines, which begin with "outline.".
const (
	RowUnreadable FindingKind = "row.unreadable" // a field is missing or cannot be
	CodeTwice     FindingKind = "code.twice"     // two rows have one code
	AreaUnknown   FindingKind = "area.unknown"   // the register has no area with the id
	CodeAmbiguous FindingKind = "code.ambiguous" // two areas of the register have it
	ParentUnknown FindingKind = "parent.unknown" // neither in the file nor in the register
	ParentLoop    FindingKind = "parent.loop"    // an area would lie inside itself
	DatumSuspect  FindingKind = "datum.suspect"  // the outlines fit better, or at all, by another datum
	Unreadable    FindingKind = "outline.unreadable"
	Overlaps      FindingKind = "outline.overlap"        // two areas of one level share more than a sliver
	OutOfParent   FindingKind = "outline.outside_parent" // part of it lies outside its parent
	Gap           FindingKind = "outline.gap"            // part of the parent lies in no area below
)

// Finding is one thing that somebody should look at.
type Finding struct {
	Row      int // line of a CSV file or number of a feature, from 1; 0 when it is about no single row
	Code     string
	Kind     FindingKind
	Severity Severity
	At       *geo.Point // nil where there is no place
	Detail   string
}

// Row is an area as a file has it, its outline in WGS-84.
type Row struct {
	N       int
	ID      inspect.ID // of an area of the register that is meant whatever its code; zero for none
	Code    string
	Name    string
	Level   inspect.AreaLevel
	Class   string
	Parent  string     // code
	Outline *geo.Shape // nil where there is none
	given   *geo.Shape // as in the file
}

// KnownArea is an area of the register with its outline, if it has one.
type KnownArea struct {
	inspect.Area
	Outline *geo.Shape
}

// Change is an area that an import makes or changes.
type Change struct {
	Row  int
	New  bool
	Area inspect.Area
	Text []byte // GeoJSON of the outline that Area.Outline names; nil where the outline stays as it was
}

// longest fields in characters, as the door for a single area has them.
const (
	longestName  = 100
	longestCode  = 30
	longestClass = 50
)

// checked says what is wrong with the fields of a row.
func (r *Row) checked() error {
	var wrong []string
	leastCode := 1
	if !r.ID.IsZero() {
		leastCode = 0
	}
	for _, f := range []struct {
		name, text  string
		least, most int
	}{{"code", r.Code, leastCode, longestCode}, {"name", r.Name, 1, longestName}, {"class", r.Class, 0, longestClass}, {"parent", r.Parent, 0, longestCode}} {
		if n := len([]rune(f.text)); n < f.least || n > f.most || strings.ContainsFunc(f.text, unprintable) {
			wrong = append(wrong, fmt.Sprintf("%s: want %d to %d characters, none of control", f.name, f.least, f.most))
		}
	}
	if !slices.Contains(inspect.AreaLevels, r.Level) {
		wrong = append(wrong, fmt.Sprintf("level: want one of %v", inspect.AreaLevels))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	return nil
}

func unprintable(r rune) bool { return r < 32 || r == 127 || r == 0xfffd }

// place is where to look for a shape, nil for none.
func place(s *geo.Shape) *geo.Point {
	if s == nil {
		return nil
	}
	if s.Centre != nil {
		return s.Centre
	}
	at := s.Box().Middle()
	if !at.Valid() {
		return nil
	}
	return &at
}
