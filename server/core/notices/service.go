// Package notices is the papers of the office: task notices, notices to rectify, supervision letters, in batches, with their receipts.
package notices

import (
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store    *store.Store          // the database
	blobs    blob.Store            // the bytes of photos, papers and checkpoints
	zone     *time.Location        // of the city
	gate     *photo.PixelSemaphore // bounds what is decoded at once
	issues   *issues.Service
	messages *messages.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store    *store.Store          // the database
	Blobs    blob.Store            // the bytes of photos, papers and checkpoints
	Zone     *time.Location        // of the city
	Gate     *photo.PixelSemaphore // bounds what is decoded at once
	Issues   *issues.Service
	Messages *messages.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, zone: n.Zone, gate: n.Gate, issues: n.Issues, messages: n.Messages}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&PaperOffices}
