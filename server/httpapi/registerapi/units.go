package registerapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
)

// unitHandlers serve the register of units, to which work is given.
type unitHandlers struct {
	places *places.Service
}

func (h *unitHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/units", Handle: h.units},
		{Method: fiber.MethodPut, Path: "/api/v1/units/:id", Handle: h.putUnit},
	}
}

// Unit is a unit of the register.
type Unit struct {
	ID        inspect.ID       `json:"id"`
	Name      string           `json:"name"`
	Kind      inspect.UnitKind `json:"kind"`
	PeerGroup string           `json:"peer_group,omitempty"`
	Parent    inspect.ID       `json:"parent,omitzero"`
	Contact   string           `json:"contact,omitempty"`
	Enabled   bool             `json:"enabled"`
	CreatedAt inspect.Time     `json:"created_at"`
	UpdatedAt inspect.Time     `json:"updated_at"`
}

type unitIn struct {
	Name      string           `json:"name" need:"words" max:"100"`
	Kind      inspect.UnitKind `json:"kind" need:"true"`
	PeerGroup string           `json:"peer_group" max:"100"`
	Parent    inspect.ID       `json:"parent"`
	Contact   string           `json:"contact" max:"200"`
	Enabled   *bool            `json:"enabled"`
}

func (h *unitHandlers) units(c *fiber.Ctx) error {
	all, err := h.places.Units(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"units": UnitsOf(all)})
}

// UnitsOf are units as they are answered, an empty list for none.
func UnitsOf(all []inspect.Unit) []Unit {
	list := []Unit{}
	for _, u := range all {
		list = append(list, Unit(u))
	}
	return list
}

func (h *unitHandlers) putUnit(c *fiber.Ctx) error {
	unit, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in unitIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	u, repeated, fresh, err := h.places.PutUnit(c.UserContext(), rest.Actor(c), inspect.Unit{ID: unit, Name: in.Name, Kind: in.Kind, PeerGroup: in.PeerGroup,
		Parent: in.Parent, Contact: in.Contact, Enabled: rest.TrueIfAbsent(in.Enabled), UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, Unit(u))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "unit": Unit(u)})
}
