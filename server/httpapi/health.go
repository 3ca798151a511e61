package httpapi

import (
	"crypto/subtle"
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

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spotcheck_requests_total", Help: "Requests answered."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "spotcheck_request_seconds", Help: "Time to answer.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10, 60}}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
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

// ready says whether photos and issues can be kept now.
func (a *API) ready(c *fiber.Ctx) error {
	parts := fiber.Map{"database": "ok", "photos": "ok"}
	ok := true
	for name, err := range map[string]error{"database": a.Core.Store.Ping(c.UserContext()), "photos": a.Core.Blobs.Ping(c.UserContext())} {
		if err != nil {
			ok, parts[name] = false, "away"
			a.Log.Warn("not ready", "part", name, "error", err)
		}
	}
	if !ok {
		c.Status(fiber.StatusServiceUnavailable)
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	return c.JSON(fiber.Map{"ready": ok, "parts": parts})
}
