// Package httpapi is the HTTP side of the server: it listens, refuses what cannot be read, lets in who may come, and shows the pages and the
// state of the server. The doors themselves lie in packages of nouns below it: they read a request, make one call to the core, and write
// the answer. The contract is mobile-api-spec/openapi.yaml.
package httpapi

import (
	"cmp"
	"context"
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

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/problem"
	"spotcheck/server/core"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/issueapi"
	"spotcheck/server/httpapi/rest"
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

// API answers requests: it listens, lets in who may come, and hands what is asked to the doors.
type API struct {
	log      *slog.Logger
	site     *rest.Site
	people   *people.Service // knows who has a session
	patience time.Duration
	doors    []rest.Route
	app      *fiber.App
	listener net.Listener
	metrics  *metrics
	streams  *issueapi.Streams
	open     *connections

	refusals  *refusals
	strangers *budget   // of all who have no session
	warned    sync.Once // of a proxy that nobody trusts
}

// Bounds of requests.
const (
	bodyLimit     = 1 << 20  // bytes of a body that is no upload
	strangersBody = 16 << 10 // bytes of one that somebody without a session sends
	headerLimit   = 16 << 10
	requestTime   = 30 * time.Second
	idleTime      = 90 * time.Second
)

// New makes the server without listening.
func New(o Options) *API {
	site := &rest.Site{PublicURL: o.PublicURL, Proxies: o.Proxies}
	a := &API{log: o.Log, site: site, people: o.Core.People, patience: cmp.Or(o.Patience, readTime),
		streams: issueapi.NewStreams(o.Core.People, site, &o.Core.Notifier, o.Log, o.Beat), open: newConnections(mostConnections())}
	h := &health{store: o.Core.Store, blobs: o.Core.Blobs, photos: o.Core.Photos, streams: a.streams,
		log: o.Log, version: o.Version, began: time.Now()}
	a.metrics = newMetrics(h, o.MetricsToken)
	a.strangers = &budget{network: strangersMost, share: strangersShare, all: strangersBeyond}
	a.refusals = &refusals{people: o.Core.People, log: o.Log, waiting: map[people.Refusal]int{}}
	a.doors = doors(&o, a.site, a.streams, h, a.metrics)
	a.app = fiber.New(fiber.Config{
		AppName: "spotcheck", DisableStartupMessage: true, Immutable: true, StrictRouting: true, CaseSensitive: true,
		StreamRequestBody: true, DisablePreParseMultipartForm: true, BodyLimit: bodyLimit, ReadBufferSize: headerLimit,
		ReadTimeout: a.patience, WriteTimeout: rest.TransferTime, IdleTimeout: idleTime, ErrorHandler: a.fail, DisableHeaderNormalizing: false, ServerHeader: "",
	})
	a.app.Use(a.observe, a.guard)
	for _, r := range a.doors {
		chain := a.handlers(r)
		a.app.Add(r.Method, r.Path, chain...)
		if r.Method == fiber.MethodGet {
			a.app.Head(r.Path, chain...)
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
	d := listener{Listener: l, open: a.open, log: o.Log}
	if o.TLSCert != "" {
		if d.tls, err = secured(o.TLSCert, o.TLSKey, o.Log); err != nil {
			return nil, errors.Join(err, l.Close())
		}
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
	a.streams.Close()
	a.open.end()
	err := a.app.ShutdownWithContext(ctx)
	a.refusals.close()
	if a.listener != nil {
		err = errors.Join(err, a.listener.Close())
	}
	return err
}

// nothingHere answers what no door takes: another method of a known address, or no address at all.
func (a *API) nothingHere(c *fiber.Ctx) error {
	var allow []string
	for _, r := range a.doors {
		if !fiber.RoutePatternMatch(c.Path(), r.Path, fiber.Config{StrictRouting: true, CaseSensitive: true}) {
			continue
		}
		if allow = append(allow, r.Method); r.Method == fiber.MethodGet {
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

// fail writes a problem document. What is not the user's fault goes to the log whole, and to the user as one sentence.
func (a *API) fail(c *fiber.Ctx, err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = inspect.ErrUnavailable.Because(err)
	}
	id := rest.RequestID(c)
	d := problem.Of(err, id)
	if errors.Is(err, context.Canceled) {
		a.log.Info("the client left before its answer", "request_id", id)
	} else if d.Status >= 500 {
		a.log.Error("request failed", "request_id", id, "code", d.Code, "error", err)
	}
	if seconds, ok := d.Current.(int); ok && d.Status == fiber.StatusTooManyRequests {
		c.Set(fiber.HeaderRetryAfter, fmt.Sprint(seconds))
		d.Current = nil
	} else if d.Status == fiber.StatusServiceUnavailable || d.Status == fiber.StatusTooManyRequests {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	if d.Status == fiber.StatusUnauthorized || d.Status == fiber.StatusForbidden {
		a.refusals.note(c, a.site, d.Status, err)
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
