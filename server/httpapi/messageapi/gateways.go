package messageapi

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// gatewayHandlers serve the services of others that carry messages.
type gatewayHandlers struct {
	messages *messages.Service
}

func (h *gatewayHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/gateways", Handle: h.gateways},
		{Method: fiber.MethodPut, Path: "/api/v1/gateways/:kind", Handle: h.putGateway},
	}
}

type gatewayWire struct {
	Kind      inspect.Channel `json:"kind"`
	Settings  json.RawMessage `json:"settings"`
	Enabled   bool            `json:"enabled"`
	HasSecret bool            `json:"has_secret"`
	UpdatedAt inspect.Time    `json:"updated_at"`
}

func gatewayOf(g *store.Gateway) gatewayWire {
	return gatewayWire{g.Kind, json.RawMessage(g.Settings), g.Enabled, len(g.Secret) > 0, g.UpdatedAt}
}

func (h *gatewayHandlers) gateways(c *fiber.Ctx) error {
	all, err := h.messages.Gateways(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	list := []gatewayWire{}
	for n := range all {
		list = append(list, gatewayOf(&all[n]))
	}
	return c.JSON(fiber.Map{"gateways": list})
}

type gatewayIn struct {
	Settings json.RawMessage `json:"settings" need:"true" max:"10000"`
	Enabled  *bool           `json:"enabled"`
	Secret   string          `json:"secret" max:"1000"`
}

func (h *gatewayHandlers) putGateway(c *fiber.Ctx) error {
	var in gatewayIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	g, repeated, err := h.messages.PutGateway(c.UserContext(), rest.Actor(c), inspect.Channel(c.Params("kind")), in.Settings, rest.TrueIfAbsent(in.Enabled),
		in.Secret, seen)
	if err != nil {
		if g.Settings == "" {
			return err
		}
		return rest.WithRow(err, gatewayOf(&g))
	}
	return c.JSON(fiber.Map{"repeated": repeated, "gateway": gatewayOf(&g)})
}
