package httpapi

import (
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/rest"
)

// budget bounds how often in a minute people without a session may ask: a network so often, and all networks together so often beyond the share
// that each has for itself, so that a crowd of strangers costs a bounded amount and still keeps nobody out.
type budget struct {
	network int // how often a network may ask
	share   int // how often of that it asks without burdening the others
	all     int // how often all may ask beyond their shares
	mu      sync.Mutex
	minute  int64
	asked   map[string]int // by network, in this minute
	beyond  int            // of all
}

const (
	wideTimes    = 4       // a /48 of IPv6 may ask so many times as often as one network
	networksMost = 100_000 // that are told apart in a minute
)

// take says whether an address may ask once more at a moment.
func (b *budget) take(address string, now time.Time) bool {
	near, wide := people.Networks(address)
	b.mu.Lock()
	defer b.mu.Unlock()
	if minute := now.Unix() / 60; minute != b.minute || b.asked == nil {
		b.minute, b.asked, b.beyond = minute, map[string]int{}, 0
	}
	if len(b.asked) >= networksMost {
		near, wide = "", ""
	}
	if b.asked[near] >= b.network || wide != near && b.asked[wide] >= wideTimes*b.network {
		return false
	}
	if b.asked[near] >= b.share {
		if b.beyond >= b.all {
			return false
		}
		b.beyond++
	}
	b.asked[near]++
	if wide != near {
		b.asked[wide]++
	}
	return true
}

// within lets a request through while its sender's budget lasts.
func (a *API) within(b *budget) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !b.take(a.site.Address(c), time.Now()) {
			return inspect.ErrTooOften
		}
		return c.Next()
	}
}

// What people without a session may ask for in a minute at all doors together that compute something for them.
const (
	strangersMost   = 600
	strangersShare  = 30
	strangersBeyond = 6000
)

// rareMost is how often a minute one network may ask at a door that is asked rarely: for an issue by its number, to object to a photo.
const (
	rareMost   = 30
	rareShare  = 5
	rareBeyond = 600
)

// budgetsFor are those that a door draws on.
func (a *API) budgetsFor(r rest.Route) (all []fiber.Handler) {
	if r.Open && !r.Ready {
		all = append(all, a.within(a.strangers))
	}
	if r.Limited {
		all = append(all, a.within(&budget{network: rareMost, share: rareShare, all: rareBeyond}))
	}
	return all
}
