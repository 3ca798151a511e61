package campaign

import (
	"testing"

	"spotcheck/pkg/inspect"
)

// TestTargetsAreHeldAgainstTheDays works a campaign of ten days by hand: two groups, of which one fact counts for both.
func TestTargetsAreHeldAgainstTheDays(t *testing.T) {
	north, south, unit := inspect.NewID(), inspect.NewID(), inspect.NewID()
	c := &Campaign{Span: inspect.Span{From: "2026-11-05", To: "2026-11-14"}, // a Thursday to a Saturday
		Targets: []Target{{Measure: MeasureVisits, Goal: 1000}, {Measure: MeasureRecheckScore, Goal: 9200},
			{Measure: MeasureTonnes}},
		Groups: []Group{{Name: "北"}, {Name: "南", Goals: map[Measure]inspect.Amount{MeasureVisits: 400}}}}
	reach := &Reach{Areas: map[inspect.ID][]int{north: {0}, south: {1}}, Units: map[inspect.ID][]int{unit: {0, 1}}}
	n := NewCounter(c, reach, "2026-11-09", 1)
	add := func(target int, area, unit inspect.ID, day inspect.Date, amount inspect.Amount) {
		n.Add(target, &Fact{Area: area, Unit: unit, Day: day, Amount: amount})
	}
	none := inspect.ID{}
	for range 5 {
		add(0, north, none, "2026-11-06", 100)
	}
	add(0, south, unit, "2026-11-09", 100) // for both
	add(0, none, none, "2026-11-09", 100)  // for nobody
	add(1, north, none, "2026-11-09", 9133)
	add(1, north, none, "2026-11-09", 9300)
	add(2, south, none, "2026-11-08", 250)
	p := n.Progress("2026-11-09") // the fifth of ten days
	want := [][]Cell{
		{{Amount: 600, Facts: 6, Goal: 1000, Standing: "on_track"}, {Amount: 9217, Facts: 2, Goal: 9200, Standing: "reached"}, {Standing: "counted"}},
		{{Amount: 100, Facts: 1, Goal: 400, Standing: "behind"}, {Goal: 9200, Standing: "no_data"}, {Amount: 250, Facts: 1, Standing: "counted"}}}
	for g := range want {
		for k := range want[g] {
			if p.Groups[g][k] != want[g][k] {
				t.Errorf("group %d, target %d: got %+v, want %+v", g, k, p.Groups[g][k], want[g][k])
			}
		}
	}
	if total := p.Totals[0]; total != (Cell{Amount: 600, Facts: 6, Goal: 1400, Standing: "behind"}) {
		t.Errorf("what counts for both groups counts once in all: got %+v", total)
	}
	if len(p.Weeks) != 2 || p.Weeks[0].From != "2026-11-05" || p.Weeks[0].To != "2026-11-08" || p.Weeks[1].From != "2026-11-09" || p.Weeks[1].To != "2026-11-14" {
		t.Fatalf("weeks: got %+v", p.Weeks)
	}
	if first, second := p.Weeks[0].Amounts, p.Weeks[1].Amounts; first[0].Amount != 500 || second[0].Amount != 100 || first[1].Standing != "no_data" ||
		second[1].Amount != 9217 || first[2].Amount != 250 {
		t.Errorf("by week: got %+v and %+v", first, second)
	}
}

// TestWeeksAddUpToTheTotal holds, wherever a campaign begins and the week begins, that each day lies in one week.
func TestWeeksAddUpToTheTotal(t *testing.T) {
	area := inspect.NewID()
	for first := range 7 {
		for begin := range 7 {
			from := inspect.Date("2026-12-20").Add(begin)
			c := &Campaign{Span: inspect.Span{From: from, To: from.Add(20)}, Targets: []Target{{Measure: MeasurePeople}},
				Groups: []Group{{}}}
			n := NewCounter(c, &Reach{Areas: map[inspect.ID][]int{area: {0}}}, from.Add(40), first)
			for day := range 21 {
				n.Add(0, &Fact{Area: area, Day: from.Add(day), Amount: 100})
			}
			sum := inspect.Amount(0)
			p := n.Progress(from.Add(40))
			for _, w := range p.Weeks {
				sum += w.Amounts[0].Amount
			}
			if sum != 2100 || p.Totals[0].Amount != 2100 {
				t.Errorf("week from %d, campaign from %s: %d in weeks, %d in all", first, from, sum, p.Totals[0].Amount)
			}
		}
	}
}
