package rest

import "github.com/gofiber/fiber/v2"

// SendPlainPage sends a page for everybody: it has no script, and nobody keeps it, so that what was taken down is gone.
func SendPlainPage(c *fiber.Ctx, page []byte) error {
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	return c.Send(page)
}
