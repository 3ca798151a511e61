package issueapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// repeatHandlers serve what several issues name: plates, construction sites, contractors.
type repeatHandlers struct {
	issues *issues.Service
}

func (h *repeatHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues/repeats", Slow: true, Abandoned: true, Handle: h.repeats},
	}
}

// repeatWire is how many issues name one plate, site or contractor.
type repeatWire struct {
	Name     string `json:"name"`
	Received int    `json:"received"`
	Open     int    `json:"open"`
	Overdue  int    `json:"overdue"`
	Closed   int    `json:"closed"`
}

// repeats gathers the issues of a filter that name the same plate, site or contractor.
func (h *repeatHandlers) repeats(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := Filter(q)
	by := store.ByPlate
	q.As("by", &by)
	if err := q.Err(); err != nil {
		return err
	}
	all, whole, err := h.issues.Repeats(c.UserContext(), rest.Actor(c), f, by)
	if err != nil {
		return err
	}
	list := []repeatWire{}
	for _, r := range all {
		list = append(list, repeatWire{r.Name, r.Received, r.Open, r.Overdue, r.Verified})
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(fiber.Map{"repeats": list, "partial": !whole})
}
