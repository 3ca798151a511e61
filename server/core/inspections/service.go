// Package inspections is how problems are looked for (检查): which places are looked at by lot and who goes there, by which standard, and what was found.
package inspections

import (
	"time"

	"spotcheck/pkg/table"
	"spotcheck/server/core/city"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store    *store.Store   // the database
	zone     *time.Location // of the city
	newSalt  func() string  // draws what nobody can know before
	tables   table.Reader   // of tables that people send
	city     *city.Service  // what day it is
	messages *messages.Service
	workflow *workflow.Service // what findings become
}

// Needs is what the room is made of.
type Needs struct {
	Store    *store.Store   // the database
	Zone     *time.Location // of the city
	NewSalt  func() string  // draws what nobody can know before
	Tables   table.Reader   // of tables that people send
	City     *city.Service  // what day it is
	Messages *messages.Service
	Workflow *workflow.Service // what findings become
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, newSalt: n.NewSalt, tables: n.Tables, city: n.City, messages: n.Messages, workflow: n.Workflow}
}
