// Package photos is evidence on its way in and out: uploads, originals, small pictures, the checks of their pixels, and scans.
package photos

import (
	"sync"
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store    *store.Store   // the database
	blobs    blob.Store     // the bytes of photos, papers and checkpoints
	zone     *time.Location // of the city
	now      func() time.Time
	decode   photo.Decoder         // outside this process
	gate     *photo.PixelSemaphore // bounds what is decoded at once
	disks    []city.Disk           // that are looked at
	minFree  int64                 // below which photos are refused
	issues   *issues.Service
	meter    Meter
	throttle throttle
	buffers  sync.Pool // of *[spoolBuffer]byte
}

// Needs is what the room is made of.
type Needs struct {
	Store   *store.Store   // the database
	Blobs   blob.Store     // the bytes of photos, papers and checkpoints
	Zone    *time.Location // of the city
	Now     func() time.Time
	Decode  photo.Decoder         // outside this process
	Gate    *photo.PixelSemaphore // bounds what is decoded at once
	Disks   []city.Disk           // that are looked at
	MinFree int64                 // below which photos are refused
	Issues  *issues.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, zone: n.Zone, now: n.Now, decode: n.Decode, gate: n.Gate, disks: n.Disks, minFree: n.MinFree, issues: n.Issues}
}
