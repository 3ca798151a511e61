package accountapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/rest"
)

// enrol makes a code by which a person logs in once.
func (h *sessionHandlers) enrol(c *fiber.Ctx) error {
	person, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	token, until, err := h.people.Enrol(c.UserContext(), rest.Actor(c), person)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(fiber.StatusCreated).JSON(fiber.Map{"code": token, "expires_at": until})
}

// redeem logs in by such a code.
func (h *sessionHandlers) redeem(c *fiber.Ctx) error {
	var in struct {
		Code   string `json:"code" need:"true" max:"100"`
		Device string `json:"device" max:"80"`
		Cookie bool   `json:"cookie"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if in.Cookie && !h.site.SameOrigin(c) {
		return inspect.ErrOrigin
	}
	login, err := h.people.Redeem(c.UserContext(), in.Code, people.Client{Device: in.Device, Address: h.site.Address(c), Cookie: in.Cookie})
	if err != nil {
		return err
	}
	return h.loggedIn(c, &login, in.Cookie)
}
