package inspect

import "spotcheck/pkg/duty"

// Duty is planned looking, or planned work (检查任务): who goes where how often, at which time. Its rounds are opened by themselves.
type Duty struct {
	ID       ID
	Name     string
	Kind     DutyKind
	Subject  VisitSubject // what its targets are: areas, which are road sections as a rule, or places
	Area     ID           // in which its targets lie; none for the whole city
	Class    string       // of areas, where no targets are named; empty for all that have none below them
	Place    SpotKind     // of places, where no targets are named
	Targets  []ID         // in the order of the way; none for all of the area
	Unit     ID           // whose people go there; none where people are named alone
	People   []ID         // who take turns
	Each     int          // how many of them are there a day (每日人数); 0 for all
	Schedule duty.Schedule
	Holds    Span // its days; without an end it goes on
	OpenedTo Date // how far its rounds are opened; empty for not at all
	EndedAt  Time // 0 while it runs
	MadeBy   ID

	CreatedAt, UpdatedAt Time
}

// Bounds of a duty.
const (
	MostDutyTargets = 3_000
	MostDutyPeople  = 200
)

// State is whether the duty runs.
func (d *Duty) State() DutyState {
	if d.EndedAt != 0 {
		return DutyEnded
	}
	return DutyRunning
}

// DutyKind is what is done on the rounds of a duty.
type DutyKind string

// The kinds of duty.
const (
	Patrol       DutyKind = "patrol"   // 巡查
	CheckDuty    DutyKind = "check"    // 检查
	ServiceRound DutyKind = "service"  // 作业: 冲洗, 消杀, 公厕保洁
	CleanUpDuty  DutyKind = "clean_up" // 大扫除
	SurveyDuty   DutyKind = "survey"   // 摸排
)

// DutyKinds are all of them.
var DutyKinds = []DutyKind{Patrol, CheckDuty, ServiceRound, CleanUpDuty, SurveyDuty}

// UnmarshalText reads a kind and refuses all else.
func (k *DutyKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, DutyKinds)
	return
}

// DutyState is whether a duty runs.
type DutyState string

// The states of a duty.
const (
	DutyRunning DutyState = "running"
	DutyEnded   DutyState = "ended"
)

// DutyStates are all of them.
var DutyStates = []DutyState{DutyRunning, DutyEnded}

// UnmarshalText reads a state and refuses all else.
func (s *DutyState) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, DutyStates)
	return
}

// Leave is a time in which somebody is away and is given no round.
type Leave struct {
	ID                   ID
	Person               ID
	From, To             Date // both included
	Withdrawn            bool
	CreatedAt, UpdatedAt Time
}

// Away says whether one of the leaves of people has somebody away on a day.
func Away(leaves []Leave, person ID, on Date) bool {
	for _, l := range leaves {
		if l.Person == person && !l.Withdrawn && l.From <= on && on <= l.To {
			return true
		}
	}
	return false
}

// RosterChange is who takes the rounds of a duty on one day in place of those whose turn it is (换班).
type RosterChange struct {
	Duty                 ID
	Day                  Date
	People               []ID
	Reason               string
	CreatedAt, UpdatedAt Time
}
