// Package workflow is the life of an issue: reports, actions, what is assigned by itself, joins and joint work, links for crews, plans, and
// the alerts of deadlines.
package workflow

import (
	"time"

	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store    *store.Store   // the database
	zone     *time.Location // of the city
	newSeed  func() string  // draws the seed of a draw
	city     *city.Service
	issues   *issues.Service
	places   *places.Service
	duties   *duties.Service
	messages *messages.Service
	figures  *figures.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store    *store.Store   // the database
	Zone     *time.Location // of the city
	NewSeed  func() string  // draws the seed of a draw
	City     *city.Service
	Issues   *issues.Service
	Places   *places.Service
	Duties   *duties.Service
	Messages *messages.Service
	Figures  *figures.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, newSeed: n.NewSeed, city: n.City, issues: n.Issues, places: n.Places, duties: n.Duties, messages: n.Messages, figures: n.Figures}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&VisitShare}

// DrawSeeds makes the seeds of draws come from a function. It is called before the first request, by a demo that is always the same.
func (svc *Service) DrawSeeds(f func() string) { svc.newSeed = f }
