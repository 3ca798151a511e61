// Package issues is an issue as it is: found, locked, saved with its event, shown to one person, in lists, on the map and in the feed of
// changes, with its flags.
package issues

import (
	"time"

	"spotcheck/server/core/city"
	"spotcheck/server/secret"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store     *store.Store   // the database
	zone      *time.Location // of the city
	secrets   secret.Box     // for what has to be read back
	city      *city.Service
	followers []Followers
}

// Needs is what the room is made of.
type Needs struct {
	Store   *store.Store   // the database
	Zone    *time.Location // of the city
	Secrets secret.Box     // for what has to be read back
	City    *city.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, secrets: n.Secrets, city: n.City}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&LateWindowMinutes, &AssignMinutes, &VerifyMinutes, &BasemapSetting, &SourceDesks, &ReplyLimits}
