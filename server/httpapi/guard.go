package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/server/httpapi/rest"
)

// observe gives every request an id, a log line and its place in the metrics.
func (a *API) observe(c *fiber.Ctx) error {
	id := identify(c)
	started := time.Now()
	err := rest.CatchPanic(c.Next)
	if err == nil {
		err = compress(c)
	}
	if err != nil {
		err = a.fail(c, err)
	}
	took := time.Since(started)
	status := c.Response().StatusCode()
	path := c.Route().Path
	a.metrics.saw(c.Method(), path, status, took)
	a.log.Info("request", "request_id", id, "method", c.Method(), "route", path, "status", status, "ms", took.Milliseconds())
	return err
}

// identify gives an answer the id by which its log line is found.
func identify(c *fiber.Ctx) string {
	var b [8]byte
	rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	rest.SetRequestID(c, id)
	c.Set("X-Request-Id", id)
	c.Set("X-Content-Type-Options", "nosniff")
	return id
}

// Keys of what a request carries along for the server itself.
const (
	keyIncoming = "body" // on its way
	keyEnd      = "end"
)

// strictTransport tells a browser that came by TLS to come so for a year.
const strictTransport = "max-age=31536000"

// guard refuses what cannot be read before anything looks at it.
func (a *API) guard(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store") // a door whose answers may be kept says so itself
	if proxy, yes := a.site.Unannounced(c); yes {
		a.warned.Do(func() {
			a.log.Warn("requests come through a proxy that is not trusted, so that all of its clients are one: name it with --trusted-proxies", "proxy", proxy)
		})
	}
	if a.site.Secure(c) {
		c.Set(fiber.HeaderStrictTransportSecurity, strictTransport)
	}
	if err := incomingOf(c).fault; err != nil {
		return err
	}
	return c.Next()
}

func incomingOf(c *fiber.Ctx) *incoming { return c.Locals(keyIncoming).(*incoming) }

// ending is what a request leaves open until its answer is sent.
type ending context.CancelFunc

// Close ends it.
func (e ending) Close() error { e(); return nil }

// begin gives a request its deadline.
func (a *API) begin(r rest.Route) fiber.Handler {
	limit := requestTime
	if r.Slow {
		limit = rest.TransferTime
	}
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		c.Locals(keyEnd, ending(cancel)) // a picture is read after its handler has returned
		c.SetUserContext(ctx)
		in := incomingOf(c)
		in.until = time.Now().Add(limit)
		if r.Abandoned {
			in.gone = cancel
		}
		return c.Next()
	}
}

// body reads the body of a request, at most bodyLimit, or strangersBody of somebody without a session; that of an upload is left to the handler,
// and what comes with a question is no part of it.
func body(r rest.Route) fiber.Handler {
	limit := int64(bodyLimit)
	if r.Open {
		limit = strangersBody
	}
	return func(c *fiber.Ctx) error {
		in := incomingOf(c)
		if r.Upload {
			rest.SetUpload(c, rest.UploadStream{Reader: in, Length: in.length})
			return c.Next()
		}
		if r.Method == fiber.MethodGet {
			if err := rest.DropAtMost(in, bodyLimit); err != nil {
				return err
			}
			c.Request().SetBodyRaw(nil)
			return c.Next()
		}
		b, err := rest.ReadAtMost(in, in.length, limit)
		if err != nil {
			return err
		}
		rest.SetBody(c, b)
		c.Request().SetBodyRaw(b) // who asks the framework for the body must not read on into the next request
		return c.Next()
	}
}
