// Package httpapi is the HTTP side: it reads requests, makes one call to the core, and writes answers. The contract is
// mobile-api-spec/openapi.yaml.
package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/problem"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

// Options are what the server needs.
type Options struct {
	Core            *core.Core
	Log             *slog.Logger
	Addr            string
	PublicURL       string
	Proxies         []netip.Prefix
	TLSCert, TLSKey string
	MetricsToken    string
	Version         string
	Folder          string        // of data, in which a basemap may lie
	Patience        time.Duration // with a sender that says nothing; readTime when 0
	Beat            time.Duration // after which an event stream finds out whether its client is there and may be; streamBeat when 0
}

// API answers requests.
type API struct {
	Options
	app      *fiber.App
	listener net.Listener
	metrics  *metrics
	streams  streams
	silent   silence
	quit     chan struct{} // closed when the server ends: streams do not wait to be cut
	quitOnce sync.Once
	began    time.Time
}

// Bounds of requests.
const (
	bodyLimit   = 1 << 20 // bytes of a body that is no upload
	headerLimit = 16 << 10
	requestTime = 30 * time.Second
	uploadTime  = 15 * time.Minute
	idleTime    = 90 * time.Second
)

// New makes the server without listening.
func New(o Options) *API {
	a := &API{Options: o, silent: silence{all: map[*plain]bool{}}, quit: make(chan struct{}), began: time.Now()}
	a.metrics = a.newMetrics()
	if a.Beat == 0 {
		a.Beat = streamBeat
	}
	if a.Patience == 0 {
		a.Patience = readTime
	}
	a.app = fiber.New(fiber.Config{
		AppName: "spotcheck", DisableStartupMessage: true, Immutable: true, StrictRouting: true, CaseSensitive: true,
		StreamRequestBody: true, DisablePreParseMultipartForm: true, BodyLimit: bodyLimit, ReadBufferSize: headerLimit,
		ReadTimeout: a.Patience, WriteTimeout: uploadTime, IdleTimeout: idleTime, ErrorHandler: a.fail, DisableHeaderNormalizing: false, ServerHeader: "",
	})
	a.app.Use(a.observe, a.guard)
	for _, r := range a.routes() {
		a.app.Add(r.method, r.path, a.handlers(r)...)
		if r.method == fiber.MethodGet {
			a.app.Head(r.path, a.handlers(r)...)
		}
	}
	a.app.Use(a.nothingHere)
	s := a.app.Server()
	s.Handler, s.HeaderReceived, s.ErrorHandler = a.whole(s.Handler), withhold, a.unreadable
	s.SecureErrorLogMessage = true // headers hold tokens
	return a
}

// Listen opens the address; requests are answered once Serve runs.
func Listen(o Options) (*API, error) {
	a := New(o)
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("httpapi: %w", err)
	}
	d := door{Listener: l, silent: &a.silent}
	if o.TLSCert != "" {
		cert, err := tls.LoadX509KeyPair(o.TLSCert, o.TLSKey)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("httpapi: %w", err), l.Close())
		}
		d.tls = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	a.listener = d
	return a, nil
}

// Serve answers until Close.
func (a *API) Serve() error { return a.app.Listener(a.listener) }

// Addr is the address that it listens on.
func (a *API) Addr() string { return a.listener.Addr().String() }

// Close takes no new requests and waits for those under way.
func (a *API) Close(ctx context.Context) error {
	a.quitOnce.Do(func() { close(a.quit) })
	a.silent.end()
	err := a.app.ShutdownWithContext(ctx)
	if a.listener != nil {
		err = errors.Join(err, a.listener.Close())
	}
	return err
}

// nothingHere answers what no door takes: another method of a known address, or no address at all.
func (a *API) nothingHere(c *fiber.Ctx) error {
	var allow []string
	for _, r := range a.routes() {
		if !fiber.RoutePatternMatch(c.Path(), r.path, fiber.Config{StrictRouting: true, CaseSensitive: true}) {
			continue
		}
		if allow = append(allow, r.method); r.method == fiber.MethodGet {
			allow = append(allow, fiber.MethodHead)
		}
	}
	if len(allow) == 0 {
		return inspect.ErrNotFound
	}
	slices.Sort(allow)
	c.Set(fiber.HeaderAllow, strings.Join(allow, ", "))
	return inspect.ErrMethod
}

// Keys of what a request carries along.
const (
	keyActor   = "actor"
	keySession = "session"
	keyID      = "request-id"
	keyBody    = "body" // on its way
	keyText    = "text" // of the body, read
	keyEnd     = "end"
)

func actor(c *fiber.Ctx) *inspect.Actor { return c.Locals(keyActor).(*inspect.Actor) }

func session(c *fiber.Ctx) store.Session { return c.Locals(keySession).(store.Session) }

// fail writes a problem document. What is not the user's fault goes to the log whole, and to the user as one sentence.
func (a *API) fail(c *fiber.Ctx, err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = inspect.ErrUnavailable.Because(err)
	}
	id, _ := c.Locals(keyID).(string)
	d := problem.Of(err, id)
	if d.Status >= 500 {
		a.Log.Error("request failed", "request_id", id, "code", d.Code, "error", err)
	}
	if seconds, ok := d.Current.(int); ok && d.Status == fiber.StatusTooManyRequests {
		c.Set(fiber.HeaderRetryAfter, fmt.Sprint(seconds))
		d.Current = nil
	} else if d.Status == fiber.StatusServiceUnavailable || d.Status == fiber.StatusTooManyRequests {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	if d.Status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Status(d.Status)
	if err := c.JSON(d); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, problem.ContentType)
	return nil
}

// id reads an id of the path.
func id(c *fiber.Ctx, name string, missing *fault.Error) (inspect.ID, error) {
	v, err := inspect.ParseID(strings.ToLower(c.Params(name)))
	if err != nil {
		if c.Method() == fiber.MethodPut || c.Method() == fiber.MethodPost {
			return v, inspect.ErrContent.At(fault.Field{Pointer: "path:" + name, Detail: err.Error()})
		}
		return v, missing
	}
	return v, nil
}
