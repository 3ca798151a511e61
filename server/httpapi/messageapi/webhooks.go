package messageapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// webhookHandlers serve the addresses of other systems that are told of events.
type webhookHandlers struct {
	messages *messages.Service
}

func (h *webhookHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/webhooks", Handle: h.webhooks},
		{Method: fiber.MethodPut, Path: "/api/v1/webhooks/:id", Handle: h.putWebhook},
		{Method: fiber.MethodDelete, Path: "/api/v1/webhooks/:id", Handle: h.removeWebhook},
		{Method: fiber.MethodPost, Path: "/api/v1/webhooks/:id/secret", Handle: h.rotateSecret},
		{Method: fiber.MethodGet, Path: "/api/v1/webhooks/:id/deliveries", Handle: h.webhookLog},
		{Method: fiber.MethodPost, Path: "/api/v1/webhooks/:id/deliveries/:message", Handle: h.resend},
	}
}

type webhookWire struct {
	ID             inspect.ID   `json:"id"`
	Name           string       `json:"name"`
	URL            string       `json:"url"`
	Types          []string     `json:"types"`
	Enabled        bool         `json:"enabled"`
	OldSecretUntil inspect.Time `json:"old_secret_until,omitzero"`
	CreatedAt      inspect.Time `json:"created_at"`
	UpdatedAt      inspect.Time `json:"updated_at"`
}

func webhookOf(w *store.Webhook) webhookWire {
	return webhookWire{w.ID, w.Name, w.URL, append([]string{}, w.Types...), w.Enabled, w.OldUntil, w.CreatedAt, w.UpdatedAt}
}

// withSecret is a webhook with a secret that is shown this once.
func withSecret(w *store.Webhook, secret string) fiber.Map {
	out := fiber.Map{"webhook": webhookOf(w)}
	if secret != "" {
		out["secret"] = secret
	}
	return out
}

func (h *webhookHandlers) webhooks(c *fiber.Ctx) error {
	all, err := h.messages.Webhooks(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	list := []webhookWire{}
	for n := range all {
		list = append(list, webhookOf(&all[n]))
	}
	return c.JSON(fiber.Map{"webhooks": list})
}

type webhookIn struct {
	Name    string   `json:"name" need:"words" max:"100"`
	URL     string   `json:"url" need:"true" max:"500"`
	Types   []string `json:"types" need:"true" max:"100"`
	Enabled *bool    `json:"enabled"`
}

func (h *webhookHandlers) putWebhook(c *fiber.Ctx) error {
	webhook, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in webhookIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	w, secret, repeated, err := h.messages.PutWebhook(c.UserContext(), rest.Actor(c), store.Webhook{ID: webhook, Name: in.Name, URL: in.URL,
		Types: in.Types, Enabled: rest.TrueIfAbsent(in.Enabled), UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, webhookOf(&w))
	}
	out := withSecret(&w, secret)
	out["repeated"] = repeated
	return rest.Created(c, secret != "").JSON(out)
}

func (h *webhookHandlers) removeWebhook(c *fiber.Ctx) error {
	webhook, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := h.messages.RemoveWebhook(c.UserContext(), rest.Actor(c), webhook); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (h *webhookHandlers) rotateSecret(c *fiber.Ctx) error {
	webhook, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	w, secret, err := h.messages.RotateSecret(c.UserContext(), rest.Actor(c), webhook)
	if err != nil {
		return err
	}
	return c.JSON(withSecret(&w, secret))
}

type attemptWire struct {
	At      inspect.Time `json:"at"`
	TookMS  int64        `json:"took_ms"`
	Status  int          `json:"status,omitempty"`
	Outcome string       `json:"outcome"`
	Answer  string       `json:"answer,omitempty"`
}

type webhookDelivery struct {
	deliveryWire
	Payload string        `json:"payload"`
	Tries   []attemptWire `json:"tries"`
}

func (h *webhookHandlers) webhookLog(c *fiber.Ctx) error {
	webhook, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	before, limit := q.Cursor("cursor"), q.Limit(50, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, next, err := h.messages.WebhookLog(c.UserContext(), rest.Actor(c), webhook, before, limit)
	if err != nil {
		return err
	}
	out := struct {
		Deliveries []webhookDelivery `json:"deliveries"`
		Next       string            `json:"next,omitempty"`
	}{Deliveries: []webhookDelivery{}}
	for n := range all {
		l := webhookDelivery{deliveryOf(&all[n].Message, nil), all[n].Payload, []attemptWire{}}
		for _, t := range all[n].Tries {
			l.Tries = append(l.Tries, attemptWire{t.At, t.Took.Milliseconds(), t.Status, t.Outcome, t.Answer})
		}
		out.Deliveries = append(out.Deliveries, l)
	}
	if next != 0 {
		out.Next = rest.CursorText(next)
	}
	return c.JSON(out)
}

func (h *webhookHandlers) resend(c *fiber.Ctx) error {
	webhook, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	message, err := rest.ID(c, "message", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := h.messages.Resend(c.UserContext(), rest.Actor(c), webhook, message); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
