package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
)

// Times and sizes of reading an upload.
const (
	readTime  = 30 * time.Second // without a byte, after which a connection is given up
	drainSize = 256 << 10        // what is read and dropped so that the next request of the connection is its own
)

// observe gives every request an id, a log line and its place in the metrics.
func (a *API) observe(c *fiber.Ctx) error {
	var b [8]byte
	rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	c.Locals(keyID, id)
	c.Set("X-Request-Id", id)
	c.Set("X-Content-Type-Options", "nosniff")
	started := time.Now()
	err := c.Next()
	if err != nil {
		err = a.fail(c, err)
	}
	took := time.Since(started)
	status := c.Response().StatusCode()
	path := c.Route().Path
	a.metrics.saw(c.Method(), path, status, took)
	a.Log.Info("request", "request_id", id, "method", c.Method(), "route", path, "status", status, "ms", took.Milliseconds())
	return err
}

// guard refuses requests whose length can be read in two ways, before anything reads a body.
func (a *API) guard(c *fiber.Ctx) error {
	h := &c.Request().Header
	lengths, encodings := 0, 0
	for line := range strings.SplitSeq(string(h.RawHeaders()), "\n") { // as sent: the parsed header keeps only one of each
		name, _, _ := strings.Cut(line, ":")
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, fiber.HeaderContentLength):
			lengths++
		case strings.EqualFold(name, fiber.HeaderTransferEncoding):
			encodings++
		}
	}
	if lengths+encodings > 1 {
		c.Context().SetConnectionClose()
		return inspect.ErrMalformed.With("The request has two lengths.")
	}
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.Next()
}

// body reads the whole body of a door that takes none as a stream, at most bodyLimit; an upload is left to its handler
// and what that leaves is drained, or the connection ends.
func (a *API) body(upload bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		limit := requestTime
		if upload {
			limit = uploadTime
		}
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		c.SetUserContext(ctx)
		stream := c.Context().RequestBodyStream()
		if stream == nil {
			return c.Next()
		}
		in := &patient{conn: c.Context().Conn(), r: stream}
		defer in.rest()
		if upload {
			c.Locals("stream", io.Reader(in))
			err := c.Next()
			a.drain(c, in)
			return err
		}
		if c.Request().Header.ContentLength() > bodyLimit {
			c.Context().SetConnectionClose()
			return inspect.ErrTooLarge
		}
		b, err := io.ReadAll(io.LimitReader(in, bodyLimit+1))
		switch {
		case err != nil:
			c.Context().SetConnectionClose()
			return inspect.ErrMalformed.With("The body ended before its declared length.").Because(err)
		case len(b) > bodyLimit:
			c.Context().SetConnectionClose()
			return inspect.ErrTooLarge
		case c.Request().Header.ContentLength() > len(b):
			c.Context().SetConnectionClose()
			return inspect.ErrMalformed.With("The body ended before its declared length.")
		}
		c.Locals("body", b)
		return c.Next()
	}
}

// drain reads what a handler left of an upload, a little; more ends the connection after the answer.
func (a *API) drain(c *fiber.Ctx, in io.Reader) {
	n, err := io.CopyN(io.Discard, in, drainSize)
	if n == drainSize || err != nil && !errors.Is(err, io.EOF) {
		c.Context().SetConnectionClose()
	}
	if want := int64(c.Request().Header.ContentLength()); want >= 0 && n == 0 && errors.Is(err, io.EOF) {
		return
	}
}

// patient reads with a deadline for each read instead of one for the whole.
type patient struct {
	conn net.Conn
	r    io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.conn.SetReadDeadline(time.Now().Add(readTime)); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// rest takes the deadline away for the next request.
func (p *patient) rest() {
	_ = p.conn.SetReadDeadline(time.Time{}) // a connection that is gone has none
}

// bodyOf is the body that was read before the handler.
func bodyOf(c *fiber.Ctx) []byte {
	b, _ := c.Locals("body").([]byte)
	return bytes.Clone(b)
}

// address is where a request comes from: forwarded headers are believed only from a proxy that is named.
func (a *API) address(c *fiber.Ctx) string {
	at, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	at = at.Unmap()
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for n := len(hops) - 1; n >= 0 && a.trusted(at); n-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[n]))
		if err != nil {
			break
		}
		at = hop.Unmap()
	}
	return at.String()
}

func (a *API) trusted(at netip.Addr) bool {
	for _, p := range a.Proxies {
		if p.Contains(at) {
			return true
		}
	}
	return false
}

// origin is how browsers name this server.
func (a *API) origin(c *fiber.Ctx) string {
	if a.PublicURL != "" {
		return a.PublicURL
	}
	scheme := "http"
	if at, ok := netip.AddrFromSlice(c.Context().RemoteIP()); c.Context().IsTLS() || ok && a.trusted(at.Unmap()) && c.Get(fiber.HeaderXForwardedProto) == "https" {
		scheme = "https"
	}
	return scheme + "://" + string(c.Request().Host())
}
