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

// readRoster reads the times in which people are on call.
func readRoster(s *Settings, v json.RawMessage) error {
	s.Roster = nil
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&s.Roster); err != nil || len(s.Roster) > rosterMost {
		return fmt.Errorf("want a list of person, area, from and to, at most %d", rosterMost)
	}
	for n, duty := range s.Roster {
		switch {
		case duty.Person.IsZero():
			return fmt.Errorf("duty %d: want a person", n)
		case duty.From == 0 || duty.To <= duty.From:
			return fmt.Errorf("duty %d: want from before to", n)
		}
	}
	return nil
}

// duty is everybody who is on call for an issue now.
func duty(ctx context.Context, tx *store.Tx, row *store.Row) ([]inspect.ID, error) {
	all, err := tx.Settings(ctx)
	if err != nil || all[dutyRoster] == "" {
		return nil, err
	}
	var s Settings
	if err := readRoster(&s, json.RawMessage(all[dutyRoster])); err != nil {
		return nil, fmt.Errorf("core: duty roster: %w", err)
	}
	line, err := tx.Above(ctx, store.AreaTree, row.Area)
	return inspect.OnCall(s.Roster, tx.Now, line), err
}

// errUnknownDuty says that a roster names somebody or something that is not there.
var errUnknownDuty = errors.New("there is no such person or area")

// checkRoster refuses a roster that names people or areas that are not there.
func checkRoster(ctx context.Context, tx *store.Tx, s *Settings) error {
	var people []inspect.ID
	for n, d := range s.Roster {
		people = add(people, d.Person)
		if d.Area.IsZero() {
			continue
		}
		if _, ok, err := tx.Area(ctx, d.Area); err != nil {
			return err
		} else if !ok {
			return invalid("/value", fmt.Sprintf("duty %d: %s", n, errUnknownDuty))
		}
	}
	known, err := tx.PeopleRefs(ctx, people)
	for n, d := range s.Roster {
		if _, ok := known[d.Person]; err == nil && !ok {
			return invalid("/value", fmt.Sprintf("duty %d: %s", n, errUnknownDuty))
		}
	}
	return err
}

// alertOnCall is what those on call are told of at once: a limit that runs by night, and no rule that assigns by itself.
const alertOnCall = "issue.on_call"

// atOnce assigns a new issue without anybody's click, where the most exact rule says so and no other contradicts it. Otherwise, where its
// limit runs by night, who is on call has to know at once (pkg/inspect/rules.md, "Clock").
func (c *Core) atOnce(ctx context.Context, tx *store.Tx, row *store.Row) error {
	f, err := c.fitting(ctx, tx, row.Area, row.Category)
	if err != nil {
		return err
	}
	if len(f.rules) > 0 && f.rules[0].AtOnce && (len(f.rules) == 1 || !f.rules[0].Clashes(&f.rules[1])) {
		return c.assignByRule(ctx, tx, row, &f.rules[0])
	}
	if night, err := roundTheClock(ctx, tx, row); err != nil || !night {
		return err
	}
	return c.tellOf(ctx, tx, row, &inspect.Event{Type: alertOnCall, At: tx.Now})
}

// assignByRule is an assignment by nobody: its event names the rule.
func (c *Core) assignByRule(ctx context.Context, tx *store.Tx, row *store.Row, by *inspect.Match) error {
	m := &inspect.Move{Action: inspect.Assign, DoneAt: tx.Now, SentAt: tx.Now, ReceivedAt: tx.Now, Unit: by.Unit}
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
	e.ProposedRule, e.ProposedUnit, e.ByRule = by.Number, by.Unit, true
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
