package core

import (
	"context"
	"sync"
	"time"
)

// While many photos come at once, making pictures of them waits: what is not safe yet goes before what can be made again.
const (
	rushPhotos = 8                // that became safe within a second are a rush
	rushTime   = 10 * time.Second // that a picture waits at most
)

// pace knows when the last photos became safe. The zero pace is ready.
type pace struct {
	mu   sync.Mutex
	last [rushPhotos]time.Time
	next int
}

func (p *pace) note(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[p.next] = now
	p.next = (p.next + 1) % rushPhotos
}

func (p *pace) rush(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Sub(p.last[p.next]) < time.Second // the oldest of them
}

// RenderInTurn is Render after a rush of photos is over, or has gone on for too long.
func (c *Core) RenderInTurn(ctx context.Context, job RenderPhoto) error {
	for until := c.Now().Add(rushTime); c.pace.rush(c.Now()) && c.Now().Before(until); {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return c.Render(ctx, job)
}
