package photos

import (
	"sync/atomic"
	"time"
)

// Meter counts what this process did since its start. The zero Meter is ready.
type Meter struct {
	Photos, PhotoBytes    atomic.Int64 // new ones that became safe
	Rendered, NotRendered atomic.Int64 // photos whose small pictures were made, or never can be
	NoRoom                atomic.Int64 // photos that were refused for want of disk
	Stored                Timing       // originals made durable in the blob store
}

// Timing counts how often something was done and how long it took in all.
type Timing struct{ times, nanoseconds atomic.Int64 }

// Took adds one.
func (t *Timing) Took(d time.Duration) {
	t.times.Add(1)
	t.nanoseconds.Add(int64(d))
}

// Sum gives how often, and how long in all.
func (t *Timing) Sum() (times int64, in time.Duration) {
	return t.times.Load(), time.Duration(t.nanoseconds.Load())
}

// Meter counts what this process did with photos since its start.
func (svc *Service) Meter() *Meter { return &svc.meter }
