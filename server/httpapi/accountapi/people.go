package accountapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

// personHandlers serve the accounts.
type personHandlers struct {
	people   *people.Service
	workflow *workflow.Service
	site     *rest.Site
}

func (h *personHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/people", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/people/:id", Handle: h.person},
		{Method: fiber.MethodPut, Path: "/api/v1/people/:id", Handle: h.putPerson},
		{Method: fiber.MethodDelete, Path: "/api/v1/people/:id/sessions", Handle: h.endSessions},
		{Method: fiber.MethodPost, Path: "/api/v1/people/:id/hand-over", Handle: h.handOver},
	}
}

type scopeIn struct {
	Kind inspect.ScopeKind `json:"kind" need:"true"`
	ID   inspect.ID        `json:"id"`
}

type grantIn struct {
	Role  inspect.Role `json:"role" need:"true"`
	Scope scopeIn      `json:"scope" need:"true"`
}

type personIn struct {
	Name        string    `json:"name" need:"true" max:"50"`
	DisplayName string    `json:"display_name" need:"true" max:"50"`
	StaffNumber string    `json:"staff_number" max:"30"`
	Phone       string    `json:"phone" max:"30"`
	Password    string    `json:"password" max:"200"`
	Disabled    bool      `json:"disabled"`
	Grants      []grantIn `json:"grants" need:"true" max:"50"`
}

func personWire(p *inspect.Person) fiber.Map {
	m := fiber.Map{"id": p.ID, "name": p.Name, "display_name": p.DisplayName, "disabled": p.Disabled, "grants": grantsWire(p.Grants), "created_at": p.CreatedAt,
		"updated_at": p.UpdatedAt}
	if p.StaffNumber != "" {
		m["staff_number"] = p.StaffNumber
	}
	if p.Phone != "" {
		m["phone"] = p.Phone
	}
	return m
}

func (h *personHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	after, limit, text := q.Cursor("cursor"), q.Limit(100, 200), q.Text("text", 100)
	if err := q.Err(); err != nil {
		return err
	}
	all, next, err := h.people.People(c.UserContext(), rest.Actor(c), text, after, limit)
	if err != nil {
		return err
	}
	list := []fiber.Map{}
	for n := range all {
		list = append(list, personWire(&all[n]))
	}
	out := fiber.Map{"people": list}
	if next != 0 {
		out["next"] = rest.CursorText(next)
	}
	return c.JSON(out)
}

func (h *personHandlers) person(c *fiber.Ctx) error {
	person, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	p, err := h.people.Person(c.UserContext(), rest.Actor(c), person)
	if err != nil {
		return err
	}
	return c.JSON(personWire(&p))
}

func (h *personHandlers) putPerson(c *fiber.Ctx) error {
	person, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in personIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	p := inspect.Person{ID: person, Name: in.Name, DisplayName: in.DisplayName, StaffNumber: in.StaffNumber, Phone: in.Phone, Disabled: in.Disabled, UpdatedAt: seen}
	for _, g := range in.Grants {
		p.Grants = append(p.Grants, inspect.Grant{Role: g.Role, Scope: inspect.Scope(g.Scope)})
	}
	saved, repeated, fresh, err := h.people.PutPerson(c.UserContext(), rest.Actor(c), p, in.Password)
	if err != nil {
		return rest.WithRow(err, personWire(&saved))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "person": personWire(&saved)})
}

func (h *personHandlers) endSessions(c *fiber.Ctx) error {
	person, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := h.people.EndSessions(c.UserContext(), rest.Actor(c), person); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// handOver gives somebody's open work to another person.
func (h *personHandlers) handOver(c *fiber.Ctx) error {
	from, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in struct {
		ID inspect.ID `json:"id" need:"true"`
		To inspect.ID `json:"to" need:"true"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	done, err := h.workflow.HandOver(c.UserContext(), rest.Actor(c), in.ID, from, in.To)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"issues": done.Issues, "left": done.Left, "duties": done.Duties})
}

func grantsWire(grants []inspect.Grant) []fiber.Map {
	all := []fiber.Map{}
	for _, g := range grants {
		scope := fiber.Map{"kind": g.Scope.Kind}
		if !g.Scope.ID.IsZero() {
			scope["id"] = g.Scope.ID
		}
		m := fiber.Map{"role": g.Role, "scope": scope}
		if g.Since != 0 {
			m["since"] = g.Since
		}
		all = append(all, m)
	}
	return all
}
