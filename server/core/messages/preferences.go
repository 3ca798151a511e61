package messages

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/notify"
	"spotcheck/server/secret"
	"spotcheck/server/store"
)

// usualRules are the channels of who has not chosen: what costs money only when it is urgent.
var usualRules = store.ChannelRules{
	inspect.Low:    {inspect.Email},
	inspect.Normal: {inspect.Email, inspect.Push, inspect.WeCom, inspect.DingTalk, inspect.Feishu},
	inspect.Urgent: {inspect.Email, inspect.Push, inspect.SMS, inspect.WeCom, inspect.DingTalk, inspect.Feishu},
}

// Quiet hours of who has not chosen, in minutes since midnight.
const (
	quietFrom = 22 * 60
	quietTo   = 7 * 60
)

// usual fills in what a person has not chosen.
func usual(c store.MessagePreferences) store.MessagePreferences {
	if c.CreatedAt == 0 {
		c.Language, c.Rules, c.QuietFrom, c.QuietTo = inspect.Chinese, usualRules, quietFrom, quietTo
	}
	return c
}

// RobotAddress is where a robot of a person listens.
type RobotAddress struct {
	Kind   inspect.Channel `json:"kind"`
	URL    string          `json:"url"`
	Secret string          `json:"secret,omitempty"`
}

// MyChannels is how an actor is told, and what there is to choose from.
type MyChannels struct {
	store.MessagePreferences
	Hosts   map[inspect.Channel]string // of the robots
	Devices []store.Device
	Ways    []inspect.Channel // whose gateway is set up
	VAPID   string            // public key for the browser, empty where there is none
}

// MyChannels gives it.
func (svc *Service) MyChannels(ctx context.Context, a *inspect.Actor) (m MyChannels, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, err = svc.myChannels(ctx, tx, a.ID)
		return err
	})
	return m, err
}

func (svc *Service) myChannels(ctx context.Context, tx *store.Tx, person inspect.ID) (m MyChannels, err error) {
	all, err := tx.MessagePreferences(ctx, []inspect.ID{person})
	if err != nil {
		return m, err
	}
	m.MessagePreferences, m.Hosts = usual(all[person]), map[inspect.Channel]string{}
	robots, err := svc.robotsOf(&m.MessagePreferences)
	if err != nil && !errors.Is(err, secret.ErrNoKey) && !errors.Is(err, secret.ErrWrongKey) {
		return m, err
	}
	for _, r := range robots {
		if u, err := url.Parse(r.URL); err == nil {
			m.Hosts[r.Kind] = u.Host
		}
	}
	if m.Devices, err = tx.Devices(ctx, person); err != nil {
		return m, err
	}
	gateways, err := tx.Gateways(ctx)
	for _, g := range gateways {
		if !g.Enabled {
			continue
		}
		m.Ways = append(m.Ways, g.Kind)
		if g.Kind == inspect.Push {
			var s pushSettings
			if err := json.Unmarshal([]byte(g.Settings), &s); err != nil {
				return m, err
			}
			m.VAPID = s.Public
		}
	}
	m.Ways = append(m.Ways, inspect.WeCom, inspect.DingTalk, inspect.Feishu)
	return m, err
}

// robotsOf opens the addresses of a person's robots.
func (svc *Service) robotsOf(choice *store.MessagePreferences) (all []RobotAddress, err error) {
	if len(choice.RobotSecrets) == 0 {
		return nil, nil
	}
	text, err := svc.secrets.Open(robotPlace(choice.Person), choice.RobotSecrets)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(text, &all)
	return all, err
}

func robotPlace(person inspect.ID) string { return "robots/" + person.String() }

// ChooseChannels keeps how the actor wants to be told; the same again changes nothing. A robot without an address keeps the
// one that it has.
func (svc *Service) ChooseChannels(ctx context.Context, a *inspect.Actor, want store.MessagePreferences, robots []RobotAddress) (m MyChannels, repeated bool, err error) {
	if wrong := svc.wrongChoice(&want, robots); len(wrong) > 0 {
		return m, false, inspect.ErrContent.At(wrong...)
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if repeated, err = svc.choose(ctx, tx, a.ID, want, robots); err != nil {
			return err
		}
		m, err = svc.myChannels(ctx, tx, a.ID)
		return err
	})
	return m, repeated, err
}

func (svc *Service) wrongChoice(want *store.MessagePreferences, robots []RobotAddress) (wrong []fault.Field) {
	for u, channels := range want.Rules {
		if slices.ContainsFunc(channels, func(ch inspect.Channel) bool { return !ch.Selectable() }) {
			wrong = append(wrong, fault.Field{Pointer: "/rules/" + string(u), Detail: "the inbox is always there, and webhooks are for programs"})
		}
	}
	if want.Email != "" {
		if err := notify.CheckAddress(want.Email); err != nil {
			wrong = append(wrong, fault.Field{Pointer: "/email", Detail: err.Error()})
		}
	}
	for n, r := range robots {
		at := fmt.Sprintf("/robots/%d", n)
		if !r.Kind.Robot() || slices.ContainsFunc(robots[:n], func(b RobotAddress) bool { return b.Kind == r.Kind }) {
			wrong = append(wrong, fault.Field{Pointer: at + "/kind", Detail: "want wecom, dingtalk or feishu, each once"})
		}
		if r.URL != "" {
			if err := svc.outside.CheckURL(r.URL); err != nil {
				wrong = append(wrong, fault.Field{Pointer: at + "/url", Detail: err.Error()})
			}
		}
	}
	return wrong
}

