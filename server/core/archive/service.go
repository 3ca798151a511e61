// Package archive is what is kept to be shown (档案): case files of issues with what proves them, and the archive of the city, a tree of headings
// whose documents are made here or brought from elsewhere.
package archive

import (
	"time"

	"spotcheck/pkg/table"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/places"
	"spotcheck/server/core/reports"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store   *store.Store   // the database
	blobs   blob.Store     // the bytes of photos, papers and documents
	zone    *time.Location // of the city
	tables  table.Reader   // of tables that people send
	city    *city.Service
	ledger  *ledger.Service
	issues  *issues.Service
	places  *places.Service
	photos  *photos.Service
	reports *reports.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store   *store.Store   // the database
	Blobs   blob.Store     // the bytes of photos, papers and documents
	Zone    *time.Location // of the city
	Tables  table.Reader   // of tables that people send
	City    *city.Service
	Ledger  *ledger.Service
	Issues  *issues.Service
	Places  *places.Service
	Photos  *photos.Service
	Reports *reports.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, blobs: n.Blobs, zone: n.Zone, tables: n.Tables, city: n.City, ledger: n.Ledger, issues: n.Issues, places: n.Places,
		photos: n.Photos, reports: n.Reports}
}
