// Package assessments is how units are assessed (考核): schemes of weighted parts, and the sheets of periods that are drafted, checked and issued.
package assessments

import (
	"time"

	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store   *store.Store
	zone    *time.Location // of the city
	figures *figures.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store   *store.Store
	Zone    *time.Location // of the city
	Figures *figures.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, figures: n.Figures}
}
