package inspect

// Round is one outing of a duty to one target (检查活动): planned and then made, missed, excused or cancelled, or made beyond the plan.
type Round struct {
	ID         ID
	Duty       ID
	Subject    VisitSubject
	Target     ID
	Area, Unit ID        // where it lies and who answers for it, as the registers said when it was opened
	Plan       RoundPlan // when it is due; the zero plan for a round beyond the plan
	Day        Date      // on which it is planned, or was made beyond the plan
	Period     Date      // the first day of the period in which it counts
	By         ID        // who made it
	With       []ID      // who was there as well
	StartedAt  Time
	DoneAt     Time // by the phone's clock, corrected by its skew; 0 for not yet
	SentAt     Time
	ReceivedAt Time
	Note       string
	Excuse     RoundExcuse
	UpdatedAt  Time
}

// RoundPlan is when a planned round is due.
type RoundPlan struct {
	OpenedOn          Date // the day with which it was opened; empty for a round beyond the plan
	N                 int  // which of its day, from 1 on
	OpensAt, ClosesAt Time
}

// Planned says whether the round was due.
func (r *Round) Planned() bool { return r.Plan.OpenedOn != "" }

// RoundExcuse is why a round need not be made, and who said so.
type RoundExcuse struct {
	Reason string
	By     ID
	At     Time
}

// RoundState is how a round stands.
type RoundState string

// The states of a round.
const (
	RoundPlanned   RoundState = "planned"   // its time has not come
	RoundOpen      RoundState = "open"      // it may be made now
	RoundDone      RoundState = "done"      // in time, or beyond the plan
	RoundMissed    RoundState = "missed"    // its time is over; it may have been made later
	RoundExcused   RoundState = "excused"   // with a reason: it does not count
	RoundCancelled RoundState = "cancelled" // its duty ended before it
)

// RoundStates are all of them.
var RoundStates = []RoundState{RoundPlanned, RoundOpen, RoundDone, RoundMissed, RoundExcused, RoundCancelled}

// UnmarshalText reads a state and refuses all else.
func (s *RoundState) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, RoundStates)
	return
}

// State is how the round stands at a moment, of a duty that ended at a time, 0 for not.
func (r *Round) State(now, ended Time) RoundState {
	switch {
	case r.DoneAt != 0 && (!r.Planned() || r.DoneAt <= r.Plan.ClosesAt):
		return RoundDone
	case r.Excuse.At != 0:
		return RoundExcused
	case ended != 0 && r.Plan.ClosesAt > ended && r.DoneAt == 0:
		return RoundCancelled
	case r.Plan.ClosesAt <= now || r.DoneAt != 0:
		return RoundMissed
	case r.Plan.OpensAt <= now:
		return RoundOpen
	}
	return RoundPlanned
}
