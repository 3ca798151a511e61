package httpapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

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

func (a *API) webhooks(c *fiber.Ctx) error {
	all, err := a.Core.Messages.Webhooks(c.UserContext(), actor(c))
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
	Name    string   `json:"name" need:"true" max:"100"`
	URL     string   `json:"url" need:"true" max:"500"`
	Types   []string `json:"types" need:"true" max:"100"`
	Enabled *bool    `json:"enabled"`
}

func (a *API) putWebhook(c *fiber.Ctx) error {
	webhook, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in webhookIn
	if err := read(c, &in); err != nil {
		return err
	}
	w, secret, repeated, err := a.Core.Messages.PutWebhook(c.UserContext(), actor(c), store.Webhook{ID: webhook, Name: in.Name, URL: in.URL, Types: in.Types, Enabled: enabled(in.Enabled)})
	if err != nil {
		return err
	}
	out := withSecret(&w, secret)
	out["repeated"] = repeated
	return created(c, secret != "").JSON(out)
}

func (a *API) removeWebhook(c *fiber.Ctx) error {
	webhook, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := a.Core.Messages.RemoveWebhook(c.UserContext(), actor(c), webhook); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (a *API) rotateSecret(c *fiber.Ctx) error {
	webhook, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	w, secret, err := a.Core.Messages.RotateSecret(c.UserContext(), actor(c), webhook)
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

type loggedWire struct {
	deliveryWire
	Payload string        `json:"payload"`
	Tries   []attemptWire `json:"tries"`
}

func (a *API) webhookLog(c *fiber.Ctx) error {
	webhook, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	q := queryOf(c)
	before, limit := q.cursor("cursor"), q.limit(50, 200)
	if err := q.fault(); err != nil {
		return err
	}
	all, next, err := a.Core.Messages.WebhookLog(c.UserContext(), actor(c), webhook, before, limit)
	if err != nil {
		return err
	}
	out := struct {
		Deliveries []loggedWire `json:"deliveries"`
		Next       string       `json:"next,omitempty"`
	}{Deliveries: []loggedWire{}}
	for n := range all {
		l := loggedWire{deliveryOf(&all[n].Message, nil), all[n].Payload, []attemptWire{}}
		for _, t := range all[n].Tries {
			l.Tries = append(l.Tries, attemptWire{t.At, t.Took.Milliseconds(), t.Status, t.Outcome, t.Answer})
		}
		out.Deliveries = append(out.Deliveries, l)
	}
	if next != 0 {
		out.Next = cursorText(next)
	}
	return c.JSON(out)
}

func (a *API) resend(c *fiber.Ctx) error {
	webhook, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	message, err := id(c, "message", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := a.Core.Messages.Resend(c.UserContext(), actor(c), webhook, message); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
