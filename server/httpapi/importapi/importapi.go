// Package importapi serves work orders of other systems: how their tables are read, what is made of them, and what is answered.
package importapi

import (
	"log/slog"
	"slices"

	"spotcheck/server/core/intake"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Intake *intake.Service
	Site   *rest.Site // how this server is reached
	Log    *slog.Logger
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&mappingHandlers{intake: n.Intake}).routes(),
		(&importHandlers{intake: n.Intake, site: n.Site, log: n.Log}).routes(),
	)
}
