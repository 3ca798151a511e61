package issueapi

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// linkHandlers serve the links by which somebody without an account sees one issue.
type linkHandlers struct {
	workflow *workflow.Service
	site     *rest.Site
}

func (h *linkHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/links", Handle: h.links},
		{Method: fiber.MethodPost, Path: "/api/v1/issues/:id/links", Handle: h.makeLink},
		{Method: fiber.MethodDelete, Path: "/api/v1/issues/:id/links/:link", Handle: h.endLink},
	}
}

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

func (h *linkHandlers) makeLink(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	in := linkIn{Hours: int(workflow.LinkLife / time.Hour)}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if in.Hours < 1 || in.Hours > int(workflow.LongestLink/time.Hour) {
		return inspect.ErrContent.At(fault.Field{Pointer: "/hours", Detail: "want 1 to 720"})
	}
	s, token, err := h.workflow.MakeLink(c.UserContext(), rest.Actor(c), issue, time.Duration(in.Hours)*time.Hour)
	if err != nil {
		return err
	}
	// The part behind # stays in the browser: it is in no log of a server or a proxy.
	return rest.Created(c, true).JSON(fiber.Map{"link": linkOf(&s), "token": token, "fragment": "/app/#link=" + token + "&issue=" + issue.String()})
}

func (h *linkHandlers) links(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	all, err := h.workflow.Links(c.UserContext(), rest.Actor(c), issue)
	if err != nil {
		return err
	}
	list := []linkWire{}
	for n := range all {
		list = append(list, linkOf(&all[n]))
	}
	return c.JSON(fiber.Map{"links": list})
}

func (h *linkHandlers) endLink(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	link, err := rest.ID(c, "link", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := h.workflow.EndLink(c.UserContext(), rest.Actor(c), issue, link); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
