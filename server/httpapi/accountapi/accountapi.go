// Package accountapi serves accounts: who may come in and by which session, what is noted about it, and whether the record still holds.
package accountapi

import (
	"log/slog"
	"slices"
	"time"

	"spotcheck/server/core/audit"
	"spotcheck/server/core/people"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	People   *people.Service
	Workflow *workflow.Service
	Audit    *audit.Service
	Site     *rest.Site     // how this server is reached
	Zone     *time.Location // of the city
	Now      func() time.Time
	Log      *slog.Logger
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&sessionHandlers{people: n.People, site: n.Site, zone: n.Zone, now: n.Now}).routes(),
		(&personHandlers{people: n.People, workflow: n.Workflow, site: n.Site}).routes(),
		(&securityLogHandlers{people: n.People, zone: n.Zone, log: n.Log}).routes(),
		(&recordHandlers{audit: n.Audit}).routes(),
		(&logHandlers{audit: n.Audit}).routes(),
	)
}
