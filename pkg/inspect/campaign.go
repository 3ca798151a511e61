package inspect

import (
	"fmt"
	"slices"

	"spotcheck/pkg/fault"
)

// Campaign is a concerted effort of some weeks (专项整治): groups, each under a leader, that work towards the same targets. What they did is counted from
// what is on record, never typed in.
type Campaign struct {
	ID         ID
	Title      string
	Note       string
	Area       ID // outside of which nothing counts; zero for the whole city
	Span       Span
	Categories []string // of the issues that count; none for all
	Groups     []CampaignGroup
	Targets    []CampaignTarget
	Closing    CampaignClosing
	MadeBy     ID
	CreatedAt  Time
	UpdatedAt  Time
}

// CampaignGroup is one of the groups of a campaign, and whose work counts for it.
type CampaignGroup struct {
	ID      ID                         `json:"id"`
	Name    string                     `json:"name"`
	Leader  ID                         `json:"leader"`
	Members []ID                       `json:"members"`
	Areas   []ID                       `json:"areas"`           // with all below
	Units   []ID                       `json:"units"`           // with all below
	Goals   map[CampaignMeasure]Amount `json:"goals,omitempty"` // of its own, where they are not those of the campaign
}

// CampaignTarget is what every group is to reach of one measure; a goal of 0 is only counted.
type CampaignTarget struct {
	Measure CampaignMeasure `json:"measure"`
	Goal    Amount          `json:"goal"`
}

// CampaignClosing is how a campaign ended.
type CampaignClosing struct {
	At         Time // 0 while it is not closed
	By         ID
	Conclusion string
	Progress   CampaignProgress // as it stood then
}

// CampaignMeasure is what is counted for the targets of campaigns.
type CampaignMeasure string

// What is counted.
const (
	MeasureVisits       CampaignMeasure = "visits"        // on site, by a standard; without re-checks
	MeasureRechecks     CampaignMeasure = "rechecks"      // visits that looked again at what failed
	MeasureRecheckScore CampaignMeasure = "recheck_score" // the mean of their scores
	MeasureIssuesFound  CampaignMeasure = "issues_found"  // reported; without those that were dismissed or merged
	MeasureIssuesClosed CampaignMeasure = "issues_closed" // verified
	MeasureNotices      CampaignMeasure = "notices"       // task and rectification notices that were issued and not cancelled
	MeasurePlanTasks    CampaignMeasure = "plan_tasks"    // of action plans, completed
	MeasureActivities   CampaignMeasure = "activities"    // clean-ups and others, carried out
	MeasurePeople       CampaignMeasure = "people"        // that took part in activities
	MeasurePlaces       CampaignMeasure = "places"        // cleaned in activities
	MeasureVehicles     CampaignMeasure = "vehicles"      // used in activities
	MeasureTonnes       CampaignMeasure = "tonnes"        // carried away in activities
)

// CampaignMeasures are all of them.
var CampaignMeasures = []CampaignMeasure{MeasureVisits, MeasureRechecks, MeasureRecheckScore, MeasureIssuesFound, MeasureIssuesClosed, MeasureNotices,
	MeasurePlanTasks, MeasureActivities, MeasurePeople, MeasurePlaces, MeasureVehicles, MeasureTonnes}

// UnmarshalText reads a measure and refuses all else.
func (m *CampaignMeasure) UnmarshalText(text []byte) (err error) {
	*m, err = oneOf(*m, text, CampaignMeasures)
	return
}

// IsMean says whether a measure is a mean of what was counted, and no sum.
func (m CampaignMeasure) IsMean() bool { return m == MeasureRecheckScore }

// CampaignState is how far a campaign is.
type CampaignState string

// The states of a campaign.
const (
	CampaignPlanned CampaignState = "planned" // before its first day
	CampaignRunning CampaignState = "running" // until it is closed, after its last day as well
	CampaignClosed  CampaignState = "closed"
)

// CampaignStates are all of them.
var CampaignStates = []CampaignState{CampaignPlanned, CampaignRunning, CampaignClosed}

// UnmarshalText reads a state and refuses all else.
func (s *CampaignState) UnmarshalText(text []byte) (err error) {
	*s, err = oneOf(*s, text, CampaignStates)
	return
}

// State is how far a campaign is on a day.
func (c *Campaign) State(today Date) CampaignState {
	switch {
	case c.Closing.At != 0:
		return CampaignClosed
	case today < c.Span.From:
		return CampaignPlanned
	}
	return CampaignRunning
}

// GoalOf is what a group is to reach of a target.
func (g *CampaignGroup) GoalOf(t CampaignTarget) Amount {
	if own, ok := g.Goals[t.Measure]; ok {
		return own
	}
	return t.Goal
}

// Leads says whether somebody leads a group of a campaign or is a member of one.
func (c *Campaign) Leads(person ID) bool {
	return slices.ContainsFunc(c.Groups, func(g CampaignGroup) bool { return g.Leader == person || slices.Contains(g.Members, person) })
}

// Leaders are those who lead groups, in the order of their first one.
func (c *Campaign) Leaders() (all []ID) {
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
	measures := map[CampaignMeasure]bool{}
	for n, t := range c.Targets {
		if measures[t.Measure] {
			add(fmt.Sprintf("/targets/%d/measure", n), "stands twice")
		}
		measures[t.Measure] = true
	}
	ids, names := map[ID]bool{}, map[string]bool{}
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

// CampaignProgress is how far the groups of a campaign are, for each target in its order.
type CampaignProgress struct {
	Groups [][]CampaignCell `json:"groups"` // in their order
	Totals []CampaignCell   `json:"totals"` // what counts for several groups counts once
	Weeks  []CampaignWeek   `json:"weeks"`  // of the office, as far as the campaign has come
}

// CampaignCell is how far a target is reached.
type CampaignCell struct {
	Amount   Amount           `json:"amount"`
	Facts    int              `json:"facts"` // that were counted
	Goal     Amount           `json:"goal"`
	Standing CampaignStanding `json:"standing"`
}

// CampaignWeek is what came in one week, for each target; of a mean the mean of that week.
type CampaignWeek struct {
	From    Date           `json:"from"`
	To      Date           `json:"to"` // included
	Amounts []CampaignCell `json:"amounts"`
}

// CampaignStanding is how a target stands.
type CampaignStanding string

// How a target stands.
const (
	StandingReached CampaignStanding = "reached"
	StandingOnTrack CampaignStanding = "on_track" // as far as the share of days that went by
	StandingBehind  CampaignStanding = "behind"
	StandingNoData  CampaignStanding = "no_data" // a mean of nothing
	StandingCounted CampaignStanding = "counted" // there is no goal
)

// CampaignStandings are all of them.
var CampaignStandings = []CampaignStanding{StandingReached, StandingOnTrack, StandingBehind, StandingNoData, StandingCounted}

// CampaignFact is something on record that counts for a measure.
type CampaignFact struct {
	ID     ID
	Kind   string // of what has the id: visit, issue, paper, plan_task, activity
	Label  string // by which people know it
	Area   ID     // where it lies, zero for nowhere
	Unit   ID
	Day    Date
	Amount Amount
}
