package inspect

import "slices"

// ReturnForm is a return that units owe the office after every period of a kind (报表).
type ReturnForm struct {
	ID                   ID
	Name                 string
	Every                string   // the kind of period, as package closure names them
	Lines                []string // what each number is, in the order of the numbers
	Units                []ID     // who owe it, in the order in which they are listed
	Days                 int      // after the end of the period; 0 is the day that follows it
	Minute               int      // of that day in the city's zone
	From                 Date     // periods that begin on this day or later are owed
	AskedFrom            []Date   // beside Units: from which day on each was asked in time; shorter where it is not known
	Enabled              bool
	CreatedAt, UpdatedAt Time
}

// AskedOf is from which day on a unit was asked for the form in time; ok is false where that is not known.
func (f *ReturnForm) AskedOf(unit ID) (from Date, ok bool) {
	n := slices.Index(f.Units, unit)
	if n < 0 || n >= len(f.AskedFrom) {
		return "", false
	}
	return f.AskedFrom[n], true
}

// ReturnSubmission is what a unit sent for one period. What it sends later corrects it; all stay on record, and the first says whether it was
// late.
type ReturnSubmission struct {
	ID, Form, Unit ID
	Period         string  // as package closure writes it
	From           Date    // the first day of the period
	Hundredths     []int64 // the numbers, by the lines of the form
	Note           string
	By             ID
	At             Time
}

// ReturnState is how a return stands that is owed.
type ReturnState string

// The states of a return.
const (
	ReturnAwaited ReturnState = "awaited" // its time has not come
	ReturnMissing ReturnState = "missing"
	ReturnOnTime  ReturnState = "on_time"
	ReturnLate    ReturnState = "late"
)

// StateOfReturn says how a return stands that was first sent at a time, 0 for not yet.
func StateOfReturn(sent, due, now Time) ReturnState {
	switch {
	case sent == 0 && now <= due:
		return ReturnAwaited
	case sent == 0:
		return ReturnMissing
	case sent <= due:
		return ReturnOnTime
	}
	return ReturnLate
}
