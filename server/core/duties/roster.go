package duties

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// rosterMost is how many times of duty a city plans ahead at most.
const rosterMost = 2000

// DutyRoster is who is on call, and when.
var DutyRoster = city.Setting[[]inspect.OnCallShift]{Key: "duty_roster", Read: readRoster, Check: checkRoster}

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

// OnCall is everybody who is on call for an issue now.
func OnCall(ctx context.Context, tx *store.Tx, row *store.IssueRow) ([]inspect.ID, error) {
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
		people = issues.AppendID(people, d.Person)
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
