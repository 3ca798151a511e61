// Package audit holds everything against the record: the chains of events, the registers, the bytes, the figures and the checkpoints.
package audit

import (
	"time"

	"spotcheck/pkg/signedlog"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store   *store.Store   // the database
	blobs   blob.Store     // the bytes of photos, papers and checkpoints
	zone    *time.Location // of the city
	now     func() time.Time
	city    *city.Service
	ledger  *ledger.Service
	logKeys signedlog.Keys
}

// Needs is what the room is made of.
type Needs struct {
	Store   *store.Store   // the database
	Blobs   blob.Store     // the bytes of photos, papers and checkpoints
	Zone    *time.Location // of the city
	Now     func() time.Time
	City    *city.Service
	Ledger  *ledger.Service
	LogKeys signedlog.Keys // of the growing log
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, zone: n.Zone, now: n.Now, city: n.City, ledger: n.Ledger, logKeys: n.LogKeys}
}
