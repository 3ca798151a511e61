// Package figures is what is counted: the facts of each issue, the roll-ups over days, and how figures are read from both.
package figures

import (
	"time"

	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store   *store.Store   // the database
	zone    *time.Location // of the city
	city    *city.Service
	rollUps rollUps
}

// Needs is what the room is made of.
type Needs struct {
	Store *store.Store   // the database
	Zone  *time.Location // of the city
	City  *city.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, city: n.City}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&ScoreFormula, &QuantityKinds}
