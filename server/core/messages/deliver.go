package messages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/notify"
	"spotcheck/server/store"
)

// Bounds of sending: a job ends well before its time, and what it has claimed belongs to nobody else until it is over.
const (
	sendRounds  = 4
	sendBatch   = 16
	sendAtOnce  = 8
	claimedTime = 4 * time.Minute // longer than a job may take

)

// delays are the pauses before another attempt: to programs over three days (Standard Webhooks), to people for as long as
// it matters to them.
var (
	programDelays = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour,
		20 * time.Hour, 24 * time.Hour}
	personDelays = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}
)

func delaysOf(ch inspect.Channel) []time.Duration {
	if ch == inspect.Webhook {
		return programDelays
	}
	return personDelays
}

// Send sends what is due, a bounded part of it, and leaves a job for the rest.
func (svc *Service) Send(ctx context.Context) error {
	for range sendRounds {
		if n, err := svc.sendSome(ctx); err != nil || n < sendBatch {
			return err
		}
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, SendDue{}, 0) })
}

// sendSome claims some messages and sends them side by side.
func (svc *Service) sendSome(ctx context.Context) (n int, err error) {
	var next inspect.Time
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		next, err = tx.NextDue(ctx)
		return err
	}); err != nil || next == 0 || next > inspect.At(svc.now()) {
		return 0, err // most looks find nothing, and cost the writer nothing
	}
	var batches []store.DeliveryBatch
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		batches, err = tx.ClaimDue(ctx, sendBatch, claimedTime)
		return err
	}); err != nil {
		return 0, err
	}
	errs := make([]error, len(batches))
	free := make(chan struct{}, sendAtOnce)
	var all sync.WaitGroup
	for n := range batches {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			errs[n] = svc.attemptBatch(ctx, &batches[n])
		})
	}
	all.Wait()
	return len(batches), errors.Join(errs...)
}

// envelope is a batch with all that its channel needs.
type envelope struct {
	channel notify.Channel
	to      []notify.Recipient
	devices []store.Device // beside to, of web push
	message notify.Message
}

// attemptBatch makes one attempt and keeps how it went, also when the server ends meanwhile.
func (svc *Service) attemptBatch(ctx context.Context, p *store.DeliveryBatch) error {
	var e envelope
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		e, err = svc.pack(ctx, tx, p)
		return err
	})
	a := store.Attempt{At: inspect.At(svc.now())}
	switch {
	case err == nil:
		a, err = svc.attempt(ctx, p, &e)
	case !isFailure(err):
		return err // the database is away; whoever claims it next tries again
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // it was cut, not refused
	}
	return svc.settle(context.WithoutCancel(ctx), p, a, err)
}

func isFailure(err error) bool {
	var f *notify.Failure
	return errors.As(err, &f)
}

// attempt sends to all addresses; one that took it is enough.
func (svc *Service) attempt(ctx context.Context, p *store.DeliveryBatch, e *envelope) (a store.Attempt, err error) {
	a.At = inspect.At(svc.now())
	sent := false
	for n, to := range e.to {
		r, failure := e.channel.Send(ctx, to, &e.message)
		a.Status, a.Answer = r.Status, r.Answer
		switch {
		case failure == nil:
			sent = true
		case notify.KindOf(failure) == notify.RecipientGone && e.devices != nil:
			if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
				return tx.DropDevice(ctx, p.Recipient, e.devices[n].ID)
			}); err != nil {
				return a, err
			}
			fallthrough
		default:
			err = failure
		}
	}
	a.Took = svc.now().Sub(a.At.UTC())
	if sent {
		return a, nil
	}
	return a, err
}

// settle keeps an attempt: sent, given up, or tried again after a pause.
func (svc *Service) settle(ctx context.Context, p *store.DeliveryBatch, a store.Attempt, failure error) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if failure == nil {
			a.Outcome = "sent"
			return tx.SaveAttempt(ctx, p.ID, a, inspect.Sent, 0)
		}
		a.Outcome = failure.Error()
		delays := delaysOf(p.Channel)
		if notify.KindOf(failure) == notify.RetryLater && p.Attempts <= len(delays) {
			wait := delays[p.Attempts-1]
			if err := tx.Enqueue(ctx, SendDue{}, wait); err != nil {
				return err
			}
			return tx.SaveAttempt(ctx, p.ID, a, inspect.Queued, tx.Now.Add(wait))
		}
		if p.Channel == inspect.Webhook && notify.KindOf(failure) == notify.RecipientGone {
			if err := svc.endWebhook(ctx, tx, p.Recipient); err != nil {
				return err
			}
		}
		return tx.SaveAttempt(ctx, p.ID, a, inspect.Failed, 0)
	})
}

