// Package city is what the city decides for itself: its settings, its working time and holidays, its zone. Every other room declares
// its own settings and reads them here; city knows nobody's values.
package city

import (
	"errors"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/blob"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store     *store.Store   // the database
	zone      *time.Location // of the city
	declared  []AnySetting   // of every room
	tables    table.Reader
	calendars calendars
}

// Needs is what the room is made of.
type Needs struct {
	Store    *store.Store   // the database
	Zone     *time.Location // of the city
	Settings []AnySetting   // of every room
	Tables   table.Reader
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, declared: n.Settings, tables: n.Tables}
}

// ErrNotYet means that a job needs what another one has still to make.
var ErrNotYet = errors.New("city: not yet")

// UpkeepQueue is where work on the whole city waits that may take hours and goes on in many turns: nobody else waits behind it, and it
// waits behind no pictures.
const UpkeepQueue = "upkeep"

// AsUnavailable turns what a blob store says into what a phone can act on.
func AsUnavailable(err error) error {
	if errors.Is(err, blob.ErrUnavailable) {
		return inspect.ErrUnavailable.Because(err)
	}
	return err
}
