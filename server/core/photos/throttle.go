package photos

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

// throttle knows when the last photos became safe. The zero pace is ready.
type throttle struct {
	mu   sync.Mutex
	last [rushPhotos]time.Time
	next int
}

func (p *throttle) note(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[p.next] = now
	p.next = (p.next + 1) % rushPhotos
}

func (p *throttle) rushing(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Sub(p.last[p.next]) < time.Second // the oldest of them
}

// RenderInTurn is Render after a rush of photos is over, or has gone on for too long.
func (svc *Service) RenderInTurn(ctx context.Context, job RenderPhoto) error {
	for until := svc.now().Add(rushTime); svc.throttle.rushing(svc.now()) && svc.now().Before(until); {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return svc.Render(ctx, job)
}
