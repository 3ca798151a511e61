// Command soak runs the real server on one pair of database and photo store, lets people report, send photos whole and in
// parts, and act, kills it at random moments, and looks each time at everything that it had acknowledged. scripts/soak.sh
// builds and runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"
)

// Numbers of a round.
const (
	people   = 6                      // who work at once
	shortest = 60 * time.Millisecond  // from the start of work until the kill
	longest  = 900 * time.Millisecond //
	sampled  = 40                     // old things that each round looks at; the end looks at all
)

// options are what soak.sh says.
type options struct {
	binary, data, database, s3 string
	crash                      string // a command that kills database and photo store and starts them again; empty for none
	rounds                     int
	seed                       uint64
	finish                     time.Duration // how long the end waits for jobs that were running at a kill
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "", "the server")
	flag.StringVar(&o.data, "data", "", "its folder")
	flag.StringVar(&o.database, "database-url", "", "PostgreSQL; SQLite when empty")
	flag.StringVar(&o.s3, "s3-endpoint", "", "MinIO; the folder when empty")
	flag.StringVar(&o.crash, "crash", "", "command that kills PostgreSQL and MinIO and starts them again")
	flag.IntVar(&o.rounds, "rounds", 50, "how often the server is killed")
	flag.Uint64Var(&o.seed, "seed", 0, "of all that is random")
	flag.DurationVar(&o.finish, "finish", 0, "how long the end waits for jobs that were running when the server was killed")
	flag.Parse()
	if err := soak(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// total counts over all rounds.
type total struct {
	kills, crashes, acknowledged, underway, looked, refused int
	slowest                                                 time.Duration // start
}

func soak(ctx context.Context, o options) (err error) {
	began := time.Now()
	s := &server{options: o}
	defer func() { err = errors.Join(err, s.end()) }()
	rng := rand.New(rand.NewPCG(o.seed, 0))
	p := &phones{rng: rng, server: s}
	var sum total
	for round := 1; round <= o.rounds; round++ {
		if err := oneRound(ctx, s, p, round, &sum); err != nil {
			return fmt.Errorf("round %d: %w\n%s", round, err, s.tail())
		}
	}
	if err := lastLook(ctx, s, p, &sum); err != nil {
		return fmt.Errorf("at the end: %w\n%s", err, s.tail())
	}
	fmt.Printf("%d kills, %d crashes of the stores, %d things acknowledged, %d under way at a kill and sent again, %d refused for the moment, "+
		"%d looks at an issue; 0 lost, 0 twice; slowest start %s; %s\n",
		sum.kills, sum.crashes, sum.acknowledged, sum.underway, sum.refused, sum.looked, sum.slowest.Round(time.Millisecond), time.Since(began).Round(time.Second))
	return nil
}

// oneRound starts the server, looks at what it was told before, lets people work, and kills it.
func oneRound(ctx context.Context, s *server, p *phones, round int, sum *total) error {
	ready, err := s.start()
	if err != nil {
		return err
	}
	sum.slowest = max(sum.slowest, ready)
	if err := p.settle(ctx); err != nil {
		return err
	}
	looked, err := p.look(ctx, sampled)
	if err != nil {
		return err
	}
	pending, err := p.pictures(ctx, sum.kills)
	if err != nil {
		return err
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	before := p.acknowledged()
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() { p.work(work, n) })
	}
	crashed := ""
	if round%5 == 0 && s.crash != "" {
		<-time.After(p.moment())
		if err := s.crashStores(); err != nil {
			return err
		}
		crashed = ", the stores crashed"
		sum.crashes++
	}
	after := p.moment()
	<-time.After(after)
	if err := s.kill(); err != nil {
		return err
	}
	stop()
	all.Wait()
	sum.kills++
	acknowledged, underway := p.acknowledged()-before, p.underway()
	sum.acknowledged, sum.underway, sum.looked, sum.refused = sum.acknowledged+acknowledged, sum.underway+underway, sum.looked+looked, p.refusals()
	if err := p.broken(); err != nil {
		return err
	}
	found, err := s.audit()
	if err != nil {
		return err
	}
	fmt.Printf("round %2d: ready in %3d ms, looked at %3d issues, %d pictures to make, worked %4d ms%s, acknowledged %3d, killed with %d under way; %s\n",
		round, ready.Milliseconds(), looked, pending, after.Milliseconds(), crashed, acknowledged, underway, found)
	return nil
}

// lastLook sends what is still under way, waits for the pictures, and looks at everything.
func lastLook(ctx context.Context, s *server, p *phones, sum *total) error {
	if _, err := s.start(); err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	looked, err := p.look(ctx, len(p.items))
	if err != nil {
		return err
	}
	sum.looked += looked
	left := sum.kills
	for by := time.Now().Add(s.finish); ; <-time.After(time.Second) {
		if s.finish > 0 {
			left = 0 // also what the kills interrupted
		}
		pending, err := p.pictures(ctx, left)
		if err == nil {
			fmt.Printf("at the end %d pictures are to be made\n", pending)
			break
		}
		if time.Now().After(by) {
			return err
		}
	}
	found, err := s.audit()
	if err != nil {
		return err
	}
	issues, safe := p.counts()
	if want := fmt.Sprintf(" %d issues, %d photos, %d originals", issues, issues, safe); !strings.Contains(found, want) {
		return fmt.Errorf("the audit saw %q, want%s", found, want)
	}
	fmt.Println("at the end:", found)
	return nil
}
