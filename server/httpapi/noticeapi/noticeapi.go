// Package noticeapi serves the papers that are handed to units, one or many at once, and their receipts.
package noticeapi

import (
	"log/slog"
	"slices"
	"time"

	"spotcheck/server/core/notices"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Notices *notices.Service
	Site    *rest.Site     // how this server is reached
	Zone    *time.Location // of the city
	Log     *slog.Logger
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&paperHandlers{notices: n.Notices}).routes(),
		(&batchHandlers{notices: n.Notices, site: n.Site, zone: n.Zone, log: n.Log}).routes(),
	)
}
