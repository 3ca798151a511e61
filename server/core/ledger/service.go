// Package ledger is how the record is kept: what a change of a register leaves in it, what is sealed, how a repetition is known, the checkpoints
// of the day, and the growing log that is signed.
package ledger

import (
	"time"

	"spotcheck/pkg/signedlog"
	"spotcheck/server/blob"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store *store.Store   // the database
	blobs blob.Store     // the bytes of photos, papers and checkpoints
	zone  *time.Location // of the city
	now   func() time.Time
	keys  signedlog.Keys // of the growing log
}

// Needs is what the room is made of.
type Needs struct {
	Store *store.Store   // the database
	Blobs blob.Store     // the bytes of photos, papers and checkpoints
	Zone  *time.Location // of the city
	Now   func() time.Time
	Keys  signedlog.Keys // of the growing log
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, zone: n.Zone, now: n.Now, keys: n.Keys}
}
