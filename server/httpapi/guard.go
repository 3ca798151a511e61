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

func incomingOf(c *fiber.Ctx) *incoming { return c.Locals(keyIncoming).(*incoming) }

// ending is what a request leaves open until its answer is sent.
type ending context.CancelFunc

// Close ends it.
func (e ending) Close() error { e(); return nil }

// body gives a request its deadline and reads its body, at most bodyLimit; that of an upload is left to the handler.
func (a *API) body(r rest.Route) fiber.Handler {
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
		if r.Upload {
			rest.SetUpload(c, rest.UploadStream{Reader: in, Length: in.length})
			return c.Next()
		}
		b, err := rest.ReadAtMost(in, in.length, bodyLimit)
		if err != nil {
			return err
		}
		rest.SetBody(c, b)
		c.Request().SetBodyRaw(b) // who asks the framework for the body must not read on into the next request
		return c.Next()
	}
}
