// Package campaigns is what many do together: campaigns of groups under leaders (专项整治), and clean-ups, publicity and voluntary work on a day.
package campaigns

import (
	"time"

	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store   *store.Store
	blobs   blob.Store     // of photos
	zone    *time.Location // of the city
	newCode func() string  // draws what nobody can guess
	city    *city.Service  // what day it is
	photos  *photos.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store   *store.Store
	Blobs   blob.Store     // of photos
	Zone    *time.Location // of the city
	NewCode func() string  // draws what nobody can guess
	City    *city.Service  // what day it is
	Photos  *photos.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, zone: n.Zone, newCode: n.NewCode, city: n.City, photos: n.Photos}
}
