// Package registerapi serves the registers that the office keeps: units, areas, places and their agreements, the catalogue of categories, who
// answers for what, and the rules of limits.
package registerapi

import (
	"slices"
	"time"

	"spotcheck/server/core/duties"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Places *places.Service
	Photos *photos.Service
	Duties *duties.Service
	Issues *issues.Service
	Now    func() time.Time
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&unitHandlers{places: n.Places}).routes(),
		(&areaHandlers{places: n.Places}).routes(),
		(&areaImportHandlers{places: n.Places}).routes(),
		(&placeHandlers{places: n.Places}).routes(),
		(&agreementHandlers{places: n.Places, photos: n.Photos}).routes(),
		(&responsibilityHandlers{duties: n.Duties}).routes(),
		(&categoryHandlers{places: n.Places}).routes(),
		(&ruleHandlers{duties: n.Duties}).routes(),
		(&deadlineHandlers{issues: n.Issues}).routes(),
		(&suspensionHandlers{duties: n.Duties, now: n.Now}).routes(),
	)
}
