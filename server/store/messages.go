package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
)

// NotificationEvent is what people are told of.
type NotificationEvent struct {
	Ref   string // names it for good: the same again is the same happening
	Type  string // of the event or of the reminder; it chooses the words
	Issue inspect.ID
	At    inspect.Time
	Facts IssueSummary
	Data  any // what programs are told instead, of what is no issue; it is kept only as the payload of their messages

	UsefulUntil inspect.Time // the deadline that it is about, or its warning; whoever hears of it later hears too late. 0 for none; not kept
}

// IssueSummary are what a message says of an issue, as it was when it happened. Nothing in them identifies a person.
type IssueSummary struct {
	Number   string         `json:"number,omitempty"`
	Status   inspect.Status `json:"status,omitempty"`
	Category string         `json:"category,omitempty"`
	Unit     inspect.ID     `json:"unit,omitzero"`
	Area     inspect.ID     `json:"area,omitzero"`
	DueAt    inspect.Time   `json:"due_at,omitzero"`
}

// Message is one intent: a happening, whom it is for, on which channel, and what became of it.
type Message struct {
	ID            inspect.ID
	Event         NotificationEvent
	Channel       inspect.Channel
	Recipient     inspect.ID // a person, or a webhook
	Urgency       inspect.Urgency
	State         inspect.MessageState
	InDigest      bool       // goes out with others as a digest
	DeliveryBatch inspect.ID // under which it goes out, zero before the first attempt
	CreatedAt     inspect.Time
	DueAt         inspect.Time // of the next attempt
	Attempts      int
	Reason        string // it failed, or has not gone yet
	SentAt        inspect.Time
	ReadAt        inspect.Time
	Payload       string // frozen, of a webhook

	row int64
}

