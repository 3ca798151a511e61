package httpapi

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"spotcheck/pkg/inspect"
)

// Bounds of reading what is sent.
const (
	readTime  = 30 * time.Second // without a byte, after which a sender is given up; also for all headers
	drainSize = 256 << 10        // of a body that nobody read, so that the next request of the connection is its own
	drainTime = 2 * time.Second  // for that
)

// withhold takes the length of a body from the server, which would read the first part of it ahead without patience;
// whole gives it back.
func withhold(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if h.ContentLength() > 0 {
		h.SetContentLength(0)
	}
	return fasthttp.RequestConfig{}
}

// framing is how many bytes a body has, -1 when it comes in chunks. It fails when that, or for whom the request is, can be read in two ways. The
// headers are read as sent: the parsed ones keep only one of each.
func framing(h *fasthttp.RequestHeader) (length int64, err error) {
	if p := string(h.Protocol()); p != "HTTP/1.1" && p != "HTTP/1.0" {
		return 0, inspect.ErrMalformed.With("Requests are written in HTTP/1.1.")
	}
	said, hosts := 0, 0
	raw := string(h.RawHeaders())
	if strings.ContainsRune(raw, 0) {
		return 0, inspect.ErrMalformed.With("A header holds a byte 0.")
	}
	for line := range strings.SplitSeq(raw, "\n") {
		if line != "" && !strings.HasSuffix(line, "\r") {
			return 0, inspect.ErrMalformed.With("A header does not end with carriage return and line feed.")
		}
		line = strings.TrimSuffix(line, "\r")
		name, value, _ := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		switch {
		case strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"):
			return 0, inspect.ErrMalformed.With("A header goes over two lines.")
		case strings.ContainsRune(line, '\r'):
			return 0, inspect.ErrMalformed.With("A header holds a carriage return.")
		case strings.EqualFold(name, fiber.HeaderHost):
			hosts++
		case strings.EqualFold(name, fiber.HeaderContentLength):
			said++
			length, err = strconv.ParseInt(value, 10, 64)
		case strings.EqualFold(name, fiber.HeaderTransferEncoding):
			said++
			if length = -1; !strings.EqualFold(value, "chunked") || !h.IsHTTP11() {
				return 0, inspect.ErrMalformed.With("Bodies come with their length, or in chunks.")
			}
		}
	}
	if hosts > 1 || hosts == 0 && h.IsHTTP11() {
		return 0, inspect.ErrMalformed.With("The request names %d hosts.", hosts)
	}
	if said > 1 || err != nil {
		return 0, inspect.ErrMalformed.With("The request has two lengths.").Because(err)
	}
	return length, nil
}

// incoming is the body of a request. It is read with patience: a deadline for each read, and one for all of it.
type incoming struct {
	conn     connection
	r        io.Reader // nil when there is no body
	length   int64     // -1 in chunks
	read     int64
	patience time.Duration
	until    time.Time
	ended    bool   // read to its true end; what follows is the next request
	fault    error  // the request cannot be read, or not any further
	gone     func() // what to do when the sender leaves before the answer; nil for nothing
}

// lookOut looks whether the sender is still there, once all of the body has come.
func (in *incoming) lookOut() {
	if in.gone != nil && in.ended && in.fault == nil {
		in.conn.lookOut(in.gone)
		in.gone = nil
	}
}

// Read fails with io.ErrUnexpectedEOF when the sender stops before the end.
func (in *incoming) Read(b []byte) (int, error) {
	if in.fault != nil {
		return 0, in.fault
	}
	if in.ended = in.ended || in.r == nil; in.ended {
		in.lookOut()
		return 0, io.EOF
	}
	by := time.Now().Add(in.patience)
	if by.After(in.until) {
		by = in.until
	}
	if err := in.conn.SetReadDeadline(by); err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := in.r.Read(b)
	in.read += int64(n)
	defer in.lookOut()
	switch {
	case in.read == in.length:
		in.ended, err = true, io.EOF
	case err != nil && (in.length >= 0 || in.conn.over()): // the server takes a cut between two chunks for their end
		in.fault, err = io.ErrUnexpectedEOF, io.ErrUnexpectedEOF
	case err == io.EOF:
		in.ended = true
	default:
		in.fault = err
	}
	return n, err
}

// finish drops what nobody read of a body, a little of it; more ends the connection after the answer.
func (in *incoming) finish(ctx *fasthttp.RequestCtx) {
	in.gone = nil
	in.conn.lookAway()
	if in.fault == nil && in.length-in.read <= drainSize {
		in.until = time.Now().Add(drainTime)
		_, _ = io.CopyN(io.Discard, in, drainSize) // how it went shows in ended
	}
	if !in.ended {
		ctx.SetConnectionClose()
		in.conn.linger()
	}
	_ = in.conn.SetReadDeadline(time.Time{}) // a connection that is gone has none
}

// whole stands around the framework: whatever answers a request, no byte of its body is left to run as the next one.
func (a *API) whole(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		in := &incoming{conn: ctx.Conn().(connection), patience: a.patience, until: time.Now().Add(requestTime)}
		in.conn.answering(true)
		defer in.conn.answering(false)
		if r := ctx.RequestBodyStream(); r != nil {
			in.r = r
		}
		if in.length, in.fault = framing(&ctx.Request.Header); in.fault == nil && in.length > 0 {
			ctx.Request.Header.SetContentLength(int(in.length))
		}
		if !knownMethod(string(ctx.Method())) {
			ctx.Request.Header.SetMethod(fiber.MethodTrace) // which no door takes either; the framework answers others itself
		}
		ctx.SetUserValue(keyIncoming, in)
		next(ctx)
		in.finish(ctx)
	}
}

func knownMethod(method string) bool {
	for _, m := range fiber.DefaultMethods {
		if m == method {
			return true
		}
	}
	return false
}

// unreadable answers what never became a request.
func (a *API) unreadable(ctx *fasthttp.RequestCtx, err error) {
	c := a.app.AcquireCtx(ctx)
	defer a.app.ReleaseCtx(c)
	f := inspect.ErrMalformed
	switch {
	case errors.As(err, new(*fasthttp.ErrSmallBuffer)):
		f = f.With("The headers are over %d KiB.", headerLimit>>10)
	case ctx.Conn().(connection).over():
		f = inspect.ErrBodyIncomplete
	}
	identify(c)
	if err := a.fail(c, f.Because(err)); err != nil {
		a.log.Error("no answer", "error", err)
	}
}
