// Package messageapi serves messages: the inbox, the ways on which people and other systems are told, and what became of it.
package messageapi

import (
	"slices"

	"spotcheck/server/core/messages"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Messages *messages.Service
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat(
		(&inboxHandlers{messages: n.Messages}).routes(),
		(&deliveryHandlers{messages: n.Messages}).routes(),
		(&channelHandlers{messages: n.Messages}).routes(),
		(&gatewayHandlers{messages: n.Messages}).routes(),
		(&webhookHandlers{messages: n.Messages}).routes(),
	)
}
