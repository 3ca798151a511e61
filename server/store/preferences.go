package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
)

// ChannelRules are the channels that a person chose for each urgency, beside the inbox.
type ChannelRules map[inspect.Urgency][]inspect.Channel

// MessagePreferences is how a person wants to be told.
type MessagePreferences struct {
	ID           inspect.ID // owner of its texts
	Person       inspect.ID
	Language     inspect.Language
	Rules        ChannelRules      // nil where the person has not chosen
	QuietFrom    int               // minutes since midnight in the city's zone
	QuietTo      int               // the same as QuietFrom for no quiet hours
	Email        string            // address, empty for none
	Robots       []inspect.Channel // that have an address
	RobotSecrets []byte            // their addresses and keys, sealed; none where there are no robots
	CreatedAt    inspect.Time      // 0 where the person has not chosen
	UpdatedAt    inspect.Time
	Phone        string // of the person
	Devices      int    // browsers that take web push

	kept string // the rules as they stand in the database
}

// RulesJSON are the rules as they stand in the database, readable or not, or as they will.
func (c *MessagePreferences) RulesJSON() json.RawMessage {
	if c.kept != "" {
		return json.RawMessage(c.kept)
	}
	text, _ := json.Marshal(c.Rules) // texts always have a JSON
	return text
}

const choiceColumns = `SELECT p.uid, p.phone, (SELECT count(*) FROM push_subscription s WHERE s.person = p.id), c.uid, COALESCE(c.language, ''),
	COALESCE(c.rules, 'null'), COALESCE(c.quiet_from, 0), COALESCE(c.quiet_to, 0), COALESCE(c.email, ''), COALESCE(c.robots, ''), c.robot_secrets,
	COALESCE(c.created_at, 0), COALESCE(c.updated_at, 0) FROM person p LEFT JOIN channel_choice c ON c.person = p.id `

func scanChoice(r scanner) (c MessagePreferences, err error) {
	var robots string
	if err = r.Scan((*uid)(&c.Person), &c.Phone, &c.Devices, (*uid)(&c.ID), (*string)(&c.Language), &c.kept, &c.QuietFrom, &c.QuietTo, &c.Email, &robots,
		&c.RobotSecrets, &c.CreatedAt, &c.UpdatedAt); err != nil {
		return c, err
	}
	for name := range strings.FieldsSeq(robots) {
		c.Robots = append(c.Robots, inspect.Channel(name))
	}
	return c, nil
}

// MessagePreferences gives how people want to be told; those who are disabled or not there are left out.
func (tx *Tx) MessagePreferences(ctx context.Context, people []inspect.ID) (map[inspect.ID]MessagePreferences, error) {
	marks, args := in(people)
	all := map[inspect.ID]MessagePreferences{}
	return all, tx.each(ctx, func(r scanner) error {
		c, err := scanChoice(r)
		if err == nil {
			err = json.Unmarshal([]byte(c.kept), &c.Rules)
		}
		all[c.Person] = c
		return err
	}, choiceColumns+"WHERE NOT p.disabled AND p.uid IN ("+marks+")", args...)
}

// EachMessagePreferences calls f for everybody who has chosen, with the rules as JSON only.
func (tx *Tx) EachMessagePreferences(ctx context.Context, f func(MessagePreferences)) error {
	return tx.each(ctx, func(r scanner) error {
		c, err := scanChoice(r)
		if err == nil {
			f(c)
		}
		return err
	}, choiceColumns+"WHERE c.id IS NOT NULL ORDER BY c.id")
}

// SaveMessagePreferences keeps how a person wants to be told.
func (tx *Tx) SaveMessagePreferences(ctx context.Context, c *MessagePreferences) error {
	var robots []string
	for _, r := range c.Robots {
		robots = append(robots, string(r))
	}
	return tx.exec(ctx, `INSERT INTO channel_choice (uid, person, language, rules, quiet_from, quiet_to, email, robots, robot_secrets, created_at, updated_at)
		VALUES (?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET language = excluded.language, rules = excluded.rules, quiet_from = excluded.quiet_from,
			quiet_to = excluded.quiet_to, email = excluded.email, robots = excluded.robots, robot_secrets = excluded.robot_secrets,
			updated_at = excluded.updated_at`,
		bytesOf(c.ID), bytesOf(c.Person), string(c.Language), string(c.RulesJSON()), c.QuietFrom, c.QuietTo, c.Email, strings.Join(robots, " "),
		append([]byte{}, c.RobotSecrets...), int64(c.CreatedAt), int64(c.UpdatedAt))
}

// Device is a browser that takes web push; what it needs to be reached is sealed.
type Device struct {
	ID        inspect.ID
	Digest    []byte // of its endpoint
	Sealed    []byte
	CreatedAt inspect.Time
}

// Devices gives the browsers of a person, newest first.
func (tx *Tx) Devices(ctx context.Context, person inspect.ID) ([]Device, error) {
	return list(ctx, tx, func(r scanner) (d Device, err error) {
		err = r.Scan((*uid)(&d.ID), &d.Digest, &d.Sealed, &d.CreatedAt)
		return d, err
	}, "SELECT uid, digest, sealed, created_at FROM push_subscription WHERE person = (SELECT id FROM person WHERE uid = ?) ORDER BY id DESC LIMIT 50", bytesOf(person))
}

// SaveDevice keeps a browser; one that somebody else used before is theirs no more.
func (tx *Tx) SaveDevice(ctx context.Context, person inspect.ID, d *Device) error {
	return tx.row(ctx, `INSERT INTO push_subscription (uid, person, digest, sealed, created_at) VALUES (?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?)
		ON CONFLICT (digest) DO UPDATE SET person = excluded.person, sealed = excluded.sealed RETURNING uid, created_at`,
		bytesOf(d.ID), bytesOf(person), d.Digest, d.Sealed, int64(tx.Now)).Scan((*uid)(&d.ID), &d.CreatedAt)
}

// DropDevice forgets a browser of a person; none is no error.
func (tx *Tx) DropDevice(ctx context.Context, person, id inspect.ID) error {
	return tx.exec(ctx, "DELETE FROM push_subscription WHERE uid = ? AND person = (SELECT id FROM person WHERE uid = ?)", bytesOf(id), bytesOf(person))
}

// RoleHolders gives the people who hold a role over one of these units or areas, each by the node, and those who hold it over
// the city by no node.
func (tx *Tx) RoleHolders(ctx context.Context, role inspect.Role, units, areas []inspect.ID) (map[inspect.ID][]inspect.ID, error) {
	key := fmt.Sprint(role, units, areas)
	if all, known := tx.holders[key]; known {
		return all, nil
	}
	unitMarks, unitArgs := in(units)
	areaMarks, areaArgs := in(areas)
	all := map[inspect.ID][]inspect.ID{}
	if tx.holders == nil {
		tx.holders = map[string]map[inspect.ID][]inspect.ID{}
	}
	tx.holders[key] = all
	return all, tx.each(ctx, func(r scanner) error {
		var person, node inspect.ID
		err := r.Scan((*uid)(&person), (*uid)(&node))
		all[node] = append(all[node], person)
		return err
	}, `SELECT p.uid, g.scope_uid FROM role_grant g JOIN person p ON p.id = g.person WHERE g.role = ? AND g.until = 0 AND NOT p.disabled
		AND (g.scope_kind = 'city' OR g.scope_kind = 'unit' AND g.scope_uid IN (`+unitMarks+`) OR g.scope_kind = 'area' AND g.scope_uid IN (`+areaMarks+`))
		ORDER BY p.id`, slices.Concat([]any{string(role)}, unitArgs, areaArgs)...)
}
