package rest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"
)

// TransferTime is how long a door may take through which photos and files go.
const TransferTime = 15 * time.Minute

// errBroken ends a download in the middle.
var errBroken = errors.New("httpapi: the download broke")

// StreamDownload streams a file while it is written. A failure in the middle breaks the connection, so that nobody takes a part for the
// whole; why stands in the log.
func StreamDownload(c *fiber.Ctx, log *slog.Logger, mediaType, name string, write func(context.Context, *bufio.Writer) error) error {
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.Method() == fiber.MethodHead {
		return nil
	}
	r, w := io.Pipe()
	id := RequestID(c)
	go func() { // ends when everything is written or the reader is closed
		ctx, cancel := context.WithTimeout(context.Background(), TransferTime)
		defer cancel()
		b := bufio.NewWriterSize(w, 64<<10)
		err := CatchPanic(func() error { return write(ctx, b) })
		if err == nil {
			err = b.Flush()
		}
		if err != nil && !errors.Is(err, io.ErrClosedPipe) { // which is a client that left
			log.Error("download failed", "request_id", id, "error", err)
			err = errBroken // nobody outside learns where
		}
		_ = w.CloseWithError(err) // says nothing
	}()
	c.Context().SetBodyStream(r, -1)
	return nil
}

// CatchPanic turns a panic into an error, so that one request never ends the server.
func CatchPanic(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("httpapi: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// stream is some of a file; the server closes it when it is sent.
type stream struct {
	io.Reader
	io.Closer
}

// SendStream answers with so many bytes of what is read, and then closes what it is read from.
func SendStream(c *fiber.Ctx, r io.Reader, from io.Closer, length int64) {
	c.Context().SetBodyStream(&stream{r, from}, int(length))
}

// Attachment is the header that gives a file its name, and a plain one to who reads ASCII only (RFC 6266).
func Attachment(name, plain string) string {
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)
}
