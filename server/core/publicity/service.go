// Package publicity is what everybody may see: the board of exposed issues, photos under masks, and the look-up by number.
package publicity

import (
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store    *store.Store // the database
	blobs    blob.Store   // the bytes of photos, papers and checkpoints
	messages *messages.Service
	photos   *photos.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store    *store.Store // the database
	Blobs    blob.Store   // the bytes of photos, papers and checkpoints
	Messages *messages.Service
	Photos   *photos.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, messages: n.Messages, photos: n.Photos}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&ExposureBoard, &PublicLookup}
