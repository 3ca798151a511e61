package inspect_test

import (
	"testing"

	"spotcheck/pkg/inspect"
)

func TestHowATaskStandsAgainstItsPlan(t *testing.T) {
	task := func(change func(*inspect.PlanTask)) *inspect.PlanTask {
		p := &inspect.PlanTask{Planned: inspect.Span{From: "2026-03-01", To: "2026-06-30"}}
		change(p)
		return p
	}
	begun := func(p *inspect.PlanTask) { p.Actual.From = "2026-02-25" }
	done := func(on inspect.Date) func(*inspect.PlanTask) {
		return func(p *inspect.PlanTask) { p.Actual = inspect.Span{From: "2026-03-01", To: on} }
	}
	hold := func(answer inspect.Answer) func(*inspect.PlanTask) {
		return func(p *inspect.PlanTask) {
			begun(p)
			p.Hold = inspect.PlanHoldRequest{From: "2026-05-01", To: "2026-05-10", Answer: answer}
		}
	}
	step := func(done inspect.Date) func(*inspect.PlanTask) {
		return func(p *inspect.PlanTask) {
			begun(p)
			p.Milestones = []inspect.Milestone{{Title: "a", Due: "2026-04-15", Done: done}}
		}
	}
	for name, tt := range map[string]struct {
		change func(*inspect.PlanTask)
		on     inspect.Date
		want   inspect.PlanState
	}{
		"before its first day":         {func(*inspect.PlanTask) {}, "2026-02-28", inspect.PlanAhead},
		"on its first day, not begun":  {func(*inspect.PlanTask) {}, "2026-03-01", inspect.PlanOnTime},
		"a day later, not begun":       {func(*inspect.PlanTask) {}, "2026-03-02", inspect.PlanLate},
		"begun early":                  {begun, "2026-02-26", inspect.PlanOnTime},
		"on its last day":              {begun, "2026-06-30", inspect.PlanOnTime},
		"a day over":                   {begun, "2026-07-01", inspect.PlanLate},
		"done before":                  {done("2026-06-29"), "2026-12-31", inspect.PlanEarly},
		"done on its last day":         {done("2026-06-30"), "2026-12-31", inspect.PlanOnTime},
		"done after":                   {done("2026-07-01"), "2026-12-31", inspect.PlanLate},
		"a hold that is only asked":    {hold(""), "2026-05-05", inspect.PlanOnTime},
		"a hold that was refused":      {hold(inspect.Refused), "2026-05-05", inspect.PlanOnTime},
		"on hold":                      {hold(inspect.Granted), "2026-05-05", inspect.PlanSuspended},
		"its ten days more":            {hold(inspect.Granted), "2026-07-10", inspect.PlanOnTime},
		"and not one more":             {hold(inspect.Granted), "2026-07-11", inspect.PlanLate},
		"a milestone on its day":       {step(""), "2026-04-15", inspect.PlanOnTime},
		"a milestone that is over":     {step(""), "2026-04-16", inspect.PlanLate},
		"a milestone that was reached": {step("2026-04-20"), "2026-05-01", inspect.PlanOnTime},
	} {
		if got := task(tt.change).State(tt.on); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// TestAHoldMovesWhatComesAfterIt: it rests from its first day to its last, and what was to be done by its first day or later has so many days more.
func TestAHoldMovesWhatComesAfterIt(t *testing.T) {
	held := func(from, to inspect.Date) *inspect.PlanTask {
		return &inspect.PlanTask{Enabled: true, Planned: inspect.Span{From: "2026-03-01", To: "2026-06-30"}, Actual: inspect.Span{From: "2026-03-01"},
			Hold:       inspect.PlanHoldRequest{From: from, To: to, Answer: inspect.Granted},
			Milestones: []inspect.Milestone{{Title: "before", Due: "2026-04-30", Done: "2026-04-30"}, {Title: "at", Due: "2026-05-01"}}}
	}
	for on, want := range map[inspect.Date]inspect.PlanState{"2026-04-30": inspect.PlanOnTime, "2026-05-01": inspect.PlanSuspended, "2026-05-10": inspect.PlanSuspended,
		"2026-05-11": inspect.PlanOnTime, "2026-05-12": inspect.PlanLate} {
		if got := held("2026-05-01", "2026-05-10").State(on); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
	open := held("2026-05-01", "2026-05-10")
	if got := open.Open("2026-05-10"); len(got) != 0 {
		t.Errorf("while it rests: %v", got)
	}
	if got := open.Open("2026-05-11"); len(got) != 1 || got[0] != (inspect.PlanStep{Title: "at", Due: "2026-05-11"}) {
		t.Errorf("after it: %v", got)
	}
	open.Milestones[0].Done = ""
	if got := open.Open("2026-05-10"); len(got) != 0 {
		t.Errorf("what was due before it waits too: %v", got)
	}
	for _, wrong := range [][2]inspect.Date{{"", "2026-05-10"}, {"2026-05-01", ""}, {"soon", "late"}} {
		if due := held(wrong[0], wrong[1]).Due(); due != "2026-07-01" {
			t.Errorf("a hold from %q to %q moves the end to %s", wrong[0], wrong[1], due)
		}
	}
	begins := &inspect.PlanTask{Planned: inspect.Span{From: "2026-05-05", To: "2026-06-30"}, Hold: inspect.PlanHoldRequest{From: "2026-05-01", To: "2026-05-10", Answer: "grant"}}
	for on, want := range map[inspect.Date]inspect.PlanState{"2026-04-30": inspect.PlanAhead, "2026-05-15": inspect.PlanOnTime, "2026-05-16": inspect.PlanLate} {
		if got := begins.State(on); got != want {
			t.Errorf("begins late, on %s: %s, want %s", on, got, want)
		}
	}
}