// SaveNotificationEvents keeps what happened, once for each reference, and gives the row of each for SaveMessages.
func (tx *Tx) SaveNotificationEvents(ctx context.Context, all []*NotificationEvent) (rows map[string]int64, err error) {
	rows = make(map[string]int64, len(all))
	var fresh []*NotificationEvent
	for _, h := range all {
		if _, twice := rows[h.Ref]; !twice {
			rows[h.Ref], fresh = 0, append(fresh, h)
		}
	}
	for some := range slices.Chunk(fresh, messageRows) {
		var args []any
		for _, h := range some {
			facts, err := json.Marshal(h.Facts)
			if err != nil {
				return nil, err
			}
			args = append(args, h.Ref, h.Type, bytesOf(h.Issue), int64(h.At), string(facts))
		}
		if err := tx.each(ctx, func(r scanner) error {
			var ref string
			var row int64
			err := r.Scan(&ref, &row)
			rows[ref] = row
			return err
		}, "INSERT INTO happening (ref, type, issue, at, facts) VALUES "+strings.TrimSuffix(strings.Repeat("(?, ?, (SELECT id FROM issue WHERE uid = ?), ?, ?), ", len(some)),
			", ")+
			" ON CONFLICT (ref) DO UPDATE SET ref = excluded.ref RETURNING ref, id", args...); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// SaveMessages keeps messages of happenings whose rows are given, each once for its channel and recipient.
func (tx *Tx) SaveMessages(ctx context.Context, rows map[string]int64, messages []Message) error {
	for some := range slices.Chunk(messages, messageRows) {
		var args []any
		for n := range some {
			m := &some[n]
			args = append(args, bytesOf(m.ID), rows[m.Event.Ref], string(m.Channel), bytesOf(m.Recipient), string(m.Urgency), string(m.State), m.InDigest,
				int64(tx.Now), int64(m.DueAt), int64(m.SentAt), m.Payload)
		}
		if err := tx.exec(ctx, `INSERT INTO message (uid, happening, channel, recipient, urgency, state, gathered, parcel, created_at, due_at, attempts, why,
				sent_at, read_at, payload) VALUES `+strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, 0, '', ?, 0, ?), ", len(some)), ", ")+`
			ON CONFLICT (happening, channel, recipient) DO NOTHING`, args...); err != nil {
			return err
		}
	}
	return nil
}

// messageRows is how many messages one statement keeps.
const messageRows = 20

const messageColumns = `SELECT m.id, m.uid, h.ref, h.type, i.uid, h.at, h.facts, m.channel, m.recipient, m.urgency, m.state, m.gathered, m.parcel,
	m.created_at, m.due_at, m.attempts, m.why, m.sent_at, m.read_at, m.payload
	FROM message m JOIN happening h ON h.id = m.happening LEFT JOIN issue i ON i.id = h.issue `

func scanMessage(r scanner) (m Message, err error) {
	var facts string
	h := &m.Event
	if err = r.Scan(&m.row, (*uid)(&m.ID), &h.Ref, &h.Type, (*uid)(&h.Issue), &h.At, &facts, (*string)(&m.Channel), (*uid)(&m.Recipient),
		(*string)(&m.Urgency), (*string)(&m.State), &m.InDigest, (*uid)(&m.DeliveryBatch), &m.CreatedAt, &m.DueAt, &m.Attempts, &m.Reason, &m.SentAt, &m.ReadAt,
		&m.Payload); err != nil {
		return m, err
	}
	err = json.Unmarshal([]byte(facts), &h.Facts)
	return m, err
}

// InboxFilter says which messages of an inbox are wanted.
type InboxFilter int

// All messages, or those that nobody opened yet.
const (
	AllMessages InboxFilter = iota
	UnreadMessages
)

// Inbox gives what lies in a person's inbox before a cursor, newest first; the next cursor is 0 at the end.
func (tx *Tx) Inbox(ctx context.Context, person inspect.ID, which InboxFilter, before int64, limit int) (all []Message, next int64, err error) {
	where, args := "WHERE m.channel = 'inbox' AND m.recipient = ?", []any{bytesOf(person)}
	if which == UnreadMessages {
		where += " AND m.read_at = 0"
	}
	if before > 0 {
		where, args = where+" AND m.id < ?", append(args, before)
	}
	all, err = list(ctx, tx, scanMessage, messageColumns+where+" ORDER BY m.id DESC LIMIT ?", append(args, limit)...)
	return all, lastOf(all, limit), err
}

// lastOf is the cursor behind a full page, 0 where it was the last one.
func lastOf(all []Message, limit int) int64 {
	if len(all) < limit {
		return 0
	}
	return all[limit-1].row
}

// InboxMessage gives one message of a person's inbox.
func (tx *Tx) InboxMessage(ctx context.Context, person, id inspect.ID) (m Message, ok bool, err error) {
	m, err = scanMessage(tx.row(ctx, messageColumns+"WHERE m.uid = ? AND m.channel = 'inbox' AND m.recipient = ?", bytesOf(id), bytesOf(person)))
	ok, err = ignoreNoRows(err)
	return m, ok, err
}

// Unread is how many messages a person has not opened.
func (tx *Tx) Unread(ctx context.Context, person inspect.ID) (n int, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM message WHERE channel = 'inbox' AND read_at = 0 AND recipient = ?", bytesOf(person)).Scan(&n)
	return n, err
}

// SetRead notes that a person has opened messages of their own; what was opened before stays as it is.
func (tx *Tx) SetRead(ctx context.Context, person inspect.ID, ids []inspect.ID) error {
	marks, args := in(ids)
	return tx.exec(ctx, "UPDATE message SET read_at = ?, state = 'read' WHERE channel = 'inbox' AND read_at = 0 AND recipient = ? AND uid IN ("+marks+")",
		append([]any{int64(tx.Now), bytesOf(person)}, args...)...)
}

// MessageFilter narrows a list of messages; what is zero narrows nothing.
type MessageFilter struct {
	State     inspect.MessageState
	Channel   inspect.Channel
	Recipient inspect.ID
}

// Messages gives messages before a cursor, newest first; the next cursor is 0 at the end.
func (tx *Tx) Messages(ctx context.Context, w MessageFilter, before int64, limit int) (all []Message, next int64, err error) {
	where, args := "WHERE 1 = 1", []any{}
	for _, c := range []struct {
		column string
		value  any
		given  bool
	}{{"m.state", string(w.State), w.State != ""}, {"m.channel", string(w.Channel), w.Channel != ""}, {"m.recipient", bytesOf(w.Recipient), !w.Recipient.IsZero()}} {
		if c.given {
			where, args = where+" AND "+c.column+" = ?", append(args, c.value)
		}
	}
	if before > 0 {
		where, args = where+" AND m.id < ?", append(args, before)
	}
	all, err = list(ctx, tx, scanMessage, messageColumns+where+" ORDER BY m.id DESC LIMIT ?", append(args, limit)...)
	return all, lastOf(all, limit), err
}
