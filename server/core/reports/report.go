package reports

import (
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// Ratio is a numerator and its denominator; without one there is no figure.
type Ratio struct {
	N  int64 `json:"n"`
	Of int64 `json:"of"`
}

// Figures are the figures of a week of all, of a unit or of a category, each counted as domain words define them.
type Figures struct {
	Received       int64         `json:"received"`
	Filed          int64         `json:"filed"`
	Assigned       int64         `json:"assigned"`
	Due            int64         `json:"due"`
	New            int64         `json:"new"`     // of those due, with a deadline in the week
	Carried        int64         `json:"carried"` // of those due, not fixed since before
	DueToClose     int64         `json:"due_to_close"`
	CarriedToClose int64         `json:"carried_to_close"`
	Reopened       int64         `json:"reopened"` // after they were closed (结案后重开)
	Open           int64         `json:"open"`     // to be fixed at the cut-off
	Overdue        int64         `json:"overdue"`  // of those open
	Disposed       int64         `json:"disposed"`
	OnTime         int64         `json:"on_time"`
	Waiting        int64         `json:"waiting"` // to be verified
	Closed         int64         `json:"closed"`
	ClosedTimed    int64         `json:"closed_on_time"`
	Rework         int64         `json:"rework"`
	Extended       int64         `json:"extended"`
	LongOverdue    int64         `json:"long_overdue"`
	FalseFixes     int64         `json:"false_fixes"`
	OnHold         int64         `json:"on_hold"`
	Returned       int64         `json:"returned"`
	Shirked        int64         `json:"shirked"`
	DismissedLate  int64         `json:"dismissed_late"` // after they were assigned (派遣后作废)
	OnTheSpot      int64         `json:"on_the_spot"`    // outside rates and score
	Own            int64         `json:"own"`            // reported by the unit itself: outside them too
	Median         time.Duration `json:"median"`         // from assignment to fix
	HasMedian      bool          `json:"has_median"`
	Found          time.Duration `json:"found"`              // from discovery to fix, likewise
	Assigning      Ratio         `json:"assigning"`          // assigned on time ÷ due to be assigned
	Verifying      Ratio         `json:"verifying"`          // verified on time ÷ due to be verified
	Holding        Ratio         `json:"holding"`            // 挂账率
	Returning      Ratio         `json:"returning"`          // 回退率
	Assisting      Ratio         `json:"assisting,omitzero"` // parts of joint work (协办) replied to on time ÷ due in the period; outside rates and score
}

// The rates of a week.
func (f *Figures) acceptance() Ratio { return Ratio{f.Filed, f.Received} }

func (f *Figures) assignment() Ratio { return Ratio{f.Assigned, f.Filed} }

func (f *Figures) disposal() Ratio { return Ratio{f.Disposed, f.Due} }

func (f *Figures) onTime() Ratio { return Ratio{f.OnTime, f.Due} }

func (f *Figures) closure() Ratio { return Ratio{f.Closed, f.DueToClose} }

func (f *Figures) closedOnTime() Ratio { return Ratio{f.ClosedTimed, f.DueToClose} }

func (f *Figures) rework() Ratio { return Ratio{f.Rework, f.Due} }

func (f *Figures) extension() Ratio { return Ratio{f.Extended, f.Due} }

func (f *Figures) longOverdue() Ratio { return Ratio{f.LongOverdue, f.Due} }

// Report is all that a weekly report says, in names that people read. Times are moments; they are printed in Zone.
type Report struct {
	Language       inspect.Language   `json:"language"`
	Zone           *time.Location     `json:"-"`
	Kind           closure.PeriodKind `json:"kind"`
	Genre          Genre              `json:"genre,omitempty"`
	Name           string             `json:"period"` // as it is written: 2026-W47
	Office         string             `json:"office"`
	City           string             `json:"city"`          // whose report it is: 海口市
	Scope          string             `json:"scope"`         // 全市, a district, a unit
	Issue          string             `json:"issue"`         // number in the series of reports: 第47期
	ISO            string             `json:"iso,omitempty"` // 2026-W47; none where the week does not begin on Monday
	From           time.Time          `json:"from"`
	To             time.Time          `json:"to"` // the first moment after it
	IssuedAt       time.Time          `json:"issued_at"`
	CutAt          time.Time          `json:"cut_at"`
	CutEvent       int64              `json:"cut_event"`            // number of the last event that is counted
	Formula        string             `json:"formula"`              // version, weights and limits in force
	Changed        string             `json:"changed,omitempty"`    // since the report before: another formula
	Checkpoint     string             `json:"checkpoint,omitempty"` // of the record
	OnePerson      bool               `json:"one_person,omitempty"` // when it was issued, one person could do all
	Draft          bool               `json:"draft,omitempty"`
	Unfinished     bool               `json:"unfinished,omitempty"`      // the week is not over
	FormulaVersion int                `json:"formula_version,omitempty"` // of the definitions of figures; 1 where it is missing
	Compared       Comparison         `json:"compared,omitempty"`        // with what: see Before

	Now      Figures     `json:"now"`
	Before   *Figures    `json:"before,omitempty"`    // the week before, as Compared says
	LastYear *Figures    `json:"last_year,omitempty"` // the same week of the year before
	Trend    []TrendWeek `json:"trend,omitempty"`

	Units       []UnitRow          `json:"units"`                  // by peer group, then by rank
	HoldPercent int64              `json:"hold_percent,omitempty"` // how much of what a unit has open may be on hold, for the red list
	Categories  []CategoryRow      `json:"categories"`
	Roads       []RoadRow          `json:"roads"`
	Places      []PlaceRow         `json:"places"`
	Pairs       []PhotoPair        `json:"pairs"`
	Overdue     []OverdueRow       `json:"overdue"`
	Undone      []UndoneRow        `json:"undone,omitempty"` // due and not disposed of, beside Overdue
	Suspensions []SuspensionRow    `json:"suspensions"`
	Holds       []HoldRow          `json:"holds"`
	Late        []LateRow          `json:"late"`
	Plans       []PlanRow          `json:"plans,omitempty"`
	Replies     []ReplyRow         `json:"replies,omitempty"`
	Corrections []Correction       `json:"corrections"`
	Definitions []paper.Definition `json:"definitions"`

	CorrectedTotals []CorrectedTotal `json:"corrected_totals,omitempty"` // of the reports that are corrected, the last one first

	Inspectors []InspectorRow `json:"inspectors,omitempty"` // of a report of inspectors
	Named      bool           `json:"named,omitempty"`      // it names persons, as the city wants it
	Merits     []TrendPoint   `json:"merits,omitempty"`     // of an assessment sheet
	Returns    []ReturnRow    `json:"returns,omitempty"`    // of a report of returns, form by form
	ReplyBy    time.Time      `json:"reply_by,omitzero"`    // of a bulletin: when what it names has to be done

	LastBulletin string        `json:"last_bulletin,omitempty"` // of a bulletin: the number of the one before
	LeftOpen     []LeftOpenRow `json:"left_open,omitempty"`     // that it named as not fixed
	LeftPairs    []PhotoPair   `json:"left_pairs,omitempty"`

	// Sentences of a person in place of the generated ones.
	Better    []string `json:"better,omitempty"`
	Worse     []string `json:"worse,omitempty"`
	Decisions []string `json:"decisions,omitempty"`
	CopyTo    []string `json:"copy_to,omitempty"` // 抄送
}

// underOneDenominator reads a report from before units and office had a denominator each: what was due was due to close.
func (w *Report) underOneDenominator() {
	all := []*Figures{&w.Now, w.Before, w.LastYear}
	for n := range w.Units {
		all = append(all, &w.Units[n].Now, w.Units[n].Before)
	}
	for n := range w.Categories {
		all = append(all, &w.Categories[n].Now, w.Categories[n].Before)
	}
	for _, f := range all {
		if f != nil {
			f.DueToClose, f.CarriedToClose = f.Due, f.Carried
		}
	}
}

// TrendWeek is a week of the chart.
type TrendWeek struct {
	Label    string `json:"label"`
	Disposal Ratio  `json:"disposal"`
	OnTime   Ratio  `json:"on_time"`
}

// UnitRow is a unit in its peer group. One with too few issues due has no rank.
type UnitRow struct {
	ID         inspect.ID `json:"id,omitzero"`
	Group      string     `json:"group"`
	Name       string     `json:"name"`
	Now        Figures    `json:"now"`
	Before     *Figures   `json:"before,omitempty"`
	Score      float64    `json:"score"`
	HasScore   bool       `json:"has_score"`
	Rank       int        `json:"rank"` // 0 is none
	RankBefore int        `json:"rank_before"`

	BarredFromRed bool `json:"barred_from_red,omitempty"` // too much of what it has open is on hold
}

// CategoryRow is a category with what came in.
type CategoryRow struct {
	Code   string   `json:"code"`
	Name   string   `json:"name"`
	Now    Figures  `json:"now"`
	Before *Figures `json:"before,omitempty"`
}

// RoadRow is a road section; the worst come first.
type RoadRow struct {
	Name   string  `json:"name"`
	Area   string  `json:"area"`
	Issues int64   `json:"issues"`
	Metres float64 `json:"metres"`
}

// PlaceRow is a place where the same came back.
type PlaceRow struct {
	Name     string    `json:"name"`
	Category string    `json:"category"`
	Unit     string    `json:"unit"`
	Times    int64     `json:"times"` // in Days days
	Days     int64     `json:"days"`
	LastAt   time.Time `json:"last_at"`
}

// PhotoPair is an issue that was fixed, with a photo before and one after.
type PhotoPair struct {
	Number   string    `json:"number"`
	Place    string    `json:"place"`
	Category string    `json:"category"`
	Unit     string    `json:"unit"`
	Before   PairPhoto `json:"before"`
	After    PairPhoto `json:"after"`
}

// PairPhoto is a photo.
type PairPhoto struct {
	ID       string    `json:"id"`
	SHA256   string    `json:"sha256"`
	At       time.Time `json:"at"`                 // taken, corrected by the skew of the phone's clock
	Received bool      `json:"received,omitempty"` // At is when it came: nobody says when it was taken
}

// OverdueRow is an issue that was not fixed by its deadline, with who was told of it when.
type OverdueRow struct {
	Number   string        `json:"number"`
	Place    string        `json:"place"`
	Category string        `json:"category"`
	Unit     string        `json:"unit"`
	DueAt    time.Time     `json:"due_at"`
	Over     time.Duration `json:"over"` // of its limit's clock
	Clock    calendar.Unit `json:"clock,omitempty"`
	Long     bool          `json:"long"` // more than twice the limit is used
	Told     []Reminder    `json:"told"`

	Provisional bool `json:"provisional,omitempty"` // the mark may still go (暂定)
}

// UndoneRow is an issue that counts as not disposed of although nobody has to fix it at the cut-off.
type UndoneRow struct {
	Number   string    `json:"number"`
	Place    string    `json:"place"`
	Category string    `json:"category"`
	Unit     string    `json:"unit"`
	FixedAt  time.Time `json:"fixed_at,omitzero"` // the fix that stands after a false one; zero for an issue that was merged after its deadline
}

// Reminder says how often, and when last, the people of a role were told of something.
type Reminder struct {
	Role  inspect.Role `json:"role"`
	Times int64        `json:"times"`
	At    time.Time    `json:"at"`
}

// SuspensionRow is a time in which clocks stood still.
type SuspensionRow struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Area   string    `json:"area"`
	What   string    `json:"what"` // categories
	Reason string    `json:"reason"`
	Issues int64     `json:"issues"` // whose clocks it stopped
}

// HoldRow is an issue on hold.
type HoldRow struct {
	Number string    `json:"number"`
	Place  string    `json:"place"`
	Unit   string    `json:"unit"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

// LateRow is an action that counts at the time at which it was done, though it was received later.
type LateRow struct {
	Number     string    `json:"number"`
	Unit       string    `json:"unit"`
	What       string    `json:"what"`
	DoneAt     time.Time `json:"done_at"`
	ReceivedAt time.Time `json:"received_at"`
}

// Correction is what changed in a report that was issued.
type Correction struct {
	Report string `json:"report"` // its number
	Number string `json:"number"` // of the issue
	Figure string `json:"figure"`
	Was    string `json:"was"`
	Is     string `json:"is"`
	Why    string `json:"why"`

	Moves map[string]int64 `json:"moves,omitempty"` // by how much each total changes
}
