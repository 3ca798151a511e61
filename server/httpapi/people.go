package httpapi

import (
	"math"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
)

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
	m := fiber.Map{"id": p.ID, "name": p.Name, "display_name": p.DisplayName, "disabled": p.Disabled, "grants": grantsWire(p.Grants), "created_at": p.CreatedAt}
	if p.StaffNumber != "" {
		m["staff_number"] = p.StaffNumber
	}
	if p.Phone != "" {
		m["phone"] = p.Phone
	}
	return m
}

func (a *API) people(c *fiber.Ctx) error {
	q := queryOf(c)
	after, limit := q.cursor("cursor"), q.limit(100, 200)
	if err := q.fault(); err != nil {
		return err
	}
	all, next, err := a.Core.People.People(c.UserContext(), actor(c), after, limit)
	if err != nil {
		return err
	}
	list := []fiber.Map{}
	for n := range all {
		list = append(list, personWire(&all[n]))
	}
	out := fiber.Map{"people": list}
	if next != 0 {
		out["next"] = cursorText(next)
	}
	return c.JSON(out)
}

func (a *API) person(c *fiber.Ctx) error {
	person, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	p, err := a.Core.People.Person(c.UserContext(), actor(c), person)
	if err != nil {
		return err
	}
	return c.JSON(personWire(&p))
}

func (a *API) putPerson(c *fiber.Ctx) error {
	person, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in personIn
	if err := read(c, &in); err != nil {
		return err
	}
	p := inspect.Person{ID: person, Name: in.Name, DisplayName: in.DisplayName, StaffNumber: in.StaffNumber, Phone: in.Phone, Disabled: in.Disabled}
	for _, g := range in.Grants {
		p.Grants = append(p.Grants, inspect.Grant{Role: g.Role, Scope: inspect.Scope(g.Scope)})
	}
	saved, repeated, fresh, err := a.Core.People.PutPerson(c.UserContext(), actor(c), p, in.Password, a.address(c))
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "person": personWire(&saved)})
}

func (a *API) endSessions(c *fiber.Ctx) error {
	person, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := a.Core.People.EndSessions(c.UserContext(), actor(c), person, a.address(c)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// handOver gives somebody's open work to another person.
func (a *API) handOver(c *fiber.Ctx) error {
	from, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in struct {
		ID inspect.ID `json:"id" need:"true"`
		To inspect.ID `json:"to" need:"true"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	h, err := a.Core.Workflow.HandOver(c.UserContext(), actor(c), in.ID, from, in.To)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"issues": h.Issues, "left": h.Left, "duties": h.Duties})
}

type logWire struct {
	ID      int64        `json:"id"`
	At      inspect.Time `json:"at"`
	Kind    string       `json:"kind"`
	Person  *personRef   `json:"person,omitempty"`
	Address string       `json:"address,omitempty"`
	Detail  string       `json:"detail,omitempty"`
}

func (a *API) securityLog(c *fiber.Ctx) error {
	q := queryOf(c)
	kind, before, limit := q.text("kind", 50), q.cursor("cursor"), q.limit(100, 200)
	if before == 0 {
		before = math.MaxInt64
	}
	if err := q.fault(); err != nil {
		return err
	}
	lines, people, err := a.Core.People.SecurityLog(c.UserContext(), actor(c), kind, before, limit)
	if err != nil {
		return err
	}
	out := struct {
		Entries []logWire `json:"entries"`
		Next    string    `json:"next,omitempty"`
	}{Entries: []logWire{}}
	for _, l := range lines {
		w := logWire{ID: l.ID, At: l.At, Kind: l.Kind, Address: l.Address, Detail: l.Detail}
		if !l.Person.IsZero() {
			p := personOf(l.Person, people)
			w.Person = &p
		}
		out.Entries = append(out.Entries, w)
	}
	if len(lines) == limit {
		out.Next = cursorText(lines[limit-1].ID)
	}
	return c.JSON(out)
}
