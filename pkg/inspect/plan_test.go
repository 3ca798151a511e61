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