func (svc *Service) choose(ctx context.Context, tx *store.Tx, person inspect.ID, want store.MessagePreferences, robots []RobotAddress) (repeated bool, err error) {
	all, err := tx.MessagePreferences(ctx, []inspect.ID{person})
	if err != nil {
		return false, err
	}
	old := all[person]
	want.ID, want.Person, want.CreatedAt, want.UpdatedAt = old.ID, person, old.CreatedAt, tx.Now
	if old.CreatedAt == 0 {
		want.ID, want.CreatedAt = inspect.NewID(), tx.Now
	}
	same, err := svc.sealRobots(&old, &want, robots)
	if err != nil {
		return false, err
	}
	if old.CreatedAt != 0 && same && sameChoice(&old, &want) {
		return true, nil
	}
	seals, err := tx.SealTexts(ctx, want.ID, choiceTexts(&want))
	if err != nil {
		return false, err
	}
	body := choiceBody(&want)
	body["seals"] = seals
	ledger.Record(tx, person, store.StreamChannels, person.String(), "channels.chosen", body)
	return false, tx.SaveMessagePreferences(ctx, &want)
}

// sealRobots completes the robots by those that were there, and seals them; same says that nothing changes.
func (svc *Service) sealRobots(old, want *store.MessagePreferences, robots []RobotAddress) (same bool, err error) {
	kept, err := svc.robotsOf(old)
	if err != nil && !errors.Is(err, secret.ErrWrongKey) && !errors.Is(err, secret.ErrNoKey) {
		return false, err
	}
	for n := range robots {
		r := &robots[n]
		if at := slices.IndexFunc(kept, func(k RobotAddress) bool { return k.Kind == r.Kind }); at >= 0 && r.URL == "" {
			*r = kept[at]
		}
		if r.URL == "" {
			return false, inspect.InvalidField(fmt.Sprintf("/robots/%d/url", n), "is needed for a robot that has none yet")
		}
		want.Robots = append(want.Robots, r.Kind)
	}
	if slices.Equal(kept, robots) {
		want.RobotSecrets = old.RobotSecrets
		return true, nil
	}
	if len(robots) == 0 {
		return false, nil
	}
	text, err := json.Marshal(robots)
	if err != nil {
		return false, err
	}
	want.RobotSecrets, err = svc.Seal(robotPlace(want.Person), text)
	return false, err
}

// Seal seals a secret, or says to whoever gave it why that cannot be.
func (svc *Service) Seal(place string, text []byte) ([]byte, error) {
	sealed, err := svc.secrets.Seal(place, text)
	if errors.Is(err, secret.ErrNoKey) {
		return nil, inspect.ErrNoSecretKey
	}
	return sealed, err
}

func sameChoice(a, b *store.MessagePreferences) bool {
	same := a.Language == b.Language && a.QuietFrom == b.QuietFrom && a.QuietTo == b.QuietTo && a.Email == b.Email && slices.Equal(a.Robots, b.Robots)
	for _, u := range inspect.Urgencies {
		same = same && slices.Equal(a.Rules[u], b.Rules[u])
	}
	return same
}

// choiceBody is what the record keeps of how a person is told, choiceTexts what it keeps as seals only.
func choiceBody(c *store.MessagePreferences) map[string]any {
	robots := c.Robots
	if robots == nil {
		robots = []inspect.Channel{}
	}
	return map[string]any{"language": c.Language, "rules": c.RulesJSON(), "quiet_from": c.QuietFrom, "quiet_to": c.QuietTo, "robots": robots, "owner": c.ID}
}

func choiceTexts(c *store.MessagePreferences) map[string]string {
	return map[string]string{"email": c.Email}
}

// Subscription is what a browser gives for web push.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	P256dh   string `json:"p256dh"`
	Auth     string `json:"auth"`
}

// maxDevices is how many browsers of a person take web push.
const maxDevices = 20

// AddDevice keeps a browser of the actor for web push; the same browser again is the same device.
func (svc *Service) AddDevice(ctx context.Context, a *inspect.Actor, s Subscription) (d store.Device, err error) {
	if err := svc.outside.CheckURL(s.Endpoint); err != nil {
		return d, inspect.InvalidField("/endpoint", err.Error())
	}
	text, err := json.Marshal(s)
	if err != nil {
		return d, err
	}
	digest := sha256.Sum256([]byte(s.Endpoint))
	d = store.Device{ID: inspect.NewID(), Digest: digest[:]}
	if d.Sealed, err = svc.Seal(devicePlace(digest[:]), text); err != nil {
		return d, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, err := tx.Devices(ctx, a.ID)
		if err != nil {
			return err
		}
		for n := maxDevices - 1; n < len(kept); n++ { // the oldest make room
			if err := tx.DropDevice(ctx, a.ID, kept[n].ID); err != nil {
				return err
			}
		}
		return tx.SaveDevice(ctx, a.ID, &d)
	})
	return d, err
}

// devicePlace is where the secrets of a browser lie.
func devicePlace(digest []byte) string { return fmt.Sprintf("push/%x", digest) }

// DropDevice forgets a browser of the actor; none is no error.
func (svc *Service) DropDevice(ctx context.Context, a *inspect.Actor, id inspect.ID) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DropDevice(ctx, a.ID, id) })
}
