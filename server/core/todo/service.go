// Package todo is what waits for a person: how much of each kind, since when, and until when.
package todo

import (
	"time"

	"spotcheck/server/core/duties"
	"spotcheck/server/core/inspections"
	"spotcheck/server/core/intake"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/reports"
	"spotcheck/server/store"
)

// Service is the room at work. It changes nothing.
type Service struct {
	store       *store.Store
	zone        *time.Location // of the city
	duties      *duties.Service
	notices     *notices.Service
	intake      *intake.Service
	reports     *reports.Service
	inspections *inspections.Service
}

// Needs is what the room is made of.
type Needs struct {
	Store       *store.Store
	Zone        *time.Location // of the city
	Duties      *duties.Service
	Notices     *notices.Service
	Intake      *intake.Service
	Reports     *reports.Service
	Inspections *inspections.Service
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, duties: n.Duties, notices: n.Notices, intake: n.Intake, reports: n.Reports, inspections: n.Inspections}
}
