package messageapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// inboxHandlers serve the messages of who asks.
type inboxHandlers struct {
	messages *messages.Service
}

func (h *inboxHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/inbox", Handle: h.inbox},
		{Method: fiber.MethodPost, Path: "/api/v1/inbox/read", Handle: h.readInbox},
		{Method: fiber.MethodGet, Path: "/api/v1/inbox/:id", Handle: h.inboxMessage},
	}
}

// inboxWire is a message in somebody's inbox.
type inboxWire struct {
	ID      inspect.ID      `json:"id"`
	At      inspect.Time    `json:"at"`
	Type    string          `json:"type"`
	Urgency inspect.Urgency `json:"urgency"`
	Title   string          `json:"title"`
	Text    string          `json:"text"`
	Issue   *rest.NumberRef `json:"issue,omitempty"`
	ReadAt  inspect.Time    `json:"read_at,omitzero"`
}

func inboxOf(m *messages.InboxMessage) inboxWire {
	h := &m.Event
	return inboxWire{m.ID, m.CreatedAt, h.Type, m.Urgency, m.Text.Title, m.Text.Text(), aboutOf(h), m.ReadAt}
}

// aboutOf is the issue that a message is about, if it is about one.
func aboutOf(h *store.NotificationEvent) *rest.NumberRef {
	if h.Issue.IsZero() {
		return nil
	}
	return &rest.NumberRef{ID: h.Issue, Number: h.Facts.Number}
}

func (h *inboxHandlers) inbox(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	which, before, limit := store.AllMessages, q.Cursor("cursor"), q.Limit(50, 200)
	if q.Flag("unread") {
		which = store.UnreadMessages
	}
	if err := q.Err(); err != nil {
		return err
	}
	all, count, next, err := h.messages.Inbox(c.UserContext(), rest.Actor(c), which, before, limit)
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
		out.Next = rest.CursorText(next)
	}
	return c.JSON(out)
}

func (h *inboxHandlers) inboxMessage(c *fiber.Ctx) error {
	message, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	m, err := h.messages.InboxMessage(c.UserContext(), rest.Actor(c), message)
	if err != nil {
		return err
	}
	return c.JSON(inboxOf(&m))
}

type readIn struct {
	IDs []inspect.ID `json:"ids" need:"true" max:"200"`
}

func (h *inboxHandlers) readInbox(c *fiber.Ctx) error {
	var in readIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	left, err := h.messages.ReadInbox(c.UserContext(), rest.Actor(c), in.IDs)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"unread": left})
}
