package rest

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Keys of what a request carries along.
const (
	keyActor     = "actor"
	keySession   = "session"
	keyRequestID = "request-id"
	keyBody      = "text" // of the body, read
	keyUpload    = "upload"
)

// SignIn notes who asks, and by which session.
func SignIn(c *fiber.Ctx, who *inspect.Actor, s store.Session) {
	c.Locals(keyActor, who)
	c.Locals(keySession, s)
}

// Actor is who asks; behind a door that needs a session somebody always does.
func Actor(c *fiber.Ctx) *inspect.Actor { return c.Locals(keyActor).(*inspect.Actor) }

// Asker is who asks, where a session says so.
func Asker(c *fiber.Ctx) (who *inspect.Actor, known bool) {
	who, known = c.Locals(keyActor).(*inspect.Actor)
	return who, known
}

// Session is the session of who asks.
func Session(c *fiber.Ctx) store.Session { return c.Locals(keySession).(store.Session) }

// SetRequestID gives a request the id by which its log line is found.
func SetRequestID(c *fiber.Ctx, id string) { c.Locals(keyRequestID, id) }

// RequestID is the id by which the log line of a request is found; empty before it has one.
func RequestID(c *fiber.Ctx) string {
	id, _ := c.Locals(keyRequestID).(string)
	return id
}

// maxAsked is how many characters are kept of what was asked for.
const maxAsked = 500

// Asked is which file a request takes out and by which filter, for the security log.
func Asked(c *fiber.Ctx) string {
	text := strings.TrimPrefix(c.Path(), "/api/v1/")
	if query, err := url.QueryUnescape(string(c.Request().URI().QueryString())); err == nil && query != "" {
		text += "?" + query
	}
	if all := []rune(text); len(all) > maxAsked {
		text = string(all[:maxAsked]) + "…"
	}
	return text
}

// ID reads an id of the path. One that cannot be is wrong where something is written, and missing where something is read.
func ID(c *fiber.Ctx, name string, missing *fault.Error) (inspect.ID, error) {
	v, err := inspect.ParseID(strings.ToLower(c.Params(name)))
	if err != nil {
		if c.Method() == fiber.MethodPut || c.Method() == fiber.MethodPost {
			return v, inspect.ErrContent.At(fault.Field{Pointer: "path:" + name, Detail: err.Error()})
		}
		return v, missing
	}
	return v, nil
}
