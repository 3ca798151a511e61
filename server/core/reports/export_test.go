package reports

// What tests hold against lists of other packages.
var (
	EventWords = eventWords
	PlanWords  = planWords
	RoleWords  = roleWords
)

// Correct is correct.
func (t *CorrectedTotal) Correct(all []Correction) bool { return t.correct(all, "city") }
