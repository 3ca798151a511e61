package inspect

// AssessmentPoint is what a person adds to the score of a unit on an assessment sheet (考核), or takes from it, with a reason.
type AssessmentPoint struct {
	ID         ID
	Unit       ID
	Day        Date  // in whose periods it counts
	Hundredths int64 // of a point; what is taken away is below 0
	Reason     string
	Withdrawn  bool // it stays on record and counts no more
	CreatedAt  Time
	UpdatedAt  Time
}
