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

// Address is where a request comes from: forwarded headers are believed only from a proxy that is named.
func (s *Site) Address(c *fiber.Ctx) string {
	at, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	at = at.Unmap()
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for n := len(hops) - 1; n >= 0 && s.trusts(at); n-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[n]))
		if err != nil {
			break
		}
		at = hop.Unmap()
	}
	return at.String()
}

func (s *Site) trusts(at netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(at) {
			return true
		}
	}
	return false
}

// Origin is how browsers name this server.
func (s *Site) Origin(c *fiber.Ctx) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	scheme := "http"
	if at, ok := netip.AddrFromSlice(c.Context().RemoteIP()); c.Context().IsTLS() || ok && s.trusts(at.Unmap()) && c.Get(fiber.HeaderXForwardedProto) == "https" {
		scheme = "https"
	}
	return scheme + "://" + string(c.Request().Host())
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
