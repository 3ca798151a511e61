// Package duties is who has to do what until when: the register of responsibility and its gaps, the rules of limits, suspensions, who is on
// call, and when people have to be told of a deadline.
package duties

import (
	"time"

	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store  *store.Store   // the database
	zone   *time.Location // of the city
	city   *city.Service
	issues *issues.Service
	places *places.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store  *store.Store   // the database
	Zone   *time.Location // of the city
	City   *city.Service
	Issues *issues.Service
	Places *places.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, city: n.City, issues: n.Issues, places: n.Places}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&DutyRoster}
