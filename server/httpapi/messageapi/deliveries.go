package messageapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// deliveryHandlers serve what became of messages.
type deliveryHandlers struct {
	messages *messages.Service
}

func (h *deliveryHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/deliveries", Handle: h.deliveries},
	}
}

// deliveryWire is what became of a message, without its words.
type deliveryWire struct {
	ID        inspect.ID           `json:"id"`
	Type      string               `json:"type"`
	Issue     *rest.NumberRef      `json:"issue,omitempty"`
	Channel   inspect.Channel      `json:"channel"`
	Person    *rest.PersonRef      `json:"person,omitempty"`
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
	person := rest.PersonOf(m.Recipient, people)
	w.Person = &person
	return w
}

func (h *deliveryHandlers) deliveries(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var w store.MessageFilter
	q.As("state", &w.State)
	q.As("channel", &w.Channel)
	before, limit := q.Cursor("cursor"), q.Limit(50, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, people, next, err := h.messages.Deliveries(c.UserContext(), rest.Actor(c), w, before, limit)
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
		out.Next = rest.CursorText(next)
	}
	return c.JSON(out)
}
