package messages

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// SendDue asks for messages to be sent whose time has come.
type SendDue struct{}

// Kind names the job.
func (SendDue) Kind() string { return "messages.send" }

// Queue keeps it apart: whoever answers slowly holds up no photo.
func (SendDue) Queue() string { return SendingQueue }

// SendingQueue is where jobs wait that talk to the outside.
const SendingQueue = "messages"

// delivery writes messages in one transaction.
type delivery struct {
	core     *Service
	tx       *store.Tx
	choices  map[inspect.ID]store.MessagePreferences
	gateways map[inspect.Channel]bool
	hooks    []store.Webhook
	digests  []time.Duration // since midnight
	days     *calendar.Calendar
	some     bool // of the messages can go at once
}

// newDelivery looks up once what all the notices need.
func (svc *Service) newDelivery(ctx context.Context, tx *store.Tx, all []Notification) (*delivery, error) {
	t := &delivery{core: svc, tx: tx, gateways: map[inspect.Channel]bool{inspect.WeCom: true, inspect.DingTalk: true, inspect.Feishu: true}}
	seen := map[inspect.ID]bool{}
	var people []inspect.ID
	for _, n := range all {
		for _, to := range n.To {
			if !seen[to.Person] {
				seen[to.Person], people = true, append(people, to.Person)
			}
		}
	}
	var err error
	if t.choices, err = tx.MessagePreferences(ctx, people); err != nil {
		return nil, err
	}
	gateways, err := tx.Gateways(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range gateways {
		t.gateways[g.Kind] = g.Enabled
	}
	if t.hooks, err = tx.Webhooks(ctx); err != nil {
		return nil, err
	}
	if t.digests, err = DigestTimes.In(ctx, tx); err != nil {
		return nil, err
	}
	t.days, err = svc.city.Calendar(ctx, tx)
	return t, err
}

// tell writes notices.
func (t *delivery) tell(ctx context.Context, all []Notification) error {
	var happened []*store.NotificationEvent
	var messages []store.Message
	for k := range all {
		n := &all[k]
		happened = append(happened, &n.NotificationEvent)
		own, err := t.toPrograms(&n.NotificationEvent)
		if err != nil {
			return err
		}
		for _, to := range n.To {
			choice, ok := t.choices[to.Person]
			if !ok {
				continue
			}
			choice = usual(choice)
			own = append(own, store.Message{ID: inspect.NewID(), Channel: inspect.Inbox, Recipient: to.Person, Urgency: to.Urgency, State: inspect.Sent, SentAt: t.tx.Now})
			for _, channel := range reachable(&choice, to.Urgency, t.gateways) {
				own = append(own, t.queued(&choice, channel, to.Urgency, n.UsefulUntil))
			}
		}
		for m := range own {
			own[m].Event = n.NotificationEvent
		}
		messages = append(messages, own...)
	}
	rows, err := t.tx.SaveNotificationEvents(ctx, happened)
	if err != nil {
		return err
	}
	return t.tx.SaveMessages(ctx, rows, messages)
}

// queued is a message for a channel that is not the inbox. One that would come with a digest when it is of no use any more goes at once.
func (t *delivery) queued(choice *store.MessagePreferences, channel inspect.Channel, u inspect.Urgency, until inspect.Time) store.Message {
	m := store.Message{ID: inspect.NewID(), Channel: channel, Recipient: choice.Person, Urgency: u, State: inspect.Queued, DueAt: t.tx.Now}
	if u != inspect.Urgent {
		m.InDigest = channel.SupportsDigest()
		m.DueAt = inspect.At(t.due(t.tx.Now.UTC(), choice, m.InDigest))
		if m.InDigest && until != 0 && m.DueAt >= until {
			m.InDigest, m.DueAt = false, t.tx.Now
		}
	}
	t.some = t.some || m.DueAt <= t.tx.Now
	return m
}

// due is when something that is not urgent may reach a person: with the next digest, or once their quiet hours are over.
func (t *delivery) due(now time.Time, choice *store.MessagePreferences, gathered bool) time.Time {
	if gathered {
		return nextDigest(t.days, now, t.digests)
	}
	return afterQuiet(now.In(t.core.zone), choice.QuietFrom, choice.QuietTo)
}

// nextDigest is the next time of a digest on a working day.
func nextDigest(days *calendar.Calendar, now time.Time, times []time.Duration) time.Time {
	local := now.In(days.Zone())
	for n := range 60 {
		year, month, day := local.AddDate(0, 0, n).Date()
		if !days.IsWorkingDay(calendar.DayOf(year, month, day)) {
			continue
		}
		for _, at := range times {
			if t := time.Date(year, month, day, 0, 0, 0, int(at), days.Zone()); t.After(now) {
				return t
			}
		}
	}
	return now // no calendar has so many holidays
}

// afterQuiet is the moment itself or, in quiet hours, their end. Both are minutes since midnight.
func afterQuiet(now time.Time, from, to int) time.Time {
	minute := now.Hour()*60 + now.Minute()
	quiet := from <= minute && minute < to
	if from > to {
		quiet = minute >= from || minute < to
	}
	if !quiet {
		return now
	}
	year, month, day := now.Date()
	if minute >= to {
		day++
	}
	return time.Date(year, month, day, 0, to, 0, 0, now.Location())
}

// toPrograms are the messages for every webhook that is told of this type, with their payload as it is now.
func (t *delivery) toPrograms(h *store.NotificationEvent) (all []store.Message, err error) {
	for n := range t.hooks {
		w := &t.hooks[n]
		if !w.Takes(h.Type) || h.Data == nil && h.Issue.IsZero() { // the second is for people alone
			continue
		}
		payload, err := payloadOf(h)
		if err != nil {
			return nil, err
		}
		all = append(all, store.Message{ID: inspect.NewID(), Channel: inspect.Webhook, Recipient: w.ID, Urgency: inspect.Normal, State: inspect.Queued,
			DueAt: t.tx.Now, Payload: payload})
		t.some = true
	}
	return all, nil
}

// payloadOf is what a program is told: nothing in it identifies a person.
func payloadOf(h *store.NotificationEvent) (string, error) {
	data := h.Data
	if data == nil {
		data = struct {
			ID inspect.ID `json:"id"`
			store.IssueSummary
		}{h.Issue, h.Facts}
	}
	b, err := json.Marshal(struct {
		Type      string       `json:"type"`
		Timestamp inspect.Time `json:"timestamp"`
		Data      any          `json:"data"`
	}{h.Type, h.At, data})
	return string(b), err
}

// finish leaves a job where something can go at once.
func (t *delivery) finish(ctx context.Context) error {
	if !t.some {
		return nil
	}
	return t.tx.Enqueue(ctx, SendDue{}, 0)
}

// reachable are the channels on which a person wants to be told of something so urgent and can be: the gateway of each is
// set up and the person has an address on it.
func reachable(c *store.MessagePreferences, u inspect.Urgency, gateways map[inspect.Channel]bool) (all []inspect.Channel) {
	has := map[inspect.Channel]bool{inspect.Email: c.Email != "", inspect.SMS: c.Phone != "", inspect.Push: c.Devices > 0}
	for _, r := range c.Robots {
		has[r] = true
	}
	for _, channel := range c.Rules[u] {
		if has[channel] && gateways[channel] && !slices.Contains(all, channel) {
			all = append(all, channel)
		}
	}
	return all
}
