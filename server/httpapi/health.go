package httpapi

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"spotcheck/pkg/inspect"
)

// metrics are what a machine may know of how the server does; there is nothing of people in them.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func (a *API) newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spotcheck_requests_total", Help: "Requests answered."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "spotcheck_request_seconds", Help: "Time to answer.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10, 60}}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &duty{api: a})
	return m
}

func (m *metrics) saw(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}

// showMetrics answers the machine itself, or who has the token.
func (a *API) showMetrics(c *fiber.Ctx) error {
	at, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	local := ok && at.Unmap().IsLoopback() && c.Get(fiber.HeaderXForwardedFor) == ""
	token, _ := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if !local && (a.MetricsToken == "" || subtle.ConstantTimeCompare([]byte(token), []byte(a.MetricsToken)) != 1) {
		return inspect.ErrNotFound
	}
	return adaptor.HTTPHandler(promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{}))(c)
}

func (a *API) live(c *fiber.Ctx) error { return c.JSON(fiber.Map{"live": true}) }

// ready says whether issues and photos can be kept now, and what is missing. A disk that is nearly full refuses photos
// alone: the rest of this copy goes on.
func (a *API) ready(c *fiber.Ctx) error {
	s := a.stateNow(c.UserContext())
	if !s.Ready {
		c.Status(fiber.StatusServiceUnavailable)
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	return c.JSON(s)
}

// serverState is what works now and what is missing.
type serverState struct {
	Ready   bool              `json:"ready"`
	Parts   map[string]string `json:"parts"`
	Missing []string          `json:"missing"`
}

func (a *API) stateNow(ctx context.Context) serverState {
	parts, missing := map[string]string{"database": "ok", "photos": "ok", "disk": "ok"}, []string{}
	ok := true
	lacks := func(part, state, sentence string, err error) {
		parts[part] = state
		missing = append(missing, sentence)
		a.Log.Warn("not ready", "part", part, "error", err)
	}
	if err := a.Core.Store.Ping(ctx); errors.Is(err, inspect.ErrOutdated) {
		ok = false
		lacks("database", "newer", inspect.ErrOutdated.Text, err)
	} else if err != nil {
		ok = false
		lacks("database", "away", "The database does not answer.", err)
	}
	if err := a.Core.Blobs.Ping(ctx); err != nil {
		ok = false
		lacks("photos", "away", "Photos cannot be stored.", err)
	}
	if free, low := a.Core.Photos.Low(); low {
		lacks("disk", "low", "The disk is nearly full: photos are refused.", fmt.Errorf("%d bytes are left", free))
	}
	return serverState{ok, parts, missing}
}

// health is what somebody on duty wants to see at the desk: the same as in the metrics, for people.
func (a *API) health(c *fiber.Ctx) error {
	if !actor(c).MayAnywhere(inspect.MaySeeLog) {
		return inspect.ErrForbidden
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), dutyTime)
	defer cancel()
	w, err := a.Core.Store.Backlog(ctx)
	if err != nil {
		return err
	}
	free, _ := a.Core.Photos.Low()
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	return c.JSON(struct {
		serverState
		Version   string           `json:"version"`
		Database  string           `json:"database"`
		StartedAt inspect.Time     `json:"started_at"`
		DiskFree  int64            `json:"disk_free"`
		DiskLeast int64            `json:"disk_least"`
		Waiting   int64            `json:"jobs_waiting"`
		Running   int64            `json:"jobs_running"`
		Failed    int64            `json:"jobs_failed"`
		Oldest    int64            `json:"job_oldest_seconds"`
		Troubled  map[string]int64 `json:"jobs_troubled"`
		Photos    int64            `json:"issues_incomplete"`
		Flagged   int64            `json:"issues_flagged"`
		Backup    int64            `json:"backup_seconds"`
		Streams   int              `json:"streams"`
	}{a.stateNow(ctx), a.Version, a.Core.Store.Name(), inspect.At(a.began), free, a.Core.Photos.MinFree(), w.Waiting, w.Running, w.Failed, seconds(w.Oldest),
		w.Retrying, w.Incomplete, w.Flagged, seconds(w.Backup), a.streams.count()})
}
