package rest

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Created sets 201 for something new and 200 for the same again.
func Created(c *fiber.Ctx, fresh bool) *fiber.Ctx {
	if fresh {
		return c.Status(fiber.StatusCreated)
	}
	return c.Status(fiber.StatusOK)
}

// SetVersion sets the workflow version as ETag, for If-Match.
func SetVersion(c *fiber.Ctx, version int64) {
	c.Set(fiber.HeaderETag, `"`+strconv.FormatInt(version, 10)+`"`)
}

// IfMatch reads the workflow version of an If-Match header, 0 when there is none.
func IfMatch(header string) (int64, error) {
	if header == "" || header == "*" {
		return 0, nil
	}
	text, opens := strings.CutPrefix(header, `"`)
	text, closes := strings.CutSuffix(text, `"`)
	n, err := strconv.ParseInt(text, 10, 64)
	if !opens || !closes || err != nil || n < 1 || text[0] == '+' {
		return 0, errVersion
	}
	return n, nil
}

var errVersion = errors.New(`want the version of the issue in quotes, such as "3"`)

// NamesTag says whether an If-None-Match header names a tag (RFC 9110 §13.1.2).
func NamesTag(header, tag string) bool {
	for named := range strings.SplitSeq(header, ",") {
		if named = strings.TrimSpace(named); named == "*" || strings.TrimPrefix(named, "W/") == tag {
			return true
		}
	}
	return false
}
