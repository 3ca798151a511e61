package httpapi

import (
	"context"
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
	"spotcheck/server/httpapi/rest"
)

// metrics are what a machine may know of how the server does; there is nothing of people in them.
type metrics struct {
	token    string // by which another machine may see them; empty for none
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(h *health, token string) *metrics {
	m := &metrics{
		token:    token,
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spotcheck_requests_total", Help: "Requests answered."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "spotcheck_request_seconds", Help: "Time to answer.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10, 60}}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &collector{h})
	return m
}

func (m *metrics) saw(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}

func (m *metrics) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/metrics", Open: true, Ready: true, Handle: m.show},
	}
}

// show answers the machine itself, or who has the token.
func (m *metrics) show(c *fiber.Ctx) error {
	at, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	local := ok && at.Unmap().IsLoopback() && c.Get(fiber.HeaderXForwardedFor) == ""
	token, _ := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if !local && (m.token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(m.token)) != 1) {
		return inspect.ErrNotFound
	}
	return adaptor.HTTPHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))(c)
}

// backlogTime bounds the questions to the database when somebody looks at the metrics.
const backlogTime = 3 * time.Second

// collector gives what a person on duty needs to know, read at the moment of asking.
type collector struct{ *health }

// figure names one metric.
func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("spotcheck_"+name, help, labels, nil)
}

// The metrics, as scripts/alerts.yml names them.
var (
	figureInfo       = figure("info", "1, with version and database.", "version", "database")
	figureUp         = figure("up", "1 when a part answers.", "part")
	figurePhotos     = figure("photos_received_total", "New photos that became safe.")
	figureBytes      = figure("photo_bytes_received_total", "Bytes of them.")
	figureStored     = figure("photo_store_seconds", "Time to make an original durable in the blob store.")
	figureCommit     = figure("commit_seconds", "Time of a commit, mostly the sync of the disk; on SQLite several changes share one.")
	figureChange     = figure("change_seconds", "Time that one change holds its transaction; on SQLite nobody else writes meanwhile.")
	figureSlow       = figure("changes_slow_total", "Changes that held their transaction for more than a tenth of a second.")
	figureRenditions = figure("renditions_total", "Photos whose small pictures were made or never can be.", "result")
	figureNoRoom     = figure("photos_refused_for_disk_total", "Photos that were refused because the disk is nearly full.")
	figureFree       = figure("disk_free_bytes", "Bytes left on the disk of photos, and of the database.", "disk")
	figureMargin     = figure("disk_margin_bytes", "Bytes below which photos are refused.", "disk")
	figureJobs       = figure("jobs", "Jobs by state; failed ones are tried no more.", "state")
	figureOldest     = figure("job_oldest_seconds", "How long the first of the waiting jobs could have run already.")
	figureIncomplete = figure("issues_incomplete", "Issues that wait for photos.")
	figureFlagged    = figure("issues_flagged", "Issues with a doubt that nobody has decided on.")
	figureBackup     = figure("backup_age_seconds", "Since the last backup, or since the record began where there is none.")
	figurePoolOpen   = figure("database_connections", "Connections to the database.", "pool")
	figurePoolInUse  = figure("database_connections_in_use", "Connections at work.", "pool")
	figurePoolWaits  = figure("database_waits_total", "How often a connection had to be waited for.", "pool")
	figurePoolWaited = figure("database_waited_seconds_total", "How long in all.", "pool")
	figureStreams    = figure("streams", "Open event streams.")
)

// Describe says nothing: what there is depends on what answers.
func (k *collector) Describe(chan<- *prometheus.Desc) {}

// Collect asks everything.
func (k *collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(f *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(f, prometheus.GaugeValue, v, labels...)
	}
	counter := func(f *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(f, prometheus.CounterValue, v, labels...)
	}
	timed := func(f *prometheus.Desc, times int64, in time.Duration) {
		out <- prometheus.MustNewConstSummary(f, uint64(times), in.Seconds(), nil)
	}
	m, s := k.photos.Meter(), k.store
	gauge(figureInfo, 1, k.version, s.Name())
	counter(figurePhotos, float64(m.Photos.Load()))
	counter(figureBytes, float64(m.PhotoBytes.Load()))
	counter(figureNoRoom, float64(m.NoRoom.Load()))
	counter(figureRenditions, float64(m.Rendered.Load()), "made")
	counter(figureRenditions, float64(m.NotRendered.Load()), "failed")
	times, in := m.Stored.Sum()
	timed(figureStored, times, in)
	times, in = s.CommitStats()
	timed(figureCommit, times, in)
	times, in, slow := s.ChangeStats()
	timed(figureChange, times, in)
	counter(figureSlow, float64(slow))
	for _, d := range k.photos.FreeSpaces() {
		gauge(figureFree, float64(d.Bytes), d.Of)
		gauge(figureMargin, float64(k.photos.MinFree()), d.Of)
	}
	for name, p := range s.PoolStats() {
		gauge(figurePoolOpen, float64(p.Open), name)
		gauge(figurePoolInUse, float64(p.InUse), name)
		counter(figurePoolWaits, float64(p.Waits), name)
		counter(figurePoolWaited, p.Waited.Seconds(), name)
	}
	gauge(figureStreams, float64(k.streams.Count()))
	k.askParts(gauge)
}

// askParts gives what the database and the blob store answer; without an answer their figures are missing and up is 0.
func (k *collector) askParts(gauge func(*prometheus.Desc, float64, ...string)) {
	ctx, cancel := context.WithTimeout(context.Background(), backlogTime)
	defer cancel()
	up := func(part string, err error) {
		v := 1.0
		if err != nil {
			v = 0
		}
		gauge(figureUp, v, part)
	}
	w, err := k.store.Backlog(ctx)
	up("database", err)
	up("photos", k.blobs.Ping(ctx))
	if err != nil {
		return
	}
	gauge(figureJobs, float64(w.Waiting), "waiting")
	gauge(figureJobs, float64(w.Running), "running")
	gauge(figureJobs, float64(w.Failed), "failed")
	gauge(figureOldest, w.Oldest.Seconds())
	gauge(figureIncomplete, float64(w.Incomplete))
	gauge(figureFlagged, float64(w.Flagged))
	gauge(figureBackup, w.Backup.Seconds())
}
