package rest

import (
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// cookieName is the cookie of a browser's session.
const cookieName = "spotcheck_session"

// Token is what a request says who it is by, and whether it says so as programs do or by the cookie of a browser.
func Token(c *fiber.Ctx) (token string, bearer bool) {
	if token, bearer := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "); bearer {
		return token, true
	}
	return c.Cookies(cookieName), false
}

// Cookie carries the token of a browser, for so many seconds. No token takes the cookie away.
func (s *Site) Cookie(c *fiber.Ctx, token string, maxAge int) *fiber.Cookie {
	k := &fiber.Cookie{Name: cookieName, Value: token, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, Secure: !s.inside(c), MaxAge: maxAge}
	if token == "" {
		k.Expires = fasthttp.CookieExpireDelete
	}
	return k
}

// inside says whether a browser asks over plain HTTP for this very machine, or for an address of a private network, where nobody can get a
// certificate: it would not keep a Secure cookie. Names are outside, whatever they resolve to.
func (s *Site) inside(c *fiber.Ctx) bool {
	host := string(c.Request().Host())
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	at, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if host == "localhost" || err == nil && at.IsLoopback() {
		return true
	}
	return err == nil && (at.IsPrivate() || at.IsLinkLocalUnicast()) && strings.HasPrefix(s.Origin(c), "http:") && c.Get(fiber.HeaderXForwardedProto) != "https"
}
