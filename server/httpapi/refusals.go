package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/rest"
)

// Bounds of the refusals that wait to be written.
const (
	refusalsWaiting = 200 // different ones; what is more is counted together
	refusalTime     = 10 * time.Second
)

// refusals takes requests that were turned away to the security log. However many come, one transaction writes at a time: what comes meanwhile is
// counted, and goes with the next one.
type refusals struct {
	people *people.Service
	log    *slog.Logger

	mu      sync.Mutex
	waiting map[people.Refusal]int
	writing bool
	writer  sync.WaitGroup
}

// note counts a request that was turned away with 401 or 403. What log-ins say of themselves stands in the log already.
func (r *refusals) note(c *fiber.Ctx, site *rest.Site, status int, err error) {
	n := people.Refusal{Kind: inspect.LogAccessRefused, Address: site.Address(c), Detail: c.Method() + " " + c.Route().Path}
	switch who, known := rest.Asker(c); {
	case errors.Is(err, inspect.ErrLogin) || errors.Is(err, inspect.ErrOldPassword):
		return
	case known:
		n.Person = who.ID
	case status == fiber.StatusUnauthorized:
		n.Kind = inspect.LogSessionRefused
		if token, _ := site.Token(c); token == "" { // whoever knocks without a key is counted by the address
			n.Detail = "no session"
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there := r.waiting[n]; !there && len(r.waiting) >= refusalsWaiting {
		n = people.Refusal{Kind: n.Kind, Detail: "others"}
	}
	r.waiting[n]++
	if !r.writing {
		r.writing = true
		r.writer.Go(r.write)
	}
}

// write writes what waits until nothing does.
func (r *refusals) write() {
	for {
		r.mu.Lock()
		all := r.waiting
		if len(all) == 0 {
			r.writing = false
			r.mu.Unlock()
			return
		}
		r.waiting = map[people.Refusal]int{}
		r.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), refusalTime)
		if err := r.people.NoteRefusals(ctx, all); err != nil {
			r.log.Error("refusals are not in the security log", "count", len(all), "error", err)
		}
		cancel()
	}
}

// close waits until all are written.
func (r *refusals) close() { r.writer.Wait() }
