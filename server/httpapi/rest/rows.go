package rest

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// errSeen says what If-Match of a row looks like.
var errSeen = errors.New(`want the updated_at of the row as it was read, in quotes, such as "2026-01-05T01:00:00.000Z"`)

// SeenRow reads from If-Match when the row that a request changes was last changed as its sender saw it; 0 where they do not say.
func SeenRow(c *fiber.Ctx) (seen inspect.Time, err error) {
	header := c.Get(fiber.HeaderIfMatch)
	if header == "" || header == "*" {
		return 0, nil
	}
	text, opens := strings.CutPrefix(header, `"`)
	text, closes := strings.CutSuffix(text, `"`)
	if err := seen.UnmarshalText([]byte(text)); !opens || !closes || err != nil || seen <= 0 {
		return 0, inspect.ErrContent.At(fault.Field{Pointer: fiber.HeaderIfMatch, Detail: errSeen.Error()})
	}
	return seen, nil
}

// SeenTag reads from If-Match the tag of what a request changes, as its sender saw it; empty where they do not say.
func SeenTag(c *fiber.Ctx) (tag string, err error) {
	header := c.Get(fiber.HeaderIfMatch)
	if header == "" || header == "*" {
		return "", nil
	}
	text, opens := strings.CutPrefix(header, `"`)
	text, closes := strings.CutSuffix(text, `"`)
	if !opens || !closes || text == "" || len(text) > 64 {
		return "", inspect.ErrContent.At(fault.Field{Pointer: fiber.HeaderIfMatch, Detail: "want the tag of what was read, in quotes"})
	}
	return text, nil
}

// WithRow adds the row as it is now to the refusal of a change of what somebody else changed meanwhile.
func WithRow(err error, row any) error {
	if f, ok := fault.As(err); ok && f.Is(inspect.ErrRowChanged) {
		return f.WithRow(row)
	}
	return err
}
