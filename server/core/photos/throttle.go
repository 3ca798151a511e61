package photos

import (
	"context"
	"sync"
	"time"
)

// While many photos come at once, making pictures of them waits: what is not safe yet goes before what can be made again.
const (
	rushPhotos = 8                // that became safe within a second are a rush
	rushTime   = 10 * time.Second // that pictures wait for a rush; when it goes on, they are made beside it
)

// throttle knows when the last photos became safe. The zero throttle is ready.
type throttle struct {
	mu    sync.Mutex
	last  [rushPhotos]time.Time
	next  int
	since time.Time // when the present rush began
}

func (p *throttle) note(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.rushing(now)
	p.last[p.next] = now
	p.next = (p.next + 1) % rushPhotos
	if !before && p.rushing(now) {
		p.since = now
	}
}

// rushing says whether there is a rush; the lock is held.
func (p *throttle) rushing(now time.Time) bool {
	return now.Sub(p.last[p.next]) < time.Second // the oldest of them
}

// waits says whether pictures wait: during a rush, but for its first seconds only, however many pictures there are.
func (p *throttle) waits(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rushing(now) && now.Sub(p.since) < rushTime
}

// RenderInTurn is Render after a rush of photos is over, or has gone on for too long.
func (svc *Service) RenderInTurn(ctx context.Context, job RenderPhoto) error {
	for svc.throttle.waits(svc.now()) {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return svc.Render(ctx, job)
}
