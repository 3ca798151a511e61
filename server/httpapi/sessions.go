package httpapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/store"
)

type loginWire struct {
	Name     string `json:"name" need:"true" max:"100"`
	Password string `json:"password" need:"true" max:"200"`
	Device   string `json:"device" max:"80"`
	Cookie   bool   `json:"cookie"`
}

func (a *API) logIn(c *fiber.Ctx) error {
	var in loginWire
	if err := read(c, &in); err != nil {
		return err
	}
	if in.Cookie && !a.sameOrigin(c) {
		return inspect.ErrOrigin
	}
	login, err := a.Core.People.LogIn(c.UserContext(), in.Name, in.Password, people.Client{Device: in.Device, Address: a.address(c), Cookie: in.Cookie})
	if err != nil {
		return err
	}
	return a.loggedIn(c, &login, in.Cookie)
}

// loggedIn answers with a new session: a cookie for browsers, a token for others.
func (a *API) loggedIn(c *fiber.Ctx, login *people.Login, cookie bool) error {
	s := login.Session
	out := fiber.Map{"id": s.ID, "device": s.Device, "created_at": s.CreatedAt, "expires_at": s.ExpiresAt, "me": a.meWire(&login.Actor, s)}
	if cookie {
		c.Cookie(a.cookie(c, login.Token, int(s.ExpiresAt.Sub(s.CreatedAt).Seconds())))
	} else {
		out["token"] = login.Token
	}
	return c.Status(fiber.StatusCreated).JSON(out)
}

// enrol makes a code by which a person logs in once.
func (a *API) enrol(c *fiber.Ctx) error {
	person, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	token, until, err := a.Core.People.Enrol(c.UserContext(), actor(c), person, a.address(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(fiber.StatusCreated).JSON(fiber.Map{"code": token, "expires_at": until})
}

// redeem logs in by such a code.
func (a *API) redeem(c *fiber.Ctx) error {
	var in struct {
		Code   string `json:"code" need:"true" max:"100"`
		Device string `json:"device" max:"80"`
		Cookie bool   `json:"cookie"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if in.Cookie && !a.sameOrigin(c) {
		return inspect.ErrOrigin
	}
	login, err := a.Core.People.Redeem(c.UserContext(), in.Code, people.Client{Device: in.Device, Address: a.address(c), Cookie: in.Cookie})
	if err != nil {
		return err
	}
	return a.loggedIn(c, &login, in.Cookie)
}

func (a *API) sessions(c *fiber.Ctx) error {
	all, err := a.Core.People.Sessions(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	list := []fiber.Map{}
	for _, s := range all {
		list = append(list, fiber.Map{"id": s.ID, "device": s.Device, "created_at": s.CreatedAt, "last_seen_at": s.SeenAt,
			"expires_at": s.ExpiresAt, "current": s.ID == session(c).ID})
	}
	return c.JSON(fiber.Map{"sessions": list})
}

func (a *API) logOut(c *fiber.Ctx) error {
	if err := a.Core.People.LogOut(c.UserContext(), actor(c), session(c).ID, a.address(c)); err != nil {
		return err
	}
	if session(c).Cookie {
		c.Cookie(a.cookie(c, "", 0))
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (a *API) endSession(c *fiber.Ctx) error {
	session, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := a.Core.People.LogOut(c.UserContext(), actor(c), session, a.address(c)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (a *API) me(c *fiber.Ctx) error { return c.JSON(a.meWire(actor(c), session(c))) }

func (a *API) meWire(who *inspect.Actor, s store.Session) fiber.Map {
	person := fiber.Map{"id": who.ID, "name": who.Name, "display_name": who.DisplayName}
	if who.StaffNumber != "" {
		person["staff_number"] = who.StaffNumber
	}
	return fiber.Map{"person": person, "grants": grantsWire(who.Grants), "may": who.Permissions(),
		"session": fiber.Map{"id": s.ID, "device": s.Device, "expires_at": s.ExpiresAt}, "server_time": inspect.At(a.Core.Now()), "timezone": a.Core.Zone.String()}
}

type passwordWire struct {
	Old      string `json:"old_password" need:"true" max:"200"`
	Password string `json:"password" need:"true" max:"200"`
}

func (a *API) changePassword(c *fiber.Ctx) error {
	var in passwordWire
	if err := read(c, &in); err != nil {
		return err
	}
	if err := a.Core.People.ChangePassword(c.UserContext(), actor(c), session(c).ID, in.Old, in.Password, a.address(c)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
