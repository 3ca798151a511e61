// Package inspections is how problems are looked for (检查): which places are looked at by lot, and who goes there.
package inspections

import (
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store   *store.Store  // the database
	newSalt func() string // draws what nobody can know before
	city    *city.Service // what day it is
}

// Needs is what the room is made of.
type Needs struct {
	Store   *store.Store  // the database
	NewSalt func() string // draws what nobody can know before
	City    *city.Service // what day it is
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, newSalt: n.NewSalt, city: n.City}
}