// endWebhook switches off a webhook that answers that it is gone.
func (svc *Service) endWebhook(ctx context.Context, tx *store.Tx, id inspect.ID) error {
	w, ok, err := svc.webhook(ctx, tx, id)
	if err = goneOr(err, nil); err != nil || !ok || !w.Enabled {
		return err
	}
	old := w
	w.Enabled, w.UpdatedAt = false, tx.Now
	return saveWebhook(ctx, tx, &inspect.Actor{}, &old, &w, inspect.LogWebhookGone)
}

func failed(format string, args ...any) error {
	return &notify.Failure{Kind: notify.Refused, Reason: fmt.Sprintf(format, args...)}
}

// pack finds the channel, the addresses and the words of a batch, as they are now. What is missing for good is a failure.
func (svc *Service) pack(ctx context.Context, tx *store.Tx, p *store.DeliveryBatch) (e envelope, err error) {
	first := &p.Messages[0]
	e.message = notify.Message{ID: p.ID.String(), At: first.Event.At.UTC(), Urgent: first.Urgency == inspect.Urgent, Payload: []byte(first.Payload), Link: svc.publicURL}
	if p.Channel == inspect.Webhook {
		err = svc.packProgram(ctx, tx, p, &e)
		return e, err
	}
	choices, err := tx.MessagePreferences(ctx, []inspect.ID{p.Recipient})
	if err != nil {
		return e, err
	}
	choice, ok := choices[p.Recipient]
	if !ok {
		return e, failed("the person has no access any more")
	}
	if err := svc.address(ctx, tx, p, &choice, &e); err != nil {
		return e, err
	}
	grants, err := tx.Grants(ctx, p.Recipient, 0)
	if err != nil {
		return e, err
	}
	w, err := svc.newComposer(ctx, tx, &inspect.Actor{ID: p.Recipient, Grants: grants}, p.Messages, !p.Channel.Robot())
	if err != nil {
		return e, err
	}
	e.message.Title, e.message.Text = w.composeOne(p.Messages)
	e.message.Issue = onlyIssue(p.Messages)
	return e, nil
}

// onlyIssue is the issue that all messages are about, empty for none or several.
func onlyIssue(all []store.Message) string {
	id := all[0].Event.Issue
	if id.IsZero() || slices.ContainsFunc(all, func(m store.Message) bool { return m.Event.Issue != id }) {
		return ""
	}
	return id.String()
}

// packProgram is pack for a webhook.
func (svc *Service) packProgram(ctx context.Context, tx *store.Tx, p *store.DeliveryBatch, e *envelope) error {
	w, ok, err := tx.Webhook(ctx, p.Recipient)
	switch {
	case err != nil:
		return err
	case !ok || w.Removed:
		return failed("the webhook was removed")
	case !w.Enabled:
		return failed("the webhook is switched off")
	}
	to := notify.Recipient{Address: w.URL}
	sealed := [][]byte{w.Secret}
	if w.OldUntil > tx.Now {
		sealed = append(sealed, w.OldSecret)
	}
	for _, s := range sealed {
		text, err := svc.secrets.Open(webhookPlace(w.ID), s)
		if err != nil {
			return failed("the secret of the webhook cannot be opened with the key of this server")
		}
		to.Secrets = append(to.Secrets, string(text))
	}
	e.channel, e.to = &notify.Webhook{Outside: svc.outside, Now: svc.now}, []notify.Recipient{to}
	return nil
}

// phoneNumber is what a gateway is given: nothing else than a number stands in its templates.
var phoneNumber = regexp.MustCompile(`^\+?[0-9]{5,20}$`)

