package core

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// rosterMost is how many times of duty a city plans ahead at most.
const rosterMost = 2000

// DutyRoster is who is on call, and when.
var DutyRoster = Setting[[]inspect.OnCallShift]{Key: "duty_roster", Read: readRoster, Check: checkRoster}

// readRoster reads the times in which people are on call.
func readRoster(v json.RawMessage) (roster []inspect.OnCallShift, err error) {
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&roster); err != nil || len(roster) > rosterMost {
		return nil, fmt.Errorf("want a list of person, area, from and to, at most %d", rosterMost)
	}
	for n, duty := range roster {
		switch {
		case duty.Person.IsZero():
			return nil, fmt.Errorf("duty %d: want a person", n)
		case duty.From == 0 || duty.To <= duty.From:
			return nil, fmt.Errorf("duty %d: want from before to", n)
		}
	}
	return roster, nil
}

// duty is everybody who is on call for an issue now.
func duty(ctx context.Context, tx *store.Tx, row *store.IssueRow) ([]inspect.ID, error) {
	roster, err := DutyRoster.In(ctx, tx)
	if err != nil || len(roster) == 0 {
		return nil, err
	}
	line, err := tx.SelfAndAncestors(ctx, store.AreaTree, row.Area)
	return inspect.OnCall(roster, tx.Now, line), err
}

// errUnknownDuty says that a roster names somebody or something that is not there.
var errUnknownDuty = errors.New("there is no such person or area")

// checkRoster refuses a roster that names people or areas that are not there.
func checkRoster(ctx context.Context, tx *store.Tx, roster []inspect.OnCallShift) error {
	var people []inspect.ID
	for n, d := range roster {
		people = add(people, d.Person)
		if d.Area.IsZero() {
			continue
		}
		if _, ok, err := tx.Area(ctx, d.Area); err != nil {
			return err
		} else if !ok {
			return inspect.InvalidField("/value", fmt.Sprintf("duty %d: %s", n, errUnknownDuty))
		}
	}
	known, err := tx.PeopleRefs(ctx, people)
	for n, d := range roster {
		if _, ok := known[d.Person]; err == nil && !ok {
			return inspect.InvalidField("/value", fmt.Sprintf("duty %d: %s", n, errUnknownDuty))
		}
	}
	return err
}

// alertOnCall is what those on call are told of at once: a limit that runs by night, and no rule that assigns by itself.
const alertOnCall = "issue.on_call"

// atOnce assigns a new issue without anybody's click, where the most exact rule says so and no other contradicts it. Otherwise, where its
// limit runs by night, who is on call has to know at once (pkg/inspect/rules.md, "Clock").
func (c *Core) atOnce(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	f, err := c.fitting(ctx, tx, row.Area, row.Category)
	if err != nil {
		return err
	}
	if len(f.rules) > 0 && f.rules[0].AutoAssign && (len(f.rules) == 1 || !f.rules[0].Clashes(&f.rules[1])) {
		return c.assignByRule(ctx, tx, row, &f.rules[0])
	}
	if night, err := roundTheClock(ctx, tx, row); err != nil || !night {
		return err
	}
	return c.tellOf(ctx, tx, row, &inspect.Event{Type: alertOnCall, At: tx.Now})
}

// assignByRule is an assignment by nobody: its event names the rule.
func (c *Core) assignByRule(ctx context.Context, tx *store.Tx, row *store.IssueRow, by *inspect.ResponsibilityMatch) error {
	m := &inspect.Transition{Action: inspect.Assign, DoneAt: tx.Now, SentAt: tx.Now, ReceivedAt: tx.Now, Unit: by.Unit}
	var err error
	if m.Calendar, err = c.calendar(ctx, tx); err != nil {
		return err
	}
	if m.Rule, err = ruleOf(ctx, tx, row, inspect.ID{}); err != nil {
		return err
	}
	e, err := row.Check(m)
	if err != nil {
		return err
	}
	e.ProposedRule, e.ProposedUnit, e.AutoAssigned = by.Number, by.Unit, true
	e.Action = "" // nobody acted
	if err := c.saveIssue(ctx, tx, row, e); err != nil {
		return err
	}
	under, err := tx.Suspensions(ctx, tx.Now)
	if err != nil {
		return err
	}
	return c.suspend(ctx, tx, row, under)
}
