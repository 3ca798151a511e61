package reports_test

import (
	"slices"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/reports"
)

// TestTheRecordSpeaksInWords finds words in both languages for everything that a report may have to name.
func TestTheRecordSpeaksInWords(t *testing.T) {
	t.Parallel()
	want := func(what string, words [2]string) {
		if words[0] == "" || words[1] == "" {
			t.Errorf("%s has no words", what)
		}
	}
	for _, e := range inspect.IssueEventTypes() {
		want(e, reports.EventWords[e])
	}
	for _, s := range inspect.PlanStates {
		want(string(s), reports.PlanWords[s])
	}
	for _, s := range inspect.Sources {
		want(string(s), issues.SourceWords[s])
	}
	for _, r := range inspect.Roles {
		want(string(r), reports.RoleWords[r])
	}
}

// TestTotalsAreCorrected adds what changed to what was printed, and nothing of another report.
func TestTotalsAreCorrected(t *testing.T) {
	t.Parallel()
	c := reports.CorrectedTotal{Report: "第46期", Before: reports.Figures{Due: 40, Disposed: 30, OnTime: 20}, After: reports.Figures{Due: 40, Disposed: 30, OnTime: 20}}
	if !c.Correct([]reports.Correction{{Report: "第46期", Moves: map[string]int64{"on_time": 1}}, {Report: "第46期", Moves: map[string]int64{"due": -1, "disposed": -1}},
		{Report: "第45期", Moves: map[string]int64{"due": -9}}}) {
		t.Error("nothing changed")
	}
	if c.After.Due != 39 || c.After.Disposed != 29 || c.After.OnTime != 21 || c.Before.Due != 40 {
		t.Errorf("got %+v", c)
	}
	w := &reports.Report{CorrectedTotals: []reports.CorrectedTotal{c}}
	var got []string
	for _, p := range w.Document().Parts {
		if p.Table != nil && p.Table.Name == "更正后合计" {
			for _, r := range p.Table.Rows {
				got = append(got, r.Cells[1].Text+" "+r.Cells[2].Text+" "+r.Cells[3].Text)
			}
		}
	}
	for _, line := range []string{"应处置 40 39", "按期处置率 50.00 % 53.85 %"} {
		if !slices.Contains(got, line) {
			t.Errorf("got %q, want %q among it", got, line)
		}
	}
}
