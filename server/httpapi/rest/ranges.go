package rest

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
)

// SendBytes streams bytes that never change under their digest, or the range of them that was asked for, and closes what they are read from. Type and
// name are set before.
func SendBytes(c *fiber.Ctx, body io.ReadSeekCloser, size int64, digest string) error {
	etag := `"` + digest + `"`
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	if namesTag(c.Get(fiber.HeaderIfNoneMatch), etag) {
		c.Status(fiber.StatusNotModified)
		return body.Close()
	}
	wanted := c.Get(fiber.HeaderRange)
	if same := c.Get(fiber.HeaderIfRange); same != "" && same != etag {
		wanted = "" // the rest of something else
	}
	from, to, partial, err := byteRange(wanted, size)
	if err != nil {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", size))
	} else if from > 0 {
		_, err = body.Seek(from, io.SeekStart)
	}
	if err != nil {
		return errors.Join(err, body.Close())
	}
	if partial {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, to-1, size))
	}
	SendStream(c, io.LimitReader(body, to-from), body, to-from)
	return nil
}

// namesTag says whether an If-None-Match header names a tag (RFC 9110 §13.1.2).
func namesTag(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
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
