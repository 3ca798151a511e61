// Package cityapi serves what the office has decided for the whole city: its settings, and its calendar of days off.
package cityapi

import (
	"slices"

	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	City   *city.Service
	Issues *issues.Service
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&settingHandlers{city: n.City, issues: n.Issues}).routes(),
		(&holidayHandlers{city: n.City}).routes(),
	)
}
