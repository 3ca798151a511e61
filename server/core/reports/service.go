// Package reports is what the office reads and issues: closure reports of every period and kind, bulletins, returns of units, the
// assessment, and the live board.
package reports

import (
	"time"

	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store    *store.Store   // the database
	blobs    blob.Store     // the bytes of photos, papers and checkpoints
	zone     *time.Location // of the city
	city     *city.Service
	places   *places.Service
	messages *messages.Service
	figures  *figures.Service
	notices  *notices.Service
	issues   *issues.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store    *store.Store   // the database
	Blobs    blob.Store     // the bytes of photos, papers and checkpoints
	Zone     *time.Location // of the city
	City     *city.Service
	Places   *places.Service
	Messages *messages.Service
	Figures  *figures.Service
	Notices  *notices.Service
	Issues   *issues.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, zone: n.Zone, city: n.City, places: n.Places, messages: n.Messages, figures: n.Figures, notices: n.Notices, issues: n.Issues}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&ReportSchedules, &RedListHoldPercent, &NamesInReports}
