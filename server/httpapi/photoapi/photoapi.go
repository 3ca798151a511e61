// Package photoapi serves photos: how they are sent, how the office sees them, and how they are released to the public.
package photoapi

import (
	"slices"
	"time"

	"spotcheck/server/core/photos"
	"spotcheck/server/core/publicity"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Photos    *photos.Service
	Publicity *publicity.Service
	Zone      *time.Location // of the city
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&photoHandlers{photos: n.Photos}).routes(),
		(&uploadHandlers{photos: n.Photos}).routes(),
		(&exposureHandlers{publicity: n.Publicity}).routes(),
		(&boardHandlers{publicity: n.Publicity, zone: n.Zone}).routes(),
	)
}
