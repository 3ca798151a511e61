package httpapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// inboxWire is a message in somebody's inbox.
type inboxWire struct {
	ID      inspect.ID      `json:"id"`
	At      inspect.Time    `json:"at"`
	Type    string          `json:"type"`
	Urgency inspect.Urgency `json:"urgency"`
	Title   string          `json:"title"`
	Text    string          `json:"text"`
	Issue   *numberRef      `json:"issue,omitempty"`
	ReadAt  inspect.Time    `json:"read_at,omitzero"`
}

func inboxOf(m *messages.InboxMessage) inboxWire {
	h := &m.Event
	return inboxWire{m.ID, m.CreatedAt, h.Type, m.Urgency, m.Text.Title, m.Text.Text(), aboutOf(h), m.ReadAt}
}

// aboutOf is the issue that a message is about, if it is about one.
func aboutOf(h *store.NotificationEvent) *numberRef {
	if h.Issue.IsZero() {
		return nil
	}
	return &numberRef{h.Issue, h.Facts.Number}
}

func (a *API) inbox(c *fiber.Ctx) error {
	q := queryOf(c)
	which, before, limit := store.AllMessages, q.cursor("cursor"), q.limit(50, 200)
	if q.flag("unread") {
		which = store.UnreadMessages
	}
	if err := q.fault(); err != nil {
		return err
	}
	all, count, next, err := a.Core.Messages.Inbox(c.UserContext(), actor(c), which, before, limit)
	if err != nil {
		return err
	}
	out := struct {
		Messages []inboxWire `json:"messages"`
		Unread   int         `json:"unread"`
		Next     string      `json:"next,omitempty"`
	}{Messages: []inboxWire{}, Unread: count}
	for n := range all {
		out.Messages = append(out.Messages, inboxOf(&all[n]))
	}
	if next != 0 {
		out.Next = cursorText(next)
	}
	return c.JSON(out)
}

func (a *API) inboxMessage(c *fiber.Ctx) error {
	message, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	m, err := a.Core.Messages.InboxMessage(c.UserContext(), actor(c), message)
	if err != nil {
		return err
	}
	return c.JSON(inboxOf(&m))
}

type readIn struct {
	IDs []inspect.ID `json:"ids" need:"true" max:"200"`
}

func (a *API) readInbox(c *fiber.Ctx) error {
	var in readIn
	if err := read(c, &in); err != nil {
		return err
	}
	left, err := a.Core.Messages.ReadInbox(c.UserContext(), actor(c), in.IDs)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"unread": left})
}

// deliveryWire is what became of a message, without its words.
type deliveryWire struct {
	ID        inspect.ID           `json:"id"`
	Type      string               `json:"type"`
	Issue     *numberRef           `json:"issue,omitempty"`
	Channel   inspect.Channel      `json:"channel"`
	Person    *personRef           `json:"person,omitempty"`
	Webhook   inspect.ID           `json:"webhook,omitzero"`
	Urgency   inspect.Urgency      `json:"urgency"`
	State     inspect.MessageState `json:"state"`
	Why       string               `json:"why,omitempty"`
	Attempts  int                  `json:"attempts"`
	CreatedAt inspect.Time         `json:"created_at"`
	DueAt     inspect.Time         `json:"due_at,omitzero"`
	SentAt    inspect.Time         `json:"sent_at,omitzero"`
	ReadAt    inspect.Time         `json:"read_at,omitzero"`
}

func deliveryOf(m *store.Message, people map[inspect.ID]store.PersonRef) deliveryWire {
	w := deliveryWire{ID: m.ID, Type: m.Event.Type, Issue: aboutOf(&m.Event), Channel: m.Channel, Urgency: m.Urgency, State: m.State,
		Why: m.Reason, Attempts: m.Attempts, CreatedAt: m.CreatedAt, SentAt: m.SentAt, ReadAt: m.ReadAt}
	if m.State == inspect.Queued {
		w.DueAt = m.DueAt
	}
	if m.Channel == inspect.Webhook {
		w.Webhook = m.Recipient
		return w
	}
	person := personOf(m.Recipient, people)
	w.Person = &person
	return w
}

func (a *API) deliveries(c *fiber.Ctx) error {
	q := queryOf(c)
	var w store.MessageFilter
	q.as("state", &w.State)
	q.as("channel", &w.Channel)
	before, limit := q.cursor("cursor"), q.limit(50, 200)
	if err := q.fault(); err != nil {
		return err
	}
	all, people, next, err := a.Core.Messages.Deliveries(c.UserContext(), actor(c), w, before, limit)
	if err != nil {
		return err
	}
	out := struct {
		Deliveries []deliveryWire `json:"deliveries"`
		Next       string         `json:"next,omitempty"`
	}{Deliveries: []deliveryWire{}}
	for n := range all {
		out.Deliveries = append(out.Deliveries, deliveryOf(&all[n], people))
	}
	if next != 0 {
		out.Next = cursorText(next)
	}
	return c.JSON(out)
}
