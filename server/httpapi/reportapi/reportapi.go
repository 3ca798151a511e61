// Package reportapi serves what the office counts and reports: figures, reports, returns of units, points by hand, and the tasks of the
// yearly plan.
package reportapi

import (
	"slices"

	"spotcheck/server/core/reports"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Reports  *reports.Service
	Workflow *workflow.Service
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&figureHandlers{reports: n.Reports}).routes(),
		(&reportHandlers{reports: n.Reports}).routes(),
		(&returnHandlers{reports: n.Reports}).routes(),
		(&assessmentPointHandlers{reports: n.Reports}).routes(),
		(&planTaskHandlers{workflow: n.Workflow}).routes(),
	)
}
