package photoapi

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/photos"
	"spotcheck/server/httpapi/rest"
)

// SendPicture streams a picture, or the range of it that was asked for. Bytes under a digest never change.
func SendPicture(c *fiber.Ctx, pic photos.Picture, name string) error {
	etag := `"` + pic.SHA256 + `"`
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if rest.NamesTag(c.Get(fiber.HeaderIfNoneMatch), etag) {
		c.Status(fiber.StatusNotModified)
		return pic.Body.Close()
	}
	wanted := c.Get(fiber.HeaderRange)
	if same := c.Get(fiber.HeaderIfRange); same != "" && same != etag {
		wanted = "" // the rest of something else
	}
	from, to, partial, err := byteRange(wanted, pic.Bytes)
	if err != nil {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", pic.Bytes))
	} else if from > 0 {
		_, err = pic.Body.Seek(from, io.SeekStart)
	}
	if err != nil {
		return errors.Join(err, pic.Body.Close())
	}
	c.Set(fiber.HeaderContentType, pic.Type.MediaType())
	shown := "inline"
	if pic.Type == "pdf" { // a file of others that a browser would open
		shown = "attachment"
	}
	c.Set(fiber.HeaderContentDisposition, shown+`; filename="`+name+"-"+pic.SHA256[:12]+"."+string(pic.Type)+`"`)
	if partial {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, to-1, pic.Bytes))
	}
	rest.SendStream(c, io.LimitReader(pic.Body, to-from), pic.Body, to-from)
	return nil
}

// byteRange reads a Range header with one range (RFC 9110 §14); other forms are answered with the whole.
func byteRange(header string, size int64) (from, to int64, partial bool, err error) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return 0, size, false, nil
	}
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	switch {
	case first == "" && errB == nil && b > 0: // the last b bytes
		return max(0, size-b), size, true, nil
	case first == "" && errB == nil && b == 0:
		return 0, 0, false, inspect.ErrRange
	case errA != nil || a < 0 || last != "" && (errB != nil || b < a):
		return 0, size, false, nil
	case a >= size:
		return 0, 0, false, inspect.ErrRange
	case last == "" || b >= size:
		return a, size, true, nil
	}
	return a, b + 1, true, nil
}
