package httpapi

import (
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
	parts, missing := fiber.Map{"database": "ok", "photos": "ok", "disk": "ok"}, []string{}
	ok := true
	lacks := func(part, state, sentence string, err error) {
		parts[part] = state
		missing = append(missing, sentence)
		a.Log.Warn("not ready", "part", part, "error", err)
	}
	if err := a.Core.Store.Ping(c.UserContext()); errors.Is(err, inspect.ErrOutdated) {
		ok = false
		lacks("database", "newer", inspect.ErrOutdated.Text, err)
	} else if err != nil {
		ok = false
		lacks("database", "away", "The database does not answer.", err)
	}
	if err := a.Core.Blobs.Ping(c.UserContext()); err != nil {
		ok = false
		lacks("photos", "away", "Photos cannot be stored.", err)
	}
	if free, low := a.Core.Low(); low {
		lacks("disk", "low", "The disk is nearly full: photos are refused.", fmt.Errorf("%d bytes are left", free))
	}
	if !ok {
		c.Status(fiber.StatusServiceUnavailable)
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	return c.JSON(fiber.Map{"ready": ok, "parts": parts, "missing": missing})
}
