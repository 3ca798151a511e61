package accountapi

import (
	"cmp"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// sessionHandlers let people in and out.
type sessionHandlers struct {
	people *people.Service
	site   *rest.Site
	zone   *time.Location
	now    func() time.Time
}

func (h *sessionHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodPost, Path: "/api/v1/sessions", Open: true, Handle: h.logIn},
		{Method: fiber.MethodPost, Path: "/api/v1/enrolments", Open: true, Handle: h.redeem},
		{Method: fiber.MethodPost, Path: "/api/v1/people/:id/enrolment", Handle: h.enrol},
		{Method: fiber.MethodGet, Path: "/api/v1/sessions", Handle: h.sessions},
		{Method: fiber.MethodDelete, Path: "/api/v1/sessions/current", Given: true, Handle: h.logOut},
		{Method: fiber.MethodPost, Path: "/api/v1/sessions/current/authentication", Handle: h.authenticateAgain},
		{Method: fiber.MethodDelete, Path: "/api/v1/sessions/:id", Handle: h.endSession},
		{Method: fiber.MethodGet, Path: "/api/v1/me", Given: true, Handle: h.me},
		{Method: fiber.MethodGet, Path: "/api/v1/me/seal-key", Handle: h.sealKey},
		{Method: fiber.MethodPut, Path: "/api/v1/me/password", Given: true, Handle: h.changePassword},
	}
}

type loginWire struct {
	Name     string `json:"name" need:"true" max:"100"`
	Password string `json:"password" need:"true" max:"200"`
	Device   string `json:"device" max:"80"`
	Cookie   bool   `json:"cookie"`
	Known    string `json:"known_device" max:"100"`
}

func (h *sessionHandlers) logIn(c *fiber.Ctx) error {
	var in loginWire
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if in.Cookie && !h.site.SameOrigin(c) {
		return inspect.ErrOrigin
	}
	login, err := h.people.LogIn(c.UserContext(), in.Name, in.Password, people.Client{Device: in.Device, Address: h.site.Address(c), Cookie: in.Cookie,
		Known: cmp.Or(in.Known, rest.KnownDevice(c))})
	if err != nil {
		return err
	}
	return h.loggedIn(c, &login, in.Cookie)
}

// loggedIn answers with a new session: a cookie for browsers, a token for others.
func (h *sessionHandlers) loggedIn(c *fiber.Ctx, login *people.Login, cookie bool) error {
	s := login.Session
	out := fiber.Map{"id": s.ID, "device": s.Device, "created_at": s.CreatedAt, "expires_at": s.ExpiresAt, "me": Me(&login.Actor, s, inspect.At(h.now()), h.zone),
		"seal_key": login.SealKey}
	if cookie {
		c.Cookie(h.site.Cookie(c, login.Token, int(s.ExpiresAt.Sub(s.CreatedAt).Seconds())))
		c.Cookie(h.site.KnownDeviceCookie(c, login.Known))
	} else {
		out["token"], out["known_device"] = login.Token, login.Known
	}
	return c.Status(fiber.StatusCreated).JSON(out)
}

func (h *sessionHandlers) sessions(c *fiber.Ctx) error {
	all, err := h.people.Sessions(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	list := []fiber.Map{}
	for _, s := range all {
		list = append(list, fiber.Map{"id": s.ID, "device": s.Device, "created_at": s.CreatedAt, "last_seen_at": s.SeenAt,
			"expires_at": s.ExpiresAt, "current": s.ID == rest.Session(c).ID})
	}
	return c.JSON(fiber.Map{"sessions": list})
}

func (h *sessionHandlers) logOut(c *fiber.Ctx) error {
	if err := h.people.LogOut(c.UserContext(), rest.Actor(c), rest.Session(c).ID); err != nil {
		return err
	}
	if rest.Session(c).Cookie {
		c.Cookie(h.site.Cookie(c, "", 0))
		c.Set("Clear-Site-Data", `"cache"`) // not what lies in storage: a phone keeps what was not sent yet
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (h *sessionHandlers) endSession(c *fiber.Ctx) error {
	session, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := h.people.LogOut(c.UserContext(), rest.Actor(c), session); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (h *sessionHandlers) me(c *fiber.Ctx) error {
	return c.JSON(Me(rest.Actor(c), rest.Session(c), inspect.At(h.now()), h.zone))
}

// sealKey gives the key of the person's devices to a session from before there were any.
func (h *sessionHandlers) sealKey(c *fiber.Ctx) error {
	key, err := h.people.SealKey(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"key": key})
}

type passwordWire struct {
	Old      string `json:"old_password" need:"true" max:"200"`
	Password string `json:"password" need:"true" max:"200"`
}

func (h *sessionHandlers) changePassword(c *fiber.Ctx) error {
	var in passwordWire
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if err := h.people.ChangePassword(c.UserContext(), rest.Actor(c), rest.Session(c).ID, in.Old, in.Password); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// authenticateAgain takes the password of who is logged in, before what is dangerous.
func (h *sessionHandlers) authenticateAgain(c *fiber.Ctx) error {
	var in struct {
		Password string `json:"password" need:"true" max:"200"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if err := h.people.AuthenticateAgain(c.UserContext(), rest.Actor(c), rest.Session(c).ID, in.Password); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// Me is who somebody is, and what they may do.
func Me(who *inspect.Actor, s store.Session, now inspect.Time, zone *time.Location) fiber.Map {
	person := fiber.Map{"id": who.ID, "name": who.Name, "display_name": who.DisplayName}
	if who.StaffNumber != "" {
		person["staff_number"] = who.StaffNumber
	}
	me := fiber.Map{"person": person, "grants": grantsWire(who.Grants), "may": who.Permissions(),
		"session": fiber.Map{"id": s.ID, "device": s.Device, "expires_at": s.ExpiresAt}, "server_time": now, "timezone": zone.String()}
	if s.PasswordGiven {
		me["password_given"] = true
	}
	return me
}
