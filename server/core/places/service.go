// Package places is where the city is and who is in it: units, areas with their outlines, categories, the register of places and the
// agreements signed about them, with their imports.
package places

import (
	"time"

	"spotcheck/pkg/table"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store    *store.Store   // the database
	zone     *time.Location // of the city
	now      func() time.Time
	city     *city.Service
	tables   table.Reader
	areas    areaCache
	checking chan struct{} // bounds how many files of areas are checked at once
}

// Needs is what the room is made of.
type Needs struct {
	Store *store.Store   // the database
	Zone  *time.Location // of the city
	Now   func() time.Time
	City  *city.Service

	Tables table.Reader
}

// New makes the room.
func New(n Needs) *Service {
	svc := &Service{store: n.Store, zone: n.Zone, now: n.Now, city: n.City, tables: n.Tables}
	svc.checking = make(chan struct{}, 1)
	return svc
}

// Settings are those of this room.
var Settings = []city.AnySetting{&PlaceKinds}
