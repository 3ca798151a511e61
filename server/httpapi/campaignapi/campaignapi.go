// Package campaignapi serves campaigns, and what is done together on a day.
package campaignapi

import (
	"slices"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/campaigns"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Campaigns *campaigns.Service
	Zone      *time.Location // of the city
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat((&campaignHandlers{campaigns: n.Campaigns}).routes(), (&activityHandlers{campaigns: n.Campaigns}).routes(),
		(&signInHandlers{campaigns: n.Campaigns, zone: n.Zone}).routes())
}

// refsOf names things, in their order.
func refsOf(ids []inspect.ID, names map[inspect.ID]string) []rest.Ref {
	all := make([]rest.Ref, 0, len(ids))
	for _, id := range ids {
		all = append(all, rest.Ref{ID: id, Name: names[id]})
	}
	return all
}
