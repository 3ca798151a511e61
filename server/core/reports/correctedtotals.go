package reports

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// movesOf is by how many each count of a report changes with an issue: 1, or -1; what only passes from one unit to another changes no total.
func movesOf(k *figures.IssueChange) map[string]int64 {
	moves := map[string]int64{}
	for _, key := range k.Keys {
		_, was := k.Before[key]
		_, is := k.After[key]
		switch {
		case is && !was:
			moves[key] = 1
		case was && !is:
			moves[key] = -1
		}
	}
	return moves
}

// CorrectedTotal is a figure of an issued report as it was printed, and as it stands after all corrections to it.
type CorrectedTotal struct {
	Report string  `json:"report"` // its number
	Before Figures `json:"before"`
	After  Figures `json:"after"`
}

// countFields are the counts of figures that a correction can change.
var countFields = map[string]func(*Figures) *int64{
	"received": func(f *Figures) *int64 { return &f.Received }, "filed": func(f *Figures) *int64 { return &f.Filed },
	"assigned": func(f *Figures) *int64 { return &f.Assigned }, "due": func(f *Figures) *int64 { return &f.Due }, "disposed": func(f *Figures) *int64 { return &f.Disposed },
	"on_time": func(f *Figures) *int64 { return &f.OnTime }, "waiting": func(f *Figures) *int64 { return &f.Waiting },
	"closed": func(f *Figures) *int64 { return &f.Closed }, "closed_on_time": func(f *Figures) *int64 { return &f.ClosedTimed },
	"reworked": func(f *Figures) *int64 { return &f.Rework }, "extended": func(f *Figures) *int64 { return &f.Extended },
	"long_overdue": func(f *Figures) *int64 { return &f.LongOverdue }, "false_fix": func(f *Figures) *int64 { return &f.FalseFixes },
	"on_hold": func(f *Figures) *int64 { return &f.OnHold }, "returned": func(f *Figures) *int64 { return &f.Returned },
	"shirked": func(f *Figures) *int64 { return &f.Shirked }, "dismissed_late": func(f *Figures) *int64 { return &f.DismissedLate },
	"on_the_spot": func(f *Figures) *int64 { return &f.OnTheSpot }, "own_due": func(f *Figures) *int64 { return &f.Own },
	"assign_due": func(f *Figures) *int64 { return &f.Assigning.Of }, "assign_on_time": func(f *Figures) *int64 { return &f.Assigning.N },
	"verify_due": func(f *Figures) *int64 { return &f.Verifying.Of }, "verify_on_time": func(f *Figures) *int64 { return &f.Verifying.N },
}

// correctedTotals are the totals of the issued reports that the corrections of a report change: as they were printed, and with all corrections since,
// those of reports in between and those of this one.
func (svc *Service) correctedTotals(ctx context.Context, tx *store.Tx, w *Report, ask Request) error {
	if len(w.Corrections) == 0 {
		return nil
	}
	issued, err := tx.LastIssuedReports(ctx, w.Kind, ask.Scope.String(), correctedReports)
	if err != nil {
		return err
	}
	all := w.Corrections
	for n := range issued { // the last one first
		f, err := frozenReport(ctx, tx, issued[n].ID)
		if err != nil {
			return err
		}
		if total := (CorrectedTotal{Report: issued[n].Number, Before: f.Week.Now, After: f.Week.Now}); total.correct(all, ask.Scope.Kind) {
			w.CorrectedTotals = append(w.CorrectedTotals, total)
		}
		all = append(slices.Clone(f.Week.Corrections), all...)
	}
	return nil
}

// correct adds the corrections of its report and says whether any total changed. What a unit receives is what is given to it.
func (t *CorrectedTotal) correct(all []Correction, scope inspect.ScopeKind) (changed bool) {
	for _, c := range all {
		if c.Report != t.Report {
			continue
		}
		for key, by := range c.Moves {
			if scope == inspect.UnitSubtree && (key == "received" || key == "filed" || key == "assigned") {
				continue
			}
			fields := []func(*Figures) *int64{countFields[key]}
			if scope == inspect.UnitSubtree && key == "given" {
				fields = []func(*Figures) *int64{countFields["received"], countFields["filed"], countFields["assigned"]}
			}
			for _, field := range fields {
				if field != nil {
					*field(&t.After) += by
					changed = true
				}
			}
		}
	}
	return changed
}

// correctedCounts are the counts of a table of corrected totals.
var correctedCounts = []struct {
	zh, en string
	of     func(*Figures) int64
}{
	{"受理", "Received", received}, {"立案", "Filed", func(f *Figures) int64 { return f.Filed }}, {"派遣", "Assigned", func(f *Figures) int64 { return f.Assigned }},
	{"应处置", "Due", func(f *Figures) int64 { return f.Due }}, {"已处置", "Disposed", func(f *Figures) int64 { return f.Disposed }},
	{"按期处置", "On time", func(f *Figures) int64 { return f.OnTime }}, {"待核查", "To be verified", func(f *Figures) int64 { return f.Waiting }},
	{"已结案", "Closed", func(f *Figures) int64 { return f.Closed }}, {"按期结案", "Closed on time", func(f *Figures) int64 { return f.ClosedTimed }},
	{"返工", "Reworked", func(f *Figures) int64 { return f.Rework }}, {"延期", "Extended", func(f *Figures) int64 { return f.Extended }},
	{"严重超期", "Long overdue", func(f *Figures) int64 { return f.LongOverdue }}, {"虚假整改", "False fixes", func(f *Figures) int64 { return f.FalseFixes }},
	{"挂账", "On hold", func(f *Figures) int64 { return f.OnHold }}, {"回退", "Returned", func(f *Figures) int64 { return f.Returned }},
	{"推诿", "Shirked", func(f *Figures) int64 { return f.Shirked }}, {"派遣后作废", "Dismissed after assignment", func(f *Figures) int64 { return f.DismissedLate }},
	{"自行处置", "Fixed on the spot", func(f *Figures) int64 { return f.OnTheSpot }}, {"单位自报", "Reported by the unit", func(f *Figures) int64 { return f.Own }},
}

// totals are the corrected totals, each count and rate that changed.
func (b *renderer) totals() {
	if len(b.CorrectedTotals) == 0 {
		return
	}
	t := &paper.Table{Name: b.say("更正后合计", "Corrected totals"), Caption: b.say("更正后的合计", "Totals after all corrections"),
		Columns: []paper.Column{{Head: b.say("期号", "Report")}, {Head: b.say("指标", "Figure")}, {Head: b.say("原印发", "As issued"), Kind: paper.Number},
			{Head: b.say("更正后", "Corrected"), Kind: paper.Number}}}
	for n := range b.CorrectedTotals {
		c := &b.CorrectedTotals[n]
		add := func(name string, was, is paper.Value) {
			if was.Text != is.Text {
				t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(c.Report), b.Text(name), was, is}})
			}
		}
		for _, k := range correctedCounts {
			add(b.say(k.zh, k.en), b.Count(k.of(&c.Before)), b.Count(k.of(&c.After)))
		}
		for _, r := range overallRates {
			add(b.say(r.zh, r.en), b.rate(r.of(&c.Before)), b.rate(r.of(&c.After)))
		}
	}
	b.table(t)
}
