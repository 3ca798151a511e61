package httpapi

import (
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"spotcheck/pkg/inspect"
)

// cookieName is the cookie of a browser's session.
const cookieName = "spotcheck_session"

// authenticate finds who asks: a Bearer token, or the cookie of a browser, which may write only from the site itself.
func (a *API) authenticate(c *fiber.Ctx) error {
	_, bearer := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	token := tokenOf(c)
	if token == "" || len(token) > 100 {
		return inspect.ErrSignIn
	}
	if !bearer && !a.sameOrigin(c) {
		return inspect.ErrOrigin
	}
	who, s, err := a.Core.People.Authenticate(c.UserContext(), token)
	if err != nil {
		return err
	}
	if s.Cookie == bearer {
		return inspect.ErrSignIn // a token is good only the way it was given out
	}
	c.Locals(keyActor, &who)
	c.Locals(keySession, s)
	return c.Next()
}

// onlyPeople keeps links out of all doors but those of their issue.
func onlyPeople(c *fiber.Ctx) error {
	if !session(c).Issue.IsZero() {
		return inspect.ErrOnlyLink
	}
	return c.Next()
}

// tokenOf is what a request says who it is by.
func tokenOf(c *fiber.Ctx) string {
	if token, bearer := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "); bearer {
		return token
	}
	return c.Cookies(cookieName)
}

// sameOrigin lets reads through, and writes that a browser says come from this site.
func (a *API) sameOrigin(c *fiber.Ctx) bool {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead:
		return true
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" {
		return origin == a.origin(c)
	}
	return c.Get("Sec-Fetch-Site") == "same-origin"
}

// cookie carries the token of a browser. No token takes the cookie away.
func (a *API) cookie(c *fiber.Ctx, token string, maxAge int) *fiber.Cookie {
	k := &fiber.Cookie{Name: cookieName, Value: token, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, Secure: !a.inside(c), MaxAge: maxAge}
	if token == "" {
		k.Expires = fasthttp.CookieExpireDelete
	}
	return k
}

// inside says whether a browser asks over plain HTTP for this very machine, or for an address of a private network, where nobody can get a
// certificate: it would not keep a Secure cookie. Names are outside, whatever they resolve to.
func (a *API) inside(c *fiber.Ctx) bool {
	host := string(c.Request().Host())
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	at, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if host == "localhost" || err == nil && at.IsLoopback() {
		return true
	}
	return err == nil && (at.IsPrivate() || at.IsLinkLocalUnicast()) && strings.HasPrefix(a.origin(c), "http:") && c.Get(fiber.HeaderXForwardedProto) != "https"
}
