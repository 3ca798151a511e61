package rest

import (
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// cookieName is the cookie of a browser's session. Where it is Secure it has hostPrefix before it: browsers take such a cookie from this host
// alone, so that no other one of the domain can give its own.
const (
	cookieName = "spotcheck_session"
	hostPrefix = "__Host-"
)

// Token is what a request says who it is by, and whether it says so as programs do or by the cookie of a browser.
func (s *Site) Token(c *fiber.Ctx) (token string, bearer bool) {
	if token, bearer := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "); bearer {
		return token, true
	}
	return c.Cookies(s.cookieName(c)), false
}

func (s *Site) cookieName(c *fiber.Ctx) string {
	if s.inside(c) {
		return cookieName
	}
	return hostPrefix + cookieName
}

// Cookie carries the token of a browser, for so many seconds. No token takes the cookie away.
func (s *Site) Cookie(c *fiber.Ctx, token string, maxAge int) *fiber.Cookie {
	k := &fiber.Cookie{Name: s.cookieName(c), Value: token, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, Secure: !s.inside(c), MaxAge: maxAge}
	if token == "" {
		k.Expires = fasthttp.CookieExpireDelete
	}
	return k
}

// knownDeviceCookie is the cookie by which a browser shows that somebody logged in with it before. It lets nobody in: who has it does not wait for what
// others do to the account.
const knownDeviceCookie = "spotcheck_device"

// knownDeviceLife is how long a browser keeps it, in seconds: as long as the counts of attempts are kept.
const knownDeviceLife = 90 * 24 * 60 * 60

// KnownDevice is what a browser was given when somebody logged in with it before; empty for others.
func KnownDevice(c *fiber.Ctx) string {
	if known := c.Cookies(knownDeviceCookie); len(known) <= 100 {
		return known
	}
	return ""
}

// KnownDeviceCookie carries it, only to the door of log-ins.
func (s *Site) KnownDeviceCookie(c *fiber.Ctx, known string) *fiber.Cookie {
	return &fiber.Cookie{Name: knownDeviceCookie, Value: known, Path: "/api/v1/sessions", HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode,
		Secure: !s.inside(c), MaxAge: knownDeviceLife}
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
	return err == nil && (at.IsPrivate() || at.IsLinkLocalUnicast()) && strings.HasPrefix(s.Origin(c), "http:") && !strings.EqualFold(c.Get(fiber.HeaderXForwardedProto), "https")
}
