package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/photos"
	"spotcheck/server/httpapi/issueapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// health says how the server does, to machines and to people.
type health struct {
	store   *store.Store
	blobs   blob.Store
	photos  *photos.Service
	streams *issueapi.Streams
	log     *slog.Logger
	version string
	began   time.Time
}

func (h *health) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/livez", Open: true, Ready: true, Handle: h.live},
		{Method: fiber.MethodGet, Path: "/readyz", Open: true, Ready: true, Handle: h.ready},
		{Method: fiber.MethodGet, Path: "/api/v1/health", Handle: h.show},
	}
}

func (h *health) live(c *fiber.Ctx) error { return c.JSON(fiber.Map{"live": true}) }

// ready says whether issues and photos can be kept now, and what is missing. A disk that is nearly full refuses photos
// alone: the rest of this copy goes on.
func (h *health) ready(c *fiber.Ctx) error {
	s := h.stateNow(c.UserContext())
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

func (h *health) stateNow(ctx context.Context) serverState {
	parts, missing := map[string]string{"database": "ok", "photos": "ok", "disk": "ok"}, []string{}
	ok := true
	lacks := func(part, state, sentence string, err error) {
		parts[part] = state
		missing = append(missing, sentence)
		h.log.Warn("not ready", "part", part, "error", err)
	}
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	database, bytes := within(ctx, h.store.Ping), within(ctx, h.blobs.Ping)
	if err := <-database; errors.Is(err, inspect.ErrOutdated) {
		ok = false
		lacks("database", "newer", inspect.ErrOutdated.Text, err)
	} else if err != nil {
		ok = false
		lacks("database", "away", "The database does not answer, or keeps nothing.", err)
	} else if h.store.Damaged() {
		lacks("database", "damaged", "The file of the database is damaged: the log says where, and which backup there is.", store.ErrDamaged)
	}
	if err := <-bytes; err != nil {
		ok = false
		lacks("photos", "away", "Photos cannot be stored.", err)
	}
	for _, d := range h.photos.FreeSpaces() {
		if d.Low {
			lacks("disk", "low", fullDisks[d.Of], fmt.Errorf("%d bytes are left on the disk of %s", d.Bytes, d.Of))
		}
	}
	return serverState{ok, parts, missing}
}

// fullDisks say which disk is nearly full.
var fullDisks = map[string]string{
	city.DiskOfPhotos:   "The disk of the photos is nearly full: photos are refused.",
	city.DiskOfDatabase: "The disk of the database is nearly full: photos are refused.",
}

// readyTime is how long the database and the store of photos have to say that they are there.
const readyTime = 2 * time.Second

// within asks beside the caller and gives its answer, or that of the context when it ends first.
func within(ctx context.Context, ask func(context.Context) error) <-chan error {
	said := make(chan error, 2)
	context.AfterFunc(ctx, func() { said <- ctx.Err() })
	go func() { said <- rest.CatchPanic(func() error { return ask(ctx) }) }()
	return said
}

// show is what somebody on duty wants to see at the desk: the same as in the metrics, for people.
func (h *health) show(c *fiber.Ctx) error {
	if !rest.Actor(c).MayAnywhere(inspect.MayAdminister) {
		return inspect.ErrForbidden
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), backlogTime)
	defer cancel()
	w, err := h.store.Backlog(ctx)
	if err != nil {
		return err
	}
	disks, least := h.photos.FreeSpaces(), int64(0)
	for n, d := range disks {
		if n == 0 || d.Bytes < least {
			least = d.Bytes
		}
	}
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	return c.JSON(struct {
		serverState
		Version   string             `json:"version"`
		Database  string             `json:"database"`
		StartedAt inspect.Time       `json:"started_at"`
		DiskFree  int64              `json:"disk_free"`
		DiskLeast int64              `json:"disk_least"`
		Disks     []photos.FreeSpace `json:"disks"`
		Waiting   int64              `json:"jobs_waiting"`
		Running   int64              `json:"jobs_running"`
		Failed    int64              `json:"jobs_failed"`
		Oldest    int64              `json:"job_oldest_seconds"`
		Troubled  map[string]int64   `json:"jobs_troubled"`
		Photos    int64              `json:"issues_incomplete"`
		Flagged   int64              `json:"issues_flagged"`
		Backup    int64              `json:"backup_seconds"`
		BackedUp  bool               `json:"backed_up"`
		Streams   int                `json:"streams"`
	}{h.stateNow(ctx), h.version, h.store.Name(), inspect.At(h.began), least, h.photos.MinFree(), disks, w.Waiting, w.Running, w.Failed, seconds(w.Oldest),
		w.Retrying, w.Incomplete, w.Flagged, seconds(w.Backup), w.BackedUp, h.streams.Count()})
}
