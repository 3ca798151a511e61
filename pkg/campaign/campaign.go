// Package campaign counts how far the groups of a campaign (专项整治) are.
package campaign

import (
	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// Reach is whose work counts for the groups of a campaign: areas and units, each with the indices of the groups that it counts for.
type Reach struct {
	Inside map[inspect.ID]bool // areas of the campaign; nil for the whole city
	Areas  map[inspect.ID][]int
	Units  map[inspect.ID][]int
}

// GroupsOf are the groups that a fact counts for.
func (r *Reach) GroupsOf(f *Fact) (all []int) {
	if r.Inside != nil && !r.Inside[f.Area] {
		return nil
	}
	met := map[int]bool{}
	for _, some := range [][]int{r.Areas[f.Area], r.Units[f.Unit]} {
		for _, g := range some {
			if !met[g] {
				met[g], all = true, append(all, g)
			}
		}
	}
	return all
}

// sum is what was counted of one measure.
type sum struct {
	amount inspect.Amount
	facts  int
}

func (s *sum) add(f *Fact) { s.amount, s.facts = s.amount+f.Amount, s.facts+1 }

// cell is a sum beside its goal, when a share of the days (gone of all) went by.
func (s sum) cell(m Measure, goal inspect.Amount, gone, all int) Cell {
	c := Cell{Amount: s.amount, Facts: s.facts, Goal: goal}
	if m.IsMean() && s.facts > 0 {
		c.Amount = (s.amount + inspect.Amount(s.facts)/2) / inspect.Amount(s.facts)
	}
	switch {
	case goal == 0 && (s.facts > 0 || !m.IsMean()):
		c.Standing = StandingCounted
	case m.IsMean() && s.facts == 0:
		c.Standing = StandingNoData
	case c.Amount >= goal:
		c.Standing = StandingReached
	case !m.IsMean() && int(c.Amount)*all >= int(goal)*gone:
		c.Standing = StandingOnTrack
	default:
		c.Standing = StandingBehind
	}
	return c
}

// Counter counts facts of a campaign, one after the other.
type Counter struct {
	campaign *Campaign
	reach    *Reach
	weeks    []inspect.Span // that have begun
	groups   [][]sum
	totals   []sum
	byWeek   [][]sum
}

// NewCounter counts for a campaign until a day; first is the day on which the office's week begins, 0 for Sunday.
func NewCounter(c *Campaign, r *Reach, today inspect.Date, first int) *Counter {
	n := &Counter{campaign: c, reach: r, groups: make([][]sum, len(c.Groups)), totals: make([]sum, len(c.Targets))}
	for g := range n.groups {
		n.groups[g] = make([]sum, len(c.Targets))
	}
	for from := c.Span.From; from <= min(c.Span.To, today); {
		d, err := calendar.ParseDay(string(from))
		if err != nil {
			break
		}
		to := from.Add(6 - (int(d.Date().Weekday())-first+7)%7)
		n.weeks = append(n.weeks, inspect.Span{From: from, To: min(to, c.Span.To)})
		n.byWeek = append(n.byWeek, make([]sum, len(c.Targets)))
		from = to.Add(1)
	}
	return n
}

// Add counts a fact for a target, where it counts for a group.
func (n *Counter) Add(target int, f *Fact) {
	in := n.reach.GroupsOf(f)
	if len(in) == 0 {
		return
	}
	for _, g := range in {
		n.groups[g][target].add(f)
	}
	n.totals[target].add(f)
	for w := range n.weeks {
		if n.weeks[w].Holds(f.Day) {
			n.byWeek[w][target].add(f)
		}
	}
}

// Progress is what was counted, held against the goals on a day.
func (n *Counter) Progress(today inspect.Date) Progress {
	c := n.campaign
	gone, all := DaysGone(c.Span, today)
	p := Progress{Groups: make([][]Cell, len(c.Groups)), Totals: []Cell{}, Weeks: []Week{}}
	for t, target := range c.Targets {
		goal := inspect.Amount(0)
		for g := range c.Groups {
			own := c.Groups[g].GoalOf(target)
			p.Groups[g] = append(p.Groups[g], n.groups[g][t].cell(target.Measure, own, gone, all))
			goal += own
		}
		if target.Measure.IsMean() {
			goal = target.Goal
		}
		p.Totals = append(p.Totals, n.totals[t].cell(target.Measure, goal, gone, all))
	}
	for w, span := range n.weeks {
		week := Week{From: span.From, To: span.To, Amounts: []Cell{}}
		for t, target := range c.Targets {
			week.Amounts = append(week.Amounts, n.byWeek[w][t].cell(target.Measure, 0, 0, 1))
		}
		p.Weeks = append(p.Weeks, week)
	}
	return p
}

// DaysGone is how many days of a span have gone by with a day, and how many it has.
func DaysGone(s inspect.Span, today inspect.Date) (gone, all int) {
	from, err := calendar.ParseDay(string(s.From))
	to, wrong := calendar.ParseDay(string(s.To))
	on, bad := calendar.ParseDay(string(today))
	if err != nil || wrong != nil || bad != nil {
		return 0, 1
	}
	all = int(to-from) + 1
	return max(0, min(int(on-from)+1, all)), all
}
