package httpapi

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/accountapi"
	"spotcheck/server/httpapi/cityapi"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

// bootstrapHandlers give a device that begins everything it needs at once.
type bootstrapHandlers struct {
	places  *places.Service
	zone    *time.Location
	now     func() time.Time
	version string
}

func (h *bootstrapHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/bootstrap", Handle: h.bootstrap},
	}
}

func (h *bootstrapHandlers) bootstrap(c *fiber.Ctx) error {
	b, err := h.places.Bootstrap(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	settings, err := cityapi.SettingsOf(b.Settings)
	if err != nil {
		return err
	}
	people := []rest.PersonRef{}
	for _, p := range b.People {
		people = append(people, rest.PersonRef{ID: p.ID, DisplayName: p.DisplayName, StaffNumber: p.StaffNumber})
	}
	now := inspect.At(h.now())
	return c.JSON(fiber.Map{"me": accountapi.Me(rest.Actor(c), rest.Session(c), now, h.zone), "settings": settings,
		"categories": registerapi.CategoriesOf(b.Categories), "rules": registerapi.RulesOf(b.Rules), "units": registerapi.UnitsOf(b.Units),
		"areas": registerapi.AreasOf(b.Areas), "people": people, "cursor": b.Cursor.String(), "server_time": now, "version": h.version})
}
