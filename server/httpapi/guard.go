package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
)

// observe gives every request an id, a log line and its place in the metrics.
func (a *API) observe(c *fiber.Ctx) error {
	id := identify(c)
	started := time.Now()
	err := survive(c.Next)
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

// identify gives an answer the id by which its log line is found.
func identify(c *fiber.Ctx) string {
	var b [8]byte
	rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	c.Locals(keyID, id)
	c.Set("X-Request-Id", id)
	c.Set("X-Content-Type-Options", "nosniff")
	return id
}

// survive turns a panic into an error, so that one request never ends the server.
func survive(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("httpapi: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// guard refuses what cannot be read before anything looks at it.
func (a *API) guard(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	if err := incomingOf(c).fault; err != nil {
		return err
	}
	return c.Next()
}

func incomingOf(c *fiber.Ctx) *incoming { return c.Locals(keyBody).(*incoming) }

// ending is what a request leaves open until its answer is sent.
type ending context.CancelFunc

// Close ends it.
func (e ending) Close() error { e(); return nil }

// body gives a request its deadline and reads its body, at most bodyLimit; that of an upload is left to the handler.
func (a *API) body(r route) fiber.Handler {
	limit := requestTime
	if r.slow {
		limit = uploadTime
	}
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		c.Locals(keyEnd, ending(cancel)) // a picture is read after its handler has returned
		c.SetUserContext(ctx)
		in := incomingOf(c)
		in.until = time.Now().Add(limit)
		if r.upload {
			return c.Next()
		}
		if in.length > bodyLimit {
			return inspect.ErrTooLarge
		}
		b, err := io.ReadAll(io.LimitReader(in, bodyLimit+1))
		switch {
		case err != nil:
			return cutOff(err)
		case len(b) > bodyLimit:
			return inspect.ErrTooLarge
		}
		c.Locals(keyText, b)
		c.Request().SetBodyRaw(b) // who asks the framework for the body must not read on into the next request
		return c.Next()
	}
}

// bodyOf is the body that was read before the handler.
func bodyOf(c *fiber.Ctx) []byte {
	b, _ := c.Locals(keyText).([]byte)
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
