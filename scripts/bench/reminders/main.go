// Command reminders writes 10,000 reminders as the round of 08:30 does, and measures how long that takes and how much it
// slows down whoever writes meanwhile.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// What is written, and how fast it has to be.
const (
	reminders   = 10_000
	people      = 500
	writeTarget = 5 * time.Second
	slowTarget  = 50 * time.Millisecond  // of other writes, at p99
	holdTarget  = 100 * time.Millisecond // of the slowest other write
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "reminders:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) == 0 {
		return errors.New("want FOLDER and perhaps a URL of PostgreSQL")
	}
	c := config.Config{Addr: "127.0.0.1:0", Data: args[0], Timezone: "Asia/Shanghai", SecretKey: config.Secret(strings.Repeat("5e", 32))}
	if len(args) > 1 {
		c.DatabaseURL = config.Secret(args[1])
	}
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), core.Clock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	all, err := prepare(ctx, a.Core)
	if err != nil {
		return err
	}
	return measure(ctx, a.Core, all)
}

// prepare makes people who want mails, and what they have to be reminded of.
func prepare(ctx context.Context, c *core.Core) (all []messages.Notification, err error) {
	if _, err := c.Start(ctx); err != nil {
		return nil, err
	}
	admin := &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}}
	if _, _, err := c.Messages.PutGateway(ctx, admin, inspect.Email, []byte(`{"host":"mail.example","port":587,"from":"office@city.example"}`), true, "password", 0); err != nil {
		return nil, err
	}
	var who []inspect.Person
	for n := range people {
		who = append(who, inspect.Person{ID: inspect.NewID(), Name: fmt.Sprintf("person-%d", n), DisplayName: "Person"})
	}
	if err := c.People.AddPeople(ctx, "correct horse battery", who...); err != nil {
		return nil, err
	}
	for _, p := range who {
		want := store.MessagePreferences{Language: inspect.Chinese, Email: p.Name + "@city.example", Rules: store.ChannelRules{inspect.Normal: {inspect.Email}}}
		if _, _, err := c.Messages.ChooseChannels(ctx, &inspect.Actor{ID: p.ID}, want, nil); err != nil {
			return nil, err
		}
	}
	for n := range reminders {
		all = append(all, messages.Notification{NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("reminder/%d", n), Type: "issue.assigned", At: inspect.At(c.Now()),
			Facts: store.IssueSummary{Number: fmt.Sprintf("2026-%06d", n), Status: inspect.Assigned,
				Category: "06010"}}, To: []messages.Recipient{{Person: who[n%people].ID, Urgency: inspect.Normal}}})
	}
	return all, nil
}

// measure writes them while another person changes a setting again and again.
func measure(ctx context.Context, c *core.Core, all []messages.Notification) error {
	admin := &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}}
	var others []time.Duration
	var otherErr error
	done := make(chan struct{})
	var other sync.WaitGroup
	other.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			started := time.Now()
			_, _, err := c.City.SetSetting(ctx, admin, "city_name", json.RawMessage(fmt.Sprintf(`"city %d"`, n)), "")
			others, otherErr = append(others, time.Since(started)), errors.Join(otherErr, err)
		}
	})
	started := time.Now()
	err := c.Messages.TellAll(ctx, all)
	took := time.Since(started)
	close(done)
	other.Wait()
	if err := errors.Join(err, otherErr); err != nil {
		return err
	}
	slices.Sort(others)
	p99, most := others[len(others)*99/100], others[len(others)-1]
	fmt.Printf("%-9s %d reminders in %s (target %s); %d other writes meanwhile: p50 %s, p99 %s (target %s), slowest %s (target %s)\n", c.Store.Name(), len(all),
		took.Round(10*time.Millisecond), writeTarget, len(others), others[len(others)/2].Round(10*time.Microsecond), p99.Round(10*time.Microsecond),
		slowTarget, most.Round(10*time.Microsecond), holdTarget)
	if took > writeTarget || p99 > slowTarget || most > holdTarget {
		return errors.New("a target is missed")
	}
	return nil
}
