package rest

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// headerForwarded is the standard form of what proxies tell of those before them (RFC 7239).
const headerForwarded = "Forwarded"

// hopsMost is how many hops of a header are looked at, from the nearest on.
const hopsMost = 32

// Sender is where a request comes from: going back from the nearest hop, the first one that is no trusted proxy. X-Forwarded-For is asked first, and
// Forwarded where it names nobody but proxies: whoever trusts a proxy that writes Forwarded alone lets it drop the other one. It is the
// zero address for a connection without one.
func (s *Site) Sender(c *fiber.Ctx) netip.Addr {
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	if peer = peer.Unmap(); !s.trusts(peer) {
		return peer
	}
	at := s.lastUntrusted(peer, addressesIn(headerLines(c, fiber.HeaderXForwardedFor)))
	if s.trusts(at) {
		if named := s.lastUntrusted(peer, forwardedFor(headerLines(c, headerForwarded))); !s.trusts(named) {
			return named
		}
	}
	return at
}

// Address is Sender as text; empty for a connection without an address.
func (s *Site) Address(c *fiber.Ctx) string {
	if at := s.Sender(c); at.IsValid() {
		return at.String()
	}
	return ""
}

// Unannounced says whether a request carries the headers of a proxy that nobody trusts, so that all who come through it look like one.
func (s *Site) Unannounced(c *fiber.Ctx) (proxy netip.Addr, yes bool) {
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	if peer = peer.Unmap(); s.trusts(peer) {
		return peer, false
	}
	return peer, c.Get(fiber.HeaderXForwardedFor) != "" || c.Get(headerForwarded) != ""
}

// lastUntrusted goes from the nearest hop back while those it comes to are trusted. A hop that names no address ends the way.
func (s *Site) lastUntrusted(peer netip.Addr, hops []string) netip.Addr {
	at := peer
	for n := len(hops) - 1; n >= max(0, len(hops)-hopsMost) && s.trusts(at); n-- {
		hop, ok := hopAddress(hops[n])
		if !ok {
			break
		}
		at = hop
	}
	return at
}

func (s *Site) trusts(at netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(at) {
			return true
		}
	}
	return false
}

// headerLines are all lines of a header in their order: some proxies add to the last one, some write one more.
func headerLines(c *fiber.Ctx, name string) string {
	var all []string
	for _, line := range c.Request().Header.PeekAll(name) {
		all = append(all, string(line))
	}
	return strings.Join(all, ",")
}

// addressesIn are the hops of X-Forwarded-For, the nearest one last.
func addressesIn(header string) []string {
	if header == "" {
		return nil
	}
	return strings.Split(header, ",")
}

// hopAddress reads the address of a hop: with or without brackets, a port, and a zone.
func hopAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().WithZone(""), true
	}
	at, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return at.Unmap().WithZone(""), err == nil
}

// forwardedFor gives what the elements of a Forwarded header say in "for", the nearest one last; an element without one gives an empty text, which
// names no address.
func forwardedFor(header string) (hops []string) {
	for _, element := range unquotedSplit(header, ',') {
		hop := ""
		for _, pair := range unquotedSplit(element, ';') {
			name, value, _ := strings.Cut(pair, "=")
			if strings.EqualFold(strings.TrimSpace(name), "for") {
				hop = unquote(strings.TrimSpace(value))
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

// unquotedSplit cuts a text at a mark where it stands outside of quotes.
func unquotedSplit(text string, mark byte) (parts []string) {
	if text == "" {
		return nil
	}
	begin, quoted := 0, false
	for n := 0; n < len(text); n++ {
		switch {
		case quoted && text[n] == '\\':
			n++
		case text[n] == '"':
			quoted = !quoted
		case text[n] == mark && !quoted:
			parts = append(parts, text[begin:n])
			begin = n + 1
		}
	}
	return append(parts, text[begin:])
}

// unquote takes the quotes and escapes of a quoted text away.
func unquote(text string) string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return text
	}
	var b strings.Builder
	for n := 1; n < len(text)-1; n++ {
		if text[n] == '\\' && n+1 < len(text)-1 {
			n++
		}
		b.WriteByte(text[n])
	}
	return b.String()
}
