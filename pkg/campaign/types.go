package campaign

import (
	"fmt"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// Campaign is a concerted effort of some weeks (专项整治): groups, each under a leader, that work towards the same targets. What they did is counted from
// what is on record, never typed in.
type Campaign struct {
	ID         inspect.ID
	Title      string
	Note       string
	Area       inspect.ID // outside of which nothing counts; zero for the whole city
	Span       inspect.Span
	Categories []string // of the issues that count; none for all
	Groups     []Group
	Targets    []Target
	Closing    Closing
	MadeBy     inspect.ID
	CreatedAt  inspect.Time
	UpdatedAt  inspect.Time
}

// Group is one of the groups of a campaign, and whose work counts for it.
type Group struct {
	ID      inspect.ID                 `json:"id"`
	Name    string                     `json:"name"`
	Leader  inspect.ID                 `json:"leader"`
	Members []inspect.ID               `json:"members"`
	Areas   []inspect.ID               `json:"areas"`           // with all below
	Units   []inspect.ID               `json:"units"`           // with all below
	Goals   map[Measure]inspect.Amount `json:"goals,omitempty"` // of its own, where they are not those of the campaign
}

// Target is what every group is to reach of one measure; a goal of 0 is only counted.
type Target struct {
	Measure Measure        `json:"measure"`
	Goal    inspect.Amount `json:"goal"`
}

// Closing is how a campaign ended.
type Closing struct {
	At         inspect.Time // 0 while it is not closed
	By         inspect.ID
	Conclusion string
	Progress   Progress // as it stood then
}

// Measure is what is counted for the targets of campaigns.
type Measure string

// What is counted.
const (
	MeasureVisits       Measure = "visits"        // on site, by a standard; without re-checks
	MeasureRechecks     Measure = "rechecks"      // visits that looked again at what failed
	MeasureRecheckScore Measure = "recheck_score" // the mean of their scores
	MeasureIssuesFound  Measure = "issues_found"  // reported; without those that were dismissed or merged
	MeasureIssuesClosed Measure = "issues_closed" // verified
	MeasureNotices      Measure = "notices"       // task and rectification notices that were issued and not cancelled
	MeasurePlanTasks    Measure = "plan_tasks"    // of action plans, completed
	MeasureActivities   Measure = "activities"    // clean-ups and others, carried out
	MeasurePeople       Measure = "people"        // that took part in activities
	MeasurePlaces       Measure = "places"        // cleaned in activities
	MeasureVehicles     Measure = "vehicles"      // used in activities
	MeasureTonnes       Measure = "tonnes"        // carried away in activities
)

// Measures are all of them.
var Measures = []Measure{MeasureVisits, MeasureRechecks, MeasureRecheckScore, MeasureIssuesFound, MeasureIssuesClosed, MeasureNotices,
	MeasurePlanTasks, MeasureActivities, MeasurePeople, MeasurePlaces, MeasureVehicles, MeasureTonnes}

// UnmarshalText reads a measure and refuses all else.
func (m *Measure) UnmarshalText(text []byte) (err error) {
	*m, err = inspect.OneOf(*m, text, Measures)
	return
}

// IsMean says whether a measure is a mean of what was counted, and no sum.
func (m Measure) IsMean() bool { return m == MeasureRecheckScore }

// State is how far a campaign is.
type State string

// The states of a campaign.
const (
	Planned State = "planned" // before its first day
	Running State = "running" // until it is closed, after its last day as well
	Closed  State = "closed"
)

// States are all of them.
var States = []State{Planned, Running, Closed}

// UnmarshalText reads a state and refuses all else.
func (s *State) UnmarshalText(text []byte) (err error) {
	*s, err = inspect.OneOf(*s, text, States)
	return
}

// State is how far a campaign is on a day.
func (c *Campaign) State(today inspect.Date) State {
	switch {
	case c.Closing.At != 0:
		return Closed
	case today < c.Span.From:
		return Planned
	}
	return Running
}

// GoalOf is what a group is to reach of a target.
func (g *Group) GoalOf(t Target) inspect.Amount {
	if own, ok := g.Goals[t.Measure]; ok {
		return own
	}
	return t.Goal
}

// Leads says whether somebody leads a group of a campaign or is a member of one.
func (c *Campaign) Leads(person inspect.ID) bool {
	return slices.ContainsFunc(c.Groups, func(g Group) bool { return g.Leader == person || slices.Contains(g.Members, person) })
}

// Leaders are those who lead groups, in the order of their first one.
func (c *Campaign) Leaders() (all []inspect.ID) {
	for _, g := range c.Groups {
		if !slices.Contains(all, g.Leader) {
			all = append(all, g.Leader)
		}
	}
	return all
}

// Check says what is wrong with a campaign by itself: what it names is looked up apart.
func (c *Campaign) Check() (wrong []fault.Field) {
	add := func(pointer, detail string) { wrong = append(wrong, fault.Field{Pointer: pointer, Detail: detail}) }
	switch {
	case c.Span.To < c.Span.From:
		add("/to", "before from")
	case c.Span.From.AddYears(2) < c.Span.To:
		add("/to", "a campaign lasts at most two years")
	}
	measures := map[Measure]bool{}
	for n, t := range c.Targets {
		if measures[t.Measure] {
			add(fmt.Sprintf("/targets/%d/measure", n), "stands twice")
		}
		measures[t.Measure] = true
	}
	ids, names := map[inspect.ID]bool{}, map[string]bool{}
	for n, g := range c.Groups {
		at := fmt.Sprintf("/groups/%d", n)
		if ids[g.ID] {
			add(at+"/id", "stands twice")
		}
		if names[g.Name] {
			add(at+"/name", "another group has this name")
		}
		if len(g.Areas)+len(g.Units) == 0 {
			add(at+"/areas", "a group has areas or units whose work counts for it")
		}
		for m := range g.Goals {
			if !measures[m] {
				add(at+"/goals", fmt.Sprintf("%s is no target of the campaign", m))
			}
		}
		ids[g.ID], names[g.Name] = true, true
	}
	return wrong
}

// Progress is how far the groups of a campaign are, for each target in its order.
type Progress struct {
	Groups [][]Cell `json:"groups"` // in their order
	Totals []Cell   `json:"totals"` // what counts for several groups counts once
	Weeks  []Week   `json:"weeks"`  // of the office, as far as the campaign has come
}

// Cell is how far a target is reached.
type Cell struct {
	Amount   inspect.Amount `json:"amount"`
	Facts    int            `json:"facts"` // that were counted
	Goal     inspect.Amount `json:"goal"`
	Standing Standing       `json:"standing"`
}

// Week is what came in one week, for each target; of a mean the mean of that week.
type Week struct {
	From    inspect.Date `json:"from"`
	To      inspect.Date `json:"to"` // included
	Amounts []Cell       `json:"amounts"`
}

// Standing is how a target stands.
type Standing string

// How a target stands.
const (
	StandingReached Standing = "reached"
	StandingOnTrack Standing = "on_track" // as far as the share of days that went by
	StandingBehind  Standing = "behind"
	StandingNoData  Standing = "no_data" // a mean of nothing
	StandingCounted Standing = "counted" // there is no goal
)

// Standings are all of them.
var Standings = []Standing{StandingReached, StandingOnTrack, StandingBehind, StandingNoData, StandingCounted}

// Fact is something on record that counts for a measure.
type Fact struct {
	ID     inspect.ID
	Kind   string     // of what has the id: visit, issue, paper, plan_task, activity
	Label  string     // by which people know it
	Area   inspect.ID // where it lies, zero for nowhere
	Unit   inspect.ID
	Day    inspect.Date
	Amount inspect.Amount
}
