package store

import (
	"context"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
)

// DeliveryBatch is what goes out at once: one message, or those of a digest, under an id that stays the same in every attempt.
type DeliveryBatch struct {
	ID        inspect.ID
	Channel   inspect.Channel
	Recipient inspect.ID
	Attempts  int // this one included
	Messages  []Message
}

// due is a message whose time has come.
type due struct {
	row       int64
	id        inspect.ID
	parcel    inspect.ID
	channel   inspect.Channel
	recipient inspect.ID
	gathered  bool
	at        inspect.Time
}

// ClaimDue takes messages whose time has come, so that nobody else sends them for a while: whoever claims and dies leaves
// them to the next one after that. What belongs to one digest is taken together.
func (tx *Tx) ClaimDue(ctx context.Context, limit int, lease time.Duration) ([]DeliveryBatch, error) {
	all, err := list(ctx, tx, func(r scanner) (d due, err error) {
		err = r.Scan(&d.row, (*uid)(&d.id), (*uid)(&d.parcel), (*string)(&d.channel), (*uid)(&d.recipient), &d.gathered, &d.at)
		return d, err
	}, `SELECT id, uid, parcel, channel, recipient, gathered, due_at FROM message WHERE state = 'queued' AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
		int64(tx.Now), limit)
	if err != nil {
		return nil, err
	}
	var claimed []inspect.ID
	for _, d := range all {
		parcel, n, err := tx.claim(ctx, d, int64(tx.Now.Add(lease)))
		if err != nil {
			return nil, err
		}
		if n > 0 && !slices.Contains(claimed, parcel) {
			claimed = append(claimed, parcel)
		}
	}
	return tx.parcels(ctx, claimed)
}

// claim puts a message into a parcel, with what waits beside it for the same digest, and moves it out of the sight of
// others; none when somebody was faster.
func (tx *Tx) claim(ctx context.Context, d due, until int64) (parcel inspect.ID, n int64, err error) {
	switch {
	case !d.parcel.IsZero(): // another attempt of all that went together
		n, err = tx.change(ctx, "UPDATE message SET due_at = ?, attempts = attempts + 1 WHERE parcel = ? AND state = 'queued' AND due_at = ?",
			until, bytesOf(d.parcel), int64(d.at))
		return d.parcel, n, err
	case d.gathered:
		n, err = tx.change(ctx, `UPDATE message SET parcel = ?, due_at = ?, attempts = attempts + 1 WHERE recipient = ? AND channel = ?
			AND state = 'queued' AND gathered AND parcel IS NULL AND due_at <= ?`,
			bytesOf(d.id), until, bytesOf(d.recipient), string(d.channel), int64(tx.Now))
		return d.id, n, err
	}
	n, err = tx.change(ctx, "UPDATE message SET parcel = uid, due_at = ?, attempts = attempts + 1 WHERE id = ? AND state = 'queued' AND parcel IS NULL", until, d.row)
	return d.id, n, err
}

// parcels gives parcels with their messages, oldest first.
func (tx *Tx) parcels(ctx context.Context, ids []inspect.ID) ([]DeliveryBatch, error) {
	var all []DeliveryBatch
	for _, id := range ids {
		messages, err := list(ctx, tx, scanMessage, messageColumns+"WHERE m.parcel = ? AND m.state = 'queued' ORDER BY m.id", bytesOf(id))
		if err != nil {
			return nil, err
		}
		if len(messages) > 0 {
			m := messages[0]
			all = append(all, DeliveryBatch{ID: id, Channel: m.Channel, Recipient: m.Recipient, Attempts: m.Attempts, Messages: messages})
		}
	}
	return all, nil
}

// Attempt is one try to send a parcel.
type Attempt struct {
	At      inspect.Time
	Took    time.Duration
	Status  int    // of HTTP or SMTP, 0 where there is none
	Outcome string // "sent", or why not
	Answer  string // the beginning of what the other side said
}

// SaveAttempt keeps a try and what becomes of the parcel after it.
func (tx *Tx) SaveAttempt(ctx context.Context, parcel inspect.ID, a Attempt, state inspect.MessageState, next inspect.Time) error {
	if err := tx.exec(ctx, "INSERT INTO attempt (parcel, at, took_ms, status, outcome, answer) VALUES (?, ?, ?, ?, ?, ?)",
		bytesOf(parcel), int64(a.At), a.Took.Milliseconds(), a.Status, a.Outcome, a.Answer); err != nil {
		return err
	}
	why, sent := a.Outcome, inspect.Time(0)
	if state == inspect.Sent {
		why, sent = "", tx.Now
	}
	return tx.exec(ctx, "UPDATE message SET state = ?, why = ?, due_at = ?, sent_at = ? WHERE parcel = ? AND state = 'queued'",
		string(state), why, int64(next), int64(sent), bytesOf(parcel))
}

// Attempts gives the tries of a parcel, oldest first.
func (tx *Tx) Attempts(ctx context.Context, parcel inspect.ID) ([]Attempt, error) {
	return list(ctx, tx, func(r scanner) (a Attempt, err error) {
		var took int64
		err = r.Scan(&a.At, &took, &a.Status, &a.Outcome, &a.Answer)
		a.Took = time.Duration(took) * time.Millisecond
		return a, err
	}, "SELECT at, took_ms, status, outcome, answer FROM attempt WHERE parcel = ? ORDER BY id LIMIT 100", bytesOf(parcel))
}

// Resend queues a message to a recipient again under the id that it had; ok is false when there is none.
func (tx *Tx) Resend(ctx context.Context, recipient, id inspect.ID) (ok bool, err error) {
	n, err := tx.change(ctx, "UPDATE message SET state = 'queued', due_at = ?, attempts = 0, why = '' WHERE uid = ? AND recipient = ? AND channel <> 'inbox'",
		int64(tx.Now), bytesOf(id), bytesOf(recipient))
	return n > 0, err
}

// NextDue is when the next message waits to be sent, 0 when none does.
func (tx *Tx) NextDue(ctx context.Context) (at inspect.Time, err error) {
	err = tx.row(ctx, "SELECT due_at FROM message WHERE state = 'queued' ORDER BY due_at LIMIT 1").Scan(&at)
	_, err = ignoreNoRows(err)
	return at, err
}
