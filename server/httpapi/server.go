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
	"github.com/gofiber/fiber/v2/middleware/limiter"

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
	a := &API{Options: o, silent: silence{all: map[*plain]bool{}}, quit: make(chan struct{})}
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

// route is a row of the table of doors.
type route struct {
	method, path string
	open         bool // needs no session
	few          bool // for strangers, who come so often at most
	link         bool // a link to one issue opens it too
	slow         bool // photos go through: minutes, not seconds
	upload       bool // its handler reads the body
	handle       fiber.Handler
}

// routes are all doors of the server.
func (a *API) routes() []route {
	get, put, post, del, patch, options := fiber.MethodGet, fiber.MethodPut, fiber.MethodPost, fiber.MethodDelete, fiber.MethodPatch, fiber.MethodOptions
	return []route{
		{method: get, path: "/livez", open: true, handle: a.live},
		{method: get, path: "/readyz", open: true, handle: a.ready},
		{method: get, path: "/metrics", open: true, handle: a.showMetrics},
		{method: get, path: "/", open: true, handle: a.front},
		{method: get, path: "/app/", open: true, handle: a.webPage("app")},
		{method: get, path: "/app/:file", open: true, handle: a.appFile},
		{method: get, path: "/desk/", open: true, handle: a.webPage("desk")},
		{method: get, path: "/assets/:file", open: true, handle: a.webFile},
		{method: get, path: "/public/", open: true, handle: a.publicBoard},
		{method: get, path: "/public/public.css", open: true, handle: a.publicStyle},
		{method: get, path: "/public/issue", open: true, few: true, handle: a.publicIssue},
		{method: get, path: "/public/photos/:photo", open: true, handle: a.publicPicture},
		{method: post, path: "/public/photos/:photo/objection", open: true, few: true, handle: a.object},
		{method: get, path: "/api/openapi.yaml", open: true, handle: a.spec},
		{method: get, path: "/api/docs", open: true, handle: a.docs},

		{method: post, path: "/api/v1/sessions", open: true, handle: a.logIn},
		{method: post, path: "/api/v1/enrolments", open: true, handle: a.redeem},
		{method: post, path: "/api/v1/people/:id/enrolment", handle: a.enrol},
		{method: get, path: "/api/v1/sessions", handle: a.sessions},
		{method: del, path: "/api/v1/sessions/current", handle: a.logOut},
		{method: del, path: "/api/v1/sessions/:id", handle: a.endSession},
		{method: get, path: "/api/v1/me", handle: a.me},
		{method: put, path: "/api/v1/me/password", handle: a.changePassword},
		{method: get, path: "/api/v1/bootstrap", handle: a.bootstrap},

		{method: get, path: "/api/v1/inbox", handle: a.inbox},
		{method: post, path: "/api/v1/inbox/read", handle: a.readInbox},
		{method: get, path: "/api/v1/inbox/:id", handle: a.inboxMessage},
		{method: get, path: "/api/v1/deliveries", handle: a.deliveries},
		{method: get, path: "/api/v1/me/channels", handle: a.myChannels},
		{method: put, path: "/api/v1/me/channels", handle: a.chooseChannels},
		{method: post, path: "/api/v1/me/channels/:channel/test", few: true, slow: true, handle: a.tryChannel},
		{method: post, path: "/api/v1/me/devices", handle: a.addDevice},
		{method: del, path: "/api/v1/me/devices/:id", handle: a.dropDevice},
		{method: get, path: "/api/v1/gateways", handle: a.gateways},
		{method: put, path: "/api/v1/gateways/:kind", handle: a.putGateway},
		{method: get, path: "/api/v1/webhooks", handle: a.webhooks},
		{method: put, path: "/api/v1/webhooks/:id", handle: a.putWebhook},
		{method: del, path: "/api/v1/webhooks/:id", handle: a.removeWebhook},
		{method: post, path: "/api/v1/webhooks/:id/secret", handle: a.rotateSecret},
		{method: get, path: "/api/v1/webhooks/:id/deliveries", handle: a.webhookLog},
		{method: post, path: "/api/v1/webhooks/:id/deliveries/:message", handle: a.resend},

		{method: get, path: "/api/v1/changes", handle: a.changes},
		{method: get, path: "/api/v1/stream", handle: a.stream},

		{method: get, path: "/api/v1/issues", handle: a.listIssues},
		{method: get, path: "/api/v1/map", handle: a.showMap},
		{method: get, path: "/api/v1/basemap.pmtiles", slow: true, handle: a.basemap},
		{method: get, path: "/api/v1/issues.csv", handle: a.exportCSV},
		{method: get, path: "/api/v1/issues.geojson", handle: a.exportGeoJSON},
		{method: get, path: "/api/v1/issues/similar", handle: a.similar},
		{method: get, path: "/api/v1/issues/:id/similar", handle: a.similarToIssue},
		{method: put, path: "/api/v1/issues/:id", handle: a.reportIssue},
		{method: get, path: "/api/v1/issues/:id", link: true, handle: a.issue},
		{method: get, path: "/api/v1/issues/:id/events", handle: a.history},
		{method: get, path: "/api/v1/issues/:id/links", handle: a.links},
		{method: post, path: "/api/v1/issues/:id/links", handle: a.makeLink},
		{method: del, path: "/api/v1/issues/:id/links/:link", handle: a.endLink},
		{method: get, path: "/api/v1/issues/:id/caller", handle: a.caller},
		{method: put, path: "/api/v1/issues/:id/actions/:action", link: true, handle: a.act},
		{method: post, path: "/api/v1/actions", slow: true, handle: a.actAll},
		{method: post, path: "/api/v1/issues/:id/photos", link: true, handle: a.declarePhotos},
		{method: put, path: "/api/v1/issues/:id/photos/:photo", link: true, slow: true, upload: true, handle: a.acceptPhoto},
		{method: get, path: "/api/v1/issues/:id/photos/:photo", link: true, handle: a.photo},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/original", link: true, slow: true, handle: a.original},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/display", link: true, slow: true, handle: a.rendition("display")},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/thumb", link: true, slow: true, handle: a.rendition("thumb")},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/stamped", slow: true, handle: a.stamped},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/receipt", link: true, handle: a.receipt},

		{method: options, path: "/api/v1/uploads", open: true, handle: a.tusOptions},
		{method: post, path: "/api/v1/uploads", link: true, slow: true, upload: true, handle: a.tus(a.beginUpload)},
		{method: get, path: "/api/v1/uploads/:id", link: true, handle: a.tus(a.uploadOffset)},
		{method: patch, path: "/api/v1/uploads/:id", link: true, slow: true, upload: true, handle: a.tus(a.appendPart)},
		{method: post, path: "/api/v1/uploads/:id", link: true, slow: true, upload: true, handle: a.tus(a.overridden)},
		{method: del, path: "/api/v1/uploads/:id", link: true, handle: a.tus(a.endUpload)},

		{method: get, path: "/api/v1/exposures", handle: a.exposures},
		{method: put, path: "/api/v1/issues/:id/photos/:photo/exposure", handle: a.proposeExposure},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/exposure/picture", handle: a.exposedPicture},
		{method: put, path: "/api/v1/issues/:id/photos/:photo/exposure/decision", handle: a.decideExposure},

		{method: get, path: "/api/v1/figures", handle: a.figures},
		{method: get, path: "/api/v1/figures/issues", slow: true, handle: a.figureIssues},
		{method: get, path: "/api/v1/figures/definitions", handle: a.definitions},
		{method: get, path: "/api/v1/reports", handle: a.reports},
		{method: get, path: "/api/v1/reports/compute", slow: true, handle: a.computeReport},
		{method: put, path: "/api/v1/reports/:id", slow: true, handle: a.putReport},
		{method: get, path: "/api/v1/reports/:id", handle: a.report},
		{method: put, path: "/api/v1/reports/:id/sentences", handle: a.reportStep(a.editReport)},
		{method: post, path: "/api/v1/reports/:id/renew", slow: true, handle: a.reportStep(a.renewReport)},
		{method: put, path: "/api/v1/reports/:id/check", handle: a.reportStep(a.checkReport)},
		{method: put, path: "/api/v1/reports/:id/issue", handle: a.reportStep(a.issueReport)},
		{method: put, path: "/api/v1/reports/:id/recall", handle: a.reportStep(a.recallReport)},
		{method: get, path: "/api/v1/reports/:id/issues", handle: a.reportIssues},
		{method: get, path: "/api/v1/reports/:id/files/:form", slow: true, handle: a.reportFile},

		{method: get, path: "/api/v1/papers", handle: a.papers},
		{method: put, path: "/api/v1/papers/:id", handle: a.putPaper},
		{method: get, path: "/api/v1/papers/:id", handle: a.paper},
		{method: get, path: "/api/v1/papers/:id/pdf", slow: true, handle: a.paperFile(core.PDF)},
		{method: get, path: "/api/v1/papers/:id/docx", slow: true, handle: a.paperFile(core.DOCX)},
		{method: put, path: "/api/v1/papers/:id/receipt", handle: a.signPaper},
		{method: get, path: "/api/v1/papers/:id/signature", slow: true, handle: a.signature},
		{method: put, path: "/api/v1/paper-batches/:id", handle: a.putBatch},
		{method: get, path: "/api/v1/paper-batches/:id", handle: a.batch},
		{method: get, path: "/api/v1/paper-batches/:id/zip", slow: true, handle: a.batchZIP},

		{method: get, path: "/api/v1/people", handle: a.people},
		{method: get, path: "/api/v1/people/:id", handle: a.person},
		{method: put, path: "/api/v1/people/:id", handle: a.putPerson},
		{method: del, path: "/api/v1/people/:id/sessions", handle: a.endSessions},
		{method: post, path: "/api/v1/people/:id/hand-over", handle: a.handOver},
		{method: get, path: "/api/v1/units", handle: a.units},
		{method: put, path: "/api/v1/units/:id", handle: a.putUnit},
		{method: get, path: "/api/v1/areas", handle: a.areas},
		{method: get, path: "/api/v1/areas/at", handle: a.areasAt},
		{method: put, path: "/api/v1/areas/:id", handle: a.putArea},
		{method: get, path: "/api/v1/responsibilities", handle: a.responsibilities},
		{method: get, path: "/api/v1/responsibilities/gaps", handle: a.gaps},
		{method: put, path: "/api/v1/responsibilities/:id", handle: a.putResponsibility},
		{method: get, path: "/api/v1/places", handle: a.spots},
		{method: get, path: "/api/v1/places/near", handle: a.spotsNear},
		{method: get, path: "/api/v1/places/:id", handle: a.spot},
		{method: put, path: "/api/v1/places/:id", handle: a.putSpot},
		{method: get, path: "/api/v1/agreements", handle: a.agreements},
		{method: get, path: "/api/v1/agreements/coverage", handle: a.coverage},
		{method: put, path: "/api/v1/agreements/:id", handle: a.putAgreement},
		{method: put, path: "/api/v1/agreements/:id/scan", slow: true, upload: true, handle: a.acceptScan},
		{method: get, path: "/api/v1/agreements/:id/scan", slow: true, handle: a.scan},
		{method: post, path: "/api/v1/place-imports", slow: true, handle: a.importSpots},
		{method: get, path: "/api/v1/areas/:id/outline", handle: a.areaOutline},
		{method: post, path: "/api/v1/area-imports", slow: true, upload: true, handle: a.checkAreas},
		{method: get, path: "/api/v1/area-imports/:id", handle: a.areaImport},
		{method: post, path: "/api/v1/area-imports/:id/apply", slow: true, handle: a.applyAreas},
		{method: get, path: "/api/v1/import-mappings", handle: a.mappings},
		{method: put, path: "/api/v1/import-mappings/:id", handle: a.putMapping},
		{method: get, path: "/api/v1/issue-imports", handle: a.issueImports},
		{method: post, path: "/api/v1/issue-imports", slow: true, upload: true, handle: a.checkIssues},
		{method: get, path: "/api/v1/issue-imports/:id", handle: a.issueImport},
		{method: post, path: "/api/v1/issue-imports/:id/apply", handle: a.makeIssues},
		{method: get, path: "/api/v1/issue-imports/:id/errors", slow: true, handle: a.sheet("errors", a.Core.WrongRows)},
		{method: get, path: "/api/v1/issue-imports/:id/replies", slow: true, handle: a.sheet("replies", a.Core.Replies)},
		{method: get, path: "/api/v1/categories", handle: a.categories},
		{method: put, path: "/api/v1/categories/:code", handle: a.putCategory},
		{method: get, path: "/api/v1/rules", handle: a.rules},
		{method: get, path: "/api/v1/deadline", handle: a.deadline},
		{method: get, path: "/api/v1/rules/:id", handle: a.ruleVersions},
		{method: put, path: "/api/v1/rules/:id", handle: a.putRule},
		{method: get, path: "/api/v1/holidays", handle: a.holidays},
		{method: post, path: "/api/v1/holidays", handle: a.importHolidays},
		{method: get, path: "/api/v1/plan-tasks", handle: a.planTasks},
		{method: put, path: "/api/v1/plan-tasks/:id", handle: a.putPlanTask},
		{method: get, path: "/api/v1/assessment-points", handle: a.assessmentPoints},
		{method: put, path: "/api/v1/assessment-points/:id", handle: a.putAssessmentPoint},
		{method: get, path: "/api/v1/return-forms", handle: a.returnForms},
		{method: put, path: "/api/v1/return-forms/:id", handle: a.putReturnForm},
		{method: get, path: "/api/v1/returns", handle: a.returns},
		{method: put, path: "/api/v1/returns/:id", handle: a.sendReturn},
		{method: post, path: "/api/v1/reports/:id/notes", handle: a.noteReport},
		{method: put, path: "/api/v1/plan-tasks/:id/hold", handle: a.decidePlanHold},
		{method: get, path: "/api/v1/suspensions", handle: a.suspensions},
		{method: put, path: "/api/v1/suspensions/:id", handle: a.putSuspension},
		{method: get, path: "/api/v1/settings", handle: a.settings},
		{method: put, path: "/api/v1/settings/:key", handle: a.putSetting},
		{method: get, path: "/api/v1/security-log", handle: a.securityLog},
	}
}

// Routes gives method and path of every door, for tests that compare them with the contract.
func (a *API) Routes() (all [][2]string) {
	for _, r := range a.routes() {
		all = append(all, [2]string{r.method, r.path})
	}
	return all
}

// strangersMost is how often a minute one address may ask for an issue by its number, or object to a photo.
const strangersMost = 30

// handlers are what stands before and behind a door.
func (a *API) handlers(r route) []fiber.Handler {
	chain := []fiber.Handler{a.body(r)}
	if r.few {
		chain = append(chain, limiter.New(limiter.Config{Max: strangersMost, Expiration: time.Minute, KeyGenerator: a.address,
			LimitReached: func(*fiber.Ctx) error { return inspect.ErrTooOften }}))
	}
	if !r.open {
		chain = append(chain, a.authenticate)
	}
	if !r.open && !r.link {
		chain = append(chain, onlyPeople)
	}
	return append(chain, r.handle)
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
