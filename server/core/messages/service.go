// Package messages is who is told what: inboxes, digests, deliveries by every channel, and webhooks.
package messages

import (
	"time"

	"spotcheck/server/core/city"
	"spotcheck/server/notify"
	"spotcheck/server/secret"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store     *store.Store   // the database
	zone      *time.Location // of the city
	now       func() time.Time
	secrets   secret.Box             // for what has to be read back
	outside   *notify.OutboundClient // the door to other machines
	publicURL string                 // of the server, empty where nobody knows it
	wordings  Wordings               // of every room, and of issues
	events    []string               // types of event that webhooks can be told of
	city      *city.Service
	collector *notify.Syslog // of the security log, nil for none
}

// Needs is what the room is made of.
type Needs struct {
	Store     *store.Store   // the database
	Zone      *time.Location // of the city
	Now       func() time.Time
	Secrets   secret.Box             // for what has to be read back
	Outside   *notify.OutboundClient // the door to other machines
	PublicURL string                 // of the server, empty where nobody knows it
	Wordings  Wordings               // of every room, and of issues
	Events    []string               // types of event that webhooks can be told of
	City      *city.Service
	Collector *notify.Syslog // of the security log, nil for none
}

// New makes the room.
func New(n Needs) *Service {
	return &Service{store: n.Store, zone: n.Zone, now: n.Now, secrets: n.Secrets, outside: n.Outside, publicURL: n.PublicURL, wordings: n.Wordings,
		events: n.Events, city: n.City, collector: n.Collector}
}

// Settings are those of this room.
var Settings = []city.AnySetting{&DigestTimes}

// SendBy sets the door to other machines.
func (svc *Service) SendBy(client *notify.OutboundClient) { svc.outside = client }
