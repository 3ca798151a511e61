package rest

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Site is how this server is reached from outside.
type Site struct {
	PublicURL string         // by which browsers name it; empty where nobody knows it
	Proxies   []netip.Prefix // before it, whose headers are believed
}

// Origin is how browsers name this server.
func (s *Site) Origin(c *fiber.Ctx) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	scheme := "http"
	if s.Secure(c) {
		scheme = "https"
	}
	return scheme + "://" + string(c.Request().Host())
}

// Secure says whether the browser speaks TLS, here or with a trusted proxy: the first of several is the one it speaks with.
func (s *Site) Secure(c *fiber.Ctx) bool {
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	if c.Context().IsTLS() || !s.trusts(peer.Unmap()) {
		return c.Context().IsTLS()
	}
	first, _, _ := strings.Cut(headerLines(c, fiber.HeaderXForwardedProto), ",")
	return strings.EqualFold(strings.TrimSpace(first), "https")
}

// SameOrigin lets reads through, and writes that a browser says come from this site.
func (s *Site) SameOrigin(c *fiber.Ctx) bool {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead:
		return true
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" {
		return origin == s.Origin(c)
	}
	return c.Get("Sec-Fetch-Site") == "same-origin"
}
