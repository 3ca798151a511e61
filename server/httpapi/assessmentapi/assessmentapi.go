// Package assessmentapi serves how units are assessed: schemes, and the sheets of periods.
package assessmentapi

import (
	"slices"

	"spotcheck/server/core/assessments"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Assessments *assessments.Service
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat((&schemeHandlers{assessments: n.Assessments}).routes(), (&sheetHandlers{assessments: n.Assessments}).routes())
}
