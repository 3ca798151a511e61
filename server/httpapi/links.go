package httpapi

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

type linkWire struct {
	ID        inspect.ID   `json:"id"`
	By        inspect.ID   `json:"by"`
	CreatedAt inspect.Time `json:"created_at"`
	ExpiresAt inspect.Time `json:"expires_at"`
	SeenAt    inspect.Time `json:"seen_at,omitzero"`
	Uses      int          `json:"uses"`
}

func linkOf(s *store.Session) linkWire {
	return linkWire{s.ID, s.Person, s.CreatedAt, s.ExpiresAt, s.SeenAt, s.Uses}
}

type linkIn struct {
	Hours int `json:"hours"`
}

func (a *API) makeLink(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	in := linkIn{Hours: int(workflow.LinkLife / time.Hour)}
	if err := read(c, &in); err != nil {
		return err
	}
	if in.Hours < 1 || in.Hours > int(workflow.LongestLink/time.Hour) {
		return inspect.ErrContent.At(fault.Field{Pointer: "/hours", Detail: "want 1 to 720"})
	}
	s, token, err := a.Core.Workflow.MakeLink(c.UserContext(), actor(c), issue, time.Duration(in.Hours)*time.Hour, c.IP())
	if err != nil {
		return err
	}
	// The part behind # stays in the browser: it is in no log of a server or a proxy.
	return created(c, true).JSON(fiber.Map{"link": linkOf(&s), "token": token, "fragment": "/app/#link=" + token + "&issue=" + issue.String()})
}

func (a *API) links(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	all, err := a.Core.Workflow.Links(c.UserContext(), actor(c), issue)
	if err != nil {
		return err
	}
	list := []linkWire{}
	for n := range all {
		list = append(list, linkOf(&all[n]))
	}
	return c.JSON(fiber.Map{"links": list})
}

func (a *API) endLink(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	link, err := id(c, "link", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := a.Core.Workflow.EndLink(c.UserContext(), actor(c), issue, link, c.IP()); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
