package photoapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/server/core/photos"
	"spotcheck/server/httpapi/rest"
)

// SendPicture streams a picture, or the range of it that was asked for. Bytes under a digest never change.
func SendPicture(c *fiber.Ctx, pic photos.Picture, name string) error {
	c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Set(fiber.HeaderContentType, pic.Type.MediaType())
	shown := "inline"
	if pic.Type == "pdf" { // a file of others that a browser would open
		shown = "attachment"
	}
	c.Set(fiber.HeaderContentDisposition, shown+`; filename="`+name+"-"+pic.SHA256[:12]+"."+string(pic.Type)+`"`)
	return rest.SendBytes(c, pic.Body, pic.Bytes, pic.SHA256)
}
