// Package archiveapi serves what is kept to be shown: case files with what proves them, and the archive with its headings, documents and exports.
package archiveapi

import (
	"log/slog"
	"slices"

	"spotcheck/server/core/archive"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Archive *archive.Service
	Site    *rest.Site
	Log     *slog.Logger
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&caseFileHandlers{archive: n.Archive, site: n.Site, log: n.Log}).routes(),
		(&headingHandlers{archive: n.Archive}).routes(),
		(&documentHandlers{archive: n.Archive}).routes(),
		(&exportHandlers{archive: n.Archive}).routes(),
	)
}
