package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"time"

	"spotcheck/pkg/inspect"
)

// phones are all people's outboxes, and what was acknowledged to them.
type phones struct {
	rng        *rand.Rand
	server     *server
	client     *client
	area, unit inspect.ID
	hands      [people]*rand.Rand
	current    [people]*item // what each works on

	mu      sync.Mutex
	items   []*item
	acks    int
	refused int
	wrong   error
	drawn   map[inspect.ID]bool // photos whose pictures were seen to be made
}

// moment is a random time until something breaks.
func (p *phones) moment() time.Duration {
	return shortest + time.Duration(p.rng.Int64N(int64(longest-shortest)))
}

// settle logs in, the first time, and sends again what was under way when the server died.
func (p *phones) settle(ctx context.Context) error {
	p.connect()
	if p.client.token == "" {
		if err := p.begin(ctx); err != nil {
			return err
		}
	}
	for _, i := range p.current {
		if i == nil || !i.underway {
			continue
		}
		if err := i.next(ctx, p.client, p.unit); err != nil {
			return err
		}
		i.underway = false
	}
	return nil
}

// connect makes connections to the server that has just started.
func (p *phones) connect() {
	token := ""
	if p.client != nil {
		token = p.client.token
	}
	p.client = &client{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: people}, Timeout: time.Minute}, server: p.server, token: token, refused: func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.refused++
	}}
}

// begin logs in and makes an area and a unit.
func (p *phones) begin(ctx context.Context) error {
	body, err := json.Marshal(map[string]string{"name": p.server.name, "password": p.server.password, "device": "soak"})
	if err != nil {
		return err
	}
	a, err := p.client.persist(ctx, http.MethodPost, "/api/v1/sessions", body, nil)
	if err != nil {
		return err
	}
	var in struct{ Token string }
	if err := json.Unmarshal(a.body, &in); err != nil || in.Token == "" {
		return fmt.Errorf("the log-in got %d %s", a.status, a.body)
	}
	own := p.server.password + " own"
	p.client.token = in.Token
	if err := p.client.put(ctx, "/api/v1/me/password", map[string]string{"old_password": p.server.password, "password": own}); err != nil {
		return err
	}
	p.server.password = own
	p.client.token, p.area, p.unit, p.drawn = in.Token, inspect.NewID(), inspect.NewID(), map[inspect.ID]bool{}
	for n := range p.hands {
		p.hands[n] = rand.New(rand.NewPCG(p.server.seed, uint64(n+1)))
	}
	return errors.Join(p.client.put(ctx, "/api/v1/areas/"+p.area.String(), map[string]string{"name": "演示市", "level": "city"}),
		p.client.put(ctx, "/api/v1/units/"+p.unit.String(), map[string]string{"name": "龙华环卫", "kind": "bureau"}))
}

// work is one person, until the server is gone.
func (p *phones) work(ctx context.Context, n int) {
	for ctx.Err() == nil {
		i := p.current[n]
		if i == nil || i.done == steps {
			var err error
			if i, err = newItem(p.hands[n], p.area); err != nil {
				p.note(err)
				return
			}
			p.mu.Lock()
			p.items = append(p.items, i)
			p.mu.Unlock()
			p.current[n] = i
		}
		i.underway = true
		if err := i.next(ctx, p.client, p.unit); err != nil {
			p.note(err)
			return
		}
		i.underway = false
		p.mu.Lock()
		p.acks++
		p.mu.Unlock()
	}
}

// note keeps an error that no kill explains.
func (p *phones) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if errors.Is(err, errWrong) {
		p.wrong = errors.Join(p.wrong, err)
	}
}

func (p *phones) broken() error     { return p.wrong }
func (p *phones) acknowledged() int { return p.acks }
func (p *phones) refusals() int     { return p.refused }

func (p *phones) underway() (n int) {
	for _, i := range p.current {
		if i != nil && i.underway {
			n++
		}
	}
	return n
}

// counts are the issues that an audit has to find, each with a photo, and how many of those are safe.
func (p *phones) counts() (issues, safe int) {
	for _, i := range p.items {
		if i.done > 0 {
			issues++
		}
		if i.done > photoStep {
			safe++
		}
	}
	return issues, safe
}

// look looks at the newest items, and at as many older ones.
func (p *phones) look(ctx context.Context, most int) (looked int, err error) {
	some := p.items
	if len(some) > 2*most {
		newest := len(some) - most
		some = append([]*item{}, some[newest:]...)
		for range most {
			some = append(some, p.items[p.rng.IntN(newest)])
		}
	}
	for _, i := range some {
		if err := i.look(ctx, p.client); err != nil {
			return looked, err
		}
		looked++
	}
	return looked, nil
}

// pictures waits until the pictures of all photos are made, save as many as a kill may have interrupted, which the server
// finds again after some minutes. It fails when they are not made within a minute.
func (p *phones) pictures(ctx context.Context, kills int) (pending int, err error) {
	atOnce := min(max(2, runtime.NumCPU()), 4) // workers of the server
	for by := time.Now().Add(time.Minute); ; <-time.After(50 * time.Millisecond) {
		pending = 0
		for _, i := range p.items {
			if i.done <= photoStep || p.drawn[i.photo] {
				continue
			}
			var photo struct{ Display string }
			if err := p.client.get(ctx, i.photoPath(), &photo); err != nil {
				return 0, err
			}
			if photo.Display == "pending" {
				pending++
			} else {
				p.drawn[i.photo] = true
			}
		}
		if pending <= kills*atOnce {
			return pending, nil
		}
		if time.Now().After(by) {
			return pending, fmt.Errorf("%d pictures are not made, %d kills explain %d", pending, kills, kills*atOnce)
		}
	}
}