// address finds the channel and where the person is on it.
func (svc *Service) address(ctx context.Context, tx *store.Tx, p *store.DeliveryBatch, choice *store.MessagePreferences, e *envelope) error {
	if p.Channel.Robot() {
		return svc.robot(p, choice, e)
	}
	g, ok, err := tx.Gateway(ctx, p.Channel)
	if err != nil {
		return err
	}
	if !ok || !g.Enabled {
		return failed("no gateway is set up for this channel")
	}
	secret := []byte(nil)
	if len(g.Secret) > 0 {
		if secret, err = svc.secrets.Open(gatewayPlace(g.Kind), g.Secret); err != nil {
			return failed("the secret of the gateway cannot be opened with the key of this server")
		}
	}
	switch p.Channel {
	case inspect.Email:
		m := &notify.Mail{Outside: svc.outside, Password: string(secret)}
		e.channel, e.to = m, []notify.Recipient{{Address: choice.Email}}
		if choice.Email == "" {
			return failed("the person has no address of mail any more")
		}
		return json.Unmarshal([]byte(g.Settings), &m.MailSettings)
	case inspect.SMS:
		s := &notify.SMS{Outside: svc.outside, Secret: string(secret)}
		e.channel, e.to = s, []notify.Recipient{{Address: choice.Phone}}
		if !phoneNumber.MatchString(choice.Phone) {
			return failed("the phone of the person is not a number")
		}
		return json.Unmarshal([]byte(g.Settings), &s.SMSSettings)
	case inspect.Push:
		return svc.browsers(ctx, tx, p, &g, string(secret), e)
	}
	return failed("there is no such channel")
}

// browsers is address for web push.
func (svc *Service) browsers(ctx context.Context, tx *store.Tx, p *store.DeliveryBatch, g *store.Gateway, private string, e *envelope) (err error) {
	var s pushSettings
	if err := json.Unmarshal([]byte(g.Settings), &s); err != nil {
		return err
	}
	e.channel = &notify.Push{Outside: svc.outside, Subject: s.Subject, Public: s.Public, Private: private}
	if e.devices, err = tx.Devices(ctx, p.Recipient); err != nil {
		return err
	}
	if len(e.devices) == 0 {
		return failed("no browser of the person takes messages any more")
	}
	for _, d := range e.devices {
		text, err := svc.secrets.Open(devicePlace(d.Digest), d.Sealed)
		if err != nil {
			return failed("a browser cannot be opened with the key of this server")
		}
		var b Subscription
		if err := json.Unmarshal(text, &b); err != nil {
			return err
		}
		e.to = append(e.to, notify.Recipient{Address: b.Endpoint, P256dh: b.P256dh, Auth: b.Auth})
	}
	return nil
}

// robot is address for group chats.
func (svc *Service) robot(p *store.DeliveryBatch, choice *store.MessagePreferences, e *envelope) error {
	robots, err := svc.robotsOf(choice)
	if err != nil {
		return failed("the address of the robot cannot be opened with the key of this server")
	}
	for _, r := range robots {
		if r.Kind == p.Channel {
			to := notify.Recipient{Address: r.URL}
			if r.Secret != "" {
				to.Secrets = []string{r.Secret}
			}
			e.channel, e.to = robotMakers[r.Kind](svc.outside, svc.now), []notify.Recipient{to}
			return nil
		}
	}
	return failed("the person has no such robot any more")
}

var robotMakers = map[inspect.Channel]func(*notify.OutboundClient, func() time.Time) *notify.ChatBot{
	inspect.WeCom: notify.WeCom, inspect.DingTalk: notify.DingTalk, inspect.Feishu: notify.Feishu,
}

// Trial is what became of a message to oneself.
type Trial struct {
	Sent    bool
	Receipt notify.Response
	Why     string // it was not taken
}

// TryChannel sends somebody a message of no matter on one of their channels, at once, and says what became of it.
func (svc *Service) TryChannel(ctx context.Context, a *inspect.Actor, channel inspect.Channel) (t Trial, err error) {
	e := envelope{message: notify.Message{ID: inspect.NewID().String(), At: svc.now(), Link: svc.publicURL}}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		choices, err := tx.MessagePreferences(ctx, []inspect.ID{a.ID})
		if err != nil {
			return err
		}
		choice := choices[a.ID]
		e.message.Title, e.message.Text = "消息渠道测试", "收到这条消息，说明渠道可用。"
		if choice.Language == inspect.English {
			e.message.Title, e.message.Text = "A message to try a channel", "You have it, so the channel works."
		}
		return svc.address(ctx, tx, &store.DeliveryBatch{Channel: channel, Recipient: a.ID}, &choice, &e)
	})
	for _, to := range e.to {
		if err == nil {
			t.Receipt, err = e.channel.Send(ctx, to, &e.message)
		}
	}
	if f := (*notify.Failure)(nil); errors.As(err, &f) {
		t.Why, err = f.Reason, nil
		return t, nil
	}
	t.Sent = err == nil
	return t, err
}
