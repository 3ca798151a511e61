// Package intake is work from elsewhere: tables of orders and inspection lists, how their columns are read, and the answers in the same
// columns.
package intake

import (
	"log/slog"
	"time"

	"spotcheck/pkg/table"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/people"
	"spotcheck/server/core/places"
	"spotcheck/server/core/workflow"
	"spotcheck/server/secret"
	"spotcheck/server/store"
)

// checkedAtOnce is how many tables are checked at a time; who comes later waits.
const checkedAtOnce = 2

// Service is the room at work.
type Service struct {
	store    *store.Store   // the database
	zone     *time.Location // of the city
	now      func() time.Time
	log      *slog.Logger
	secrets  secret.Box // for what has to be read back
	city     *city.Service
	issues   *issues.Service
	people   *people.Service
	places   *places.Service
	messages *messages.Service
	workflow *workflow.Service
	tables   table.Reader
	checking chan struct{} // bounds how many tables of work from elsewhere are checked at once
}

// Needs is what the room is made of.
type Needs struct {
	Store    *store.Store   // the database
	Zone     *time.Location // of the city
	Now      func() time.Time
	Log      *slog.Logger
	Secrets  secret.Box // for what has to be read back
	City     *city.Service
	Issues   *issues.Service
	People   *people.Service
	Places   *places.Service
	Messages *messages.Service
	Workflow *workflow.Service
	Tables   table.Reader
}

// New makes the room.
func New(n Needs) *Service {
	svc := &Service{store: n.Store, zone: n.Zone, now: n.Now, log: n.Log, secrets: n.Secrets, city: n.City, issues: n.Issues, people: n.People,
		places: n.Places, messages: n.Messages, workflow: n.Workflow, tables: n.Tables}
	svc.checking = make(chan struct{}, checkedAtOnce)
	return svc
}
