// Package issueapi serves issues: what is reported, what is done about it, lists, files and maps of it, and what devices are told of it.
package issueapi

import (
	"log/slog"
	"slices"
	"time"

	"spotcheck/server/core/issues"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Issues   *issues.Service
	Photos   *photos.Service
	Workflow *workflow.Service
	Site     *rest.Site     // how this server is reached
	Zone     *time.Location // of the city
	Log      *slog.Logger
	Streams  *Streams
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&similarHandlers{workflow: n.Workflow}).routes(), // before issues: its address reads like one of an issue
		(&repeatHandlers{issues: n.Issues}).routes(),      // likewise
		(&issueHandlers{issues: n.Issues, workflow: n.Workflow, site: n.Site, zone: n.Zone}).routes(),
		(&listHandlers{issues: n.Issues}).routes(),
		(&exportHandlers{issues: n.Issues, photos: n.Photos, site: n.Site, zone: n.Zone, log: n.Log}).routes(),
		(&mapHandlers{issues: n.Issues}).routes(),
		(&linkHandlers{workflow: n.Workflow, site: n.Site}).routes(),
		(&actionHandlers{workflow: n.Workflow, log: n.Log}).routes(),
		(&correctionHandlers{workflow: n.Workflow}).routes(),
		(&changeHandlers{issues: n.Issues}).routes(),
		n.Streams.routes(),
	)
}
